//! One thread that serves some of the viewers.

use std::sync::{
    Arc,
    mpsc::{Receiver, RecvTimeoutError},
};

use tokio::sync::mpsc::UnboundedSender;

use super::{
    Incoming, Job, LeftOut,
    audience::Audience,
    gate::Gate,
    lateness::{Fate, Lateness, Waited},
    left_out::Tally,
    load::{Load, worked},
    share::PARTS,
};
use crate::media::{RoomClock, events::MediaEvent};

/// Packets that are taken from the queue at once, and so the most that a slot gets at once. Of a longer
/// list more would be lost together where the kernel takes no more.
const MOST_AT_ONCE: usize = 32;

/// A worker: its queue, its viewers, and how late it is.
pub(super) struct Worker {
    jobs: Receiver<Job>,
    gate: Arc<Gate>,
    clock: RoomClock,
    events: UnboundedSender<MediaEvent>,
    audience: Audience,
    lateness: Lateness,
    load: Load,
    /// For how many percent of its time it was at work, when that was looked at last.
    worked_percent: u8,
    /// How many parts of the viewers were sent pictures when that was looked at last.
    served: u32,
    tally: Tally,
    /// What was taken from the queue. Used again and again.
    batch: Vec<Incoming>,
}

impl Worker {
    pub(super) fn new(
        jobs: Receiver<Job>,
        gate: Arc<Gate>,
        clock: RoomClock,
        events: UnboundedSender<MediaEvent>,
    ) -> Self {
        Self {
            jobs,
            gate,
            clock,
            audience: Audience::new(events.clone()),
            events,
            lateness: Lateness::default(),
            load: Load::default(),
            worked_percent: 0,
            served: PARTS,
            tally: Tally::default(),
            batch: Vec::with_capacity(MOST_AT_ONCE),
        }
    }

    /// Works until it is told to stop.
    pub(super) fn run(mut self) {
        let mut next = None;
        loop {
            let job = match next.take() {
                Some(job) => job,
                None => match self.wait() {
                    Ok(job) => job,
                    Err(RecvTimeoutError::Timeout) => {
                        self.catch_up(None);
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return,
                },
            };
            match job {
                Job::Packet(packet) => {
                    next = self.collect(packet);
                    self.forward();
                }
                Job::Order(order) => self.audience.follow(order),
                Job::Stop => return,
            }
        }
    }

    fn wait(&self) -> Result<Job, RecvTimeoutError> {
        match self.lateness.next_due() {
            Some(due) => {
                let left = due.saturating_sub(self.clock.elapsed());
                self.jobs.recv_timeout(left)
            }
            None => self.jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Takes what waits behind a packet. Returns what is no packet and came behind them: who sees what
    /// changes between two packets, and not before both.
    fn collect(&mut self, packet: Incoming) -> Option<Job> {
        self.take(packet);
        while self.batch.len() < MOST_AT_ONCE {
            match self.jobs.try_recv() {
                Ok(Job::Packet(packet)) => self.take(packet),
                Ok(other) => return Some(other),
                Err(_) => break,
            }
        }
        None
    }

    fn take(&mut self, packet: Incoming) {
        self.gate.leave(packet.buffer.size());
        self.batch.push(packet);
    }

    /// Forwards what was taken.
    fn forward(&mut self) {
        let mut batch = std::mem::take(&mut self.batch);
        self.catch_up(batch.first());
        // Sound does not wait for pictures. The packets of each track stay in their order.
        batch.sort_by_key(|packet| (packet.codec.is_video(), packet.track));
        for packets in batch.chunk_by(Incoming::is_of_same_picture) {
            self.forward_picture(packets);
        }
        batch.clear();
        self.batch = batch;
    }

    /// Forwards packets of one picture, or a packet of sound, unless they are too late.
    fn forward_picture(&mut self, packets: &[Incoming]) {
        let Some(first) = packets.first().filter(|one| self.audience.sees(one.track)) else {
            return;
        };
        let is_picture = first.codec.is_video();
        let waited = Waited {
            track: first.track,
            is_picture,
            timestamp: first.timestamp,
            came: first.came,
        };
        match self.lateness.fate(self.clock.elapsed(), waited) {
            Fate::Send => self.audience.forward(packets, self.lateness.share()),
            Fate::LeaveOut => {
                let mut count = LeftOut::default();
                count.add(is_picture, packets.len() as u64);
                self.tally.add(count);
            }
        }
    }

    /// Lets pictures go on where that is possible, by the oldest packet that waits.
    fn catch_up(&mut self, oldest: Option<&Incoming>) {
        let now = self.clock.elapsed();
        if let Some(load) = self.load.look(now, worked) {
            self.lateness.note_load(load);
            self.worked_percent = (load * 100.0).round() as u8;
        }
        if let Some(refused) = self.gate.refused() {
            self.tally.add(refused.count);
            if !refused.tracks.is_empty() {
                self.lateness.leave_out(now, refused.tracks);
            }
        }
        for track in self.lateness.catch_up(now, oldest.map(|one| one.came)) {
            let _ = self.events.send(MediaEvent::KeyframeWanted(track));
        }
        let served = self.lateness.share().parts();
        if std::mem::replace(&mut self.served, served) != served {
            tracing::warn!(
                eighths = served,
                worked_percent = self.worked_percent,
                "pictures go to some of the viewers of a worker"
            );
        }
        if let Some(LeftOut { pictures, sound }) = self.tally.due(now) {
            tracing::warn!(
                pictures,
                sound,
                worked_percent = self.worked_percent,
                "packets were left out, because a worker had no time for them"
            );
        }
    }
}

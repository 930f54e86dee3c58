//! Reads the source once and hands its packets to the workers.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Sender, SyncSender, channel, sync_channel},
    },
    thread,
};

use gstreamer as gst;
use scrim_ingest::{Archive, Packet, Track, VideoCodec};
use scrim_policy::Moment;

use super::{
    Event, Part, RenderSpec, audio,
    budget::Budget,
    chain::ChainEnd,
    error::RenderError,
    segment::{self, Order, Segment},
};

/// Audio packets that may wait for the audio thread.
const AUDIO_PACKETS: usize = 256;

/// What all threads share.
struct Shared<'a> {
    spec: &'a RenderSpec,
    budget: Arc<Budget>,
    queue: Mutex<Queue>,
    more: Condvar,
    /// Set when one thread failed or nobody listens: all others stop soon.
    stop: AtomicBool,
    failure: Mutex<Option<RenderError>>,
}

#[derive(Default)]
struct Queue {
    segments: VecDeque<Segment>,
    is_closed: bool,
}

impl Shared<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Keeps the first failure; those that follow are its consequences.
    fn end(&self, outcome: Result<ChainEnd, RenderError>) {
        let error = match outcome {
            Ok(ChainEnd::Complete) => return,
            Ok(ChainEnd::Stopped) => RenderError::Stopped,
            Err(error) => error,
        };
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.get_or_insert(error);
        self.stop.store(true, Ordering::Relaxed);
        self.more.notify_all();
    }

    fn put(&self, segment: Segment) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.segments.push_back(segment);
        self.more.notify_one();
    }

    fn close(&self) {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_closed = true;
        self.more.notify_all();
    }

    fn next(&self) -> Option<Segment> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if self.is_stopped() {
                return None;
            }
            if let Some(segment) = queue.segments.pop_front() {
                return Some(segment);
            }
            if queue.is_closed {
                return None;
            }
            queue = self
                .more
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

pub(super) fn dispatch(
    archive: &mut Archive,
    spec: &RenderSpec,
    events: &SyncSender<Event>,
) -> Result<(), RenderError> {
    let shared = Shared {
        spec,
        budget: Arc::new(Budget::default()),
        queue: Mutex::default(),
        more: Condvar::new(),
        stop: AtomicBool::new(false),
        failure: Mutex::default(),
    };
    let wants_audio = spec.audio && !spec.skip.contains(&Part::Audio);
    let audio_track = archive.probe().audio.clone().filter(|_| wants_audio);
    thread::scope(|scope| {
        for _ in 0..spec.workers.max(1) {
            let events = events.clone();
            let shared = &shared;
            scope.spawn(move || {
                while let Some(segment) = shared.next() {
                    let outcome = segment::render(&segment, shared.spec, &shared.budget, &events);
                    shared.end(outcome);
                }
            });
        }
        let audio_sender = audio_track.map(|track| {
            let (sender, packets) = sync_channel(AUDIO_PACKETS);
            let (events, shared) = (events.clone(), &shared);
            scope.spawn(move || {
                shared.end(audio::render(&track, shared.spec, &packets, &events));
            });
            sender
        });
        let fed = Feeder::new(
            &shared,
            archive.probe().video.as_ref().map(|video| video.codec),
        )
        .feed(archive, audio_sender.as_ref());
        drop(audio_sender);
        if let Err(error) = fed {
            shared.end(Err(error));
        }
        shared.close();
    });
    let failure = shared
        .failure
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    failure.map_or(Ok(()), Err)
}

/// Cuts the video into segments.
struct Feeder<'a> {
    shared: &'a Shared<'a>,
    codec: Option<VideoCodec>,
    next_index: u32,
    open: Option<Open>,
    /// The segment before, while pictures may still come that precede the open one in time.
    closing: Option<(Sender<Order>, Moment)>,
}

struct Open {
    from: Moment,
    caps: gst::Caps,
    /// `None` when the segment is complete already and its packets are passed over.
    sender: Option<Sender<Order>>,
}

impl<'a> Feeder<'a> {
    fn new(shared: &'a Shared<'a>, codec: Option<VideoCodec>) -> Self {
        let codec = codec.filter(|_| shared.spec.plan.is_some());
        Self {
            shared,
            codec,
            next_index: 0,
            open: None,
            closing: None,
        }
    }

    fn feed(
        mut self,
        archive: &mut Archive,
        audio: Option<&SyncSender<Packet>>,
    ) -> Result<(), RenderError> {
        while !self.shared.is_stopped() {
            let Some(packet) = archive.next()? else {
                return Ok(());
            };
            match packet.track {
                Track::Video => {
                    if let Some(codec) = self.codec {
                        self.video(codec, packet);
                    }
                }
                Track::Audio => {
                    // When the audio thread is gone, it has said why.
                    let _ = audio.map(|sender| sender.send(packet));
                }
            }
        }
        Ok(())
    }

    fn video(&mut self, codec: VideoCodec, packet: Packet) {
        let at = Moment(u64::try_from(packet.timing.start).unwrap_or(0));
        let begins = match &self.open {
            None => true,
            Some(open) => {
                let is_long = at >= open.from.later(self.shared.spec.segment);
                let is_other = open.caps != packet.caps && at > open.from;
                // Without a display time nobody knows where the segment would begin.
                let is_timed = packet.data.pts().is_some();
                packet.is_entry && is_timed && (is_long || is_other)
            }
        };
        if begins {
            self.begin(codec, at, &packet);
        } else if let Some((sender, next_from)) = &self.closing {
            if at < *next_from {
                self.send(sender, packet.clone());
            } else {
                self.closing = None;
            }
        }
        if let Some(sender) = self.open.as_ref().and_then(|open| open.sender.as_ref()) {
            self.send(sender, packet);
        }
    }

    fn begin(&mut self, codec: VideoCodec, at: Moment, packet: &Packet) {
        // The first segment covers everything from the start on.
        let from = if self.open.is_some() {
            at
        } else {
            Moment::START
        };
        self.closing = None;
        if let Some(sender) = self.open.take().and_then(|open| open.sender) {
            // A worker that has failed takes no orders; its failure is kept.
            let _ = sender.send(Order::EndsAt(from));
            if codec == VideoCodec::H265 {
                self.send(&sender, packet.clone());
                self.closing = Some((sender, from));
            }
        }
        let index = self.next_index;
        self.next_index += 1;
        let sender = (!self.shared.spec.skip.contains(&Part::Segment(index))).then(|| {
            let (sender, orders) = channel();
            self.shared.put(Segment {
                index,
                from,
                codec,
                orders,
            });
            sender
        });
        self.open = Some(Open {
            from,
            caps: packet.caps.clone(),
            sender,
        });
    }

    fn send(&self, sender: &Sender<Order>, packet: Packet) {
        let bytes = packet.data.size();
        self.shared.budget.take(bytes, || self.shared.is_stopped());
        if sender.send(Order::Packet(packet)).is_err() {
            self.shared.budget.free(bytes);
        }
    }
}

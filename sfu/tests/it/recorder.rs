//! A recorder that counts.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use scrim_policy::{
    ConsentPurpose, Moment, ParticipantId, Pii, TimelineEvent, TrackId, TrackSource,
};
use scrim_sfu::tap::{Alarm, PacketSink, Recorder, RoomLink, TrackFacts};

use crate::peer::FORGED;

/// Counts what it is given.
#[derive(Clone, Default)]
pub(crate) struct Counting(pub(crate) Arc<Counted>);

/// What it was given.
#[derive(Default)]
pub(crate) struct Counted {
    /// Tracks.
    pub(crate) opened: AtomicU64,
    pub(crate) voice: AtomicU64,
    pub(crate) pictures: AtomicU64,
    /// Reports of sound, and of pictures.
    pub(crate) reports: [AtomicU64; 2],
    /// Packets that still had a header extension, or went back in time.
    pub(crate) bad: AtomicU64,
    /// Packets with [`FORGED`] in them.
    pub(crate) forged: AtomicU64,
    pub(crate) destroyed: Mutex<Vec<ConsentPurpose>>,
    pub(crate) finished: AtomicU64,
    pub(crate) alarm: Mutex<Option<Alarm>>,
    /// Packets of sound by participant.
    pub(crate) voices: Mutex<BTreeMap<ParticipantId, u64>>,
}

struct Sink {
    counted: Arc<Counted>,
    participant: ParticipantId,
    source: TrackSource,
    last: u64,
}

impl Counted {
    /// Returns how many packets of sound of somebody were recorded.
    pub(crate) fn voice_of(&self, participant: ParticipantId) -> u64 {
        let voices = self.voices.lock().unwrap();
        voices.get(&participant).copied().unwrap_or_default()
    }
}

impl PacketSink for Sink {
    fn packet(&mut self, pts: u64, arrival: u64, rtp: &[u8]) {
        let is_good = rtp[0] == 0x80 && pts + 5_000_000_000 > self.last && arrival > 0;
        self.last = self.last.max(pts);
        if !is_good {
            self.counted.bad.fetch_add(1, Ordering::Relaxed);
        }
        if rtp.windows(FORGED.len()).any(|words| words == FORGED) {
            self.counted.forged.fetch_add(1, Ordering::Relaxed);
        }
        let count = match self.source {
            TrackSource::Microphone => {
                let mut voices = self.counted.voices.lock().unwrap();
                *voices.entry(self.participant).or_default() += 1;
                &self.counted.voice
            }
            _ => &self.counted.pictures,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    fn report(&mut self, _: u64, ntp: u64, _: u32) {
        let is_sound = self.source == TrackSource::Microphone;
        let count = &self.counted.reports[usize::from(!is_sound)];
        // A clock that stands at its beginning says nothing.
        count.fetch_add(u64::from(ntp != 0), Ordering::Relaxed);
    }
}

impl Recorder for Counting {
    fn attach(&mut self, link: RoomLink) {
        *self.0.alarm.lock().unwrap() = Some(link.alarm);
    }
    fn note(&mut self, _: Moment, _: &TimelineEvent) {}
    fn open(&mut self, track: &TrackFacts) -> Option<Box<dyn PacketSink>> {
        self.0.opened.fetch_add(1, Ordering::Relaxed);
        Some(Box::new(Sink {
            counted: self.0.clone(),
            participant: track.participant,
            source: track.source,
            last: 0,
        }))
    }
    fn close(&mut self, _: TrackId) {}
    fn destroy(&mut self, _: ParticipantId, purpose: ConsentPurpose) {
        self.0.destroyed.lock().unwrap().push(purpose);
    }
    fn chat(&mut self, _: Moment, _: ParticipantId, _: &Pii<String>) {}
    fn finish(&mut self) {
        self.0.finished.fetch_add(1, Ordering::Relaxed);
    }
}

//! Packets of one track, as they come in.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use gstreamer as gst;
use tokio::sync::mpsc::UnboundedSender;

use super::{
    RoomClock,
    events::MediaEvent,
    fanout::{FanoutSender, Incoming, TrackNumber},
};
use crate::{
    codec::Codec,
    rtp::{Packet, SenderReport, Speakers, starts_keyframe},
    tap::Tap,
};

/// What one track may bring in a second. A screen in full HD has about 1000 packets.
const MOST_PACKETS: u64 = 3000;
const MOST_BYTES: u64 = 2 << 20;

/// One track, as it comes in. Its packets arrive on a thread of its connection.
pub(super) struct Ingress {
    pub(super) track: TrackNumber,
    pub(super) codec: Codec,
    /// The stream that was announced. Nothing is taken of a section that sends nothing.
    pub(super) ssrc: Option<u32>,
    pub(super) payload_type: u8,
    /// Which header extension says how loud a packet is.
    pub(super) level: Option<u8>,
    pub(super) clock: RoomClock,
    pub(super) speakers: Arc<Mutex<Speakers>>,
    pub(super) fanout: FanoutSender,
    pub(super) events: UnboundedSender<MediaEvent>,
    pub(super) state: IngressState,
}

/// What others may change and see of it.
#[derive(Default)]
pub(super) struct IngressState {
    /// Whether nothing is forwarded and recorded.
    is_muted: AtomicBool,
    /// Whether a keyframe is looked for.
    is_seeking: AtomicBool,
    /// When something came last, in nanoseconds of the room.
    heard: AtomicU64,
    tap: Mutex<Option<Tap>>,
    /// What the sender said last about time.
    report: Mutex<Option<SenderReport>>,
    /// The pad of webrtcbin, and the one of ours that it is linked to. Pads do not hold each other.
    pads: Mutex<Option<(gst::Pad, gst::Pad)>>,
    budget: Mutex<Budget>,
}

/// What came in the second that runs.
#[derive(Default)]
struct Budget {
    second: u64,
    packets: u64,
    bytes: u64,
}

impl Ingress {
    /// Takes a packet.
    pub(super) fn packet(&self, buffer: &gst::Buffer) {
        let now = self.clock.elapsed();
        let state = &self.state;
        state.heard.store(nanos(now), Ordering::Relaxed);
        let Ok(bytes) = buffer.map_readable() else {
            return;
        };
        if !state.affords(now, bytes.len()) {
            return;
        }
        let Some(packet) = Packet::read(&bytes).filter(|packet| self.announced(packet)) else {
            return;
        };
        if state.is_muted.load(Ordering::Relaxed) {
            return;
        }
        if let Some(level) = self.level.and_then(|id| packet.audio_level(id)) {
            let mut speakers = lock(&self.speakers);
            speakers.observe(self.track, level, now);
        }
        if state.is_seeking.load(Ordering::Relaxed) && starts_keyframe(self.codec, packet.payload())
        {
            state.is_seeking.store(false, Ordering::Relaxed);
            let _ = self.events.send(MediaEvent::KeyframeSeen(self.track));
        }
        state.record(&packet, buffer.pts(), now);
        self.fanout.packet(&Incoming {
            track: self.track,
            codec: self.codec,
            timestamp: packet.timestamp(),
            came: now,
            buffer: buffer.clone(),
        });
    }

    /// Takes what a sender says about time, if it is about this track.
    pub(super) fn report(&self, report: SenderReport) {
        if self.ssrc != Some(report.ssrc) {
            return;
        }
        let state = &self.state;
        *lock(&state.report) = Some(report);
        let mut tap = lock(&state.tap);
        if let Some(open) = tap.as_mut()
            && !open.report(report, nanos(self.clock.elapsed()))
        {
            // The participant said no a moment ago.
            *tap = None;
        }
    }

    /// Records what comes from now on.
    pub(super) fn record(&self, mut tap: Tap) {
        // Senders report every few seconds, and a recording may be shorter.
        let report = *lock(&self.state.report);
        if let Some(report) = report {
            tap.report(report, nanos(self.clock.elapsed()));
        }
        *lock(&self.state.tap) = Some(tap);
    }

    /// Whether a packet is of the stream, and in the format, that was announced.
    fn announced(&self, packet: &Packet<'_>) -> bool {
        self.is_announced(packet.ssrc(), packet.payload_type())
    }

    /// Whether a stream in a format is the one that was announced. webrtcbin gives whatever nobody has
    /// announced to the first section, pictures to one of sound as well: what somebody allows for the one
    /// is not allowed for the other.
    pub(super) fn is_announced(&self, ssrc: u32, payload_type: u8) -> bool {
        self.ssrc == Some(ssrc) && self.payload_type == payload_type
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl IngressState {
    pub(super) fn mute(&self, is_muted: bool) {
        self.is_muted.store(is_muted, Ordering::Relaxed);
    }

    pub(super) fn seek(&self) {
        self.is_seeking.store(true, Ordering::Relaxed);
    }

    /// Returns when something came last.
    pub(super) fn heard(&self) -> Duration {
        Duration::from_nanos(self.heard.load(Ordering::Relaxed))
    }

    /// Records nothing any more.
    pub(super) fn untap(&self) {
        lock(&self.tap).take();
    }

    pub(super) fn link(&self, from: gst::Pad, to: gst::Pad) {
        *lock(&self.pads) = Some((from, to));
    }

    /// Takes no packet any more.
    pub(super) fn unlink(&self) {
        self.untap();
        lock(&self.pads).take();
    }

    /// Returns where a keyframe can be asked for.
    pub(super) fn pad(&self) -> Option<gst::Pad> {
        let pads = lock(&self.pads);
        pads.as_ref().map(|(from, _)| from.clone())
    }

    fn record(&self, packet: &Packet<'_>, pts: Option<gst::ClockTime>, now: Duration) {
        let mut tap = lock(&self.tap);
        if let (Some(open), Some(pts)) = (tap.as_mut(), pts)
            && !open.packet(packet, pts.nseconds(), nanos(now))
        {
            // The participant said no a moment ago.
            *tap = None;
        }
    }

    fn affords(&self, now: Duration, bytes: usize) -> bool {
        let mut budget = lock(&self.budget);
        if budget.second != now.as_secs() {
            *budget = Budget {
                second: now.as_secs(),
                ..Budget::default()
            };
        }
        budget.packets += 1;
        budget.bytes += bytes as u64;
        budget.packets <= MOST_PACKETS && budget.bytes <= MOST_BYTES
    }
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

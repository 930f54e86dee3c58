//! A slot, and what always has to be true of what it sends.

use crate::{
    codec::{Codec, Named},
    rtp::{HEADER_BYTES, Packet, Rewriter, SourceId, Verdict, Vp8Descriptor, starts_keyframe},
};

const PAYLOAD_TYPE: u8 = 101;
/// Both soon wrap.
const FIRST_SEQUENCE: u16 = 65_530;
const FIRST_TIMESTAMP: u32 = u32::MAX - 5000;
/// What is further ahead is behind.
const HALF: u32 = 1 << 31;

pub(super) struct Slot {
    rewriter: Rewriter,
    ssrc: u32,
    /// How many packets the viewer got.
    pub(super) got: usize,
    out: Vec<u8>,
    next_sequence: u16,
    source: Option<SourceId>,
    is_paused: bool,
    /// Nothing of this source was sent yet.
    is_new: bool,
    /// What is sent next has to be the beginning of something.
    has_to_start: bool,
    /// From the timestamps of the source to those of the slot.
    shift: u32,
    /// The newest timestamp and its time.
    newest: Option<(u32, u64)>,
}

impl Slot {
    pub(super) fn new(number: usize) -> Self {
        let ssrc = 0x5107_0000 + number as u32;
        Self {
            rewriter: Rewriter::new(ssrc, PAYLOAD_TYPE, FIRST_SEQUENCE, FIRST_TIMESTAMP),
            ssrc,
            got: 0,
            out: Vec::new(),
            next_sequence: FIRST_SEQUENCE,
            source: None,
            is_paused: false,
            is_new: true,
            has_to_start: true,
            shift: 0,
            newest: None,
        }
    }

    pub(super) fn switch_to(&mut self, source: SourceId) {
        self.rewriter.switch_to(source);
        if self.source != Some(source) {
            self.source = Some(source);
            (self.is_new, self.has_to_start) = (true, true);
        }
        self.check_state();
    }

    pub(super) fn pause(&mut self) {
        self.rewriter.pause();
        (self.is_paused, self.has_to_start) = (true, true);
        self.check_state();
    }

    pub(super) fn resume(&mut self) {
        self.rewriter.resume();
        self.is_paused = false;
        self.check_state();
    }

    fn check_state(&self) {
        assert_eq!(self.rewriter.is_paused(), self.is_paused);
        assert_eq!(self.rewriter.source(), self.source);
        let is_waiting = self.rewriter.is_waiting();
        assert!(!is_waiting || (!self.is_paused && self.source.is_some()));
    }

    /// Gives a packet to the slot, and looks at what comes out.
    pub(super) fn take(&mut self, source: SourceId, codec: Codec, packet: &Packet<'_>, now: u64) {
        let out = &mut self.out;
        let verdict = self.rewriter.rewrite(source, codec, packet, now, out);
        self.check_state();
        if verdict != Verdict::Forward {
            assert!(self.out.is_empty(), "{verdict:?} leaves nothing behind");
            return;
        }
        assert!(self.source == Some(source) && !self.is_paused);
        assert!(!packet.is_padding_only());
        if codec.is_video() && self.has_to_start {
            let is_start = starts_keyframe(codec, packet.payload());
            assert!(is_start, "a stream begins in the middle: {packet:?}");
        }
        self.check_written(codec, packet, now);
        (self.is_new, self.has_to_start) = (false, false);
        self.got += 1;
        // Whatever comes twice is sent once.
        let out = &mut self.out;
        let again = self.rewriter.rewrite(source, codec, packet, now, out);
        assert_eq!(again, Verdict::Drop);
    }

    fn check_written(&mut self, codec: Codec, packet: &Packet<'_>, now: u64) {
        let got = Packet::read(&self.out).unwrap();
        assert_eq!(self.out[0], 0x80, "no padding, extension or other source");
        assert_eq!((got.ssrc(), got.payload_type()), (self.ssrc, PAYLOAD_TYPE));
        assert_eq!(got.marker(), packet.marker());
        assert_eq!(got.sequence(), self.next_sequence, "there is a hole");
        assert_eq!(self.out.len(), HEADER_BYTES + packet.payload().len());
        check_payload(codec, packet.payload(), got.payload());
        self.next_sequence = self.next_sequence.wrapping_add(1);

        let timestamp = got.timestamp();
        // Whoever is new begins as much later as it is later, and never within a frame of another.
        let begun = self.newest.map_or(FIRST_TIMESTAMP, |(newest, at)| {
            newest.wrapping_add(codec.ticks(now - at).max(1))
        });
        let continued = packet.timestamp().wrapping_add(self.shift);
        if self.is_new {
            assert_eq!(timestamp, begun, "a source begins at another time");
            let ahead = self
                .newest
                .map(|(newest, _)| timestamp.wrapping_sub(newest));
            assert!(ahead.is_none_or(|ahead| (1..HALF).contains(&ahead)));
        } else {
            // A source that counts anew is a new one.
            let is_right = timestamp == continued || timestamp == begun;
            assert!(is_right, "{timestamp}, not {continued} or {begun}");
        }
        self.shift = timestamp.wrapping_sub(packet.timestamp());
        let is_newer = |(newest, _)| timestamp.wrapping_sub(newest) < HALF;
        if self.newest.is_none_or(is_newer) {
            self.newest = Some((timestamp, now));
        }
    }
}

/// No byte of a payload is changed but the numbers of VP8 frames, which stay as wide as they are.
fn check_payload(codec: Codec, sent: &[u8], got: &[u8]) {
    let mut expected = sent.to_vec();
    if let (Codec::Vp8, Some(numbers)) = (codec, Vp8Descriptor::read(sent)) {
        let renumbered = Vp8Descriptor::read(got).unwrap();
        assert_eq!(renumbered.length, numbers.length);
        assert_eq!(renumbered.begins_frame, numbers.begins_frame);
        if let (Some(before), Some(after)) = (numbers.picture_id, renumbered.picture_id) {
            assert_eq!((after.at, after.is_long), (before.at, before.is_long));
            after.write(&mut expected, after.value);
        }
        if let (Some(_), Some(after)) = (numbers.tl0_picture_index, renumbered.tl0_picture_index) {
            after.write(&mut expected, after.value);
        }
    }
    assert_eq!(got, expected);
}

//! A viewer with one slot.

use super::packets::Sent;
use crate::codec::Codec;
use crate::rtp::{HEADER_BYTES, Packet, Rewriter, SourceId, Verdict, head_of_payload};

pub(super) const SLOT_SSRC: u32 = 0x0051_0751;
pub(super) const SLOT_TYPE: u8 = 96;
/// Both soon wrap.
pub(super) const FIRST_SEQUENCE: u16 = 65_534;
pub(super) const FIRST_TIMESTAMP: u32 = u32::MAX - 1_000;

pub(super) const ONE: SourceId = SourceId(1);
pub(super) const OTHER: SourceId = SourceId(2);

pub(super) const HOLD: Verdict = Verdict::Hold {
    needs_keyframe: false,
};
pub(super) const ASK: Verdict = Verdict::Hold {
    needs_keyframe: true,
};

/// A packet that the viewer got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Got {
    pub(super) sequence: u16,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) payload: Vec<u8>,
}

pub(super) struct Viewer {
    pub(super) slot: Rewriter,
    codec: Codec,
    out: Vec<u8>,
    pub(super) got: Vec<Got>,
}

impl Viewer {
    /// A viewer that waits for the first keyframe of [`ONE`].
    pub(super) fn of(codec: Codec) -> Self {
        let mut slot = Rewriter::new(SLOT_SSRC, SLOT_TYPE, FIRST_SEQUENCE, FIRST_TIMESTAMP);
        slot.switch_to(ONE);
        Self {
            slot,
            codec,
            out: Vec::new(),
            got: Vec::new(),
        }
    }

    /// Gives a packet to the slot. What comes out has no trace of what the sender alone knew.
    #[track_caller]
    pub(super) fn give(&mut self, source: SourceId, sent: &Sent, millis: u64) -> Verdict {
        let bytes = sent.bytes();
        let packet = Packet::read(&bytes).unwrap();
        let pts_ns = millis * 1_000_000;
        let mut same = self.slot.clone();
        let mut shared = Vec::new();
        let same_verdict = same.rewrite_head(source, self.codec, &packet, pts_ns, &mut shared);
        let verdict = self
            .slot
            .rewrite(source, self.codec, &packet, pts_ns, &mut self.out);
        assert_eq!(
            same_verdict, verdict,
            "of a head it decides in the same way"
        );
        if verdict == Verdict::Forward {
            let head = head_of_payload(self.codec, packet.payload());
            assert_eq!(shared.len(), HEADER_BYTES + head);
            shared.extend(&packet.payload()[head..]);
        }
        assert_eq!(shared, self.out, "a head and what is shared are the packet");
        if verdict != Verdict::Forward {
            assert!(self.out.is_empty(), "{verdict:?} leaves nothing behind");
            return verdict;
        }
        let got = Packet::read(&self.out).unwrap();
        assert_eq!(self.out[0], 0x80, "no padding, extension or other source");
        assert_eq!((got.ssrc(), got.payload_type()), (SLOT_SSRC, SLOT_TYPE));
        assert_eq!(self.out.len(), HEADER_BYTES + sent.payload.len());
        self.got.push(Got {
            sequence: got.sequence(),
            timestamp: got.timestamp(),
            marker: got.marker(),
            payload: got.payload().to_vec(),
        });
        verdict
    }

    /// The same, for the source that the slot shows.
    #[track_caller]
    pub(super) fn show(&mut self, sent: &Sent, millis: u64) -> Verdict {
        let source = self.slot.source().unwrap();
        self.give(source, sent, millis)
    }

    /// Fails unless sequence numbers begin as they should and have no hole.
    #[track_caller]
    pub(super) fn assert_contiguous(&self) {
        let mut expected = FIRST_SEQUENCE;
        for got in &self.got {
            assert_eq!(got.sequence, expected);
            expected = expected.wrapping_add(1);
        }
    }

    /// Timestamps since the first one.
    pub(super) fn timestamps(&self) -> Vec<u32> {
        let since = |got: &Got| got.timestamp.wrapping_sub(FIRST_TIMESTAMP);
        self.got.iter().map(since).collect()
    }
}

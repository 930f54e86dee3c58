//! What a viewer sees of it.

use super::{
    super::lateness::{Fate, Lateness, Waited},
    *,
};
use crate::codec::Codec;
use crate::rtp::{Packet, Rewriter, SourceId, Verdict};

/// A worker with one slot.
struct Play {
    worker: Lateness,
    slot: Rewriter,
    codec: Codec,
    /// Sequence number and payload of what was sent.
    got: Vec<(u16, Vec<u8>)>,
    /// How often the slot wanted a keyframe.
    wanted: u32,
}

impl Play {
    fn of(codec: Codec) -> Self {
        let mut slot = Rewriter::new(7, 96, 65_535, 0);
        slot.switch_to(SourceId(CAMERA));
        Self {
            worker: Lateness::default(),
            slot,
            codec,
            got: Vec::new(),
            wanted: 0,
        }
    }

    /// Gives a packet that came then.
    fn give(&mut self, now: u64, came: u64, sequence: u16, timestamp: u32, payload: &[u8]) {
        let waited = Waited {
            track: CAMERA,
            is_picture: self.codec.is_video(),
            timestamp,
            came: ms(came),
        };
        let _ = self.worker.catch_up(ms(now), Some(ms(came)));
        if self.worker.fate(ms(now), waited) == Fate::LeaveOut {
            return;
        }
        let bytes = rtp(sequence, timestamp, payload);
        let packet = Packet::read(&bytes).unwrap();
        let (source, mut out) = (SourceId(CAMERA), Vec::new());
        let pts_ns = came * 1_000_000;
        match self
            .slot
            .rewrite(source, self.codec, &packet, pts_ns, &mut out)
        {
            Verdict::Forward => {
                let packet = Packet::read(&out).unwrap();
                self.got
                    .push((packet.sequence(), packet.payload().to_vec()));
            }
            Verdict::Hold { needs_keyframe } => self.wanted += u32::from(needs_keyframe),
            Verdict::Drop => {}
        }
    }

    /// Fails unless this was sent, under numbers without a hole.
    #[track_caller]
    fn assert_got(&self, payloads: &[&[u8]]) {
        let mut sequence = 65_535u16;
        for (got, _) in &self.got {
            assert_eq!(*got, sequence);
            sequence = sequence.wrapping_add(1);
        }
        let got: Vec<_> = self.got.iter().map(|(_, payload)| &payload[..]).collect();
        assert_eq!(got, payloads);
    }
}

#[test]
fn whole_pictures_are_missing_up_to_a_keyframe_and_numbers_have_no_hole() {
    let mut play = Play::of(Codec::Vp8);
    play.give(0, 0, 10, 0, KEYFRAME);
    play.give(600, 300, 11, 1, PICTURE);
    // The worker was held up, and what was begun is ended.
    play.give(900, 300, 12, 1, REST);
    play.give(900, 400, 13, 2, PICTURE);
    play.give(900, 400, 14, 2, REST);
    play.give(900, 500, 15, 3, PICTURE);
    // It has caught up, and the viewer lacks what was left out.
    play.give(901, 900, 16, 4, PICTURE);
    assert_eq!(play.wanted, 1);
    play.give(902, 902, 17, 4, REST);
    play.give(950, 950, 18, 5, KEYFRAME);
    play.give(950, 950, 19, 5, REST);
    play.give(960, 960, 20, 6, PICTURE);
    assert_eq!(play.wanted, 1);
    play.assert_got(&[KEYFRAME, PICTURE, REST, KEYFRAME, REST, PICTURE]);
}

#[test]
fn a_keyframe_that_is_late_is_left_out_and_the_next_one_is_wanted() {
    let mut play = Play::of(Codec::Vp8);
    play.give(0, 0, 10, 0, KEYFRAME);
    play.give(900, 400, 11, 1, KEYFRAME);
    play.give(901, 900, 12, 2, PICTURE);
    assert_eq!(play.wanted, 1);
    play.give(902, 902, 13, 3, KEYFRAME);
    play.assert_got(&[KEYFRAME, KEYFRAME]);
}

#[test]
fn sound_goes_on_where_the_worker_has_caught_up_and_numbers_have_no_hole() {
    let mut play = Play::of(Codec::Opus);
    play.give(0, 0, 10, 0, b"one");
    play.give(2000, 100, 11, 960, b"two");
    play.give(2000, 1500, 12, 1920, b"three");
    play.give(2000, 1980, 13, 2880, b"four");
    play.give(2000, 2000, 14, 3840, b"five");
    assert_eq!(play.wanted, 0);
    play.assert_got(&[b"one", b"four", b"five"]);
}

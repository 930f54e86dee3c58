//! One source in one slot.

use super::{
    packets::{Sent, h264::*, vp8},
    viewer::{ASK, FIRST_SEQUENCE, FIRST_TIMESTAMP, HOLD, ONE, OTHER, SLOT_SSRC, Viewer},
};
use crate::codec::Codec;
use crate::rtp::{Packet, Rewriter, Verdict, head_of_payload};

/// The first packet of a VP8 frame.
fn first(sequence: u16, timestamp: u32, is_keyframe: bool) -> Sent {
    Sent::new(sequence, timestamp, &vp8(true, is_keyframe, sequence, 0))
}

/// A later one.
fn later(sequence: u16, timestamp: u32) -> Sent {
    Sent::new(sequence, timestamp, &vp8(false, false, sequence, 0))
}

/// A viewer who has seen a keyframe of two packets, sequence 10 and 11.
fn flowing() -> Viewer {
    let mut viewer = Viewer::of(Codec::Vp8);
    assert_eq!(viewer.show(&first(10, 0, true), 0), Verdict::Forward);
    assert_eq!(viewer.show(&later(11, 0).marked(), 0), Verdict::Forward);
    viewer
}

#[test]
fn the_stream_of_a_slot_begins_with_the_numbers_that_were_given() {
    let viewer = flowing();
    assert_eq!(viewer.got[0].sequence, FIRST_SEQUENCE);
    assert_eq!(viewer.got[0].timestamp, FIRST_TIMESTAMP);
}

#[test]
fn what_the_sender_alone_agreed_on_does_not_get_out() {
    let mut viewer = Viewer::of(Codec::Opus);
    let mut sent = Sent::new(1, 2, b"words")
        .marked()
        .padded(9)
        .extended(0xbede, &[0x10, 0x85]);
    sent.contributing = vec![11, 12];
    // That nothing is left is looked at by the viewer.
    assert_eq!(viewer.show(&sent, 0), Verdict::Forward);
    assert_eq!(viewer.got[0].payload, b"words");
    assert!(viewer.got[0].marker);
}

#[test]
fn the_marker_stays_as_it_is() {
    let viewer = flowing();
    let markers: Vec<bool> = viewer.got.iter().map(|got| got.marker).collect();
    assert_eq!(markers, [false, true]);
}

#[test]
fn a_slot_without_source_shows_nothing() {
    let mut slot = Rewriter::new(SLOT_SSRC, 96, 1, 1);
    let bytes = first(10, 0, true).bytes();
    let packet = Packet::read(&bytes).unwrap();
    let mut out = vec![1, 2, 3];
    let verdict = slot.rewrite(ONE, Codec::Vp8, &packet, 0, &mut out);
    assert_eq!(verdict, Verdict::Drop);
    assert!(
        out.is_empty(),
        "what was in there before could be sent by mistake"
    );
    assert!(!slot.is_waiting());
}

#[test]
fn another_source_than_the_one_that_is_shown_gets_nothing_through() {
    let mut viewer = flowing();
    let other = first(500, 77, true);
    assert_eq!(viewer.give(OTHER, &other, 5), Verdict::Drop);
    assert_eq!(viewer.show(&first(12, 3000, false), 33), Verdict::Forward);
    viewer.assert_contiguous();
}

#[test]
fn room_that_is_there_is_used_again() {
    let mut slot = Rewriter::new(SLOT_SSRC, 96, 1, 1);
    slot.switch_to(ONE);
    let bytes = first(10, 0, true).bytes();
    let packet = Packet::read(&bytes).unwrap();
    let mut out = Vec::with_capacity(1500);
    let place = out.as_ptr();
    assert_eq!(
        slot.rewrite(ONE, Codec::Vp8, &packet, 0, &mut out),
        Verdict::Forward
    );
    assert_eq!(out.as_ptr(), place);
}

#[test]
fn what_differs_between_slots_is_the_descriptor_of_vp8_and_nothing_of_h264() {
    let payload = vp8(true, true, 300, 7);
    assert_eq!(head_of_payload(Codec::Vp8, &payload), 6);
    assert_eq!(head_of_payload(Codec::Vp8, &[0x10, 0x50]), 1);
    assert_eq!(head_of_payload(Codec::H264, IDR), 0);
    // Sound is copied.
    assert_eq!(head_of_payload(Codec::Opus, b"words"), 5);
    // What ends within its descriptor is not cut any shorter.
    assert_eq!(head_of_payload(Codec::Vp8, &[0x90, 0x80]), 2);
    assert_eq!(head_of_payload(Codec::Vp8, &[]), 0);
}

#[test]
fn pictures_begin_with_the_first_packet_of_a_keyframe() {
    let mut viewer = Viewer::of(Codec::Vp8);
    assert!(viewer.slot.is_waiting());
    assert_eq!(viewer.show(&later(7, 0).marked(), 0), ASK);
    assert_eq!(viewer.show(&first(8, 3000, false).marked(), 33), HOLD);
    assert_eq!(
        viewer.show(&first(9, 6000, true).marked(), 66),
        Verdict::Forward
    );
    assert!(!viewer.slot.is_waiting());
    assert_eq!(
        viewer.got[0].sequence, FIRST_SEQUENCE,
        "what is held is not counted"
    );
}

#[test]
fn sound_begins_at_once() {
    let mut viewer = Viewer::of(Codec::Opus);
    assert_eq!(viewer.show(&Sent::new(7, 0, b"a"), 0), Verdict::Forward);
    assert!(!viewer.slot.is_waiting());
}

#[test]
fn a_gap_holds_pictures_until_the_next_keyframe_and_asks_once() {
    let mut viewer = flowing();
    assert_eq!(viewer.show(&first(12, 3000, false), 33), Verdict::Forward);
    // 13 is missing; the rest of that frame is of no use.
    assert_eq!(viewer.show(&later(14, 3000).marked(), 33), ASK);
    assert!(viewer.slot.is_waiting());
    assert_eq!(viewer.show(&first(15, 6000, false).marked(), 66), HOLD);
    assert_eq!(viewer.show(&first(16, 9000, true), 100), Verdict::Forward);
    assert_eq!(
        viewer.show(&later(17, 9000).marked(), 100),
        Verdict::Forward
    );
    viewer.assert_contiguous();
    assert_eq!(viewer.timestamps(), [0, 0, 3000, 9000, 9000]);
}

#[test]
fn a_second_gap_while_waiting_asks_no_second_time() {
    let mut viewer = flowing();
    assert_eq!(viewer.show(&later(14, 0), 0), ASK);
    assert_eq!(viewer.show(&later(16, 0), 0), HOLD);
}

#[test]
fn a_gap_right_before_a_keyframe_is_none() {
    let mut viewer = flowing();
    assert_eq!(viewer.show(&first(20, 3000, true), 33), Verdict::Forward);
    viewer.assert_contiguous();
}

#[test]
fn a_gap_within_a_keyframe_lets_nothing_of_its_rest_through() {
    let mut viewer = Viewer::of(Codec::Vp8);
    assert_eq!(viewer.show(&first(10, 0, true), 0), Verdict::Forward);
    assert_eq!(viewer.show(&later(12, 0), 0), ASK);
    assert_eq!(viewer.show(&later(13, 0).marked(), 0), HOLD);
    assert_eq!(viewer.show(&first(14, 3000, false).marked(), 33), HOLD);
}

#[test]
fn a_gap_in_sound_is_renumbered_and_keeps_its_time() {
    let mut viewer = Viewer::of(Codec::Opus);
    for (sequence, timestamp) in [(1, 0), (2, 960), (5, 3840), (6, 4800)] {
        let sent = Sent::new(sequence, timestamp, b"a");
        assert_eq!(viewer.show(&sent, 0), Verdict::Forward);
    }
    viewer.assert_contiguous();
    assert_eq!(viewer.timestamps(), [0, 960, 3840, 4800]);
}

#[test]
fn late_and_repeated_packets_are_dropped() {
    for codec in [Codec::Opus, Codec::Vp8] {
        let mut viewer = Viewer::of(codec);
        // Sequence numbers wrap in between.
        assert_eq!(viewer.show(&first(65_535, 0, true), 0), Verdict::Forward);
        assert_eq!(viewer.show(&first(0, 0, true), 0), Verdict::Forward);
        for sequence in [0, 65_534, 65_535, 0, 65_500, 40_000] {
            let sent = first(sequence, 0, true);
            assert_eq!(viewer.show(&sent, 0), Verdict::Drop, "{sequence}");
        }
        assert_eq!(viewer.show(&first(1, 0, true), 0), Verdict::Forward);
        viewer.assert_contiguous();
    }
}

#[test]
fn padding_is_dropped_and_is_no_gap() {
    let mut viewer = flowing();
    let padding = Sent::new(12, 0, &[]).padded(200);
    assert_eq!(viewer.show(&padding, 0), Verdict::Drop);
    assert_eq!(viewer.show(&first(13, 3000, false), 33), Verdict::Forward);
    viewer.assert_contiguous();
}

#[test]
fn a_gap_before_padding_is_one_all_the_same() {
    let mut viewer = flowing();
    assert_eq!(
        viewer.show(&Sent::new(13, 0, &[]).padded(9), 0),
        Verdict::Drop
    );
    assert!(viewer.slot.is_waiting());
    assert_eq!(viewer.show(&first(14, 3000, false), 33), ASK);
}

#[test]
fn a_gap_before_padding_makes_no_sound_wait() {
    let mut viewer = Viewer::of(Codec::Opus);
    let _ = viewer.show(&Sent::new(1, 0, b"a"), 0);
    let _ = viewer.show(&Sent::new(9, 0, &[]).padded(9), 0);
    assert!(!viewer.slot.is_waiting());
}

#[test]
fn a_source_that_counts_anew_is_followed_after_two_packets() {
    let mut viewer = Viewer::of(Codec::Opus);
    let _ = viewer.show(&Sent::new(30_000, 1_000_000, b"a"), 0);
    assert_eq!(viewer.show(&Sent::new(5, 77, b"b"), 20), Verdict::Drop);
    assert_eq!(viewer.show(&Sent::new(6, 1037, b"c"), 40), Verdict::Forward);
    assert_eq!(viewer.show(&Sent::new(7, 1997, b"d"), 60), Verdict::Forward);
    viewer.assert_contiguous();
    assert_eq!(viewer.timestamps(), [0, 1920, 2880]);

    let mut viewer = flowing();
    assert_eq!(viewer.show(&later(40_000, 0), 0), Verdict::Drop);
    assert_eq!(viewer.show(&later(40_001, 0), 0), ASK);
    assert_eq!(viewer.show(&first(40_002, 9, true), 0), Verdict::Forward);
}

#[test]
fn after_a_pause_pictures_begin_with_a_keyframe_and_their_time_went_on() {
    let mut viewer = flowing();
    viewer.slot.pause();
    assert!(viewer.slot.is_paused() && !viewer.slot.is_waiting());
    assert_eq!(viewer.show(&first(12, 3000, true), 33), Verdict::Drop);
    viewer.slot.resume();
    assert!(viewer.slot.is_waiting());
    // So much time passed that the sequence numbers seem to be behind.
    assert_eq!(viewer.show(&first(40_000, 90_000, false), 1000), ASK);
    assert_eq!(
        viewer.show(&first(40_001, 93_000, true), 1033),
        Verdict::Forward
    );
    viewer.assert_contiguous();
    assert_eq!(viewer.timestamps(), [0, 0, 93_000]);
}

#[test]
fn after_a_pause_sound_goes_on_at_once() {
    let mut viewer = Viewer::of(Codec::Opus);
    let _ = viewer.show(&Sent::new(1, 0, b"a"), 0);
    viewer.slot.pause();
    viewer.slot.resume();
    assert_eq!(
        viewer.show(&Sent::new(500, 48_000, b"b"), 1000),
        Verdict::Forward
    );
    viewer.assert_contiguous();
    assert_eq!(viewer.timestamps(), [0, 48_000]);
}

#[test]
fn resuming_what_was_not_paused_interrupts_nothing() {
    let mut viewer = flowing();
    viewer.slot.resume();
    assert_eq!(viewer.show(&first(12, 3000, false), 33), Verdict::Forward);
}

#[test]
fn a_payload_that_cannot_be_read_interrupts_pictures() {
    let mut viewer = flowing();
    let broken = Sent::new(12, 3000, &[0x90, 0xf0]);
    assert_eq!(viewer.show(&broken, 33), ASK);
    assert_eq!(viewer.show(&first(13, 6000, false), 66), HOLD);
    assert_eq!(viewer.show(&first(14, 9000, true), 99), Verdict::Forward);
}

/// Gives H264 payloads one after the other: timestamp and payload.
#[track_caller]
fn assert_h264(viewer: &mut Viewer, from: u16, expected: &[(u32, &[u8], Verdict)]) {
    for (sequence, (timestamp, payload, verdict)) in (from..).zip(expected) {
        let sent = Sent::new(sequence, *timestamp, payload);
        assert_eq!(viewer.show(&sent, 0), *verdict, "packet {sequence}");
    }
}

const YES: Verdict = Verdict::Forward;

#[test]
fn an_h264_keyframe_begins_with_its_parameters() {
    let together = stap_a(&[SPS, PPS]);
    for parameters in [&[SPS, PPS][..], &[&together], &[SPS_START, PPS]] {
        let mut viewer = Viewer::of(Codec::H264);
        assert_h264(&mut viewer, 1, &[(0, SLICE, ASK), (9, DELIMITER, HOLD)]);
        for (sequence, payload) in (3..).zip(parameters) {
            assert_eq!(viewer.show(&Sent::new(sequence, 9, payload), 0), YES);
        }
        let next = 3 + u16::try_from(parameters.len()).unwrap();
        assert_h264(
            &mut viewer,
            next,
            &[
                (9, IDR_START, YES),
                (9, IDR_MIDDLE, YES),
                (9, IDR_END, YES),
                (18, SLICE, YES),
            ],
        );
        viewer.assert_contiguous();
    }
}

#[test]
fn an_h264_keyframe_whose_beginning_is_missing_is_not_used_and_asked_for_again() {
    // Its parameters may have been in what the viewer did not get.
    let mut viewer = Viewer::of(Codec::H264);
    assert_h264(
        &mut viewer,
        1,
        &[(0, IDR_START, ASK), (0, IDR_END, HOLD), (9, SLICE, HOLD)],
    );
    assert_h264(&mut viewer, 4, &[(18, SPS, YES), (18, IDR, YES)]);
    assert_h264(&mut viewer, 7, &[(27, IDR, ASK), (36, SLICE, HOLD)]);
}

#[test]
fn an_h264_keyframe_without_parameters_is_used_where_it_is_seen_from_its_beginning() {
    let mut viewer = Viewer::of(Codec::H264);
    assert_h264(
        &mut viewer,
        1,
        &[
            (0, SLICE, ASK),
            (9, SEI, HOLD),
            (9, IDR, YES),
            (9, IDR_LATER, YES),
        ],
    );

    let mut viewer = Viewer::of(Codec::H264);
    let end_of_frame = Sent::new(1, 0, SLICE).marked();
    assert_eq!(viewer.show(&end_of_frame, 0), ASK);
    assert_h264(&mut viewer, 2, &[(9, IDR_START, YES), (9, IDR_END, YES)]);
}

#[test]
fn padding_after_a_gap_does_not_make_a_frame_whole() {
    let mut viewer = Viewer::of(Codec::H264);
    assert_eq!(viewer.show(&Sent::new(1, 0, SLICE).marked(), 0), ASK);
    assert_eq!(viewer.show(&Sent::new(3, 9, &[]), 0), Verdict::Drop);
    assert_h264(&mut viewer, 4, &[(9, IDR, ASK), (18, SLICE, HOLD)]);
}

#[test]
fn padding_within_a_frame_does_not_make_it_whole() {
    let mut viewer = Viewer::of(Codec::H264);
    assert_eq!(viewer.show(&Sent::new(1, 9, SEI), 0), ASK);
    assert_eq!(viewer.show(&Sent::new(2, 0, &[]), 0), Verdict::Drop);
    assert_h264(&mut viewer, 3, &[(9, IDR, ASK)]);
}

#[test]
fn a_later_slice_of_a_keyframe_begins_nothing() {
    let mut viewer = Viewer::of(Codec::H264);
    assert_h264(
        &mut viewer,
        1,
        &[(0, SLICE, ASK), (9, PPS, HOLD), (9, IDR_LATER, HOLD)],
    );
}

#[test]
fn parameters_without_a_keyframe_behind_them_are_no_beginning() {
    let mut viewer = Viewer::of(Codec::H264);
    assert_h264(
        &mut viewer,
        1,
        &[
            (0, SPS, YES),
            (0, PPS, YES),
            (0, SLICE, ASK),
            (9, SLICE, HOLD),
            (18, SPS, YES),
            (18, IDR, YES),
            (27, SPS, YES),
            (27, SLICE, YES),
        ],
    );
    viewer.assert_contiguous();
}

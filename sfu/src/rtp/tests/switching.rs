//! Changing sources in one slot.

use super::{
    packets::{Sent, h264, vp8},
    viewer::{ASK, HOLD, ONE, OTHER, SLOT_SSRC, Viewer},
};
use crate::codec::Codec;
use crate::rtp::{Packet, Rewriter, SourceId, Verdict, Vp8Descriptor};

fn frame(sequence: u16, timestamp: u32, is_keyframe: bool, picture: u16, tl0: u8) -> Sent {
    let payload = vp8(true, is_keyframe, picture, tl0);
    Sent::new(sequence, timestamp, &payload).marked()
}

/// PictureID and TL0PICIDX of what the viewer got.
fn pictures(viewer: &Viewer) -> Vec<(u16, u8)> {
    let numbers = |payload: &Vec<u8>| {
        let descriptor = Vp8Descriptor::read(payload).unwrap();
        let picture = descriptor.picture_id.map_or(0, |id| id.value);
        let tl0 = descriptor.tl0_picture_index.map_or(0, |index| index.value);
        (picture, tl0)
    };
    viewer.got.iter().map(|got| numbers(&got.payload)).collect()
}

#[test]
fn another_source_begins_with_its_keyframe_and_goes_on_in_time() {
    let mut viewer = Viewer::of(Codec::Vp8);
    let _ = viewer.show(&frame(10, 900_000, true, 1, 1), 1000);
    let _ = viewer.show(&frame(11, 903_000, false, 2, 2), 1033);

    viewer.slot.switch_to(OTHER);
    assert!(viewer.slot.is_waiting());
    assert_eq!(viewer.show(&frame(7000, 50, false, 80, 9), 1050), ASK);
    assert_eq!(viewer.show(&frame(7001, 3050, false, 81, 9), 1083), HOLD);
    let keyframe = frame(7002, 6050, true, 82, 10);
    assert_eq!(viewer.show(&keyframe, 1133), Verdict::Forward);
    let next = frame(7003, 9050, false, 83, 11);
    assert_eq!(viewer.show(&next, 1166), Verdict::Forward);

    viewer.assert_contiguous();
    // 100 ms after the last one, and then as far apart as the source says.
    assert_eq!(viewer.timestamps(), [0, 3000, 12_000, 15_000]);
    assert_eq!(pictures(&viewer), [(1, 1), (2, 2), (3, 3), (4, 4)]);
}

#[test]
fn what_the_old_source_still_sends_does_not_get_in_between() {
    let mut viewer = Viewer::of(Codec::Vp8);
    let _ = viewer.show(&frame(10, 0, true, 1, 1), 0);
    viewer.slot.switch_to(OTHER);
    let late = frame(11, 3000, true, 2, 2);
    assert_eq!(viewer.give(ONE, &late, 33), Verdict::Drop);
    assert!(viewer.slot.is_waiting());
    let keyframe = frame(500, 77, true, 1, 1);
    assert_eq!(viewer.show(&keyframe, 66), Verdict::Forward);
    assert_eq!(
        viewer.give(ONE, &frame(12, 6000, true, 3, 3), 66),
        Verdict::Drop
    );
    let next = frame(501, 3077, false, 2, 2);
    assert_eq!(viewer.show(&next, 99), Verdict::Forward);
}

#[test]
fn coming_back_to_a_source_is_another_beginning() {
    let mut viewer = Viewer::of(Codec::Vp8);
    let _ = viewer.show(&frame(10, 0, true, 1, 1), 0);
    viewer.slot.switch_to(OTHER);
    let _ = viewer.show(&frame(500, 77, true, 900, 200), 100);
    viewer.slot.switch_to(ONE);
    assert_eq!(viewer.show(&frame(18, 17_000, false, 8, 8), 190), ASK);
    let keyframe = frame(19, 18_000, true, 9, 9);
    assert_eq!(viewer.show(&keyframe, 200), Verdict::Forward);
    viewer.assert_contiguous();
    assert_eq!(viewer.timestamps(), [0, 9000, 18_000]);
    assert_eq!(pictures(&viewer), [(1, 1), (2, 2), (3, 3)]);
}

#[test]
fn switching_to_what_is_shown_already_interrupts_nothing() {
    let mut viewer = Viewer::of(Codec::Vp8);
    let _ = viewer.show(&frame(10, 0, true, 1, 1), 0);
    viewer.slot.switch_to(ONE);
    assert!(!viewer.slot.is_waiting());
    let next = frame(11, 3000, false, 2, 2);
    assert_eq!(viewer.show(&next, 33), Verdict::Forward);
}

#[test]
fn a_paused_slot_that_gets_another_source_stays_paused() {
    let mut viewer = Viewer::of(Codec::Vp8);
    let _ = viewer.show(&frame(10, 0, true, 1, 1), 0);
    viewer.slot.pause();
    viewer.slot.switch_to(OTHER);
    assert!(viewer.slot.is_paused());
    let keyframe = frame(500, 77, true, 9, 9);
    assert_eq!(viewer.show(&keyframe, 33), Verdict::Drop);
    viewer.slot.resume();
    let keyframe = frame(501, 3077, true, 10, 10);
    assert_eq!(viewer.show(&keyframe, 1000), Verdict::Forward);
    assert_eq!(viewer.timestamps(), [0, 90_000]);
}

#[test]
fn two_sources_never_share_a_frame_even_when_time_stood_still() {
    for millis in [1000, 999, 0] {
        let mut viewer = Viewer::of(Codec::Vp8);
        let _ = viewer.show(&frame(10, 0, true, 1, 1), 1000);
        viewer.slot.switch_to(OTHER);
        let _ = viewer.show(&frame(500, 77, true, 1, 1), millis);
        assert_eq!(viewer.timestamps(), [0, 1]);
    }
}

#[test]
fn a_source_whose_pictures_are_out_of_order_is_followed_by_a_later_one() {
    let mut viewer = Viewer::of(Codec::Vp8);
    let _ = viewer.show(&frame(10, 6000, true, 1, 1), 66);
    let _ = viewer.show(&frame(11, 3000, false, 2, 2), 67);
    viewer.slot.switch_to(OTHER);
    let _ = viewer.show(&frame(500, 77, true, 1, 1), 66);
    let since: Vec<i32> = viewer
        .timestamps()
        .into_iter()
        .map(|ticks| ticks as i32)
        .collect();
    assert_eq!(since, [0, -3000, 1]);
}

#[test]
fn sound_of_another_source_goes_on_at_once_and_in_time() {
    let mut viewer = Viewer::of(Codec::Opus);
    let _ = viewer.show(&Sent::new(1, 5000, b"a"), 100);
    viewer.slot.switch_to(OTHER);
    assert_eq!(
        viewer.show(&Sent::new(900, 77, b"b"), 600),
        Verdict::Forward
    );
    assert_eq!(
        viewer.show(&Sent::new(901, 1037, b"c"), 620),
        Verdict::Forward
    );
    viewer.assert_contiguous();
    assert_eq!(viewer.timestamps(), [0, 24_000, 24_960]);
}

#[test]
fn days_of_silence_do_not_overflow() {
    let mut viewer = Viewer::of(Codec::Vp8);
    let _ = viewer.show(&frame(10, 0, true, 1, 1), 0);
    viewer.slot.switch_to(OTHER);
    let days = u64::MAX / 1_000_000;
    let _ = viewer.show(&frame(500, 77, true, 1, 1), days);
    let ticks = u128::from(days) * 90;
    assert_eq!(viewer.timestamps(), [0, ticks as u32]);
}

#[test]
fn numbers_of_pictures_wrap_with_their_width() {
    let short = |picture: u8| vec![0x90, 0x80, picture, 0x50];
    let shown = |payload: &[u8]| payload[2];
    let mut viewer = Viewer::of(Codec::Vp8);
    let _ = viewer.show(&Sent::new(1, 0, &short(126)).marked(), 0);
    let _ = viewer.show(&Sent::new(2, 9, &short(127)).marked(), 1);
    viewer.slot.switch_to(OTHER);
    let _ = viewer.show(&Sent::new(7, 0, &short(55)).marked(), 2);
    let _ = viewer.show(&Sent::new(8, 9, &short(56)).marked(), 3);
    let ids: Vec<u8> = viewer.got.iter().map(|got| shown(&got.payload)).collect();
    assert_eq!(ids, [126, 127, 0, 1]);

    let mut viewer = Viewer::of(Codec::Vp8);
    let _ = viewer.show(&frame(1, 0, true, 0x7fff, 255), 0);
    viewer.slot.switch_to(OTHER);
    let _ = viewer.show(&frame(7, 0, true, 0x7ffe, 254), 2);
    let _ = viewer.show(&frame(8, 9, false, 0x7fff, 255), 3);
    let _ = viewer.show(&frame(9, 18, false, 0, 0), 4);
    assert_eq!(pictures(&viewer), [(0x7fff, 255), (0, 0), (1, 1), (2, 2)]);
}

#[test]
fn packets_of_a_source_keep_the_distances_of_their_numbers() {
    let mut viewer = Viewer::of(Codec::Vp8);
    let _ = viewer.show(&frame(1, 0, true, 5, 5), 0);
    viewer.slot.switch_to(OTHER);
    let _ = viewer.show(&frame(7, 0, true, 100, 50), 10);
    // A frame of another layer has the number of the layer below; a gap leaves numbers out.
    let _ = viewer.show(&frame(8, 9, false, 101, 50), 20);
    let _ = viewer.show(&frame(20, 27, true, 110, 60), 30);
    assert_eq!(pictures(&viewer), [(5, 5), (6, 6), (7, 6), (16, 16)]);
}

#[test]
fn the_key_index_and_the_picture_itself_are_never_changed() {
    let mut viewer = Viewer::of(Codec::Vp8);
    let _ = viewer.show(&frame(1, 0, true, 5, 5), 0);
    viewer.slot.switch_to(OTHER);
    let sent = frame(7, 0, true, 100, 50);
    let _ = viewer.show(&sent, 10);
    assert_eq!(viewer.got[1].payload[5..], sent.payload[5..]);
}

#[test]
fn a_source_without_numbers_leaves_those_of_the_others_alone() {
    let mut viewer = Viewer::of(Codec::Vp8);
    let _ = viewer.show(&frame(1, 0, true, 5, 5), 0);
    viewer.slot.switch_to(OTHER);
    let plain = Sent::new(7, 0, &[0x10, 0x50]).marked();
    assert_eq!(viewer.show(&plain, 10), Verdict::Forward);
    assert_eq!(viewer.got[1].payload, plain.payload);
    viewer.slot.switch_to(ONE);
    let _ = viewer.show(&frame(9, 0, true, 70, 70), 20);
    assert_eq!(pictures(&viewer), [(5, 5), (0, 0), (6, 6)]);
}

#[test]
fn a_slot_for_several_codecs_gives_each_its_payload_type() {
    let mut slot = Rewriter::new(SLOT_SSRC, 97, 1, 0).with_type(Codec::H264, 102);
    let mut sent = |source: SourceId, codec, payload: &[u8], millis: u64| {
        slot.switch_to(source);
        let bytes = Sent::new(7, 0, payload).bytes();
        let mut out = Vec::new();
        let packet = Packet::read(&bytes).unwrap();
        let verdict = slot.rewrite(source, codec, &packet, millis * 1_000_000, &mut out);
        assert_eq!(verdict, Verdict::Forward);
        let got = Packet::read(&out).unwrap();
        assert_eq!(got.ssrc(), SLOT_SSRC);
        (got.payload_type(), got.sequence(), got.timestamp())
    };
    let keyframe = vp8(true, true, 1, 1);
    let of_encoder = h264::stap_a(&[h264::SPS, h264::PPS, h264::IDR]);
    assert_eq!(sent(ONE, Codec::Vp8, &keyframe, 0), (97, 1, 0));
    assert_eq!(sent(OTHER, Codec::H264, &of_encoder, 100), (102, 2, 9000));
    assert_eq!(sent(ONE, Codec::Vp8, &keyframe, 200), (97, 3, 18_000));
}

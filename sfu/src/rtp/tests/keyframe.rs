use super::packets::{h264::*, vp8};
use crate::codec::Codec;
use crate::rtp::starts_keyframe;

#[test]
fn clocks_run_as_fast_as_the_payload_formats_say() {
    assert_eq!(Codec::Opus.clock_rate(), 48_000);
    assert_eq!(Codec::Vp8.clock_rate(), 90_000);
    assert_eq!(Codec::H264.clock_rate(), 90_000);
}

#[test]
fn sound_can_begin_anywhere() {
    assert!(starts_keyframe(Codec::Opus, &[0xfc, 0xff, 0xfe]));
}

#[test]
fn a_vp8_keyframe_starts_with_its_first_packet_only() {
    assert!(starts_keyframe(Codec::Vp8, &vp8(true, true, 1, 1)));
    assert!(!starts_keyframe(Codec::Vp8, &vp8(true, false, 1, 1)));
    assert!(!starts_keyframe(Codec::Vp8, &vp8(false, true, 1, 1)));
}

#[test]
fn a_vp8_payload_without_its_header_starts_nothing() {
    for payload in [&[][..], &[0x10], &[0x90], &[0x90, 0x80, 0x80, 0x01]] {
        assert!(!starts_keyframe(Codec::Vp8, payload), "{payload:x?}");
    }
}

#[test]
fn an_h264_keyframe_starts_with_parameters_or_with_its_first_slice() {
    for payload in [SPS, SPS_START, IDR, IDR_START] {
        assert!(starts_keyframe(Codec::H264, payload), "{payload:x?}");
    }
    for units in [
        &[SPS, PPS][..],
        &[DELIMITER, SPS, PPS, SEI, IDR],
        &[SEI, IDR],
        &[IDR, IDR_LATER],
    ] {
        let payload = stap_a(units);
        assert!(starts_keyframe(Codec::H264, &payload), "{payload:x?}");
    }
}

#[test]
fn nothing_else_of_h264_starts_a_keyframe() {
    for payload in [
        PPS,
        SEI,
        DELIMITER,
        SLICE,
        SLICE_START,
        IDR_LATER,
        IDR_MIDDLE,
        IDR_END,
        // An IDR slice, FU-A and STAP-A without anything in them.
        &[0x65],
        &[0x7c],
        &[0x7c, 0x85],
        &[0x78],
        &[0x78, 0],
        &[],
    ] {
        assert!(!starts_keyframe(Codec::H264, payload), "{payload:x?}");
    }
    for units in [&[SEI, SLICE][..], &[SPS, PPS, SLICE], &[PPS], &[&[]]] {
        let payload = stap_a(units);
        assert!(!starts_keyframe(Codec::H264, &payload), "{payload:x?}");
    }
}

#[test]
fn a_unit_that_is_longer_than_its_packet_is_not_there() {
    let mut payload = stap_a(&[PPS, SPS]);
    payload.pop();
    assert!(!starts_keyframe(Codec::H264, &payload));
}

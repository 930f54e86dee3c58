//! What payloads say about themselves.

use super::super::payload::{begins_vp8_keyframe, h264_units, opus_samples};

#[test]
fn a_vp8_keyframe_is_found_behind_every_descriptor() {
    for descriptor in [
        &[0x10][..],
        &[0x90, 0x00],
        &[0x90, 0x80, 0x11],
        &[0x90, 0x80, 0x91, 0x22],
        &[0x90, 0xe0, 0x91, 0x22, 0x33, 0x44],
        &[0x90, 0x10, 0x44],
    ] {
        let payload = |header: u8| [descriptor, &[header, 0]].concat();
        assert!(begins_vp8_keyframe(&payload(0x10)), "{descriptor:02x?}");
        assert!(!begins_vp8_keyframe(&payload(0x11)), "{descriptor:02x?}");
        assert!(!begins_vp8_keyframe(descriptor));
    }
    // Not the start of a partition, or not the first one.
    assert!(!begins_vp8_keyframe(&[0x00, 0x10]));
    assert!(!begins_vp8_keyframe(&[0x11, 0x10]));
    assert!(!begins_vp8_keyframe(&[]));
}

#[test]
fn units_of_h264_are_found_in_every_packetization() {
    assert_eq!(h264_units(&[0x67, 1]), (true, false));
    assert_eq!(h264_units(&[0x65, 1]), (false, true));
    assert_eq!(h264_units(&[0x41, 1]), (false, false));
    assert_eq!(h264_units(&[0x78, 0, 1, 0x67, 0, 1, 0x65]), (true, true));
    // Cut off, and a piece that is not the first.
    assert_eq!(h264_units(&[0x78, 0, 9, 0x67]), (false, false));
    assert_eq!(h264_units(&[0x7c, 0x05, 1]), (false, false));
    assert_eq!(h264_units(&[0x7c, 0x85, 1]), (false, true));
    assert_eq!(h264_units(&[]), (false, false));
}

#[test]
fn packets_of_opus_say_how_long_they_play() {
    // 20 ms of SILK, CELT and both; 10 ms twice; 20 ms three times; 60 ms.
    for (payload, samples) in [
        (&[0x08, 1][..], 960),
        (&[0xf8][..], 960),
        (&[0x78, 1][..], 960),
        (&[0x01, 1][..], 960),
        (&[0xfb, 3][..], 2_880),
        (&[0x18][..], 2_880),
        (&[0xe0][..], 120),
    ] {
        assert_eq!(opus_samples(payload), Some(samples), "{payload:02x?}");
    }
    for broken in [&[][..], &[0xfb], &[0xfb, 0], &[0xfb, 63]] {
        assert_eq!(opus_samples(broken), None, "{broken:02x?}");
    }
}

use super::packets::vp8;
use crate::rtp::Vp8Descriptor;

#[test]
fn a_descriptor_without_extension_is_one_byte() {
    let descriptor = Vp8Descriptor::read(&[0x10, 0x50]).unwrap();
    assert!(descriptor.begins_frame);
    assert_eq!(descriptor.length, 1);
    assert_eq!(descriptor.picture_id, None);
    assert_eq!(descriptor.tl0_picture_index, None);
}

#[test]
fn only_the_start_of_the_first_partition_begins_a_frame() {
    for (first, begins) in [(0x10, true), (0x30, true), (0x00, false), (0x11, false)] {
        let descriptor = Vp8Descriptor::read(&[first]).unwrap();
        assert_eq!(descriptor.begins_frame, begins, "{first:#x}");
    }
}

#[test]
fn the_places_of_both_numbers_are_found_whatever_else_is_there() {
    for (payload, picture, tl0, length) in [
        (&[0x80, 0x80, 0x45][..], Some((2, 0x45)), None, 3),
        (&[0x80, 0x80, 0xff, 0xfe], Some((2, 0x7ffe)), None, 4),
        (&[0x80, 0x40, 0x45], None, Some((2, 0x45)), 3),
        (&[0x80, 0x20, 0x45], None, None, 3),
        (&[0x80, 0x10, 0x45], None, None, 3),
        (&[0x80, 0x00], None, None, 2),
        (
            &[0x80, 0xc0, 0x12, 0x34],
            Some((2, 0x12)),
            Some((3, 0x34)),
            4,
        ),
        (
            &[0x80, 0xf0, 0x80, 0x12, 0x34, 0x56],
            Some((2, 0x12)),
            Some((4, 0x34)),
            6,
        ),
    ] {
        let descriptor = Vp8Descriptor::read(payload).unwrap();
        let read_picture = descriptor.picture_id.map(|id| (id.at, id.value));
        let read_tl0 = descriptor.tl0_picture_index.map(|id| (id.at, id.value));
        assert_eq!(read_picture, picture, "{payload:x?}");
        assert_eq!(read_tl0, tl0, "{payload:x?}");
        assert_eq!(descriptor.length, length, "{payload:x?}");
    }
}

#[test]
fn every_truncation_of_a_descriptor_is_refused() {
    let payload = vp8(true, true, 300, 7);
    let length = Vp8Descriptor::read(&payload).unwrap().length;
    assert_eq!(length, 6);
    for end in 0..length {
        assert_eq!(Vp8Descriptor::read(&payload[..end]), None, "{end} bytes");
    }
}

#[test]
fn numbers_are_written_where_they_were_read_and_nothing_else_changes() {
    let mut payload = vp8(true, true, 300, 7);
    let descriptor = Vp8Descriptor::read(&payload).unwrap();
    descriptor
        .picture_id
        .unwrap()
        .write(&mut payload, 0x8000 | 5);
    descriptor
        .tl0_picture_index
        .unwrap()
        .write(&mut payload, 255);
    assert_eq!(payload, vp8(true, true, 5, 255));

    let mut short = [0x80, 0x80, 0x45, 0xaa];
    let descriptor = Vp8Descriptor::read(&short).unwrap();
    descriptor.picture_id.unwrap().write(&mut short, 0x81);
    assert_eq!(short, [0x80, 0x80, 0x01, 0xaa], "7 bits stay 7 bits");
}

#[test]
fn writing_to_a_shorter_payload_does_nothing() {
    let descriptor = Vp8Descriptor::read(&vp8(true, true, 300, 7)).unwrap();
    let mut shorter = [0x90, 0xf0, 0x80];
    descriptor.picture_id.unwrap().write(&mut shorter, 1);
    descriptor.tl0_picture_index.unwrap().write(&mut shorter, 1);
    assert_eq!(shorter, [0x90, 0xf0, 0x80]);
}

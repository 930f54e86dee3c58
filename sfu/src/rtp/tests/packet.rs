use super::packets::{PAYLOAD_TYPE, SSRC, Sent};
use crate::rtp::{Level, Packet};

const ONE_BYTE: u16 = 0xbede;
const TWO_BYTES: u16 = 0x1000;

#[test]
fn every_field_of_the_header_is_read() {
    let bytes = Sent::new(0x1234, 0x89ab_cdef, b"words").marked().bytes();
    let packet = Packet::read(&bytes).unwrap();
    assert!(packet.marker());
    assert_eq!(packet.payload_type(), PAYLOAD_TYPE);
    assert_eq!(packet.sequence(), 0x1234);
    assert_eq!(packet.timestamp(), 0x89ab_cdef);
    assert_eq!(packet.ssrc(), SSRC);
    assert_eq!(packet.payload(), b"words");
    assert!(!packet.is_padding_only());
}

#[test]
fn contributing_sources_extensions_and_padding_are_no_payload() {
    let mut sent = Sent::new(1, 2, b"words")
        .padded(7)
        .extended(ONE_BYTE, &[0x10, 0x85]);
    sent.contributing = vec![11, 12, 13];
    let bytes = sent.bytes();
    let packet = Packet::read(&bytes).unwrap();
    assert_eq!(packet.payload(), b"words");
    assert_eq!(&bytes[packet.payload_range()], b"words");
    assert_eq!(packet.extension(1), Some(&[0x85][..]));
}

#[test]
fn no_truncation_of_a_full_packet_is_taken_for_more_than_it_is() {
    let mut sent = Sent::new(1, 2, &[]).extended(ONE_BYTE, &[0x10, 0x85]);
    sent.contributing = vec![11];
    let bytes = sent.bytes();
    for length in 0..bytes.len() {
        assert_eq!(Packet::read(&bytes[..length]), None, "{length} bytes");
    }
    assert!(Packet::read(&bytes).is_some());
}

#[test]
fn other_versions_are_refused() {
    let mut bytes = Sent::new(1, 2, b"words").bytes();
    for version in [0, 1, 3] {
        bytes[0] = version << 6;
        assert_eq!(Packet::read(&bytes), None);
    }
}

#[test]
fn padding_that_cannot_be_is_refused() {
    let mut bytes = Sent::new(1, 2, b"words").bytes();
    bytes[0] |= 0x20;
    for (length, is_possible) in [(0, false), (1, true), (5, true), (6, false), (255, false)] {
        *bytes.last_mut().unwrap() = length;
        assert_eq!(Packet::read(&bytes).is_some(), is_possible, "{length}");
    }
    assert_eq!(Packet::read(&bytes[..12]), None, "no room for its length");
}

#[test]
fn a_packet_of_padding_has_no_payload() {
    for sent in [
        Sent::new(1, 2, &[]),
        Sent::new(1, 2, &[]).padded(1),
        Sent::new(1, 2, &[]).padded(255),
    ] {
        let bytes = sent.bytes();
        assert!(Packet::read(&bytes).unwrap().is_padding_only());
    }
}

#[test]
fn extensions_are_found_by_id_in_both_forms() {
    let one_byte = [0x10, 0x85, 0, 0, 0x32, 7, 8, 9];
    let two_bytes = [1, 1, 0x85, 0, 3, 3, 7, 8, 9, 200, 0];
    for (profile, elements) in [
        (ONE_BYTE, &one_byte[..]),
        (TWO_BYTES, &two_bytes[..]),
        (TWO_BYTES | 0x0f, &two_bytes[..]),
    ] {
        let bytes = Sent::new(1, 2, &[]).extended(profile, elements).bytes();
        let packet = Packet::read(&bytes).unwrap();
        assert_eq!(packet.extension(1), Some(&[0x85][..]));
        assert_eq!(packet.extension(3), Some(&[7, 8, 9][..]));
        for id in [0, 2, 4, 15, 255] {
            assert_eq!(packet.extension(id), None, "{id}");
        }
    }
}

#[test]
fn an_element_of_two_bytes_may_be_empty_and_of_any_id() {
    let bytes = Sent::new(1, 2, &[])
        .extended(TWO_BYTES, &[200, 0, 15, 1, 9])
        .bytes();
    let packet = Packet::read(&bytes).unwrap();
    assert_eq!(packet.extension(200), Some(&[][..]));
    assert_eq!(packet.extension(15), Some(&[9][..]));
}

#[test]
fn reserved_ids_end_the_extension() {
    for reserved in [0xf0, 0x01] {
        // Whoever skips it by its length finds the one behind it.
        let elements = [0x10, 0x85, reserved, 0, 0, 0x20, 7];
        let bytes = Sent::new(1, 2, &[]).extended(ONE_BYTE, &elements).bytes();
        let packet = Packet::read(&bytes).unwrap();
        assert!(packet.extension(1).is_some());
        assert_eq!(packet.extension(2), None);
        assert_eq!(packet.extension(15), None);
    }
}

#[test]
fn an_element_that_is_cut_off_is_not_there() {
    for (profile, elements) in [
        (ONE_BYTE, [0x1f, 1, 2, 3]),
        (TWO_BYTES, [1, 3, 1, 2]),
        (TWO_BYTES, [0, 0, 0, 1]),
        (0x1234, [0x10, 0x85, 0, 0]),
    ] {
        let bytes = Sent::new(1, 2, &[]).extended(profile, &elements).bytes();
        assert_eq!(Packet::read(&bytes).unwrap().extension(1), None);
    }
}

#[test]
fn loudness_is_a_bit_and_a_distance_from_the_loudest() {
    let level = |elements: &[u8]| {
        let bytes = Sent::new(1, 2, b"words")
            .extended(ONE_BYTE, elements)
            .bytes();
        Packet::read(&bytes).unwrap().audio_level(1)
    };
    let loud = level(&[0x10, 0x80 | 30]).unwrap();
    assert_eq!((loud.is_voice, loud.below_loudest), (true, 30));
    assert_eq!(loud.dbov(), -30.0);
    assert_eq!(level(&[0x10, 127]), Some(Level::SILENCE));
    assert_eq!(level(&[0x20, 127]), None, "another id");
    assert_eq!(level(&[0x11, 127, 0]), None, "two bytes are no level");
}

#[test]
fn printing_a_packet_shows_nothing_of_its_payload() {
    let bytes = Sent::new(1, 2, b"words").bytes();
    let text = format!("{:?}", Packet::read(&bytes).unwrap());
    assert!(text.contains("payload_bytes: 5"), "{text}");
    assert!(!text.contains("119"), "{text}");
}

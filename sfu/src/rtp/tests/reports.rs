//! Sender reports, taken out of compound packets.

use crate::rtp::{SenderReport, sender_reports};

/// A packet of RTCP of a type, with a body of whole words.
fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let words = u16::try_from(body.len() / 4).unwrap();
    let mut bytes = vec![0x80, kind];
    bytes.extend(words.to_be_bytes());
    bytes.extend_from_slice(body);
    bytes
}

fn report(ssrc: u32, ntp: u64, rtp: u32) -> Vec<u8> {
    let mut body = ssrc.to_be_bytes().to_vec();
    body.extend(ntp.to_be_bytes());
    body.extend(rtp.to_be_bytes());
    // Counts of packets and bytes, which say nothing about time.
    body.extend([0; 8]);
    packet(200, &body)
}

#[test]
fn reports_are_found_wherever_they_stand() {
    let description = packet(202, &[0; 12]);
    let compound = [report(7, 1 << 40, 90_000), description, report(8, 2, 3)].concat();
    let wanted = [
        SenderReport {
            ssrc: 7,
            ntp: 1 << 40,
            rtp: 90_000,
        },
        SenderReport {
            ssrc: 8,
            ntp: 2,
            rtp: 3,
        },
    ];
    assert_eq!(sender_reports(&compound), wanted);
}

#[test]
fn what_is_cut_is_no_report() {
    let whole = report(7, 1, 2);
    for length in 0..whole.len() {
        assert_eq!(sender_reports(&whole[..length]), [], "{length} bytes");
    }
    // One that says that it is short.
    let mut short = whole.clone();
    short[3] = 2;
    assert_eq!(sender_reports(&short), []);
    let mut other_version = whole;
    other_version[0] = 0x40;
    assert_eq!(sender_reports(&other_version), []);
}

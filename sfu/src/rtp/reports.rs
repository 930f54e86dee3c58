//! What senders say about time (RFC 3550, section 6.4.1).

/// Payload type of a sender report.
const SENDER_REPORT: u8 = 200;

/// Bytes of the header of a packet of RTCP.
const HEADER_BYTES: usize = 4;

/// A sender report, as far as it is about time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderReport {
    /// Whose.
    pub ssrc: u32,
    /// Time on the clock of the sender: seconds since 1900 in the upper 32 bits, fractions in the lower.
    pub ntp: u64,
    /// The RTP timestamp of the same instant.
    pub rtp: u32,
}

/// Returns the sender reports of a compound packet of RTCP. What is behind something unreadable is left
/// out.
pub fn sender_reports(mut bytes: &[u8]) -> Vec<SenderReport> {
    let mut found = Vec::new();
    while let Some((packet, rest)) = split(bytes) {
        found.extend(read(packet));
        bytes = rest;
    }
    found
}

/// Takes the first packet off.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let [flags, _, l0, l1] = *bytes.first_chunk::<HEADER_BYTES>()?;
    if flags >> 6 != 2 {
        return None;
    }
    // In words of four bytes, less one.
    let length = 4 * (usize::from(u16::from_be_bytes([l0, l1])) + 1);
    bytes.split_at_checked(length)
}

fn read(packet: &[u8]) -> Option<SenderReport> {
    if *packet.get(1)? != SENDER_REPORT {
        return None;
    }
    let body = packet.get(HEADER_BYTES..)?;
    let (ssrc, body) = body.split_first_chunk()?;
    let (ntp, body) = body.split_first_chunk()?;
    let rtp = body.first_chunk()?;
    Some(SenderReport {
        ssrc: u32::from_be_bytes(*ssrc),
        ntp: u64::from_be_bytes(*ntp),
        rtp: u32::from_be_bytes(*rtp),
    })
}

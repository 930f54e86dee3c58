//! What has to be known of payloads: where decoding can begin.

/// Whether a VP8 payload begins a keyframe: the start of the first partition, with the inverse
/// keyframe bit clear behind the descriptor (RFC 7741, 4.2 and 4.3).
pub(super) fn begins_vp8_keyframe(payload: &[u8]) -> bool {
    let begins = |first: u8| first & 0x10 != 0 && first & 0x07 == 0;
    let frame = descriptor_length(payload).and_then(|length| payload.get(length));
    payload.first().copied().is_some_and(begins) && frame.is_some_and(|header| header & 0x01 == 0)
}

/// Length of the VP8 payload descriptor. Nothing where the payload ends within it.
fn descriptor_length(payload: &[u8]) -> Option<usize> {
    let first = *payload.first()?;
    if first & 0x80 == 0 {
        return Some(1);
    }
    let present = *payload.get(1)?;
    let mut length = 2;
    if present & 0x80 != 0 {
        let is_long = payload.get(length)? & 0x80 != 0;
        length += if is_long { 2 } else { 1 };
    }
    // TL0PICIDX, and one octet for what T and K announce.
    length += usize::from(present & 0x40 != 0) + usize::from(present & 0x30 != 0);
    Some(length)
}

/// Kinds of NAL units (RFC 6184, 5.2; ITU-T H.264, table 7-1).
mod kind {
    pub(super) const IDR_SLICE: u8 = 5;
    pub(super) const SPS: u8 = 7;
    pub(super) const STAP_A: u8 = 24;
    pub(super) const FU_A: u8 = 28;
}

/// Whether parameters of a sequence (SPS), and whether a slice of a keyframe (IDR), begin in an H.264
/// payload (RFC 6184, 5.6 to 5.8).
pub(super) fn h264_units(payload: &[u8]) -> (bool, bool) {
    let mut found = (false, false);
    let mut add = |unit: u8| {
        found.0 |= unit & 0x1f == kind::SPS;
        found.1 |= unit & 0x1f == kind::IDR_SLICE;
    };
    match payload {
        [first, rest @ ..] if first & 0x1f == kind::STAP_A => {
            let mut rest = rest;
            while let Some(([high, low], after)) = rest.split_first_chunk::<2>() {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let Some((unit, after)) = after.split_at_checked(length) else {
                    break;
                };
                unit.first().copied().into_iter().for_each(&mut add);
                rest = after;
            }
        }
        [first, header, ..] if first & 0x1f == kind::FU_A => {
            if header & 0x80 != 0 {
                add(*header);
            }
        }
        [first, ..] => add(*first),
        [] => {}
    }
    found
}

/// How long a packet of Opus plays, in samples at 48 kHz (RFC 6716, 3.1 and 3.2). Nothing where it is
/// empty, broken or longer than the 120 ms that a packet may have.
pub(super) fn opus_samples(payload: &[u8]) -> Option<usize> {
    const MOST: usize = 5_760;
    let toc = *payload.first()?;
    let frame = match toc >> 3 {
        configuration @ 0..=11 => [480, 960, 1_920, 2_880][usize::from(configuration & 3)],
        configuration @ 12..=15 => [480, 960][usize::from(configuration & 1)],
        configuration => [120, 240, 480, 960][usize::from(configuration & 3)],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => usize::from(payload.get(1)? & 0x3f),
    };
    let samples = frame * frames;
    (1..=MOST).contains(&samples).then_some(samples)
}

//! What an H264 payload holds, as far as it matters for where to begin (RFC 6184, 5).

/// Kinds of NAL units (RFC 6184, 5.2 and 5.4; ITU-T H.264, table 7-1).
mod kind {
    /// The first and the last kind of slices of other pictures than keyframes.
    pub(super) const SLICE: u8 = 1;
    pub(super) const SLICE_PARTITION_C: u8 = 4;
    /// A slice of a keyframe.
    pub(super) const IDR_SLICE: u8 = 5;
    /// Parameters of a sequence, without which no picture can be decoded.
    pub(super) const SPS: u8 = 7;
    /// Several units in one packet.
    pub(super) const STAP_A: u8 = 24;
    /// A piece of a unit.
    pub(super) const FU_A: u8 = 28;
}

/// What begins in one payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Units {
    /// Parameters of a sequence.
    pub(super) has_parameters: bool,
    /// The first slice of a keyframe.
    pub(super) has_keyframe: bool,
    /// A slice of another picture.
    pub(super) has_other_picture: bool,
}

impl Units {
    /// Looks at the headers of a payload. What is cut off or of another packetization mode holds
    /// nothing.
    pub(super) fn of(payload: &[u8]) -> Self {
        let mut units = Self::default();
        match payload {
            [first, rest @ ..] if first & 0x1f == kind::STAP_A => units.add_all(rest),
            [first, header, rest @ ..] if first & 0x1f == kind::FU_A => {
                if header & 0x80 != 0 {
                    units.add(header & 0x1f, rest);
                }
            }
            [first, rest @ ..] => units.add(first & 0x1f, rest),
            [] => {}
        }
        units
    }

    /// The units of a STAP-A, each behind its length (RFC 6184, 5.7.1).
    fn add_all(&mut self, mut rest: &[u8]) {
        while let Some(([high, low], after)) = rest.split_first_chunk::<2>() {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let Some((unit, after)) = after.split_at_checked(length) else {
                return;
            };
            if let Some((first, body)) = unit.split_first() {
                self.add(first & 0x1f, body);
            }
            rest = after;
        }
    }

    fn add(&mut self, kind: u8, body: &[u8]) {
        match kind {
            kind::SPS => self.has_parameters = true,
            kind::IDR_SLICE => self.has_keyframe |= is_first_slice(body),
            kind::SLICE..=kind::SLICE_PARTITION_C => self.has_other_picture = true,
            _ => {}
        }
    }
}

/// Whether a slice begins with macroblock 0. That is the first number of its header, and 0 is
/// written as one bit that is set (ITU-T H.264, 7.3.3 and 9.1).
fn is_first_slice(body: &[u8]) -> bool {
    body.first().is_some_and(|byte| byte & 0x80 != 0)
}

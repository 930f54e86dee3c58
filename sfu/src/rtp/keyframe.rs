//! Where decoding can begin.

use super::{h264::Units, vp8::Vp8Descriptor};
use crate::codec::Codec;

/// What a payload means to somebody who saw nothing before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// Decoding can begin here.
    Whole,
    /// Parameters, and the keyframe itself is still to come.
    Parameters,
    /// A keyframe whose parameters, if there are any, came in packets before.
    Picture,
    /// A picture that needs others.
    Other,
    /// The rest of something, or nothing that is shown.
    Continuation,
    /// Nothing that this codec could mean.
    Unreadable,
}

impl Start {
    /// Looks at a payload.
    pub(super) fn of(codec: Codec, payload: &[u8]) -> Self {
        match codec {
            Codec::Opus => Self::Whole,
            Codec::Vp8 => match Vp8Descriptor::read(payload) {
                Some(descriptor) if descriptor.begins_keyframe(payload) => Self::Whole,
                Some(_) => Self::Continuation,
                None => Self::Unreadable,
            },
            Codec::H264 => match Units::of(payload) {
                units if units.has_parameters && units.has_keyframe => Self::Whole,
                units if units.has_keyframe => Self::Picture,
                units if units.has_other_picture => Self::Other,
                units if units.has_parameters => Self::Parameters,
                _ => Self::Continuation,
            },
        }
    }
}

/// Whether a keyframe starts with this payload.
///
/// - Opus: always.
/// - VP8: the first packet of a keyframe (RFC 7741, 4.2 and 4.3). Readable also where the frame is
///   encrypted end to end.
/// - H264: the parameters (SPS) in front of a keyframe, alone, in a STAP-A or as the first piece of
///   them; or the first slice of a keyframe (IDR), alone, in a STAP-A or as the first FU-A
///   (RFC 6184, 5.6 to 5.8). Of a keyframe with parameters both count: whoever begins has to begin
///   at the first of them, as [`Rewriter`](super::Rewriter) does.
pub fn starts_keyframe(codec: Codec, payload: &[u8]) -> bool {
    matches!(
        Start::of(codec, payload),
        Start::Whole | Start::Parameters | Start::Picture
    )
}

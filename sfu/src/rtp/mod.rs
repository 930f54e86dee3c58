//! What has to be known of RTP to forward it: packets, where keyframes start, and how the packets
//! of changing sources become one stream without a hole.
//!
//! ```text
//! packet ─► Packet::read ─┬─► audio_level ─► Speakers        who speaks
//!                         └─► Rewriter, one per slot and viewer
//!                               ├─ Forward   the packet of the slot's own stream
//!                               ├─ Hold ─────► Throttle, Seeker      ask for a keyframe
//!                               └─ Drop
//! ```
//!
//! Nothing here decodes, keeps a payload or has a clock: time is passed in. Of a payload only what
//! stays readable under end-to-end encryption of VP8 is read: its descriptor and one bit of its
//! header. Where a keyframe of H264 starts cannot be read any more once it is encrypted.
//!
//! Every sequence of bytes may arrive. What cannot be read gives `None` and is not forwarded.

mod extensions;
mod h264;
mod keyframe;
mod loudness;
mod order;
mod packet;
mod reports;
mod rewriter;
mod shifts;
#[cfg(test)]
mod tests;
mod throttle;
mod vp8;

pub use keyframe::starts_keyframe;
pub use loudness::Speakers;
pub use packet::{HEADER_BYTES, Level, Packet};
pub use reports::{SenderReport, sender_reports};
pub use rewriter::{Rewriter, SourceId, Verdict, head_of_payload};
pub use throttle::{Seeker, Throttle};
pub use vp8::{PictureId, Tl0PictureIndex, Vp8Descriptor};

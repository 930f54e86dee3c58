//! What peers say about their media, read by an allow-list and written anew.
//!
//! webrtcbin trusts SDP: odd text reaches its assertions, and what it does not know it passes on.
//! So it never gets the text of a peer. [`read_offer`], [`read_play_offer`] and [`read_answer`]
//! understand a small part of SDP and refuse or drop the rest; [`Offer::to_sdp`] and
//! [`Answer::to_sdp`] write that part, and nothing else, in Scrim's own words. The texts that our
//! own webrtcbin makes are trusted, and only changed where browsers need it: [`rework_offer`],
//! [`rework_answer`] and [`rework_play_answer`].
//!
//! The module deliberately knows no data channels, no simulcast, no feedback but what NACK and
//! keyframes need, and no transport but one bundle over UDP and DTLS. It has no clock, no socket
//! and no GStreamer, and it does not compare certificates with the fingerprints that it reads.
//!
//! > **Nothing of a person gets through.** Session names, titles, addresses of mail and telephones,
//! > CNAMEs and stream ids of a peer are never written, and neither are addresses behind its NAT.
//!
//! Sources of the rules: RFC 8866 (SDP), 8829 (JSEP), 8843 (BUNDLE), 8839 and 8840 (ICE), 8122
//! (fingerprints), 5576 (SSRC), 4588 (RTX), 6184 (H.264), 7587 (Opus).

mod answer;
mod candidate;
mod codec;
mod error;
mod formats;
mod fragment;
mod lines;
mod offer;
mod ours;
mod player;
mod section;
mod sources;
#[cfg(test)]
mod tests;
mod transport;
mod write;

pub use self::{
    answer::{Answer, SectionShape, read_answer, shapes},
    candidate::{Candidate, CandidateKind, read_candidate},
    codec::{Codec, Feedback, Format, H264, Opus, Parameters, ProfileLevelId},
    error::SdpError,
    fragment::{Fragment, read_fragment},
    offer::{Offer, read_offer, read_play_offer},
    ours::{Bitrate, Rework, rework_answer, rework_offer},
    player::{Played, rework_play_answer},
    section::{Direction, Media, Mid, Section, Sending},
    transport::{Credentials, Fingerprint, Setup, Transport},
};

/// Longest text that is looked at, in bytes.
pub const LONGEST_TEXT: usize = 64 * 1024;
/// Longest line, in bytes without its end.
pub const LONGEST_LINE: usize = 1024;
/// Most sections of a text, whatever [`Limits`] say.
pub const MOST_SECTIONS: usize = 32;
/// Most payload types of a section.
pub const MOST_PAYLOADS: usize = 64;
/// Most candidates of a text, whatever [`Limits`] say.
pub const MOST_CANDIDATES: usize = 40;

/// How much a peer may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most sections; [`MOST_SECTIONS`] is the most that is possible.
    pub sections: usize,
    /// Most candidates of a section, those that will be dropped included.
    pub candidates_per_section: usize,
    /// Whether candidates on the machine itself are kept: for tests, and for nothing else.
    pub loopback: bool,
}

/// As much as is possible, and no loopback.
impl Default for Limits {
    fn default() -> Self {
        Self {
            sections: MOST_SECTIONS,
            candidates_per_section: MOST_CANDIDATES,
            loopback: false,
        }
    }
}

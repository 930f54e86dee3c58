//! Where recordings come from: archive files, probed and taken apart into packets.
//!
//! [`Archive`] opens a file, or other [`SourceBytes`], in any container that GStreamer's parsers know, picks the first video
//! and the first audio track, and hands out their packets, still compressed, with times on the
//! timeline of the recording. Everything else in the file ends here: titles, chapters, subtitles,
//! data tracks and cover art are counted and never handed on.
//!
//! It deliberately does not decode. A packet is opaque until the rendering worker decodes it, and
//! a file that lies about itself is refused here as far as that shows without decoding.
//!
//! > **Allow-list.** Only the codecs of [`VideoCodec`] and [`AudioCodec`] pass. Anything unknown is
//! > an error, never a guess.

mod access;
mod archive;
mod bytes;
mod codec;
mod elements;
mod error;
pub mod log;
mod probe;
mod session;

pub use access::Access;
pub use archive::{Archive, Packet, Timing, Track};
pub use bytes::{FromStart, Revision, SourceBytes};
pub use codec::{AudioCodec, VideoCodec};
pub use error::SourceError;
pub use probe::{AudioTrack, Orientation, Probe, VideoTrack};
pub use session::{SessionSource, SessionState, TrackChunks};

//! The RTP log of a track: what one camera, microphone or screen sent to a live room.
//!
//! [`TrackLog`] gathers the packets that the tap lets through into chunks of about a second.
//! [`TrackReader`] takes the chunks apart again, and [`timing`] finds out when their packets
//! belong. Nothing is decoded and nothing is muxed: a size of picture that changes is only bytes,
//! and a crash loses the chunk that was open.
//!
//! It deliberately knows no key, no file and no clock. Somebody else seals each chunk as a message
//! of its own, appends it to the spool and syncs it before the next one; times come with the
//! records. There is no checksum either: a chunk is read only after its seal was checked.
//!
//! > **Nothing after a pause.** The writer takes no packet between [`Body::Pause`] and
//! > [`Body::Resume`], and the reader hands none out.
//!
//! # Format
//!
//! All integers are big-endian, as in RTP. A chunk is a header and its records:
//!
//! | offset | bytes | what |
//! |---:|---:|---|
//! | 0 | 4 | `SRTL` |
//! | 4 | 1 | version: 1 |
//! | 5 | 1 | kind: 1 more may follow, 2 the last chunk, whose last record is `end` |
//! | 6 | 16 | id of the track |
//! | 22 | 1 | source: 1 camera, 2 microphone, 3 screen, 4 sound of a screen |
//! | 23 | 1 | codec: 1 Opus, 2 VP8, 3 H.264 |
//! | 24 | 4 | clock rate of the RTP timestamps in Hz, not 0 |
//! | 28 | 1 | payload type, at most 127 |
//! | 29 | 8 | number of the chunk: 0, 1, 2 and so on without a hole |
//! | 37 | 8 | first pts: that of the first record |
//! | 45 | 8 | last pts: the greatest of all its records |
//! | 53 | 4 | number of records, 1 to 1 000 000 |
//! | 57 | | the records |
//!
//! A pts is nanoseconds of the running time of the room since recording clock zero, and so is an
//! arrival. A record:
//!
//! | bytes | what |
//! |---:|---|
//! | 1 | kind, see below |
//! | 1–10 | pts less that of the record before, or less the first pts: signed varint |
//! | 1–10 | arrival less that of the record before, or less the first pts: signed varint |
//! | 1–3 | length of the body in bytes, at most 65 535: varint |
//! | length | the body |
//!
//! | kind | record | body |
//! |---:|---|---|
//! | 1 | RTP packet | the packet from its fixed header on, without header extension |
//! | 2 | sender report | NTP time (8), RTP timestamp (4): RFC 3550, section 6.4.1 |
//! | 3 | gap | how many packets are missing (2), 0 where unknown |
//! | 4 | pause | – |
//! | 5 | resume | – |
//! | 6 | keyframe asked | – |
//! | 7 | end | – |
//!
//! A varint has seven bits a byte, the lowest first, and the top bit set on all but the last byte;
//! it is as short as it can be. A signed one maps 0, −1, 1, −2 to 0, 1, 2, 3. Differences wrap
//! around at 2^64, so that every pair of times has one.
//!
//! The pts of a record may lie before the greatest one so far by at most [`PTS_TOLERANCE`], within
//! a chunk and from one to the next, and after its own arrival by at most as much. Every chunk of a
//! track repeats the same track header.
//!
//! What it costs: 12 bytes for each packet of speech at 50 a second and 9 for each packet of video
//! at 1.2 Mbit/s, headers of chunks included and seals not.

mod chunk;
mod error;
mod input;
mod reader;
mod record;
mod rtp;
mod succession;
pub mod timing;
mod track;
mod writer;

#[cfg(test)]
mod tests;

pub use chunk::{ChunkReader, read_chunk};
pub use error::LogError;
pub use reader::{TrackError, TrackReader};
pub use record::{Body, Record, SenderReport};
pub use rtp::RtpPacket;
pub use succession::PTS_TOLERANCE;
pub use track::{Codec, TrackHeader};
pub use writer::{Chunk, TrackLog};

//! Why a log cannot be written, or a chunk of it cannot be read.

use scrim_policy::Kind;

/// Why a record cannot stand in the log of a track, or why bytes are not a chunk of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// These bytes are something else.
    #[error("not a chunk of a track log: it does not begin with `SRTL`")]
    NotALog,
    /// A newer Scrim wrote it, or nobody did.
    #[error("version {found} of the track log is not known; version 1 is")]
    Version {
        /// What the chunk says.
        found: u8,
    },
    /// A field of the header has a value that it cannot have.
    #[error("the {what} of the track cannot be {found}")]
    Header {
        /// Name of the field.
        what: &'static str,
        /// Its value.
        found: u64,
    },
    /// The bytes end too early.
    #[error("the chunk ends inside its {what}")]
    Short {
        /// What was being read.
        what: &'static str,
    },
    /// There are bytes behind the last record.
    #[error("{bytes} bytes follow the last record of the chunk")]
    Trailing {
        /// How many.
        bytes: usize,
    },
    /// A varint is longer than it has to be, or greater than 64 bits.
    #[error("a number in a record is not written as it has to be")]
    Varint,
    /// A record is of no known kind.
    #[error("a record of kind {found} is not known")]
    RecordKind {
        /// What the record says.
        found: u8,
    },
    /// A last chunk without an end, or an end that is not the last record of a last chunk.
    #[error("the end of the log is not where the header of the chunk says")]
    End,
    /// The body of a record has a length that its kind does not have.
    #[error("a record of kind {kind} cannot have {length} bytes")]
    RecordLength {
        /// Kind of the record.
        kind: u8,
        /// What the record says.
        length: u64,
    },
    /// The greatest pts of the records is not the one in the header.
    #[error("the chunk promises times up to {promised} ns, but has them up to {found} ns")]
    LastPts {
        /// What the header says.
        promised: u64,
        /// What the records say.
        found: u64,
    },
    /// The bytes are not an RTP packet as it has to be here.
    #[error("the packet {what}")]
    Packet {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The packet has another payload type than the track, so another decoder.
    #[error("the packet has payload type {found}, the track has {expected}")]
    PayloadType {
        /// That of the track.
        expected: u8,
        /// That of the packet.
        found: u8,
    },
    /// The pts lies so far after the arrival that no jitterbuffer gave it.
    #[error("the time {pts} ns lies too far after the arrival at {arrival} ns")]
    Ahead {
        /// Time of the record.
        pts: u64,
        /// When it came.
        arrival: u64,
    },
    /// The pts goes back further than a jitterbuffer ever does.
    #[error("the time {pts} ns lies too far before {latest} ns")]
    Backwards {
        /// Time of the record.
        pts: u64,
        /// The greatest time before it.
        latest: u64,
    },
    /// A packet between a pause and its resume.
    #[error("nothing is recorded between a pause and its resume")]
    Paused,
}

impl LogError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            // What a room hands over breaks a rule.
            Self::Packet { .. }
            | Self::PayloadType { .. }
            | Self::Ahead { .. }
            | Self::Backwards { .. }
            | Self::Paused => Kind::Invalid,
            _ => Kind::Damaged,
        }
    }
}

//! Exit codes. The one table from [`Kind`] to what a script sees.

use std::process::ExitCode;

use scrim_policy::Kind;

/// How the program ends. The numbers are part of the interface and never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Everything was done.
    Done = 0,
    /// A bug, or something that nobody thought of.
    Internal = 1,
    /// The command line was wrong; clap uses this number as well.
    Usage = 2,
    /// The input is not usable: a policy with mistakes, a file that is no recording.
    Invalid = 3,
    /// A file, recording or model does not exist.
    NotFound = 4,
    /// The policy or the guard of places does not allow it.
    Refused = 5,
    /// The recording is made, but the gate holds it back.
    Held = 6,
    /// The input or something that is kept is damaged.
    Damaged = 7,
    /// A disk, store, program or service is not available.
    Unavailable = 8,
    /// Of several things some were not done, or their recordings are held.
    Partly = 9,
}

impl Exit {
    /// Every code with its meaning, for the help text.
    pub(crate) const TABLE: &str = "\
Exit codes:
  0  done
  1  internal error: please report it
  2  wrong usage of the command line
  3  the input is not usable: a mistake in a policy, a file that is no recording, a wrong passphrase
  4  not found: a file, a recording, a model
  5  refused: the policy does not fit or does not allow it, or the place of storage is not allowed
  6  held by the gate: the recording is made but not published, see the report
  7  damaged: the recording, or something that is kept
  8  not available: disk full or read-only, keyring in use, a program missing
  9  done in part: of several recordings some failed, or are held by the gate";
}

impl From<Kind> for Exit {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Invalid => Self::Invalid,
            Kind::NotFound => Self::NotFound,
            Kind::Refused => Self::Refused,
            Kind::Damaged => Self::Damaged,
            Kind::Unavailable => Self::Unavailable,
            _ => Self::Internal,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

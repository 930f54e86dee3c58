//! What can go wrong with the catalog.

use scrim_policy::{ArtefactId, Kind, RecordingId};
use sqlx::migrate::MigrateError;

use super::RecordingState;
use crate::artefact::ArtefactKind;

/// The catalog did not do what it was asked to. Nothing has changed in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// The catalog has a table layout that this program does not know.
    #[error("the catalog was written by a newer version of this program (layout {version})")]
    WrittenByNewer {
        /// The newest layout in the catalog that is unknown here.
        version: i64,
    },

    /// The catalog has been changed by something else than this program.
    #[error("could not bring the catalog up to date")]
    Migrate {
        /// What is wrong with it.
        source: MigrateError,
    },

    /// There is no such recording.
    #[error("there is no recording {recording}")]
    NoRecording {
        /// The recording.
        recording: RecordingId,
    },

    /// There is no such artefact of this recording, or it is not waiting to be recorded.
    #[error("there is no unrecorded artefact {artefact} of {recording}")]
    NoArtefact {
        /// The recording.
        recording: RecordingId,
        /// The artefact.
        artefact: ArtefactId,
    },

    /// Another run of the same job has taken over.
    #[error("another run has taken over {recording} (run {newest}, this is run {ours})")]
    StaleClaim {
        /// The recording.
        recording: RecordingId,
        /// The generation of the claim that was used.
        ours: u64,
        /// The generation of the newest claim.
        newest: u64,
    },

    /// The recording is not in a state in which this can be done.
    #[error("{recording} is {state}, could not {doing}")]
    WrongState {
        /// The recording.
        recording: RecordingId,
        /// Its state.
        state: RecordingState,
        /// What was being done.
        doing: &'static str,
    },

    /// A working artefact was to be given to users, or the other way round.
    #[error("an artefact of kind {kind} could not {doing}")]
    WrongArtefactKind {
        /// The kind.
        kind: ArtefactKind,
        /// What was being done.
        doing: &'static str,
    },

    /// Nothing is published without a proof.
    #[error("{recording} has no proof, so it was not published")]
    NoProof {
        /// The recording.
        recording: RecordingId,
    },

    /// A row does not hold what it should.
    #[error("column `{column}` of the catalog holds something unreadable")]
    Unreadable {
        /// The column.
        column: &'static str,
    },

    /// Another process has been writing for several seconds.
    #[error("another process is using the catalog, could not {doing}")]
    Busy {
        /// What was being done.
        doing: &'static str,
    },

    /// No space is left.
    #[error("no space is left to {doing}")]
    Full {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },

    /// The catalog can only be read.
    #[error("the catalog is read-only, could not {doing}")]
    ReadOnly {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },

    /// The file is not a catalog any more.
    #[error("the catalog is damaged, could not {doing}")]
    Damaged {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },

    /// The database refused a change that breaks a rule of its tables.
    #[error("the catalog does not allow to {doing}")]
    Constraint {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },

    /// Anything else that the database refuses.
    #[error("could not {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
}

/// Primary result codes, <https://www.sqlite.org/rescode.html>.
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const READONLY: i32 = 8;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const CONSTRAINT: i32 = 19;
    pub(super) const NOTADB: i32 = 26;
}

impl CatalogError {
    /// Sorts an error of the database, met while `doing` something ("publish a recording").
    pub(super) fn while_doing(doing: &'static str, source: sqlx::Error) -> Self {
        if let sqlx::Error::Io(error) = &source {
            return match error.kind() {
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                    Self::Full { doing, source }
                }
                std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { doing, source },
                _ => Self::Database { doing, source },
            };
        }
        match primary_code(&source) {
            Some(code::BUSY | code::LOCKED) => Self::Busy { doing },
            Some(code::READONLY) => Self::ReadOnly { doing, source },
            Some(code::FULL) => Self::Full { doing, source },
            Some(code::CORRUPT | code::NOTADB) => Self::Damaged { doing, source },
            Some(code::CONSTRAINT) => Self::Constraint { doing, source },
            _ => Self::Database { doing, source },
        }
    }

    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::WrittenByNewer { .. } | Self::WrongState { .. } => Kind::Invalid,
            Self::NoRecording { .. } | Self::NoArtefact { .. } => Kind::NotFound,
            Self::NoProof { .. } => Kind::Refused,
            Self::Migrate { .. } | Self::Unreadable { .. } | Self::Damaged { .. } => Kind::Damaged,
            Self::StaleClaim { .. }
            | Self::Busy { .. }
            | Self::Full { .. }
            | Self::ReadOnly { .. }
            | Self::Database { .. } => Kind::Unavailable,
            Self::WrongArtefactKind { .. } | Self::Constraint { .. } => Kind::Internal,
        }
    }
}

/// The low eight bits of SQLite's extended result code.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

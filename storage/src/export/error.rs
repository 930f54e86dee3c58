//! What can go wrong with an export.

use std::{io, path::PathBuf};

use scrim_policy::{Kind, RecordingId};

use crate::{artefact::ArtefactKind, catalog::RecordingState, vault::VaultError};

/// An export was not made. Nothing is left of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// There is no such recording.
    #[error("there is no recording {recording}")]
    NoRecording {
        /// The recording.
        recording: RecordingId,
    },

    /// Only what is published is exported, and what is held if that is asked for.
    #[error("{recording} is {state}, so it is not exported")]
    NotPublished {
        /// The recording.
        recording: RecordingId,
        /// Its state.
        state: RecordingState,
    },

    /// The attendance was written by another version of this program.
    #[error("the attendance of {recording} has schema {found}, this program knows {known}")]
    UnknownAttendance {
        /// The recording.
        recording: RecordingId,
        /// What it says.
        found: u32,
        /// What this program knows.
        known: u32,
    },

    /// The attendance is not what this program writes.
    #[error("the attendance of {recording} could not be read")]
    UnreadableAttendance {
        /// The recording.
        recording: RecordingId,
    },

    /// A table could not be made.
    #[error("could not make the table {table}")]
    Table {
        /// Name of the table.
        table: &'static str,
        /// What the library said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The archive of a tenant has no place for such artefacts yet.
    #[error("{recording} has a {kind}, which an archive cannot carry in this version")]
    CannotCarry {
        /// The recording.
        recording: RecordingId,
        /// The kind.
        kind: ArtefactKind,
    },

    /// There is something where the export was to go.
    #[error("{} is there already and not empty", path.display())]
    Exists {
        /// The place.
        path: PathBuf,
    },

    /// The place of the export could not be made.
    #[error("could not make {}", path.display())]
    Place {
        /// The place.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// The export could not be written.
    #[error("could not write the export")]
    Write {
        /// What the operating system said.
        source: io::Error,
    },

    /// From the vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl ExportError {
    /// Returns what a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::NoRecording { .. } => Kind::NotFound,
            Self::NotPublished { .. } | Self::CannotCarry { .. } => Kind::Refused,
            Self::UnknownAttendance { .. } | Self::Exists { .. } => Kind::Invalid,
            Self::UnreadableAttendance { .. } => Kind::Damaged,
            Self::Table { .. } => Kind::Internal,
            Self::Place { .. } | Self::Write { .. } => Kind::Unavailable,
            Self::Vault(error) => error.kind(),
        }
    }

    pub(crate) fn writing(source: io::Error) -> Self {
        Self::Write { source }
    }
}

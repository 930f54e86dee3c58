//! What can go wrong with the catalog.

use scrim_policy::{ArtefactId, ErasureId, HoldId, Kind, RecordingId, TenantId};
use sqlx::migrate::MigrateError;

use super::RecordingState;
use crate::{artefact::ArtefactKind, secret::EntropyError};

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

    /// The address is not one of a catalog.
    #[error(
        "not the address of a catalog: expected a path in UTF-8, or postgres://user@host/database"
    )]
    NotADatabase,

    /// A catalog can only be restored where there is none.
    #[error("there is a catalog already, a backup is only restored where there is none")]
    NotEmpty,

    /// The file is no backup of a catalog.
    #[error("not a backup of a catalog: line {line} is none that this program writes")]
    NotABackup {
        /// The line, from 1.
        line: u64,
    },

    /// The backup was changed or cut, or belongs to another keyring.
    #[error("the backup is incomplete, was changed, or was signed by another keyring")]
    BackupChanged,

    /// The backup could not be read or written.
    #[error("could not read or write the backup")]
    BackupFile {
        /// What the operating system said.
        source: std::io::Error,
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

    /// Somebody has withdrawn what was made of the same source.
    #[error("{recording} was made from the same source and withdrawn; no batch publishes it again")]
    SourceWithdrawn {
        /// The recording that was withdrawn.
        recording: RecordingId,
    },

    /// Somebody else was faster.
    #[error("somebody else has changed {recording} meanwhile, could not {doing}")]
    ChangedMeanwhile {
        /// The recording.
        recording: RecordingId,
        /// What was being done.
        doing: &'static str,
    },

    /// The transcript was revised since it was read.
    #[error("the transcript of {recording} is at revision {newest} by now, not at {ours}")]
    StaleRevision {
        /// The recording.
        recording: RecordingId,
        /// The revision that was read.
        ours: u64,
        /// The newest one.
        newest: u64,
    },

    /// Nothing is published without a proof.
    #[error("{recording} has no proof, so it was not published")]
    NoProof {
        /// The recording.
        recording: RecordingId,
    },

    /// Nobody gets it any more.
    #[error("{recording} was withdrawn and is not given out")]
    Withdrawn {
        /// The recording.
        recording: RecordingId,
    },

    /// Somebody has ordered that it is kept.
    #[error("the legal hold {hold} does not allow to {doing}")]
    OnHold {
        /// The hold.
        hold: HoldId,
        /// What was being done.
        doing: &'static str,
    },

    /// The source was erased, and must not come back.
    #[error("the source was erased by {erasure} and is not processed again")]
    SourceErased {
        /// The erasure.
        erasure: ErasureId,
    },

    /// An erasure that is not finished covers this.
    #[error("{erasure} is under way, could not {doing}")]
    ErasureUnderWay {
        /// The erasure.
        erasure: ErasureId,
        /// What was being done.
        doing: &'static str,
    },

    /// There is no such session, it is over, or it is being erased.
    #[error("{recording} is no session that goes on, could not {doing}")]
    NotRunning {
        /// The recording that would keep it.
        recording: RecordingId,
        /// What was being done.
        doing: &'static str,
    },

    /// Somebody is to be taken out of a session that is still being recorded.
    #[error("{recording} is still being recorded, could not {doing}")]
    StillRunning {
        /// The recording that keeps it.
        recording: RecordingId,
        /// What was being done.
        doing: &'static str,
    },

    /// There is no such erasure.
    #[error("there is no erasure {erasure}")]
    NoErasure {
        /// The erasure.
        erasure: ErasureId,
    },

    /// There is no such hold, or it is over.
    #[error("there is no hold {hold} that could be released")]
    NoHold {
        /// The hold.
        hold: HoldId,
    },

    /// The data key of the tenant's words was replaced meanwhile.
    #[error("the data key of the words of {tenant} was replaced meanwhile")]
    StaleWords {
        /// Whose words.
        tenant: TenantId,
    },

    /// The key version that wraps a new artefact is destroyed, or about to be.
    #[error("version {version} of the tenant's key is not used any more, the oldest is {oldest}")]
    StaleKey {
        /// The version that wraps it.
        version: u32,
        /// The oldest version that may.
        oldest: u32,
    },

    /// A recording of this id is here already, and not from where this one comes.
    #[error("there is another recording {recording} already")]
    AlreadyThere {
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

    /// From the random number generator.
    #[error(transparent)]
    Entropy(#[from] EntropyError),

    /// Anything else that the database refuses.
    #[error("could not {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
}

/// What a code of the database means, whichever database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    Busy,
    ReadOnly,
    Full,
    Damaged,
    Constraint,
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
        let code = source.as_database_error().and_then(|error| error.code());
        match code.and_then(|code| trouble(&code)) {
            Some(Trouble::Busy) => Self::Busy { doing },
            Some(Trouble::ReadOnly) => Self::ReadOnly { doing, source },
            Some(Trouble::Full) => Self::Full { doing, source },
            Some(Trouble::Damaged) => Self::Damaged { doing, source },
            Some(Trouble::Constraint) => Self::Constraint { doing, source },
            None => Self::Database { doing, source },
        }
    }

    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::WrittenByNewer { .. }
            | Self::WrongState { .. }
            | Self::StaleRevision { .. }
            | Self::NotADatabase
            | Self::NotEmpty
            | Self::NotABackup { .. } => Kind::Invalid,
            Self::NoRecording { .. }
            | Self::NoArtefact { .. }
            | Self::NoErasure { .. }
            | Self::NotRunning { .. }
            | Self::NoHold { .. } => Kind::NotFound,
            Self::NoProof { .. }
            | Self::AlreadyThere { .. }
            | Self::SourceWithdrawn { .. }
            | Self::Withdrawn { .. }
            | Self::OnHold { .. }
            | Self::SourceErased { .. } => Kind::Refused,
            Self::Migrate { .. }
            | Self::Unreadable { .. }
            | Self::Damaged { .. }
            | Self::BackupChanged => Kind::Damaged,
            Self::StaleClaim { .. }
            | Self::ChangedMeanwhile { .. }
            | Self::ErasureUnderWay { .. }
            | Self::StillRunning { .. }
            | Self::StaleKey { .. }
            | Self::StaleWords { .. }
            | Self::Busy { .. }
            | Self::Full { .. }
            | Self::ReadOnly { .. }
            | Self::BackupFile { .. }
            | Self::Database { .. } => Kind::Unavailable,
            Self::Entropy(error) => error.kind(),
            Self::WrongArtefactKind { .. } | Self::Constraint { .. } => Kind::Internal,
        }
    }
}

/// SQLSTATE of PostgreSQL has five characters
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>), the extended codes of SQLite
/// are numbers of up to four digits (<https://www.sqlite.org/rescode.html>).
fn trouble(code: &str) -> Option<Trouble> {
    if code.len() == 5 {
        return match code {
            // lock_not_available, query_canceled, deadlock_detected, too_many_connections
            "55P03" | "57014" | "40P01" | "53300" => Some(Trouble::Busy),
            // read_only_sql_transaction
            "25006" => Some(Trouble::ReadOnly),
            // disk_full
            "53100" => Some(Trouble::Full),
            _ if code.starts_with("XX") => Some(Trouble::Damaged),
            _ if code.starts_with("23") => Some(Trouble::Constraint),
            _ => None,
        };
    }
    let extended: i32 = code.parse().ok()?;
    // The low eight bits are the primary code.
    match extended & 0xff {
        5 | 6 => Some(Trouble::Busy),
        8 => Some(Trouble::ReadOnly),
        11 | 26 => Some(Trouble::Damaged),
        13 => Some(Trouble::Full),
        19 => Some(Trouble::Constraint),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_say_the_same_things() {
        assert_eq!(trouble("517"), Some(Trouble::Busy));
        assert_eq!(trouble("55P03"), Some(Trouble::Busy));
        assert_eq!(trouble("2067"), Some(Trouble::Constraint));
        assert_eq!(trouble("23505"), Some(Trouble::Constraint));
        assert_eq!(trouble("1"), None);
        assert_eq!(trouble("42601"), None);
    }
}

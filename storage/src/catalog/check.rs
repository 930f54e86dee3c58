//! Is everything in the catalog as it should be?

use std::fmt;

use scrim_policy::{ArtefactId, RecordingId};
use sqlx::{Row, any::AnyRow, query};

use super::{ArtefactRow, Catalog, CatalogError, Engine, RecordingRow};

const CHECK: &str = "check the catalog";
/// Rows that are looked at in one go.
const PAGE: i64 = 500;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CatalogFinding {
    /// The database finds its own structures damaged.
    Structure {
        /// What it says. It knows tables and pages only.
        message: String,
    },
    /// A row names one that is not there.
    BrokenReference {
        /// The table of the row.
        table: String,
    },
    /// A row does not hold what it should.
    Unreadable {
        /// Its table.
        table: &'static str,
        /// The column that is wrong.
        column: &'static str,
    },
    /// A recording is published without a proof.
    Unproven {
        /// The recording.
        recording: RecordingId,
    },
    /// The object of an artefact is not in the store.
    MissingObject {
        /// The recording.
        recording: RecordingId,
        /// The artefact.
        artefact: ArtefactId,
    },
    /// The object of an artefact has another length than the catalog says.
    WrongLength {
        /// The recording.
        recording: RecordingId,
        /// The artefact.
        artefact: ArtefactId,
        /// Its length in the store, in bytes.
        found: u64,
        /// Its length in the catalog, in bytes.
        stated: u64,
    },
    /// The data key of an artefact cannot be unwrapped.
    LostKey {
        /// The recording.
        recording: RecordingId,
        /// The artefact.
        artefact: ArtefactId,
        /// Why.
        reason: String,
    },
}

impl fmt::Display for CatalogFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Structure { message } => write!(f, "the database is damaged: {message}"),
            Self::BrokenReference { table } => {
                write!(f, "a row of `{table}` names one that is not there")
            }
            Self::Unreadable { table, column } => {
                write!(f, "a row of `{table}` has an unreadable `{column}`")
            }
            Self::Unproven { recording } => write!(f, "{recording} is published without a proof"),
            Self::MissingObject {
                recording,
                artefact,
            } => write!(f, "{artefact} of {recording} has no object in the store"),
            Self::WrongLength {
                recording,
                artefact,
                found,
                stated,
            } => write!(
                f,
                "{artefact} of {recording} has {found} bytes in the store, {stated} in the catalog"
            ),
            Self::LostKey {
                recording,
                artefact,
                reason,
            } => write!(f, "{artefact} of {recording} cannot be opened: {reason}"),
        }
    }
}

impl Catalog {
    /// Asks the database whether its structures and references are whole.
    pub(crate) async fn check_structure(&self) -> Result<Vec<CatalogFinding>, CatalogError> {
        // PostgreSQL refuses broken references itself and checks pages as it reads them.
        if self.engine == Engine::Postgres {
            return Ok(Vec::new());
        }
        let failed = |source| CatalogError::while_doing(CHECK, source);
        let mut findings = Vec::new();
        let said = query("PRAGMA integrity_check")
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        for row in said {
            let message: String = row.try_get(0).map_err(failed)?;
            if message != "ok" {
                findings.push(CatalogFinding::Structure { message });
            }
        }
        let broken = query("PRAGMA foreign_key_check")
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        for row in broken {
            let table = row.try_get(0).map_err(failed)?;
            findings.push(CatalogFinding::BrokenReference { table });
        }
        Ok(findings)
    }

    /// Looks for rows of recordings that cannot be read, and for publications without proof.
    pub(crate) async fn check_recordings(&self) -> Result<Vec<CatalogFinding>, CatalogError> {
        let failed = |source| CatalogError::while_doing(CHECK, source);
        let mut findings = Vec::new();
        let mut after = String::new();
        loop {
            let rows = query("SELECT * FROM recording WHERE id > $1 ORDER BY id LIMIT $2")
                .bind(&after)
                .bind(PAGE)
                .fetch_all(&self.pool)
                .await
                .map_err(failed)?;
            let Some(last) = rows.last() else { break };
            after = last.try_get("id").map_err(failed)?;
            findings.extend(
                rows.iter()
                    .filter_map(|row| unreadable("recording", RecordingRow::read(row).map(drop))),
            );
        }
        let unproven = query(
            "SELECT id FROM recording WHERE state = 'published' AND NOT EXISTS
             (SELECT 1 FROM artefact WHERE artefact.recording = recording.id
              AND artefact.kind = 'proof' AND artefact.state = 'complete')",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        for row in unproven {
            let id: String = row.try_get("id").map_err(failed)?;
            let found = id
                .parse()
                .map(|recording| CatalogFinding::Unproven { recording });
            findings.extend(found.ok());
        }
        Ok(findings)
    }

    /// Returns the artefacts after `after` in order of their ids, and what is wrong with rows that
    /// cannot be read. The last value is where to go on, or nothing at the end.
    pub(crate) async fn artefact_page(
        &self,
        after: &str,
    ) -> Result<(Vec<ArtefactRow>, Vec<CatalogFinding>, Option<String>), CatalogError> {
        let failed = |source| CatalogError::while_doing(CHECK, source);
        let rows: Vec<AnyRow> = query("SELECT * FROM artefact WHERE id > $1 ORDER BY id LIMIT $2")
            .bind(after)
            .bind(PAGE)
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        let next = match rows.last() {
            Some(row) => Some(row.try_get("id").map_err(failed)?),
            None => None,
        };
        let (mut readable, mut findings) = (Vec::new(), Vec::new());
        for row in &rows {
            match ArtefactRow::read(row) {
                Ok(row) => readable.push(row),
                Err(error) => findings.extend(unreadable("artefact", Err(error))),
            }
        }
        Ok((readable, findings, next))
    }
}

fn unreadable(table: &'static str, read: Result<(), CatalogError>) -> Option<CatalogFinding> {
    match read {
        Err(CatalogError::Unreadable { column }) => {
            Some(CatalogFinding::Unreadable { table, column })
        }
        _ => None,
    }
}

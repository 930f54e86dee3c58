//! Rows of recordings that come from another Scrim.
//!
//! A recording on its way in is `planned` and has no complete artefact, so nobody gets anything of
//! it; an original is `original` from the start, and as empty. [`Catalog::finish_import`] makes all
//! of it visible in one transaction.

use std::collections::BTreeSet;

use scrim_policy::{ArtefactId, AuditEvent, RetentionRule, Tag, TenantId};
use sqlx::{Any, Transaction, query};

use super::{
    Catalog, CatalogError, Claim, Participant, RecordingRow, RecordingState, SealedHold,
    audit::append,
    begin::list_participants,
    claims::guard,
    holds,
    rows::{optional_time, sql_number},
    runs::complete,
};
use crate::{audit::Author, digest::Sha256Digest, timestamp::Timestamp};

/// Whether an archive may be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImportGate {
    /// There was nothing here before.
    New,
    /// An import of the same archive was interrupted.
    Resumed,
    /// There are recordings here that do not come from this archive.
    NotEmpty,
    /// This archive was imported.
    ImportedBefore(Timestamp),
}

/// What is taken over with an archive as a whole.
pub(crate) struct Opening<'a> {
    pub(crate) archive: Sha256Digest,
    pub(crate) tenant: TenantId,
    /// Rules. Where there is one for the same already, the shorter period stays.
    pub(crate) rules: &'a [RetentionRule],
    /// Holds on everything.
    pub(crate) holds: &'a [SealedHold],
    pub(crate) events: Vec<AuditEvent>,
}

/// What becomes visible with a recording.
pub(crate) struct Arriving<'a> {
    pub(crate) artefacts: &'a [ArtefactId],
    pub(crate) people: &'a [Participant],
    pub(crate) tags: &'a BTreeSet<Tag>,
    /// Holds on this recording.
    pub(crate) holds: &'a [SealedHold],
    pub(crate) events: Vec<AuditEvent>,
}

/// How the import of one recording begins.
#[derive(Clone, Debug)]
pub(crate) enum BegunImport {
    /// It is a new one.
    New(Claim),
    /// An earlier import did not finish.
    Resumed(Claim),
    /// It is here.
    Done,
}

const GATE: &str = "begin an import";
const BEGIN: &str = "begin to import a recording";
const FINISH: &str = "import a recording";
const ABANDON: &str = "take back the import of a recording";
const CLOSE: &str = "finish an import";

impl Catalog {
    /// Notes that an archive is being imported, if that is allowed: into a catalog without any
    /// recording, or as the continuation of an import of the same archive. Rules and holds are in
    /// force before anything that they cover is here. The events go to the audit log in the same
    /// transaction, so that nothing is taken in that it does not know of.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn open_import(
        &self,
        author: Author<'_>,
        opening: &Opening<'_>,
        now: Timestamp,
    ) -> Result<ImportGate, CatalogError> {
        let Opening {
            archive, tenant, ..
        } = opening;
        let failed = |source| CatalogError::while_doing(GATE, source);
        let mut transaction = self.write(GATE).await?;
        let found = query("SELECT finished_at FROM tenant_import WHERE archive = $1")
            .bind(archive.to_string())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        if let Some(row) = found {
            return Ok(match optional_time(&row, "finished_at")? {
                Some(at) => ImportGate::ImportedBefore(at),
                None => ImportGate::Resumed,
            });
        }
        let anything = query("SELECT id FROM recording LIMIT 1")
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        if anything.is_some() {
            return Ok(ImportGate::NotEmpty);
        }
        query("INSERT INTO tenant_import (archive, tenant, begun_at) VALUES ($1, $2, $3)")
            .bind(archive.to_string())
            .bind(tenant.to_string())
            .bind(now.as_micros())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        for rule in opening.rules {
            query(
                "INSERT INTO retention_rule (tenant, class, tag, days) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (tenant, class, tag) DO UPDATE SET days = excluded.days
                 WHERE excluded.days < retention_rule.days",
            )
            .bind(tenant.to_string())
            .bind(rule.class.as_str())
            .bind(rule.tag.as_ref().map_or("", Tag::as_str))
            .bind(i64::from(rule.period.count()))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        }
        place(&mut transaction, opening.holds).await?;
        append(&mut transaction, author, &timed(&opening.events, now)).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(ImportGate::New)
    }

    /// Notes that everything of an archive is here.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn close_import(
        &self,
        archive: Sha256Digest,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        query("UPDATE tenant_import SET finished_at = $2 WHERE archive = $1")
            .bind(archive.to_string())
            .bind(now.as_micros())
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(|source| CatalogError::while_doing(CLOSE, source))
    }

    /// Begins to import a recording or takes up what an interrupted import left of it. `row` is the
    /// recording as it will be; its `generation` and `failure` are not looked at.
    ///
    /// # Errors
    /// [`CatalogError::AlreadyThere`], [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn begin_import(
        &self,
        row: &RecordingRow,
        now: Timestamp,
    ) -> Result<BegunImport, CatalogError> {
        let failed = |source| CatalogError::while_doing(BEGIN, source);
        let meanwhile = meanwhile(row.state);
        let mut transaction = self.write(BEGIN).await?;
        let found = query("SELECT * FROM recording WHERE id = $1")
            .bind(row.id.to_string())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed)?;
        let begun = match found.as_ref().map(RecordingRow::read).transpose()? {
            Some(found) if (found.tenant, found.job_key) != (row.tenant, row.job_key) => {
                return Err(CatalogError::AlreadyThere { recording: row.id });
            }
            Some(found) if is_whole(&mut transaction, &found).await? => BegunImport::Done,
            Some(found) => {
                let generation = found.generation + 1;
                query("UPDATE recording SET generation = $2, updated_at = $3 WHERE id = $1")
                    .bind(row.id.to_string())
                    .bind(sql_number(generation))
                    .bind(now.as_micros())
                    .execute(&mut *transaction)
                    .await
                    .map_err(failed)?;
                let found = RecordingRow {
                    generation,
                    ..found
                };
                BegunImport::Resumed(Claim::writing_in(&found, meanwhile))
            }
            None => {
                insert(&mut transaction, row, meanwhile)
                    .await
                    .map_err(failed)?;
                let first = RecordingRow {
                    generation: 1,
                    ..row.clone()
                };
                BegunImport::New(Claim::writing_in(&first, meanwhile))
            }
        };
        transaction.commit().await.map_err(failed)?;
        Ok(begun)
    }

    /// Takes out a recording that could not be imported, unless another import has taken over or
    /// something is left of it.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn abandon_import(&self, claim: &Claim) -> Result<(), CatalogError> {
        query(
            "DELETE FROM recording WHERE id = $1 AND generation = $2
             AND NOT EXISTS (SELECT 1 FROM artefact WHERE recording = $1)",
        )
        .bind(claim.recording().to_string())
        .bind(sql_number(claim.generation()))
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(|source| CatalogError::while_doing(ABANDON, source))
    }

    /// Makes an imported recording visible in its own state, with everything that belongs to it.
    ///
    /// # Errors
    /// [`CatalogError::StaleClaim`], [`CatalogError::WrongState`], [`CatalogError::NoRecording`],
    /// [`CatalogError::NoArtefact`], [`CatalogError::WrongArtefactKind`] and those of the database.
    pub(crate) async fn finish_import(
        &self,
        author: Author<'_>,
        claim: &Claim,
        row: &RecordingRow,
        arriving: &Arriving<'_>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(FINISH, source);
        let mut transaction = self.write(FINISH).await?;
        guard(&mut transaction, claim, now, FINISH).await?;
        for artefact in arriving.artefacts {
            let kind = complete(&mut transaction, claim, *artefact, FINISH).await?;
            if kind.is_working() {
                return Err(CatalogError::WrongArtefactKind {
                    kind,
                    doing: FINISH,
                });
            }
        }
        list_participants(&mut transaction, claim, arriving.people)
            .await
            .map_err(failed)?;
        for tag in arriving.tags {
            query("INSERT INTO recording_tag (recording, tag) VALUES ($1, $2)")
                .bind(row.id.to_string())
                .bind(tag.as_str())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        place(&mut transaction, arriving.holds).await?;
        append(&mut transaction, author, &timed(&arriving.events, now)).await?;
        query("UPDATE recording SET state = $2, updated_at = $3 WHERE id = $1")
            .bind(row.id.to_string())
            .bind(row.state.as_str())
            .bind(row.updated_at.as_micros())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }
}

async fn place(
    transaction: &mut Transaction<'_, Any>,
    holds: &[SealedHold],
) -> Result<(), CatalogError> {
    for hold in holds {
        holds::insert(transaction, hold).await?;
    }
    Ok(())
}

fn timed(events: &[AuditEvent], now: Timestamp) -> Vec<(AuditEvent, Timestamp)> {
    events.iter().map(|event| (event.clone(), now)).collect()
}

/// The state of a recording on its way in. The tables allow an original to be nothing else.
const fn meanwhile(state: RecordingState) -> RecordingState {
    match state {
        RecordingState::Original => RecordingState::Original,
        _ => RecordingState::Planned,
    }
}

/// Says whether a recording has arrived. An original has when its artefact is complete.
async fn is_whole(
    transaction: &mut Transaction<'_, Any>,
    row: &RecordingRow,
) -> Result<bool, CatalogError> {
    if row.state != RecordingState::Original {
        return Ok(row.state != RecordingState::Planned);
    }
    let found = query("SELECT id FROM artefact WHERE recording = $1 AND state = 'complete'")
        .bind(row.id.to_string())
        .fetch_optional(&mut **transaction)
        .await
        .map_err(|source| CatalogError::while_doing(BEGIN, source))?;
    Ok(found.is_some())
}

async fn insert(
    transaction: &mut Transaction<'_, Any>,
    row: &RecordingRow,
    state: RecordingState,
) -> Result<(), sqlx::Error> {
    query(
        "INSERT INTO recording (id, tenant, created_at, updated_at, state, job_key,
         source_sha256, policy_sha256, policy_name, original, duration_ns, generation)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)",
    )
    .bind(row.id.to_string())
    .bind(row.tenant.to_string())
    .bind(row.created_at.as_micros())
    .bind(row.updated_at.as_micros())
    .bind(state.as_str())
    .bind(row.job_key.to_string())
    .bind(row.source_sha256.to_string())
    .bind(row.policy_sha256.map(|hash| hash.to_string()))
    .bind(row.policy_name.clone())
    .bind(row.original.map(|original| original.to_string()))
    .bind(row.duration_ns.map(sql_number))
    .execute(&mut **transaction)
    .await
    .map(drop)
}

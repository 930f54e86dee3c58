//! The life of a run: claim, parts, and how it ends.

use scrim_policy::{ArtefactId, AuditEvent, Kind, RecordingId, TenantId};
use sqlx::{Any, Transaction, query};

use super::{
    ArtefactRow, Catalog, CatalogError, Claim, RecordingRow, RecordingState, StageResult, audit,
    claims::{guard, refusal},
    rows::{kind_word, sql_number},
    superseding::{settle_in_batches, withdrawals},
};
use crate::{
    artefact::ArtefactKind,
    audit::Author,
    digest::{KeyedDigest, Sha256Digest},
    timestamp::Timestamp,
};

/// What is to be made from what. The same job is the same recording.
#[derive(Clone, Debug)]
pub struct Job {
    /// For whom.
    pub tenant: TenantId,
    /// Keyed digest of everything that decides the result: source, policy, roster, parameters and
    /// versions.
    pub key: KeyedDigest,
    /// SHA-256 of the source file.
    pub source_sha256: Sha256Digest,
    /// SHA-256 of the policy file.
    pub policy_sha256: Sha256Digest,
    /// The name that the policy gives itself.
    pub policy_name: String,
    /// The kept original that it is made from, if it is not a file.
    pub original: Option<RecordingId>,
}

/// How a job begins.
#[derive(Clone, Debug)]
pub enum Begun {
    /// It is a new one.
    New(Claim),
    /// An earlier run did not finish. What it recorded is still there.
    Resumed(Claim),
    /// It was done before and can be had.
    AlreadyPublished(RecordingRow),
    /// It was done before, the gate said yes, and nobody has published it.
    AlreadyReady(RecordingRow),
    /// It was done before and the gate said no.
    AlreadyHeld(RecordingRow),
    /// It was done before and withdrawn. Nothing was changed.
    AlreadyWithdrawn(RecordingRow),
}

/// One part of a stage.
#[derive(Clone, Copy, Debug)]
pub struct StagePart<'a> {
    /// The stage, a short word.
    pub stage: &'a str,
    /// Which part of it, from 0.
    pub part: u32,
    /// Keyed digest of its inputs, parameters and versions.
    pub key: KeyedDigest,
}

/// How a part was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It was not there before, or with other inputs.
    New,
    /// It was recorded before, with this artefact. The artefact offered now is not kept.
    Before(Option<ArtefactId>),
}

const START: &str = "start rendering";
const RECORD: &str = "record a finished part";
const PUBLISH: &str = "publish a recording";
const HOLD: &str = "hold a recording";
const MAKE_READY: &str = "keep a recording until somebody publishes it";
const FAIL: &str = "record a failure";

impl Catalog {
    /// Moves a claimed recording from `planned` to `rendering`.
    ///
    /// # Errors
    /// [`CatalogError::StaleClaim`], [`CatalogError::WrongState`], [`CatalogError::NoRecording`] and
    /// those of the database.
    pub async fn start_rendering(
        &self,
        claim: &Claim,
        duration_ns: u64,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(START, source);
        let mut transaction = self.write(START).await?;
        let moved = query(
            "UPDATE recording SET state = 'rendering', duration_ns = $3, updated_at = $4
             WHERE id = $1 AND generation = $2 AND state = 'planned'",
        )
        .bind(claim.recording.to_string())
        .bind(sql_number(claim.generation))
        .bind(sql_number(duration_ns))
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if moved.rows_affected() != 1 {
            return Err(refusal(&mut transaction, claim, START).await);
        }
        transaction.commit().await.map_err(failed)
    }

    /// Records a finished part and takes its artefact out of pending. Recording the same part with
    /// the same key again changes nothing; with another key it replaces the result, and the artefact
    /// of the old one becomes pending.
    ///
    /// # Errors
    /// [`CatalogError::StaleClaim`], [`CatalogError::WrongState`], [`CatalogError::NoRecording`],
    /// [`CatalogError::NoArtefact`], [`CatalogError::WrongArtefactKind`] and those of the database.
    pub async fn record_part(
        &self,
        claim: &Claim,
        part: StagePart<'_>,
        artefact: Option<ArtefactId>,
        now: Timestamp,
    ) -> Result<Recorded, CatalogError> {
        let failed = |source| CatalogError::while_doing(RECORD, source);
        let mut transaction = self.write(RECORD).await?;
        guard(&mut transaction, claim, now, RECORD).await?;
        let found =
            query("SELECT * FROM stage_result WHERE recording = $1 AND stage = $2 AND part = $3")
                .bind(claim.recording.to_string())
                .bind(part.stage)
                .bind(i64::from(part.part))
                .fetch_optional(&mut *transaction)
                .await
                .map_err(failed)?;
        if let Some(before) = found.as_ref().map(StageResult::read).transpose()? {
            if before.key == part.key {
                return Ok(Recorded::Before(before.artefact));
            }
            forget_part(&mut transaction, claim, &before)
                .await
                .map_err(failed)?;
        }
        if let Some(artefact) = artefact {
            let kind = complete(&mut transaction, claim, artefact, RECORD).await?;
            if kind.is_published() {
                return Err(CatalogError::WrongArtefactKind {
                    kind,
                    doing: RECORD,
                });
            }
        }
        query(
            "INSERT INTO stage_result (recording, stage, part, key, artefact, finished_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(claim.recording.to_string())
        .bind(part.stage)
        .bind(i64::from(part.part))
        .bind(part.key.to_string())
        .bind(artefact.map(|artefact| artefact.to_string()))
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(Recorded::New)
    }

    /// Forgets a finished part, and returns its artefact, which belongs to nothing any more.
    ///
    /// # Errors
    /// Those of [`Catalog::record_part`].
    pub async fn forget_finished_part(
        &self,
        claim: &Claim,
        stage: &str,
        part: u32,
        now: Timestamp,
    ) -> Result<Option<ArtefactId>, CatalogError> {
        const FORGET: &str = "forget a finished part";
        let failed = |source| CatalogError::while_doing(FORGET, source);
        let mut transaction = self.write(FORGET).await?;
        guard(&mut transaction, claim, now, FORGET).await?;
        let found =
            query("SELECT * FROM stage_result WHERE recording = $1 AND stage = $2 AND part = $3")
                .bind(claim.recording.to_string())
                .bind(stage)
                .bind(i64::from(part))
                .fetch_optional(&mut *transaction)
                .await
                .map_err(failed)?;
        let Some(before) = found.as_ref().map(StageResult::read).transpose()? else {
            return Ok(None);
        };
        forget_part(&mut transaction, claim, &before)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(before.artefact)
    }

    /// Publishes a recording: these artefacts, one of them the proof, the new state and the entry in
    /// the audit log, in one transaction. What a batch has published of the same source before is
    /// withdrawn in it.
    ///
    /// # Errors
    /// [`CatalogError::NoProof`], [`CatalogError::SourceWithdrawn`] and those of [`Catalog::hold`].
    pub async fn publish(
        &self,
        claim: &Claim,
        artefacts: &[ArtefactId],
        author: Author<'_>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        self.settle(claim, artefacts, RecordingState::Published, author, now)
            .await
    }

    /// Keeps a recording for review because the gate said no. The audit log says so, and as with
    /// [`Catalog::publish`] it takes the place of what was published before.
    ///
    /// # Errors
    /// [`CatalogError::StaleClaim`], [`CatalogError::WrongState`], [`CatalogError::NoRecording`],
    /// [`CatalogError::NoArtefact`], [`CatalogError::WrongArtefactKind`],
    /// [`CatalogError::Constraint`] for two artefacts of a kind, [`CatalogError::Entropy`], and those
    /// of the database.
    pub async fn hold(
        &self,
        claim: &Claim,
        artefacts: &[ArtefactId],
        author: Author<'_>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        self.settle(claim, artefacts, RecordingState::Held, author, now)
            .await
    }

    /// Keeps a recording that the gate let pass until somebody publishes it. As with
    /// [`Catalog::publish`] it takes the place of what was published before.
    ///
    /// # Errors
    /// Those of [`Catalog::publish`].
    pub async fn make_ready(
        &self,
        claim: &Claim,
        artefacts: &[ArtefactId],
        author: Author<'_>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        self.settle(claim, artefacts, RecordingState::Ready, author, now)
            .await
    }

    async fn settle(
        &self,
        claim: &Claim,
        artefacts: &[ArtefactId],
        state: RecordingState,
        author: Author<'_>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let (recording, run) = (claim.recording, claim.generation);
        let count = artefacts.len() as u64;
        let (doing, event) = match state {
            RecordingState::Published => {
                let event = AuditEvent::RecordingPublished {
                    recording,
                    run,
                    artefacts: count,
                };
                (PUBLISH, event)
            }
            RecordingState::Ready => {
                let event = AuditEvent::RecordingReady {
                    recording,
                    run,
                    artefacts: count,
                };
                (MAKE_READY, event)
            }
            _ => {
                let event = AuditEvent::RecordingHeld {
                    recording,
                    run,
                    artefacts: count,
                };
                (HOLD, event)
            }
        };
        let failed = |source| CatalogError::while_doing(doing, source);
        let mut transaction = self.write(doing).await?;
        guard(&mut transaction, claim, now, doing).await?;
        let mut has_proof = false;
        for artefact in artefacts {
            let kind = complete(&mut transaction, claim, *artefact, doing).await?;
            if !kind.settles_with_outputs() {
                return Err(CatalogError::WrongArtefactKind { kind, doing });
            }
            has_proof |= kind == ArtefactKind::Proof;
        }
        if state != RecordingState::Held && !has_proof {
            return Err(CatalogError::NoProof { recording });
        }
        query("UPDATE recording SET state = $2 WHERE id = $1")
            .bind(claim.recording.to_string())
            .bind(state.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        query("DELETE FROM render_queue WHERE recording = $1")
            .bind(claim.recording().to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let mut events = vec![(event, now)];
        let older =
            settle_in_batches(&mut transaction, author, recording, state, now, doing).await?;
        events.extend(withdrawals(&older, now));
        audit::append(&mut transaction, author, &events).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Records that a run gave up. What it has recorded stays for the next run.
    ///
    /// # Errors
    /// [`CatalogError::StaleClaim`], [`CatalogError::WrongState`], [`CatalogError::NoRecording`] and
    /// those of the database.
    pub async fn fail(
        &self,
        claim: &Claim,
        kind: Kind,
        stage: &str,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(FAIL, source);
        let mut transaction = self.write(FAIL).await?;
        let moved = query(
            "UPDATE recording SET state = 'failed', failure_kind = $3, failure_stage = $4,
             updated_at = $5
             WHERE id = $1 AND generation = $2 AND state IN ('planned', 'rendering')",
        )
        .bind(claim.recording.to_string())
        .bind(sql_number(claim.generation))
        .bind(kind_word(kind))
        .bind(stage)
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if moved.rows_affected() != 1 {
            return Err(refusal(&mut transaction, claim, FAIL).await);
        }
        transaction.commit().await.map_err(failed)
    }
}

/// Takes an artefact out of pending and returns its kind.
pub(super) async fn complete(
    transaction: &mut Transaction<'_, Any>,
    claim: &Claim,
    artefact: ArtefactId,
    doing: &'static str,
) -> Result<ArtefactKind, CatalogError> {
    let row = query(
        "UPDATE artefact SET state = 'complete'
         WHERE id = $1 AND recording = $2 AND state = 'pending' RETURNING *",
    )
    .bind(artefact.to_string())
    .bind(claim.recording.to_string())
    .fetch_optional(&mut **transaction)
    .await
    .map_err(|source| CatalogError::while_doing(doing, source))?
    .ok_or(CatalogError::NoArtefact {
        recording: claim.recording,
        artefact,
    })?;
    ArtefactRow::read(&row).map(|row| row.kind)
}

/// Removes a result that another one replaces. Its artefact becomes pending, to be swept.
async fn forget_part(
    transaction: &mut Transaction<'_, Any>,
    claim: &Claim,
    before: &StageResult,
) -> Result<(), sqlx::Error> {
    query("DELETE FROM stage_result WHERE recording = $1 AND stage = $2 AND part = $3")
        .bind(claim.recording.to_string())
        .bind(&before.stage)
        .bind(i64::from(before.part))
        .execute(&mut **transaction)
        .await?;
    query("UPDATE artefact SET state = 'pending' WHERE id = $1")
        .bind(before.artefact.map(|artefact| artefact.to_string()))
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

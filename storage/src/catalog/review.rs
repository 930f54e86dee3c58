//! What people decide about a recording that is made.
//!
//! > **A person publishes and withdraws in one transaction with its entry in the audit log.** What is
//! > under an erasure, or on a list of one, is refused.
//!
//! > **Outputs are replaced together or not at all.** The old ones stop being complete in the
//! > transaction that completes the new ones, so that there is one of a kind at every moment.

use scrim_policy::{ArtefactId, AuditEvent, Line, RecordingId};
use sqlx::{Any, Transaction, query};

use super::{
    ArtefactRow, Catalog, CatalogError, Claim, RecordingRow, RecordingState, audit,
    claims::guard,
    holds::refuse_held,
    refusals::refuse_refused,
    rows::{parsed, sql_number},
    runs::complete,
};
use crate::{
    artefact::ArtefactKind, audit::Author, digest::KeyedDigest, erasure::source_digest,
    timestamp::Timestamp,
};

const RELEASE: &str = "publish a recording";
const WITHDRAW: &str = "withdraw a recording";
const REVISE: &str = "revise a transcript";

/// What the audit log says instead of a reason, which may name somebody.
const SEALED: &str = "sealed with the recording";

/// The sealed reasons of a recording, with a new one among them.
#[derive(Debug)]
pub(crate) struct SealedReason {
    pub(crate) claim: Claim,
    pub(crate) artefact: ArtefactId,
    /// The artefact that it takes the place of.
    pub(crate) before: Option<ArtefactId>,
}

/// What a revision puts in the place of what is there.
#[derive(Debug)]
pub(crate) struct Revised<'a> {
    /// The number of the revision that it was made from.
    pub(crate) based_on: u64,
    /// The new artefacts, a proof among them.
    pub(crate) artefacts: &'a [ArtefactId],
    /// The state of the recording afterwards.
    pub(crate) state: RecordingState,
    /// Cues that were changed.
    pub(crate) cues: u64,
}

impl Catalog {
    /// Publishes a recording that the gate let pass, or again what was withdrawn. `proof` is the one
    /// that says so.
    ///
    /// # Errors
    /// [`CatalogError::WrongState`], [`CatalogError::ErasureUnderWay`], [`CatalogError::NoProof`],
    /// [`CatalogError::ChangedMeanwhile`], [`CatalogError::NoRecording`] and those of the database.
    pub(crate) async fn release(
        &self,
        author: Author<'_>,
        recording: RecordingId,
        proof: ArtefactId,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(RELEASE, source);
        let mut transaction = self.write(RELEASE).await?;
        publish(
            &mut transaction,
            recording,
            proof,
            RecordingState::Ready,
            now,
        )
        .await?;
        let event = AuditEvent::RecordingApproved { recording };
        audit::append(&mut transaction, author, &[(event, now)]).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Publishes a recording that the gate has held, for a reason. Returns what the reason has taken
    /// the place of, to be deleted.
    ///
    /// # Errors
    /// Those of [`Catalog::release`], and [`CatalogError::StaleClaim`].
    pub(crate) async fn override_gate(
        &self,
        author: Author<'_>,
        reason: &SealedReason,
        proof: ArtefactId,
        now: Timestamp,
    ) -> Result<Vec<ArtefactRow>, CatalogError> {
        let failed = |source| CatalogError::while_doing(RELEASE, source);
        let recording = reason.claim.recording();
        let mut transaction = self.write(RELEASE).await?;
        let replaced = keep_reason(&mut transaction, reason, now, RELEASE).await?;
        publish(
            &mut transaction,
            recording,
            proof,
            RecordingState::Held,
            now,
        )
        .await?;
        let event = AuditEvent::RecordingOverridden {
            recording,
            reason: Line::new(SEALED),
        };
        audit::append(&mut transaction, author, &[(event, now)]).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(replaced)
    }

    /// Withdraws a recording in the name of a person: no batch publishes anything of its source from
    /// now on. Returns what a reason has taken the place of, to be deleted.
    ///
    /// # Errors
    /// [`CatalogError::WrongState`], [`CatalogError::NoRecording`], and where there is a reason
    /// [`CatalogError::StaleClaim`] and [`CatalogError::ChangedMeanwhile`]; and those of the database.
    pub(crate) async fn withdraw(
        &self,
        author: Author<'_>,
        recording: RecordingId,
        reason: Option<&SealedReason>,
        now: Timestamp,
    ) -> Result<Vec<ArtefactRow>, CatalogError> {
        let failed = |source| CatalogError::while_doing(WITHDRAW, source);
        let mut transaction = self.write(WITHDRAW).await?;
        let replaced = match reason {
            Some(reason) => keep_reason(&mut transaction, reason, now, WITHDRAW).await?,
            None => Vec::new(),
        };
        let row = row(&mut transaction, recording, WITHDRAW).await?;
        if !row.state.has_outputs() {
            return Err(CatalogError::WrongState {
                recording,
                state: row.state,
                doing: WITHDRAW,
            });
        }
        enter(&mut transaction, &row, RecordingState::Withdrawn, now)
            .await
            .map_err(failed)?;
        let source = source_digest(author.keyring, row.tenant, &row.source_sha256);
        put_up_tombstone(&mut transaction, &row, &source, now)
            .await
            .map_err(failed)?;
        let event = AuditEvent::RecordingWithdrawn {
            recording,
            reason: reason.map(|_| Line::new(SEALED)),
        };
        audit::append(&mut transaction, author, &[(event, now)]).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(replaced)
    }

    /// Returns the right to replace outputs of a recording that is made, for as long as it stays in
    /// the state in which it is.
    ///
    /// # Errors
    /// [`CatalogError::NoRecording`], [`CatalogError::WrongState`], [`CatalogError::Unreadable`] and
    /// those of the database.
    pub(crate) async fn claim_made(
        &self,
        recording: RecordingId,
        doing: &'static str,
    ) -> Result<(Claim, RecordingRow), CatalogError> {
        let row = self.recording(recording).await?;
        let row = row.ok_or(CatalogError::NoRecording { recording })?;
        let state = row.state;
        if !state.has_outputs() && state != RecordingState::Withdrawn {
            return Err(CatalogError::WrongState {
                recording,
                state,
                doing,
            });
        }
        Ok((Claim::writing_in(&row, state), row))
    }

    /// Puts revised outputs in the place of those that are there, and returns those, to be deleted.
    ///
    /// # Errors
    /// [`CatalogError::StaleRevision`], [`CatalogError::StaleClaim`], [`CatalogError::WrongState`],
    /// [`CatalogError::OnHold`], [`CatalogError::ErasureUnderWay`], [`CatalogError::NoProof`],
    /// [`CatalogError::NoArtefact`], [`CatalogError::WrongArtefactKind`] and those of the database.
    pub(crate) async fn revise(
        &self,
        author: Author<'_>,
        claim: &Claim,
        revised: &Revised<'_>,
        now: Timestamp,
    ) -> Result<Vec<ArtefactRow>, CatalogError> {
        let failed = |source| CatalogError::while_doing(REVISE, source);
        let recording = claim.recording();
        let mut transaction = self.write(REVISE).await?;
        guard(&mut transaction, claim, now, REVISE).await?;
        let row = row(&mut transaction, recording, REVISE).await?;
        if row.revision != revised.based_on {
            return Err(CatalogError::StaleRevision {
                recording,
                ours: revised.based_on,
                newest: row.revision,
            });
        }
        refuse_frozen(&mut transaction, recording, REVISE).await?;
        // What was said before a revision may be what the hold is about.
        refuse_held(
            &mut transaction,
            row.tenant,
            |held| held == recording,
            REVISE,
        )
        .await?;
        let mut replaced = Vec::new();
        let mut has_proof = false;
        for artefact in revised.artefacts {
            let kind = kind_of(&mut transaction, *artefact, recording, REVISE).await?;
            if !is_revised(kind) {
                return Err(CatalogError::WrongArtefactKind {
                    kind,
                    doing: REVISE,
                });
            }
            has_proof |= kind == ArtefactKind::Proof;
            replaced.extend(replace(&mut transaction, claim, kind, *artefact, REVISE).await?);
        }
        if !has_proof {
            return Err(CatalogError::NoProof { recording });
        }
        let revision = row.revision + 1;
        query("UPDATE recording SET revision = $2, state = $3 WHERE id = $1")
            .bind(recording.to_string())
            .bind(sql_number(revision))
            .bind(revised.state.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let mut events = vec![AuditEvent::TranscriptRevised {
            recording,
            revision,
            cues: revised.cues,
        }];
        if row.state != RecordingState::Ready && revised.state == RecordingState::Ready {
            events.push(AuditEvent::RecordingReady {
                recording,
                run: row.generation,
                artefacts: revised.artefacts.len() as u64,
            });
        }
        let events: Vec<_> = events.into_iter().map(|event| (event, now)).collect();
        audit::append(&mut transaction, author, &events).await?;
        transaction.commit().await.map_err(failed)?;
        Ok(replaced)
    }
}

/// Says whether a revision of the transcript makes this kind anew.
const fn is_revised(kind: ArtefactKind) -> bool {
    matches!(
        kind,
        ArtefactKind::TranscriptTxt
            | ArtefactKind::TranscriptVtt
            | ArtefactKind::TranscriptSrt
            | ArtefactKind::TranscriptJson
            | ArtefactKind::ReportJson
            | ArtefactKind::ReportHtml
            | ArtefactKind::Proof
    )
}

async fn row(
    transaction: &mut Transaction<'_, Any>,
    recording: RecordingId,
    doing: &'static str,
) -> Result<RecordingRow, CatalogError> {
    let found = query("SELECT * FROM recording WHERE id = $1")
        .bind(recording.to_string())
        .fetch_optional(&mut **transaction)
        .await
        .map_err(|source| CatalogError::while_doing(doing, source))?;
    RecordingRow::read(&found.ok_or(CatalogError::NoRecording { recording })?)
}

/// Publishes what is in the state `from`, or was withdrawn.
async fn publish(
    transaction: &mut Transaction<'_, Any>,
    recording: RecordingId,
    proof: ArtefactId,
    from: RecordingState,
    now: Timestamp,
) -> Result<(), CatalogError> {
    let failed = |source| CatalogError::while_doing(RELEASE, source);
    let row = row(transaction, recording, RELEASE).await?;
    // Before the state: what is frozen is withdrawn, and that is not the reason.
    refuse_frozen(transaction, recording, RELEASE).await?;
    refuse_refused(transaction, recording, RELEASE).await?;
    if row.state != from && row.state != RecordingState::Withdrawn {
        return Err(CatalogError::WrongState {
            recording,
            state: row.state,
            doing: RELEASE,
        });
    }
    let outputs = complete_artefacts(transaction, recording, RELEASE).await?;
    let of_kind = |kind| outputs.iter().find(|output| output.kind == kind);
    // A proof without what it is about was left behind by retention.
    let newest = of_kind(ArtefactKind::Recording).and(of_kind(ArtefactKind::Proof));
    let newest = newest.ok_or(CatalogError::NoProof { recording })?.id;
    if newest != proof {
        return Err(CatalogError::ChangedMeanwhile {
            recording,
            doing: RELEASE,
        });
    }
    enter(transaction, &row, RecordingState::Published, now)
        .await
        .map_err(failed)?;
    query("DELETE FROM withdrawn_source WHERE recording = $1")
        .bind(recording.to_string())
        .execute(&mut **transaction)
        .await
        .map(drop)
        .map_err(failed)
}

/// Changes the state in the name of a person. From here on no batch is to blame for it.
pub(super) async fn enter(
    transaction: &mut Transaction<'_, Any>,
    row: &RecordingRow,
    state: RecordingState,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    query("UPDATE batch_recording SET superseded_at = NULL WHERE recording = $1")
        .bind(row.id.to_string())
        .execute(&mut **transaction)
        .await?;
    query("UPDATE recording SET state = $2, updated_at = $3 WHERE id = $1")
        .bind(row.id.to_string())
        .bind(state.as_str())
        .bind(now.as_micros())
        .execute(&mut **transaction)
        .await
        .map(drop)
}

async fn put_up_tombstone(
    transaction: &mut Transaction<'_, Any>,
    row: &RecordingRow,
    source: &KeyedDigest,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    query(
        "INSERT INTO withdrawn_source (tenant, source, recording, withdrawn_at)
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(row.tenant.to_string())
    .bind(source.to_string())
    .bind(row.id.to_string())
    .bind(now.as_micros())
    .execute(&mut **transaction)
    .await
    .map(drop)
}

/// Makes sure that no erasure that is not finished has a recording on its list.
async fn refuse_frozen(
    transaction: &mut Transaction<'_, Any>,
    recording: RecordingId,
    doing: &'static str,
) -> Result<(), CatalogError> {
    let found = query(
        "SELECT erasure.id AS id FROM erasure
         JOIN erasure_recording ON erasure_recording.erasure = erasure.id
         WHERE erasure.step <> 'certified' AND erasure_recording.recording = $1 LIMIT 1",
    )
    .bind(recording.to_string())
    .fetch_optional(&mut **transaction)
    .await
    .map_err(|source| CatalogError::while_doing(doing, source))?;
    match found {
        Some(row) => Err(CatalogError::ErasureUnderWay {
            erasure: parsed(&row, "id")?,
            doing,
        }),
        None => Ok(()),
    }
}

async fn complete_artefacts(
    transaction: &mut Transaction<'_, Any>,
    recording: RecordingId,
    doing: &'static str,
) -> Result<Vec<ArtefactRow>, CatalogError> {
    let rows = query("SELECT * FROM artefact WHERE recording = $1 AND state = 'complete'")
        .bind(recording.to_string())
        .fetch_all(&mut **transaction)
        .await
        .map_err(|source| CatalogError::while_doing(doing, source))?;
    rows.iter().map(ArtefactRow::read).collect()
}

/// Puts the sealed reasons in the place of those before, unless somebody has added one meanwhile.
async fn keep_reason(
    transaction: &mut Transaction<'_, Any>,
    reason: &SealedReason,
    now: Timestamp,
    doing: &'static str,
) -> Result<Vec<ArtefactRow>, CatalogError> {
    guard(transaction, &reason.claim, now, doing).await?;
    let kind = ArtefactKind::Review;
    let replaced = replace(transaction, &reason.claim, kind, reason.artefact, doing).await?;
    if replaced.first().map(|row| row.id) != reason.before {
        return Err(CatalogError::ChangedMeanwhile {
            recording: reason.claim.recording(),
            doing,
        });
    }
    Ok(replaced)
}

async fn kind_of(
    transaction: &mut Transaction<'_, Any>,
    artefact: ArtefactId,
    recording: RecordingId,
    doing: &'static str,
) -> Result<ArtefactKind, CatalogError> {
    let found = query("SELECT kind FROM artefact WHERE id = $1")
        .bind(artefact.to_string())
        .fetch_optional(&mut **transaction)
        .await
        .map_err(|source| CatalogError::while_doing(doing, source))?;
    let missing = CatalogError::NoArtefact {
        recording,
        artefact,
    };
    parsed(&found.ok_or(missing)?, "kind")
}

/// Completes an artefact in the place of the one of its kind that is there, which becomes pending.
async fn replace(
    transaction: &mut Transaction<'_, Any>,
    claim: &Claim,
    kind: ArtefactKind,
    artefact: ArtefactId,
    doing: &'static str,
) -> Result<Vec<ArtefactRow>, CatalogError> {
    let rows = query(
        "UPDATE artefact SET state = 'pending'
         WHERE recording = $1 AND kind = $2 AND state = 'complete' RETURNING *",
    )
    .bind(claim.recording().to_string())
    .bind(kind.as_str())
    .fetch_all(&mut **transaction)
    .await
    .map_err(|source| CatalogError::while_doing(doing, source))?;
    let found = complete(transaction, claim, artefact, doing).await?;
    if found != kind {
        return Err(CatalogError::WrongArtefactKind { kind: found, doing });
    }
    rows.iter().map(ArtefactRow::read).collect()
}

//! The right of a run to write, and how it is checked.

use scrim_policy::{RecordingId, TenantId};
use sqlx::{Any, Transaction, query};

use super::{
    CatalogError, RecordingRow, RecordingState,
    rows::{number, parsed, sql_number},
};
use crate::timestamp::Timestamp;

/// The right of one run to write to a recording, until another run begins. Whoever has one is in
/// the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub(super) tenant: TenantId,
    pub(super) recording: RecordingId,
    pub(super) generation: u64,
    /// The state in which the recording has to be while this claim writes.
    writes_in: RecordingState,
}

impl Claim {
    /// Returns whose recording it is.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Returns the recording.
    pub const fn recording(&self) -> RecordingId {
        self.recording
    }

    /// Returns the number of this run, from 1.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// A claim to a recording that is rendered.
    pub(super) const fn rendering(
        tenant: TenantId,
        recording: RecordingId,
        generation: u64,
    ) -> Self {
        Self {
            tenant,
            recording,
            generation,
            writes_in: RecordingState::Rendering,
        }
    }

    /// A claim to a recording that is not rendered, as it comes from elsewhere.
    pub(super) const fn writing_in(row: &RecordingRow, state: RecordingState) -> Self {
        Self {
            tenant: row.tenant,
            recording: row.id,
            generation: row.generation,
            writes_in: state,
        }
    }
}

/// Makes sure that a claim is the newest one and its recording is in the state that it writes in,
/// which is rendering for all runs.
pub(super) async fn guard(
    transaction: &mut Transaction<'_, Any>,
    claim: &Claim,
    now: Timestamp,
    doing: &'static str,
) -> Result<(), CatalogError> {
    let touched = query(
        "UPDATE recording SET updated_at = $3
         WHERE id = $1 AND generation = $2 AND state = $4",
    )
    .bind(claim.recording.to_string())
    .bind(sql_number(claim.generation))
    .bind(now.as_micros())
    .bind(claim.writes_in.as_str())
    .execute(&mut **transaction)
    .await
    .map_err(|source| CatalogError::while_doing(doing, source))?;
    if touched.rows_affected() == 1 {
        return Ok(());
    }
    Err(refusal(transaction, claim, doing).await)
}

/// Says why a claim was not good enough.
pub(super) async fn refusal(
    transaction: &mut Transaction<'_, Any>,
    claim: &Claim,
    doing: &'static str,
) -> CatalogError {
    let recording = claim.recording;
    let found = query("SELECT state, generation FROM recording WHERE id = $1")
        .bind(recording.to_string())
        .fetch_optional(&mut **transaction)
        .await;
    let row = match found {
        Ok(Some(row)) => row,
        Ok(None) => return CatalogError::NoRecording { recording },
        Err(source) => return CatalogError::while_doing(doing, source),
    };
    let newest = match number(&row, "generation") {
        Ok(newest) => newest,
        Err(error) => return error,
    };
    if newest != claim.generation {
        return CatalogError::StaleClaim {
            recording,
            ours: claim.generation,
            newest,
        };
    }
    match parsed(&row, "state") {
        Ok(state) => CatalogError::WrongState {
            recording,
            state,
            doing,
        },
        Err(error) => error,
    }
}

//! Rows as values.

use std::{fmt, str::FromStr};

use scrim_policy::{ArtefactId, Kind, RecordingId, TenantId};
use serde::{Deserialize, Serialize};
use sqlx::{Any, Decode, Row, Type, any::AnyRow};

use super::CatalogError;
use crate::{
    artefact::ArtefactKind,
    digest::{KeyedDigest, Sha256Digest},
    keyring::WrappedKey,
    objects::ObjectKey,
    seal::SealedInfo,
    timestamp::Timestamp,
};

/// How far a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordingState {
    /// A run has begun but renders nothing yet.
    Planned,
    /// A run is rendering, or was when it ended.
    Rendering,
    /// Rendered, but the gate said no.
    Held,
    /// Rendered, and the gate said yes: it waits for somebody to publish it.
    Ready,
    /// Users can get it.
    Published,
    /// It was published, ready or held, and is not any more. What users got is still there until it is
    /// erased, but nobody gets it.
    Withdrawn,
    /// The last run gave up.
    Failed,
    /// An original that is kept for jobs to come. It is never published itself.
    Original,
}

impl RecordingState {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Planned,
        Self::Rendering,
        Self::Held,
        Self::Ready,
        Self::Published,
        Self::Withdrawn,
        Self::Failed,
        Self::Original,
    ];

    /// Whether its outputs can be looked at by whoever decides about it. **Only what is published is
    /// for others.**
    pub const fn has_outputs(self) -> bool {
        matches!(self, Self::Held | Self::Ready | Self::Published)
    }

    /// Returns the word for this state in the catalog.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Rendering => "rendering",
            Self::Held => "held",
            Self::Ready => "ready",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
            Self::Failed => "failed",
            Self::Original => "original",
        }
    }
}

impl fmt::Display for RecordingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RecordingState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// Whether an artefact belongs to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArtefactState {
    /// Sealed, but neither recorded as the result of a stage nor published.
    Pending,
    /// Recorded or published.
    Complete,
}

/// Why the last run gave up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of failure it was.
    pub kind: Kind,
    /// The stage that failed.
    pub stage: String,
}

/// One recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingRow {
    /// Its id.
    pub id: RecordingId,
    /// Whose it is.
    pub tenant: TenantId,
    /// When its first run began.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How far it is.
    pub state: RecordingState,
    /// What decides the result, hashed with a key.
    pub job_key: KeyedDigest,
    /// SHA-256 of the source file.
    pub source_sha256: Sha256Digest,
    /// SHA-256 of the policy file; an original has none.
    pub policy_sha256: Option<Sha256Digest>,
    /// The name that the policy gives itself; an original has none.
    pub policy_name: Option<String>,
    /// The kept original that it was made from, while there is one.
    pub original: Option<RecordingId>,
    /// Length in nanoseconds, once it is known.
    pub duration_ns: Option<u64>,
    /// Number of runs so far.
    pub generation: u64,
    /// How often its transcript was revised.
    pub revision: u64,
    /// Why the last run gave up, where it did.
    pub failure: Option<Failure>,
}

/// One artefact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtefactRow {
    /// Its id.
    pub id: ArtefactId,
    /// What it belongs to.
    pub recording: RecordingId,
    /// What it holds.
    pub kind: ArtefactKind,
    /// Where its object lies.
    pub object_key: ObjectKey,
    /// The sealed format, [`crate::seal::FORMAT`].
    pub format: String,
    /// Lengths, hashes and commitment.
    pub sealed: SealedInfo,
    /// Its data key, wrapped.
    pub wrapped_key: WrappedKey,
    /// The participant whose own layer it is, as a keyed digest; most artefacts are nobody's own.
    pub subject: Option<KeyedDigest>,
    /// When it was sealed.
    pub created_at: Timestamp,
    /// Whether it belongs to something.
    pub state: ArtefactState,
}

/// The result of one part of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageResult {
    /// The stage.
    pub stage: String,
    /// Which part of it, from 0.
    pub part: u32,
    /// Its inputs, parameters and versions, hashed with a key.
    pub key: KeyedDigest,
    /// What it left, if anything.
    pub artefact: Option<ArtefactId>,
    /// When it was finished.
    pub finished_at: Timestamp,
}

impl RecordingRow {
    pub(super) fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            tenant: parsed(row, "tenant")?,
            created_at: time(row, "created_at")?,
            updated_at: time(row, "updated_at")?,
            state: parsed(row, "state")?,
            job_key: parsed(row, "job_key")?,
            source_sha256: parsed(row, "source_sha256")?,
            policy_sha256: optional_parsed(row, "policy_sha256")?,
            policy_name: value(row, "policy_name")?,
            original: optional_parsed(row, "original")?,
            duration_ns: optional_number(row, "duration_ns")?,
            generation: number(row, "generation")?,
            revision: number(row, "revision")?,
            failure: failure(row)?,
        })
    }
}

impl ArtefactRow {
    pub(super) fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            recording: parsed(row, "recording")?,
            kind: parsed(row, "kind")?,
            object_key: parsed(row, "object_key")?,
            format: value(row, "format")?,
            sealed: SealedInfo {
                plaintext_bytes: number(row, "plaintext_bytes")?,
                ciphertext_bytes: number(row, "ciphertext_bytes")?,
                segments: number(row, "segments")?,
                plaintext_sha256: optional_parsed(row, "plaintext_sha256")?,
                ciphertext_sha256: parsed(row, "ciphertext_sha256")?,
                commitment: parsed(row, "commitment")?,
            },
            wrapped_key: WrappedKey {
                version: number(row, "key_version")?,
                bytes: value(row, "wrapped_key")?,
                kms: parsed(row, "kms")?,
            },
            subject: optional_parsed(row, "subject")?,
            created_at: time(row, "created_at")?,
            state: parsed(row, "state")?,
        })
    }
}

impl ArtefactRow {
    /// Whether it still lies in the spool of a session that is being recorded. Nothing that was sealed
    /// has no segment.
    pub fn is_spooled(&self) -> bool {
        self.state == ArtefactState::Pending && self.sealed.segments == 0
    }
}

impl StageResult {
    pub(super) fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            stage: value(row, "stage")?,
            part: number(row, "part")?,
            key: parsed(row, "key")?,
            artefact: optional_parsed(row, "artefact")?,
            finished_at: time(row, "finished_at")?,
        })
    }
}

impl FromStr for ArtefactState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "pending" => Ok(Self::Pending),
            "complete" => Ok(Self::Complete),
            _ => Err(()),
        }
    }
}

/// The catalog holds signed numbers. Lengths and durations beyond them do not exist; a caller that
/// was lied to gets the largest.
pub(super) fn sql_number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The word for a [`Kind`], which is the one that its serialisation uses.
pub(super) fn kind_word(kind: Kind) -> String {
    let quoted = serde_json::to_string(&kind).expect("a kind serialises as one word");
    quoted.trim_matches('"').to_owned()
}

pub(super) fn value<'r, T>(row: &'r AnyRow, column: &'static str) -> Result<T, CatalogError>
where
    T: Decode<'r, Any> + Type<Any>,
{
    row.try_get(column)
        .map_err(|_| CatalogError::Unreadable { column })
}

pub(super) fn parsed<T: FromStr>(row: &AnyRow, column: &'static str) -> Result<T, CatalogError> {
    let text: &str = value(row, column)?;
    text.parse()
        .map_err(|_| CatalogError::Unreadable { column })
}

pub(super) fn optional_parsed<T: FromStr>(
    row: &AnyRow,
    column: &'static str,
) -> Result<Option<T>, CatalogError> {
    let text: Option<&str> = value(row, column)?;
    text.map(str::parse)
        .transpose()
        .map_err(|_| CatalogError::Unreadable { column })
}

pub(super) fn number<T: TryFrom<i64>>(
    row: &AnyRow,
    column: &'static str,
) -> Result<T, CatalogError> {
    let number: i64 = value(row, column)?;
    number
        .try_into()
        .map_err(|_| CatalogError::Unreadable { column })
}

pub(super) fn optional_number<T: TryFrom<i64>>(
    row: &AnyRow,
    column: &'static str,
) -> Result<Option<T>, CatalogError> {
    let number: Option<i64> = value(row, column)?;
    number
        .map(T::try_from)
        .transpose()
        .map_err(|_| CatalogError::Unreadable { column })
}

pub(super) fn time(row: &AnyRow, column: &'static str) -> Result<Timestamp, CatalogError> {
    value(row, column).map(Timestamp::from_micros)
}

pub(super) fn optional_time(
    row: &AnyRow,
    column: &'static str,
) -> Result<Option<Timestamp>, CatalogError> {
    let micros: Option<i64> = value(row, column)?;
    Ok(micros.map(Timestamp::from_micros))
}

pub(super) fn failure(row: &AnyRow) -> Result<Option<Failure>, CatalogError> {
    let column = "failure_kind";
    let word: Option<String> = value(row, column)?;
    let stage: Option<String> = value(row, "failure_stage")?;
    let (Some(word), Some(stage)) = (word, stage) else {
        return Ok(None);
    };
    let kind = serde_json::from_value(serde_json::Value::String(word))
        .map_err(|_| CatalogError::Unreadable { column })?;
    Ok(Some(Failure { kind, stage }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_kinds_are_words() {
        assert_eq!("held".parse(), Ok(RecordingState::Held));
        assert_eq!("Held".parse::<RecordingState>(), Err(()));
        assert_eq!(kind_word(Kind::NotFound), "not_found");
    }
}

//! Originals on their way in, piece by piece.
//!
//! > **Nothing of an upload lies in the clear.** Each piece is an artefact of the recording that stands
//! > for the upload. That recording has no original, so nobody is shown it.

use std::{fmt, str::FromStr};

use scrim_policy::{AccountId, RecordingId, TenantId, UploadId};
use serde::Serialize;
use sqlx::{any::AnyRow, query};

use super::{
    super::{
        ArtefactRow, Catalog, CatalogError,
        artefacts::insert_artefact,
        rows::{number, optional_parsed, parsed, sql_number, time, value},
    },
    Sealed,
};
use crate::{
    digest::{KeyedDigest, Sha256Digest},
    timestamp::Timestamp,
};

const BEGIN: &str = "begin an upload";
const RECEIVE: &str = "receive a piece of an upload";
const FIND: &str = "look for an upload";
const END: &str = "end an upload";

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    /// Bytes are missing.
    Receiving,
    /// All bytes are there, and become an original.
    Finishing,
    /// It is an original.
    Done,
    /// It cannot become one.
    Failed,
}

impl UploadState {
    /// Returns the word for this state.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Finishing => "finishing",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for UploadState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for UploadState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Receiving, Self::Finishing, Self::Done, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// One upload.
#[derive(Clone, Debug)]
pub(crate) struct UploadRow {
    pub(crate) id: UploadId,
    /// Whose artefacts the pieces are.
    pub(crate) recording: RecordingId,
    pub(crate) tenant: TenantId,
    pub(crate) account: AccountId,
    pub(crate) bytes: u64,
    pub(crate) received: u64,
    pub(crate) pieces: u64,
    pub(crate) words: Vec<u8>,
    pub(crate) begun_at: Timestamp,
    pub(crate) seen_at: Timestamp,
    pub(crate) state: UploadState,
    pub(crate) original: Option<RecordingId>,
    pub(crate) failure: Option<String>,
}

impl UploadRow {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            recording: parsed(row, "recording")?,
            tenant: parsed(row, "tenant")?,
            account: parsed(row, "account")?,
            bytes: number(row, "bytes")?,
            received: number(row, "received")?,
            pieces: number(row, "pieces")?,
            words: value(row, "words")?,
            begun_at: time(row, "begun_at")?,
            seen_at: time(row, "seen_at")?,
            state: parsed(row, "state")?,
            original: optional_parsed(row, "original")?,
            failure: value(row, "failure")?,
        })
    }
}

impl Catalog {
    /// Adds an upload, and the recording that stands for it.
    pub(crate) async fn begin_upload(
        &self,
        upload: &UploadRow,
        key: KeyedDigest,
        sealed: Sealed<'_>,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(BEGIN, source);
        let mut transaction = self.write_words(&sealed, BEGIN).await?;
        query(
            "INSERT INTO recording (id, tenant, created_at, updated_at, state, job_key,
             source_sha256, generation) VALUES ($1, $2, $3, $3, 'original', $4, $5, 1)",
        )
        .bind(upload.recording.to_string())
        .bind(upload.tenant.to_string())
        .bind(upload.begun_at.as_micros())
        .bind(key.to_string())
        // Nobody knows it yet. It is the hash of nothing that was uploaded.
        .bind(Sha256Digest::of(upload.id.to_string().as_bytes()).to_string())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        query(
            "INSERT INTO upload (id, recording, tenant, account, bytes, received, pieces, words,
             begun_at, seen_at, state) VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $7, $7, 'receiving')",
        )
        .bind(upload.id.to_string())
        .bind(upload.recording.to_string())
        .bind(upload.tenant.to_string())
        .bind(upload.account.to_string())
        .bind(sql_number(upload.bytes))
        .bind(sealed.words)
        .bind(upload.begun_at.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Returns an upload of a tenant.
    pub(crate) async fn upload(
        &self,
        tenant: TenantId,
        id: UploadId,
    ) -> Result<Option<UploadRow>, CatalogError> {
        let row = query("SELECT * FROM upload WHERE id = $1 AND tenant = $2")
            .bind(id.to_string())
            .bind(tenant.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        row.as_ref().map(UploadRow::read).transpose()
    }

    /// Returns all uploads in a state that nobody has seen since `before`, of all tenants.
    pub(crate) async fn uploads_unseen(
        &self,
        state: UploadState,
        before: Timestamp,
    ) -> Result<Vec<UploadRow>, CatalogError> {
        let rows = query("SELECT * FROM upload WHERE state = $1 AND seen_at < $2 ORDER BY id")
            .bind(state.as_str())
            .bind(before.as_micros())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(UploadRow::read).collect()
    }

    /// Adds the artefact of a piece. It does not count yet.
    pub(crate) async fn add_piece(&self, artefact: &ArtefactRow) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(RECEIVE, source);
        let mut transaction = self.write(RECEIVE).await?;
        insert_artefact(&mut transaction, artefact, RECEIVE).await?;
        transaction.commit().await.map_err(failed)
    }

    /// Lets a piece count, if it is the next one. Says whether it did.
    pub(crate) async fn receive_piece(
        &self,
        upload: &UploadRow,
        artefact: &ArtefactRow,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(RECEIVE, source);
        let mut transaction = self.write(RECEIVE).await?;
        let received = query(
            "UPDATE upload SET received = received + $4, pieces = pieces + 1, seen_at = $5,
             state = CASE WHEN received + $4 = bytes THEN 'finishing' ELSE state END
             WHERE id = $1 AND received = $2 AND pieces = $3 AND state = 'receiving'",
        )
        .bind(upload.id.to_string())
        .bind(sql_number(upload.received))
        .bind(sql_number(upload.pieces))
        .bind(sql_number(artefact.sealed.plaintext_bytes))
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if received.rows_affected() == 0 {
            return Ok(false);
        }
        query("UPDATE artefact SET state = 'complete' WHERE id = $1")
            .bind(artefact.id.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        query(
            "INSERT INTO stage_result (recording, stage, part, key, artefact, finished_at)
             VALUES ($1, 'upload', $2, $3, $4, $5)",
        )
        .bind(upload.recording.to_string())
        .bind(sql_number(upload.pieces))
        .bind(artefact.sealed.ciphertext_sha256.to_string())
        .bind(artefact.id.to_string())
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(true)
    }

    /// Says what has become of an upload whose bytes are all there, and forgets the recording that
    /// stood for it. Its objects have to be gone before.
    pub(crate) async fn end_upload(
        &self,
        upload: &UploadRow,
        end: Result<RecordingId, &str>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(END, source);
        let mut transaction = self.write(END).await?;
        query(
            "UPDATE upload SET state = $2, original = $3, failure = $4, seen_at = $5 WHERE id = $1",
        )
        .bind(upload.id.to_string())
        .bind(match end {
            Ok(_) => UploadState::Done.as_str(),
            Err(_) => UploadState::Failed.as_str(),
        })
        .bind(end.ok().map(|original| original.to_string()))
        .bind(end.err())
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        query("DELETE FROM recording WHERE id = $1 AND state = 'original'")
            .bind(upload.recording.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Forgets an upload and the recording that stood for it. Its objects have to be gone before.
    pub(crate) async fn forget_upload(&self, upload: &UploadRow) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(END, source);
        let mut transaction = self.write(END).await?;
        query("DELETE FROM upload WHERE id = $1")
            .bind(upload.id.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        if upload.original.is_none() {
            query("DELETE FROM recording WHERE id = $1 AND state = 'original'")
                .bind(upload.recording.to_string())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }
}

//! Links under which recordings can be had for a while.

use scrim_policy::{AccountId, LinkId, RecordingId, TenantId};
use sqlx::{any::AnyRow, query};

use super::{
    super::{
        Catalog, CatalogError,
        rows::{number, optional_number, optional_time, parsed, sql_number, time, value},
    },
    Sealed,
};
use crate::{digest::Sha256Digest, timestamp::Timestamp};

const ADD: &str = "add a link";
const FIND: &str = "look for a link";
const USE: &str = "count the use of a link";
const REVOKE: &str = "revoke a link";

/// One link.
#[derive(Clone, Debug)]
pub(crate) struct LinkRow {
    pub(crate) id: LinkId,
    pub(crate) tenant: TenantId,
    pub(crate) recording: RecordingId,
    pub(crate) words: Vec<u8>,
    pub(crate) password: Option<String>,
    pub(crate) allows: String,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) most_uses: Option<u64>,
    pub(crate) uses: u64,
    pub(crate) revoked_at: Option<Timestamp>,
}

/// A link that is to be added.
pub(crate) struct NewLink<'a> {
    pub(crate) id: LinkId,
    pub(crate) recording: RecordingId,
    pub(crate) digest: Sha256Digest,
    pub(crate) password: Option<&'a str>,
    pub(crate) allows: &'a str,
    pub(crate) created_at: Timestamp,
    pub(crate) created_by: AccountId,
    pub(crate) expires_at: Timestamp,
    pub(crate) most_uses: Option<u64>,
}

impl LinkRow {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            tenant: parsed(row, "tenant")?,
            recording: parsed(row, "recording")?,
            words: value(row, "words")?,
            password: value(row, "password")?,
            allows: value(row, "allows")?,
            created_at: time(row, "created_at")?,
            expires_at: time(row, "expires_at")?,
            most_uses: optional_number(row, "most_uses")?,
            uses: number(row, "uses")?,
            revoked_at: optional_time(row, "revoked_at")?,
        })
    }
}

impl Catalog {
    /// Adds a link to a recording of the tenant.
    ///
    /// # Errors
    /// [`CatalogError::NoRecording`] and those of the database.
    pub(crate) async fn add_link(
        &self,
        link: &NewLink<'_>,
        sealed: Sealed<'_>,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(ADD, source);
        let mut transaction = self.write_words(&sealed, ADD).await?;
        let added = query(
            "INSERT INTO link (id, tenant, recording, digest, words, password, allows, created_at,
             created_by, expires_at, most_uses, uses)
             SELECT $1, $2, id, $4, $5, $6, $7, $8, $9, $10, $11, 0 FROM recording
             WHERE id = $3 AND tenant = $2 AND state <> 'original'",
        )
        .bind(link.id.to_string())
        .bind(sealed.tenant.to_string())
        .bind(link.recording.to_string())
        .bind(link.digest.to_string())
        .bind(sealed.words)
        .bind(link.password)
        .bind(link.allows)
        .bind(link.created_at.as_micros())
        .bind(link.created_by.to_string())
        .bind(link.expires_at.as_micros())
        .bind(link.most_uses.map(sql_number))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if added.rows_affected() == 0 {
            let recording = link.recording;
            return Err(CatalogError::NoRecording { recording });
        }
        transaction.commit().await.map_err(failed)
    }

    /// Returns the link with a secret, whether it is over or not.
    pub(crate) async fn link_by_digest(
        &self,
        digest: Sha256Digest,
    ) -> Result<Option<LinkRow>, CatalogError> {
        let row = query("SELECT * FROM link WHERE digest = $1")
            .bind(digest.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        row.as_ref().map(LinkRow::read).transpose()
    }

    /// Returns the links of a recording, newest first.
    pub(crate) async fn links(
        &self,
        tenant: TenantId,
        recording: RecordingId,
    ) -> Result<Vec<LinkRow>, CatalogError> {
        let rows =
            query("SELECT * FROM link WHERE recording = $1 AND tenant = $2 ORDER BY id DESC")
                .bind(recording.to_string())
                .bind(tenant.to_string())
                .fetch_all(&self.pool)
                .await
                .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(LinkRow::read).collect()
    }

    /// Counts one use, unless the link is over. Says whether it did.
    pub(crate) async fn use_link(&self, id: LinkId, now: Timestamp) -> Result<bool, CatalogError> {
        let used = query(
            "UPDATE link SET uses = uses + 1 WHERE id = $1 AND revoked_at IS NULL
             AND expires_at > $2 AND (most_uses IS NULL OR uses < most_uses)",
        )
        .bind(id.to_string())
        .bind(now.as_micros())
        .execute(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(USE, source))?;
        Ok(used.rows_affected() == 1)
    }

    /// Revokes a link of the tenant and says whether there was one to revoke.
    pub(crate) async fn revoke_link(
        &self,
        tenant: TenantId,
        id: LinkId,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let revoked = query(
            "UPDATE link SET revoked_at = $3
             WHERE id = $1 AND tenant = $2 AND revoked_at IS NULL",
        )
        .bind(id.to_string())
        .bind(tenant.to_string())
        .bind(now.as_micros())
        .execute(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(REVOKE, source))?;
        Ok(revoked.rows_affected() == 1)
    }
}

//! Which key wraps what, and from which version on.

use scrim_policy::{ArtefactId, TenantId};
use sqlx::{Any, Transaction, query};

use super::{
    ArtefactRow, Catalog, CatalogError,
    rows::{number, optional_time, parsed, time},
};
use crate::{
    keyring::{KmsKind, WrappedKey},
    timestamp::Timestamp,
};

const EPOCH: &str = "record an erasure epoch";
const LIST: &str = "list wrapped keys";
const REPLACE: &str = "replace a wrapped key";

/// The newest erasure epoch of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyEpoch {
    /// The oldest version that is left when it is finished.
    pub version: u32,
    /// When it began.
    pub began_at: Timestamp,
    /// When the older versions were destroyed, once they are.
    pub finished_at: Option<Timestamp>,
}

/// How many artefacts one version of a tenant's key wraps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// The tenant.
    pub tenant: TenantId,
    /// Who wraps.
    pub kms: KmsKind,
    /// The version.
    pub version: u32,
    /// How many.
    pub artefacts: u64,
}

/// Some of a tenant's wrapped keys: those of one key management, below a version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wrapped {
    pub(crate) tenant: TenantId,
    pub(crate) kms: KmsKind,
    /// Only those of older versions.
    pub(crate) below: Option<u32>,
}

impl Wrapped {
    fn bound(&self) -> i64 {
        self.below.map_or(i64::MAX, i64::from)
    }
}

impl Catalog {
    /// Begins an erasure epoch, after which no artefact is added whose key an older version wraps.
    /// One that goes further already stays.
    pub(crate) async fn begin_key_epoch(
        &self,
        tenant: TenantId,
        kms: KmsKind,
        version: u32,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(EPOCH, source);
        // Under the one write lock: what is added is added before this or sees it.
        let mut transaction = self.write(EPOCH).await?;
        query(
            "INSERT INTO key_epoch (tenant, kms, version, began_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant, kms) DO UPDATE
             SET version = excluded.version, began_at = excluded.began_at, finished_at = NULL
             WHERE key_epoch.version < excluded.version",
        )
        .bind(tenant.to_string())
        .bind(kms.as_str())
        .bind(i64::from(version))
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Records that the versions below that of an epoch are destroyed.
    pub(crate) async fn finish_key_epoch(
        &self,
        tenant: TenantId,
        kms: KmsKind,
        version: u32,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        query(
            "UPDATE key_epoch SET finished_at = $4
             WHERE tenant = $1 AND kms = $2 AND version = $3 AND finished_at IS NULL",
        )
        .bind(tenant.to_string())
        .bind(kms.as_str())
        .bind(i64::from(version))
        .bind(now.as_micros())
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(|source| CatalogError::while_doing(EPOCH, source))
    }

    /// Forgets the keys of a tenant, which are all destroyed, and their epochs.
    pub(crate) async fn forget_keys(&self, tenant: TenantId) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(EPOCH, source);
        let mut transaction = self.write(EPOCH).await?;
        for forget in [
            "DELETE FROM key_epoch WHERE tenant = $1",
            "DELETE FROM tenant_key WHERE tenant = $1",
        ] {
            query(forget)
                .bind(tenant.to_string())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    /// Forgets that a tenant has a key somewhere, where all that it has ever wrapped is destroyed and
    /// nothing is wrapped by it now.
    pub(crate) async fn forget_unused_key(
        &self,
        tenant: TenantId,
        kms: KmsKind,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(EPOCH, source);
        // Under the one write lock: what is added is added before this, or remembers the key again.
        let mut transaction = self.write(EPOCH).await?;
        query(
            "DELETE FROM tenant_key WHERE tenant = $1 AND kms = $2
             AND NOT EXISTS (SELECT 1 FROM legal_hold
                             WHERE legal_hold.tenant = $1 AND legal_hold.kms = $2)
             AND NOT EXISTS (SELECT 1 FROM artefact
                             JOIN recording ON recording.id = artefact.recording
                             WHERE recording.tenant = $1 AND artefact.kms = $2)",
        )
        .bind(tenant.to_string())
        .bind(kms.as_str())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Returns every key management that has wrapped something of a tenant which an old copy of the
    /// catalog may still hold.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub(crate) async fn kinds_of_keys(
        &self,
        tenant: TenantId,
    ) -> Result<Vec<KmsKind>, CatalogError> {
        let rows = query("SELECT kms FROM tenant_key WHERE tenant = $1 ORDER BY kms")
            .bind(tenant.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(LIST, source))?;
        rows.iter().map(|row| parsed(row, "kms")).collect()
    }

    /// Returns the newest erasure epoch of a tenant's key.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn key_epoch(
        &self,
        tenant: TenantId,
        kms: KmsKind,
    ) -> Result<Option<KeyEpoch>, CatalogError> {
        let row = query("SELECT * FROM key_epoch WHERE tenant = $1 AND kms = $2")
            .bind(tenant.to_string())
            .bind(kms.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing("look for an erasure epoch", source))?;
        let read = |row| {
            Ok(KeyEpoch {
                version: number(row, "version")?,
                began_at: time(row, "began_at")?,
                finished_at: optional_time(row, "finished_at")?,
            })
        };
        row.as_ref().map(read).transpose()
    }

    /// Returns which keys wrap how much, by tenant, key management and version.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn keys_in_use(&self) -> Result<Vec<KeyUse>, CatalogError> {
        let rows = query(
            "SELECT recording.tenant AS tenant, artefact.kms AS kms,
             artefact.key_version AS key_version, COUNT(*) AS artefacts
             FROM artefact JOIN recording ON recording.id = artefact.recording
             GROUP BY recording.tenant, artefact.kms, artefact.key_version
             ORDER BY recording.tenant, artefact.kms, artefact.key_version",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(LIST, source))?;
        let read = |row| {
            Ok(KeyUse {
                tenant: parsed(row, "tenant")?,
                kms: parsed(row, "kms")?,
                version: number(row, "key_version")?,
                artefacts: number(row, "artefacts")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Returns all tenants that have a recording or an account, or had an erasure epoch.
    ///
    /// # Errors
    /// [`CatalogError::Unreadable`] and those of the database.
    pub async fn tenants(&self) -> Result<Vec<TenantId>, CatalogError> {
        let rows = query(
            "SELECT tenant FROM recording UNION SELECT tenant FROM account
             UNION SELECT tenant FROM key_epoch ORDER BY tenant",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing("list tenants", source))?;
        rows.iter().map(|row| parsed(row, "tenant")).collect()
    }

    /// Counts wrapped keys.
    pub(crate) async fn count_wrapped(&self, wanted: Wrapped) -> Result<u64, CatalogError> {
        let row = query(
            "SELECT COUNT(*) AS artefacts
             FROM artefact JOIN recording ON recording.id = artefact.recording
             WHERE recording.tenant = $1 AND artefact.kms = $2 AND artefact.key_version < $3",
        )
        .bind(wanted.tenant.to_string())
        .bind(wanted.kms.as_str())
        .bind(wanted.bound())
        .fetch_one(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(LIST, source))?;
        number(&row, "artefacts")
    }

    /// Returns up to `limit` artefacts with such a wrapped key, by id, those after `after`.
    pub(crate) async fn wrapped(
        &self,
        wanted: Wrapped,
        after: Option<ArtefactId>,
        limit: u32,
    ) -> Result<Vec<ArtefactRow>, CatalogError> {
        let rows = query(
            "SELECT artefact.* FROM artefact JOIN recording ON recording.id = artefact.recording
             WHERE recording.tenant = $1 AND artefact.kms = $2 AND artefact.key_version < $3
             AND artefact.id > $4 ORDER BY artefact.id LIMIT $5",
        )
        .bind(wanted.tenant.to_string())
        .bind(wanted.kms.as_str())
        .bind(wanted.bound())
        .bind(after.map_or_else(String::new, |after| after.to_string()))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(LIST, source))?;
        rows.iter().map(ArtefactRow::read).collect()
    }

    /// Replaces the wrapped key of an artefact of this tenant, unless the row is gone or has another
    /// one by now. Says whether it did.
    ///
    /// # Errors
    /// [`CatalogError::StaleKey`] where an erasure epoch destroys what wraps the new one, and those
    /// of the database.
    pub(crate) async fn replace_wrapped_key(
        &self,
        tenant: TenantId,
        artefact: ArtefactId,
        before: &WrappedKey,
        then: &WrappedKey,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(REPLACE, source);
        let mut transaction = self.write(REPLACE).await?;
        require_current_key(&mut transaction, tenant, then, REPLACE).await?;
        let done = query(
            "UPDATE artefact SET wrapped_key = $4, key_version = $5, kms = $6
             WHERE id = $1 AND kms = $2 AND wrapped_key = $3",
        )
        .bind(artefact.to_string())
        .bind(before.kms.as_str())
        .bind(&before.bytes)
        .bind(&then.bytes)
        .bind(i64::from(then.version))
        .bind(then.kms.as_str())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(done.rows_affected() == 1)
    }
}

/// Makes sure that nothing comes to be wrapped by a version that an erasure epoch destroys, and
/// remembers where the tenant has a key.
pub(super) async fn require_current_key(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    wrapped: &WrappedKey,
    doing: &'static str,
) -> Result<(), CatalogError> {
    let found = query("SELECT version FROM key_epoch WHERE tenant = $1 AND kms = $2")
        .bind(tenant.to_string())
        .bind(wrapped.kms.as_str())
        .fetch_optional(&mut **transaction)
        .await
        .map_err(|source| CatalogError::while_doing(doing, source))?;
    if let Some(row) = found {
        let oldest = number(&row, "version")?;
        if wrapped.version < oldest {
            return Err(CatalogError::StaleKey {
                version: wrapped.version,
                oldest,
            });
        }
    }
    remember_key(transaction, tenant, wrapped.kms, doing).await
}

/// Remembers that a key of a tenant has wrapped something.
pub(super) async fn remember_key(
    transaction: &mut Transaction<'_, Any>,
    tenant: TenantId,
    kms: KmsKind,
    doing: &'static str,
) -> Result<(), CatalogError> {
    query("INSERT INTO tenant_key (tenant, kms) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(tenant.to_string())
        .bind(kms.as_str())
        .execute(&mut **transaction)
        .await
        .map(drop)
        .map_err(|source| CatalogError::while_doing(doing, source))
}

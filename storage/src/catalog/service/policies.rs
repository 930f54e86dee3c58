//! Policies that are kept, in all their versions.

use scrim_policy::{AccountId, PolicyId, TenantId};
use sqlx::{any::AnyRow, query};

use super::{
    super::{
        Catalog, CatalogError,
        rows::{number, parsed, sql_number, time, value},
    },
    Sealed,
};
use crate::timestamp::Timestamp;

const DOING: &str = "keep a policy";

/// One version of a policy.
#[derive(Clone, Debug)]
pub(crate) struct PolicyRow {
    pub(crate) id: PolicyId,
    pub(crate) version: u64,
    pub(crate) words: Vec<u8>,
    pub(crate) created_at: Timestamp,
    pub(crate) created_by: AccountId,
}

impl PolicyRow {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            version: number(row, "version")?,
            words: value(row, "words")?,
            created_at: time(row, "created_at")?,
            created_by: parsed(row, "created_by")?,
        })
    }
}

impl Catalog {
    /// Adds a version of a policy. Says whether it did: somebody else may have added it.
    pub(crate) async fn add_policy(
        &self,
        (id, version): (PolicyId, u64),
        created_by: AccountId,
        created_at: Timestamp,
        sealed: Sealed<'_>,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(DOING, source);
        let mut transaction = self.write_words(&sealed, DOING).await?;
        let added = query(
            "INSERT INTO saved_policy (id, version, tenant, words, created_at, created_by)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        )
        .bind(id.to_string())
        .bind(sql_number(version))
        .bind(sealed.tenant.to_string())
        .bind(sealed.words)
        .bind(created_at.as_micros())
        .bind(created_by.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(added.rows_affected() == 1)
    }

    /// Returns a version of a policy, or the newest.
    pub(crate) async fn policy_version(
        &self,
        tenant: TenantId,
        id: PolicyId,
        version: Option<u64>,
    ) -> Result<Option<PolicyRow>, CatalogError> {
        let row = query(
            "SELECT * FROM saved_policy WHERE tenant = $1 AND id = $2 AND version <= $3
             AND ($4 = 0 OR version = $3) ORDER BY version DESC LIMIT 1",
        )
        .bind(tenant.to_string())
        .bind(id.to_string())
        .bind(version.map_or(i64::MAX, sql_number))
        .bind(i64::from(version.is_some()))
        .fetch_optional(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(DOING, source))?;
        row.as_ref().map(PolicyRow::read).transpose()
    }

    /// Returns the newest version of each policy of a tenant, newest policy first.
    pub(crate) async fn policies(&self, tenant: TenantId) -> Result<Vec<PolicyRow>, CatalogError> {
        let rows = query(
            "SELECT * FROM saved_policy AS newest WHERE tenant = $1 AND version = (
                 SELECT MAX(version) FROM saved_policy WHERE saved_policy.id = newest.id)
             ORDER BY id DESC",
        )
        .bind(tenant.to_string())
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(DOING, source))?;
        rows.iter().map(PolicyRow::read).collect()
    }

    /// Takes a policy away with all its versions, and says whether there was one.
    pub(crate) async fn forget_policy(
        &self,
        tenant: TenantId,
        id: PolicyId,
    ) -> Result<bool, CatalogError> {
        let gone = query("DELETE FROM saved_policy WHERE tenant = $1 AND id = $2")
            .bind(tenant.to_string())
            .bind(id.to_string())
            .execute(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(DOING, source))?;
        Ok(gone.rows_affected() > 0)
    }
}

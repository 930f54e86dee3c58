//! Policies that are kept, in all their versions.

use scrim_policy::{AccountId, AuditEvent, PolicyId, TenantId};
use serde::{Deserialize, Serialize};

use super::words::Words;
use crate::{
    catalog::{POLICY, PolicyRow},
    timestamp::{Timestamp, new_id},
    vault::{Vault, VaultError},
};

/// One version of a policy.
#[derive(Clone, Debug)]
pub struct SavedPolicy {
    /// Its id, the same for all versions.
    pub id: PolicyId,
    /// From 1.
    pub version: u64,
    /// What it calls itself.
    pub name: String,
    /// The policy file.
    pub text: String,
    /// When this version was saved.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: AccountId,
}

#[derive(Serialize, Deserialize)]
struct Plain {
    name: String,
    text: String,
}

impl Vault {
    /// Saves a policy, as a new one or as the next version of another one. Nothing where that one is
    /// not there, or somebody else has saved a version since `after` was the newest.
    ///
    /// # Errors
    /// [`VaultError::Audit`], [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn save_policy(
        &self,
        tenant: TenantId,
        after: Option<(PolicyId, u64)>,
        (name, text): (&str, &str),
        created_by: AccountId,
        now: Timestamp,
    ) -> Result<Option<(PolicyId, u64)>, VaultError> {
        let (id, version) = match after {
            None => (new_id(now).map(PolicyId::from_uuid)?, 1),
            Some((id, newest)) => {
                let kept = self.wait(self.catalog().policy_version(tenant, id, None))?;
                if kept.is_none_or(|row| row.version != newest) {
                    return Ok(None);
                }
                (id, newest + 1)
            }
        };
        let plain = Plain {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        self.audit(
            AuditEvent::PolicySaved {
                policy: id,
                version,
            },
            now,
        )?;
        let added = self.with_words(tenant, |words| {
            let sealed = words.seal(POLICY, &row_name(id, version), &plain)?;
            let adding = self
                .catalog()
                .add_policy((id, version), created_by, now, sealed.as_row());
            Ok(self.wait(adding)?)
        })?;
        Ok(added.then_some((id, version)))
    }

    /// Returns a version of a policy, or the newest.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn saved_policy(
        &self,
        tenant: TenantId,
        id: PolicyId,
        version: Option<u64>,
    ) -> Result<Option<SavedPolicy>, VaultError> {
        let row = self.wait(self.catalog().policy_version(tenant, id, version))?;
        match row {
            None => Ok(None),
            Some(row) => open(&self.words(tenant)?, row).map(Some),
        }
    }

    /// Returns the newest version of each policy, newest policy first.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn saved_policies(&self, tenant: TenantId) -> Result<Vec<SavedPolicy>, VaultError> {
        let rows = self.wait(self.catalog().policies(tenant))?;
        let words = self.words(tenant)?;
        rows.into_iter().map(|row| open(&words, row)).collect()
    }

    /// Takes a policy away with all its versions, and says whether there was one. Recordings that
    /// were made with it keep its hash.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn forget_policy(&self, tenant: TenantId, id: PolicyId) -> Result<bool, VaultError> {
        Ok(self.wait(self.catalog().forget_policy(tenant, id))?)
    }
}

fn row_name(id: PolicyId, version: u64) -> String {
    format!("{id}/{version}")
}

fn open(words: &Words, row: PolicyRow) -> Result<SavedPolicy, VaultError> {
    let place = row_name(row.id, row.version);
    let Plain { name, text } = words.open(POLICY, &place, &row.words)?;
    Ok(SavedPolicy {
        id: row.id,
        version: row.version,
        name,
        text,
        created_at: row.created_at,
        created_by: row.created_by,
    })
}

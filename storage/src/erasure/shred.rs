//! Destroying the keys of what was erased.

use scrim_policy::{AuditEvent, TenantId, Word};

use crate::{
    catalog::{ErasureRow, Reach},
    keyring::{KeyContext, KeyError},
    timestamp::Timestamp,
    vault::{Vault, VaultError},
};

impl Vault {
    /// Makes sure that nothing opens what was erased, from wherever a copy of its wrapped key may
    /// turn up. Doing it again makes one more version of the key and harms nobody.
    pub(super) fn shred(&self, erasure: &ErasureRow, now: Timestamp) -> Result<(), VaultError> {
        let places = self.wait(self.catalog().places(erasure.id))?;
        let oldest = if erasure.reach == Reach::Tenant {
            self.audit(
                AuditEvent::KeyDestroyed {
                    tenant: erasure.tenant,
                    kms: Word::new(self.kms().which()),
                    oldest: None,
                },
                now,
            )?;
            self.kms().destroy_tenant_key(erasure.tenant)?;
            None
        } else if places.iter().any(|place| place.wrapped_key.is_some()) {
            Some(self.begin_key_epoch(erasure.tenant, now)?)
        } else {
            None
        };
        Ok(self.wait(self.catalog().shredded(erasure, oldest, now))?)
    }

    /// Rotates the key of a tenant, wraps what survives again, and destroys the older versions.
    /// Returns the oldest version that is left.
    fn begin_key_epoch(&self, tenant: TenantId, now: Timestamp) -> Result<u32, VaultError> {
        let newest = self.kms().rotate_key(tenant)?;
        self.rewrap_holds(tenant)?;
        self.rewrap_artefacts(tenant, newest)?;
        self.audit(
            AuditEvent::KeyDestroyed {
                tenant,
                kms: Word::new(self.kms().which()),
                oldest: Some(newest),
            },
            now,
        )?;
        self.kms().destroy_versions_below(tenant, newest)?;
        Ok(newest)
    }

    fn rewrap_holds(&self, tenant: TenantId) -> Result<(), VaultError> {
        for hold in self.wait(self.catalog().holds(tenant))? {
            let context = KeyContext::of_hold(tenant, hold.id);
            let wrapped = self
                .kms_of(hold.wrapped_key.kms)?
                .rewrap_key(&context, &hold.wrapped_key)?;
            self.wait(self.catalog().rewrap_hold(&hold, &wrapped))?;
        }
        Ok(())
    }

    fn rewrap_artefacts(&self, tenant: TenantId, newest: u32) -> Result<(), VaultError> {
        loop {
            let rows = self.wait(self.catalog().artefacts_wrapped_before(tenant, newest))?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                let key = row.object_key;
                let context = KeyContext::new(key.tenant, key.recording, key.artefact, row.subject);
                let kms = self.kms_of(row.wrapped_key.kms)?;
                let wrapped = kms.rewrap_key(&context, &row.wrapped_key)?;
                if wrapped.version < newest {
                    return Err(KeyError::UnknownVersion {
                        tenant,
                        version: newest,
                    }
                    .into());
                }
                self.wait(self.catalog().rewrap_artefact(&row, &wrapped))?;
            }
        }
    }
}

//! Erasure epochs: what was erased stays erased, also for whoever restores a backup.
//!
//! Deleting a row is no erasure. Copies of the catalog hold the wrapped key, and the tenant's key
//! still opens it. An epoch ends that: the tenant's key gets a new version, the data keys of what
//! survives are wrapped again under it, and the older versions are destroyed. A data key that was
//! erased is then wrapped by a key that no longer exists, in every copy.
//!
//! ```text
//! rotate ─► begin, in the catalog ─► wrap survivors again ─► write wrapped-keys/ ─► destroy ─► finish
//! ```
//!
//! Each step can be repeated, and a run that was killed is taken up where it was.
//!
//! > **Nothing new is wrapped by a key that goes.** From the second step on the catalog refuses rows
//! > whose key an older version wraps, new ones and changed ones. Their writer wraps again; it still
//! > has the data key.
//!
//! The price is that an old copy of the catalog opens nothing either. So the wrapped keys of the
//! survivors are written to a file beside the catalog, and [`Vault::adopt_wrapped_keys`] puts them
//! into a catalog that was restored.

use scrim_policy::{ArtefactId, AuditEvent, TenantId, Word};

use super::{KeyProgress, Rewrapped, Vault, VaultError, wrapped_keys::WrappedKeys};
use crate::{
    catalog::{ArtefactRow, Wrapped},
    keyring::{KeyContext, KeyError, KeyVersions, Kms, KmsKind, WrappedKey},
    secret::DataKey,
    timestamp::Timestamp,
};

/// What an erasure epoch did to one key of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShreddedKey {
    /// Who wraps.
    pub kms: KmsKind,
    /// The oldest version that is left. All below it are destroyed.
    pub oldest: u32,
    /// Artefacts that were wrapped again in this run.
    pub rewrapped: u64,
    /// Artefacts that this key wraps now.
    pub survivors: u64,
    /// Artefacts whose rows are there but which no key opens. They were lost before.
    pub unopenable: Vec<ArtefactId>,
}

/// What became of the rows of a restored catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adopted {
    /// Rows that were up to date.
    pub current: u64,
    /// Rows that took their newest wrapped key.
    pub adopted: u64,
    /// Rows that no key opens: what they speak of was erased, or never survived.
    pub unopenable: Vec<ArtefactId>,
}

impl Vault {
    /// Runs an erasure epoch for a tenant, in every key management that holds a key of it. Call it
    /// after the rows and objects are deleted. A run that was killed is taken up.
    ///
    /// # Errors
    /// [`VaultError::Key`], among others where a key management that wraps something of the tenant, or
    /// has wrapped something that old copies of the catalog hold, is not set up, [`VaultError::Catalog`] and [`VaultError::WrappedKeys`]. Until it returns without
    /// one, what was erased may still be opened with an old copy.
    pub fn shred_epoch(
        &self,
        tenant: TenantId,
        now: Timestamp,
        progress: &mut dyn FnMut(KeyProgress),
    ) -> Result<Vec<ShreddedKey>, VaultError> {
        // Nothing is destroyed before it is known that everything can be.
        for kms in self.wait(self.catalog().kinds_of_keys(tenant))? {
            self.kms_of(kms)?;
        }
        let mut shredded = Vec::new();
        for kms in self.all_kms() {
            if let Some(versions) = kms.key_versions(tenant)? {
                shredded.push(self.shred_in(tenant, kms, versions, now, progress)?);
            }
        }
        Ok(shredded)
    }

    fn shred_in(
        &self,
        tenant: TenantId,
        kms: &dyn Kms,
        versions: KeyVersions,
        now: Timestamp,
        progress: &mut dyn FnMut(KeyProgress),
    ) -> Result<ShreddedKey, VaultError> {
        let kind = kms.which();
        let begun = self.wait(self.catalog().key_epoch(tenant, kind))?;
        let oldest = match begun {
            Some(epoch) if epoch.finished_at.is_none() && epoch.version <= versions.newest => {
                epoch.version
            }
            begun => {
                // A key that was restored from a copy of its own may be behind the catalog.
                let behind = begun.map_or(0, |epoch| epoch.version);
                let newest = rotate_past(kms, tenant, behind)?;
                self.wait(self.catalog().begin_key_epoch(tenant, kind, newest, now))?;
                newest
            }
        };
        let mut rewrapped = Rewrapped::default();
        loop {
            let found = self.rewrap_below(tenant, kms, oldest, progress)?;
            rewrapped.replaced += found.replaced;
            rewrapped.unopenable = found.unopenable;
            let below = Some(oldest);
            let left = self.catalog().count_wrapped(Wrapped {
                tenant,
                kms: kind,
                below,
            });
            // Rows that somebody else changed at the same moment are looked at again.
            if self.wait(left)? <= rewrapped.unopenable.len() as u64 {
                break;
            }
        }
        self.rewrap_holds(tenant, kind, |context, wrapped| {
            kms.rewrap_key(context, wrapped)
        })?;
        self.renew_words(tenant, kind)?;
        self.write_wrapped_keys(tenant)?;
        // What cannot be taken back is in the audit log before it is done.
        self.audit(
            AuditEvent::KeyDestroyed {
                tenant,
                kms: Word::new(kind),
                oldest: Some(oldest),
            },
            now,
        )?;
        kms.destroy_versions_below(tenant, oldest)?;
        self.wait(self.catalog().finish_key_epoch(tenant, kind, oldest, now))?;
        self.wait(self.catalog().forget_unused_key(tenant, kind))?;
        let below = None;
        let all = self.catalog().count_wrapped(Wrapped {
            tenant,
            kms: kind,
            below,
        });
        let unopenable = rewrapped.unopenable.len() as u64;
        let survivors = self.wait(all)?.saturating_sub(unopenable);
        Ok(ShreddedKey {
            kms: kind,
            oldest,
            rewrapped: rewrapped.replaced,
            survivors,
            unopenable: rewrapped.unopenable,
        })
    }

    /// Destroys the keys of a tenant in every key management that is set up, and what is known of
    /// them. Everything that is left of the tenant opens nowhere from then on.
    ///
    /// # Errors
    /// [`VaultError::Key`], among others where a key management that wraps something of the tenant, or
    /// has wrapped something that old copies of the catalog hold, is not set up, [`VaultError::Catalog`] and [`VaultError::WrappedKeys`].
    pub fn destroy_tenant_keys(&self, tenant: TenantId, now: Timestamp) -> Result<(), VaultError> {
        for kms in self.wait(self.catalog().kinds_of_keys(tenant))? {
            self.kms_of(kms)?;
        }
        for kms in self.all_kms() {
            self.audit(
                AuditEvent::KeyDestroyed {
                    tenant,
                    kms: Word::new(kms.which()),
                    oldest: None,
                },
                now,
            )?;
            kms.destroy_tenant_key(tenant)?;
        }
        WrappedKeys::remove(self.home(), tenant)?;
        self.wait(self.catalog().forget_keys(tenant))?;
        Ok(())
    }

    /// Brings a catalog that was restored from a copy up to date with the erasure epochs that came
    /// after it: rows take their newest wrapped keys from the file beside the catalog. Rows that are
    /// neither up to date nor in that file are reported; no key opens what they speak of.
    ///
    /// # Errors
    /// [`VaultError::Key`], [`VaultError::Catalog`] and [`VaultError::WrappedKeys`]. Doing it again
    /// changes nothing.
    pub fn adopt_wrapped_keys(&self, now: Timestamp) -> Result<Adopted, VaultError> {
        let mut found = Adopted::default();
        for tenant in self.tenants()? {
            let newest = WrappedKeys::read(self.home(), tenant)?;
            for kind in [KmsKind::Local, KmsKind::Transit] {
                let below = None;
                let wanted = Wrapped {
                    tenant,
                    kms: kind,
                    below,
                };
                // Where it is not set up, nothing is known and nothing is changed.
                let Ok(kms) = self.kms_of(kind) else {
                    if self.wait(self.catalog().count_wrapped(wanted))? > 0 {
                        return Err(KeyError::NotConfigured { kms: kind }.into());
                    }
                    continue;
                };
                let versions = kms.key_versions(tenant)?;
                self.each_wrapped(wanted, |row| {
                    self.adopt_row(row, versions, newest.get(row.id), &mut found)
                })?;
                if let Some(versions) = versions.filter(|versions| versions.oldest > 1) {
                    let oldest = versions.oldest;
                    let catalog = self.catalog();
                    self.wait(catalog.begin_key_epoch(tenant, kind, oldest, now))?;
                    self.wait(catalog.finish_key_epoch(tenant, kind, oldest, now))?;
                }
            }
        }
        Ok(found)
    }

    fn adopt_row(
        &self,
        row: &ArtefactRow,
        versions: Option<KeyVersions>,
        newest: Option<&WrappedKey>,
        found: &mut Adopted,
    ) -> Result<(), VaultError> {
        let version = row.wrapped_key.version;
        let is_kept =
            |versions: KeyVersions| (versions.oldest..=versions.newest).contains(&version);
        if versions.is_some_and(is_kept) {
            found.current += 1;
            return Ok(());
        }
        let Some(newest) = newest else {
            found.unopenable.push(row.id);
            return Ok(());
        };
        match self.opens(row, newest) {
            Ok(true) => {
                found.adopted += u64::from(self.replace_wrapped_key(row, newest)?);
            }
            Ok(false) => found.unopenable.push(row.id),
            Err(error) if error.is_final() => found.unopenable.push(row.id),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Writes the wrapped keys of everything that a tenant has, for catalogs to be restored.
    pub(super) fn write_wrapped_keys(&self, tenant: TenantId) -> Result<(), VaultError> {
        let mut all = WrappedKeys::default();
        for kms in [KmsKind::Local, KmsKind::Transit] {
            let below = None;
            self.each_wrapped(Wrapped { tenant, kms, below }, |row| {
                all.insert(row.id, row.wrapped_key.clone());
                Ok(())
            })?;
        }
        all.write(self.home(), tenant)
    }

    /// Wraps the data key of a new artefact again, since the version that wrapped it goes.
    pub(crate) fn wrap_from(
        &self,
        context: &KeyContext,
        key: &DataKey,
        oldest: u32,
    ) -> Result<WrappedKey, VaultError> {
        let (kms, tenant) = (self.kms(), context.tenant());
        // Asking for the versions also makes the keyring look at its file again.
        let newest = kms
            .key_versions(tenant)?
            .map_or(0, |versions| versions.newest);
        if newest < oldest {
            rotate_past(kms, tenant, oldest - 1)?;
        }
        Ok(kms.wrap_key(context, key)?)
    }
}

/// Makes new versions until the newest is above `version`.
fn rotate_past(kms: &dyn Kms, tenant: TenantId, version: u32) -> Result<u32, KeyError> {
    let mut before = 0;
    loop {
        let newest = kms.rotate_key(tenant)?;
        if newest > version {
            return Ok(newest);
        }
        if newest <= before {
            return Err(KeyError::NotRotated { kms: kms.which() });
        }
        before = newest;
    }
}

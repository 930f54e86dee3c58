//! Tenants' keys: which there are, wrapping again, and moving to another key management.
//!
//! > **A row changes only to a key that opens.** A data key is unwrapped from its new form and
//! > compared with what the artefact is committed to before the row takes it, and the row takes it
//! > only if nobody else has changed it.
//!
//! All of it goes row by row and can be stopped anywhere. The next run finds what is left by what the
//! rows say, so there is no state of its own to be lost.

use scrim_policy::{ArtefactId, AuditEvent, TenantId, Word};

use super::{Vault, VaultError};
use crate::{
    catalog::{ArtefactRow, CatalogError, KeyEpoch, KeyUse, Wrapped},
    keyring::{KeyContext, KeyError, KeyVersions, Kms, KmsKind, WrappedKey},
    seal::SealContext,
    timestamp::Timestamp,
};

/// Rows that are read at once.
const PAGE: u32 = 200;

/// How far a walk over wrapped keys is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyProgress {
    /// Keys that were looked at.
    pub done: u64,
    /// Keys that there were when it began.
    pub total: u64,
}

/// One tenant's keys in one key management.
#[derive(Clone, Debug)]
pub struct KeyStatus {
    /// The tenant.
    pub tenant: TenantId,
    /// Who wraps.
    pub kms: KmsKind,
    /// Whether new data keys are wrapped by it.
    pub wraps_new: bool,
    /// The versions that there are; nothing where the tenant has no key there.
    pub versions: Option<KeyVersions>,
    /// How many artefacts each version wraps, oldest first.
    pub in_use: Vec<KeyUse>,
    /// The newest erasure epoch.
    pub epoch: Option<KeyEpoch>,
}

/// What came of a walk over wrapped keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrapped {
    /// Artefacts whose wrapped key was replaced.
    pub replaced: u64,
    /// Artefacts that no key opens: their version is destroyed, or their row was changed.
    pub unopenable: Vec<ArtefactId>,
}

impl Rewrapped {
    pub(super) fn add(&mut self, other: Self) {
        self.replaced += other.replaced;
        self.unopenable.extend(other.unopenable);
    }
}

impl Vault {
    /// Returns who wraps new data keys.
    pub fn wraps_new(&self) -> KmsKind {
        self.kms().which()
    }

    /// Returns all tenants that have or had something here.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn tenants(&self) -> Result<Vec<TenantId>, VaultError> {
        Ok(self.wait(self.catalog().tenants())?)
    }

    /// Returns the state of every tenant's keys in every key management that is set up, and of those
    /// in others where artefacts still need them.
    ///
    /// # Errors
    /// [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn key_status(&self) -> Result<Vec<KeyStatus>, VaultError> {
        let in_use = self.wait(self.catalog().keys_in_use())?;
        let mut found = Vec::new();
        for tenant in self.tenants()? {
            for kms in [KmsKind::Local, KmsKind::Transit] {
                let of_this = |entry: &&KeyUse| (entry.tenant, entry.kms) == (tenant, kms);
                let in_use: Vec<_> = in_use.iter().filter(of_this).copied().collect();
                let versions = match self.kms_of(kms) {
                    Ok(kms) => kms.key_versions(tenant)?,
                    Err(_) => None,
                };
                if versions.is_none() && in_use.is_empty() {
                    continue;
                }
                found.push(KeyStatus {
                    tenant,
                    kms,
                    wraps_new: self.wraps_new() == kms,
                    versions,
                    in_use,
                    epoch: self.wait(self.catalog().key_epoch(tenant, kms))?,
                });
            }
        }
        Ok(found)
    }

    /// Makes a new version of a tenant's key in the key management that wraps new data keys, and
    /// returns its number. Nothing is wrapped again: see [`Vault::rewrap`].
    ///
    /// # Errors
    /// [`VaultError::Key`], and those of [`Vault::audit`] where the audit log does not learn of it.
    pub fn rotate_key(&self, tenant: TenantId, now: Timestamp) -> Result<u32, VaultError> {
        let version = self.kms().rotate_key(tenant)?;
        let kms = Word::new(self.wraps_new());
        self.audit(
            AuditEvent::KeyRotated {
                tenant,
                kms,
                version,
            },
            now,
        )?;
        Ok(version)
    }

    /// Wraps every data key of a tenant under the newest version of the tenant's key, each in the key
    /// management where it is.
    ///
    /// # Errors
    /// [`VaultError::Key`], among others where a key management is not set up,
    /// [`VaultError::Catalog`], and those of [`Vault::audit`]. What was done stays done.
    pub fn rewrap(
        &self,
        tenant: TenantId,
        now: Timestamp,
        progress: &mut dyn FnMut(KeyProgress),
    ) -> Result<Rewrapped, VaultError> {
        let mut all = Rewrapped::default();
        for kms in self.kinds_in_use(tenant)? {
            let kms = self.kms_of(kms)?;
            if let Some(versions) = kms.key_versions(tenant)? {
                let found = self.rewrap_below(tenant, kms, versions.newest, progress)?;
                let event = AuditEvent::KeyRewrapped {
                    tenant,
                    kms: Word::new(kms.which()),
                    version: versions.newest,
                    artefacts: found.replaced,
                };
                self.audit(event, now)?;
                all.add(found);
            }
            self.rewrap_holds(tenant, kms.which(), |context, wrapped| {
                kms.rewrap_key(context, wrapped)
            })?;
        }
        Ok(all)
    }

    /// Moves the data keys of all tenants from one key management to another. New artefacts go where
    /// the settings say, so change those first. The keys that wrapped before stay, for what may have
    /// to be restored from a backup; the next erasure epoch destroys what is not needed of them.
    ///
    /// # Errors
    /// [`VaultError::Key`], [`VaultError::Catalog`] and those of [`Vault::audit`]. What was moved
    /// stays moved, and everything can be read all the time.
    pub fn migrate_keys(
        &self,
        from: KmsKind,
        to: KmsKind,
        now: Timestamp,
        progress: &mut dyn FnMut(KeyProgress),
    ) -> Result<Rewrapped, VaultError> {
        let mut all = Rewrapped::default();
        if from == to {
            return Ok(all);
        }
        let (from, to) = (self.kms_of(from)?, self.kms_of(to)?);
        for tenant in self.tenants()? {
            let below = None;
            let kms = from.which();
            let moved = self.walk(
                Wrapped { tenant, kms, below },
                progress,
                |context, wrapped| to.wrap_key(context, &from.unwrap_key(context, wrapped)?),
            )?;
            self.rewrap_holds(tenant, kms, |context, wrapped| {
                to.wrap_key(context, &from.unwrap_key(context, wrapped)?)
            })?;
            if moved.replaced > 0 {
                self.write_wrapped_keys(tenant)?;
                let event = AuditEvent::KeyMigrated {
                    tenant,
                    from: Word::new(kms),
                    to: Word::new(to.which()),
                    artefacts: moved.replaced,
                };
                self.audit(event, now)?;
            }
            all.add(moved);
        }
        Ok(all)
    }

    /// Returns how many data keys a key management wraps, of all tenants.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn count_wrapped_by(&self, kms: KmsKind) -> Result<u64, VaultError> {
        let in_use = self.wait(self.catalog().keys_in_use())?;
        let of_this = in_use.iter().filter(|entry| entry.kms == kms);
        Ok(of_this.map(|entry| entry.artefacts).sum())
    }

    /// Wraps the data keys again that versions below `below` wrap.
    pub(super) fn rewrap_below(
        &self,
        tenant: TenantId,
        kms: &dyn Kms,
        below: u32,
        progress: &mut dyn FnMut(KeyProgress),
    ) -> Result<Rewrapped, VaultError> {
        let wanted = Wrapped {
            tenant,
            kms: kms.which(),
            below: Some(below),
        };
        self.walk(wanted, progress, |context, wrapped| {
            kms.rewrap_key(context, wrapped)
        })
    }

    /// Replaces wrapped keys one by one. What can never be unwrapped is left and reported.
    fn walk(
        &self,
        wanted: Wrapped,
        progress: &mut dyn FnMut(KeyProgress),
        replace: impl Fn(&KeyContext, &WrappedKey) -> Result<WrappedKey, KeyError>,
    ) -> Result<Rewrapped, VaultError> {
        let total = self.wait(self.catalog().count_wrapped(wanted))?;
        let mut found = Rewrapped::default();
        let mut done = 0;
        self.each_wrapped(wanted, |row| {
            let mut tries = 0;
            let replaced = loop {
                tries += 1;
                match self.replace_once(row, &replace) {
                    // An epoch began in between. Asking for the versions makes a keyring look at its
                    // file again, so that the next try wraps with the newest.
                    Err(VaultError::Catalog(CatalogError::StaleKey { .. })) if tries < 3 => {
                        for kms in self.all_kms() {
                            kms.key_versions(wanted.tenant)?;
                        }
                    }
                    replaced => break replaced,
                }
            };
            match replaced {
                Ok(replaced) => found.replaced += u64::from(replaced),
                Err(VaultError::Key(error)) if error.is_final() => found.unopenable.push(row.id),
                Err(error) => return Err(error),
            }
            done += 1;
            progress(KeyProgress { done, total });
            Ok(())
        })?;
        Ok(found)
    }

    fn replace_once(
        &self,
        row: &ArtefactRow,
        replace: impl Fn(&KeyContext, &WrappedKey) -> Result<WrappedKey, KeyError>,
    ) -> Result<bool, VaultError> {
        let then = self.kept(row, replace(&key_context(row)?, &row.wrapped_key)?)?;
        self.replace_wrapped_key(row, &then)
    }

    /// Says whether the row took the key. It does not where somebody else was faster.
    pub(super) fn replace_wrapped_key(
        &self,
        row: &ArtefactRow,
        then: &WrappedKey,
    ) -> Result<bool, VaultError> {
        let catalog = self.catalog();
        let tenant = row.object_key.tenant;
        let replaced = catalog.replace_wrapped_key(tenant, row.id, &row.wrapped_key, then);
        Ok(self.wait(replaced)?)
    }

    /// Returns the new form of a data key if it leads to the key that the artefact is committed to.
    fn kept(&self, row: &ArtefactRow, then: WrappedKey) -> Result<WrappedKey, KeyError> {
        if self.opens(row, &then)? {
            return Ok(then);
        }
        // The row may have been changed before; then no form of its key opens.
        if self.opens(row, &row.wrapped_key)? {
            Err(KeyError::NotKept { kms: then.kms })
        } else {
            Err(KeyError::NotAuthentic)
        }
    }

    /// Says whether a wrapped key leads to the key that an artefact is committed to.
    pub(super) fn opens(&self, row: &ArtefactRow, wrapped: &WrappedKey) -> Result<bool, KeyError> {
        let place = row.object_key;
        let (tenant, recording) = (place.tenant, place.recording);
        let context = KeyContext::new(tenant, recording, place.artefact, row.subject);
        let key = self.kms_of(wrapped.kms)?.unwrap_key(&context, wrapped)?;
        let sealed = SealContext::new(tenant, recording, place.artefact, row.kind);
        Ok(sealed.commitment(&key) == row.sealed.commitment)
    }

    /// Goes through artefacts with such a wrapped key.
    pub(super) fn each_wrapped(
        &self,
        wanted: Wrapped,
        mut visit: impl FnMut(&ArtefactRow) -> Result<(), VaultError>,
    ) -> Result<(), VaultError> {
        let mut after = None;
        loop {
            let rows = self.wait(self.catalog().wrapped(wanted, after, PAGE))?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after = Some(last.id);
            rows.iter().try_for_each(&mut visit)?;
        }
    }

    /// Returns the key managements that wrap something of a tenant.
    pub(super) fn kinds_in_use(&self, tenant: TenantId) -> Result<Vec<KmsKind>, VaultError> {
        let in_use = self.wait(self.catalog().keys_in_use())?;
        let mut kinds: Vec<_> = in_use
            .iter()
            .filter(|entry| entry.tenant == tenant)
            .map(|entry| entry.kms)
            .collect();
        kinds.dedup();
        Ok(kinds)
    }
}

/// Returns what the data key of an artefact is bound to. A row whose parts name different artefacts
/// was changed by hand.
pub(crate) fn key_context(row: &ArtefactRow) -> Result<KeyContext, CatalogError> {
    let key = row.object_key;
    if (key.recording, key.artefact) != (row.recording, row.id) {
        return Err(CatalogError::Unreadable {
            column: "object_key",
        });
    }
    Ok(KeyContext::new(
        key.tenant,
        key.recording,
        key.artefact,
        row.subject,
    ))
}

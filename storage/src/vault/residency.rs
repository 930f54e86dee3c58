//! Where the objects of a vault lie.

use scrim_policy::{AuditEvent, Line};

use super::{Vault, VaultError};
use crate::{
    capabilities::{self, Capabilities, Record, Store, Throwaway},
    catalog::CatalogError,
    residency::{ResidencyError, StorageVerdict, Verdict},
    timestamp::Timestamp,
};

impl Vault {
    /// Checks the place of the objects and says what was found. **Nothing is published without it**:
    /// a job asks right before it signs its proof.
    ///
    /// # Errors
    /// [`VaultError::Object`] with a [`ResidencyError`] where recordings may not be kept there or
    /// nobody can tell, and [`VaultError::Audit`].
    pub fn storage_verdict(&self, now: Timestamp) -> Result<StorageVerdict, VaultError> {
        let Some(bucket) = self.objects().bucket() else {
            return Ok(StorageVerdict::local_files());
        };
        let verdict = self.accounted(self.wait(bucket.recheck(now)), now)?;
        Ok(StorageVerdict::Bucket(Box::new(verdict)))
    }

    /// Checks the place again where the last check is an hour old or has refused. Every artefact
    /// asks before it is begun.
    pub(crate) fn recheck_residency_if_due(&self, now: Timestamp) -> Result<(), VaultError> {
        let Some(bucket) = self.objects().bucket() else {
            return Ok(());
        };
        match self.wait(bucket.recheck_if_due(now)).transpose() {
            Some(checked) => self.accounted(checked, now).map(drop),
            None => Ok(()),
        }
    }

    /// Refuses where the last check of the place did.
    pub(super) fn refuse_stopped_place(&self) -> Result<(), VaultError> {
        let Some(bucket) = self.objects().bucket() else {
            return Ok(());
        };
        bucket.writer()?;
        Ok(())
    }

    /// Writes a verdict to the audit log, a good or a bad one, before anybody acts on it. Whoever
    /// opens a bucket hands over what was found then.
    ///
    /// # Errors
    /// [`VaultError::Audit`]. The bucket must not be used then.
    pub fn note_verdict(&self, verdict: &Verdict, now: Timestamp) -> Result<(), VaultError> {
        let summary = Line::new(&verdict.to_string());
        let ok = verdict.allowed;
        self.audit(AuditEvent::ResidencyVerdict { ok, summary }, now)
            .map(drop)
    }

    fn accounted(
        &self,
        checked: Result<Verdict, ResidencyError>,
        now: Timestamp,
    ) -> Result<Verdict, VaultError> {
        match &checked {
            Ok(verdict) => self.note_verdict(verdict, now)?,
            Err(error) => {
                if let Some(verdict) = error.verdict() {
                    self.note_verdict(verdict, now)?;
                }
            }
        }
        Ok(checked?)
    }

    /// Tries out what the object store can do, and keeps the signed result in the catalog. Whatever
    /// is put into the store for that is removed again.
    ///
    /// # Errors
    /// [`VaultError::Object`], [`VaultError::Entropy`], [`VaultError::Audit`] and
    /// [`VaultError::Catalog`].
    pub fn probe_store(
        &self,
        throwaway: Throwaway,
        progress: &dyn Fn(&str),
        now: Timestamp,
    ) -> Result<Option<Capabilities>, VaultError> {
        let Some(bucket) = self.objects().bucket() else {
            return Ok(None);
        };
        let verdict = self.accounted(self.wait(bucket.recheck(now)), now)?;
        let found = self.wait(capabilities::probe(
            bucket, verdict, throwaway, progress, now,
        ))?;
        let record = Record::sign(self.keyring(), &found);
        self.wait(self.catalog().keep_capabilities(&found.store, &record, now))?;
        Ok(Some(found))
    }

    /// Returns what the last probe of a store has found, where there was one and its signature is
    /// right.
    ///
    /// # Errors
    /// [`VaultError::Catalog`], and [`crate::CatalogError::Unreadable`] where the record was changed.
    pub fn capabilities(&self, store: &Store) -> Result<Option<Capabilities>, VaultError> {
        let record = self.wait(self.catalog().newest_capabilities(store))?;
        let Some(record) = record else {
            return Ok(None);
        };
        let found = record.read(&self.keyring().public_key(), store);
        let changed = CatalogError::Unreadable {
            column: "store_capability.payload",
        };
        Ok(Some(found.ok_or(changed)?))
    }
}

//! Batches, seen from a thread.

use scrim_policy::{BatchId, RecordingId, TenantId};

use super::{Vault, VaultError};
use crate::{
    catalog::{BatchItemRow, BatchRow, ItemOutcome, RecordingState},
    digest::{KeyedDigest, Sha256Digest},
    timestamp::{Timestamp, new_batch_id},
};

impl Vault {
    /// Begins a batch or takes it up again, see the catalog. Each item is where its source lies and
    /// what is made of it, both hashed with a key.
    ///
    /// # Errors
    /// [`VaultError::Entropy`] and [`VaultError::Catalog`].
    pub fn begin_batch(
        &self,
        tenant: TenantId,
        key: KeyedDigest,
        items: &[(KeyedDigest, KeyedDigest)],
        now: Timestamp,
    ) -> Result<BatchId, VaultError> {
        let new_id = new_batch_id(now)?;
        Ok(self.wait(self.catalog().begin_batch(tenant, key, items, new_id, now))?)
    }

    /// Records that somebody works on a source of a batch.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn start_item(
        &self,
        batch: BatchId,
        locator: KeyedDigest,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().start_item(batch, locator, now))?)
    }

    /// Records how a try at a source of a batch ended.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn end_item(
        &self,
        batch: BatchId,
        locator: KeyedDigest,
        outcome: &ItemOutcome,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().end_item(batch, locator, outcome, now))?)
    }

    /// Returns a batch by its key, if it was ever begun.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn batch_by_key(
        &self,
        tenant: TenantId,
        key: KeyedDigest,
    ) -> Result<Option<BatchId>, VaultError> {
        Ok(self.wait(self.catalog().batch_by_key(tenant, key))?)
    }

    /// Returns a batch.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn batch(&self, batch: BatchId) -> Result<Option<BatchRow>, VaultError> {
        Ok(self.wait(self.catalog().batch(batch))?)
    }

    /// Returns the batches that were run last, newest first.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn batches(&self, tenant: TenantId, limit: u32) -> Result<Vec<BatchRow>, VaultError> {
        Ok(self.wait(self.catalog().batches(tenant, limit))?)
    }

    /// Returns the sources of a batch.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn batch_items(&self, batch: BatchId) -> Result<Vec<BatchItemRow>, VaultError> {
        Ok(self.wait(self.catalog().batch_items(batch))?)
    }

    /// Returns how many times faster than real time sources were made lately, or nothing where none
    /// was.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn batch_speed(&self, tenant: TenantId) -> Result<Option<f64>, VaultError> {
        let pace = self.wait(self.catalog().batch_pace(tenant))?;
        let length: f64 = pace.iter().map(|(length, _)| *length as f64 / 1e9).sum();
        let work: f64 = pace.iter().map(|(_, work)| *work as f64 / 1e6).sum();
        Ok((work > 0.0).then(|| length / work))
    }

    /// Says that a recording is made by a batch: its verdict will take the place of those before.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn join_batch(&self, batch: BatchId, recording: RecordingId) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().join_batch(batch, recording))?)
    }

    /// Takes a recording over into a batch that was made before, and returns its state afterwards: one
    /// that the batch itself has withdrawn is published again.
    ///
    /// # Errors
    /// [`VaultError::Catalog`], with [`crate::CatalogError::SourceWithdrawn`] where a person has
    /// withdrawn what was made of the same source.
    pub fn adopt(
        &self,
        batch: BatchId,
        recording: RecordingId,
        now: Timestamp,
    ) -> Result<RecordingState, VaultError> {
        let adopted = self.catalog().adopt(self.author(), batch, recording, now);
        Ok(self.wait(adopted)?)
    }

    /// Withdraws what a batch has published of a source that its policy does not fit any more.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn refuse_in_batch(
        &self,
        batch: BatchId,
        tenant: TenantId,
        source_sha256: Sha256Digest,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let refused =
            self.catalog()
                .refuse_in_batch(self.author(), batch, tenant, source_sha256, now);
        Ok(self.wait(refused)?)
    }

    /// Makes sure that nobody has withdrawn what was made of a source.
    ///
    /// # Errors
    /// [`VaultError::Catalog`], with [`crate::CatalogError::SourceWithdrawn`].
    pub fn check_not_withdrawn(
        &self,
        tenant: TenantId,
        source_sha256: Sha256Digest,
    ) -> Result<(), VaultError> {
        let checked = self
            .catalog()
            .check_not_withdrawn(self.author(), tenant, source_sha256);
        Ok(self.wait(checked)?)
    }
}

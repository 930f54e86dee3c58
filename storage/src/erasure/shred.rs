//! Destroying the keys of what was erased.

use super::ErasureError;
use crate::{
    catalog::{ErasureRow, Reach},
    keyring::WrappedKey,
    timestamp::Timestamp,
    vault::{ShreddedKey, Vault, VaultError},
};

/// How many epochs may be needed: one that was begun before, and one of our own.
const EPOCHS: u32 = 2;

impl Vault {
    /// Makes sure that nothing opens what was erased, from wherever a copy of its wrapped key may
    /// turn up. Doing it again begins one more epoch and harms nobody.
    pub(super) fn shred(&self, erasure: &ErasureRow, now: Timestamp) -> Result<(), VaultError> {
        let places = self.wait(self.catalog().places(erasure.id))?;
        let mut wrapped: Vec<WrappedKey> = places
            .into_iter()
            .filter_map(|place| place.wrapped_key)
            .collect();
        // Words of people have no key each. The key of all of them is replaced, and what wrapped it is
        // destroyed: an old copy of the catalog then opens none.
        let invited = self.wait(self.catalog().frozen_invited(erasure.id))?;
        if !invited.is_empty() {
            let words = self.wait(self.catalog().words_key(erasure.tenant))?;
            wrapped.extend(words.map(|words| words.wrapped));
        }
        let oldest = if erasure.reach == Reach::Tenant {
            self.destroy_tenant_keys(erasure.tenant, now)?;
            None
        } else if wrapped.is_empty() {
            None
        } else {
            Some(self.shred_past(erasure, &wrapped, now)?)
        };
        Ok(self.wait(self.catalog().shredded(erasure, oldest, now))?)
    }

    /// Runs epochs until none is left of the versions that wrapped what was erased. An epoch that
    /// somebody else had begun may end below them. Returns the oldest version that is left.
    fn shred_past(
        &self,
        erasure: &ErasureRow,
        wrapped: &[WrappedKey],
        now: Timestamp,
    ) -> Result<u32, VaultError> {
        for _ in 0..EPOCHS {
            let shredded = self.shred_epoch(erasure.tenant, now, &mut |_| ())?;
            if wrapped.iter().all(|key| is_destroyed(key, &shredded)) {
                let ours = shredded.iter().find(|one| one.kms == self.wraps_new());
                let oldest = ours.or(shredded.first()).map_or(0, |one| one.oldest);
                return Ok(oldest);
            }
        }
        Err(ErasureError::NotShredded {
            erasure: erasure.id,
        }
        .into())
    }
}

/// Whether the version is destroyed that wrapped a key. A key management that holds no key of the
/// tenant has none that could open.
fn is_destroyed(wrapped: &WrappedKey, shredded: &[ShreddedKey]) -> bool {
    let of_same = shredded.iter().find(|one| one.kms == wrapped.kms);
    of_same.is_none_or(|one| wrapped.version < one.oldest)
}

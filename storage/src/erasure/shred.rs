//! Destroying the keys of what was erased.

use super::ErasureError;
use crate::{
    catalog::{ErasureRow, Place, Reach},
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
        let oldest = if erasure.reach == Reach::Tenant {
            self.destroy_tenant_keys(erasure.tenant, now)?;
            None
        } else if places.iter().any(|place| place.wrapped_key.is_some()) {
            Some(self.shred_past(erasure, &places, now)?)
        } else {
            None
        };
        Ok(self.wait(self.catalog().shredded(erasure, oldest, now))?)
    }

    /// Runs epochs until none is left of the versions that wrapped what was erased. An epoch that
    /// somebody else had begun may end below them. Returns the oldest version that is left.
    fn shred_past(
        &self,
        erasure: &ErasureRow,
        places: &[Place],
        now: Timestamp,
    ) -> Result<u32, VaultError> {
        for _ in 0..EPOCHS {
            let shredded = self.shred_epoch(erasure.tenant, now, &mut |_| ())?;
            if places.iter().all(|place| is_destroyed(place, &shredded)) {
                let ours = shredded.iter().find(|one| one.kms == self.wraps_new());
                let oldest = ours.or(shredded.first()).map_or(0, |one| one.oldest);
                return Ok(oldest);
            }
        }
        let left = places.iter().find(|place| place.wrapped_key.is_some());
        let artefact = left
            .expect("only erasures with keys get here")
            .object_key
            .artefact;
        Err(ErasureError::StillOpens { artefact }.into())
    }
}

/// Whether the version is destroyed that wrapped a key. A key management that holds no key of the
/// tenant has none that could open.
fn is_destroyed(place: &Place, shredded: &[ShreddedKey]) -> bool {
    let Some(wrapped) = &place.wrapped_key else {
        return true;
    };
    let of_same = shredded.iter().find(|one| one.kms == wrapped.kms);
    of_same.is_none_or(|one| wrapped.version < one.oldest)
}

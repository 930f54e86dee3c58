//! Looking again: the store, the keys, the catalog.

use std::collections::HashSet;

use crate::{
    catalog::{ErasureRow, Frozen, FrozenInvited, Place, Reach, RecordingFate},
    keyring::{KeyContext, KeyError},
    objects::{ObjectKey, StoredName, Unfinished},
    vault::{Vault, VaultError},
};

use super::ErasureError;

/// How often objects that are in the store again are deleted again: a run that was writing when it
/// was stopped may have finished one more.
const ROUNDS: u32 = 3;

/// Everything that must not be found in the catalog: ids of artefacts, of recordings whose rows go,
/// and of what goes of rooms.
pub(super) fn words(
    frozen: &[Frozen],
    invited: &[FrozenInvited],
    places: &[Place],
) -> HashSet<String> {
    let gone = frozen
        .iter()
        .filter(|one| one.fate == RecordingFate::Deleted);
    let artefacts = places
        .iter()
        .map(|place| place.object_key.artefact.to_string());
    gone.map(|one| one.recording.to_string())
        .chain(artefacts)
        .chain(invited.iter().map(|one| one.id()))
        .collect()
}

impl Vault {
    /// Shows that nothing is left.
    ///
    /// # Errors
    /// [`ErasureError::LeftInStore`], [`ErasureError::LeftInCatalog`],
    /// [`ErasureError::StillOpens`], and those of looking.
    pub(super) fn prove(&self, erasure: &ErasureRow) -> Result<(), VaultError> {
        let frozen = self.wait(self.catalog().frozen(erasure.id))?;
        let invited = self.wait(self.catalog().frozen_invited(erasure.id))?;
        let places = self.wait(self.catalog().places(erasure.id))?;
        self.prove_store(erasure, &frozen, &places)?;
        for place in &places {
            self.prove_key(place)?;
        }
        let found = self.wait(self.catalog().search(&words(&frozen, &invited, &places)))?;
        if let Some(found) = found {
            return Err(left(found.table, found.column));
        }
        if self.wait(self.catalog().people_left(erasure.id))? {
            return Err(left("participant".to_owned(), "subject".to_owned()));
        }
        Ok(())
    }

    fn prove_store(
        &self,
        erasure: &ErasureRow,
        frozen: &[Frozen],
        places: &[Place],
    ) -> Result<(), VaultError> {
        for _ in 1..ROUNDS {
            let left = self.objects_left(erasure, frozen, places)?;
            let begun = self.begun_of(erasure, frozen)?;
            if left.is_empty() && begun.is_empty() {
                return Ok(());
            }
            for key in &left {
                self.objects().delete(key)?;
            }
            for begun in &begun {
                self.objects().abort(begun)?;
            }
        }
        let left = self.objects_left(erasure, frozen, places)?.len();
        let count = (left + self.begun_of(erasure, frozen)?.len()) as u64;
        if count > 0 {
            return Err(ErasureError::LeftInStore { count }.into());
        }
        Ok(())
    }

    /// Lists what a run has begun to write of a recording that goes, or of the tenant, and that no
    /// other list shows: uploads in parts that were never completed.
    pub(super) fn begun_of(
        &self,
        erasure: &ErasureRow,
        frozen: &[Frozen],
    ) -> Result<Vec<Unfinished>, VaultError> {
        let goes = |key: &ObjectKey| match erasure.reach {
            Reach::Tenant => key.tenant == erasure.tenant,
            _ => frozen
                .iter()
                .any(|one| one.recording == key.recording && one.fate != RecordingFate::Kept),
        };
        let mut begun = self.objects().unfinished()?;
        begun.retain(|one| matches!(&one.name, Some(StoredName::Object(key)) if goes(key)));
        Ok(begun)
    }

    /// Lists the store again: of a recording that goes, nothing may be there; of one that stays, not
    /// what was deleted of it.
    fn objects_left(
        &self,
        erasure: &ErasureRow,
        frozen: &[Frozen],
        places: &[Place],
    ) -> Result<Vec<ObjectKey>, VaultError> {
        if erasure.reach == Reach::Tenant {
            let objects = self.objects().survey()?.objects.into_iter();
            let keys = objects.map(|listed| listed.key);
            return Ok(keys.filter(|key| key.tenant == erasure.tenant).collect());
        }
        let gone: HashSet<ObjectKey> = places.iter().map(|place| place.object_key).collect();
        let mut left = Vec::new();
        for one in frozen {
            let listed = self.objects().list(erasure.tenant, one.recording)?;
            let is_left =
                |key: &ObjectKey| one.fate == RecordingFate::Deleted || gone.contains(key);
            left.extend(listed.into_iter().filter(is_left));
        }
        Ok(left)
    }

    /// Tries the old wrapped key. Only a clear no counts; a key management that does not answer
    /// proves nothing.
    fn prove_key(&self, place: &Place) -> Result<(), VaultError> {
        let Some(wrapped) = &place.wrapped_key else {
            return Ok(());
        };
        let key = place.object_key;
        let context = KeyContext::new(key.tenant, key.recording, key.artefact, place.subject);
        match self.kms_of(wrapped.kms)?.unwrap_key(&context, wrapped) {
            Ok(_) => Err(ErasureError::StillOpens {
                artefact: key.artefact,
            }
            .into()),
            Err(KeyError::UnknownVersion { .. } | KeyError::NotAuthentic) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }
}

fn left(table: String, column: String) -> VaultError {
    ErasureError::LeftInCatalog { table, column }.into()
}

//! What recordings are called.

use std::collections::BTreeMap;

use scrim_policy::{RecordingId, TenantId};

use crate::{
    catalog::RECORDING,
    vault::{Vault, VaultError},
};

impl Vault {
    /// Sets the title of a recording of this tenant.
    ///
    /// # Errors
    /// [`VaultError::Catalog`], among others where there is no such recording, and
    /// [`VaultError::Key`].
    pub fn set_title(
        &self,
        tenant: TenantId,
        recording: RecordingId,
        title: &str,
    ) -> Result<(), VaultError> {
        self.with_words(tenant, |words| {
            let sealed = words.seal(RECORDING, &recording.to_string(), &title)?;
            Ok(self.wait(self.catalog().set_title(recording, sealed.as_row()))?)
        })
    }

    /// Returns the title of a recording, if it has one.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn title(
        &self,
        tenant: TenantId,
        recording: RecordingId,
    ) -> Result<Option<String>, VaultError> {
        match self.wait(self.catalog().title(tenant, recording))? {
            None => Ok(None),
            Some(sealed) => {
                let words = self.words(tenant)?;
                words
                    .open(RECORDING, &recording.to_string(), &sealed)
                    .map(Some)
            }
        }
    }

    /// Returns the titles of all recordings of a tenant that have one.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn titles(&self, tenant: TenantId) -> Result<BTreeMap<RecordingId, String>, VaultError> {
        let rows = self.wait(self.catalog().titles(tenant))?;
        if rows.is_empty() {
            return Ok(BTreeMap::new());
        }
        let words = self.words(tenant)?;
        let open = |(id, sealed): (RecordingId, Vec<u8>)| {
            Ok((id, words.open(RECORDING, &id.to_string(), &sealed)?))
        };
        rows.into_iter().map(open).collect()
    }
}

//! A model file whose content was checked.

use std::path::{Path, PathBuf};

use super::{error::ModelError, fingerprint::Fingerprint};

/// A model file that has the pinned hash. Only these are handed to whisper.cpp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedModel {
    name: String,
    path: PathBuf,
    sha256: Fingerprint,
}

impl VerifiedModel {
    /// Reads a file outside the store and compares it with its pin.
    ///
    /// # Errors
    /// When the file cannot be read or is another one.
    pub fn check(name: &str, path: &Path, sha256: Fingerprint) -> Result<Self, ModelError> {
        let found =
            Fingerprint::of_file(path).map_err(|source| ModelError::ReadStore { source })?;
        if found != sha256 {
            let model = name.to_owned();
            return Err(ModelError::WrongFingerprint {
                model,
                found,
                expected: sha256,
            });
        }
        Ok(Self::trusted(name, path.to_owned(), sha256))
    }

    /// For the store, which has checked.
    pub(super) fn trusted(name: &str, path: PathBuf, sha256: Fingerprint) -> Self {
        Self {
            name: name.to_owned(),
            path,
            sha256,
        }
    }

    /// Returns the name of the model.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the SHA-256 that the file has.
    pub const fn sha256(&self) -> Fingerprint {
        self.sha256
    }
}

//! What a command line names as a source: a file, or an original that is kept.

use std::path::{Path, PathBuf};

use scrim_ingest::{Archive, Probe, SourceBytes, SourceError};
use scrim_pipeline::job::OriginalBytes;
use scrim_policy::RecordingId;
use scrim_storage::Vault;

use super::open_input;
use crate::{failure::Failure, scan::Scanner};

/// Where a source lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file.
    File(PathBuf),
    /// An original that is kept.
    Original(RecordingId),
}

impl Place {
    /// Understands what was written. A file that is named like an id is written `./rec_…`.
    pub(crate) fn new(path: &Path) -> Self {
        let id = path.to_str().and_then(|text| text.parse().ok());
        id.map_or_else(|| Self::File(path.to_owned()), Self::Original)
    }

    /// Opens it.
    pub(crate) fn open(&self, vault: &Vault) -> Result<Box<dyn SourceBytes>, Failure> {
        match self {
            Self::File(path) => Ok(Box::new(open_input(path)?)),
            Self::Original(id) => {
                let opened = OriginalBytes::open(vault, *id).map_err(|error| {
                    Failure::from(error).hint("`scrim ls --originals` lists what is kept")
                })?;
                Ok(Box::new(opened))
            }
        }
    }

    /// Whoever runs the command knows it by this.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Original(id) => id.to_string(),
        }
    }
}

/// Looks at a source with the scanner, if there is one, and says what to be warned of.
pub(crate) fn scanned(
    scanner: Option<&Scanner>,
    vault: &Vault,
    bytes: &dyn SourceBytes,
) -> Result<Option<String>, Failure> {
    scanner.map_or(Ok(None), |scanner| scanner.check(vault, bytes))
}

/// Finds out what a source holds.
pub(crate) fn probed(bytes: &dyn SourceBytes) -> Result<Probe, SourceError> {
    let bytes = bytes
        .again()
        .map_err(|source| SourceError::Read { source })?;
    Ok(Archive::open(bytes)?.probe().clone())
}

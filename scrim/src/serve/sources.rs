//! Uploads as sources.

use std::io::{self, Read, Seek, SeekFrom};

use scrim_ingest::{Revision, SourceBytes};
use scrim_storage::{
    Vault, VaultError,
    service::{Upload, UploadReader},
};

use super::app::now;

/// An upload whose bytes are all there.
pub(crate) struct UploadBytes(UploadReader);

impl UploadBytes {
    pub(crate) fn open(vault: &Vault, upload: &Upload) -> Result<Self, VaultError> {
        vault.read_upload(upload, now()).map(Self)
    }
}

impl SourceBytes for UploadBytes {
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.0.seek(SeekFrom::Start(offset))?;
        self.0.read(out)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.length())
    }

    fn again(&self) -> io::Result<Box<dyn SourceBytes>> {
        Ok(Box::new(Self(self.0.again())))
    }

    /// Sealed pieces do not change.
    fn revision(&self) -> io::Result<Revision> {
        Ok(Revision {
            length: self.0.length(),
            changed_ns: None,
        })
    }
}

//! A kept original as the source of a job: decrypted while it is read.

use std::io::{self, Read, Seek, SeekFrom};

use scrim_ingest::{Revision, SourceBytes};
use scrim_policy::RecordingId;
use scrim_storage::{OriginalReader, Vault, VaultError};

use super::now;

/// The bytes of a kept original. **They are never written anywhere.**
#[derive(Debug)]
pub struct OriginalBytes {
    reader: OriginalReader,
}

impl OriginalBytes {
    /// Opens an original.
    ///
    /// # Errors
    /// [`VaultError::NotAnOriginal`], and those of the catalog.
    pub fn open(vault: &Vault, original: RecordingId) -> Result<Self, VaultError> {
        let reader = vault.open_original(original, now())?;
        Ok(Self { reader })
    }
}

impl SourceBytes for OriginalBytes {
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.reader.seek(SeekFrom::Start(offset))?;
        self.reader.read(out)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.reader.plaintext_bytes())
    }

    fn again(&self) -> io::Result<Box<dyn SourceBytes>> {
        let reader = self.reader.again();
        Ok(Box::new(Self { reader }))
    }

    /// What is sealed cannot change.
    fn revision(&self) -> io::Result<Revision> {
        Ok(Revision {
            length: self.reader.plaintext_bytes(),
            changed_ns: None,
        })
    }
}

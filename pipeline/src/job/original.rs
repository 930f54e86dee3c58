//! A kept original as the source of a job: decrypted while it is read.

use std::io::{self, Read, Seek, SeekFrom};

use scrim_ingest::{Revision, SourceBytes};
use scrim_policy::RecordingId;
use scrim_storage::{ArtefactReader, ArtefactRow, Vault, VaultError};

/// The bytes of a kept original. **They are never written anywhere.**
#[derive(Debug)]
pub struct OriginalBytes {
    vault: Vault,
    row: ArtefactRow,
    reader: ArtefactReader,
}

impl OriginalBytes {
    /// Opens an original.
    ///
    /// # Errors
    /// [`VaultError::NotAnOriginal`], and those of opening an artefact.
    pub fn open(vault: &Vault, original: RecordingId) -> Result<Self, VaultError> {
        let row = vault.original_artefact(original)?;
        Ok(Self {
            reader: vault.open_artefact(&row)?,
            vault: vault.clone(),
            row,
        })
    }
}

impl SourceBytes for OriginalBytes {
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.reader.seek(SeekFrom::Start(offset))?;
        self.reader.read(out)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.row.sealed.plaintext_bytes)
    }

    fn again(&self) -> io::Result<Box<dyn SourceBytes>> {
        let reader = self.vault.open_artefact(&self.row);
        Ok(Box::new(Self {
            vault: self.vault.clone(),
            row: self.row.clone(),
            reader: reader.map_err(io::Error::other)?,
        }))
    }

    /// What is sealed cannot change.
    fn revision(&self) -> io::Result<Revision> {
        Ok(Revision {
            length: self.row.sealed.plaintext_bytes,
            changed_ns: None,
        })
    }
}

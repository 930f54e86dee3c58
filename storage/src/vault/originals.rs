//! Originals, seen from a thread: taken in, looked for, and what jobs leave with them.

use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    sync::{Arc, Mutex, PoisonError},
};

use scrim_policy::{Purpose, RecordingId, TenantId};

use super::{ArtefactReader, Vault, VaultError, writing::Sealing};
use crate::{
    artefact::ArtefactKind,
    catalog::{
        ArtefactRow, ArtefactState, Cursor, Original, OriginalBegun, Page, RecordingRow,
        RecordingState, StagePart,
    },
    digest::{KeyedDigest, Sha256Digest},
    timestamp::{Timestamp, new_recording_id},
};

/// How often an original is begun, should others that were killed be in the way.
const TRIES: u32 = 4;

/// What became of an original that was taken in.
#[derive(Clone, Debug)]
pub enum Kept {
    /// It is kept now.
    New(RecordingRow),
    /// The same file was kept before. What was written is gone.
    Before(RecordingRow),
}

impl Kept {
    /// Returns the original.
    pub const fn row(&self) -> &RecordingRow {
        match self {
            Self::New(row) | Self::Before(row) => row,
        }
    }
}

/// Seals an original while it is written. **Without [`OriginalWriter::finish`] nothing is left of
/// it.**
pub struct OriginalWriter {
    vault: Vault,
    tenant: TenantId,
    sealing: Sealing,
}

impl std::fmt::Debug for OriginalWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OriginalWriter").finish_non_exhaustive()
    }
}

impl Vault {
    /// Starts an original. Its hash is found on the way, so that it is read only once.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Key`], [`VaultError::Object`] and
    /// [`VaultError::Seal`].
    pub fn create_original(
        &self,
        tenant: TenantId,
        now: Timestamp,
    ) -> Result<OriginalWriter, VaultError> {
        let recording = new_recording_id(now)?;
        Ok(OriginalWriter {
            vault: self.clone(),
            tenant,
            sealing: self.start_sealing(tenant, recording, ArtefactKind::Original, None, now)?,
        })
    }

    /// Returns the original with this hash, if it is kept.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn original_of(
        &self,
        tenant: TenantId,
        source_sha256: Sha256Digest,
    ) -> Result<Option<RecordingRow>, VaultError> {
        let key = self.original_key(source_sha256);
        Ok(self.wait(self.catalog().original_by_key(tenant, key))?)
    }

    /// Returns a page of originals, newest first, see [`crate::Catalog::originals`].
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn originals(
        &self,
        tenant: TenantId,
        from: Option<Cursor>,
        limit: u32,
    ) -> Result<Page, VaultError> {
        Ok(self.wait(self.catalog().originals(tenant, from, limit))?)
    }

    /// Returns the sealed file of an original.
    ///
    /// # Errors
    /// [`VaultError::NotAnOriginal`] for anything but an original that is kept, and
    /// [`VaultError::Catalog`].
    pub fn original_artefact(&self, recording: RecordingId) -> Result<ArtefactRow, VaultError> {
        let row = self.recording(recording)?;
        let is_original = row.is_some_and(|row| row.state == RecordingState::Original);
        let is_file = |row: &ArtefactRow| {
            row.kind == ArtefactKind::Original && row.state == ArtefactState::Complete
        };
        let file = match is_original {
            true => self.artefacts(recording)?.into_iter().find(is_file),
            false => None,
        };
        file.ok_or(VaultError::NotAnOriginal { recording })
    }

    /// Opens an original for a job. Whoever reads the first byte is in the audit log by then.
    ///
    /// # Errors
    /// Those of [`Vault::original_artefact`].
    pub fn open_original(
        &self,
        recording: RecordingId,
        now: Timestamp,
    ) -> Result<OriginalReader, VaultError> {
        Ok(OriginalReader {
            vault: self.clone(),
            row: self.original_artefact(recording)?,
            opened_at: now,
            position: 0,
            reader: None,
            is_noted: Arc::default(),
        })
    }

    /// Keeps a part with an original that other jobs of the same original can use: it goes with the
    /// original. It takes the place of what was kept of the same part before.
    ///
    /// # Errors
    /// [`VaultError::Catalog`], among others where the original is gone, and those of
    /// [`Vault::create_artefact`].
    pub fn keep_with_original(
        &self,
        original: &RecordingRow,
        kind: ArtefactKind,
        part: StagePart<'_>,
        contents: &mut impl io::Read,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let mut sealing = self.start_sealing(original.tenant, original.id, kind, None, now)?;
        io::copy(contents, &mut sealing).map_err(super::ArtefactWriter::explain)?;
        let add = |row: &ArtefactRow| Ok(self.wait(self.catalog().add_to_original(row))?);
        let ((), row, object) = sealing.finish(self, add)?;
        let recorded = object.commit().map_err(VaultError::from).and_then(|()| {
            let recording = self.catalog();
            Ok(self.wait(recording.record_with_original(original.id, part, row.id, now))?)
        });
        match recorded {
            Ok(None) => Ok(()),
            Ok(Some(replaced)) => match self.artefact(replaced)? {
                Some(old) => self.delete_all(&[old]),
                None => Ok(()),
            },
            Err(error) => {
                // Should this fail as well, it goes with the original.
                let _ = self.delete_all(&[row]);
                Err(error)
            }
        }
    }

    /// The key by which an original is found again. Whoever keeps the same file twice keeps one.
    pub(crate) fn original_key(&self, source_sha256: Sha256Digest) -> KeyedDigest {
        let parts: [&[u8]; 1] = [source_sha256.as_bytes()];
        self.keyring().keyed_digest("scrim/original/v1", &parts)
    }

    /// Takes away what a run has left that did not come to keep its original.
    fn forget_original(&self, recording: RecordingId) -> Result<(), VaultError> {
        for row in self.artefacts(recording)? {
            if row.state == ArtefactState::Pending {
                self.objects().delete(&row.object_key)?;
            }
        }
        Ok(self.wait(self.catalog().forget_unfinished_original(recording))?)
    }
}

impl OriginalWriter {
    /// Seals the rest, makes the object durable, reads it back from its first byte to its last, and
    /// only then lets it count. Where the same file is kept already, nothing is left of this one.
    ///
    /// # Errors
    /// [`VaultError::Object`], [`VaultError::Seal`], [`VaultError::Open`] where what is read back is
    /// not what was written, and [`VaultError::Catalog`], among others where another run of the same
    /// file has taken over. Nothing is left then.
    pub fn finish(self, duration_ns: Option<u64>, now: Timestamp) -> Result<Kept, VaultError> {
        let Self {
            vault,
            tenant,
            sealing,
        } = self;
        let begin = |row: &ArtefactRow| {
            let source_sha256 = row
                .sealed
                .plaintext_sha256
                .expect("what is not a working artefact is hashed");
            let original = Original {
                tenant,
                key: vault.original_key(source_sha256),
                source_sha256,
                duration_ns,
            };
            vault.begin_original(&original, row, now)
        };
        let (before, row, object) = sealing.finish(&vault, begin)?;
        if let Some(before) = before {
            return Ok(Kept::Before(before));
        }
        let kept = object
            .commit()
            .map_err(VaultError::from)
            .and_then(|()| vault.prove_object(&row))
            .and_then(|()| {
                let keep = vault.catalog().keep_original(&row, vault.author(), now);
                Ok(vault.wait(keep)?)
            });
        if let Err(error) = kept {
            // Should this fail as well, the next run of the same file does it.
            let _ = vault.objects().delete(&row.object_key);
            let _ = vault.forget_original(row.recording);
            return Err(error);
        }
        let recording = row.recording;
        let kept = vault.recording(recording)?;
        kept.map(Kept::New)
            .ok_or(VaultError::NotAnOriginal { recording })
    }
}

impl Vault {
    /// Adds the rows of an original, or returns the one that is kept already.
    fn begin_original(
        &self,
        original: &Original,
        row: &ArtefactRow,
        now: Timestamp,
    ) -> Result<Option<RecordingRow>, VaultError> {
        let mut in_the_way = row.recording;
        for _ in 0..TRIES {
            match self.wait(self.catalog().begin_original(original, row, now))? {
                OriginalBegun::New => return Ok(None),
                OriginalBegun::KeptBefore(before) => return Ok(Some(*before)),
                OriginalBegun::Unfinished(other) => {
                    in_the_way = other;
                    self.forget_original(other)?;
                }
            }
        }
        Err(VaultError::NotAnOriginal {
            recording: in_the_way,
        })
    }

    /// Reads an object from its first byte to its last, and compares it with its row.
    pub(crate) fn prove_object(&self, row: &ArtefactRow) -> Result<(), VaultError> {
        // Nobody gets it, so there is nothing to account for.
        self.open_as(row, row.sealed.clone())?
            .copy_all(&mut io::sink())?;
        Ok(())
    }
}

/// The plaintext of an original, from any place, for as many readers as a job needs. It is opened when
/// the first byte is read.
pub struct OriginalReader {
    vault: Vault,
    row: ArtefactRow,
    opened_at: Timestamp,
    position: u64,
    reader: Option<ArtefactReader>,
    /// Whether the audit log knows of it. All readers of one opening share the entry.
    is_noted: Arc<Mutex<bool>>,
}

impl std::fmt::Debug for OriginalReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OriginalReader")
            .field("row", &self.row.id)
            .finish_non_exhaustive()
    }
}

impl OriginalReader {
    /// Returns the length of the plaintext in bytes.
    pub const fn plaintext_bytes(&self) -> u64 {
        self.row.sealed.plaintext_bytes
    }

    /// Returns another reader of the same original, at its beginning.
    #[must_use]
    pub fn again(&self) -> Self {
        Self {
            vault: self.vault.clone(),
            row: self.row.clone(),
            opened_at: self.opened_at,
            position: 0,
            reader: None,
            is_noted: Arc::clone(&self.is_noted),
        }
    }

    fn open(&self) -> Result<ArtefactReader, VaultError> {
        let mut is_noted = self.is_noted.lock().unwrap_or_else(PoisonError::into_inner);
        if *is_noted {
            return self.vault.open_as(&self.row, self.row.sealed.clone());
        }
        let purpose = Purpose::Process;
        let reader = self
            .vault
            .open_artefact(&self.row, purpose, self.opened_at)?;
        *is_noted = true;
        Ok(reader)
    }
}

impl Read for OriginalReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.reader.is_none() {
            self.reader = Some(self.open().map_err(io::Error::other)?);
        }
        let Some(reader) = &mut self.reader else {
            return Ok(0);
        };
        reader.seek(SeekFrom::Start(self.position))?;
        let count = reader.read(out)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for OriginalReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.plaintext_bytes().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

impl Write for OriginalWriter {
    fn write(&mut self, plaintext: &[u8]) -> io::Result<usize> {
        self.sealing.write(plaintext)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sealing.flush()
    }
}

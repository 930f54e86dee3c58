//! Originals on their way in, piece by piece.
//!
//! Each piece is sealed by itself, so that an upload that was interrupted goes on with the next one: a
//! sealed object is never continued. When all are there, they are read in order into an original, and
//! nothing is left of them.

use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    sync::Arc,
};

use scrim_policy::{AccountId, Purpose, RecordingId, TenantId, UploadId};

use crate::{
    artefact::ArtefactKind,
    catalog::{ArtefactRow, UPLOAD, UploadRow, UploadState},
    timestamp::{Timestamp, new_id, new_recording_id},
    vault::{ArtefactReader, ArtefactWriter, Kept, Sealing, Vault, VaultError},
};

/// The stage of an upload whose parts are its pieces.
const STAGE: &str = "upload";

/// One upload.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// Whose it will be.
    pub tenant: TenantId,
    /// Who uploads.
    pub account: AccountId,
    /// What it is to be called.
    pub title: String,
    /// Length of the file.
    pub bytes: u64,
    /// How many of them are there.
    pub received: u64,
    /// When it began.
    pub begun_at: Timestamp,
    /// When the last piece came, or when it ended.
    pub seen_at: Timestamp,
    /// How far it is.
    pub state: UploadState,
    /// The original that it has become.
    pub original: Option<RecordingId>,
    /// Why it cannot become one, in a word.
    pub failure: Option<String>,
    row: UploadRow,
}

/// Seals one piece while it arrives.
pub struct PieceWriter {
    vault: Vault,
    row: UploadRow,
    sealing: Sealing,
    bytes: u64,
}

impl std::fmt::Debug for PieceWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PieceWriter").finish_non_exhaustive()
    }
}

impl Vault {
    /// Begins an upload of a file of so many bytes.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn begin_upload(
        &self,
        (tenant, account): (TenantId, AccountId),
        bytes: u64,
        title: &str,
        now: Timestamp,
    ) -> Result<Upload, VaultError> {
        let id = new_id(now).map(UploadId::from_uuid)?;
        let row = UploadRow {
            id,
            recording: new_recording_id(now)?,
            tenant,
            account,
            bytes,
            received: 0,
            pieces: 0,
            words: Vec::new(),
            begun_at: now,
            seen_at: now,
            state: UploadState::Receiving,
            original: None,
            failure: None,
        };
        let text = id.to_string();
        let key = self
            .keyring()
            .keyed_digest("scrim/upload/v1", &[text.as_bytes()]);
        self.with_words(tenant, |words| {
            let sealed = words.seal(UPLOAD, &text, &title)?;
            let beginning = self.catalog().begin_upload(&row, key, sealed.as_row());
            Ok(self.wait(beginning)?)
        })?;
        Ok(opened(row, title.to_owned()))
    }

    /// Returns an upload of a tenant.
    ///
    /// # Errors
    /// [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn upload(&self, tenant: TenantId, id: UploadId) -> Result<Option<Upload>, VaultError> {
        let row = self.wait(self.catalog().upload(tenant, id))?;
        row.map(|row| self.opened_upload(row)).transpose()
    }

    /// Returns uploads in a state that nothing was heard of since `before`, of all tenants.
    ///
    /// # Errors
    /// [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn uploads_unseen(
        &self,
        state: UploadState,
        before: Timestamp,
    ) -> Result<Vec<Upload>, VaultError> {
        let rows = self.wait(self.catalog().uploads_unseen(state, before))?;
        rows.into_iter()
            .map(|row| self.opened_upload(row))
            .collect()
    }

    fn opened_upload(&self, row: UploadRow) -> Result<Upload, VaultError> {
        let words = self.words(row.tenant)?;
        let title = words.open(UPLOAD, &row.id.to_string(), &row.words)?;
        Ok(opened(row, title))
    }

    /// Starts the next piece of an upload.
    ///
    /// # Errors
    /// Those of [`Vault::create_artefact`].
    pub fn next_piece(&self, upload: &Upload, now: Timestamp) -> Result<PieceWriter, VaultError> {
        let row = upload.row.clone();
        let kind = ArtefactKind::UploadPiece;
        Ok(PieceWriter {
            vault: self.clone(),
            sealing: self.start_sealing(row.tenant, row.recording, kind, None, now)?,
            row,
            bytes: 0,
        })
    }

    /// Reads all pieces of an upload in order into an original, and takes the pieces away.
    ///
    /// # Errors
    /// [`VaultError::Object`], [`VaultError::Open`], [`VaultError::Seal`] and [`VaultError::Catalog`].
    /// The pieces are still there then.
    pub fn finish_upload(
        &self,
        upload: &Upload,
        duration_ns: Option<u64>,
        now: Timestamp,
    ) -> Result<Kept, VaultError> {
        let mut writer = self.create_original(upload.tenant, now)?;
        io::copy(&mut self.read_upload(upload, now)?, &mut writer)
            .map_err(ArtefactWriter::explain)?;
        let kept = writer.finish(duration_ns, now)?;
        let original = kept.row().id;
        self.set_title(upload.tenant, original, &upload.title)?;
        self.delete_pieces(upload)?;
        self.wait(self.catalog().end_upload(&upload.row, Ok(original), now))?;
        Ok(kept)
    }

    /// Opens what has arrived of an upload, as one file.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn read_upload(&self, upload: &Upload, now: Timestamp) -> Result<UploadReader, VaultError> {
        let mut parts = self.finished_parts(upload.row.recording, STAGE)?;
        parts.sort_unstable_by_key(|part| part.part);
        let mut pieces = Vec::with_capacity(parts.len());
        let mut length = 0;
        for id in parts.into_iter().filter_map(|part| part.artefact) {
            if let Some(row) = self.artefact(id)? {
                let from = length;
                length += row.sealed.plaintext_bytes;
                pieces.push((from, row));
            }
        }
        Ok(UploadReader {
            vault: self.clone(),
            pieces: Arc::new(pieces),
            length,
            position: 0,
            open: None,
            now,
        })
    }

    /// Notes that an upload cannot become an original, and takes its pieces away.
    ///
    /// # Errors
    /// [`VaultError::Object`] and [`VaultError::Catalog`].
    pub fn refuse_upload(
        &self,
        upload: &Upload,
        failure: &str,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        self.delete_pieces(upload)?;
        Ok(self.wait(self.catalog().end_upload(&upload.row, Err(failure), now))?)
    }

    /// Takes an upload away with all its pieces. An original that it has become stays.
    ///
    /// # Errors
    /// [`VaultError::Object`] and [`VaultError::Catalog`].
    pub fn forget_upload(&self, upload: &Upload) -> Result<(), VaultError> {
        self.delete_pieces(upload)?;
        Ok(self.wait(self.catalog().forget_upload(&upload.row))?)
    }

    fn delete_pieces(&self, upload: &Upload) -> Result<(), VaultError> {
        for row in self.artefacts(upload.row.recording)? {
            if row.kind == ArtefactKind::UploadPiece {
                self.delete_all(&[row])?;
            }
        }
        Ok(())
    }
}

impl Write for PieceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.sealing.write(bytes)?;
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sealing.flush()
    }
}

impl PieceWriter {
    /// Returns how many bytes were written.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Lets the piece count. Nothing where another request has added one meanwhile; nothing is left
    /// of this one then.
    ///
    /// # Errors
    /// [`VaultError::Object`], [`VaultError::Seal`] and [`VaultError::Catalog`].
    pub fn finish(self, now: Timestamp) -> Result<Option<Upload>, VaultError> {
        let Self {
            vault,
            row,
            sealing,
            ..
        } = self;
        let add = |artefact: &_| Ok(vault.wait(vault.catalog().add_piece(artefact))?);
        let ((), artefact, object) = sealing.finish(&vault, add)?;
        let received = object.commit().map_err(VaultError::from).and_then(|()| {
            let receiving = vault.catalog().receive_piece(&row, &artefact, now);
            Ok(vault.wait(receiving)?)
        });
        match received {
            Ok(true) => vault.upload(row.tenant, row.id),
            Ok(false) => {
                vault.delete_all(&[artefact])?;
                Ok(None)
            }
            Err(error) => {
                // Should this fail as well, it goes with the upload.
                let _ = vault.delete_all(&[artefact]);
                Err(error)
            }
        }
    }
}

/// What has arrived of an upload, as one file, from any place.
pub struct UploadReader {
    vault: Vault,
    /// Where each piece begins.
    pieces: Arc<Vec<(u64, ArtefactRow)>>,
    length: u64,
    position: u64,
    /// Which piece is open.
    open: Option<(usize, ArtefactReader)>,
    now: Timestamp,
}

impl std::fmt::Debug for UploadReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UploadReader").finish_non_exhaustive()
    }
}

impl UploadReader {
    /// Returns another reader of the same upload, at its beginning.
    pub fn again(&self) -> Self {
        Self {
            vault: self.vault.clone(),
            pieces: self.pieces.clone(),
            length: self.length,
            position: 0,
            open: None,
            now: self.now,
        }
    }

    /// Returns the number of bytes that have arrived.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// Opens the piece that the position is in, and goes there.
    fn go(&mut self) -> io::Result<&mut ArtefactReader> {
        let after = self
            .pieces
            .partition_point(|(from, _)| *from <= self.position);
        let index = after.checked_sub(1).ok_or(io::ErrorKind::UnexpectedEof)?;
        let (from, row) = &self.pieces[index];
        if self.open.as_ref().is_none_or(|(open, _)| *open != index) {
            let opened = self.vault.open_artefact(row, Purpose::Process, self.now);
            self.open = Some((index, opened.map_err(io::Error::other)?));
        }
        let (_, reader) = self.open.as_mut().ok_or(io::ErrorKind::UnexpectedEof)?;
        reader.seek(SeekFrom::Start(self.position - from))?;
        Ok(reader)
    }
}

impl Read for UploadReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.position >= self.length {
            return Ok(0);
        }
        let count = self.go()?.read(out)?;
        self.position += count as u64;
        Ok(count)
    }
}

/// As with files, a place after the end is allowed and reads nothing.
impl Seek for UploadReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

fn opened(row: UploadRow, title: String) -> Upload {
    Upload {
        id: row.id,
        tenant: row.tenant,
        account: row.account,
        title,
        bytes: row.bytes,
        received: row.received,
        begun_at: row.begun_at,
        seen_at: row.seen_at,
        state: row.state,
        original: row.original,
        failure: row.failure.clone(),
        row,
    }
}

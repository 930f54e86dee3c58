//! Sessions that have ended: their timeline, and their layers chunk by chunk.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read, Write},
    sync::{Mutex, PoisonError},
};

use scrim_policy::{ArtefactId, Purpose, RecordingId, SubjectText};

use super::{
    Timeline, spool::folder_in, timeline::forget_people, verify_timeline, writing::writing,
};
use crate::{
    artefact::ArtefactKind,
    catalog::{ArtefactRow, ArtefactState, ErasureRow, LiveSessionRow, RecordingFate},
    digest::KeyedDigest,
    secret::DataKey,
    timestamp::Timestamp,
    vault::{ArtefactReader, ArtefactWriter, Vault, VaultError, key_context},
};

/// A timeline with longer contents than this is none.
const MOST_TIMELINE_BYTES: u64 = 256 << 20;

/// A chunk that is longer than this is none.
const MOST_CHUNK_BYTES: u32 = 16 << 20;

/// The chunks of a layer, in order.
#[derive(Debug)]
pub struct ChunksReader(io::BufReader<ArtefactReader>);

impl ChunksReader {
    /// Returns the next chunk. None behind the last one.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] where the contents are not chunks, or were changed, and those of
    /// the store.
    pub fn next_chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut length = [0; 4];
        if self.0.read(&mut length[..1])? == 0 {
            return Ok(None);
        }
        self.0.read_exact(&mut length[1..])?;
        let length = u32::from_be_bytes(length);
        if length > MOST_CHUNK_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut chunk = vec![0; length as usize];
        self.0.read_exact(&mut chunk)?;
        Ok(Some(chunk))
    }
}

/// A session that has ended, to be read.
#[derive(Debug)]
pub struct SessionReader {
    vault: Vault,
    timeline: Timeline,
    opened_at: Timestamp,
    /// Layers that the audit log knows to be opened. Whoever reads one often is one entry.
    noted: Mutex<BTreeSet<ArtefactId>>,
}

impl SessionReader {
    /// Returns what happened in it, and what was recorded.
    pub const fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Opens a layer at its first chunk. Nothing where it is not there any more.
    ///
    /// # Errors
    /// Those of [`Vault::open_artefact`].
    pub fn open(&self, layer: ArtefactId) -> Result<Option<ChunksReader>, VaultError> {
        let recording = self.timeline.session;
        let is_it = |row: &ArtefactRow| {
            row.recording == recording && row.kind.is_own() && row.state == ArtefactState::Complete
        };
        let Some(row) = self.vault.artefact(layer)?.filter(is_it) else {
            return Ok(None);
        };
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let reader = if noted.contains(&layer) {
            self.vault.open_as(&row, row.sealed.clone())?
        } else {
            let purpose = Purpose::Process;
            let reader = self.vault.open_artefact(&row, purpose, self.opened_at)?;
            noted.insert(layer);
            reader
        };
        Ok(Some(ChunksReader(io::BufReader::new(reader))))
    }
}

impl Vault {
    /// Returns a live session.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn live_session(
        &self,
        recording: RecordingId,
    ) -> Result<Option<LiveSessionRow>, VaultError> {
        Ok(self.wait(self.catalog().live_session(recording))?)
    }

    /// Opens a session that has ended, after checking that this Scrim has signed its timeline. That it
    /// was opened is in the audit log, and so is each of its layers.
    ///
    /// # Errors
    /// [`VaultError::NotAnOriginal`] where there is none, or it has not ended, [`VaultError::Proof`], and
    /// those of [`Vault::read_all`].
    pub fn open_session(
        &self,
        recording: RecordingId,
        now: Timestamp,
    ) -> Result<SessionReader, VaultError> {
        Ok(SessionReader {
            timeline: self.timeline(recording, now)?,
            vault: self.clone(),
            opened_at: now,
            noted: Mutex::default(),
        })
    }

    fn timeline(&self, recording: RecordingId, now: Timestamp) -> Result<Timeline, VaultError> {
        let row = self.timeline_row(recording)?;
        let row = row.ok_or(VaultError::NotAnOriginal { recording })?;
        let json = self.read_all(&row, MOST_TIMELINE_BYTES, Purpose::Process, now)?;
        let key = self.keyring().public_key();
        let (timeline, _) = verify_timeline(&json, Some(&key))?;
        if timeline.session != recording {
            return Err(VaultError::Disagreement {
                recording,
                kind: ArtefactKind::Timeline,
            });
        }
        Ok(timeline)
    }

    /// Unwraps the data key of a layer that is spooled.
    pub(super) fn data_key(&self, row: &ArtefactRow) -> Result<DataKey, VaultError> {
        let context = key_context(row)?;
        let kms = self.kms_of(row.wrapped_key.kms)?;
        Ok(kms.unwrap_key(&context, &row.wrapped_key)?)
    }

    fn timeline_row(&self, recording: RecordingId) -> Result<Option<ArtefactRow>, VaultError> {
        let is_it = |row: &ArtefactRow| {
            row.kind == ArtefactKind::Timeline && row.state == ArtefactState::Complete
        };
        Ok(self.artefacts(recording)?.into_iter().find(is_it))
    }

    /// Puts timelines that do not name them in the place of those that name people who are being erased.
    /// The erasure then finds the old ones as things that have to go. Doing it again changes nothing.
    pub(crate) fn take_out_of_timelines(
        &self,
        erasure: &ErasureRow,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let people = self.wait(self.catalog().frozen_people(erasure.id))?;
        for one in self.wait(self.catalog().frozen(erasure.id))? {
            if one.fate != RecordingFate::Withdrawn || self.live_session(one.recording)?.is_none() {
                continue;
            }
            let of_this = people
                .iter()
                .filter(|person| person.recording == one.recording);
            let subjects: Vec<KeyedDigest> = of_this.map(|person| person.subject).collect();
            self.take_out_of_timeline(one.recording, &subjects, now)?;
        }
        Ok(())
    }

    fn take_out_of_timeline(
        &self,
        recording: RecordingId,
        subjects: &[KeyedDigest],
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let Some(before) = self.timeline_row(recording)? else {
            return Ok(());
        };
        let mut timeline = self.timeline(recording, now)?;
        let is_meant = |text: &SubjectText| subjects.contains(&self.subject(text));
        let is_named = forget_people(&mut timeline.entries, is_meant);
        let rows = self.artefacts(recording)?;
        let stays = |row: &&ArtefactRow| row.subject.is_none_or(|own| !subjects.contains(&own));
        let stay: Vec<ArtefactId> = rows.iter().filter(stays).map(|row| row.id).collect();
        let before_them = timeline.layers.len();
        timeline
            .layers
            .retain(|layer| stay.contains(&layer.artefact));
        if !is_named && timeline.layers.len() == before_them {
            return Ok(());
        }
        let json = self.keyring().sign_timeline(&timeline).to_json();
        let tenant = before.object_key.tenant;
        let mut sealing =
            self.start_sealing(tenant, recording, ArtefactKind::Timeline, None, now)?;
        sealing
            .write_all(json.as_bytes())
            .map_err(ArtefactWriter::explain)?;
        let add = |row: &ArtefactRow| Ok(self.wait(self.catalog().add_to_original(row))?);
        let ((), row, object) = sealing.finish(self, add)?;
        object.commit()?;
        self.prove_object(&row)?;
        Ok(self.wait(self.catalog().replace_timeline(&before, row.id))?)
    }

    /// Deletes what a spool on this machine still has of artefacts that are being erased, or of whole
    /// sessions.
    pub(crate) fn forget_spools(&self, erasure: &ErasureRow) -> Result<(), VaultError> {
        let live = folder_in(self.home());
        let gone = |deleted: io::Result<()>| match deleted {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(writing(error)),
            _ => Ok(()),
        };
        for one in self.wait(self.catalog().frozen(erasure.id))? {
            if one.fate == RecordingFate::Deleted {
                gone(fs::remove_dir_all(live.join(one.recording.to_string())))?;
            }
        }
        for place in self.wait(self.catalog().places(erasure.id))? {
            let key = place.object_key;
            let file = format!("{}.log", key.artefact);
            gone(fs::remove_file(
                live.join(key.recording.to_string()).join(file),
            ))?;
        }
        Ok(())
    }
}

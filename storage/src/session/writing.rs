//! A session that is being recorded.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Write},
    sync::Arc,
};

use scrim_policy::{
    ArtefactId, ConsentPurpose, Moment, ParticipantId, PersonId, RecordingId, RoomId, TenantId,
    TimelineEntry, TimelineEvent,
};

use super::{
    LayerOwner, LayerReader, SessionSealing,
    spool::{Layer, Spool},
    timeline::{Noted, subject_texts},
};
use crate::{
    artefact::ArtefactKind,
    catalog::{ArtefactRow, ArtefactState, CatalogError, Original, Participant},
    digest::{KeyedDigest, Sha256Digest},
    keyring::KeyContext,
    objects::{ObjectError, ObjectKey},
    seal::{FORMAT, SealContext, SealedInfo},
    secret::DataKey,
    timestamp::{Timestamp, new_artefact_id, new_recording_id},
    vault::{Vault, VaultError},
};

const WRITE: &str = "write to the spool of a session";

/// A session that is being recorded: it writes the spool. One thread has it.
///
/// What is appended counts once [`Session::sync`] has returned. A session that is dropped has ended with
/// what was synced.
#[derive(Debug)]
pub struct Session {
    vault: Vault,
    spool: Arc<Spool>,
    writers: BTreeMap<ArtefactId, LayerWriter>,
    timeline: ArtefactId,
    /// Who has joined so far, in order.
    people: u16,
    subjects: BTreeMap<ParticipantId, KeyedDigest>,
}

/// The file of a layer that is being written.
#[derive(Debug)]
struct LayerWriter {
    layer: Arc<Layer>,
    file: File,
    frames: u64,
    bytes: u64,
    /// Whether something of it is not on the disk yet.
    is_dirty: bool,
}

/// Reads what is spooled of a session, from any thread. While there is one, the spool stays, also when
/// the session has ended.
#[derive(Clone, Debug)]
pub struct SpoolView(Arc<Spool>);

impl SpoolView {
    /// Returns the recording that keeps the session.
    pub fn recording(&self) -> RecordingId {
        self.0.recording
    }

    /// Opens a layer at its first chunk. Nothing where there is none, or none any more.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn open(&self, layer: ArtefactId) -> io::Result<Option<LayerReader>> {
        match self.0.layer(layer).map(|layer| layer.read()).transpose() {
            // It was destroyed a moment ago.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            opened => opened,
        }
    }
}

impl Vault {
    /// Begins a session of a room: an original that is recorded as it goes on. Returns whoever writes it, and
    /// whoever seals it while it is written.
    ///
    /// # Errors
    /// [`VaultError::Object`] where the spool cannot be made, [`VaultError::Entropy`],
    /// [`VaultError::Key`], and [`VaultError::Catalog`].
    pub fn begin_live_session(
        &self,
        tenant: TenantId,
        room: RoomId,
        now: Timestamp,
    ) -> Result<(Session, SessionSealing), VaultError> {
        let recording = new_recording_id(now)?;
        let taken = Spool::take(self.home(), tenant, recording).map_err(writing)?;
        let spool = Arc::new(taken.ok_or_else(|| gone(recording))?);
        let begun = self.begin_in(&spool, room, now);
        if begun.is_err() {
            // Nothing is in it yet.
            let _ = spool.destroy_all();
        }
        let session = begun?;
        let sealing = SessionSealing::new(self.clone(), spool, session.timeline, now);
        Ok((session, sealing))
    }

    fn begin_in(
        &self,
        spool: &Arc<Spool>,
        room: RoomId,
        now: Timestamp,
    ) -> Result<Session, VaultError> {
        let (tenant, recording) = (spool.tenant, spool.recording);
        let source_sha256 = identity(recording);
        let original = Original {
            tenant,
            key: self.original_key(source_sha256),
            source_sha256,
            duration_ns: None,
        };
        let begin = |row: &ArtefactRow| {
            let begun = self
                .catalog()
                .begin_live_session(&original, room, row, self.author(), now);
            Ok(self.wait(begun)?)
        };
        let (layer, file) = self.new_layer(spool, None, None, begin, now)?;
        let mut session = Session {
            vault: self.clone(),
            spool: spool.clone(),
            writers: BTreeMap::new(),
            timeline: layer.key.artefact,
            people: 0,
            subjects: BTreeMap::new(),
        };
        session.write(layer, file);
        Ok(session)
    }

    /// Makes a layer: its key, its file, and its row, which `enter` puts into the catalog. Should the key
    /// version that wraps the data key be destroyed meanwhile, `enter` is asked again with a newer one.
    fn new_layer(
        &self,
        spool: &Spool,
        owner: Option<LayerOwner>,
        subject: Option<KeyedDigest>,
        enter: impl Fn(&ArtefactRow) -> Result<(), VaultError>,
        now: Timestamp,
    ) -> Result<(Arc<Layer>, File), VaultError> {
        let artefact = new_artefact_id(now)?;
        let data_key = DataKey::random()?;
        let (tenant, recording) = (spool.tenant, spool.recording);
        let kind = owner.map_or(ArtefactKind::Timeline, |owner| owner.kind());
        let context = KeyContext::new(tenant, recording, artefact, subject);
        let sealed = SealContext::new(tenant, recording, artefact, kind);
        let mut row = ArtefactRow {
            id: artefact,
            recording,
            kind,
            object_key: ObjectKey {
                tenant,
                recording,
                artefact,
            },
            format: FORMAT.to_owned(),
            sealed: nothing_sealed(&sealed, &data_key),
            wrapped_key: self.kms().wrap_key(&context, &data_key)?,
            subject,
            created_at: now,
            state: ArtefactState::Pending,
        };
        let layer = Arc::new(spool.new_layer(artefact, kind, owner, data_key));
        // First, as a full disk is found here. A file without a row is swept by the next recovery.
        let file = layer.create_file().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => gone(recording),
            _ => writing(error),
        })?;
        loop {
            let stale = match enter(&row) {
                Ok(()) => return Ok((layer, file)),
                // Each epoch asks for this once.
                Err(VaultError::Catalog(CatalogError::StaleKey { oldest, .. })) => {
                    layer.with_keys(|keys| self.wrap_from(&context, &keys.data, oldest))
                }
                Err(error) => Some(Err(error)),
            };
            match stale.unwrap_or_else(|| Err(gone(recording))) {
                Ok(wrapped_key) => row.wrapped_key = wrapped_key,
                Err(error) => {
                    // The error that is reported is the first one.
                    let _ = spool.delete_file(artefact);
                    return Err(error);
                }
            }
        }
    }
}

impl Session {
    /// Returns the recording that keeps the session.
    pub fn recording(&self) -> RecordingId {
        self.spool.recording
    }

    /// Returns whoever reads it meanwhile.
    pub fn view(&self) -> SpoolView {
        SpoolView(self.spool.clone())
    }

    /// Begins a layer. It is in the timeline before anything of it is in the spool.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Key`], [`VaultError::Object`] for the spool, and
    /// [`VaultError::Catalog`], among others where the session is being erased.
    pub fn open_layer(
        &mut self,
        owner: LayerOwner,
        now: Timestamp,
    ) -> Result<ArtefactId, VaultError> {
        let subject = self.subjects.get(&owner.participant).copied();
        let vault = self.vault.clone();
        let add = |row: &ArtefactRow| Ok(vault.wait(vault.catalog().add_layer(row, owner, now))?);
        let (layer, file) = vault.new_layer(&self.spool, Some(owner), subject, add, now)?;
        let artefact = layer.key.artefact;
        self.note(&Noted::Opened { artefact, owner })?;
        self.sync_one(self.timeline).map_err(writing)?;
        self.write(layer, file);
        Ok(artefact)
    }

    /// Appends a chunk to a layer. Says whether it did: nothing is added to a layer that is closed or
    /// was destroyed.
    ///
    /// # Errors
    /// [`VaultError::Object`] for the spool, and [`VaultError::Entropy`]. Nothing more should be written
    /// then.
    pub fn append(&mut self, layer: ArtefactId, chunk: &[u8]) -> Result<bool, VaultError> {
        let Some(writer) = self.writers.get_mut(&layer) else {
            return Ok(false);
        };
        let appended = writer.append(chunk);
        if appended.is_err()
            && let Some(writer) = self.writers.remove(&layer)
        {
            // Half a frame may lie there, which nothing must follow.
            writer.layer.close();
        }
        appended
    }

    /// Ends a layer. What is in it stays.
    ///
    /// # Errors
    /// [`VaultError::Object`] for the spool.
    pub fn close_layer(&mut self, layer: ArtefactId) -> Result<(), VaultError> {
        self.sync_one(layer).map_err(writing)?;
        if let Some(writer) = self.writers.remove(&layer) {
            writer.layer.close();
        }
        Ok(())
    }

    /// Notes what happened, and that everything up to a moment was appended. It counts once
    /// [`Session::sync`] has returned.
    ///
    /// Whoever has joined can be found by an erasure from then on.
    ///
    /// # Errors
    /// Those of [`Session::append`], and [`VaultError::Catalog`].
    pub fn happened(
        &mut self,
        complete_to: Moment,
        entries: Vec<TimelineEntry>,
    ) -> Result<(), VaultError> {
        self.list_people(&entries)?;
        self.note(&Noted::Happened {
            complete_to,
            entries,
        })
    }

    /// Destroys all layers of a participant for a purpose: their keys in memory and their files at once,
    /// and what the store and the catalog have of them as soon as [`SessionSealing`] goes on. The
    /// timeline says so first, so that a crash in between changes nothing.
    ///
    /// # Errors
    /// Those of [`Session::append`].
    pub fn destroy(
        &mut self,
        participant: ParticipantId,
        purpose: ConsentPurpose,
    ) -> Result<(), VaultError> {
        self.note(&Noted::Destroyed {
            participant,
            purpose,
        })?;
        self.sync_one(self.timeline).map_err(writing)?;
        for layer in self.spool.layers() {
            let is_meant = layer
                .owner
                .is_some_and(|owner| owner.participant == participant && owner.purpose == purpose);
            if is_meant {
                self.writers.remove(&layer.key.artefact);
                self.spool.destroy(layer.key.artefact).map_err(writing)?;
            }
        }
        Ok(())
    }

    /// Forces everything to disk that was appended. The timeline goes last: what it says is complete is
    /// there.
    ///
    /// # Errors
    /// [`VaultError::Object`] for the spool. Nothing more should be written then.
    pub fn sync(&mut self) -> Result<(), VaultError> {
        let dirty = self.writers.values_mut().filter(|one| one.is_dirty);
        let (timeline, layers): (Vec<_>, Vec<_>) =
            dirty.partition(|one| one.layer.key.artefact == self.timeline);
        for writer in layers.into_iter().chain(timeline) {
            writer.sync().map_err(writing)?;
        }
        Ok(())
    }

    /// Ends the session: all layers are closed. What is left to do is done by [`SessionSealing`].
    ///
    /// # Errors
    /// [`VaultError::Object`] for the spool. What was synced before is there all the same.
    pub fn end(mut self) -> Result<(), VaultError> {
        self.sync()
    }

    fn note(&mut self, noted: &Noted) -> Result<(), VaultError> {
        let json = serde_json::to_vec(noted).expect("notes hold only texts, numbers and lists");
        let json = zeroize::Zeroizing::new(json);
        self.append(self.timeline, &json).map(drop)
    }

    fn write(&mut self, layer: Arc<Layer>, file: File) {
        let writer = LayerWriter {
            file,
            layer: layer.clone(),
            frames: 0,
            bytes: 0,
            is_dirty: false,
        };
        self.writers.insert(layer.key.artefact, writer);
        self.spool.add(layer);
    }

    fn sync_one(&mut self, layer: ArtefactId) -> io::Result<()> {
        match self.writers.get_mut(&layer) {
            Some(writer) => writer.sync(),
            None => Ok(()),
        }
    }

    fn list_people(&mut self, entries: &[TimelineEntry]) -> Result<(), VaultError> {
        let mut people = Vec::new();
        for entry in entries {
            let TimelineEvent::Joined {
                participant,
                name,
                email,
                ..
            } = &entry.event
            else {
                continue;
            };
            let texts = subject_texts(name, email.as_ref());
            let subjects: Vec<_> = texts.iter().map(|text| self.vault.subject(text)).collect();
            self.subjects
                .extend(subjects.first().map(|subject| (*participant, *subject)));
            people.push(Participant {
                person: PersonId(self.people),
                subjects,
            });
            self.people = self.people.saturating_add(1);
        }
        if people.is_empty() {
            return Ok(());
        }
        let listing = self
            .vault
            .catalog()
            .list_in_live_session(self.spool.recording, &people);
        Ok(self.vault.wait(listing)?)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for writer in std::mem::take(&mut self.writers).into_values() {
            writer.layer.close();
        }
        self.spool.end();
    }
}

impl LayerWriter {
    fn append(&mut self, chunk: &[u8]) -> Result<bool, VaultError> {
        let place = &self.layer.place;
        if !place.takes(chunk) {
            return Err(writing(io::ErrorKind::InvalidInput.into()));
        }
        let sealed = self
            .layer
            .with_keys(|keys| keys.seal(place, self.frames, chunk));
        let Some(frame) = sealed.transpose()? else {
            return Ok(false);
        };
        // Only the last frame of a file may be torn.
        self.sync().map_err(writing)?;
        self.file.write_all(&frame).map_err(writing)?;
        self.frames += 1;
        self.bytes += frame.len() as u64;
        self.is_dirty = true;
        Ok(true)
    }

    fn sync(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.is_dirty, false) {
            self.file.sync_data()?;
            self.layer.publish(self.bytes);
        }
        Ok(())
    }
}

/// What a session is found by as a source. No file has this hash.
fn identity(recording: RecordingId) -> Sha256Digest {
    Sha256Digest::of(format!("scrim/session/v1|{recording}").as_bytes())
}

/// What the row of a layer says while its contents lie in the spool.
fn nothing_sealed(context: &SealContext, key: &DataKey) -> SealedInfo {
    SealedInfo {
        plaintext_bytes: 0,
        ciphertext_bytes: 0,
        segments: 0,
        plaintext_sha256: None,
        ciphertext_sha256: Sha256Digest::of(b""),
        commitment: context.commitment(key),
    }
}

/// The session is not there any more.
fn gone(recording: RecordingId) -> VaultError {
    let doing = "record a session";
    CatalogError::NotRunning { recording, doing }.into()
}

/// Sorts an error of the spool as one of a store: a full disk is a full disk.
pub(super) fn writing(source: io::Error) -> VaultError {
    ObjectError::while_doing(WRITE, source).into()
}

//! What is spooled becomes objects in the store, while the session goes on and after its end.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use scrim_policy::{ArtefactId, RecordingId};

use super::{
    Timeline,
    copying::{OpenObject, hash_of, read_told},
    spool::{Layer, Spool},
    timeline::{self, SealedLayers},
    writing::writing,
};
use crate::{
    artefact::ArtefactKind,
    catalog::{ArtefactRow, ArtefactState, CatalogError},
    objects::{ObjectError, ObjectKey, PendingObject, StoredName},
    seal::{PlaintextHash, SealContext, Sealer},
    timestamp::Timestamp,
    vault::{ArtefactWriter, Vault, VaultError},
};

/// Objects that are open at once for layers that are still being written. Each keeps some MiB of memory;
/// what finds no room is sealed from the spool when it is closed.
const MOST_OPEN: usize = 6;

/// Objects that are open at once, those of layers that are closed included.
const MOST_OPEN_AT_ALL: usize = 8;

/// How often the catalog is told that a session goes on.
const TOUCHED_EVERY: Duration = Duration::from_secs(10 * 60);

/// How much of a layer is sealed in one go, so that a no is never waited for long.
const MOST_AT_ONCE: u64 = 8 << 20;

/// How far the sealing of a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealingState {
    /// Everything that is spooled so far is on its way. More may come.
    UpToDate,
    /// There is more to seal at once.
    More,
    /// The session has ended, and all of it is in the store.
    Over,
}

/// Seals the layers of a session while it is recorded, and its timeline in the end. One thread has it,
/// another one than the [`super::Session`], which must not wait for a store.
///
/// Whatever it could not do is done again from the spool by whoever calls it the next time.
#[derive(Debug)]
pub struct SessionSealing {
    vault: Vault,
    spool: Arc<Spool>,
    timeline: ArtefactId,
    begun_at: Timestamp,
    open: BTreeMap<ArtefactId, OpenObject>,
    sealed: SealedLayers,
    touched_at: Timestamp,
    /// Whether somebody was there to end the session.
    is_whole: bool,
}

/// What an earlier run has left of an object.
enum Left {
    /// Nothing that counts.
    Nothing,
    /// All of it.
    All(Box<ArtefactRow>),
    /// It is not wanted any more.
    Gone,
}

impl SessionSealing {
    pub(super) fn new(
        vault: Vault,
        spool: Arc<Spool>,
        timeline: ArtefactId,
        begun_at: Timestamp,
    ) -> Self {
        Self {
            vault,
            spool,
            timeline,
            begun_at,
            open: BTreeMap::new(),
            sealed: SealedLayers::new(),
            touched_at: begun_at,
            is_whole: true,
        }
    }

    /// Nobody was there to end the session.
    pub(super) fn cut(self) -> Self {
        Self {
            is_whole: false,
            ..self
        }
    }

    /// Returns the recording that keeps the session.
    pub fn recording(&self) -> RecordingId {
        self.spool.recording
    }

    /// Seals what there is to seal. To be called every second or so while the session goes on, and after
    /// its end until it is over.
    ///
    /// # Errors
    /// [`CatalogError::NotRunning`] where the session was erased, or is being erased: then nothing is
    /// left of the spool, and nothing more can be recorded. Anything else may be tried again:
    /// [`VaultError::Catalog`], [`VaultError::Object`], [`VaultError::Key`] and [`VaultError::Seal`].
    pub fn advance(&mut self, now: Timestamp) -> Result<SealingState, VaultError> {
        if let Err(error) = self.look(now) {
            if matches!(error, CatalogError::NotRunning { .. }) {
                self.open.clear();
                // The erasure deletes what is left of it.
                let _ = self.spool.destroy_all();
            }
            return Err(error.into());
        }
        self.delete_condemned()?;
        let is_over = self.spool.is_over();
        let mut is_left = false;
        for layer in self.spool.layers() {
            let id = layer.key.artefact;
            if id == self.timeline || self.sealed.contains_key(&id) {
                continue;
            }
            let some = self.seal_some(&layer, now);
            if some.is_err() {
                // A half-written object is never continued.
                self.open.remove(&id);
            }
            is_left |= some?;
        }
        if !is_over {
            return Ok(match is_left {
                true => SealingState::More,
                false => SealingState::UpToDate,
            });
        }
        if is_left || !self.spool.layers().iter().all(|one| self.is_sealed(one)) {
            return Ok(SealingState::More);
        }
        self.seal_timeline(now)?;
        self.spool.seal();
        Ok(SealingState::Over)
    }

    /// Looks whether the session is still there, and says now and then that it goes on.
    fn look(&mut self, now: Timestamp) -> Result<(), CatalogError> {
        let (catalog, recording) = (self.vault.catalog(), self.spool.recording);
        if now >= self.touched_at.after(TOUCHED_EVERY) {
            self.vault
                .wait(catalog.touch_live_session(recording, now))?;
            self.touched_at = now;
            return Ok(());
        }
        match self.vault.wait(catalog.live_session(recording))? {
            Some(row) if row.ended_at.is_none() && !row.is_being_erased => Ok(()),
            _ => Err(CatalogError::NotRunning {
                recording,
                doing: "seal a session",
            }),
        }
    }

    fn is_sealed(&self, layer: &Layer) -> bool {
        let id = layer.key.artefact;
        id == self.timeline || self.sealed.contains_key(&id)
    }

    /// Takes away what the store and the catalog have of layers that were destroyed.
    pub(super) fn delete_condemned(&mut self) -> Result<(), VaultError> {
        let mut condemned = self.spool.take_condemned();
        while let Some(id) = condemned.pop() {
            self.open.remove(&id);
            self.sealed.remove(&id);
            if let Err(error) = self.delete(id) {
                self.spool.condemn(id);
                condemned
                    .into_iter()
                    .for_each(|other| self.spool.condemn(other));
                return Err(error);
            }
        }
        Ok(())
    }

    /// Objects go before their rows: a row without an object is found again, the other way round it
    /// would not be.
    fn delete(&self, artefact: ArtefactId) -> Result<(), VaultError> {
        let vault = &self.vault;
        vault.objects().delete(&self.object_key(artefact))?;
        Ok(vault.wait(vault.catalog().remove_artefact(artefact))?)
    }

    fn object_key(&self, artefact: ArtefactId) -> ObjectKey {
        ObjectKey {
            tenant: self.spool.tenant,
            recording: self.spool.recording,
            artefact,
        }
    }

    /// Seals some of a layer. Says whether there is more to be sealed at once.
    fn seal_some(&mut self, layer: &Arc<Layer>, now: Timestamp) -> Result<bool, VaultError> {
        let id = layer.key.artefact;
        let is_closed = layer.is_closed();
        if is_closed && layer.durable() == 0 {
            // Nothing was ever in it.
            self.spool.destroy(id).map_err(writing)?;
            return Ok(true);
        }
        if !self.open.contains_key(&id) {
            let most = if is_closed {
                MOST_OPEN_AT_ALL
            } else {
                MOST_OPEN
            };
            if self.open.len() >= most {
                return Ok(is_closed);
            }
            match self.left(layer)? {
                Left::Nothing => {}
                Left::All(row) => {
                    self.count(layer, &row)?;
                    return Ok(false);
                }
                Left::Gone => {
                    self.spool.destroy(id).map_err(writing)?;
                    return Ok(true);
                }
            }
            let Some(object) = self.begin_object(layer, now)? else {
                self.spool.destroy(id).map_err(writing)?;
                return Ok(true);
            };
            self.open.insert(id, object);
        }
        let Some(object) = self.open.get_mut(&id) else {
            return Ok(false);
        };
        match object.copy_some(MOST_AT_ONCE, layer) {
            Ok(is_more) if is_more || !object.reader.is_at_end() => return Ok(is_more),
            Ok(_) => {}
            // It was destroyed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.open.remove(&id);
                return Ok(true);
            }
            Err(error) => return Err(ArtefactWriter::explain(error)),
        }
        let Some(object) = self.open.remove(&id) else {
            return Ok(false);
        };
        match self.finish_object(layer, object.sealer)? {
            Some(row) => self.count(layer, &row)?,
            None => self.spool.destroy(id).map_err(writing)?,
        }
        Ok(true)
    }

    /// Starts an object under the data key of a layer. Nothing where the layer was destroyed, or its file
    /// is gone.
    fn begin_object(
        &self,
        layer: &Arc<Layer>,
        now: Timestamp,
    ) -> Result<Option<OpenObject>, VaultError> {
        let Some(sealer) = self.begin_sealer(layer, now)? else {
            return Ok(None);
        };
        match layer.read() {
            Ok(reader) => Ok(Some(OpenObject { sealer, reader })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(writing(error)),
        }
    }

    fn begin_sealer(
        &self,
        layer: &Layer,
        now: Timestamp,
    ) -> Result<Option<Sealer<Box<dyn PendingObject>>>, VaultError> {
        self.vault.recheck_residency_if_due(now)?;
        let key = layer.key;
        let object = self.vault.objects().put(&key)?;
        let context = SealContext::new(key.tenant, key.recording, key.artefact, layer.kind);
        let hash = match layer.kind.has_plaintext_hash() {
            true => PlaintextHash::Sha256,
            false => PlaintextHash::Skip,
        };
        let sealer = layer.with_keys(|keys| Sealer::new(object, &keys.data, &context, hash));
        Ok(sealer.transpose()?)
    }

    /// Seals the rest, writes down what the object is, makes it visible and reads it back. Nothing where
    /// the layer is not wanted any more.
    fn finish_object(
        &self,
        layer: &Layer,
        sealer: Sealer<Box<dyn PendingObject>>,
    ) -> Result<Option<ArtefactRow>, VaultError> {
        let vault = &self.vault;
        let (sealed, object) = sealer.finish()?;
        let Some(row) = vault.artefact(layer.key.artefact)? else {
            return Ok(None);
        };
        let row = ArtefactRow { sealed, ..row };
        if !vault.wait(vault.catalog().describe_layer(&row))? {
            return Ok(None);
        }
        object.commit()?;
        vault.prove_object(&row)?;
        if layer.key.artefact != self.timeline {
            let completing = vault.catalog().complete_layer(row.recording, row.id);
            let completed = vault.wait(completing);
            if matches!(completed, Ok(false) | Err(CatalogError::NotRunning { .. })) {
                // Nobody would look for it any more.
                vault.objects().delete(&row.object_key)?;
            }
            if !completed? {
                return Ok(None);
            }
        }
        Ok(Some(row))
    }

    /// Finds out what an earlier run has left of an object, and clears away what does not count.
    fn left(&self, layer: &Layer) -> Result<Left, VaultError> {
        let vault = &self.vault;
        let Some(row) = vault.artefact(layer.key.artefact)? else {
            return Ok(Left::Gone);
        };
        if row.state == ArtefactState::Complete {
            return Ok(Left::All(Box::new(row)));
        }
        if row.is_spooled() {
            return Ok(Left::Nothing);
        }
        match vault.prove_object(&row) {
            Ok(()) if row.id == self.timeline => Ok(Left::All(Box::new(row))),
            Ok(()) => {
                let completing = vault.catalog().complete_layer(row.recording, row.id);
                Ok(match vault.wait(completing)? {
                    true => Left::All(Box::new(row)),
                    false => Left::Gone,
                })
            }
            Err(VaultError::Object(ObjectError::NotFound { .. }) | VaultError::Open(_)) => {
                vault.objects().delete(&row.object_key)?;
                Ok(Left::Nothing)
            }
            Err(error) => Err(error),
        }
    }

    /// Notes what was sealed of a layer.
    fn count(&mut self, layer: &Arc<Layer>, row: &ArtefactRow) -> Result<(), VaultError> {
        let sha256 = match row.sealed.plaintext_sha256 {
            Some(sha256) => sha256,
            // The catalog keeps no hash of a line of chat.
            None => hash_of(layer).map_err(writing)?,
        };
        let what = (row.sealed.plaintext_bytes, sha256, layer.is_damaged());
        self.sealed.insert(row.id, what);
        Ok(())
    }

    /// Signs and seals what happened, and ends the session.
    fn seal_timeline(&mut self, now: Timestamp) -> Result<(), VaultError> {
        let layer = self.spool.layer(self.timeline);
        let layer = layer.ok_or(CatalogError::NoArtefact {
            recording: self.spool.recording,
            artefact: self.timeline,
        })?;
        let told = read_told(&layer).map_err(writing)?;
        let duration_ns = timeline::recorded_ns(&told.entries, told.complete_to);
        match self.left(&layer)? {
            Left::All(_) => {}
            Left::Gone | Left::Nothing => {
                let timeline = Timeline {
                    schema: 0,
                    statement: String::new(),
                    session: self.spool.recording,
                    begun_at: self.begun_at.to_string(),
                    complete_to: told.complete_to,
                    is_whole: self.is_whole && !layer.is_damaged(),
                    layers: timeline::listed(&told, &self.sealed),
                    entries: told.entries,
                    public_key: None,
                };
                let json = self.vault.keyring().sign_timeline(&timeline).to_json();
                if let Some(mut sealer) = self.begin_sealer(&layer, now)? {
                    sealer
                        .write_all(json.as_bytes())
                        .map_err(ArtefactWriter::explain)?;
                    self.finish_object(&layer, sealer)?;
                }
            }
        }
        self.delete_unlisted()?;
        let (vault, recording) = (&self.vault, self.spool.recording);
        let author = vault.author();
        let ending =
            vault
                .catalog()
                .end_live_session(recording, self.timeline, duration_ns, author, now);
        Ok(vault.wait(ending)?)
    }

    /// Takes away layers that no timeline speaks of.
    fn delete_unlisted(&self) -> Result<(), VaultError> {
        for row in self.vault.artefacts(self.spool.recording)? {
            let is_listed = row.id == self.timeline || self.sealed.contains_key(&row.id);
            if (row.kind.is_own() || row.kind == ArtefactKind::Timeline) && !is_listed {
                self.delete(row.id)?;
            }
        }
        Ok(())
    }

    /// Deletes objects of the session that no row knows, and uploads that were never completed.
    pub(super) fn sweep_store(&self) -> Result<(), VaultError> {
        let (vault, recording) = (&self.vault, self.spool.recording);
        let rows = vault.artefacts(recording)?;
        let known: BTreeSet<ArtefactId> = rows.iter().map(|row| row.id).collect();
        for key in vault.objects().list(self.spool.tenant, recording)? {
            if !known.contains(&key.artefact) {
                vault.objects().delete(&key)?;
            }
        }
        for begun in vault.objects().unfinished()? {
            let is_ours = |name: &StoredName| matches!(name, StoredName::Object(key) if key.recording == recording);
            if begun.name.as_ref().is_some_and(is_ours) {
                vault.objects().abort(&begun)?;
            }
        }
        Ok(())
    }
}

//! The spool: where the layers of a session lie while it goes on.
//!
//! ```text
//! home/live/                0700
//!   rec_…/                  one session
//!     lock                  held by whoever records it, or finishes it
//!     art_….log             the frames of one layer
//! ```
//!
//! The data key of a layer is wrapped in its row of the catalog, so that an erasure epoch wraps it
//! again like all others, and an erasure finds it. Whoever records has it in memory.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use rustix::fs::OFlags;
use scrim_policy::{ArtefactId, ConsentPurpose, ParticipantId, RecordingId, TenantId, TrackId};
use serde::{Deserialize, Serialize};

use super::frame::{Durable, Found, LayerKeys, Place, Whole, read_frame, whole_frames};
use crate::{artefact::ArtefactKind, durable, objects::ObjectKey, secret::DataKey};

/// The folder of all spools, in the home of a vault.
const FOLDER: &str = "live";

/// Whose layer it is, and of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerOwner {
    /// Whose.
    pub participant: ParticipantId,
    /// For what the participant agreed.
    pub purpose: ConsentPurpose,
    /// Which track; chat is of none.
    pub track: Option<TrackId>,
}

impl LayerOwner {
    /// Returns the kind of artefact that such a layer is.
    pub(super) const fn kind(&self) -> ArtefactKind {
        match self.track {
            Some(_) => ArtefactKind::Layer,
            None => ArtefactKind::Chat,
        }
    }
}

/// The folder of one session, while somebody records it, reads it or finishes it. **It goes when the
/// last one is done with it and all of it was sealed.**
#[derive(Debug)]
pub(super) struct Spool {
    pub(super) tenant: TenantId,
    pub(super) recording: RecordingId,
    folder: PathBuf,
    layers: Mutex<BTreeMap<ArtefactId, Arc<Layer>>>,
    /// Layers that were destroyed and whose objects and rows may still be there.
    condemned: Mutex<Vec<ArtefactId>>,
    is_over: AtomicBool,
    is_sealed: AtomicBool,
    /// Nobody else touches the folder as long as it is open.
    _lock: File,
}

/// One layer of a spool.
pub(super) struct Layer {
    pub(super) key: ObjectKey,
    pub(super) kind: ArtefactKind,
    /// Nothing for the timeline.
    pub(super) owner: Option<LayerOwner>,
    pub(super) place: Place,
    path: PathBuf,
    /// Nothing once it is destroyed.
    keys: Mutex<Option<LayerKeys>>,
    durable: Durable,
    is_closed: AtomicBool,
    is_damaged: AtomicBool,
}

impl std::fmt::Debug for Layer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Layer")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// Returns where the spools of a vault lie.
pub(super) fn folder_in(home: &Path) -> PathBuf {
    home.join(FOLDER)
}

impl Spool {
    /// Takes the folder of a session, made if it is missing. Nothing where somebody else has it.
    pub(super) fn take(
        home: &Path,
        tenant: TenantId,
        recording: RecordingId,
    ) -> io::Result<Option<Self>> {
        let folder = folder_in(home).join(recording.to_string());
        durable::ensure_folder(&folder)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(folder.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        Ok(Some(Self {
            tenant,
            recording,
            folder,
            layers: Mutex::default(),
            condemned: Mutex::default(),
            is_over: AtomicBool::new(false),
            is_sealed: AtomicBool::new(false),
            _lock: lock,
        }))
    }

    /// Returns the ids of the layers that have a file, whoever wrote them.
    pub(super) fn files(&self) -> io::Result<Vec<ArtefactId>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let id = name.to_str().and_then(|name| name.strip_suffix(".log"));
            found.extend(id.and_then(|id| id.parse::<ArtefactId>().ok()));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Makes a layer that has no file yet.
    pub(super) fn new_layer(
        &self,
        artefact: ArtefactId,
        kind: ArtefactKind,
        owner: Option<LayerOwner>,
        data_key: DataKey,
    ) -> Layer {
        let key = ObjectKey {
            tenant: self.tenant,
            recording: self.recording,
            artefact,
        };
        Layer {
            place: Place::new(self.tenant, self.recording, artefact, kind),
            key,
            kind,
            owner,
            path: self.path(artefact),
            keys: Mutex::new(Some(LayerKeys::new(data_key, artefact))),
            durable: Durable::new(0),
            is_closed: AtomicBool::new(false),
            is_damaged: AtomicBool::new(false),
        }
    }

    /// Lets a layer be seen by readers.
    pub(super) fn add(&self, layer: Arc<Layer>) {
        self.lock_layers().insert(layer.key.artefact, layer);
    }

    pub(super) fn layer(&self, artefact: ArtefactId) -> Option<Arc<Layer>> {
        self.lock_layers().get(&artefact).cloned()
    }

    /// Returns all layers that are not destroyed, oldest first.
    pub(super) fn layers(&self) -> Vec<Arc<Layer>> {
        self.lock_layers().values().cloned().collect()
    }

    /// Destroys a layer: its keys in memory and its file. What else there is of it is condemned.
    ///
    /// # Errors
    /// The file cannot be deleted. Nothing opens it any more.
    pub(super) fn destroy(&self, artefact: ArtefactId) -> io::Result<()> {
        let layer = self.lock_layers().remove(&artefact);
        if let Some(layer) = &layer {
            layer.forget_keys();
        }
        lock(&self.condemned).push(artefact);
        self.delete_file(artefact)
    }

    /// Destroys everything, as the session itself is gone.
    ///
    /// # Errors
    /// The folder cannot be deleted. Nothing opens what is in it any more.
    pub(super) fn destroy_all(&self) -> io::Result<()> {
        for layer in std::mem::take(&mut *self.lock_layers()).into_values() {
            layer.forget_keys();
        }
        self.end();
        self.seal();
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Returns the layers that were destroyed, and forgets them.
    pub(super) fn take_condemned(&self) -> Vec<ArtefactId> {
        std::mem::take(&mut *lock(&self.condemned))
    }

    /// Puts a layer back whose object or row could not be deleted.
    pub(super) fn condemn(&self, artefact: ArtefactId) {
        lock(&self.condemned).push(artefact);
    }

    pub(super) fn delete_file(&self, artefact: ArtefactId) -> io::Result<()> {
        match fs::remove_file(self.path(artefact)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Nothing more is written.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::Release);
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    /// All of it lies in the store by now, so the folder may go.
    pub(super) fn seal(&self) {
        self.is_sealed.store(true, Ordering::Release);
    }

    fn path(&self, artefact: ArtefactId) -> PathBuf {
        self.folder.join(format!("{artefact}.log"))
    }

    /// A panic leaves at worst a layer out, or in, as a whole.
    fn lock_layers(&self) -> MutexGuard<'_, BTreeMap<ArtefactId, Arc<Layer>>> {
        lock(&self.layers)
    }
}

/// What is left of a folder that could not be deleted is deleted by the next recovery.
impl Drop for Spool {
    fn drop(&mut self) {
        if self.is_sealed.load(Ordering::Acquire) {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

impl Layer {
    /// Makes the file of a layer.
    pub(super) fn create_file(&self) -> io::Result<File> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&self.path)?;
        durable::sync_parent(&self.path)?;
        Ok(file)
    }

    /// Finds out what counts of a file that somebody else has left, and closes the layer.
    pub(super) fn take_over(&self) -> io::Result<()> {
        let file = self.open_file()?;
        let length = file.metadata()?.len();
        let whole = match &*lock(&self.keys) {
            Some(keys) => whole_frames(&file, length, keys, &self.place)?,
            None => Whole {
                bytes: 0,
                is_damaged: false,
            },
        };
        if whole.is_damaged {
            self.is_damaged.store(true, Ordering::Release);
        }
        self.durable.set(whole.bytes);
        self.close();
        Ok(())
    }

    /// Opens it for reading, from its first frame.
    pub(super) fn read(self: &Arc<Self>) -> io::Result<LayerReader> {
        Ok(LayerReader {
            file: self.open_file()?,
            layer: self.clone(),
            at: 0,
            number: 0,
        })
    }

    /// Does something with the keys. Nothing where the layer is destroyed.
    pub(super) fn with_keys<T>(&self, act: impl FnOnce(&LayerKeys) -> T) -> Option<T> {
        lock(&self.keys).as_ref().map(act)
    }

    /// So many bytes are on the disk.
    pub(super) fn publish(&self, bytes: u64) {
        self.durable.set(bytes);
    }

    pub(super) fn durable(&self) -> u64 {
        self.durable.get()
    }

    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    pub(super) fn note_damage(&self) {
        self.is_damaged.store(true, Ordering::Release);
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Acquire)
    }

    fn forget_keys(&self) {
        lock(&self.keys).take();
    }

    fn open_file(&self) -> io::Result<File> {
        OpenOptions::new()
            .read(true)
            // A link could lead anywhere. There are none in a spool.
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(&self.path)
    }
}

/// Reads a layer from the spool, also while it is being written.
#[derive(Debug)]
pub struct LayerReader {
    file: File,
    layer: Arc<Layer>,
    at: u64,
    number: u64,
}

impl LayerReader {
    /// Returns the next chunk. None where there is none: for now while the layer is being written, and
    /// for good afterwards.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] where the layer was destroyed, [`io::ErrorKind::InvalidData`] where a
    /// frame is not authentic, and those of the disk.
    pub fn next_chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        let length = self.layer.durable();
        let (layer, place) = (&self.layer, (self.at, length));
        let found = layer
            .with_keys(|keys| read_frame(&self.file, place, self.number, keys, &layer.place))
            .ok_or(io::ErrorKind::NotFound)??;
        match found {
            Found::Chunk(chunk, next) => {
                self.at = next;
                self.number += 1;
                Ok(Some(chunk.to_vec()))
            }
            Found::End => Ok(None),
            Found::Broken => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a frame of the spool is not authentic",
            )),
        }
    }

    /// Reads no further.
    pub(super) const fn stop(&mut self) {
        self.at = u64::MAX;
    }

    /// Whether everything was read that will ever be there.
    pub(super) fn is_at_end(&self) -> bool {
        // In this order: what is closed is written no more.
        self.layer.is_closed() && self.at >= self.layer.durable()
    }
}

/// What it protects is replaced as a whole, so a panic leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! Objects as files.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rustix::fs::OFlags;
use scrim_policy::{RecordingId, TenantId};

use super::{
    ObjectError, ObjectKey, ObjectRead, ObjectStore, Page, PendingObject, Stored, StoredName,
    Unfinished,
    incoming::{Incoming, IncomingFile},
};
use crate::durable;

/// Where files lie that are not objects yet.
const INCOMING: &str = "incoming";

/// Keeps objects as files below one folder: `tenant/recording/artefact`, folders with mode 0700,
/// files with mode 0600. What is being written lies in `incoming/` until it is complete.
#[derive(Clone, Debug)]
pub struct FileStore {
    root: PathBuf,
    incoming: Incoming,
}

impl FileStore {
    /// Opens a store, created if it was missing. What processes that are gone have left unfinished
    /// is deleted; what others are writing at this moment is not touched.
    ///
    /// # Errors
    /// [`ObjectError::Full`], [`ObjectError::ReadOnly`], [`ObjectError::Denied`] and
    /// [`ObjectError::Io`].
    pub fn open(root: &Path) -> Result<Self, ObjectError> {
        let incoming = Incoming::open(root.join(INCOMING))
            .map_err(|source| ObjectError::while_doing("open the object store", source))?;
        Ok(Self {
            root: root.to_owned(),
            incoming,
        })
    }

    fn folder(&self, tenant: TenantId, recording: RecordingId) -> PathBuf {
        self.root
            .join(tenant.to_string())
            .join(recording.to_string())
    }

    fn path(&self, key: &ObjectKey) -> PathBuf {
        self.folder(key.tenant, key.recording)
            .join(key.artefact.to_string())
    }

    fn open_file(&self, key: &ObjectKey) -> Result<File, ObjectError> {
        OpenOptions::new()
            .read(true)
            // A link could lead anywhere. There are none in a store.
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(self.path(key))
            .map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => ObjectError::NotFound { key: *key },
                _ => ObjectError::while_doing("read an object", source),
            })
    }
}

impl ObjectStore for FileStore {
    fn put(&self, key: &ObjectKey) -> Result<Box<dyn PendingObject>, ObjectError> {
        let sorted = |source| ObjectError::while_doing("start an object", source);
        let target = self.path(key);
        if target.try_exists().map_err(sorted)? {
            return Err(ObjectError::AlreadyExists { key: *key });
        }
        let file = self.incoming.create().map_err(sorted)?;
        Ok(Box::new(PendingFile {
            key: *key,
            target,
            file,
        }))
    }

    fn get(&self, key: &ObjectKey) -> Result<Box<dyn ObjectRead>, ObjectError> {
        Ok(Box::new(self.open_file(key)?))
    }

    fn size(&self, key: &ObjectKey) -> Result<u64, ObjectError> {
        let metadata = self.open_file(key)?.metadata();
        let sorted = |source| ObjectError::while_doing("read the length of an object", source);
        Ok(metadata.map_err(sorted)?.len())
    }

    fn delete(&self, key: &ObjectKey) -> Result<(), ObjectError> {
        let path = self.path(key);
        let deleted = match fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other.and_then(|()| durable::sync_parent(&path)),
        };
        deleted.map_err(|source| ObjectError::while_doing("delete an object", source))?;
        // The folder of a recording goes with its last object. While there are others this fails,
        // as it should.
        let _ = fs::remove_dir(self.folder(key.tenant, key.recording));
        Ok(())
    }

    fn list(
        &self,
        tenant: TenantId,
        recording: RecordingId,
    ) -> Result<Vec<ObjectKey>, ObjectError> {
        let sorted = |source| ObjectError::while_doing("list objects", source);
        let entries = match fs::read_dir(self.folder(tenant, recording)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(sorted)?,
        };
        let mut keys = Vec::new();
        for entry in entries {
            let name = entry.map_err(sorted)?.file_name();
            let artefact = name.to_str().and_then(|name| name.parse().ok());
            keys.extend(artefact.map(|artefact| ObjectKey {
                tenant,
                recording,
                artefact,
            }));
        }
        keys.sort_unstable();
        Ok(keys)
    }

    /// One page: whoever lists all files can hold all their names.
    fn list_all(&self, after: Option<&str>) -> Result<Page, ObjectError> {
        let mut stored = Vec::new();
        let sorted = |source| ObjectError::while_doing("list objects", source);
        collect_files(&self.root, "", &mut stored).map_err(sorted)?;
        stored.retain(|(name, _)| after.is_none_or(|after| name.as_str() > after));
        stored.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let stored = stored.into_iter().map(|(name, metadata)| {
            let changed_at = metadata.modified().map_err(sorted)?.into();
            let (name, bytes) = (StoredName::of(&name), metadata.len());
            Ok(Stored {
                name,
                bytes,
                changed_at,
            })
        });
        let stored = stored.collect::<Result<_, ObjectError>>()?;
        Ok(Page { stored, next: None })
    }

    fn unfinished(&self) -> Result<Vec<Unfinished>, ObjectError> {
        let abandoned = self.incoming.abandoned();
        let sorted = |source| ObjectError::while_doing("list unfinished objects", source);
        let unfinished = |(name, begun_at): (String, std::time::SystemTime)| Unfinished {
            name: None,
            begun_at: begun_at.into(),
            handle: name,
        };
        Ok(abandoned
            .map_err(sorted)?
            .into_iter()
            .map(unfinished)
            .collect())
    }

    fn abort(&self, unfinished: &Unfinished) -> Result<(), ObjectError> {
        self.incoming
            .delete_abandoned(&unfinished.handle)
            .map_err(|source| ObjectError::while_doing("delete an unfinished object", source))
    }
}

/// Collects the files below a folder, with their names relative to the store.
fn collect_files(
    folder: &Path,
    name: &str,
    found: &mut Vec<(String, fs::Metadata)>,
) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        // Folders go with their last object.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let own_name = entry.file_name().to_string_lossy().into_owned();
        if name.is_empty() && own_name == INCOMING {
            continue;
        }
        let name = match name {
            "" => own_name,
            folder => format!("{folder}/{own_name}"),
        };
        match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => collect_files(&entry.path(), &name, found)?,
            Ok(metadata) => found.push((name, metadata)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

struct PendingFile {
    key: ObjectKey,
    target: PathBuf,
    file: IncomingFile,
}

impl Write for PendingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.file.flush()
    }
}

impl PendingObject for PendingFile {
    fn commit(self: Box<Self>) -> Result<(), ObjectError> {
        let Self { key, target, file } = *self;
        file.move_to(&target).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => ObjectError::AlreadyExists { key },
            _ => ObjectError::while_doing("finish an object", source),
        })
    }
}

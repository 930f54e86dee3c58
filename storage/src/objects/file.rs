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
    Listed, ObjectError, ObjectKey, ObjectRead, ObjectStore, PendingObject, Survey,
    incoming::{Incoming, IncomingFile},
};
use crate::durable;

/// The folder of what is not complete.
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

    fn survey(&self) -> Result<Survey, ObjectError> {
        let sorted = |source| ObjectError::while_doing("look at the object store", source);
        let mut survey = Survey::default();
        for tenant in entries_of(&self.root).map_err(sorted)? {
            if tenant.file_name() == INCOMING {
                continue;
            }
            for recording in inside(&tenant, &mut survey).map_err(sorted)? {
                for object in inside(&recording, &mut survey).map_err(sorted)? {
                    let names = [&tenant, &recording, &object].map(fs::DirEntry::file_name);
                    let key = names
                        .map(|name| name.to_string_lossy().into_owned())
                        .join("/");
                    match key.parse() {
                        Ok(key) => survey.objects.extend(listed(key, &object).map_err(sorted)?),
                        Err(_) => survey.foreign += 1,
                    }
                }
            }
        }
        survey.objects.sort_unstable_by_key(|listed| listed.key);
        Ok(survey)
    }
}

/// Entries of a folder; none where it has just been taken away as an empty one.
fn entries_of(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => entries?.collect(),
    }
}

/// What is in a folder of the store. A file in its place is nothing of ours.
fn inside(entry: &fs::DirEntry, survey: &mut Survey) -> io::Result<Vec<fs::DirEntry>> {
    if entry.file_type()?.is_dir() {
        return entries_of(&entry.path());
    }
    survey.foreign += 1;
    Ok(Vec::new())
}

/// Describes an object, or nothing where it has just been deleted.
fn listed(key: ObjectKey, entry: &fs::DirEntry) -> io::Result<Option<Listed>> {
    match entry.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        metadata => {
            let metadata = metadata?;
            Ok(Some(Listed {
                key,
                bytes: metadata.len(),
                written_at: metadata.modified()?.into(),
            }))
        }
    }
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

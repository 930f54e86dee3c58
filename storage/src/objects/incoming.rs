//! The folder of files that are not objects yet.
//!
//! Every file in it is locked by the process that writes it. The operating system takes the lock
//! back when that process ends, however it ends; a file whose lock is free belongs to nobody.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::{durable, secret::fill_random};

/// How often a new file is tried, should a sweep of another process take it away.
const CREATE_TRIES: u32 = 16;
/// How often a file is moved, should its folder be taken away as an empty one.
const RENAME_TRIES: u32 = 4;

/// The folder, created if it was missing.
#[derive(Clone, Debug)]
pub(super) struct Incoming {
    folder: PathBuf,
}

/// A file that is being written. Dropping it deletes it.
pub(super) struct IncomingFile {
    path: PathBuf,
    pub(super) file: File,
    is_moved: bool,
}

impl Incoming {
    /// Opens the folder and deletes what processes that are gone have left in it.
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        durable::ensure_folder(&folder)?;
        let incoming = Self { folder };
        incoming.sweep()?;
        Ok(incoming)
    }

    /// Creates a file with mode 0600 under a random name.
    pub(super) fn create(&self) -> io::Result<IncomingFile> {
        for _ in 0..CREATE_TRIES {
            let mut name = [0; 8];
            fill_random(&mut name).map_err(io::Error::other)?;
            let path = self
                .folder
                .join(format!("{:016x}", u64::from_be_bytes(name)));
            let file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => {
                    let _ = fs::remove_file(&path);
                    return Err(error);
                }
            }
            // A sweep may have been between the creation and the lock.
            if file.metadata()?.nlink() > 0 {
                return Ok(IncomingFile {
                    path,
                    file,
                    is_moved: false,
                });
            }
        }
        Err(io::Error::other(
            "new files were taken away again and again",
        ))
    }

    /// Lists the files that are not moved yet and belong to no process, with their times.
    pub(super) fn abandoned(&self) -> io::Result<Vec<(String, SystemTime)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                continue;
            };
            match locked_if_abandoned(&entry.path()) {
                Ok(Some(file)) => found.push((name, file.metadata()?.modified()?)),
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Deletes such a file, unless it is gone or belongs to somebody again.
    pub(super) fn delete_abandoned(&self, name: &str) -> io::Result<()> {
        match delete_if_abandoned(&self.folder.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn sweep(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            match delete_if_abandoned(&path) {
                // On a read-only disk nothing is left behind anew, and reading still works.
                Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => other?,
            }
        }
        Ok(())
    }
}

fn delete_if_abandoned(path: &Path) -> io::Result<()> {
    // The lock is kept until the file is gone.
    if let Some(_locked) = locked_if_abandoned(path)? {
        tracing::info!("deleting an unfinished object of a process that is gone");
        fs::remove_file(path)?;
    }
    Ok(())
}

/// Returns the file, locked, if it belongs to no process.
fn locked_if_abandoned(path: &Path) -> io::Result<Option<File>> {
    let file = OpenOptions::new().write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

impl IncomingFile {
    /// Forces the contents to disk and moves the file to `target`, which must not exist yet. The
    /// folder of `target` is created if it is missing.
    pub(super) fn move_to(mut self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        self.rename_to(target)?;
        self.is_moved = true;
        let synced = durable::sync_parent(target);
        if synced.is_err() {
            // Not known to be durable, so it must not be there.
            let _ = fs::remove_file(target);
        }
        synced
    }

    fn rename_to(&self, target: &Path) -> io::Result<()> {
        for _ in 1..RENAME_TRIES {
            durable::ensure_folder_of(target)?;
            match rename_new(&self.path, target) {
                // The folder was empty and somebody has just taken it away.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                renamed => return renamed,
            }
        }
        durable::ensure_folder_of(target)?;
        rename_new(&self.path, target)
    }
}

impl Drop for IncomingFile {
    fn drop(&mut self) {
        if self.is_moved {
            return;
        }
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, "could not delete an unfinished object, it is deleted at the next start");
        }
    }
}

/// Renames without ever replacing a file.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::{
        fs::{CWD, RenameFlags, renameat_with},
        io::Errno,
    };
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Some file systems cannot do this in one step. Keys are random, so nobody else can be
        // about to use the same one.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            if to.try_exists()? {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(from, to)
        }
        renamed => Ok(renamed?),
    }
}

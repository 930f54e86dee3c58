//! A file that appears complete or not at all.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, DirEntry, File, Metadata, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{durable, secret::fill_random};

/// A file on its way to a place outside of the vault, with mode 0600. It lies beside its place until
/// [`WholeFile::commit`], which replaces what was there. Dropping it leaves nothing.
#[derive(Debug)]
pub struct WholeFile {
    path: PathBuf,
    partial: PathBuf,
    file: File,
    is_committed: bool,
}

impl WholeFile {
    /// Starts a file.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn create(path: &Path) -> io::Result<Self> {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let partial = partial_of(path)?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&partial)?;
        mark(&file);
        Ok(Self {
            path: path.to_owned(),
            partial,
            file,
            is_committed: false,
        })
    }

    /// Forces the file to disk and puts it in its place.
    ///
    /// # Errors
    /// What the operating system says. Nothing is left then.
    pub fn commit(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.partial, &self.path)?;
        self.is_committed = true;
        durable::sync_parent(&self.path)
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if !self.is_committed {
            // The error that made us stop matters more than this one.
            let _ = fs::remove_file(&self.partial);
        }
    }
}

/// For how long something unfinished may be what a process has just begun and not locked yet.
const JUST_BEGUN: Duration = Duration::from_secs(60);

const ENDING: &str = ".partial";

/// The place beside `path` where something is written to until it is whole. Nobody else has the same,
/// be it another thread, or a process of the same number in another container. What processes that
/// are gone have left beside `path` is removed: it is in the clear.
pub(super) fn partial_of(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".");
    remove_abandoned(path, &hidden);
    let mut random = [0; 8];
    fill_random(&mut random).map_err(io::Error::other)?;
    hidden.push(format!("{:016x}{ENDING}", u64::from_ne_bytes(random)));
    Ok(path.with_file_name(hidden))
}

/// Tells what was begun from what was abandoned, for as long as the file is open. Where a file system
/// knows no locks, nothing is taken for abandoned.
pub(super) fn mark(file: &File) {
    if let Err(error) = file.try_lock() {
        tracing::debug!(%error, "an unfinished file could not be locked");
    }
}

/// What cannot be removed is left for the next one: it is in nobody's way.
fn remove_abandoned(path: &Path, beginning: &OsStr) {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let bytes = name.as_encoded_bytes();
        let middle = bytes
            .strip_prefix(beginning.as_encoded_bytes())
            .and_then(|rest| rest.strip_suffix(ENDING.as_bytes()));
        let is_ours = middle
            .is_some_and(|middle| middle.len() == 16 && middle.iter().all(u8::is_ascii_hexdigit));
        if is_ours && is_abandoned(&entry) {
            let path = entry.path();
            let removed = match entry.file_type() {
                Ok(kind) if kind.is_dir() => fs::remove_dir_all(&path),
                _ => fs::remove_file(&path),
            };
            if let Err(error) = removed {
                tracing::warn!(%error, "could not remove what an earlier export has left");
            }
        }
    }
}

fn is_abandoned(entry: &DirEntry) -> bool {
    let is_old = |metadata: Metadata| {
        metadata
            .modified()
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age > JUST_BEGUN))
    };
    // A link is none of ours, and is not followed.
    let is_plain = entry.file_type().is_ok_and(|kind| !kind.is_symlink());
    is_plain
        && entry.metadata().is_ok_and(is_old)
        && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok())
}

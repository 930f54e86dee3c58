//! Files and folders that survive a power cut, or were never there.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    thread,
    time::Duration,
};

/// How often and how long a writer waits for another one. What is done under a lock takes
/// milliseconds.
const LOCK_TRIES: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// Waits for a lock file, created with mode 0600 if it is missing, or returns nothing where another
/// process has kept it for several seconds. The lock is held as long as the file is open; the
/// operating system takes it back when the process ends, however it ends.
pub(crate) fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(None)
}

/// Replaces `path` by a file with these contents and mode 0600, or leaves it as it was.
///
/// The new contents are written to `temporary` in the same folder, forced to disk and renamed. The
/// caller makes sure that nobody else uses `temporary` at the same time; what an interrupted run
/// left there is overwritten.
pub(crate) fn replace_file(path: &Path, temporary: &Path, contents: &[u8]) -> io::Result<()> {
    let replaced = write_new(temporary, contents).and_then(|()| fs::rename(temporary, path));
    if replaced.is_err() {
        // The error that is reported is the first one; leftovers are overwritten next time.
        let _ = fs::remove_file(temporary);
        return replaced;
    }
    sync_parent(path)
}

fn write_new(path: &Path, contents: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(contents)?;
    file.sync_all()
}

/// Creates a folder with mode 0700 if it is missing, its parents as well.
pub(crate) fn ensure_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    ensure_folder_of(path)?;
    match DirBuilder::new().mode(0o700).create(path) {
        // Somebody else was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync_parent(path),
    }
}

/// Creates the folder of `path` with mode 0700 if it is missing, its parents as well.
pub(crate) fn ensure_folder_of(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => ensure_folder(parent),
        _ => Ok(()),
    }
}

/// Forces the folder entry of `path` to disk.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

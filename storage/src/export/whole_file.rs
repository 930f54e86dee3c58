//! A file that appears complete or not at all.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process,
};

use crate::durable;

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

/// The place beside `path` where this process writes to. What an earlier process of the same number
/// left there is removed.
pub(super) fn partial_of(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(format!(".{}.partial", process::id()));
    let partial = path.with_file_name(hidden);
    match fs::remove_file(&partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(partial),
    }
}

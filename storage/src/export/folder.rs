//! An export as a folder.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::{
    ExportError, ExportSink,
    whole_file::{mark, partial_of},
};
use crate::durable;

/// Writes an export to a new folder with mode 0700, files with mode 0600. The folder appears when
/// the last file is written.
#[derive(Debug)]
pub struct FolderSink {
    path: PathBuf,
    partial: PathBuf,
    /// Tells others that somebody writes here.
    _lock: File,
    is_finished: bool,
}

impl FolderSink {
    /// Starts a folder. An empty one may be there already.
    ///
    /// # Errors
    /// [`ExportError::Exists`] and [`ExportError::Place`].
    pub fn create(path: &Path) -> Result<Self, ExportError> {
        let failed = |source| ExportError::Place {
            path: path.to_owned(),
            source,
        };
        match fs::read_dir(path) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(ExportError::Exists {
                        path: path.to_owned(),
                    });
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        let partial = partial_of(path).map_err(failed)?;
        durable::ensure_folder_of(path).map_err(failed)?;
        DirBuilder::new()
            .mode(0o700)
            .create(&partial)
            .map_err(failed)?;
        let lock = File::open(&partial).map_err(failed)?;
        mark(&lock);
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
            partial,
            is_finished: false,
        })
    }
}

impl ExportSink for FolderSink {
    fn format(&self) -> &'static str {
        "folder"
    }

    fn add(
        &mut self,
        path: &str,
        _bytes: u64,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let place = self.partial.join(path);
        durable::ensure_folder_of(&place).map_err(ExportError::writing)?;
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&place)
            .map_err(ExportError::writing)?;
        write(&mut file)?;
        file.sync_all().map_err(ExportError::writing)?;
        durable::sync_parent(&place).map_err(ExportError::writing)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        // This replaces an empty folder, and no other.
        fs::rename(&self.partial, &self.path).map_err(ExportError::writing)?;
        self.is_finished = true;
        durable::sync_parent(&self.path).map_err(ExportError::writing)
    }
}

impl Drop for FolderSink {
    fn drop(&mut self) {
        if !self.is_finished {
            // The error that made us stop matters more than this one.
            let _ = fs::remove_dir_all(&self.partial);
        }
    }
}

//! An export as a ZIP file, plain or encrypted.
//!
//! The file is written in one go, lengths behind the data ("data descriptors"), so that it can as
//! well go to a pipe. Encryption is WinZip AES-256, version AE-2, which carries no checksum of the
//! plaintext (<https://www.winzip.com/en/support/aes-encryption/>). Nothing is compressed: media
//! would not shrink, and a reader needs no inflater.

use std::{
    cell::RefCell,
    fmt,
    io::{self, Write},
    path::Path,
    rc::Rc,
};

use zip::{
    AesMode, CompressionMethod, ZipWriter,
    result::ZipError,
    write::{SimpleFileOptions, StreamWriter},
};

use super::{ExportError, ExportPassword, ExportSink, WholeFile};

/// Files that come near the 4 GiB that 32 bits can count get the longer fields of Zip64. Encryption
/// adds 28 bytes.
const ZIP64_FROM: u64 = u32::MAX as u64 - 1024;

/// Writes an export to a ZIP file.
pub struct ZipSink {
    zip: Option<ZipWriter<StreamWriter<Tap>>>,
    target: Slot,
    password: Option<ExportPassword>,
}

/// Where the bytes go, as long as the export is wanted.
type Slot = Rc<RefCell<Option<Target>>>;

enum Target {
    File(WholeFile),
    Stream(Box<dyn Write>),
}

impl fmt::Debug for ZipSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZipSink").finish_non_exhaustive()
    }
}

impl ZipSink {
    /// Starts a ZIP file with mode 0600. It replaces what is there when it is finished.
    ///
    /// # Errors
    /// [`ExportError::Place`].
    pub fn file(path: &Path, password: Option<ExportPassword>) -> Result<Self, ExportError> {
        let file = WholeFile::create(path).map_err(|source| ExportError::Place {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self::new(Target::File(file), password))
    }

    /// Starts a ZIP stream. One that is not finished has no index, and no program takes it for whole.
    pub fn stream(out: Box<dyn Write>, password: Option<ExportPassword>) -> Self {
        Self::new(Target::Stream(out), password)
    }

    fn new(target: Target, password: Option<ExportPassword>) -> Self {
        let target = Rc::new(RefCell::new(Some(target)));
        Self {
            zip: Some(ZipWriter::new_stream(Tap(target.clone()))),
            target,
            password,
        }
    }
}

impl ExportSink for ZipSink {
    fn format(&self) -> &'static str {
        "zip"
    }

    fn add(
        &mut self,
        path: &str,
        bytes: u64,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        let zip = self
            .zip
            .as_mut()
            .expect("a sink is used until it is finished");
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(bytes >= ZIP64_FROM)
            .unix_permissions(0o600);
        let started = match &self.password {
            Some(password) => zip.start_file(
                path,
                options.with_aes_encryption_bytes(AesMode::Aes256, password.as_bytes()),
            ),
            None => zip.start_file(path, options),
        };
        started.map_err(writing)?;
        write(zip)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        let zip = self.zip.take().expect("a sink is finished once");
        zip.finish().map_err(writing)?;
        let target = self.target.borrow_mut().take();
        match target.expect("only finishing and dropping take the target away") {
            Target::File(file) => file.commit(),
            Target::Stream(mut out) => out.flush(),
        }
        .map_err(ExportError::writing)
    }
}

/// A [`ZipWriter`] that is dropped writes the index of what it has, which would make half an export
/// look whole. So the target goes first.
impl Drop for ZipSink {
    fn drop(&mut self) {
        self.target.borrow_mut().take();
    }
}

/// The way to the target. Once the target is gone, what is written is dropped silently.
struct Tap(Slot);

impl Write for Tap {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.borrow_mut().as_mut() {
            Some(Target::File(file)) => file.write(bytes),
            Some(Target::Stream(out)) => out.write(bytes),
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.borrow_mut().as_mut() {
            Some(Target::File(file)) => file.flush(),
            Some(Target::Stream(out)) => out.flush(),
            None => Ok(()),
        }
    }
}

fn writing(error: ZipError) -> ExportError {
    ExportError::writing(match error {
        ZipError::Io(source) => source,
        other => io::Error::other(other),
    })
}

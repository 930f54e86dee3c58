//! The bytes of a source, wherever they lie.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::{FileExt, MetadataExt},
};

/// The bytes of a source: a file, or something that is decrypted while it is read.
///
/// Reading names its place, so that readers of the same bytes do not disturb each other.
pub trait SourceBytes: Send {
    /// Reads from `offset` on and returns how many bytes were read; 0 is the end.
    ///
    /// # Errors
    /// What lies below cannot be read.
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize>;

    /// Returns the length in bytes.
    ///
    /// # Errors
    /// It cannot be found out.
    fn length(&self) -> io::Result<u64>;

    /// Returns another reader of the same bytes.
    ///
    /// # Errors
    /// There can be none.
    fn again(&self) -> io::Result<Box<dyn SourceBytes>>;

    /// Returns something that is another one once the bytes were changed.
    ///
    /// # Errors
    /// It cannot be found out.
    fn revision(&self) -> io::Result<Revision>;
}

/// Which bytes they are, as far as that shows without reading them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Length in bytes.
    pub length: u64,
    /// When they last changed, in nanoseconds since 1970-01-01 UTC; `None` where they cannot change.
    pub changed_ns: Option<i128>,
}

impl SourceBytes for File {
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        FileExt::read_at(self, out, offset)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    /// The descriptor is shared, its position is not used.
    fn again(&self) -> io::Result<Box<dyn SourceBytes>> {
        Ok(Box::new(self.try_clone()?))
    }

    fn revision(&self) -> io::Result<Revision> {
        let metadata = self.metadata()?;
        let seconds = i128::from(metadata.mtime());
        Ok(Revision {
            length: metadata.len(),
            changed_ns: Some(seconds * 1_000_000_000 + i128::from(metadata.mtime_nsec())),
        })
    }
}

impl SourceBytes for Box<dyn SourceBytes> {
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.as_mut().read_at(offset, out)
    }

    fn length(&self) -> io::Result<u64> {
        self.as_ref().length()
    }

    fn again(&self) -> io::Result<Box<dyn SourceBytes>> {
        self.as_ref().again()
    }

    fn revision(&self) -> io::Result<Revision> {
        self.as_ref().revision()
    }
}

/// Reads a source from its first byte to its last.
pub struct FromStart<B> {
    bytes: B,
    position: u64,
}

impl<B: SourceBytes> FromStart<B> {
    /// Starts at the first byte.
    pub const fn new(bytes: B) -> Self {
        Self { bytes, position: 0 }
    }
}

impl<B: SourceBytes> Read for FromStart<B> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read_at(self.position, out)?;
        self.position += count as u64;
        Ok(count)
    }
}

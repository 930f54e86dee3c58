//! Where an export goes.

use std::{
    cell::Cell,
    io::{self, Write},
};

use super::ExportError;
use crate::timestamp::Timestamp;

/// What an export says about how it was made.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Name and version of the program, such as `scrim 0.1.0`.
    pub tool: &'a str,
    /// When.
    pub now: Timestamp,
}

/// How much of an export or an import is done, in bytes of plaintext.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transferred {
    /// So far.
    pub done: u64,
    /// In all.
    pub total: u64,
}

/// Takes the files of an export, one after another. **Without [`ExportSink::finish`] nothing is left
/// of it**, unless it was a stream, which then has no end.
pub trait ExportSink {
    /// The word for the format in the audit log.
    fn format(&self) -> &'static str;

    /// Adds a file of `bytes` bytes that `write` writes.
    ///
    /// # Errors
    /// What `write` fails with, and [`ExportError::Write`]. The sink is of no use then.
    fn add(
        &mut self,
        path: &str,
        bytes: u64,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<(), ExportError>,
    ) -> Result<(), ExportError>;

    /// Makes the export visible.
    ///
    /// # Errors
    /// [`ExportError::Write`].
    fn finish(self: Box<Self>) -> Result<(), ExportError>;
}

/// Counts the bytes that pass and reports them.
pub(crate) struct Counter<'a> {
    done: Cell<u64>,
    total: u64,
    report: &'a dyn Fn(Transferred),
}

impl<'a> Counter<'a> {
    pub(crate) fn new(total: u64, report: &'a dyn Fn(Transferred)) -> Self {
        let counter = Self {
            done: Cell::new(0),
            total,
            report,
        };
        counter.add(0);
        counter
    }

    /// Notes that more is done.
    pub(crate) fn add(&self, bytes: u64) {
        let done = self.done.get() + bytes;
        self.done.set(done);
        (self.report)(Transferred {
            done,
            total: self.total,
        });
    }

    /// Returns a writer that counts what passes to `out`.
    pub(crate) fn counted<'w>(&'w self, out: &'w mut dyn Write) -> impl Write + 'w {
        Counted { counter: self, out }
    }
}

struct Counted<'w, 'a> {
    counter: &'w Counter<'a>,
    out: &'w mut dyn Write,
}

impl Write for Counted<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.counter.add(count as u64);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

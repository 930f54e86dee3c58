//! The log as JSON lines, to be kept and checked elsewhere.
//!
//! ```json
//! {"type":"log","schema":1,"origin":"scrim/audit/…","size":2,"root":"…","chain":"…"}
//! {"type":"entry","seq":0,"leaf":"…","chain":"…","salt":"…","body":"{\"seq\":0,…}"}
//! {"type":"entry","seq":1,"leaf":"…","chain":"…"}
//! {"type":"checkpoint","size":2,"note":"…"}
//! ```
//!
//! Checkpoints come first among equals: all before the entries, so that one walk is enough.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use super::{
    Checker, CheckpointRecord, LogEnd, NoteError, Record, SignedNote, Verdict, VerifierKey,
};

/// The schema of the lines.
const SCHEMA: u32 = 1;

/// An entry is some hundred bytes; one that names many others is longer. What is longer than this is
/// no line of a log.
const MOST_LINE_BYTES: u64 = 64 << 20;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line {
    Log {
        schema: u32,
        origin: String,
        #[serde(flatten)]
        end: LogEnd,
    },
    Checkpoint(CheckpointRecord),
    Entry(Record),
}

/// Why a file is not a log that can be checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// It could not be read.
    #[error("could not read the export of the log")]
    Read {
        /// What the operating system said.
        source: io::Error,
    },
    /// A line is none of a log.
    #[error("line {line} is none of an exported log")]
    Malformed {
        /// The line, from 1.
        line: u64,
    },
    /// It was made by a newer version.
    #[error("the export has schema {found}, this program knows {SCHEMA}")]
    UnknownSchema {
        /// The schema that was found.
        found: u32,
    },
    /// It is the log of another key, or a checkpoint that was kept elsewhere is.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl ExportError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> scrim_policy::Kind {
        use scrim_policy::Kind;
        match self {
            Self::Read { .. } => Kind::Unavailable,
            Self::Malformed { .. } => Kind::Damaged,
            Self::UnknownSchema { .. } => Kind::Invalid,
            Self::Note(error) => error.kind(),
        }
    }
}

/// Writes the lines of a log.
pub(crate) struct Exporter<W> {
    out: W,
}

impl<W: Write> Exporter<W> {
    /// Starts with what the log says about itself and its checkpoints.
    pub(crate) fn start(
        mut out: W,
        origin: String,
        end: LogEnd,
        checkpoints: Vec<CheckpointRecord>,
    ) -> io::Result<Self> {
        let schema = SCHEMA;
        write_line(
            &mut out,
            &Line::Log {
                schema,
                origin,
                end,
            },
        )?;
        for checkpoint in checkpoints {
            write_line(&mut out, &Line::Checkpoint(checkpoint))?;
        }
        Ok(Self { out })
    }

    pub(crate) fn entry(&mut self, record: Record) -> io::Result<()> {
        write_line(&mut self.out, &Line::Entry(record))
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn write_line(out: &mut impl Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

/// Checks an exported log under a key, against its own checkpoints and those that somebody kept.
///
/// # Errors
/// [`ExportError`]. What is wrong with the log itself is in the verdict.
pub fn check_export(
    mut file: impl BufRead,
    key: &VerifierKey,
    kept: &[SignedNote],
) -> Result<Verdict, ExportError> {
    let mut number = 0;
    let mut end = None;
    let mut checkpoints = Vec::new();
    let mut checker: Option<Checker> = None;
    while let Some(line) = next_line(&mut file, &mut number)? {
        match line {
            Line::Log { schema, .. } if schema != SCHEMA => {
                return Err(ExportError::UnknownSchema { found: schema });
            }
            Line::Log {
                origin,
                end: stated,
                ..
            } if number == 1 => {
                if origin != key.origin() {
                    return Err(NoteError::OtherLog.into());
                }
                end = Some(stated);
            }
            Line::Checkpoint(checkpoint) if end.is_some() && checker.is_none() => {
                checkpoints.push(checkpoint);
            }
            Line::Entry(record) if end.is_some() => {
                if checker.is_none() {
                    checker = Some(Checker::new(key, &checkpoints, kept)?);
                }
                if let Some(checker) = &mut checker {
                    checker.entry(&record);
                }
            }
            _ => return Err(ExportError::Malformed { line: number }),
        }
    }
    let checker = match checker {
        Some(checker) => checker,
        None if end.is_some() => Checker::new(key, &checkpoints, kept)?,
        None => return Err(ExportError::Malformed { line: 1 }),
    };
    Ok(checker.finish(end.as_ref()))
}

fn next_line(file: &mut impl BufRead, number: &mut u64) -> Result<Option<Line>, ExportError> {
    let mut bytes = Vec::new();
    let read = io::Read::take(&mut *file, MOST_LINE_BYTES).read_until(b'\n', &mut bytes);
    let count = read.map_err(|source| ExportError::Read { source })?;
    if count == 0 {
        return Ok(None);
    }
    *number += 1;
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|_| ExportError::Malformed { line: *number })
}

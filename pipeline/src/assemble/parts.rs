//! A rendered part on its way to the store and back.
//!
//! ```text
//! bytes of all units, one after another │ index (postcard) │ length of the index, u32 LE
//! ```

use std::io::{self, Read, Seek, SeekFrom, Write};

use serde::{Deserialize, Serialize};

use super::{AssembleError, name};
use crate::render::{Part, PartFacts, Unit};

/// Largest index that is read back: 16 bytes for each picture of a day at 60 frames per second.
const MAX_INDEX_BYTES: u64 = 96 << 20;

/// What a part holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartIndex {
    /// The units, in decoding order.
    pub units: Vec<Unit>,
    /// What is known about the part.
    pub facts: PartFacts,
}

/// Writes a part while it is rendered.
#[derive(Debug)]
pub struct PartWriter<W: Write> {
    out: W,
    units: Vec<Unit>,
}

impl<W: Write> PartWriter<W> {
    /// Starts a part.
    pub const fn new(out: W) -> Self {
        Self {
            out,
            units: Vec::new(),
        }
    }

    /// Appends units and their bytes.
    ///
    /// # Errors
    /// The store does not take them.
    pub fn append(&mut self, units: Vec<Unit>, data: &[u8]) -> io::Result<()> {
        self.units.extend(units);
        self.out.write_all(data)
    }

    /// Writes the index and returns the output.
    ///
    /// # Errors
    /// The store does not take it.
    pub fn finish(mut self, facts: PartFacts) -> io::Result<W> {
        let index = PartIndex {
            units: self.units,
            facts,
        };
        let bytes = postcard::to_stdvec(&index).map_err(io::Error::other)?;
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        self.out.write_all(&bytes)?;
        self.out.write_all(&length.to_le_bytes())?;
        Ok(self.out)
    }
}

/// Reads a part back.
#[derive(Debug)]
pub struct PartReader<R> {
    input: R,
    index: PartIndex,
}

impl<R: Read + Seek> PartReader<R> {
    /// Reads the index of a part and goes to its first unit.
    ///
    /// # Errors
    /// The part is not complete or cannot be read.
    pub fn open(part: Part, mut input: R) -> Result<Self, AssembleError> {
        let read = |source| AssembleError::ReadPart {
            part: name(part),
            source,
        };
        let incomplete = || AssembleError::Incomplete { part: name(part) };
        let end = input.seek(SeekFrom::End(0)).map_err(read)?;
        let length_at = end.checked_sub(4).ok_or_else(incomplete)?;
        input.seek(SeekFrom::Start(length_at)).map_err(read)?;
        let mut length = [0; 4];
        input.read_exact(&mut length).map_err(read)?;
        let length = u64::from(u32::from_le_bytes(length));
        let index_at = length_at
            .checked_sub(length)
            .filter(|_| length <= MAX_INDEX_BYTES)
            .ok_or_else(incomplete)?;
        input.seek(SeekFrom::Start(index_at)).map_err(read)?;
        let mut bytes = vec![0; length as usize];
        input.read_exact(&mut bytes).map_err(read)?;
        let index: PartIndex = postcard::from_bytes(&bytes).map_err(|_| incomplete())?;
        let units_length: u64 = index.units.iter().map(|unit| u64::from(unit.length)).sum();
        if units_length != index_at {
            return Err(incomplete());
        }
        input.rewind().map_err(read)?;
        Ok(Self { input, index })
    }

    /// Returns all units from here on.
    pub fn into_units(mut self) -> impl Iterator<Item = io::Result<Vec<u8>>> {
        let units = std::mem::take(&mut self.index.units);
        units.into_iter().map(move |unit| {
            let mut bytes = vec![0; unit.length as usize];
            self.input.read_exact(&mut bytes).map(|()| bytes)
        })
    }
}

impl<R> PartReader<R> {
    /// What the part holds.
    pub const fn index(&self) -> &PartIndex {
        &self.index
    }

    /// Keeps what the part holds, and closes it.
    pub fn into_index(self) -> PartIndex {
        self.index
    }

    /// Returns the input, at the first unit.
    pub(super) fn into_input(self) -> R {
        self.input
    }
}

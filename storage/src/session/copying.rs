//! From the spool into an object, chunk by chunk.

use std::{
    io::{self, Write},
    sync::Arc,
};

use sha2::{Digest, Sha256};

use super::{LayerReader, spool::Layer, timeline::Told};
use crate::{digest::Sha256Digest, objects::PendingObject, seal::Sealer};

/// An object that is being sealed, and how far it is.
pub(super) struct OpenObject {
    pub(super) sealer: Sealer<Box<dyn PendingObject>>,
    pub(super) reader: LayerReader,
}

impl std::fmt::Debug for OpenObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenObject").finish_non_exhaustive()
    }
}

impl OpenObject {
    /// Copies up to so many bytes from the spool: each chunk with its length before it. Says whether
    /// there is more.
    pub(super) fn copy_some(&mut self, most_bytes: u64, layer: &Layer) -> io::Result<bool> {
        let mut copied = 0;
        while copied < most_bytes {
            match self.reader.next_chunk() {
                Ok(Some(chunk)) => {
                    write_chunk(&mut self.sealer, &chunk)?;
                    copied += chunk.len() as u64;
                }
                Ok(None) => return Ok(false),
                // What is before the damage is kept.
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    layer.note_damage();
                    self.reader.stop();
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

/// Writes a chunk as it lies in the artefact of a layer: its length, four bytes big-endian, before it.
fn write_chunk(out: &mut impl Write, chunk: &[u8]) -> io::Result<()> {
    let length = u32::try_from(chunk.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(chunk)
}

/// Returns the SHA-256 of what a layer becomes.
pub(super) fn hash_of(layer: &Arc<Layer>) -> io::Result<Sha256Digest> {
    struct Hashing(Sha256);
    impl Write for Hashing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut reader = layer.read()?;
    let mut hash = Hashing(Sha256::new());
    loop {
        match reader.next_chunk() {
            Ok(Some(chunk)) => write_chunk(&mut hash, &chunk)?,
            Ok(None) => break,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => break,
            Err(error) => return Err(error),
        }
    }
    Ok(Sha256Digest::finished(hash.0))
}

/// Reads what a timeline in the spool says, up to where it is damaged.
pub(super) fn read_told(layer: &Arc<Layer>) -> io::Result<Told> {
    let mut reader = layer.read()?;
    let mut told = Told::default();
    loop {
        let noted = match reader.next_chunk() {
            Ok(Some(chunk)) => serde_json::from_slice(&chunk).ok(),
            Ok(None) => return Ok(told),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => None,
            Err(error) => return Err(error),
        };
        match noted {
            Some(noted) => told.add(noted),
            None => {
                layer.note_damage();
                return Ok(told);
            }
        }
    }
}

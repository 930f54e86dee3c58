//! The epoch file: the part of the master key that is replaced whenever keys are destroyed.
//!
//! A copy of the keyring file holds the tenants' keys of its day. Were the key file or passphrase
//! all that opens it, an old copy would bring destroyed keys back. So the master key is made of that
//! and of 32 random bytes that lie beside the keyring, and destroying keys replaces those bytes: an
//! older copy of the keyring file opens no more.
//!
//! ```text
//! offset     0   slot 0, 32 bytes, zeros when empty
//! offset  4096   slot 1, 32 bytes, zeros when empty
//! length  8192
//! ```
//!
//! Which slot counts is said by the keyring file, in its check value. While keys are being destroyed
//! both slots are taken; after any crash one of them fits the keyring file that is there. Slots are
//! overwritten in place and lie in different sectors, so that one torn write spoils one slot, and so
//! that the old bytes are overwritten and not only unlinked. Copy-on-write file systems, snapshots
//! and SSDs may keep them all the same.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
};

use zeroize::Zeroizing;

use super::KeyringError;
use crate::{durable, secret::Secret};

const SLOT_BYTES: u64 = 4096;
const SLOTS: [u64; 2] = [0, SLOT_BYTES];

/// What the epoch file holds.
pub(super) struct Epochs([Option<Secret<32>>; 2]);

impl Epochs {
    /// Returns what is in the slots that are taken, with their numbers.
    pub(super) fn taken(&self) -> impl Iterator<Item = (usize, &Secret<32>)> {
        let slots = self.0.iter().enumerate();
        slots.filter_map(|(slot, epoch)| Some((slot, epoch.as_ref()?)))
    }
}

/// Reads the file. A missing one has two empty slots.
pub(super) fn read(path: &Path) -> Result<Epochs, KeyringError> {
    let failed = |source| KeyringError::Read {
        path: path.to_owned(),
        source,
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Epochs([None, None])),
        Err(error) => return Err(failed(error)),
    };
    let slot = |offset| {
        let mut bytes = Zeroizing::new([0; 32]);
        match file.read_exact_at(bytes.as_mut_slice(), offset) {
            Ok(()) => {}
            // Cut short: that slot is empty.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(failed(error)),
        }
        let is_empty = bytes.iter().all(|byte| *byte == 0);
        Ok(Secret::copy_from(bytes.as_slice()).filter(|_| !is_empty))
    };
    Ok(Epochs([slot(SLOTS[0])?, slot(SLOTS[1])?]))
}

/// Makes the file with a first epoch, unless it is there, and returns the epoch to use. One that is
/// left from a keyring that was never finished, or that is to come back, is taken as it is.
pub(super) fn create(path: &Path) -> Result<Secret<32>, KeyringError> {
    if let [Some(epoch), _] | [_, Some(epoch)] = read(path)?.0 {
        return Ok(epoch);
    }
    let epoch = Secret::random()?;
    put(path, 0, &epoch)?;
    Ok(epoch)
}

/// Writes an epoch into the slot that is not `current` and returns its number.
pub(super) fn put_beside(
    path: &Path,
    current: Option<usize>,
    epoch: &Secret<32>,
) -> Result<usize, KeyringError> {
    let slot = if current == Some(0) { 1 } else { 0 };
    put(path, slot, epoch)?;
    Ok(slot)
}

/// Overwrites every slot but `current`, unless they are empty already.
pub(super) fn forget_others(path: &Path, current: usize) -> Result<(), KeyringError> {
    for (slot, _) in read(path)?.taken() {
        if slot != current {
            write(path, slot, &[0; 32])?;
        }
    }
    Ok(())
}

fn put(path: &Path, slot: usize, epoch: &Secret<32>) -> Result<(), KeyringError> {
    write(path, slot, epoch.expose())
}

/// Overwrites one slot and waits until it is on the disk.
fn write(path: &Path, slot: usize, bytes: &[u8; 32]) -> Result<(), KeyringError> {
    let written = || {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path)?;
        let length = SLOTS.len() as u64 * SLOT_BYTES;
        if file.metadata()?.len() < length {
            file.set_len(length)?;
        }
        file.write_all_at(bytes, SLOTS[slot])?;
        file.sync_all()?;
        durable::sync_parent(path)
    };
    written().map_err(|source| KeyringError::Write {
        path: path.to_owned(),
        source,
    })
}

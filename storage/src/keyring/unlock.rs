//! From a key file or a passphrase to the keys that seal the sections of a keyring.

use std::{
    fmt, fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD};
use hkdf::Hkdf;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::KeyringError;
use crate::{
    durable,
    secret::{Secret, fill_random},
};

/// What somebody types to open a keyring. Overwritten when dropped.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes over a passphrase.
    ///
    /// # Errors
    /// [`KeyringError::EmptyPassphrase`].
    pub fn new(passphrase: String) -> Result<Self, KeyringError> {
        if passphrase.is_empty() {
            return Err(KeyringError::EmptyPassphrase);
        }
        Ok(Self(Zeroizing::new(passphrase)))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[passphrase]")
    }
}

/// How a keyring is opened.
#[derive(Debug)]
pub enum Unlock {
    /// With a file that holds a random key. It is made, readable by its owner only, together with
    /// the keyring.
    KeyFile(PathBuf),
    /// With a passphrase.
    Passphrase(Passphrase),
}

/// How a keyring file says that it is opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Method {
    /// A file with 32 random bytes.
    KeyFile {},
    /// Argon2id, version 0x13 (RFC 9106).
    Passphrase {
        /// Random, 16 bytes in base64.
        salt: String,
        memory_kib: u32,
        passes: u32,
        lanes: u32,
    },
}

/// RFC 9106, section 4: the second recommended choice.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;
const SALT_BYTES: usize = 16;

/// More than this in a keyring file is an attack on our memory and time, not a choice.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 16;

/// What seals the sections of a keyring file: the key that a key file holds or a passphrase gives,
/// and what becomes of it with an epoch.
pub(super) struct MasterKey(Secret<32>);

impl MasterKey {
    /// Returns the key for one epoch. Without that epoch's bytes nothing leads to it.
    pub(super) fn at(&self, epoch: &Secret<32>) -> Self {
        let key = Secret::filled_by(|bytes| {
            Hkdf::<Sha256>::new(Some(epoch.expose()), self.0.expose())
                .expand(b"scrim/keyring/v2|master", bytes)
        });
        Self(key.expect("32 bytes are one block of HKDF-SHA256"))
    }

    /// Returns the key of a keyring that has no epochs.
    pub(super) fn without_epoch(&self) -> Self {
        let copy = Secret::copy_from(self.0.expose());
        Self(copy.expect("a key is as long as itself"))
    }

    /// Returns the key for one use of the keyring file.
    pub(super) fn derive(&self, purpose: &str) -> Secret<32> {
        Secret::filled_by(|bytes| {
            Hkdf::<Sha256>::new(None, self.0.expose())
                .expand_multi_info(&[b"scrim/keyring/v1|", purpose.as_bytes()], bytes)
        })
        .expect("32 bytes are one block of HKDF-SHA256")
    }
}

/// Chooses how a new keyring is opened. An existing key file is used, a missing one is made.
pub(super) fn choose(unlock: &Unlock) -> Result<(Method, MasterKey), KeyringError> {
    let method = match unlock {
        Unlock::KeyFile(path) => {
            if !path.exists() {
                create_key_file(path)?;
            }
            Method::KeyFile {}
        }
        Unlock::Passphrase(_) => {
            let mut salt = [0; SALT_BYTES];
            fill_random(&mut salt)?;
            Method::Passphrase {
                salt: STANDARD.encode(salt),
                memory_kib: MEMORY_KIB,
                passes: PASSES,
                lanes: LANES,
            }
        }
    };
    let master = follow(&method, unlock)?;
    Ok((method, master))
}

/// Returns the master key of an existing keyring. Whether it is the right one is not known yet.
pub(super) fn follow(method: &Method, unlock: &Unlock) -> Result<MasterKey, KeyringError> {
    match (method, unlock) {
        (Method::KeyFile {}, Unlock::KeyFile(path)) => read_key_file(path).map(MasterKey),
        (
            Method::Passphrase {
                salt,
                memory_kib,
                passes,
                lanes,
            },
            Unlock::Passphrase(passphrase),
        ) => {
            let params = check_params(*memory_kib, *passes, *lanes)?;
            let salt = STANDARD
                .decode(salt)
                .ok()
                .filter(|salt| salt.len() == SALT_BYTES);
            let salt = salt.ok_or(KeyringError::Damaged {
                section: "unlock method",
            })?;
            Secret::filled_by(|bytes| {
                Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
                    passphrase.0.as_bytes(),
                    &salt,
                    bytes,
                )
            })
            .map(MasterKey)
            .map_err(|source| KeyringError::Derive { source })
        }
        (Method::KeyFile {}, Unlock::Passphrase(_)) => {
            Err(KeyringError::OtherMethod { wanted: "key file" })
        }
        (Method::Passphrase { .. }, Unlock::KeyFile(_)) => Err(KeyringError::OtherMethod {
            wanted: "passphrase",
        }),
    }
}

fn check_params(memory_kib: u32, passes: u32, lanes: u32) -> Result<Params, KeyringError> {
    let damaged = KeyringError::Damaged {
        section: "unlock method",
    };
    if memory_kib > MOST_MEMORY_KIB || passes > MOST_PASSES || lanes > MOST_LANES {
        return Err(damaged);
    }
    Params::new(memory_kib, passes, lanes, Some(32)).map_err(|_| damaged)
}

fn create_key_file(path: &Path) -> Result<(), KeyringError> {
    let key = Secret::<32>::random()?;
    let text = Zeroizing::new(format!("{}\n", STANDARD.encode(key.expose())));
    let temporary = path.with_added_extension("new");
    durable::replace_file(path, &temporary, text.as_bytes()).map_err(|source| KeyringError::Write {
        path: path.to_owned(),
        source,
    })
}

fn read_key_file(path: &Path) -> Result<Secret<32>, KeyringError> {
    let read_error = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => KeyringError::KeyFileMissing {
            path: path.to_owned(),
        },
        _ => KeyringError::Read {
            path: path.to_owned(),
            source,
        },
    };
    let mode = fs::metadata(path).map_err(read_error)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyringError::KeyFileOpenToOthers {
            path: path.to_owned(),
            mode,
        });
    }
    let text = Zeroizing::new(fs::read(path).map_err(read_error)?);
    let key = STANDARD.decode(text.trim_ascii()).ok().map(Zeroizing::new);
    key.and_then(|key| Secret::copy_from(&key))
        .ok_or_else(|| KeyringError::KeyFileDamaged {
            path: path.to_owned(),
        })
}

//! The wrapped keys of what survived, beside the catalog.
//!
//! `wrapped-keys/<tenant>` holds one line for each artefact: its id, who wraps its key, and the
//! wrapped key. Whoever has the file has nothing without the tenant's key. It is replaced as a whole
//! and may be in every backup; only the newest one is of use.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use scrim_policy::{ArtefactId, TenantId};

use super::VaultError;
use crate::{durable, keyring::WrappedKey};

/// The first line. A change that older programs cannot read gets another one.
const FORMAT: &str = "scrim-wrapped-keys/1";

/// What the file of one tenant says.
#[derive(Default)]
pub(super) struct WrappedKeys(BTreeMap<ArtefactId, WrappedKey>);

impl WrappedKeys {
    pub(super) fn insert(&mut self, artefact: ArtefactId, wrapped: WrappedKey) {
        self.0.insert(artefact, wrapped);
    }

    pub(super) fn get(&self, artefact: ArtefactId) -> Option<&WrappedKey> {
        self.0.get(&artefact)
    }

    /// Reads the file. A missing one says nothing: the tenant had no erasure epoch.
    pub(super) fn read(home: &Path, tenant: TenantId) -> Result<Self, VaultError> {
        let path = path(home, tenant);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(VaultError::WrappedKeys { path, source }),
        };
        Self::parse(&text).ok_or_else(|| VaultError::WrappedKeys {
            path,
            source: io::Error::new(io::ErrorKind::InvalidData, "not a list of wrapped keys"),
        })
    }

    /// Replaces the file.
    pub(super) fn write(&self, home: &Path, tenant: TenantId) -> Result<(), VaultError> {
        let path = path(home, tenant);
        let replaced = || {
            durable::ensure_folder_of(&path)?;
            // Two epochs of one tenant at the same time would share the temporary file.
            let lock = durable::lock(&path.with_added_extension("lock"))?;
            let _lock = lock.ok_or(io::ErrorKind::WouldBlock)?;
            let temporary = path.with_added_extension("new");
            durable::replace_file(&path, &temporary, self.to_text().as_bytes())
        };
        replaced().map_err(|source| VaultError::WrappedKeys { path, source })
    }

    /// Removes the file of a tenant whose keys are destroyed.
    pub(super) fn remove(home: &Path, tenant: TenantId) -> Result<(), VaultError> {
        let path = path(home, tenant);
        match fs::remove_file(&path).and_then(|()| durable::sync_parent(&path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(VaultError::WrappedKeys {
                path,
                source: error,
            }),
            _ => Ok(()),
        }
    }

    fn to_text(&self) -> String {
        let mut text = format!("{FORMAT}\n");
        for (artefact, wrapped) in &self.0 {
            let WrappedKey {
                kms,
                version,
                bytes,
            } = wrapped;
            let bytes = STANDARD.encode(bytes);
            writeln!(text, "{artefact} {kms} {version} {bytes}")
                .expect("writing to a String does not fail");
        }
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != FORMAT || !text.ends_with('\n') {
            return None;
        }
        lines.map(parse_line).collect::<Option<_>>().map(Self)
    }
}

fn parse_line(line: &str) -> Option<(ArtefactId, WrappedKey)> {
    let mut words = line.split(' ');
    let artefact = words.next()?.parse().ok()?;
    let wrapped = WrappedKey {
        kms: words.next()?.parse().ok()?,
        version: words.next()?.parse().ok()?,
        bytes: STANDARD.decode(words.next()?).ok()?,
    };
    words.next().is_none().then_some((artefact, wrapped))
}

fn path(home: &Path, tenant: TenantId) -> PathBuf {
    home.join("wrapped-keys").join(tenant.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use uuid::Uuid;

    use super::*;
    use crate::keyring::KmsKind;

    #[test]
    fn what_is_written_is_read() {
        let mut keys = WrappedKeys::default();
        for number in 0..3 {
            let wrapped = WrappedKey {
                kms: [KmsKind::Local, KmsKind::Transit][number % 2],
                version: number as u32 + 1,
                bytes: vec![number as u8; 60],
            };
            keys.insert(
                ArtefactId::from_uuid(Uuid::from_u128(number as u128)),
                wrapped,
            );
        }
        let text = keys.to_text();
        assert_eq!(WrappedKeys::parse(&text).unwrap().0, keys.0);
        for damaged in [
            "",
            "scrim-wrapped-keys/2\n",
            text.trim_end(),
            &text.replace("local", "cloud"),
            &text.replace(" 1 ", " 1 1 "),
        ] {
            assert!(WrappedKeys::parse(damaged).is_none(), "{damaged}");
        }
    }
}

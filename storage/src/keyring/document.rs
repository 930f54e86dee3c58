//! The keyring file: JSON outside, sealed sections inside.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use scrim_policy::TenantId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    KeyVersions, KeyringError, Unlock,
    epoch::Epochs,
    unlock::{MasterKey, Method},
    wrap::{open_short, seal_short},
};
use crate::secret::Secret;

/// The form of the file. A change that older programs cannot read gets another name.
const FORMAT: &str = "scrim-keyring/2";

/// The form without epochs. It is read, and becomes the newer one when keys are destroyed.
const FORMAT_WITHOUT_EPOCH: &str = "scrim-keyring/1";

/// The keyring file as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    format: String,
    pub(super) unlock: Method,
    /// Derived from the key file or passphrase, base64. Tells a wrong one from a damaged file.
    check: String,
    /// Derived from the master key, base64. Tells which epoch the file belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    epoch_check: Option<String>,
    pub(super) tenant_keys: Sealed,
    pub(super) signing_key: Sealed,
    pub(super) digest_key: Sealed,
}

/// A section as it is written: base64 of nonce ‖ ciphertext ‖ tag.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Sealed(String);

/// The sections, by the name that is part of their key and of their authentication.
#[derive(Clone, Copy)]
pub(super) enum Section {
    TenantKeys,
    SigningKey,
    DigestKey,
}

impl Section {
    const fn name(self) -> &'static str {
        match self {
            Self::TenantKeys => "tenant keys",
            Self::SigningKey => "signing key",
            Self::DigestKey => "digest key",
        }
    }
}

impl Document {
    /// Puts a document together: `base` is what the key file or passphrase gives, `master` what it
    /// becomes with the epoch.
    pub(super) fn new(
        unlock: Method,
        base: &MasterKey,
        master: &MasterKey,
        tenant_keys: &TenantKeys,
        signing_key: &Secret<32>,
        digest_key: &Secret<32>,
    ) -> Result<Self, KeyringError> {
        Ok(Self {
            format: FORMAT.to_owned(),
            unlock,
            check: STANDARD.encode(base.derive("check").expose()),
            epoch_check: Some(STANDARD.encode(master.derive(EPOCH_CHECK).expose())),
            tenant_keys: Sealed::seal(master, Section::TenantKeys, &tenant_keys.encode())?,
            signing_key: Sealed::seal(master, Section::SigningKey, signing_key.expose())?,
            digest_key: Sealed::seal(master, Section::DigestKey, digest_key.expose())?,
        })
    }

    /// Reads a file. The format is looked at before anything else is.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, KeyringError> {
        #[derive(Deserialize)]
        struct FormatOnly {
            format: String,
        }
        let damaged = |_| KeyringError::Damaged {
            section: "outer form",
        };
        let FormatOnly { format } = serde_json::from_slice(bytes).map_err(damaged)?;
        if ![FORMAT, FORMAT_WITHOUT_EPOCH].contains(&format.as_str()) {
            return Err(KeyringError::UnknownFormat {
                found: format,
                known: FORMAT,
            });
        }
        let document: Self = serde_json::from_slice(bytes).map_err(damaged)?;
        if document.epoch_check.is_some() != (format == FORMAT) {
            return Err(KeyringError::Damaged {
                section: "epoch check",
            });
        }
        Ok(document)
    }

    /// Returns the text of the file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self)
            .expect("a document of texts and numbers can be written as JSON");
        bytes.push(b'\n');
        bytes
    }

    /// Makes sure that the key file or passphrase is the one of this file.
    pub(super) fn check(&self, base: &MasterKey, unlock: &Unlock) -> Result<(), KeyringError> {
        let stated = check_value(&self.check).ok_or(KeyringError::Damaged {
            section: "check value",
        })?;
        if stated.matches(&base.derive("check")) {
            return Ok(());
        }
        Err(match unlock {
            Unlock::Passphrase(_) => KeyringError::WrongPassphrase,
            Unlock::KeyFile(path) => KeyringError::WrongKeyFile { path: path.clone() },
        })
    }

    /// Returns the master key of this file and the slot of its epoch, or nothing where its epoch is
    /// not among these.
    pub(super) fn master(
        &self,
        base: &MasterKey,
        epochs: &Epochs,
    ) -> Result<Option<(MasterKey, Option<usize>)>, KeyringError> {
        let Some(stated) = &self.epoch_check else {
            return Ok(Some((base.without_epoch(), None)));
        };
        let stated = check_value(stated).ok_or(KeyringError::Damaged {
            section: "epoch check",
        })?;
        let mut masters = epochs
            .taken()
            .map(|(slot, epoch)| (base.at(epoch), Some(slot)));
        Ok(masters.find(|(master, _)| stated.matches(&master.derive(EPOCH_CHECK))))
    }
}

/// What the check value of an epoch is derived for.
const EPOCH_CHECK: &str = "epoch check";

fn check_value(text: &str) -> Option<Secret<32>> {
    STANDARD
        .decode(text)
        .ok()
        .and_then(|bytes| Secret::copy_from(&bytes))
}

impl Sealed {
    /// Seals a section.
    pub(super) fn seal(
        master: &MasterKey,
        section: Section,
        plaintext: &[u8],
    ) -> Result<Self, KeyringError> {
        let name = section.name();
        let sealed = seal_short(&master.derive(name), name.as_bytes(), plaintext)?;
        Ok(Self(STANDARD.encode(sealed)))
    }

    /// Opens a section.
    pub(super) fn open(
        &self,
        master: &MasterKey,
        section: Section,
    ) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        let name = section.name();
        let damaged = KeyringError::Damaged { section: name };
        let Ok(sealed) = STANDARD.decode(&self.0) else {
            return Err(damaged);
        };
        let mut sealed = Zeroizing::new(sealed);
        let plaintext = open_short(&master.derive(name), name.as_bytes(), &mut sealed);
        plaintext
            .map(|plaintext| Zeroizing::new(plaintext.to_vec()))
            .ok_or(damaged)
    }

    /// Opens a section that holds one key.
    pub(super) fn open_key(
        &self,
        master: &MasterKey,
        section: Section,
    ) -> Result<Secret<32>, KeyringError> {
        let plaintext = self.open(master, section)?;
        Secret::copy_from(&plaintext).ok_or(KeyringError::Damaged {
            section: section.name(),
        })
    }
}

/// The keys of all tenants, each with all its versions.
#[derive(Default)]
pub(super) struct TenantKeys(BTreeMap<TenantId, BTreeMap<u32, Secret<32>>>);

/// What became of keys that were to be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dropped {
    /// They are out.
    Some,
    /// There were none.
    Nothing,
    /// The tenant would have no key left.
    Impossible,
}

/// tenant (16) ‖ version, u32 big-endian (4) ‖ key (32), one after the other.
const RECORD_BYTES: usize = 16 + 4 + 32;

impl TenantKeys {
    /// Returns the newest key of a tenant.
    pub(super) fn current(&self, tenant: TenantId) -> Option<(u32, &Secret<32>)> {
        let (version, key) = self.0.get(&tenant)?.last_key_value()?;
        Some((*version, key))
    }

    /// Returns one version of a tenant's key.
    pub(super) fn version(&self, tenant: TenantId, version: u32) -> Option<&Secret<32>> {
        self.0.get(&tenant)?.get(&version)
    }

    /// Returns the newest and the oldest version of a tenant's key.
    pub(super) fn versions(&self, tenant: TenantId) -> Option<KeyVersions> {
        let versions = self.0.get(&tenant)?;
        Some(KeyVersions {
            newest: *versions.last_key_value()?.0,
            oldest: *versions.first_key_value()?.0,
        })
    }

    /// Takes out all versions below `oldest`, unless none would be left.
    pub(super) fn drop_below(&mut self, tenant: TenantId, oldest: u32) -> Dropped {
        let Some(versions) = self.0.get_mut(&tenant) else {
            return Dropped::Impossible;
        };
        if versions
            .last_key_value()
            .is_none_or(|(newest, _)| *newest < oldest)
        {
            return Dropped::Impossible;
        }
        let before = versions.len();
        versions.retain(|version, _| *version >= oldest);
        if versions.len() == before {
            Dropped::Nothing
        } else {
            Dropped::Some
        }
    }

    /// Takes out all versions of a tenant's key.
    pub(super) fn drop_tenant(&mut self, tenant: TenantId) -> Dropped {
        match self.0.remove(&tenant) {
            Some(_) => Dropped::Some,
            None => Dropped::Nothing,
        }
    }

    /// Adds the next version of a tenant's key, 1 for the first, and returns its number.
    pub(super) fn add(&mut self, tenant: TenantId, key: Secret<32>) -> u32 {
        let versions = self.0.entry(tenant).or_default();
        let version = versions
            .last_key_value()
            .map_or(1, |(newest, _)| newest + 1);
        versions.insert(version, key);
        version
    }

    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let count: usize = self.0.values().map(BTreeMap::len).sum();
        // The exact capacity: growing would leave copies of keys behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(count * RECORD_BYTES));
        for (tenant, versions) in &self.0 {
            for (version, key) in versions {
                bytes.extend_from_slice(tenant.as_uuid().as_bytes());
                bytes.extend_from_slice(&version.to_be_bytes());
                bytes.extend_from_slice(key.expose());
            }
        }
        bytes
    }

    /// Reads what [`TenantKeys::encode`] wrote, or nothing where it is something else.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        if !bytes.len().is_multiple_of(RECORD_BYTES) {
            return None;
        }
        let mut keys = Self::default();
        for record in bytes.chunks_exact(RECORD_BYTES) {
            let (tenant, rest) = record.split_first_chunk::<16>()?;
            let (version, key) = rest.split_first_chunk::<4>()?;
            let tenant = TenantId::from_uuid(Uuid::from_bytes(*tenant));
            let versions = keys.0.entry(tenant).or_default();
            versions.insert(u32::from_be_bytes(*version), Secret::copy_from(key)?);
        }
        Some(keys)
    }

    /// Seals the section.
    pub(super) fn seal(&self, master: &MasterKey) -> Result<Sealed, KeyringError> {
        Sealed::seal(master, Section::TenantKeys, &self.encode())
    }

    /// Opens the section.
    pub(super) fn open(sealed: &Sealed, master: &MasterKey) -> Result<Self, KeyringError> {
        let plaintext = sealed.open(master, Section::TenantKeys)?;
        let damaged = KeyringError::Damaged {
            section: Section::TenantKeys.name(),
        };
        Self::decode(&plaintext).ok_or(damaged)
    }
}

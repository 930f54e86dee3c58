//! Tenants' keys in the transit engine of OpenBao or Vault.
//!
//! The key of a tenant is `scrim-<tenant id>`, AES-256-GCM, derived: each data key is wrapped under
//! a key that the server derives from the [`KeyContext`]. A data key is 32 bytes that Scrim made; the
//! server encrypts them and gives back `vault:v1:…`, which is what the catalog keeps. So everybody
//! with the right to decrypt can do without Scrim:
//!
//! ```text
//! bao write transit/decrypt/scrim-ten_… ciphertext=vault:v1:… context=<base64 of the context>
//! ```
//!
//! Deliberately left out: `transit/datakey` (one way to make keys is enough), renewing tokens (the
//! agent of OpenBao does that and writes the file that is read here) and signing.
//!
//! > **A key that could leave the server is not used.** One that is exportable, can be backed up in
//! > the clear or is not derived cannot be destroyed for certain, so it is refused.

mod answer;
mod connection;
mod error;
mod settings;

pub use error::TransitError;
pub use settings::{Token, TransitAddress, TransitSettings};

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use scrim_policy::TenantId;
use zeroize::Zeroizing;

use self::{
    answer::KeyState,
    connection::{Connection, Outcome},
};
use super::{KeyContext, KeyError, KeyVersions, Kms, KmsKind, WrappedKey};
use crate::secret::DataKey;

/// Base64 of a data key.
const ENCODED_KEY_BYTES: usize = 44;

/// A [`Kms`] that several machines share.
pub struct Transit {
    connection: Connection,
    /// Tenants whose key is there and was looked at.
    known: Mutex<BTreeSet<TenantId>>,
}

impl std::fmt::Debug for Transit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transit")
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

impl Transit {
    /// Prepares the connection. Nothing is sent before the first use.
    ///
    /// # Errors
    /// [`TransitError::BadMount`], and those of reading the certificates and the token.
    pub fn new(settings: &TransitSettings) -> Result<Self, TransitError> {
        Ok(Self {
            connection: Connection::new(settings)?,
            known: Mutex::default(),
        })
    }

    /// Makes sure that the tenant has a key, and that it is one that can be destroyed.
    fn ensure_key(&self, tenant: TenantId) -> Result<(), KeyError> {
        if self.known().contains(&tenant) {
            return Ok(());
        }
        if self.read_key(tenant)?.is_none() {
            self.create_key(tenant)?;
        }
        Ok(())
    }

    fn create_key(&self, tenant: TenantId) -> Result<(), KeyError> {
        let doing = "make a tenant's key";
        let body = br#"{"type":"aes256-gcm96","derived":true}"#;
        self.change(doing, &format!("keys/{}", name(tenant)), body)?;
        match self.read_key(tenant)? {
            Some(_) => Ok(()),
            None => Err(TransitError::Unreadable { doing }.into()),
        }
    }

    /// Returns what the server says about a tenant's key, or nothing where there is none.
    fn read_key(&self, tenant: TenantId) -> Result<Option<KeyState>, KeyError> {
        let doing = "look at a tenant's key";
        let path = format!("keys/{}", name(tenant));
        let state = match self.connection.get(doing, &path)? {
            Outcome::Done(body) => {
                KeyState::read(&body).ok_or(TransitError::Unreadable { doing })?
            }
            Outcome::Refused(refusal) if refusal.is_no_key() => {
                self.known().remove(&tenant);
                return Ok(None);
            }
            Outcome::Refused(refusal) => return Err(refusal.into_error(doing).into()),
        };
        if let Some(why) = state.weakness() {
            return Err(TransitError::Unsuitable { tenant, why }.into());
        }
        self.known().insert(tenant);
        Ok(Some(state))
    }

    /// Asks for a change whose answer does not matter: Vault and OpenBao answer differently.
    fn change(&self, doing: &'static str, path: &str, body: &[u8]) -> Result<(), TransitError> {
        match self.connection.post(doing, path, body)? {
            Outcome::Done(_) => Ok(()),
            Outcome::Refused(refusal) => Err(refusal.into_error(doing)),
        }
    }

    /// Asks for a data key to be wrapped, unwrapped or wrapped again.
    fn ask(
        &self,
        doing: &'static str,
        path: &str,
        body: &[u8],
        tenant: TenantId,
        version: u32,
    ) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        match self.connection.post(doing, path, body)? {
            Outcome::Done(body) => Ok(body),
            Outcome::Refused(refusal) if refusal.is_no_key() || refusal.is_no_version() => {
                Err(KeyError::UnknownVersion { tenant, version })
            }
            Outcome::Refused(refusal) if refusal.is_not_authentic() => Err(KeyError::NotAuthentic),
            Outcome::Refused(refusal) => Err(refusal.into_error(doing).into()),
        }
    }

    /// The lock is held for one look-up or insertion at a time, so a panic leaves nothing half done.
    fn known(&self) -> std::sync::MutexGuard<'_, BTreeSet<TenantId>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kms for Transit {
    fn which(&self) -> KmsKind {
        KmsKind::Transit
    }

    fn wrap_key(&self, context: &KeyContext, key: &DataKey) -> Result<WrappedKey, KeyError> {
        let doing = "wrap a data key";
        let tenant = context.tenant();
        self.ensure_key(tenant)?;
        let mut encoded = Zeroizing::new([0; ENCODED_KEY_BYTES]);
        STANDARD
            .encode_slice(key.expose(), encoded.as_mut_slice())
            .expect("32 bytes are 44 letters in base64");
        let body = request(b"plaintext", encoded.as_slice(), context);
        let path = format!("encrypt/{}", name(tenant));
        let answer = self.ask(doing, &path, &body, tenant, 0)?;
        wrapped(doing, &answer)
    }

    fn unwrap_key(&self, context: &KeyContext, wrapped: &WrappedKey) -> Result<DataKey, KeyError> {
        let doing = "unwrap a data key";
        let (tenant, version) = (context.tenant(), wrapped.version);
        let body = request(b"ciphertext", ciphertext_of(wrapped)?, context);
        let path = format!("decrypt/{}", name(tenant));
        let answer = self.ask(doing, &path, &body, tenant, version)?;
        // A wrapped value that is no data key was not wrapped by us.
        answer::data_key(&answer).ok_or(KeyError::NotAuthentic)
    }

    fn rewrap_key(
        &self,
        context: &KeyContext,
        wrapped: &WrappedKey,
    ) -> Result<WrappedKey, KeyError> {
        let doing = "wrap a data key again";
        let (tenant, version) = (context.tenant(), wrapped.version);
        let body = request(b"ciphertext", ciphertext_of(wrapped)?, context);
        let path = format!("rewrap/{}", name(tenant));
        let answer = self.ask(doing, &path, &body, tenant, version)?;
        self::wrapped(doing, &answer)
    }

    fn key_versions(&self, tenant: TenantId) -> Result<Option<KeyVersions>, KeyError> {
        Ok(self.read_key(tenant)?.map(|state| state.versions()))
    }

    fn rotate_key(&self, tenant: TenantId) -> Result<u32, KeyError> {
        let doing = "rotate a tenant's key";
        match self.read_key(tenant)? {
            None => self.create_key(tenant)?,
            Some(_) => self.change(doing, &format!("keys/{}/rotate", name(tenant)), b"{}")?,
        }
        let versions = self.key_versions(tenant)?;
        Ok(versions.ok_or(TransitError::Unreadable { doing })?.newest)
    }

    fn destroy_versions_below(&self, tenant: TenantId, oldest: u32) -> Result<(), KeyError> {
        let unknown = KeyError::UnknownVersion {
            tenant,
            version: oldest,
        };
        let Some(state) = self.read_key(tenant)? else {
            return Err(unknown);
        };
        if oldest > state.versions().newest {
            return Err(unknown);
        }
        let key = name(tenant);
        // Refused from now on, but it could be allowed again …
        if state.is_usable_below(oldest) {
            let body = format!(
                r#"{{"min_decryption_version":{oldest},"min_encryption_version":{oldest}}}"#
            );
            let doing = "raise the oldest version of a tenant's key";
            self.change(doing, &format!("keys/{key}/config"), body.as_bytes())?;
        }
        // … until the old versions are gone.
        if state.is_kept_below(oldest) {
            let body = format!(r#"{{"min_available_version":{oldest}}}"#);
            let doing = "destroy old versions of a tenant's key";
            self.change(doing, &format!("keys/{key}/trim"), body.as_bytes())?;
        }
        Ok(())
    }

    fn destroy_tenant_key(&self, tenant: TenantId) -> Result<(), KeyError> {
        let doing = "destroy a tenant's key";
        let path = format!("keys/{}", name(tenant));
        if self.read_key(tenant)?.is_none() {
            return Ok(());
        }
        let allow = br#"{"deletion_allowed":true}"#;
        self.change(doing, &format!("{path}/config"), allow)?;
        let outcome = self.connection.delete(doing, &path)?;
        self.known().remove(&tenant);
        match outcome {
            Outcome::Done(_) => Ok(()),
            // Somebody else was faster.
            Outcome::Refused(refusal) if refusal.is_no_key() => Ok(()),
            Outcome::Refused(refusal) => Err(refusal.into_error(doing).into()),
        }
    }
}

/// The name of a tenant's key on the server.
fn name(tenant: TenantId) -> String {
    format!("scrim-{tenant}")
}

/// The body of a request about one data key. Neither value has a letter that JSON would escape. The
/// exact capacity: growing would leave copies of a key behind.
fn request(field: &[u8], value: &[u8], context: &KeyContext) -> Zeroizing<Vec<u8>> {
    let context = STANDARD.encode(context.as_str());
    let parts: [&[u8]; 7] = [
        b"{\"",
        field,
        b"\":\"",
        value,
        b"\",\"context\":\"",
        context.as_bytes(),
        b"\"}",
    ];
    let length = parts.iter().map(|part| part.len()).sum();
    let mut body = Zeroizing::new(Vec::with_capacity(length));
    for part in parts {
        body.extend_from_slice(part);
    }
    body
}

/// Returns the text that the server once gave. A row whose version says something else than that
/// text was changed by hand.
fn ciphertext_of(wrapped: &WrappedKey) -> Result<&[u8], KeyError> {
    match answer::version_of(&wrapped.bytes) {
        Some(version) if version == wrapped.version => Ok(&wrapped.bytes),
        _ => Err(KeyError::NotAuthentic),
    }
}

fn wrapped(doing: &'static str, answer: &[u8]) -> Result<WrappedKey, KeyError> {
    let bytes = answer::ciphertext(answer);
    let version = bytes.as_deref().and_then(answer::version_of);
    match (bytes, version) {
        (Some(bytes), Some(version)) => Ok(WrappedKey {
            kms: KmsKind::Transit,
            version,
            bytes,
        }),
        _ => Err(TransitError::Unreadable { doing }.into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use scrim_policy::{ArtefactId, RecordingId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn requests_are_json() {
        let context = KeyContext::new(
            TenantId::SINGLE,
            RecordingId::from_uuid(Uuid::nil()),
            ArtefactId::from_uuid(Uuid::nil()),
            None,
        );
        let body = request(b"plaintext", b"AAAA", &context);
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(json["plaintext"], "AAAA");
        let sent = STANDARD.decode(json["context"].as_str().unwrap()).unwrap();
        assert_eq!(sent, context.as_str().as_bytes());
        assert_eq!(body.len(), body.capacity());
    }

    #[test]
    fn a_row_that_lies_about_its_version_is_refused() {
        let row = |version| WrappedKey {
            kms: KmsKind::Transit,
            version,
            bytes: b"vault:v3:AAAA".to_vec(),
        };
        assert!(ciphertext_of(&row(3)).is_ok());
        assert!(matches!(
            ciphertext_of(&row(2)),
            Err(KeyError::NotAuthentic)
        ));
    }
}

//! Wrapping one key with another.

use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit, Nonce, Tag};
use scrim_policy::{ArtefactId, HoldId, RecordingId, TenantId};

use super::KmsKind;
use crate::{
    digest::KeyedDigest,
    seal::FORMAT,
    secret::{DataKey, EntropyError, Secret, fill_random},
};

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// The place that a data key is for. It is authenticated with the wrapped key, so that a key which
/// was moved to another row opens nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyContext {
    tenant: TenantId,
    text: String,
}

impl KeyContext {
    /// Names the data key of an artefact, which may be the own layer of one participant.
    pub fn new(
        tenant: TenantId,
        recording: RecordingId,
        artefact: ArtefactId,
        subject: Option<KeyedDigest>,
    ) -> Self {
        let subject = subject.map_or_else(|| "-".to_owned(), |subject| subject.to_string());
        let text = format!("scrim/dek/v1|{tenant}|{recording}|{artefact}|{subject}|{FORMAT}");
        Self { tenant, text }
    }

    /// Names the data key of the words of a legal hold.
    pub fn of_hold(tenant: TenantId, hold: HoldId) -> Self {
        let text = format!("scrim/dek/v1|{tenant}|hold|{hold}|-|{FORMAT}");
        Self { tenant, text }
    }

    /// Names the data key of a tenant's words, of which there is one after the other.
    pub fn of_words(tenant: TenantId, epoch: u64) -> Self {
        let text = format!("scrim/dek/v1|{tenant}|words|{epoch}|-|{FORMAT}");
        Self { tenant, text }
    }

    /// Returns the tenant whose key wraps.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Returns the text that is authenticated with the wrapped key.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A data key that only its [`super::Kms`] can open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// Who wraps it.
    pub kms: KmsKind,
    /// Version of the tenant's key that wraps it.
    pub version: u32,
    /// The wrapped bytes, their form known to the [`super::Kms`] only.
    pub bytes: Vec<u8>,
}

/// Seals a short secret: nonce (12) ‖ ciphertext ‖ tag (16). The nonce is random, which is safe for
/// 2^32 seals under one key (NIST SP 800-38D, section 8.3).
pub(crate) fn seal_short(
    key: &Secret<32>,
    context: &[u8],
    plaintext: &[u8],
) -> Result<Vec<u8>, EntropyError> {
    let mut nonce = [0; NONCE_BYTES];
    fill_random(&mut nonce)?;
    let mut sealed = Vec::with_capacity(NONCE_BYTES + plaintext.len() + TAG_BYTES);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plaintext);
    let tag = Aes256Gcm::new(key.expose().into())
        .encrypt_inout_detached(
            &Nonce::from(nonce),
            context,
            (&mut sealed[NONCE_BYTES..]).into(),
        )
        .expect("what is sealed here is far shorter than the 64 GiB limit of AES-GCM");
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Opens what [`seal_short`] made, or returns nothing where it is not authentic. `text` then holds
/// no plaintext.
pub(crate) fn open_short<'a>(
    key: &Secret<32>,
    context: &[u8],
    sealed: &'a mut [u8],
) -> Option<&'a [u8]> {
    let (nonce, rest) = sealed.split_first_chunk_mut::<NONCE_BYTES>()?;
    let (text, tag) = rest.split_last_chunk_mut::<TAG_BYTES>()?;
    Aes256Gcm::new(key.expose().into())
        .decrypt_inout_detached(
            &Nonce::from(*nonce),
            context,
            (&mut *text).into(),
            &Tag::from(*tag),
        )
        .ok()?;
    Some(text)
}

/// Wraps a data key under a tenant's key.
pub(super) fn wrap(
    tenant_key: &Secret<32>,
    context: &KeyContext,
    key: &DataKey,
) -> Result<Vec<u8>, EntropyError> {
    seal_short(tenant_key, context.as_str().as_bytes(), key.expose())
}

/// Unwraps a data key, or returns nothing where it was not wrapped by this key for this context.
pub(super) fn unwrap(
    tenant_key: &Secret<32>,
    context: &KeyContext,
    wrapped: &[u8],
) -> Option<DataKey> {
    let mut sealed = zeroize::Zeroizing::new(wrapped.to_vec());
    open_short(tenant_key, context.as_str().as_bytes(), &mut sealed).and_then(DataKey::copy_from)
}

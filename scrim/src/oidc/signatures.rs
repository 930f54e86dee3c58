//! Signatures of ID tokens, verified by ring.
//!
//! The library for tokens comes without cryptography of its own here: ring is the one provider of
//! this project, and the usual alternative for RSA is open to a timing attack (RUSTSEC-2023-0071).
//! Nothing is signed.

use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind, EncodingKey,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::{Error, ErrorKind},
    signature::{self, Verifier},
};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};

static RING: CryptoProvider = CryptoProvider {
    signer_factory: no_signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Tells the library to use ring. Doing it again does nothing.
pub(super) fn use_ring() {
    let _ = RING.install_default();
}

fn no_signer(_: &Algorithm, _: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    Err(ErrorKind::UnsupportedAlgorithm.into())
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let key = match (algorithm, key.family(), key.kind()) {
        (Algorithm::RS256, AlgorithmFamily::Rsa, kind) => rsa(&RSA_PKCS1_2048_8192_SHA256, kind)?,
        (Algorithm::PS256, AlgorithmFamily::Rsa, kind) => rsa(&RSA_PSS_2048_8192_SHA256, kind)?,
        (Algorithm::ES256, AlgorithmFamily::Ec, kind) => point(&ECDSA_P256_SHA256_FIXED, kind)?,
        (Algorithm::EdDSA, AlgorithmFamily::Ed, kind) => point(&ED25519, kind)?,
        _ => return Err(ErrorKind::InvalidAlgorithm.into()),
    };
    Ok(Box::new(RingVerifier {
        algorithm: *algorithm,
        key,
    }))
}

enum Key {
    Rsa {
        parameters: &'static RsaParameters,
        n: Vec<u8>,
        e: Vec<u8>,
    },
    Point(UnparsedPublicKey<Vec<u8>>),
}

fn rsa(parameters: &'static RsaParameters, kind: &DecodingKeyKind) -> Result<Key, Error> {
    match kind {
        DecodingKeyKind::RsaModulusExponent { n, e } => Ok(Key::Rsa {
            parameters,
            n: n.clone(),
            e: e.clone(),
        }),
        DecodingKeyKind::SecretOrDer(_) => Err(ErrorKind::InvalidKeyFormat.into()),
    }
}

fn point(
    algorithm: &'static dyn VerificationAlgorithm,
    kind: &DecodingKeyKind,
) -> Result<Key, Error> {
    match kind {
        DecodingKeyKind::SecretOrDer(bytes) => {
            Ok(Key::Point(UnparsedPublicKey::new(algorithm, bytes.clone())))
        }
        DecodingKeyKind::RsaModulusExponent { .. } => Err(ErrorKind::InvalidKeyFormat.into()),
    }
}

struct RingVerifier {
    algorithm: Algorithm,
    key: Key,
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let verified = match &self.key {
            Key::Rsa { parameters, n, e } => {
                RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
            Key::Point(key) => key.verify(message, signature),
        };
        verified.map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

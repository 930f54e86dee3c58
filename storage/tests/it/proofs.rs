//! Proofs, their signatures and the files that they speak of.

use std::{collections::BTreeMap, fs, io::Cursor, sync::LazyLock};

use proptest::prelude::*;
use scrim_policy::Kind;
use scrim_storage::{
    ArtefactKind, Commitment, Envelope, Keyring, Proof, ProofError, PublicKey, Sha256Digest,
    Unlock,
    proof::{FileVerdict, Gate, GateVerdict, Model, Output, PolicyUsed, Signer, Source},
    residency::StorageVerdict,
};
use serde_json::json;
use tempfile::TempDir;

use crate::fixtures::{NOW, artefact, recording, workspace};

const TRANSCRIPT: &[u8] = b"A.K.: good morning";

fn output(kind: ArtefactKind, number: u128, contents: &[u8]) -> Output {
    Output {
        kind,
        sha256: Sha256Digest::of(contents),
        bytes: contents.len() as u64,
        artefact: artefact(number),
        ciphertext_sha256: Sha256Digest::of(b"sealed"),
        ciphertext_bytes: contents.len() as u64 + 56,
        segments: 1,
        commitment: Commitment::from_bytes([7; 32]),
    }
}

pub(crate) fn proof() -> Proof {
    Proof {
        schema: 2,
        recording: recording(1),
        created_at: NOW.to_string(),
        source: Source {
            sha256: Sha256Digest::of(b"source"),
            bytes: 6,
        },
        policy: PolicyUsed {
            name: "stage".to_owned(),
            sha256: Sha256Digest::of(b"policy"),
        },
        plan: json!({ "scenes": [{ "from": 0, "kept": [[0, 0, 640, 480]] }] }),
        tools: BTreeMap::from([("scrim".to_owned(), "0.1.0".to_owned())]),
        models: vec![Model {
            name: "tiny.en".to_owned(),
            sha256: Sha256Digest::of(b"model"),
        }],
        outputs: vec![
            output(ArtefactKind::Recording, 2, b"mp4"),
            output(ArtefactKind::TranscriptTxt, 3, TRANSCRIPT),
        ],
        leak_report: json!({ "planted": 12, "found": 12 }),
        gate: Gate {
            verdict: GateVerdict::Publish,
            reasons: vec!["nothing leaked".to_owned()],
        },
        storage_verdict: StorageVerdict::local_files(),
        revises: None,
        public_key: None,
    }
}

fn keyring() -> (TempDir, Keyring) {
    let folder = tempfile::tempdir().unwrap();
    let unlock = Unlock::KeyFile(folder.path().join("keyring.key"));
    let keyring = Keyring::open_or_create(&folder.path().join("keyring.json"), &unlock).unwrap();
    (folder, keyring)
}

#[test]
fn a_signed_proof_survives_its_file() {
    let (_folder, keyring) = keyring();
    let key = keyring.public_key();
    let envelope = Envelope::parse(keyring.sign_proof(&proof()).to_json().as_bytes()).unwrap();
    let verified = envelope.verify(Some(&key)).unwrap();
    assert_eq!(verified.signer, Signer::Trusted(key));
    assert_eq!(
        verified.proof,
        Proof {
            public_key: Some(key),
            ..proof()
        }
    );
    assert_eq!(envelope.verify(None).unwrap().signer, Signer::Unknown(key));
}

/// What schema 1 wrote, with the place of storage in words only.
#[test]
fn proofs_of_the_first_schema_are_still_read() {
    let folder = workspace().join("tests/vectors/proofs");
    let json = fs::read(folder.join("schema-1.json")).unwrap();
    let verified = Envelope::parse(&json).unwrap().verify(None).unwrap();
    assert_eq!(verified.proof.schema, 1);
    let stated = verified.proof.storage_verdict;
    assert_eq!(stated, StorageVerdict::local_files());
}

#[test]
fn a_proof_can_hold_the_verdict_on_a_bucket() {
    let (_folder, keyring) = keyring();
    let json = serde_json::json!({
        "allowed": true, "at": NOW.to_string(), "host": "s3.eu-central-1.amazonaws.com",
        "provider": "aws", "region": "eu-central-1", "told_region": "eu-central-1",
        "country": "DE", "versioning": "off",
        "findings": [{ "rule": "host", "passed": true, "found": "a", "wanted": "b" }],
    });
    let with_bucket = Proof {
        storage_verdict: serde_json::from_value(json).unwrap(),
        ..proof()
    };
    assert!(matches!(
        with_bucket.storage_verdict,
        StorageVerdict::Bucket(_)
    ));
    let envelope = keyring.sign_proof(&with_bucket);
    let verified = envelope.verify(Some(&keyring.public_key())).unwrap();
    assert_eq!(verified.proof.storage_verdict, with_bucket.storage_verdict);
}

#[test]
fn every_changed_byte_of_a_payload_is_noticed() {
    let (_folder, keyring) = keyring();
    let envelope = keyring.sign_proof(&proof());
    for index in 0..envelope.payload.len() {
        let mut payload = envelope.payload.clone().into_bytes();
        payload[index] ^= 1;
        let Ok(payload) = String::from_utf8(payload) else {
            continue;
        };
        let changed = Envelope {
            payload,
            ..envelope.clone()
        };
        assert!(changed.verify(None).is_err(), "byte {index}");
    }
}

#[test]
fn a_space_in_the_payload_is_a_change() {
    let (_folder, keyring) = keyring();
    let envelope = keyring.sign_proof(&proof());
    let changed = Envelope {
        payload: format!("{} ", envelope.payload),
        ..envelope
    };
    assert!(matches!(
        changed.verify(None),
        Err(ProofError::WrongSignature)
    ));
}

#[test]
fn a_proof_signed_by_somebody_else_is_not_trusted() {
    let (_ours, keyring) = keyring();
    let (_theirs, stranger) = self::keyring();
    let forged = stranger.sign_proof(&proof());
    let refused = forged.verify(Some(&keyring.public_key())).unwrap_err();
    assert!(matches!(refused, ProofError::Untrusted { .. }));
    assert_eq!(refused.kind(), Kind::Refused);
    // Claiming to be the trusted key does not help.
    let claimed = forged.payload.replace(
        &stranger.public_key().to_string(),
        &keyring.public_key().to_string(),
    );
    let key_id = keyring.public_key().key_id();
    let claimed = Envelope {
        payload: claimed,
        key_id,
        ..forged
    };
    let refused = claimed.verify(Some(&keyring.public_key())).unwrap_err();
    assert!(matches!(refused, ProofError::WrongSignature));
}

#[test]
fn envelopes_that_say_strange_things_are_refused() {
    let (_folder, keyring) = keyring();
    let good = keyring.sign_proof(&proof());
    let key: PublicKey = keyring.public_key();
    let changed = |change: fn(&mut Envelope)| {
        let mut envelope = good.clone();
        change(&mut envelope);
        envelope.verify(Some(&key)).unwrap_err()
    };
    let refused = changed(|envelope| envelope.algorithm = "none".to_owned());
    assert!(matches!(refused, ProofError::UnknownAlgorithm));
    let refused = changed(|envelope| envelope.key_id = "0000000000000000".to_owned());
    assert!(matches!(refused, ProofError::KeysDiffer));
    let refused = changed(|envelope| envelope.signature.clear());
    assert!(matches!(refused, ProofError::Malformed { .. }));
    let refused = changed(|envelope| envelope.payload = "{}".to_owned());
    assert!(matches!(refused, ProofError::Malformed { .. }));
    let refused = changed(|envelope| envelope.payload = r#"{"schema":4}"#.to_owned());
    assert!(matches!(
        refused,
        ProofError::UnknownSchema { found: 4, known: 3 }
    ));
    assert!(Envelope::parse(b"").is_err());
    assert!(Envelope::parse(br#"{"payload":"","extra":1}"#).is_err());
}

proptest! {
    #[test]
    fn any_text_is_refused_without_a_panic(json in ".{0,200}", payload in ".{0,200}") {
        static SIGNED: LazyLock<Envelope> = LazyLock::new(|| keyring().1.sign_proof(&proof()));
        prop_assert!(Envelope::parse(json.as_bytes()).is_err());
        let envelope = Envelope { payload, ..SIGNED.clone() };
        prop_assert!(envelope.verify(None).is_err());
    }
}

#[test]
fn files_are_compared_by_length_and_hash() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("recording.mp4"), b"mp4").unwrap();
    fs::write(folder.path().join("transcript.txt"), b"A.K.: good morning!").unwrap();
    let checks = proof().check_folder(folder.path()).unwrap();
    assert_eq!(checks[0].kind, ArtefactKind::Recording);
    assert_eq!(checks[0].verdict, FileVerdict::Matches);
    assert!(matches!(
        checks[1].verdict,
        FileVerdict::Differs { bytes: 19, .. }
    ));

    fs::remove_file(folder.path().join("recording.mp4")).unwrap();
    fs::write(folder.path().join("transcript.txt"), TRANSCRIPT).unwrap();
    let verdicts: Vec<_> = proof()
        .check_folder(folder.path())
        .unwrap()
        .iter()
        .map(|check| check.verdict)
        .collect();
    assert_eq!(verdicts, [FileVerdict::Missing, FileVerdict::Matches]);
}

#[test]
fn files_can_come_from_anywhere() {
    let checks = proof()
        .check_files(|kind| {
            Ok((kind == ArtefactKind::TranscriptTxt).then(|| Cursor::new(TRANSCRIPT)))
        })
        .unwrap();
    let verdicts: Vec<_> = checks.iter().map(|check| check.verdict).collect();
    assert_eq!(verdicts, [FileVerdict::Missing, FileVerdict::Matches]);
}

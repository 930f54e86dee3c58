//! Other people's programs against ours.

use std::{fs, path::Path, process::Command};

use base64::{Engine, engine::general_purpose::STANDARD};
use scrim_policy::TenantId;
use scrim_storage::{
    ArtefactKind, DataKey, Keyring, PublicKey, Sha256Digest,
    seal::{SealContext, SealedInfo, SegmentSize},
};
use scrim_testkit::tink;
use tempfile::TempDir;

use crate::{
    fixtures::NOW,
    fixtures::{Sealed, artefact, text},
    shredding::{Home, render},
    vaults::seal,
};

const S: usize = 1 << 20;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every artefact of a vault, opened without a line of ours: the data key comes from the command
/// line of OpenBao, the plaintext from stock Tink.
#[test]
fn stock_tink_opens_every_artefact_with_the_key_that_bao_unwraps() {
    let home = Home::transit();
    let vault = home.open();
    let claim = render(&vault);
    let kinds = [
        (ArtefactKind::Recording, text(S + 12_345)),
        (ArtefactKind::TranscriptTxt, b"A.K.: good morning".to_vec()),
        (ArtefactKind::Segment, Vec::new()),
    ];
    let rows = kinds
        .each_ref()
        .map(|(kind, plaintext)| seal(&vault, &claim, *kind, plaintext));
    vault.rotate_key(TenantId::SINGLE, NOW).unwrap();
    vault.rewrap(TenantId::SINGLE, NOW, &mut |_| ()).unwrap();

    let folder = tempfile::tempdir().unwrap();
    let jobs = rows.each_ref().map(|row| {
        let row = vault.artefact(row.id).unwrap().unwrap();
        let key = row.object_key;
        let (tenant, recording) = (key.tenant, key.recording);
        // As docs/explanation/shredding.md writes them, from ids alone.
        let key_context = format!(
            "scrim/dek/v1|{tenant}|{recording}|{}|-|{}",
            row.id, row.format
        );
        let wrapped = String::from_utf8(row.wrapped_key.bytes).unwrap();
        assert!(wrapped.starts_with("vault:v2:"), "{wrapped}");
        let shown = home.bao().run(&[
            "write",
            "-field=plaintext",
            &format!("transit/decrypt/scrim-{tenant}"),
            &format!("ciphertext={wrapped}"),
            &format!("context={}", STANDARD.encode(key_context)),
        ]);
        tink::Job {
            r#do: "open",
            key: hex(&STANDARD.decode(shown.trim()).unwrap()),
            associated_data: format!(
                "scrim/seal/v1|{tenant}|{recording}|{}|{}|{}",
                row.id, row.kind, row.format
            ),
            segment_bytes: S as u32,
            input: home.path().join("objects").join(key.to_string()),
            output: folder.path().join(row.id.to_string()),
        }
    });
    for ((job, outcome), (kind, plaintext)) in jobs.iter().zip(tink::run(&jobs)).zip(kinds) {
        assert!(outcome.ok, "{kind}: {:?}", outcome.error);
        assert!(fs::read(&job.output).unwrap() == plaintext, "{kind}");
    }
}

fn open_job(folder: &Path, name: &str, sealed: &Sealed, object: &[u8]) -> tink::Job {
    let input = folder.join(format!("{name}.sealed"));
    fs::write(&input, object).unwrap();
    tink::Job {
        r#do: "open",
        key: hex(sealed.key.expose()),
        associated_data: String::from_utf8(sealed.context.associated_data().to_vec()).unwrap(),
        segment_bytes: S as u32,
        input,
        output: folder.join(format!("{name}.opened")),
    }
}

#[test]
fn stock_tink_opens_what_we_seal() {
    let folder = tempfile::tempdir().unwrap();
    let lengths = [
        0,
        1,
        100,
        S - 57,
        S - 56,
        S - 55,
        2 * S - 72,
        3 * S + 12_345,
    ];
    let sealed: Vec<_> = lengths
        .map(|length| Sealed::new(SegmentSize::ONE_MIB, &text(length)))
        .into();
    let jobs: Vec<_> = sealed
        .iter()
        .enumerate()
        .map(|(index, sealed)| open_job(folder.path(), &index.to_string(), sealed, &sealed.object))
        .collect();
    for ((job, outcome), length) in jobs.iter().zip(tink::run(&jobs)).zip(lengths) {
        assert!(outcome.ok, "{length} bytes: {:?}", outcome.error);
        assert!(
            fs::read(&job.output).unwrap() == text(length),
            "{length} bytes came out changed"
        );
    }
}

#[test]
fn we_open_what_stock_tink_seals() {
    let folder = tempfile::tempdir().unwrap();
    let key = DataKey::random().unwrap();
    let context = SealContext::foreign(artefact(5), b"rec-1");
    let jobs: Vec<_> = [0, 1, S - 56, S - 55, 3 * S + 12_345]
        .map(|length| {
            let input = folder.path().join(length.to_string());
            fs::write(&input, text(length)).unwrap();
            tink::Job {
                r#do: "seal",
                key: hex(key.expose()),
                associated_data: "rec-1".to_owned(),
                segment_bytes: S as u32,
                output: input.with_extension("sealed"),
                input,
            }
        })
        .into();
    let outcomes = tink::run(&jobs);
    assert!(outcomes.iter().all(|outcome| outcome.ok), "{outcomes:?}");

    for job in jobs {
        let plaintext = fs::read(&job.input).unwrap();
        let object = fs::read(&job.output).unwrap();
        let size = SegmentSize::ONE_MIB;
        let info = SealedInfo {
            plaintext_bytes: plaintext.len() as u64,
            ciphertext_bytes: size.ciphertext_bytes(plaintext.len() as u64).unwrap(),
            segments: size.segments(object.len() as u64),
            plaintext_sha256: Some(Sha256Digest::of(&plaintext)),
            ciphertext_sha256: Sha256Digest::of(&object),
            commitment: context.commitment(&key),
        };
        let opener = scrim_storage::seal::Opener::new(
            fs::File::open(&job.output).unwrap(),
            &key,
            &context,
            info,
        );
        let mut opened = Vec::new();
        opener.unwrap().copy_all(&mut opened).unwrap();
        assert!(
            opened == plaintext,
            "{} bytes came out changed",
            plaintext.len()
        );
    }
}

#[test]
fn stock_tink_refuses_the_same_manipulations() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = Sealed::new(SegmentSize::ONE_MIB, &text(2 * S + 12_345));
    let object = &sealed.object;
    let (first, second, third) = (&object[..S], &object[S..2 * S], &object[2 * S..]);
    let mut flipped = object.clone();
    flipped[S + 1000] ^= 1;
    let manipulated = [
        ("without_last", [first, second].concat()),
        ("swapped", [second, first, third].concat()),
        ("flipped", flipped),
        ("trailing_bytes", [object.as_slice(), &[0; 32]].concat()),
        ("trailing_segment", [object.as_slice(), third].concat()),
    ];
    let mut jobs: Vec<_> = manipulated
        .iter()
        .map(|(name, object)| open_job(folder.path(), name, &sealed, object))
        .collect();
    let elsewhere = open_job(folder.path(), "elsewhere", &sealed, object);
    jobs.push(tink::Job {
        associated_data: "another place".to_owned(),
        ..elsewhere
    });

    for (job, outcome) in jobs.iter().zip(tink::run(&jobs)) {
        assert!(!outcome.ok, "Tink opened {}", job.input.display());
    }
    for (name, object) in manipulated {
        let outcome = sealed
            .opener(&object, &sealed.info)
            .and_then(|opener| opener.copy_all(&mut std::io::sink()));
        assert!(outcome.is_err(), "we opened {name}");
    }
}

/// The fixed start of an Ed25519 key in the form of RFC 8410.
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];

fn openssl_verifies(folder: &TempDir, key: &PublicKey, payload: &str, signature: &str) -> bool {
    let spki = [SPKI_PREFIX.as_slice(), key.as_bytes()].concat();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("key.der"), spki).unwrap();
    fs::write(path("payload"), payload).unwrap();
    fs::write(path("signature"), STANDARD.decode(signature).unwrap()).unwrap();
    let verified = Command::new("openssl")
        .args(["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin"])
        .arg("-inkey")
        .arg(path("key.der"))
        .arg("-in")
        .arg(path("payload"))
        .arg("-sigfile")
        .arg(path("signature"))
        .output()
        .expect("openssl has to be installed");
    verified.status.success()
}

#[test]
fn openssl_accepts_our_signature_and_refuses_a_changed_payload() {
    let folder = tempfile::tempdir().unwrap();
    let unlock = scrim_storage::Unlock::KeyFile(folder.path().join("keyring.key"));
    let keyring = Keyring::open_or_create(&folder.path().join("keyring.json"), &unlock).unwrap();
    let envelope = keyring.sign_proof(&crate::proofs::proof());
    let key = keyring.public_key();
    assert!(openssl_verifies(
        &folder,
        &key,
        &envelope.payload,
        &envelope.signature
    ));
    let changed = envelope.payload.replace("\"publish\"", "\"hold\"");
    assert_ne!(changed, envelope.payload);
    assert!(!openssl_verifies(
        &folder,
        &key,
        &changed,
        &envelope.signature
    ));
}

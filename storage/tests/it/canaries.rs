//! Unmistakable words that must not be found where anybody could read them.

use std::{fs, io::Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use scrim_policy::Purpose;
use scrim_storage::{
    ArtefactKind, ArtefactRow, Begun, Kms, Passphrase, Sha256Digest, StagePart, Unlock, Vault,
    keyring::KeyContext,
};

use crate::{
    fixtures::{NOW, contains, files_below, job},
    vaults::seal,
};

const NAME: &str = "Zofia Wiśniewska-Brzęczyszczykiewicz";
const EMAIL: &str = "loïc.d-amore@przykład.example";
const PASSPHRASE: &str = "Über sieben Brücken";

/// Everything that must not be found in any file below the home of a vault.
fn canaries(vault: &Vault, rows: &[ArtefactRow]) -> Vec<Vec<u8>> {
    let mut canaries: Vec<Vec<u8>> = [NAME, EMAIL, PASSPHRASE]
        .map(|text| text.as_bytes().to_vec())
        .to_vec();
    // A plain hash of a name could be guessed.
    let hash = Sha256Digest::of(NAME.as_bytes());
    canaries.push(hash.as_bytes().to_vec());
    canaries.push(hash.to_string().into_bytes());
    for row in rows {
        let key = row.object_key;
        let context = KeyContext::new(key.tenant, key.recording, key.artefact, None);
        let data_key = vault
            .keyring()
            .unwrap_key(&context, &row.wrapped_key)
            .unwrap();
        canaries.push(data_key.expose().to_vec());
        canaries.push(STANDARD.encode(data_key.expose()).into_bytes());
    }
    canaries
}

#[test]
fn neither_plaintext_nor_a_key_lies_in_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let unlock = Unlock::Passphrase(Passphrase::new(PASSPHRASE.to_owned()).unwrap());
    let vault = Vault::open(&home, unlock).unwrap();
    let mut job = job("webinar");
    job.key = vault
        .keyring()
        .keyed_digest("job", &[NAME.as_bytes(), EMAIL.as_bytes()]);
    let Begun::New(claim) = vault.begin_or_resume(&job, NOW).unwrap() else {
        panic!("the job is not new");
    };
    vault.start_rendering(&claim, 1, NOW).unwrap();
    let plaintext = format!("{NAME} <{EMAIL}>\n").repeat(60_000);
    let rows = [ArtefactKind::TranscriptTxt, ArtefactKind::Segment]
        .map(|kind| seal(&vault, &claim, kind, plaintext.as_bytes()));
    let part = StagePart {
        stage: "render",
        part: 0,
        key: vault.keyring().keyed_digest("render", &[NAME.as_bytes()]),
    };
    vault
        .record_part(&claim, part, Some(rows[1].id), NOW)
        .unwrap();
    // One is still being written, and stays open while the files are searched.
    let mut open_writer = vault
        .create_artefact(&claim, ArtefactKind::Recording, NOW)
        .unwrap();
    open_writer.write_all(plaintext.as_bytes()).unwrap();

    let canaries = canaries(&vault, &rows);
    let files = files_below(&home);
    assert!(files.len() >= 6, "{files:?}");
    for file in files {
        let contents = fs::read(&file).unwrap();
        let name = file.file_name().unwrap().as_encoded_bytes();
        for canary in &canaries {
            assert!(!contains(&contents, canary), "found in {}", file.display());
            assert!(
                !contains(name, canary),
                "found in the name of {}",
                file.display()
            );
        }
    }
    assert!(contains(
        &vault
            .read_all(&rows[0], 1 << 23, Purpose::Get, NOW)
            .unwrap(),
        NAME.as_bytes()
    ));
}

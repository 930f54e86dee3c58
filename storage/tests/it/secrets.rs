//! Keys are nowhere but where they are needed: not in what is printed, not in memory afterwards.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use scrim_policy::TenantId;
use scrim_storage::{
    ArtefactKind, DataKey, Keyring, Kms, Transit, Unlock,
    keyring::{KeyContext, WrappedKey},
};
use scrim_testkit::OpenBao;

use crate::{
    fixtures::{NOW, artefact, recording},
    kms::transit_settings,
    shredding::{Home, reads, render},
    vaults::seal,
};

/// What is looked for, kept in a form that is not found itself.
struct Wanted {
    flipped: Vec<u8>,
}

impl Wanted {
    fn new(bytes: &[u8]) -> Self {
        Self {
            flipped: bytes.iter().map(|byte| !byte).collect(),
        }
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        let first = !self.flipped[0];
        bytes.windows(self.flipped.len()).any(|window| {
            window[0] == first
                && window
                    .iter()
                    .zip(&self.flipped)
                    .all(|(one, other)| *one == !other)
        })
    }
}

/// A key in the forms that it could be left in.
fn forms(key: &DataKey) -> [Wanted; 3] {
    let base64 = STANDARD.encode(key.expose());
    let hex: String = key
        .expose()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    // The last letters of base64 depend on what follows.
    let forms = [
        key.expose().as_slice(),
        &base64.as_bytes()[..40],
        hex.as_bytes(),
    ]
    .map(Wanted::new);
    for mut text in [base64, hex].map(String::into_bytes) {
        zeroize::Zeroize::zeroize(&mut text);
    }
    forms
}

/// Searches the memory of this process, as a core dump would hold it, and returns where something
/// was found.
fn memory_with(wanted: &[Wanted]) -> Vec<String> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mut memory = File::open("/proc/self/mem").unwrap();
    let mut buffer = Vec::new();
    let mut found = Vec::new();
    let mut searched = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let [start, end] = [start, end].map(|text| u64::from_str_radix(text, 16).unwrap());
        buffer.resize((end - start) as usize, 0);
        memory.seek(SeekFrom::Start(start)).unwrap();
        // Some areas of the kernel cannot be read by anybody.
        if memory.read_exact(&mut buffer).is_err() {
            continue;
        }
        searched += buffer.len();
        if wanted.iter().any(|wanted| wanted.is_in(&buffer)) {
            found.push(line.to_owned());
        }
    }
    assert!(searched > 100_000, "only {searched} bytes were searched");
    found
}

/// Wraps and unwraps a fresh key and returns what it looked like.
fn use_a_key(kms: &dyn Kms) -> (Vec<Wanted>, WrappedKey) {
    let context = KeyContext::new(TenantId::SINGLE, recording(1), artefact(1), None);
    let key = DataKey::random().unwrap();
    let wanted: Vec<_> = forms(&key).into();
    assert!(
        !memory_with(&wanted).is_empty(),
        "a key in use is not found"
    );
    let wrapped = kms.wrap_key(&context, &key).unwrap();
    assert!(kms.unwrap_key(&context, &wrapped).unwrap().matches(&key));
    (wanted, wrapped)
}

#[test]
fn nothing_of_a_data_key_is_left_in_memory_by_the_keyring() {
    let folder = tempfile::tempdir().unwrap();
    let unlock = Unlock::KeyFile(folder.path().join("keyring.key"));
    let keyring = Keyring::open_or_create(&folder.path().join("keyring.json"), &unlock).unwrap();
    let (wanted, _wrapped) = use_a_key(&keyring);
    assert_eq!(memory_with(&wanted), Vec::<String>::new());
}

#[test]
fn nothing_of_a_data_key_is_left_in_memory_by_transit() {
    let bao = OpenBao::new();
    let transit = Transit::new(&transit_settings(&bao, bao.root_token())).unwrap();
    let (wanted, _wrapped) = use_a_key(&transit);
    assert_eq!(memory_with(&wanted), Vec::<String>::new());
}

#[test]
fn nothing_of_the_key_of_an_artefact_is_left_in_memory() {
    let home = Home::local();
    let vault = home.open();
    let claim = render(&vault);
    let row = seal(&vault, &claim, ArtefactKind::Segment, b"text");
    assert_eq!(reads(&vault, &row).unwrap(), b"text");
    let wanted: Vec<_> = {
        let keyring = open_keyring(&home.path());
        let context = KeyContext::new(TenantId::SINGLE, row.recording, row.id, None);
        forms(&keyring.unwrap_key(&context, &row.wrapped_key).unwrap()).into()
    };
    assert_eq!(reads(&vault, &row).unwrap(), b"text");
    assert_eq!(memory_with(&wanted), Vec::<String>::new());
}

fn open_keyring(home: &Path) -> Keyring {
    let unlock = Unlock::KeyFile(home.join("keyring.key"));
    Keyring::open(&home.join("keyring.json"), &unlock).unwrap()
}

#[test]
fn nothing_of_the_keyring_is_left_in_memory_when_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("keyring.key");
    let path = folder.path().join("keyring.json");
    drop(Keyring::open_or_create(&path, &Unlock::KeyFile(key_file.clone())).unwrap());
    let wanted: Vec<_> = {
        let text = zeroize::Zeroizing::new(fs::read(&key_file).unwrap());
        let key = zeroize::Zeroizing::new(STANDARD.decode(text.trim_ascii()).unwrap());
        forms(&DataKey::copy_from(&key).unwrap()).into()
    };
    let keyring = open_keyring(folder.path());
    assert!(
        !memory_with(&wanted).is_empty(),
        "a key in use is not found"
    );
    drop(keyring);
    assert_eq!(memory_with(&wanted), Vec::<String>::new());
}

#[test]
fn printing_shows_no_key_and_no_token() {
    let home = Home::transit();
    let settings = home.settings();
    let vault = home.open();
    let claim = render(&vault);
    let writer = vault
        .create_artefact(&claim, ArtefactKind::Segment, NOW)
        .unwrap();
    let row = seal(&vault, &claim, ArtefactKind::Audio, b"text");
    let reader = vault.open_artefact(&row).unwrap();
    let key_file = fs::read_to_string(home.path().join("keyring.key")).unwrap();
    let transit = Transit::new(settings.transit.as_ref().unwrap()).unwrap();
    let context = KeyContext::new(TenantId::SINGLE, row.recording, row.id, None);
    let key = transit.unwrap_key(&context, &row.wrapped_key).unwrap();
    let printed = [
        format!("{settings:#?} {vault:#?} {writer:#?} {reader:#?}"),
        format!("{:#?} {transit:#?} {key:#?} {context:#?}", vault.keyring()),
    ]
    .concat();
    assert!(printed.contains("Transit"), "{printed}");
    let hex: String = key
        .expose()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let list = format!("{:?}", key.expose());
    for secret in [
        home.bao().root_token(),
        key_file.trim(),
        &STANDARD.encode(key.expose()),
        &hex,
        list.trim_matches(['[', ']']),
    ] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

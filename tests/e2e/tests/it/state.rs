//! What a run leaves behind in its home.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use scrim_testkit::Home;

use crate::answer::{listed, shown};

/// Files of the state that are no sealed objects.
const KNOWN_FILES: [&str; 9] = [
    "catalog.db",
    "catalog.db-shm",
    "catalog.db-wal",
    "catalog.db.lock",
    "config.toml",
    "keyring.epoch",
    "keyring.json",
    "keyring.json.lock",
    "keyring.key",
];

/// First byte of everything that is sealed: the length of its header.
const SEALED: u8 = 40;

/// What only a media file in the clear holds: types and brands at the start of an MP4 file, its
/// movie header, and an H.264 parameter set behind a start code.
const CLEAR_MEDIA: [&[u8]; 5] = [
    b"ftypisom",
    b"ftypmp4",
    b"\0\0\0\x6cmvhd",
    b"\0\0\0\x78mvhd",
    b"\0\0\0\x01\x67\x64\0",
];

/// Returns every file below a folder; none where there is no folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => panic!("reading {}: {error}", folder.display()),
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

/// Returns the keys of all sealed objects that lie in the store. Those that were not finished begin
/// with `incoming/`.
pub(crate) fn stored_objects(home: &Home) -> BTreeSet<String> {
    let store = home.state().join("objects");
    let key = |path: PathBuf| {
        path.strip_prefix(&store)
            .unwrap()
            .to_string_lossy()
            .into_owned()
    };
    files(&store).into_iter().map(key).collect()
}

/// Returns the keys of all sealed objects that the catalog knows.
pub(crate) fn known_objects(home: &Home) -> BTreeSet<String> {
    let recordings = listed(home);
    let ids = recordings
        .iter()
        .map(|row| row["recording"].as_str().unwrap());
    let rows = ids.map(|id| shown(home, id));
    rows.flat_map(|row| {
        let artefacts = row["artefacts"].as_array().unwrap().clone();
        artefacts
            .into_iter()
            .map(|artefact| artefact["object"].as_str().unwrap().to_owned())
    })
    .collect()
}

/// Returns what is in the clear, half-written or unexplained in the home, in words.
pub(crate) fn unsealed(home: &Home) -> Vec<String> {
    let state = home.state();
    let mut found = Vec::new();
    for path in files(&home.temporary()) {
        found.push(format!("temporary file {}", path.display()));
    }
    for path in files(&state) {
        let inside = path.strip_prefix(&state).unwrap();
        let name = inside.to_string_lossy().into_owned();
        let bytes = fs::read(&path).unwrap();
        let is_object = inside.starts_with("objects");
        if is_object && bytes.first().is_some_and(|first| *first != SEALED) {
            found.push(format!("{name} is not sealed"));
        }
        // What an erasure leaves: the keys of what stays, wrapped anew.
        let is_known = KNOWN_FILES.contains(&name.as_str()) || inside.starts_with("wrapped-keys");
        if !is_object && !is_known {
            found.push(format!("nobody knows {name}"));
        }
        for media in CLEAR_MEDIA {
            if bytes.windows(media.len()).any(|window| window == media) {
                found.push(format!("{name} holds media in the clear"));
            }
        }
    }
    found
}

/// Returns what is in the clear, half-written or unexplained, and objects without a row of the
/// catalog and rows without an object. For homes in which no run was killed.
pub(crate) fn left_behind(home: &Home) -> Vec<String> {
    let mut found = unsealed(home);
    let (stored, known) = (stored_objects(home), known_objects(home));
    found.extend(
        stored
            .difference(&known)
            .map(|key| format!("nobody knows the object {key}")),
    );
    found.extend(
        known
            .difference(&stored)
            .map(|key| format!("the object {key} is missing")),
    );
    found
}

#[test]
fn a_recording_in_the_clear_is_found_wherever_it_lies() {
    let sample = scrim_testkit::committed_sample().media;
    let places: [fn(&Home) -> PathBuf; 3] = [
        |home| home.temporary().join("anything"),
        |home| home.state().join("catalog.db"),
        |home| home.state().join("objects/anything"),
    ];
    for place in places {
        let home = Home::new();
        assert!(unsealed(&home).is_empty());
        let path = place(&home);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(&sample, &path).unwrap();
        assert!(!unsealed(&home).is_empty(), "{}", path.display());
    }
}

//! Exports that meet each other, that were killed, or whose recording goes meanwhile.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    time::{Duration, SystemTime},
};

use scrim_storage::export::{
    ExportError, ExportPassword, FolderSink, Selection, WholeFile, ZipSink,
};

use crate::{
    exports::{ABOUT, PASSWORD, published, unheard},
    runs::Place,
};

fn make_old(path: &Path) {
    let an_hour_ago = SystemTime::now() - Duration::from_secs(3600);
    File::open(path).unwrap().set_modified(an_hour_ago).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn two_that_write_the_same_file_do_not_mix_and_the_last_one_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording.mp4");
    let mut first = WholeFile::create(&path).unwrap();
    first.write_all(b"the first, ").unwrap();
    let mut second = WholeFile::create(&path).unwrap();
    second.write_all(b"the second").unwrap();
    first.write_all(b"whole").unwrap();
    first.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"the first, whole");
    second.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"the second");
    assert_eq!(names(folder.path()), ["recording.mp4"]);
}

#[test]
fn what_a_killed_export_has_left_in_the_clear_is_removed_by_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let left_folder = at(".out.0123456789abcdef.partial");
    fs::create_dir(&left_folder).unwrap();
    fs::write(left_folder.join("attendance.csv"), "names").unwrap();
    make_old(&left_folder);
    let left_file = at(".a.mp4.0123456789abcdef.partial");
    fs::write(&left_file, "half").unwrap();
    make_old(&left_file);
    // Of others, and of this one but not finished being begun.
    fs::write(at(".a.mp4.partial"), "not ours").unwrap();
    fs::write(at(".a.mp4.fedcba9876543210.partial"), "young").unwrap();
    let living = WholeFile::create(&at("b.mp4")).unwrap();
    let begun = |name: &String| name.starts_with(".b.mp4.");
    let living_name = names(folder.path()).into_iter().find(begun).unwrap();
    make_old(&at(&living_name));

    drop(FolderSink::create(&at("out")).unwrap());
    drop(WholeFile::create(&at("a.mp4")).unwrap());
    drop(WholeFile::create(&at("b.mp4")).unwrap());
    let wanted = [
        ".a.mp4.fedcba9876543210.partial",
        ".a.mp4.partial",
        &living_name,
    ];
    assert_eq!(names(folder.path()), wanted);
    living.commit().unwrap();
    assert!(at("b.mp4").is_file());
}

#[test]
fn a_recording_that_was_withdrawn_since_the_plan_is_not_exported() {
    let place = Place::new();
    let vault = &place.vault;
    let id = published(vault, "webinar", None);
    let selection = Selection {
        recordings: vec![id],
        ..Selection::default()
    };
    let plan = vault.plan_export(&selection).unwrap();
    let withdraw = format!("UPDATE recording SET state = 'withdrawn' WHERE id = '{id}'");
    place.sql(&[&withdraw]).unwrap();
    let path = place.home.join("export.zip");
    let password = ExportPassword::new(PASSWORD.to_owned()).unwrap();
    let mut sink = ZipSink::file(&path, Some(password)).unwrap();
    let refused = plan.write(vault, &mut sink, ABOUT, &unheard).unwrap_err();
    assert!(matches!(refused, ExportError::NotPublished { recording, .. } if recording == id));
    drop(sink);
    assert!(!path.exists());
}

use std::{collections::HashSet, fs, process::Command};

use scrim_testkit::{bad, workspace};

/// What `ffprobe` says about the first video stream.
fn probe(path: &std::path::Path, entry: &str) -> String {
    let probed = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            "v:0",
            "-of",
            "csv=p=0",
            "-show_entries",
            entry,
        ])
        .arg(path)
        .output()
        .unwrap();
    String::from_utf8_lossy(&probed.stdout).trim().to_owned()
}

#[test]
fn every_input_is_made_and_differs_from_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let written = bad::write_all(folder.path());
    let contents: HashSet<Vec<u8>> = written
        .iter()
        .map(|(_, path)| fs::read(path).unwrap())
        .collect();
    assert_eq!(contents.len(), written.len());
}

#[test]
fn defects_are_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let input = |file: &str| {
        let all = bad::inputs();
        all.iter()
            .find(|input| input.file == file)
            .unwrap()
            .write(folder.path())
    };
    assert_eq!(probe(&input("size-1x1.webm"), "stream=width,height"), "1,1");
    assert_eq!(
        probe(&input("size-8192x8192.mp4"), "stream=width,height"),
        "8192,8192"
    );
    assert_eq!(
        probe(&input("frame-rate-1000.mp4"), "stream=r_frame_rate"),
        "1000/1"
    );
    let promised: f64 = probe(&input("duration-too-long.mp4"), "format=duration")
        .parse()
        .unwrap();
    assert!(promised > 1000.0, "{promised}");
    let sizes = probe(&input("size-changes.ts"), "frame=width");
    assert!(sizes.contains("1280") && sizes.contains("640"), "{sizes}");
    let key_frames = probe(&input("key-frame-missing.mp4"), "frame=pict_type");
    assert!(!key_frames.contains('I'), "{key_frames}");
}

#[test]
fn moving_the_index_leaves_every_picture_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    // A cut at the very end would lose nothing, so one that loses a tenth of the media is compared
    // by the pictures before it.
    let inputs = bad::inputs();
    let first = inputs
        .iter()
        .find(|input| input.file == "truncated-90-index-first.mp4")
        .unwrap();
    let times = probe(&first.write(folder.path()), "packet=pts_time");
    assert!(times.lines().count() > 100, "{times}");
}

#[test]
fn the_table_for_people_is_complete() {
    let readme = fs::read_to_string(workspace::root().join("tests/bad/README.md")).unwrap();
    for input in bad::inputs() {
        // One row stands for all cuts.
        let name = input.file.replace("truncated-", "");
        let name = match name.split_once('-') {
            Some((tenths, place)) if name != input.file => {
                assert!(tenths.ends_with('0'));
                format!("truncated-NN-{place}")
            }
            _ => input.file.clone(),
        };
        let row = readme
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")));
        let row = row.unwrap_or_else(|| panic!("`{name}` is not in the table"));
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(cells[2], input.defect, "{name}");
        assert_eq!(cells[3], input.expected.exit_code().to_string(), "{name}");
    }
}

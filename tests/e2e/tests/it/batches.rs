//! Many recordings with one command.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use scrim_testkit::{Home, committed_sample};
use serde_json::Value;

use crate::{
    answer::{Answer, listed, policy, shown},
    media::ffmpeg,
    state::{left_behind, stored_objects, unsealed},
};

const NOTHING: [&str; 0] = [];

/// A folder with three recordings, one that is broken and a file that is none.
struct Folder {
    home: Home,
}

impl Folder {
    fn new() -> Self {
        let folder = Self { home: Home::new() };
        fs::create_dir_all(folder.at("below")).unwrap();
        folder.add("a.mp4", "1");
        folder.add("b.mkv", "2");
        folder.add("below/c.mp4", "3");
        let good = fs::read(committed_sample().media).unwrap();
        fs::write(folder.at("broken.mp4"), &good[..good.len() / 2]).unwrap();
        fs::write(folder.at("minutes.txt"), "Minutes of the meeting.").unwrap();
        folder
    }

    /// Adds the short webinar from its beginning, each time another file.
    fn add(&self, name: &str, tag: &str) {
        let text = |path: &Path| path.display().to_string();
        let good = committed_sample().media;
        let title = format!("title={tag}");
        let arguments = ["-i", &text(&good), "-c", "copy", "-metadata", &title];
        let path = text(&self.at(name));
        ffmpeg(&[&arguments[..], &[path.as_str()]].concat());
    }

    fn path(&self) -> PathBuf {
        self.home.path().join("incoming")
    }

    fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    fn summary(&self) -> PathBuf {
        self.home.path().join("summary.csv")
    }

    /// `scrim batch run --json` over the folder, without transcripts.
    fn batch(&self, policy_name: &str) -> Command {
        let mut command = self.home.scrim();
        command.args(["batch", "run", "--json", "--no-transcript"]);
        command
            .arg(self.path())
            .arg("--policy")
            .arg(policy(policy_name));
        command.arg("--roster").arg(committed_sample().roster);
        command.arg("--summary").arg(self.summary());
        command
    }

    fn item(&self, answer: &Answer, name: &str) -> Value {
        let path = self.at(name).display().to_string();
        let lines = answer.lines().into_iter();
        let mut items =
            lines.filter(|line| line["message_type"] == "item" && line["path"] == path.as_str());
        items
            .next()
            .unwrap_or_else(|| panic!("nothing about {name}"))
    }
}

fn counts(answer: &Answer) -> [u64; 5] {
    let summary = answer.last_line();
    assert_eq!(summary["message_type"], "summary");
    ["published", "unchanged", "held", "failed", "skipped"]
        .map(|word| summary[word].as_u64().unwrap())
}

fn published(home: &Home) -> usize {
    let rows = listed(home);
    rows.iter()
        .filter(|row| row["state"] == "published")
        .count()
}

#[test]
fn a_bad_file_is_named_and_does_not_stop_the_others() {
    let folder = Folder::new();
    // Its name says that it is a recording.
    fs::write(folder.at("empty.webm"), "").unwrap();
    let mut command = folder.batch("webinar");
    command
        .args(["--jobs", "2", "--out"])
        .arg(folder.home.out());
    let answer = Answer::of(&mut command).expect(9);
    assert_eq!(counts(&answer), [3, 0, 0, 2, 1]);
    let broken = folder.item(&answer, "broken.mp4");
    assert_eq!(broken["state"], "failed");
    assert_eq!(broken["kind"], "damaged");
    assert_eq!(broken["tries"], 1, "what is damaged is not tried again");
    assert_eq!(folder.item(&answer, "empty.webm")["state"], "failed");
    let good = folder.item(&answer, "below/c.mp4");
    let id = good["recording"].as_str().unwrap();
    assert!(folder.home.out().join(id).join("recording.mp4").is_file());
    Answer::of(folder.home.scrim().args(["verify", id])).expect(0);
    let table = fs::read_to_string(folder.summary()).unwrap();
    assert!(
        table.contains("broken.mp4") && table.contains(id),
        "{table}"
    );
    let page = fs::read_to_string(folder.summary().with_extension("html")).unwrap();
    assert!(page.contains("broken.mp4") && page.contains(id));
    // Whoever ran it knows the names, the catalog does not.
    for name in ["catalog.db", "catalog.db-wal"] {
        let bytes = fs::read(folder.home.state().join(name)).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains("broken") && !text.contains("incoming"),
            "{name}"
        );
    }
    assert_eq!(left_behind(&folder.home), NOTHING);

    let batches = Answer::of(folder.home.scrim().args(["batch", "ls", "--json"])).expect(0);
    let batch = batches.last_line();
    assert_eq!(batch["counts"]["published"], 3);
    assert_eq!(batch["counts"]["failed"], 2);
    let id = batch["batch"].as_str().unwrap();
    let shown = Answer::of(folder.home.scrim().args(["batch", "show", "--json", id]));
    assert_eq!(
        shown.expect(0).last_line()["items"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
}

#[test]
fn a_batch_that_was_done_has_nothing_left_to_do() {
    let folder = Folder::new();
    fs::remove_file(folder.at("broken.mp4")).unwrap();
    Answer::of(&mut folder.batch("webinar")).expect(0);
    let answer = Answer::of(&mut folder.batch("webinar")).expect(0);
    assert_eq!(counts(&answer), [0, 3, 0, 0, 1]);
    folder.add("d.mp4", "4");
    let dry = Answer::of(folder.batch("webinar").arg("--dry-run")).expect(0);
    assert_eq!(folder.item(&dry, "d.mp4")["work"], "new");
    assert_eq!(folder.item(&dry, "a.mp4")["work"], "unchanged");
    let summary = dry.last_line();
    assert_eq!(summary["jobs"], 1);
    assert_eq!(summary["speed_is_tried"], false, "earlier jobs say it");
    assert!(summary["seconds_expected"].as_f64().unwrap() > 0.0);
    assert_eq!(listed(&folder.home).len(), 3, "a dry run does nothing");
    let answer = Answer::of(&mut folder.batch("webinar")).expect(0);
    assert_eq!(counts(&answer), [1, 3, 0, 0, 1]);
}

#[test]
fn a_dry_run_says_what_there_is_to_do_and_tries_how_fast_this_machine_is() {
    let folder = Folder::new();
    let dry = Answer::of(folder.batch("webinar").arg("--dry-run")).expect(0);
    let item = folder.item(&dry, "a.mp4");
    assert_eq!(
        (&item["work"], &item["width"]),
        (&"new".into(), &1280.into())
    );
    assert_eq!(folder.item(&dry, "minutes.txt")["work"], "no recording");
    let summary = dry.last_line();
    assert_eq!(summary["speed_is_tried"], true);
    assert!(summary["speed"].as_f64().unwrap() > 0.0);
    assert!(listed(&folder.home).is_empty());
    assert!(stored_objects(&folder.home).is_empty());
    assert!(!folder.summary().exists());
}

#[test]
fn a_batch_that_was_killed_goes_on_where_it_was() {
    let folder = Folder::new();
    fs::remove_file(folder.at("broken.mp4")).unwrap();
    let mut command = folder.batch("webinar");
    command.args(["--jobs", "1"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = command.spawn().unwrap();
    let mut lines = BufReader::new(running.stdout.take().unwrap()).lines();
    let is_item = |line: std::io::Result<String>| line.unwrap().contains("\"item\"");
    assert!(lines.any(is_item), "it ended before an item was done");
    running.kill().unwrap();
    running.wait().unwrap();
    assert_eq!(unsealed(&folder.home), NOTHING);
    let before = published(&folder.home);
    assert!((1..3).contains(&before), "{before} were published");

    let answer = Answer::of(&mut folder.batch("webinar")).expect(0);
    let [newly, unchanged, ..] = counts(&answer);
    assert_eq!(newly + unchanged, 3);
    assert!(unchanged >= 1, "what was done was done again");
    assert_eq!(published(&folder.home), 3);
    assert_eq!(listed(&folder.home).len(), 3, "nothing was published twice");
    assert_eq!(left_behind(&folder.home), NOTHING);
}

#[test]
fn what_was_deleted_stays_so_and_outputs_that_are_missing_are_written() {
    let folder = Folder::new();
    for name in ["broken.mp4", "below/c.mp4", "minutes.txt"] {
        fs::remove_file(folder.at(name)).unwrap();
    }
    let first = Answer::of(&mut folder.batch("webinar")).expect(0);
    let id = |name: &str| {
        let item = folder.item(&first, name);
        item["recording"].as_str().unwrap().to_owned()
    };
    let (deleted, kept) = (id("a.mp4"), id("b.mkv"));
    let erase = ["erase", "recording", &deleted, "--yes"];
    Answer::of(folder.home.scrim().args(erase)).expect(0);

    let out = folder.home.out();
    let again = Answer::of(folder.batch("webinar").arg("--out").arg(&out)).expect(0);
    assert_eq!(counts(&again), [0, 1, 0, 0, 0]);
    assert_eq!(again.last_line()["deleted"], 1);
    assert_eq!(published(&folder.home), 1);
    assert!(out.join(&kept).join("recording.mp4").is_file());
    assert!(!out.join(&deleted).exists());
    let dry = Answer::of(folder.batch("webinar").arg("--dry-run")).expect(0);
    assert_eq!(folder.item(&dry, "a.mp4")["work"], "deleted");

    // The page would lie where the table does.
    let mut command = folder.batch("webinar");
    let page = folder.home.path().join("done.html");
    Answer::of(command.arg("--summary").arg(&page)).expect(2);
    let mut command = folder.home.scrim();
    command.args(["batch", "run", "--no-transcript", "--policy"]);
    command.arg(policy("webinar")).arg(folder.path());
    Answer::of(command.arg("--summary").arg(&page)).expect(3);
    assert!(!page.exists());
}

#[test]
fn a_new_policy_takes_the_place_of_the_old_one_and_widens_nothing() {
    let folder = Folder::new();
    fs::remove_file(folder.at("broken.mp4")).unwrap();
    let ids = |answer: &Answer| {
        ["a.mp4", "b.mkv", "below/c.mp4"].map(|name| {
            let item = folder.item(answer, name);
            item["recording"].as_str().unwrap().to_owned()
        })
    };
    let old = ids(&Answer::of(&mut folder.batch("webinar")).expect(0));
    let new = ids(&Answer::of(&mut folder.batch("webinar-hide")).expect(0));
    let state = |id: &String| shown(&folder.home, id)["state"].clone();
    for (old, new) in old.iter().zip(&new) {
        assert_ne!(old, new);
        assert_eq!(
            (state(old), state(new)),
            ("withdrawn".into(), "published".into())
        );
    }
    // A policy that does not fit is a verdict as well: nothing stays published that it does not allow.
    let other = scrim_testkit::workspace::root().join("tests/bad/policy-for-another-size.toml");
    let mut command = folder.home.scrim();
    command.args(["batch", "run", "--json", "--no-transcript"]);
    command.arg(folder.path()).arg("--policy").arg(other);
    assert_eq!(counts(&Answer::of(&mut command).expect(9))[3], 3);
    assert_eq!(published(&folder.home), 0);
    // The first one again: nothing is rendered, and what it had made is published again.
    let again = Answer::of(&mut folder.batch("webinar")).expect(0);
    assert_eq!(counts(&again)[..2], [0, 3]);
    assert!(old.iter().all(|id| state(id) == "published"));
    assert_eq!(published(&folder.home), 3);
}

#[test]
fn a_list_says_for_each_source_how_it_is_processed() {
    let folder = Folder::new();
    let original = {
        let mut command = folder.home.scrim();
        command.args(["ingest", "--json"]).arg(folder.at("a.mp4"));
        crate::answer::recording_of(&Answer::of(&mut command).expect(0))
    };
    let list = folder.at("list.csv");
    let (strict, missing) = (policy("webinar-hide"), "missing.mp4");
    let strict = strict.canonicalize().unwrap();
    let text = format!(
        "path,policy,roster\n{original},,\nb.mkv,{},\n{missing},,\nminutes.txt,,\n",
        strict.display()
    );
    fs::write(&list, text).unwrap();
    let mut command = folder.home.scrim();
    command.args(["batch", "run", "--json", "--no-transcript", "--policy"]);
    command.arg(policy("webinar")).arg(&list);
    let answer = Answer::of(&mut command).expect(9);
    assert_eq!(counts(&answer), [2, 0, 0, 2, 0]);
    assert_eq!(folder.item(&answer, missing)["kind"], "not_found");
    assert_eq!(folder.item(&answer, "minutes.txt")["kind"], "invalid");
    let lines = answer.lines();
    let of_original = lines.iter().find(|line| line["path"] == original.as_str());
    let recording = of_original.unwrap()["recording"].as_str().unwrap();
    assert_eq!(shown(&folder.home, recording)["original"], original);
    let strict = folder.item(&answer, "b.mkv")["recording"].clone();
    let strict = shown(&folder.home, strict.as_str().unwrap());
    assert_ne!(strict["policy"], shown(&folder.home, recording)["policy"]);
}

#[test]
fn the_same_recording_twice_is_made_once() {
    let folder = Folder::new();
    for name in ["b.mkv", "below/c.mp4", "broken.mp4", "minutes.txt"] {
        fs::remove_file(folder.at(name)).unwrap();
    }
    fs::copy(folder.at("a.mp4"), folder.at("copy.mp4")).unwrap();
    let answer = Answer::of(folder.batch("webinar").args(["--jobs", "2"])).expect(0);
    let [newly, unchanged, ..] = counts(&answer);
    assert_eq!(newly + unchanged, 2);
    assert_eq!(listed(&folder.home).len(), 1);
    assert_eq!(left_behind(&folder.home), NOTHING);
}

#[test]
fn a_mistake_that_concerns_all_of_them_stops_before_anything_is_done() {
    let folder = Folder::new();
    let mut command = folder.home.scrim();
    command
        .args(["batch", "run", "--no-transcript"])
        .arg(folder.path());
    Answer::of(&mut command).expect(3).expect_said("--policy");
    let list = folder.at("list.csv");
    fs::write(&list, "path,polici\na.mp4,x\n").unwrap();
    let mut command = folder.home.scrim();
    command.args(["batch", "run", "--no-transcript"]).arg(&list);
    Answer::of(&mut command).expect(3).expect_said("polici");
    let nobody = "bat_00000000000000000000000000000000";
    Answer::of(folder.home.scrim().args(["batch", "show", nobody])).expect(4);
    assert!(listed(&folder.home).is_empty());
}

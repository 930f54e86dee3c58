//! Commands beside `process`, and how each class of failure ends.

use std::{fs, path::PathBuf, process::Command};

use scrim_testkit::{Home, committed_sample, program, workspace};

use crate::answer::{Answer, policy, process_silently};

const MISTAKEN_POLICY: &str = "schema = 1
name = \"mistaken\"

[[region]]
name = \"stage\"
kind = \"stage\"
rect = [0.16, 0.1, 0.6, 0.9]
action = \"kepe\"
";

fn scrim(home: &Home, arguments: &[&str]) -> Command {
    let mut command = home.scrim();
    command.args(arguments);
    command
}

fn mistaken_policy(home: &Home) -> PathBuf {
    let path = home.path().join("mistaken.toml");
    fs::write(&path, MISTAKEN_POLICY).unwrap();
    path
}

#[test]
fn a_mistake_in_a_policy_is_shown_with_its_line_and_a_remedy() {
    let home = Home::new();
    let file = mistaken_policy(&home);
    let said = Answer::of(scrim(&home, &["policy", "check"]).arg(&file))
        .expect(3)
        .said();
    assert!(said.contains("mistaken.toml:8:"), "{said}");
    assert!(said.contains("help: "), "{said}");
    let answer = Answer::of(scrim(&home, &["policy", "check", "--json"]).arg(&file)).expect(3);
    let error = answer.last_line();
    assert_eq!(error["exit_code"], 3);
    let finding = &error["findings"][0];
    assert_eq!(finding["line"], 8);
    assert!(!finding["help"].as_str().unwrap().is_empty());
    assert!(!home.state().exists(), "checking a policy needs no state");
}

#[test]
fn every_policy_of_the_samples_passes_the_check() {
    let home = Home::new();
    for name in ["webinar", "webinar-hide", "webinar-initials", "relayout"] {
        Answer::of(scrim(&home, &["policy", "check"]).arg(policy(name))).expect(0);
    }
    for word in ["speaker", "presentation", "grid", "audio", "custom"] {
        let mut command = scrim(&home, &["policy", "check", "--json"]);
        let answer = Answer::of(command.arg(policy(&format!("live-{word}")))).expect(0);
        assert_eq!(answer.last_line()["live"], word);
    }
}

#[test]
fn a_policy_for_live_sessions_alone_is_not_applied_to_a_file() {
    let home = Home::new();
    let mut command = scrim(&home, &["policy", "plan"]);
    command
        .arg(policy("live-grid"))
        .arg("--input")
        .arg(committed_sample().media);
    let said = Answer::of(&mut command).expect(5).said();
    assert!(said.contains("[[region]]"), "{said}");
}

#[test]
fn a_preview_shows_source_and_result_side_by_side() {
    let home = Home::new();
    let out = home.path().join("preview.png");
    let mut command = scrim(&home, &["policy", "preview", "--at", "12s"]);
    command.arg(policy("webinar")).arg("--out").arg(&out);
    command.arg("--input").arg(committed_sample().media);
    Answer::of(&mut command).expect(0);
    let picture = image::open(&out).unwrap();
    assert_eq!(picture.height(), 720);
    // Two pictures with a strip between them.
    assert!(
        (2560..2600).contains(&picture.width()),
        "{}",
        picture.width()
    );
}

#[test]
fn a_policy_comes_to_a_plan_and_has_a_schema() {
    let home = Home::new();
    let mut command = scrim(&home, &["policy", "plan"]);
    command
        .arg(policy("webinar-hide"))
        .arg("--input")
        .arg(committed_sample().media);
    let plan = Answer::of(&mut command).expect(0).last_line();
    assert_eq!(plan["output"], serde_json::json!([1280, 720]));
    let schema = Answer::of(&mut scrim(&home, &["policy", "schema"])).expect(0);
    let schema: serde_json::Value = serde_json::from_slice(schema.bytes()).unwrap();
    assert_eq!(schema["type"], "object");
}

#[test]
fn the_doctor_knows_what_is_installed() {
    let home = Home::new();
    let models = program::models(&["tiny.en", "silero-vad"]);
    let mut command = scrim(&home, &["doctor", "--json"]);
    let findings = Answer::of(command.env("SCRIM_MODELS", models))
        .expect(0)
        .lines();
    let version = |name: &str| {
        let finding = findings.iter().find(|finding| finding["name"] == name);
        finding.unwrap_or_else(|| panic!("nothing about {name}"))["version"].clone()
    };
    for name in ["gstreamer", "x264enc", "avenc_aac", "qtdemux", "tiny.en"] {
        assert!(version(name).is_string(), "{name} is missing");
    }
    let text = Answer::of(&mut scrim(&home, &["doctor"]))
        .expect(0)
        .printed();
    assert!(text.contains("scrim models pull base"), "{text}");
}

#[test]
fn completions_and_manual_pages_cover_every_command() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish"] {
        let text = Answer::of(&mut scrim(&home, &["completions", shell]))
            .expect(0)
            .printed();
        assert!(
            text.contains("process") && text.contains("verify"),
            "{shell}"
        );
    }
    let folder = home.path().join("man");
    fs::create_dir(&folder).unwrap();
    Answer::of(scrim(&home, &["man", "--out"]).arg(&folder)).expect(0);
    for page in [
        "scrim.1",
        "scrim-process.1",
        "scrim-policy-check.1",
        "scrim-models-pull.1",
    ] {
        let text = fs::read_to_string(folder.join(page)).unwrap();
        assert!(text.contains(".TH"), "{page}");
    }
}

#[test]
fn each_class_of_failure_has_its_exit_code() {
    let home = Home::new();
    let media = committed_sample().media;
    let nobody = "rec_00000000000000000000000000000000";
    let code = |command: &mut Command| Answer::of(command).code();
    assert_eq!(
        code(&mut scrim(&home, &["process", "a.mp4"])),
        2,
        "no policy"
    );
    assert_eq!(code(&mut scrim(&home, &["unheard-of"])), 2);
    assert_eq!(
        code(&mut scrim(&home, &["get", nobody, "recording.avi"])),
        3
    );
    assert_eq!(
        code(&mut scrim(&home, &["verify", "neither-id-nor-folder"])),
        3
    );
    let mut command = scrim(&home, &["process", "--no-transcript"]);
    command
        .arg(&media)
        .arg("--policy")
        .arg(mistaken_policy(&home));
    assert_eq!(code(&mut command), 3, "a policy with a mistake");
    let mut command = process_silently(&home, home.path(), "webinar");
    assert_eq!(code(&mut command), 3, "a folder is no recording");
    let missing = home.path().join("missing.mp4");
    assert_eq!(code(&mut process_silently(&home, &missing, "webinar")), 4);
    assert_eq!(code(&mut scrim(&home, &["show", nobody])), 4);
    assert_eq!(code(&mut scrim(&home, &["get", nobody, "recording"])), 4);
    assert_eq!(code(&mut scrim(&home, &["verify", nobody])), 4);
    let mut command = process_silently(&home, &media, "webinar");
    command.arg("--policy").arg(policy("missing"));
    assert_eq!(code(&mut command), 2, "two policies");
    let mut command = scrim(&home, &["process", "--no-transcript"]);
    command.arg(&media).arg("--policy").arg(policy("missing"));
    assert_eq!(code(&mut command), 4, "no such policy");
}

#[test]
fn a_missing_model_is_named_with_the_command_that_fetches_it() {
    let home = Home::new();
    let mut command = scrim(&home, &["process"]);
    command
        .arg(committed_sample().media)
        .arg("--policy")
        .arg(policy("webinar"));
    let answer = Answer::of(&mut command).expect(4);
    answer.expect_said("scrim models pull");
}

#[test]
fn a_policy_for_another_size_is_refused() {
    let home = Home::new();
    let other = workspace::root().join("tests/bad/policy-for-another-size.toml");
    let mut command = scrim(&home, &["process", "--no-transcript", "--out"]);
    command
        .arg(home.out())
        .arg(committed_sample().media)
        .arg("--policy")
        .arg(other);
    let answer = Answer::of(&mut command).expect(5).expect_said("1920");
    assert!(answer.said().contains("1280"), "{}", answer.said());
    assert!(!home.out().exists());
    assert_eq!(crate::state::left_behind(&home), [""; 0]);
    assert!(crate::answer::listed(&home).is_empty());
}

//! Personal data is searched in everything that a run has left behind.

use std::{
    fs,
    path::{Path, PathBuf},
};

use scrim_testkit::{Canaries, Home, committed_sample, program};

use crate::{
    answer::{Answer, policy},
    media::{ffmpeg, probed},
};

/// Planted in tags, chapters, subtitles and messages to the decoder.
const PLANTED: &str = "KunigundePapagena";

/// Planted in the name of the file.
const FILE_NAME: &str = "Rozmowa-Wszebora-Pstrokonska";

/// Writes the short webinar with the planted text wherever MP4 can carry one.
fn planted_recording(folder: &Path) -> PathBuf {
    let subtitles = folder.join("said.srt");
    fs::write(
        &subtitles,
        format!("1\n00:00:00,000 --> 00:00:09,000\n{PLANTED}\n"),
    )
    .unwrap();
    let chapters = folder.join("chapters.txt");
    let chapter = format!("[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=8\ntitle={PLANTED}\n");
    fs::write(&chapters, format!(";FFMETADATA1\n{chapter}")).unwrap();
    let recording = folder.join(format!("{FILE_NAME}.mp4"));
    let text = |path: &Path| path.display().to_string();
    // An SEI message of user data begins with a UUID (ITU-T H.264, D.1.7).
    let message = format!("086f3693-b7b3-4f2c-9653-21492feee5b8+{PLANTED}");
    ffmpeg(&[
        "-i",
        &text(&committed_sample().media),
        "-i",
        &text(&subtitles),
        "-i",
        &text(&chapters),
        "-map",
        "0",
        "-map",
        "1",
        "-map_metadata",
        "2",
        "-map_chapters",
        "2",
        "-c",
        "copy",
        "-c:s",
        "mov_text",
        "-bsf:v",
        &format!("h264_metadata=sei_user_data={message}"),
        "-metadata",
        &format!("title={PLANTED}"),
        "-metadata",
        &format!("artist={PLANTED}"),
        "-metadata",
        &format!("comment={PLANTED}"),
        "-metadata:s:v:0",
        &format!("handler_name={PLANTED}"),
        "-metadata:s:a:0",
        &format!("handler_name={PLANTED}"),
        &text(&recording),
    ]);
    recording
}

fn canaries() -> Canaries {
    let roster = fs::read_to_string(committed_sample().roster).unwrap();
    Canaries::new(&roster, &[PLANTED, FILE_NAME, "Wszebora", "webinar-short"])
}

/// Returns a page without its pictures, whose letters are no text.
fn without_pictures(page: &str) -> String {
    let mut pieces = page.split("data:image/jpeg;base64,");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (_, rest) = piece.split_once('"').unwrap_or_default();
        text.push_str(rest);
    }
    text
}

#[test]
fn the_planted_text_is_in_the_source() {
    let folder = tempfile::tempdir().unwrap();
    let recording = planted_recording(folder.path());
    let bytes = fs::read(&recording).unwrap();
    let found = bytes
        .windows(PLANTED.len())
        .filter(|window| *window == PLANTED.as_bytes());
    assert!(found.count() >= 8);
    let probed = probed(&recording);
    assert!(
        probed["streams"].as_array().unwrap().len() >= 3,
        "no subtitles"
    );
    assert_eq!(probed["chapters"][0]["tags"]["title"], PLANTED);
    assert!(canaries().search_file(&recording).unwrap().is_some());
}

#[test]
fn no_personal_data_is_in_outputs_catalog_objects_logs_or_temporary_files() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let recording = planted_recording(folder.path());
    let mut command = home.scrim();
    command.args([
        "process",
        "--language",
        "en",
        "--model",
        "tiny.en",
        "--policy",
    ]);
    command.arg(policy("webinar-initials")).arg(&recording);
    command.arg("--roster").arg(committed_sample().roster);
    command.arg("--out").arg(home.out());
    command.env("SCRIM_MODELS", program::models(&["tiny.en", "silero-vad"]));
    command.env("SCRIM_LOG", "trace");
    let answer = Answer::of(&mut command).expect(0);

    let canaries = canaries();
    canaries.assert_absent_in_bytes("standard output", answer.bytes());
    canaries.assert_absent_in_bytes("standard error and its log", answer.error_bytes());
    assert!(home.out().join("transcript.txt").is_file());
    let page = fs::read_to_string(home.out().join("report.html")).unwrap();
    canaries.assert_absent_in_bytes("report.html", without_pictures(&page).as_bytes());
    fs::remove_file(home.out().join("report.html")).unwrap();
    // Outputs, state with catalog and objects, temporary files, and the names of all of them.
    canaries.assert_absent_in(home.path());
    let streams = probed(&home.out().join("recording.mp4"))["streams"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(streams, 2);
}

#[test]
fn a_run_that_fails_names_nobody() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let recording = planted_recording(folder.path());
    let whole = fs::read(&recording).unwrap();
    fs::write(&recording, &whole[..whole.len() / 2]).unwrap();
    let mut command = home.scrim();
    command.args(["process", "--no-transcript", "--policy"]);
    command.arg(policy("webinar-initials")).arg(&recording);
    command.arg("--roster").arg(committed_sample().roster);
    command.env("SCRIM_LOG", "trace");
    let answer = Answer::of(&mut command).expect(7);
    let canaries = canaries();
    canaries.assert_absent_in_bytes("standard output", answer.bytes());
    canaries.assert_absent_in_bytes("standard error and its log", answer.error_bytes());
    canaries.assert_absent_in(home.path());
}

//! Uploads by a client that others have written.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::Stdio,
};

use scrim_storage::Sha256Digest;
use scrim_testkit::{committed_sample, peer};
use serde_json::Value;

use super::Service;
use crate::answer::shown;

impl Service {
    /// Asks until an upload has become an original, and returns its id.
    fn original_of(&self, upload: &str) -> String {
        loop {
            let upload = self.api("GET", upload, &Value::Null);
            match upload["state"].as_str().unwrap() {
                "done" => return upload["recording"].as_str().unwrap().to_owned(),
                "finishing" => {}
                _ => panic!("the upload came to nothing: {upload}"),
            }
        }
    }
}

#[test]
fn an_upload_goes_on_after_cuts_and_after_the_service_was_killed() {
    let mut service = Service::start();
    let file = committed_sample().media;
    let token = service.home.path().join("token");
    fs::write(&token, &service.token).unwrap();
    let mut client = peer::script("tus", "upload.mjs")
        .args(["--title", "Board", "--chunk", "131072", "--url"])
        .arg(format!(
            "http://127.0.0.1:{}/api/v1/uploads",
            service.running.port()
        ))
        .arg("--token-file")
        .arg(&token)
        .arg("--file")
        .arg(&file)
        .args(["--cut", "100000", "--hold", "200000", "--cut", "400000"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(client.stdout.take().unwrap());
    let mut lines = output
        .lines()
        .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap());

    let held = lines.next().expect("the client holds its request open");
    assert!(held["held"].as_u64().unwrap() >= 200_000, "{held}");
    service.kill_and_start();
    let done = lines.next().expect("the client says where the upload is");
    assert!(client.wait().unwrap().success());

    let bytes = fs::read(&file).unwrap();
    assert_eq!(done["bytes"], bytes.len());
    // After both cuts, and after the kill.
    assert!(done["resumes"].as_u64().unwrap() >= 3, "{done}");
    let offsets = done["offsets"].as_array().unwrap();
    assert!(
        offsets.iter().any(|offset| offset.as_u64() > Some(0)),
        "nothing was kept: {done}"
    );
    let url = done["url"].as_str().unwrap();
    let original = service.original_of(&url[url.find("/api/").unwrap()..]);
    let kept = &shown(&service.home, &original)["artefacts"][0];
    assert_eq!(kept["kind"], "original");
    assert_eq!(kept["bytes"], bytes.len());
    assert_eq!(kept["sha256"], Sha256Digest::of(&bytes).to_string());
    let recording = format!("/api/v1/recordings/{original}");
    let recording = service.api("GET", &recording, &Value::Null);
    assert_eq!(recording["title"], "Board");
    assert_eq!(recording["state"], "original");
    let seconds = recording["duration_s"].as_f64().unwrap();
    assert!((seconds - 16.0).abs() < 0.1, "{seconds} s");
}

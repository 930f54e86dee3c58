//! The service is asked to stop while it is busy.

use std::net::TcpStream;

use scrim_policy::TenantId;
use scrim_storage::service::JobState;
use scrim_testkit::Home;
use serde_json::{Value, json};

use super::{
    Service,
    published::{publish, vault},
};
use crate::{answer::Answer, resume::long_recording};

/// More than sockets hold by themselves.
const BYTES: usize = 32 << 20;

#[test]
fn a_download_comes_to_its_end_and_nobody_new_is_let_in() {
    let home = Home::new();
    let whole: Vec<u8> = (0..BYTES).map(|index| (index % 251) as u8).collect();
    let recording = publish(&home, &mut whole.as_slice());
    let mut service = Service::with(home, "Ola", "ola@example.org", "warn");
    let (link, _) = service.link(&recording, &json!({}));
    let cookie = service.opened(&link);
    let file = format!("{link}/recording.mp4");
    let mut reply = service.get(&file, &[("cookie", &cookie)]).expect(200);
    let mut got = reply.next(1 << 20);
    service.ask_to_stop();
    while TcpStream::connect(("127.0.0.1", service.running.port())).is_ok() {}
    got.extend(reply.rest());
    assert!(got == whole, "{} bytes arrived", got.len());
    service.running.stopped();
}

#[test]
fn a_job_is_given_back_and_goes_on_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let long = long_recording(folder.path());
    let mut service = Service::start();
    let mut ingest = service.home.scrim();
    let kept = Answer::of(ingest.args(["ingest", "--json"]).arg(&long)).expect(0);
    let stage = json!({
        "name": "stage", "kind": "stage", "rect": [0.175, 0.14, 0.56, 0.86], "action": "keep",
    });
    let policy = json!({ "document": { "schema": 1, "name": "stage", "region": [stage] } });
    let policy = service.api("POST", "/api/v1/policies", &policy);
    let wanted = json!({
        "recording": kept.last_line()["recording"],
        "policy": policy["id"],
        "transcript": false,
    });
    let job = service.api("POST", "/api/v1/jobs", &wanted);
    let id = job["id"].as_str().unwrap();
    let path = format!("/api/v1/jobs/{id}");
    while service.api("GET", &path, &Value::Null)["stage"] != "render" {}

    service.ask_to_stop();
    service.running.stopped();
    let job = vault(&service.home)
        .job(TenantId::SINGLE, id.parse().unwrap())
        .unwrap()
        .unwrap();
    assert_eq!(job.state, JobState::Waiting);

    service.start_again();
    let done = loop {
        let job = service.api("GET", &path, &Value::Null);
        let state = job["state"].as_str().unwrap();
        assert!(state != "failed" && state != "cancelled", "{job}");
        if state == "done" {
            break job;
        }
    };
    assert_eq!(done["tries"], 2);
    let recording = done["recording"].as_str().unwrap();
    Answer::of(service.home.scrim().args(["verify", recording])).expect(0);
}

//! Metrics, read by the parser of Prometheus, and the documents that name them.
#![allow(clippy::unwrap_used)]

mod dashboard;
mod reference;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    process::{Command, Stdio},
    time::Duration,
};

use scrim_pipeline::job::Stage;
use scrim_testkit::{peer, workspace};
use serde_json::Value;

use super::{
    Channel, Dependency, Extent, JobState, Limit, LoginResult, Method, Metrics, OutboxState, Route,
};

const ROUTES: [&str; 2] = ["/", "/d/{token}"];

/// Metrics of a service in which everything happened once.
fn busy() -> Metrics {
    let metrics = Metrics::new(ROUTES);
    let route = metrics.route(Some("/d/{token}"));
    let took = Duration::from_millis(30);
    metrics.request(route, Method::of("GET"), 206, took);
    metrics.request(metrics.route(None), Method::of("BREW"), 418, took);
    metrics.rate_limited(Limit::Login);
    metrics.uploaded(5);
    metrics.download(Extent::Range);
    metrics.downloaded(7);
    metrics.login(LoginResult::Failed);
    metrics.set_jobs(JobState::Running, 2);
    metrics.stage(Stage::Render, Duration::from_secs(100));
    metrics.set_outbox(Channel::Mail, OutboxState::Pending, 3);
    metrics.set_erasures_pending(1);
    metrics.set_sweep_lateness(Duration::from_secs(60));
    metrics.set_audit_verified(true);
    metrics.set_up(Dependency::Store, false);
    metrics
}

/// What the parser of Prometheus makes of it, by name.
fn parsed(text: &str) -> BTreeMap<String, Value> {
    let script = workspace::root().join("tests/peers/prometheus/metrics_peer.py");
    let mut python = Command::new(peer::programs("prometheus").join("python"))
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = python.stdin.take().unwrap();
    input.write_all(text.as_bytes()).unwrap();
    drop(input);
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "it was not understood:\n{text}");
    let families: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let named = |family: Value| (family["name"].as_str().unwrap().to_owned(), family);
    families.into_iter().map(named).collect()
}

/// The value of a sample, by its name and labels as they are encoded.
fn value(text: &str, sample: &str) -> f64 {
    let mut lines = text.lines();
    let found = lines.find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    let found = found.unwrap_or_else(|| panic!("{sample} is not in\n{text}"));
    found.parse().unwrap()
}

#[test]
fn prometheus_reads_what_was_registered() {
    let metrics = busy();
    let families = parsed(&metrics.encode());
    let described = metrics.register.described();
    let names: BTreeSet<&str> = described.iter().map(|one| one.name.as_str()).collect();
    let read: BTreeSet<&str> = families.keys().map(String::as_str).collect();
    assert_eq!(read, names);
    for one in described {
        let family = &families[&one.name];
        assert_eq!(family["type"], one.kind, "{}", one.name);
        assert_eq!(family["help"], format!("{}.", one.help));
        let sample_names = one.sample_names();
        for sample in family["samples"].as_array().unwrap() {
            let name = sample[0].as_str().unwrap();
            assert!(sample_names.iter().any(|known| known == name), "{name}");
            for (label, word) in sample[1].as_object().unwrap() {
                if label == "le" {
                    continue;
                }
                let values = one.labels.iter().find(|(known, _)| known == label);
                let (_, values) = values.unwrap_or_else(|| panic!("{name}: {label}"));
                let word = word.as_str().unwrap();
                let is_free = values.iter().any(|value| value.starts_with('<'));
                assert!(is_free || values.contains(&word), "{name}: {word}");
            }
        }
    }
}

#[test]
fn each_thing_that_happens_is_counted() {
    let metrics = busy();
    let open = [metrics.connection(), metrics.connection()];
    let text = metrics.encode();
    let request = r#"scrim_http_requests_total{route="/d/{token}",method="GET",status="2xx"}"#;
    for (sample, count) in [
        (request, 1.0),
        (
            r#"scrim_http_requests_total{route="other",method="other",status="4xx"}"#,
            1.0,
        ),
        (
            r#"scrim_http_request_duration_seconds_bucket{le="0.025",route="/d/{token}"}"#,
            0.0,
        ),
        (
            r#"scrim_http_request_duration_seconds_bucket{le="0.05",route="/d/{token}"}"#,
            1.0,
        ),
        ("scrim_http_connections", 2.0),
        (r#"scrim_http_rate_limited_total{limit="login"}"#, 1.0),
        (r#"scrim_http_rate_limited_total{limit="token"}"#, 0.0),
        ("scrim_upload_bytes_total", 5.0),
        ("scrim_download_bytes_total", 7.0),
        (r#"scrim_downloads_total{extent="range"}"#, 1.0),
        (r#"scrim_logins_total{result="failed"}"#, 1.0),
        (r#"scrim_logins_total{result="ok"}"#, 0.0),
        (r#"scrim_jobs{state="running"}"#, 2.0),
        (
            r#"scrim_job_stage_duration_seconds_sum{stage="render"}"#,
            100.0,
        ),
        (
            r#"scrim_outbox_messages{channel="mail",state="pending"}"#,
            3.0,
        ),
        ("scrim_erasures_pending", 1.0),
        ("scrim_retention_sweep_lateness_seconds", 60.0),
        ("scrim_audit_verified", 1.0),
        (r#"scrim_dependency_up{dependency="store"}"#, 0.0),
    ] {
        assert!((value(&text, sample) - count).abs() < 1e-9, "{sample}");
    }
    assert!(value(&text, "process_open_fds") > 2.0);
    assert!(value(&text, "process_resident_memory_bytes") > 1e6);
    assert!(value(&text, "process_start_time_seconds") > 1.7e9);
    drop(open);
    assert!(value(&metrics.encode(), "scrim_http_connections").abs() < 1e-9);
}

#[test]
fn nothing_of_a_request_becomes_a_label() {
    let metrics = Metrics::new(ROUTES);
    for path in ["/d/secret", "/d/{token", "/D/{TOKEN}", "", "other"] {
        assert_eq!(metrics.route(Some(path)), Route::OTHER, "{path}");
    }
    assert_ne!(metrics.route(Some("/")), Route::OTHER);
    for method in ["get", "GET ", "TRACE", "Zofia"] {
        assert_eq!(Method::of(method), Method::Other);
    }
    for status in [0, 99, 600, u16::MAX] {
        metrics.request(Route::OTHER, Method::Other, status, Duration::ZERO);
    }
    let text = metrics.encode();
    let strange = r#"scrim_http_requests_total{route="other",method="other",status="5xx"}"#;
    assert!((value(&text, strange) - 4.0).abs() < 1e-9);
}

#[test]
fn what_was_not_looked_at_is_not_told() {
    let text = Metrics::new(ROUTES).encode();
    for name in [
        "scrim_audit_verified",
        "scrim_dependency_up",
        "scrim_retention_sweep",
    ] {
        assert!(!text.contains(name), "{name}");
    }
}

//! Traces, read by the messages that collectors use.
#![allow(clippy::unwrap_used)]

use scrim_testkit::TraceCollector;
use tracing_subscriber::layer::SubscriberExt;

use super::{TelemetryError, TelemetrySettings, Traces};

fn settings(endpoint: &str) -> TelemetrySettings {
    TelemetrySettings {
        endpoint: Some(endpoint.to_owned()),
    }
}

#[test]
fn spans_of_scrim_reach_a_collector_and_others_do_not() {
    let mut collector = TraceCollector::new();
    let traces = Traces::start(&settings(&collector.url())).unwrap().unwrap();
    let subscriber = tracing_subscriber::registry().with(traces.layer());
    tracing::subscriber::with_default(subscriber, || {
        drop(tracing::info_span!(target: "sqlx::query", "select").entered());
        drop(tracing::info_span!(target: "scrimmage", "kick").entered());
        drop(tracing::debug_span!(target: "scrim", "detail").entered());
        drop(tracing::info_span!(target: "scrim_pipeline::job", "job", run = 7).entered());
    });
    drop(traces);
    // The first span that arrives is the only one that was to.
    let span = collector.next_span();
    assert_eq!(span["name"], "job");
    assert_eq!(span["path"], "/v1/traces");
    assert_eq!(span["attributes"]["run"], 7);
    assert!(span["attributes"].get("code.file.path").is_none());
    assert!(span["attributes"].get("thread.id").is_none());
    let wanted = serde_json::json!({
        "service.name": "scrim",
        "service.version": env!("CARGO_PKG_VERSION"),
    });
    assert_eq!(span["resource"], wanted);
}

#[test]
fn an_endpoint_must_be_private() {
    for endpoint in [
        "http://collector.example:4318",
        "grpc://localhost",
        "",
        "localhost",
    ] {
        let error = Traces::start(&settings(endpoint)).unwrap_err();
        assert!(matches!(error, TelemetryError::BadEndpoint), "{endpoint}");
    }
    assert!(
        Traces::start(&TelemetrySettings::default())
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_collector_that_is_away_keeps_nobody_from_ending() {
    let traces = Traces::start(&settings("http://127.0.0.1:9"))
        .unwrap()
        .unwrap();
    let subscriber = tracing_subscriber::registry().with(traces.layer());
    tracing::subscriber::with_default(subscriber, || {
        drop(tracing::info_span!(target: "scrim", "job").entered());
    });
    drop(traces);
}

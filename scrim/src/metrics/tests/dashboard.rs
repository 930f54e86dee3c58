//! The dashboard for Grafana asks for metrics and labels that exist.

use std::{collections::BTreeSet, fs};

use scrim_testkit::workspace;
use serde_json::Value;

use super::{super::Metrics, ROUTES};

/// What Prometheus adds to every sample, and to the buckets of histograms.
const LABELS_OF_PROMETHEUS: [&str; 3] = ["job", "instance", "le"];

fn dashboard() -> Value {
    let path = workspace::root().join("samples/grafana/scrim.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The queries of a dashboard, wherever they are.
fn queries(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(text) if name == "expr" => found.push(text.clone()),
                    field => queries(field, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| queries(item, found)),
        _ => {}
    }
}

fn words(query: &str) -> impl Iterator<Item = &str> {
    query.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
}

/// Everything between such brackets: after `by`, or of a selector.
fn between<'a>(query: &'a str, open: &str, close: char) -> Vec<&'a str> {
    let pieces = query.split(open).skip(1);
    pieces
        .map(|piece| piece.split(close).next().unwrap())
        .collect()
}

/// The labels that a query names.
fn labels(query: &str) -> BTreeSet<&str> {
    let grouped = between(query, "by (", ')');
    let grouped = grouped.into_iter().flat_map(|list| list.split(','));
    let selected = between(query, "{", '}');
    let selected = selected.into_iter().flat_map(|list| list.split(','));
    let selected = selected.map(|matcher| matcher.split(['=', '!']).next().unwrap());
    grouped
        .chain(selected)
        .map(str::trim)
        .filter(|label| !label.is_empty())
        .collect()
}

/// The names that queries may use.
fn samples(metrics: &Metrics) -> BTreeSet<String> {
    let described = metrics.register.described().iter();
    described.flat_map(|one| one.sample_names()).collect()
}

/// The metrics that a text names.
fn metrics_in(text: &str) -> Vec<&str> {
    words(text)
        .filter(|word| word.starts_with("scrim_") || word.starts_with("process_"))
        .collect()
}

#[test]
fn the_dashboard_asks_for_what_exists() {
    let metrics = Metrics::new(ROUTES);
    let samples = samples(&metrics);
    let described = metrics.register.described();
    let known: BTreeSet<&str> = described
        .iter()
        .flat_map(|one| one.labels.iter().map(|(label, _)| *label))
        .chain(LABELS_OF_PROMETHEUS)
        .collect();
    let mut found = Vec::new();
    queries(&dashboard(), &mut found);
    assert!(found.len() > 10, "there are almost no queries");
    for query in found {
        let asked = metrics_in(&query);
        assert!(!asked.is_empty(), "{query}");
        for name in asked {
            assert!(samples.contains(name), "{query}: {name}");
        }
        for label in labels(&query) {
            assert!(known.contains(label), "{query}: {label}");
        }
    }
}

#[test]
fn alerts_that_people_copy_ask_for_what_exists() {
    let path = workspace::root().join("docs/how-to/watch-scrim.md");
    let text = fs::read_to_string(path).unwrap();
    let samples = samples(&Metrics::new(ROUTES));
    let asked = metrics_in(&text);
    assert!(asked.len() > 5, "there are almost no alerts");
    for name in asked {
        assert!(samples.contains(name), "{name}");
    }
}

#[test]
fn the_parts_of_a_query_are_found() {
    let query = r#"sum by (route, le) (rate(scrim_x_total{status!="5xx", job=~"$job"}[5m])) > 0"#;
    assert_eq!(
        labels(query),
        BTreeSet::from(["route", "le", "status", "job"])
    );
    assert!(words(query).any(|word| word == "scrim_x_total"));
}

//! docs/reference/metrics.md is what the code registers.

use std::{fmt::Write, fs};

use scrim_testkit::workspace;

use super::{super::Metrics, ROUTES};

const INTRODUCTION: &str = "# Metrics

What `GET /metrics` tells Prometheus, in the text form of OpenMetrics. This page is generated from the
code: with `SCRIM_RENEW_GOLDEN=1` the test that compares them writes it anew.

No metric holds anything about a person or a recording. A label has only the values that are listed here;
a route is a path as it is written in the program, such as `/d/{token}`. A dashboard for Grafana lies in
[samples/grafana](../../samples/grafana/scrim.json).

| name | kind | labels | |
|---|---|---|---|
";

fn page() -> String {
    let metrics = Metrics::new(ROUTES);
    let mut page = INTRODUCTION.to_owned();
    for one in metrics.register.described() {
        let names = match one.kind {
            // The three names of a histogram follow from the first.
            "histogram" => one.name.clone(),
            _ => one.sample_names().concat(),
        };
        let labels: Vec<String> = one
            .labels
            .iter()
            .map(|(label, values)| {
                let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
                format!("`{label}`: {}", values.join(", "))
            })
            .collect();
        let (kind, help) = (one.kind, one.help);
        writeln!(
            page,
            "| `{names}` | {kind} | {} | {help}. |",
            labels.join("; ")
        )
        .unwrap();
    }
    page
}

#[test]
fn the_reference_is_what_the_code_registers() {
    let page = page();
    let path = workspace::root().join("docs/reference/metrics.md");
    if std::env::var_os("SCRIM_RENEW_GOLDEN").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, page, "docs/reference/metrics.md is out of date");
}

//! docs/reference/audit-events.md is what the code says about events.

use std::{fmt::Write, fs, path::Path};

use scrim_policy::audit;
use serde_json::Value;

const INTRODUCTION: &str = "# Audit events

What the audit log can say. This page is generated from the code: with `SCRIM_RENEW_GOLDEN=1` the
test that compares them writes it anew.

Every entry has four fields beside those of its event: `seq`, its place in the log, from 0; `at`, when
it was written, in microseconds since 1970-01-01 UTC; `actor`, who did it; and `event`, the name below.
An actor is a user of the operating system (`uid:1000`, after `sudo` also who logged in:
`uid:0/login:1000`) or Scrim itself (`service`). A word has letters, digits and `._:/+-` only, so that
it holds no name and no sentence. Lines of text are written by operators; they are erased with what the
event is about.
";

/// A type as people call it.
fn kind(schema: &Value) -> String {
    let inner = schema["anyOf"].get(0).unwrap_or(schema);
    let word = |choice: &Value| choice["const"].as_str().map(|word| format!("`{word}`"));
    let choices = inner["oneOf"].as_array();
    if let Some(choices) = choices {
        let words: Vec<String> = choices.iter().filter_map(word).collect();
        return words.join(", ");
    }
    if let Some(title) = inner["title"].as_str() {
        return title.to_owned();
    }
    let types = &inner["type"];
    match types.as_str().or_else(|| types[0].as_str()) {
        Some("integer") => "number".to_owned(),
        Some("boolean") => "`true` or `false`".to_owned(),
        Some("array") => format!("list of {}s", kind(&inner["items"])),
        _ => panic!("a type without a name: {schema}"),
    }
}

fn one_line(text: &Value) -> String {
    text.as_str().unwrap().replace('\n', " ")
}

fn page() -> String {
    let schema = serde_json::to_value(audit::json_schema()).unwrap();
    let mut page = INTRODUCTION.to_owned();
    for event in schema["oneOf"].as_array().unwrap() {
        let fields = event["properties"].as_object().unwrap();
        let name = fields["event"]["const"].as_str().unwrap();
        let text = one_line(&event["description"]);
        write!(page, "\n## `{name}`\n\n{text}\n").unwrap();
        let required = event["required"].as_array().unwrap();
        let mut others: Vec<_> = fields
            .iter()
            .filter(|(field, _)| *field != "event")
            .collect();
        others.sort_by_key(|(field, _)| *field);
        if !others.is_empty() {
            page += "\n| field | value | |\n|---|---|---|\n";
        }
        for (field, schema) in others {
            let is_optional = !required.contains(&Value::String(field.clone()));
            let optional = if is_optional { ", or left out" } else { "" };
            let text = one_line(&schema["description"]);
            writeln!(page, "| `{field}` | {}{optional} | {text} |", kind(schema)).unwrap();
        }
    }
    page
}

#[test]
fn the_reference_of_events_is_what_the_code_says() {
    let page = page();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/audit-events.md");
    if std::env::var_os("SCRIM_RENEW_GOLDEN").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, page, "docs/reference/audit-events.md is out of date");
}

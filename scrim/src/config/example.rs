//! The example of a configuration: every section and key, with what it says and a value.
//!
//! It is written from the types that the configuration is read into, so that it has all keys, and no
//! others.

use std::fmt::Write;

use schemars::schema_for;
use serde_json::{Map, Value};

use super::Config;

/// The longest line of a comment.
const WIDTH: usize = 90;

const HEAD: &str = "\
# Everything that config.toml can say. It lies in the home folder, or where SCRIM_CONFIG says.
#
# Without it, and without any key, Scrim has what it needs built in. Take the `#` away where you
# want something else. Keys that are needed are so only where their section is there.
# Passwords and keys do not belong here: keys named …_file and …_env say where they are.
";

/// Returns the example.
pub(crate) fn example() -> String {
    let schema = schema_for!(Config).to_value();
    let mut text = HEAD.to_owned();
    for (name, section) in properties(&schema) {
        write_section(&mut text, &schema, name, section);
    }
    text
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten()
}

fn write_section(text: &mut String, root: &Value, name: &str, section: &Value) {
    let form = resolved(root, section);
    let (tables, keys): (Vec<_>, Vec<_>) =
        properties(form).partition(|(_, key)| is_table(root, key));
    let is_needed = |key: &str| {
        let needed = form.get("required").and_then(Value::as_array);
        needed.is_some_and(|needed| needed.iter().any(|one| one == key))
    };
    if !keys.is_empty() {
        text.push('\n');
        comment(text, description(section));
        writeln!(text, "#[{name}]").expect("text has room");
        for (key, value) in keys {
            let mut said = description(value).to_owned();
            if is_needed(key) {
                said += " Needed.";
            }
            text.push('\n');
            comment(text, &said);
            writeln!(text, "#{key} = {}", shown(value)).expect("text has room");
        }
    }
    for (key, table) in tables {
        // What a table in a table is for is said by the outer one, which has nothing else to say.
        let mut outer = table.clone();
        if let (Value::Object(outer), Some(said)) = (&mut outer, section.get("description")) {
            outer.insert("description".to_owned(), said.clone());
        }
        write_section(text, root, &format!("{name}.{key}"), &outer);
    }
}

/// Follows a reference, also where nothing may stand instead.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let any = schema.get("anyOf").and_then(Value::as_array);
    let schema = any.and_then(|any| any.first()).unwrap_or(schema);
    let place = schema.get("$ref").and_then(Value::as_str);
    place
        .and_then(|place| root.pointer(place.trim_start_matches('#')))
        .unwrap_or(schema)
}

/// Whether it is a section of its own rather than a value with an example.
fn is_table(root: &Value, schema: &Value) -> bool {
    schema.get("examples").is_none() && resolved(root, schema).get("properties").is_some()
}

fn description(schema: &Value) -> &str {
    let said = schema.get("description").and_then(Value::as_str);
    said.unwrap_or_default()
}

fn shown(schema: &Value) -> String {
    let examples = schema.get("examples").and_then(Value::as_array);
    let value = examples.and_then(|examples| examples.first());
    inline(value.unwrap_or(&Value::Null))
}

/// Writes a value as TOML does on one line.
fn inline(value: &Value) -> String {
    let list = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Array(values) => format!("[{}]", list(values.iter().map(inline).collect())),
        Value::Object(values) => format!("{{ {} }}", list(pairs(values))),
        // Numbers, words and truth are written alike in TOML and JSON; the texts here have no
        // characters that are not.
        value => value.to_string(),
    }
}

fn pairs(values: &Map<String, Value>) -> Vec<String> {
    let pair = |(key, value): (&String, &Value)| format!("{key} = {}", inline(value));
    values.iter().map(pair).collect()
}

/// Writes words as lines of comment.
fn comment(text: &mut String, said: &str) {
    let mut line = String::from("#");
    for word in said.split_whitespace() {
        if line.len() + 1 + word.len() > WIDTH {
            writeln!(text, "{line}").expect("text has room");
            line.truncate(1);
        }
        line.push(' ');
        line.push_str(word);
    }
    writeln!(text, "{line}").expect("text has room");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::*;

    /// The example with every key in force.
    fn all_in_force() -> String {
        let in_force = |line: &str| match line.strip_prefix('#') {
            Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => format!("{rest}\n"),
            _ => String::new(),
        };
        example().lines().map(in_force).collect()
    }

    #[test]
    fn every_key_of_the_example_is_read_and_has_words() {
        let text = all_in_force();
        let config: Config =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(config.oidc.is_some() && config.mail.is_some() && config.store.is_some());
        assert!(!text.contains("null"), "a key has no value:\n{text}");
        let lines: Vec<String> = example().lines().map(str::to_owned).collect();
        for (before, line) in lines.iter().zip(&lines[1..]) {
            let is_key = line.starts_with('#') && !line.starts_with("# ") && line.len() > 1;
            assert!(
                !is_key || before.starts_with("# "),
                "nothing is said of {line}"
            );
        }
    }

    /// What has a default is shown with it.
    #[test]
    fn values_of_the_example_are_the_defaults_where_there_are_some() {
        let of_example = |section: &str, but: &str| {
            let table: toml::Table = toml::from_str(&all_in_force()).unwrap();
            let mut section = table[section].as_table().unwrap().clone();
            section.remove(but);
            section
        };
        let shown =
            |config: Config| format!("{:?}{:?}{:?}", config.retention, config.scan, config.limits);
        let mut table = toml::Table::new();
        for (section, but) in [("retention", "webhook"), ("scan", "clamd"), ("limits", "")] {
            table.insert(section.to_owned(), of_example(section, but).into());
        }
        let said: Config = toml::from_str(&toml::to_string(&table).unwrap()).unwrap();
        assert_eq!(shown(said), shown(Config::default()));
    }

    #[test]
    fn sample_configurations_are_read() {
        for name in ["one-machine.toml", "several-machines.toml"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../samples/config")
                .join(name);
            let text = std::fs::read_to_string(&path).unwrap();
            let config: Config =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            config.serve.settings(None).unwrap();
        }
    }

    #[test]
    fn the_example_is_the_one_in_the_documentation() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/config.toml");
        if std::env::var_os("SCRIM_RENEW_GOLDEN").is_some() {
            std::fs::write(&path, example()).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == example(),
            "docs/reference/config.toml is out of date"
        );
    }
}

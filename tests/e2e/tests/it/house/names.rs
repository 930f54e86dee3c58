//! Rules about names and about files that are forgotten.

use std::{
    collections::BTreeSet,
    path::{Component, Path},
};

use super::{
    rust_text::code_of,
    tree::{files, none, paths, read},
};

/// What has no noun has no home yet.
const NAMELESS: [&str; 9] = [
    "util", "utils", "common", "helper", "helpers", "manager", "core", "types", "misc",
];

#[test]
fn nothing_has_a_name_that_says_nothing() {
    let is_nameless = |name: &str| NAMELESS.contains(&name.to_lowercase().as_str());
    let mut found: Vec<String> = paths()
        .into_iter()
        .filter(|path| {
            Path::new(path).with_extension("").components().any(|component| {
                matches!(component, Component::Normal(name) if is_nameless(&name.to_string_lossy()))
            })
        })
        .collect();
    for file in files(".rs") {
        let code = code_of(&file.text);
        let words: Vec<&str> = code
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|w| !w.is_empty())
            .collect();
        let modules = words
            .windows(2)
            .filter(|pair| pair[0] == "mod" && is_nameless(pair[1]));
        found.extend(modules.map(|pair| format!("{}: mod {}", file.path, pair[1])));
    }
    none("one noun per home", &found);
}

#[test]
fn no_test_file_is_forgotten() {
    let mut found = Vec::new();
    let suites: BTreeSet<String> = paths()
        .into_iter()
        .filter(|path| path.ends_with("tests/it/main.rs"))
        .collect();
    assert!(suites.len() > 3, "there are almost no test suites");
    for main in suites {
        let folder = main.trim_end_matches("main.rs");
        let code = code_of(&read(&main));
        for path in paths() {
            let Some(name) = path
                .strip_prefix(folder)
                .and_then(|rest| rest.strip_suffix(".rs"))
            else {
                continue;
            };
            let module = name.strip_suffix("/mod").unwrap_or(name);
            // What lies deeper is declared by its own `mod.rs`; the compiler warns of nothing else.
            if module == "main" || module.contains('/') {
                continue;
            }
            if !code.contains(&format!("mod {module};")) {
                found.push(format!("{path} is not a module of {main}"));
            }
        }
    }
    none("a test that is not compiled tests nothing", &found);
}

#[test]
fn no_module_file_of_a_crate_is_forgotten() {
    let mut found = Vec::new();
    for path in paths() {
        let Some((_, inside)) = path.split_once("src/") else {
            continue;
        };
        let Some(module) = inside
            .strip_suffix(".rs")
            .map(|name| name.trim_end_matches("/mod"))
        else {
            continue;
        };
        let is_root = matches!(module, "lib" | "main") || inside.starts_with("bin/");
        if is_root {
            continue;
        }
        let (parent, name) = match module.rsplit_once('/') {
            Some((parent, name)) => (format!("{parent}/mod.rs"), name),
            None => (String::new(), module),
        };
        let crate_src = &path[..path.len() - inside.len()];
        let declared = if parent.is_empty() {
            ["lib.rs", "main.rs"]
                .map(|root| format!("{crate_src}{root}"))
                .to_vec()
        } else {
            vec![format!("{crate_src}{parent}")]
        };
        let is_declared = declared
            .iter()
            .filter(|root| paths().contains(root))
            .any(|root| code_of(&read(root)).contains(&format!("mod {name};")));
        if !is_declared {
            found.push(path.clone());
        }
    }
    none("code that is not compiled is not code", &found);
}

//! Rules about names and about files that are forgotten.

use std::path::{Component, Path};

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
    let paths = paths();
    let mut found = Vec::new();
    let suites: Vec<&String> = paths
        .iter()
        .filter(|path| path.ends_with("tests/it/main.rs"))
        .collect();
    assert!(suites.len() > 3, "there are almost no test suites");
    for main in suites {
        let folder = main.trim_end_matches("main.rs");
        let code = code_of(&read(main));
        for path in &paths {
            let inside = path
                .strip_prefix(folder)
                .and_then(|rest| rest.strip_suffix(".rs"));
            let Some(name) = inside else { continue };
            let module = name.strip_suffix("/mod").unwrap_or(name);
            // What lies deeper is declared by its own `mod.rs`, see the next test.
            let is_deeper = module.contains('/');
            if module != "main" && !is_deeper && !code.contains(&format!("mod {module};")) {
                found.push(format!("{path} is not a module of {main}"));
            }
        }
    }
    none("a test that is not compiled tests nothing", &found);
}

#[test]
fn no_module_file_is_forgotten() {
    let paths = paths();
    let mut found = Vec::new();
    for path in paths.iter().filter(|path| path.ends_with(".rs")) {
        let Some(parents) = parents(path) else {
            continue;
        };
        let name = module_name(path);
        let is_declared = parents
            .iter()
            .filter(|parent| paths.contains(parent))
            .any(|parent| code_of(&read(parent)).contains(&format!("mod {name};")));
        if !is_declared {
            found.push(path.clone());
        }
    }
    none("code that is not compiled is not code", &found);
}

/// The files that may declare the module of this file; `None` for roots of crates.
fn parents(path: &str) -> Option<Vec<String>> {
    let is_root = ["/src/lib.rs", "/src/main.rs", "/tests/it/main.rs"]
        .iter()
        .any(|root| path.ends_with(root));
    let is_own_crate = ["/examples/", "/benches/", "/src/bin/"]
        .iter()
        .any(|part| path.contains(part));
    if is_root || is_own_crate {
        return None;
    }
    let (folder, _) = path
        .strip_suffix("/mod.rs")
        .unwrap_or(path)
        .rsplit_once('/')?;
    Some(
        ["mod.rs", "lib.rs", "main.rs"]
            .map(|file| format!("{folder}/{file}"))
            .to_vec(),
    )
}

fn module_name(path: &str) -> &str {
    let module = path.trim_end_matches(".rs").trim_end_matches("/mod");
    module.rsplit('/').next().unwrap_or(module)
}

#[test]
fn modules_are_looked_for_where_they_are_declared() {
    assert_eq!(parents("a/src/lib.rs"), None);
    assert_eq!(parents("a/src/b/mod.rs").unwrap()[1], "a/src/lib.rs");
    assert_eq!(parents("a/src/b/c.rs").unwrap()[0], "a/src/b/mod.rs");
    assert_eq!(
        (module_name("a/src/b/mod.rs"), module_name("a/src/b/c.rs")),
        ("b", "c")
    );
}

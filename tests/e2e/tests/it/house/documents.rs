//! Rules about documents and scripts.

use std::{collections::BTreeSet, path::Path};

use super::tree::{SourceFile, absolute, files, none, read, text_files};

/// A Markdown link without those to other sites.
struct Link {
    file: String,
    line: usize,
    target: String,
}

fn links() -> Vec<Link> {
    let mut links = Vec::new();
    for file in files(".md") {
        for (line, number) in prose(&file.text) {
            for target in targets(line) {
                let is_elsewhere = target.contains("://") || target.starts_with("mailto:");
                if !is_elsewhere {
                    links.push(Link {
                        file: file.path.clone(),
                        line: number,
                        target,
                    });
                }
            }
        }
    }
    links
}

/// The lines outside of code blocks, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut is_code = false;
    text.lines().zip(1..).filter(move |(line, _)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_fence && !is_code
    })
}

/// What follows `](` up to the closing parenthesis.
fn targets(line: &str) -> impl Iterator<Item = String> {
    line.split("](").skip(1).filter_map(|after| {
        let (target, _) = after.split_once(')')?;
        Some(
            target
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned(),
        )
    })
}

#[test]
fn links_lead_somewhere() {
    let links = links();
    assert!(links.len() > 20, "only {} links were found", links.len());
    let mut found = Vec::new();
    for Link { file, line, target } in links {
        let (path, anchor) = match target.split_once('#') {
            Some((path, anchor)) => (path, Some(anchor)),
            None => (target.as_str(), None),
        };
        let folder = Path::new(&file).parent().unwrap_or(Path::new(""));
        let path = if path.is_empty() {
            absolute(&file)
        } else {
            absolute("").join(folder).join(path)
        };
        if !path.exists() {
            found.push(format!("{file}:{line}: {target}"));
            continue;
        }
        let is_document = path.extension().is_some_and(|extension| extension == "md");
        if let Some(anchor) = anchor.filter(|_| is_document)
            && !anchors(&std::fs::read_to_string(&path).unwrap()).contains(anchor)
        {
            found.push(format!("{file}:{line}: no heading for #{anchor}"));
        }
    }
    none("no dead links", &found);
}

/// The anchors of all headings, as Git forges make them.
fn anchors(text: &str) -> BTreeSet<String> {
    prose(text)
        .filter(|(line, _)| line.starts_with('#'))
        .map(|(heading, _)| anchor(heading.trim_start_matches('#').trim()))
        .collect()
}

fn anchor(heading: &str) -> String {
    let kept = |character: char| match character {
        ' ' => Some('-'),
        '-' | '_' => Some(character),
        _ => character.is_alphanumeric().then_some(character),
    };
    heading.to_lowercase().chars().filter_map(kept).collect()
}

#[test]
fn commands_in_documents_exist() {
    let targets: BTreeSet<String> = read("Makefile")
        .lines()
        .filter_map(|line| line.split_once(':').map(|(name, _)| name.to_owned()))
        .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase()))
        .collect();
    for promised in [
        "demo", "test", "lint", "bench", "samples", "doc", "fmt", "install",
    ] {
        assert!(
            targets.contains(promised),
            "the Makefile has no target {promised}"
        );
    }
    let mut found = Vec::new();
    let mut checked = 0;
    for file in files(".md") {
        for command in commands(&file.text) {
            let mut words = command.split_whitespace();
            match (words.next(), words.next()) {
                (Some("make"), Some(target)) => {
                    checked += 1;
                    if !targets.contains(target) {
                        found.push(format!("{}: {command}", file.path));
                    }
                }
                (Some(script), _) if script.starts_with("scripts/") => {
                    checked += 1;
                    if !absolute(script).is_file() {
                        found.push(format!("{}: {command}", file.path));
                    }
                }
                _ => {}
            }
        }
    }
    assert!(checked > 5, "only {checked} commands were found");
    none("no command that does not exist", &found);
}

/// Code in single backquotes, and the lines of code blocks.
fn commands(text: &str) -> Vec<String> {
    let inline = prose(text).flat_map(|(line, _)| line.split('`').skip(1).step_by(2));
    let outside: BTreeSet<usize> = prose(text).map(|(_, number)| number).collect();
    let blocks = text
        .lines()
        .zip(1..)
        .filter(|(_, number)| !outside.contains(number));
    inline
        .chain(blocks.map(|(line, _)| line.trim().trim_start_matches("$ ")))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_repository_names_no_package_server_and_no_place_of_a_machine() {
    // Put together here, so that this file does not name them either.
    let servers: Vec<String> = [
        ("crates", "io"),
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("debian", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("docker", "io"),
    ]
    .iter()
    .map(|(name, domain)| format!("{name}.{domain}"))
    .collect();
    let places = ["root", "home", "work", "Users", "mnt"].map(|folder| format!("/{folder}/"));
    let mut found = Vec::new();
    for SourceFile { path, text } in text_files() {
        // Cargo writes where packages come from; nobody else does.
        if path == "Cargo.lock" {
            continue;
        }
        for (line, number) in text.lines().zip(1..) {
            let names_server = servers.iter().any(|server| line.contains(server.as_str()));
            let names_place = places.iter().any(|place| begins_a_path(line, place));
            if names_server || names_place {
                found.push(format!("{path}:{number}"));
            }
        }
    }
    none("the repository stands for itself", &found);
}

/// Whether the line holds an absolute path below this folder, not a relative one that ends in it.
fn begins_a_path(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|character| character.is_whitespace() || "\"'`(=:,[".contains(character))
    })
}

#[test]
fn absolute_paths_are_told_from_relative_ones() {
    let place = "/place/";
    for line in [
        "cd /place/anna",
        "open(\"/place/anna\")",
        "path=/place/x",
        "/place/x",
        "`/place/x`",
    ] {
        assert!(begins_a_path(line, place), "{line}");
    }
    for line in [
        "target/demo/place/",
        "$demo/place/x",
        "<dir>/place/x",
        "../place/x",
        "~/place/x",
    ] {
        assert!(!begins_a_path(line, place), "{line}");
    }
}

#[test]
fn headings_become_anchors() {
    assert_eq!(
        anchors("# The `blur` look, measured\n"),
        BTreeSet::from(["the-blur-look-measured".to_owned()])
    );
}

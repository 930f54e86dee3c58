//! Rules about the manifests of the workspace.

use super::{
    dependencies::packages,
    tree::{none, read},
};

#[test]
fn every_member_takes_the_lints_of_the_workspace() {
    let found: Vec<String> = packages()
        .iter()
        .filter(|package| {
            let manifest = read(&package.manifest);
            let mut lints = manifest.lines().skip_while(|line| line.trim() != "[lints]");
            lints.nth(1).map(str::trim) != Some("workspace = true")
        })
        .map(|package| package.manifest.clone())
        .collect();
    none("[lints] workspace = true", &found);
}

#[test]
fn no_member_is_published() {
    let found: Vec<String> = packages()
        .iter()
        .filter(|package| !package.is_private)
        .map(|package| package.manifest.clone())
        .collect();
    none("publish.workspace = true, which is false", &found);
}

#[test]
fn every_version_is_chosen_in_one_place() {
    let mut found = Vec::new();
    for package in packages() {
        let manifest = read(&package.manifest);
        let mut is_dependencies = false;
        for line in manifest.lines() {
            if line.starts_with('[') {
                is_dependencies = line.contains("dependencies");
            } else if is_dependencies && line.contains('=') && !line.contains("workspace = true") {
                found.push(format!("{}: {line}", package.manifest));
            }
        }
    }
    none("versions stand in the manifest of the workspace", &found);
}

#[test]
fn every_member_has_one_test_binary() {
    let found: Vec<String> = packages()
        .iter()
        .filter(|package| package.test_binaries.iter().any(|name| name != "it"))
        .map(|package| format!("{}: {:?}", package.manifest, package.test_binaries))
        .collect();
    none("one binary `it` per crate", &found);
}

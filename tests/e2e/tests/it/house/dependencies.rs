//! Who may depend on whom: the table of ARCHITECTURE.md, held.

use std::{collections::BTreeSet, env, process::Command};

use scrim_testkit::workspace;
use serde::Deserialize;

use super::tree::none;

/// A member of the workspace.
pub(super) struct Package {
    pub(super) name: String,
    /// Path of the manifest from the root.
    pub(super) manifest: String,
    pub(super) is_private: bool,
    pub(super) test_binaries: Vec<String>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` for what is shipped, else `dev` or `build`.
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
    workspace_root: String,
}

#[derive(Deserialize)]
struct MetadataPackage {
    name: String,
    manifest_path: String,
    /// An empty list is `publish = false`.
    publish: Option<Vec<String>>,
    dependencies: Vec<Dependency>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// Reads the members of the workspace.
pub(super) fn packages() -> Vec<Package> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let read = Command::new(cargo)
        .args([
            "metadata",
            "--offline",
            "--no-deps",
            "--format-version",
            "1",
        ])
        .current_dir(workspace::root())
        .output()
        .unwrap();
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
    let metadata: Metadata = serde_json::from_slice(&read.stdout).unwrap();
    let root = format!("{}/", metadata.workspace_root);
    metadata
        .packages
        .into_iter()
        .map(|package| Package {
            manifest: package.manifest_path.trim_start_matches(&root).to_owned(),
            is_private: package
                .publish
                .is_some_and(|registries| registries.is_empty()),
            test_binaries: package
                .targets
                .into_iter()
                .filter(|target| target.kind == ["test"])
                .map(|target| target.name)
                .collect(),
            dependencies: package.dependencies,
            name: package.name,
        })
        .collect()
}

impl Package {
    fn shipped(&self) -> impl Iterator<Item = &str> {
        self.of_kind(|kind| kind != Some("dev"))
    }

    fn for_tests(&self) -> impl Iterator<Item = &str> {
        self.of_kind(|kind| kind == Some("dev"))
    }

    fn of_kind(&self, wanted: impl Fn(Option<&str>) -> bool) -> impl Iterator<Item = &str> {
        self.dependencies
            .iter()
            .filter(move |dependency| wanted(dependency.kind.as_deref()))
            .map(|dependency| dependency.name.as_str())
    }
}

/// Members and the members that they may depend on. Edges run downward only.
const MAY_DEPEND_ON: [(&str, &[&str]); 11] = [
    ("scrim-policy", &[]),
    ("scrim-redact", &["scrim-policy"]),
    ("scrim-ingest", &["scrim-policy"]),
    ("scrim-sfu", &["scrim-policy", "scrim-ingest"]),
    ("scrim-storage", &["scrim-policy"]),
    (
        "scrim-pipeline",
        &[
            "scrim-policy",
            "scrim-ingest",
            "scrim-redact",
            "scrim-storage",
        ],
    ),
    (
        "scrim",
        &[
            "scrim-policy",
            "scrim-redact",
            "scrim-ingest",
            "scrim-sfu",
            "scrim-storage",
            "scrim-pipeline",
        ],
    ),
    ("scrim-samples", &["scrim-policy"]),
    (
        "scrim-testkit",
        &["scrim-policy", "scrim-redact", "scrim-samples"],
    ),
    ("scrim-e2e", &["scrim-testkit"]),
    (
        "scrim-bench",
        &[
            "scrim-policy",
            "scrim-samples",
            "scrim-storage",
            "scrim-testkit",
        ],
    ),
];

/// Members and what their tests may use beyond that. Tests of `e2e` see everything but `sfu` and
/// `ingest`, since they look at results.
const TESTS_MAY_USE: [(&str, &[&str]); 6] = [
    ("scrim-storage", &["scrim-testkit"]),
    ("scrim-redact", &["scrim-testkit", "scrim-samples"]),
    ("scrim-ingest", &["scrim-testkit", "scrim-samples"]),
    ("scrim-pipeline", &["scrim-testkit", "scrim-samples"]),
    ("scrim", &["scrim-testkit", "scrim-samples"]),
    (
        "scrim-e2e",
        &[
            "scrim-testkit",
            "scrim-samples",
            "scrim-policy",
            "scrim-redact",
            "scrim-storage",
            "scrim-pipeline",
        ],
    ),
];

/// Heavy things and the only members that may link them. A name stands for all that begin with it.
const OWNERS: [(&str, &[&str]); 32] = [
    ("sqlx", &["scrim-storage"]),
    ("aws-", &["scrim-storage"]),
    ("aes-gcm", &["scrim-storage"]),
    ("hkdf", &["scrim-storage"]),
    ("argon2", &["scrim-storage"]),
    ("ed25519-dalek", &["scrim-storage"]),
    ("region", &["scrim-storage"]),
    ("whisper-rs", &["scrim-pipeline"]),
    ("rten", &["scrim-pipeline"]),
    ("ocrs", &["scrim-pipeline"]),
    ("temporalio", &["scrim-pipeline"]),
    ("mp4-atom", &["scrim-pipeline"]),
    // Models, key servers and webhooks are asked by the crate that knows what to check.
    ("ureq", &["scrim-pipeline", "scrim-storage", "scrim"]),
    ("lettre", &["scrim"]),
    ("prometheus-client", &["scrim"]),
    ("opentelemetry", &["scrim"]),
    ("tracing-opentelemetry", &["scrim"]),
    ("rust_xlsxwriter", &["scrim-storage"]),
    ("clamav-client", &["scrim"]),
    ("gstreamer-webrtc", &["scrim-sfu"]),
    // Peers that load it; nothing that is shipped has a second DTLS.
    ("rtc-", &["scrim-bench"]),
    (
        "gstreamer",
        &[
            "scrim-ingest",
            "scrim-sfu",
            "scrim-pipeline",
            "scrim-samples",
        ],
    ),
    ("image", &["scrim-redact"]),
    ("fast_image_resize", &["scrim-redact"]),
    ("noto-sans-mono-bitmap", &["scrim-redact"]),
    ("axum", &["scrim"]),
    ("askama", &["scrim"]),
    ("miette", &["scrim"]),
    ("indicatif", &["scrim"]),
    ("tracing-subscriber", &["scrim"]),
    ("clap", &["scrim", "scrim-samples", "scrim-bench"]),
    (
        "tokio",
        &[
            "scrim-ingest",
            "scrim-sfu",
            "scrim-storage",
            "scrim-pipeline",
            "scrim",
        ],
    ),
];

/// Heavy things that tests may link elsewhere: to look at pictures.
const TESTS_MAY_LINK: [(&str, &str); 1] = [("scrim-e2e", "image")];

/// Everything that the pure crates link. Whatever is added here has no clock, socket or file.
const PURE: [(&str, &[&str]); 2] = [
    (
        "scrim-policy",
        &[
            "serde",
            "toml",
            "schemars",
            "time",
            "uuid",
            "csv",
            "thiserror",
            "strsim",
            "unicode-normalization",
        ],
    ),
    (
        "scrim-redact",
        &[
            "scrim-policy",
            "image",
            "rayon",
            "fast_image_resize",
            "noto-sans-mono-bitmap",
            "serde",
            "thiserror",
            "unicode-normalization",
            "strsim",
        ],
    ),
];

fn allowed<'a>(table: &'a [(&str, &'a [&'a str])], name: &str) -> &'a [&'a str] {
    table
        .iter()
        .find(|(member, _)| *member == name)
        .map_or(&[], |(_, allowed)| allowed)
}

fn is_internal(name: &str) -> bool {
    name == "scrim" || name.starts_with("scrim-")
}

#[test]
fn the_table_names_every_member() {
    let members: BTreeSet<String> = packages().into_iter().map(|package| package.name).collect();
    let named: BTreeSet<String> = MAY_DEPEND_ON
        .iter()
        .map(|(member, _)| (*member).to_owned())
        .collect();
    assert_eq!(members, named);
}

#[test]
fn members_depend_downward_only() {
    let mut found = Vec::new();
    for package in packages() {
        let below = allowed(&MAY_DEPEND_ON, &package.name);
        let beside = allowed(&TESTS_MAY_USE, &package.name);
        let shipped = package
            .shipped()
            .filter(|name| is_internal(name) && !below.contains(name));
        found.extend(shipped.map(|name| format!("{} depends on {name}", package.name)));
        let tests = package
            .for_tests()
            .filter(|name| is_internal(name) && !below.contains(name) && !beside.contains(name));
        found.extend(tests.map(|name| format!("tests of {} depend on {name}", package.name)));
    }
    none("edges run downward only", &found);
}

#[test]
fn a_live_room_cannot_write_a_recording() {
    // In the table as well; stated apart, because the table may be changed by whoever adds an edge.
    let packages = packages();
    let sfu = packages
        .iter()
        .find(|package| package.name == "scrim-sfu")
        .unwrap();
    let forbidden = ["scrim-storage", "scrim-redact", "scrim-pipeline"];
    assert!(!sfu.shipped().any(|name| forbidden.contains(&name)));
    let pipeline = packages
        .iter()
        .find(|package| package.name == "scrim-pipeline")
        .unwrap();
    assert!(!pipeline.shipped().any(|name| name == "scrim-sfu"));
}

#[test]
fn every_heavy_thing_has_one_owner() {
    let mut found = Vec::new();
    for package in packages() {
        for dependency in &package.dependencies {
            // The first entry counts, so that `gstreamer-webrtc` is not taken for `gstreamer`.
            let Some((_, owners)) = OWNERS
                .iter()
                .find(|(heavy, _)| is_of(&dependency.name, heavy))
            else {
                continue;
            };
            let is_test = dependency.kind.as_deref() == Some("dev");
            let is_for_tests = is_test
                && TESTS_MAY_LINK.contains(&(package.name.as_str(), dependency.name.as_str()));
            if !owners.contains(&package.name.as_str()) && !is_for_tests {
                found.push(format!("{} links {}", package.name, dependency.name));
            }
        }
    }
    none("one owner per heavy thing", &found);
}

/// Whether a dependency is the heavy thing or a part of it: `sqlx` and `sqlx-core`, not `imagesize`.
fn is_of(name: &str, heavy: &str) -> bool {
    name.strip_prefix(heavy)
        .is_some_and(|rest| rest.is_empty() || heavy.ends_with('-') || rest.starts_with(['-', '_']))
}

#[test]
fn pure_crates_link_nothing_that_was_not_weighed() {
    let mut found = Vec::new();
    for package in packages() {
        let weighed = allowed(&PURE, &package.name);
        if !weighed.is_empty() {
            let others = package.shipped().filter(|name| !weighed.contains(name));
            found.extend(others.map(|name| format!("{} links {name}", package.name)));
        }
    }
    none("pure in the middle", &found);
}

#[test]
fn parts_of_names_are_not_mistaken() {
    assert!(is_of("gstreamer-video", "gstreamer") && is_of("sqlx", "sqlx"));
    assert!(is_of("aws-sdk-s3", "aws-") && !is_of("imagesize", "image"));
}

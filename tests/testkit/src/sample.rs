//! Invented webinars, rendered on demand.

use std::path::PathBuf;

use scrim_samples::{RenderOptions, Rendered, Scenario, render};

use crate::workspace;

/// Returns the recording of a scenario that comes with `scrim-samples`, such as `webinar-slides`.
///
/// It is rendered into `target/samples` when it is missing or made from another scenario.
pub fn sample(name: &str) -> PathBuf {
    sample_with(name, &RenderOptions::default()).media
}

/// Returns the files of a scenario, rendered in a particular way. Options that change the result
/// need a `stem` of their own, or tests would overwrite each other's files.
pub fn sample_with(name: &str, options: &RenderOptions) -> Rendered {
    let scenario = Scenario::builtin(name)
        .unwrap_or_else(|error| panic!("the scenario {name} is not usable: {error}"));
    let stem = options.stem.as_deref().unwrap_or(name);
    assert!(
        options.stem.is_some() || *options == RenderOptions::default(),
        "options that change {name} need a stem of their own"
    );
    let _lock = workspace::lock(&format!("sample-{stem}-{}", options.container.name()));
    render(&scenario, options, &workspace::target("samples"))
        .unwrap_or_else(|error| panic!("the scenario {name} could not be rendered: {error}"))
}

/// Returns the files of the short webinar that lies in the repository. Nothing is rendered.
pub fn committed_sample() -> Rendered {
    let file = |ending: &str| {
        workspace::root()
            .join("samples/media")
            .join(format!("webinar-short.{ending}"))
    };
    Rendered {
        media: file("mp4"),
        truth: file("truth.json"),
        roster: file("roster.csv"),
        was_there: true,
    }
}

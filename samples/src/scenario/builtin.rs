//! The scenarios that come with the crate.

use super::{Scenario, ScenarioError};

/// Names that [`Scenario::builtin`] knows.
pub const BUILTIN_NAMES: [&str; 5] = [
    "webinar-short",
    "webinar-slides",
    "webinar-mixed",
    "webinar-motion",
    "webinar-relayout",
];

const BUILTIN_TEXTS: [&str; 5] = [
    include_str!("../../scenarios/webinar-short.toml"),
    include_str!("../../scenarios/webinar-slides.toml"),
    include_str!("../../scenarios/webinar-mixed.toml"),
    include_str!("../../scenarios/webinar-motion.toml"),
    include_str!("../../scenarios/webinar-relayout.toml"),
];

impl Scenario {
    /// Returns the scenario of this name from `samples/scenarios/`.
    pub fn builtin(name: &str) -> Result<Self, ScenarioError> {
        let Some(index) = BUILTIN_NAMES.iter().position(|known| *known == name) else {
            return Err(ScenarioError::Unknown {
                name: name.to_owned(),
            });
        };
        Self::parse(
            &format!("samples/scenarios/{name}.toml"),
            BUILTIN_TEXTS[index],
        )
    }
}

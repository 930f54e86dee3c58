//! The policies beside the scenarios hide what they should and keep what can be read.

use std::{fs, path::Path};

use scrim_policy::{Geometry, Moment, Plan, Policy, Roster};
use scrim_samples::{Film, Scenario, Text, TextKind};

fn policy(name: &str) -> Policy {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("policies/{name}.toml"));
    let text = fs::read_to_string(&path).unwrap();
    Policy::parse(&path.display().to_string(), &text).unwrap()
}

fn plan(policy_name: &str, scenario: &Scenario) -> Plan {
    let source = Geometry::square(scenario.size.0, scenario.size.1);
    Plan::compile(&policy(policy_name), &source, &Roster::default()).unwrap()
}

/// Texts of the stage; all others are in list, chat or toolbar.
fn is_on_stage(text: &Text) -> bool {
    is_shared(text) || text.kind == TextKind::Label
}

/// Texts that are shown to everybody, without the names on cameras.
fn is_shared(text: &Text) -> bool {
    matches!(text.kind, TextKind::Slide | TextKind::Document)
}

fn check(policy: &str, scenario: &str, may_be_seen: fn(&Text) -> bool) {
    let scenario = Scenario::builtin(scenario).unwrap();
    let plan = plan(policy, &scenario);
    let (_, texts) = Film::new(&scenario).unwrap().panels_and_texts();
    assert!(texts.iter().any(may_be_seen) && !texts.iter().all(may_be_seen));
    for text in texts {
        let kept = &plan
            .scene_at(Moment::from_seconds((text.from + text.to) / 2.0))
            .kept;
        if may_be_seen(&text) {
            assert!(text.rect.is_covered_by(kept), "{policy} cuts {text:?}");
        } else {
            let seen = kept.iter().any(|rect| rect.overlaps(&text.rect));
            assert!(!seen, "{policy} shows {text:?}");
        }
    }
}

#[test]
fn the_fixed_policies_separate_stage_and_people() {
    for scenario in [
        "webinar-short",
        "webinar-slides",
        "webinar-mixed",
        "webinar-motion",
    ] {
        check("webinar", scenario, is_on_stage);
        check("webinar-hide", scenario, is_on_stage);
    }
}

#[test]
fn the_initials_policy_hides_the_names_on_cameras_too() {
    check("webinar-initials", "webinar-short", is_shared);
}

#[test]
fn the_policy_with_time_ranges_follows_the_window() {
    check("relayout", "webinar-relayout", is_on_stage);
}

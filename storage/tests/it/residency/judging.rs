//! What a store may answer.

use proptest::prelude::*;
use scrim_storage::residency::{
    Answer, Declared, Destination, Observed, PLACES, Rule, Verdict, Versioning, judge,
};

use super::declared;
use crate::fixtures::NOW;

fn good(region: &str) -> Observed {
    Observed {
        told_region: Some(region.to_owned()),
        location: Answer::Told(Some(region.to_owned())),
        redirect: None,
        replication: Answer::Told(Vec::new()),
        lock: Answer::Told(None),
        acceleration: Answer::Told(false),
        versioning: Versioning::Off,
    }
}

fn frankfurt() -> Declared {
    declared(
        "https://s3.eu-central-1.amazonaws.com",
        "eu-central-1",
        None,
    )
}

fn ireland() -> Declared {
    declared("https://s3.eu-west-1.amazonaws.com", "eu-west-1", None)
}

fn own(region: &str) -> Declared {
    declared("https://s3.example.eu", region, Some("DE"))
}

fn broken(verdict: &Verdict) -> Vec<Rule> {
    verdict.broken().map(|finding| finding.rule).collect()
}

#[track_caller]
fn refused(declared: &Declared, change: impl FnOnce(&mut Observed), rule: Rule) {
    let mut observed = good(&declared.region);
    change(&mut observed);
    let verdict = judge(declared, &observed, NOW);
    assert_eq!(broken(&verdict), [rule], "{verdict}");
    assert!(!verdict.allowed);
}

#[track_caller]
fn allowed(declared: &Declared, change: impl FnOnce(&mut Observed)) {
    let mut observed = good(&declared.region);
    change(&mut observed);
    let verdict = judge(declared, &observed, NOW);
    assert!(verdict.allowed, "{verdict}");
}

#[test]
fn a_good_bucket_is_allowed_and_every_rule_is_in_the_verdict() {
    let verdict = judge(&frankfurt(), &good("eu-central-1"), NOW);
    assert!(verdict.allowed);
    let rules: Vec<Rule> = verdict
        .findings
        .iter()
        .map(|finding| finding.rule)
        .collect();
    let all: Vec<Rule> = Rule::ALL.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(rules, all);
    assert_eq!(
        verdict.to_string(),
        "eu-central-1 of AWS in DE (s3.eu-central-1.amazonaws.com)"
    );
    let json = serde_json::to_string(&verdict).unwrap();
    assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), verdict);
}

#[test]
fn amazon_has_to_name_the_region_and_to_mean_it() {
    let told = |region: Option<&str>| {
        let region = region.map(str::to_owned);
        move |observed: &mut Observed| observed.told_region = region
    };
    refused(
        &frankfurt(),
        |o| {
            told(None)(o);
            o.location = Answer::Told(Some("eu-central-1".to_owned()));
        },
        Rule::ToldRegion,
    );
    for region in [
        "us-east-1",
        "eu-west-2",
        "eu-central-2",
        "eu-west-1",
        "frankfurt",
    ] {
        refused(
            &frankfurt(),
            |o| {
                told(Some(region))(o);
                o.location = Answer::Withheld("AccessDenied".to_owned());
            },
            Rule::ToldRegion,
        );
    }
}

#[test]
fn the_old_words_of_amazon_are_understood() {
    // No location is the first region, `EU` the second one.
    refused(
        &frankfurt(),
        |o| o.location = Answer::Told(None),
        Rule::SecondOpinion,
    );
    let old = |o: &mut Observed| o.location = Answer::Told(Some("EU".to_owned()));
    allowed(&ireland(), old);
    refused(&frankfurt(), old, Rule::SecondOpinion);
    allowed(&frankfurt(), |o| {
        o.location = Answer::Withheld("AccessDenied".to_owned())
    });
}

#[test]
fn other_stores_may_say_nothing_and_nothing_else_than_declared() {
    let silent = |o: &mut Observed| {
        o.told_region = None;
        o.location = Answer::Told(None);
    };
    allowed(&own("garage"), silent);
    allowed(&own("garage"), |_| {});
    refused(
        &own("garage"),
        |o| {
            o.told_region = Some("us-east-1".to_owned());
            o.location = Answer::Told(None);
        },
        Rule::ToldRegion,
    );
    refused(
        &own("garage"),
        |o| {
            o.told_region = None;
            o.location = Answer::Told(Some("dc-2".to_owned()));
        },
        Rule::SecondOpinion,
    );
}

#[test]
fn other_providers_make_names_up_but_not_those_of_places_elsewhere() {
    let gravelines = declared("https://s3.gra.io.cloud.ovh.net", "gra", None);
    for region in ["GRA", "default", "gra"] {
        allowed(&gravelines, |o| {
            o.told_region = Some(region.to_owned());
            o.location = Answer::Told(Some(region.to_owned()));
        });
    }
    for region in ["uk", "bhs", "us-east-1", "eu-west-2"] {
        refused(
            &gravelines,
            |o| {
                o.told_region = Some(region.to_owned());
                o.location = Answer::NotOffered;
            },
            Rule::ToldRegion,
        );
    }
}

#[test]
fn whoever_sends_the_client_elsewhere_is_refused() {
    let mut observed = good("eu-central-1");
    observed.told_region = Some("us-east-1".to_owned());
    observed.redirect = Some("us-east-1".to_owned());
    let verdict = judge(&frankfurt(), &observed, NOW);
    assert_eq!(broken(&verdict), [Rule::Redirect, Rule::ToldRegion]);
    refused(
        &own("garage"),
        |o| o.redirect = Some("s3.elsewhere.example".to_owned()),
        Rule::Redirect,
    );
}

#[test]
fn copies_elsewhere_are_refused_and_so_are_those_that_nobody_knows() {
    let copies = |regions: &'static [Option<&'static str>]| {
        move |observed: &mut Observed| {
            let destination = |region: &Option<&str>| Destination {
                region: region.map(str::to_owned),
            };
            observed.replication = Answer::Told(regions.iter().map(destination).collect());
        }
    };
    allowed(
        &frankfurt(),
        copies(&[Some("eu-west-1"), Some("eu-central-1")]),
    );
    for regions in [
        &[Some("us-east-1")][..],
        &[Some("eu-west-1"), Some("eu-west-2")],
        &[None],
        &[Some("made-up")],
    ] {
        refused(&frankfurt(), copies(regions), Rule::Replication);
    }
    allowed(&own("garage"), copies(&[Some("garage")]));
    refused(
        &own("garage"),
        copies(&[Some("eu-west-1")]),
        Rule::Replication,
    );
    refused(&own("garage"), copies(&[None]), Rule::Replication);
    let denied = |o: &mut Observed| o.replication = Answer::Withheld("AccessDenied".to_owned());
    refused(&frankfurt(), denied, Rule::Replication);
    allowed(&own("garage"), |o| o.replication = Answer::NotOffered);
}

#[test]
fn locks_that_nobody_can_lift_are_refused_unless_they_are_wanted() {
    let lock = |mode: &'static str| {
        move |observed: &mut Observed| observed.lock = Answer::Told(Some(mode.to_owned()))
    };
    refused(&frankfurt(), lock("COMPLIANCE"), Rule::ObjectLock);
    refused(&frankfurt(), lock("unknown"), Rule::ObjectLock);
    allowed(&frankfurt(), lock("GOVERNANCE"));
    let wanted = Declared {
        may_lock: true,
        ..frankfurt()
    };
    allowed(&wanted, lock("COMPLIANCE"));
    let denied = |o: &mut Observed| o.lock = Answer::Withheld("AccessDenied".to_owned());
    refused(&wanted, denied, Rule::ObjectLock);
}

#[test]
fn acceleration_is_a_question_for_amazon_only() {
    refused(
        &frankfurt(),
        |o| o.acceleration = Answer::Told(true),
        Rule::Acceleration,
    );
    refused(
        &frankfurt(),
        |o| o.acceleration = Answer::NotAsked,
        Rule::Acceleration,
    );
    let denied = |o: &mut Observed| o.acceleration = Answer::Withheld("AccessDenied".to_owned());
    refused(&frankfurt(), denied, Rule::Acceleration);
    allowed(&own("garage"), |o| o.acceleration = Answer::NotAsked);
}

#[test]
fn a_store_that_names_another_region_than_before_is_refused() {
    let before = |region: Option<&str>| Declared {
        told_before: Some(region.map(str::to_owned)),
        ..own("garage")
    };
    allowed(&before(Some("garage")), |_| {});
    refused(&before(None), |_| {}, Rule::Unchanged);
    refused(
        &before(Some("garage")),
        |o| {
            o.told_region = None;
            o.location = Answer::Told(None);
        },
        Rule::Unchanged,
    );
}

fn answer() -> impl Strategy<Value = Option<String>> {
    let regions: Vec<String> = PLACES.iter().map(|place| place.region.to_owned()).collect();
    prop_oneof![
        Just(None),
        prop::sample::select(regions).prop_map(Some),
        "[a-z0-9-]{0,12}".prop_map(Some),
    ]
}

proptest! {
    /// Whatever a store of Amazon answers: allowed is only the region of the host, in the area, and
    /// copies within it.
    #[test]
    fn no_answer_makes_a_place_elsewhere_good(
        place in prop::sample::select(&PLACES[..]),
        told in answer(),
        located in answer(),
        copied in prop::collection::vec(answer(), 0..3),
        redirect in answer(),
    ) {
        let declared = declared(&format!("https://{}", place.hosts[0]), place.region, None);
        let observed = Observed {
            told_region: told.clone(),
            location: Answer::Told(located),
            redirect: redirect.clone(),
            replication: Answer::Told(
                copied.iter().map(|region| Destination { region: region.clone() }).collect(),
            ),
            ..good(place.region)
        };
        let verdict = judge(&declared, &observed, NOW);
        if verdict.allowed {
            prop_assert!(place.country.is_in_eea() && redirect.is_none());
            let outside = ["us-east-1", "eu-west-2", "uk", "bhs", "ch-gva-2", "us-central-1"];
            prop_assert!(!told.as_deref().is_some_and(|region| outside.contains(&region)));
            for region in copied {
                prop_assert!(region.is_some_and(|region| !outside.contains(&region.as_str())));
            }
            if place.provider.is_aws() {
                prop_assert_eq!(told.as_deref(), Some(place.region));
            }
        }
        prop_assert_eq!(verdict.allowed, verdict.broken().count() == 0);
    }
}

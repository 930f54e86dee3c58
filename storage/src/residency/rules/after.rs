//! Rules for what a store has answered.

use super::{Answer, Declared, Destination, Observed, Rule, before::Whose, finding};
use crate::residency::{
    Finding,
    places::{NameSays, name_says},
};

pub(super) fn told(observed: &Observed) -> Option<String> {
    let located = match &observed.location {
        Answer::Told(region) => region.clone(),
        _ => None,
    };
    observed.told_region.clone().or(located)
}

/// Says whether a region that a store names may be the one of this bucket. Only the answers of AWS
/// have a documented meaning, and the operator of an own host knows its name. Other providers make
/// names up; there the host has decided already, and only the name of a place elsewhere is refused.
fn is_right(declared: &Declared, whose: Whose, region: &str) -> bool {
    match whose {
        Whose::Listed(place) if place.provider.is_aws() => region == place.region,
        Whose::Listed(place) => region == place.region || name_says(region) != NameSays::Outside,
        Whose::Own => region == declared.region,
    }
}

pub(super) fn told_region(declared: &Declared, whose: Whose, observed: &Observed) -> Finding {
    let wanted = match whose {
        Whose::Listed(place) if place.provider.is_aws() => place.region.to_owned(),
        Whose::Listed(place) => format!("{}, or no region elsewhere", place.region),
        Whose::Own => format!("{}, or nothing", declared.region),
    };
    let (passed, found) = match &observed.told_region {
        Some(region) => (is_right(declared, whose, region), region.as_str()),
        None => (!whose.provider().is_aws(), "no answer"),
    };
    finding(Rule::ToldRegion, passed, found, wanted)
}

pub(super) fn second_opinion(declared: &Declared, whose: Whose, observed: &Observed) -> Finding {
    let wanted = observed
        .told_region
        .clone()
        .unwrap_or_else(|| declared.region.clone());
    let is_aws = whose.provider().is_aws();
    let (passed, found) = match &observed.location {
        Answer::Told(region) => {
            // Older than regions with names: nothing means the first one, `EU` the second one
            // (docs.aws.amazon.com, API_GetBucketLocation).
            let region = match region.as_deref() {
                None | Some("") if is_aws => Some("us-east-1"),
                Some("EU") if is_aws => Some("eu-west-1"),
                Some("") => None,
                other => other,
            };
            let agrees = |region: &str| {
                let told = observed.told_region.as_deref();
                is_right(declared, whose, region) && told.is_none_or(|told| told == region)
            };
            (
                region.is_none_or(agrees),
                region.unwrap_or("no answer").to_owned(),
            )
        }
        // The first opinion decides; AWS itself advises against asking for this one.
        Answer::NotOffered | Answer::NotAsked => (true, "no answer".to_owned()),
        Answer::Withheld(code) => (true, format!("no answer ({code})")),
    };
    finding(Rule::SecondOpinion, passed, found, wanted)
}

pub(super) fn redirect(observed: &Observed) -> Finding {
    let found = observed
        .redirect
        .as_ref()
        .map_or_else(|| "none".to_owned(), |to| format!("one to {to}"));
    finding(Rule::Redirect, observed.redirect.is_none(), found, "none")
}

pub(super) fn unchanged(declared: &Declared, observed: &Observed) -> Finding {
    let words = |region: &Option<String>| region.clone().unwrap_or_else(|| "no answer".to_owned());
    let now = told(observed);
    match &declared.told_before {
        None => finding(
            Rule::Unchanged,
            true,
            words(&now),
            "anything, the first time",
        ),
        Some(before) => finding(Rule::Unchanged, now == *before, words(&now), words(before)),
    }
}

pub(super) fn replication(declared: &Declared, whose: Whose, observed: &Observed) -> Finding {
    const WANTED: &str = "no copies, or copies in the EEA only";
    let is_inside = |region: &str| match whose {
        Whose::Own => region == declared.region,
        Whose::Listed(place) => region == place.region || name_says(region) == NameSays::Inside,
    };
    let (passed, found) = match &observed.replication {
        Answer::Told(destinations) if destinations.is_empty() => (true, "no copies".to_owned()),
        Answer::Told(destinations) => {
            let regions = destinations
                .iter()
                .map(|destination| destination.region.as_deref().unwrap_or("an unknown region"));
            let found = regions.collect::<Vec<_>>().join(", ");
            let is_inside =
                |destination: &Destination| destination.region.as_deref().is_some_and(is_inside);
            (
                destinations.iter().all(is_inside),
                format!("copies in {found}"),
            )
        }
        Answer::NotOffered => (true, "a store without replication".to_owned()),
        Answer::Withheld(code) => (false, format!("no answer ({code})")),
        Answer::NotAsked => (false, "no answer".to_owned()),
    };
    finding(Rule::Replication, passed, found, WANTED)
}

pub(super) fn object_lock(declared: &Declared, observed: &Observed) -> Finding {
    let (passed, found) = match &observed.lock {
        Answer::Told(None) => (true, "no default retention".to_owned()),
        Answer::Told(Some(mode)) => (
            // Governance mode can be lifted by those who may; a mode that is not known cannot be
            // told from compliance.
            mode == "GOVERNANCE" || declared.may_lock,
            format!("{} mode", mode.to_lowercase()),
        ),
        Answer::NotOffered => (true, "a store without Object Lock".to_owned()),
        Answer::Withheld(code) => (false, format!("no answer ({code})")),
        Answer::NotAsked => (false, "no answer".to_owned()),
    };
    let wanted = if declared.may_lock {
        "anything, as the operator allows it"
    } else {
        "no compliance mode"
    };
    finding(Rule::ObjectLock, passed, found, wanted)
}

pub(super) fn acceleration(whose: Whose, observed: &Observed) -> Finding {
    let is_aws = whose.provider().is_aws();
    let (passed, found) = match &observed.acceleration {
        Answer::Told(is_on) => (!is_on, if *is_on { "on" } else { "off" }.to_owned()),
        Answer::NotOffered => (true, "not offered".to_owned()),
        Answer::NotAsked => (!is_aws, "not asked".to_owned()),
        Answer::Withheld(code) => (false, format!("no answer ({code})")),
    };
    finding(Rule::Acceleration, passed, found, "off")
}

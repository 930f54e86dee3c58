//! Where recordings may lie.

mod fake;
mod judging;
mod lists;
mod reference;
mod servers;
mod stores;

use scrim_storage::{
    objects::s3::{Credentials, S3Location},
    residency::Declared,
};

/// A location with invented credentials.
pub(crate) fn location(endpoint: &str, region: &str) -> S3Location {
    S3Location::new(
        endpoint.parse().unwrap(),
        region,
        "recordings".parse().unwrap(),
        Credentials::new("invented".to_owned(), "invented-too".to_owned()).unwrap(),
    )
}

/// A store of one's own on this machine, declared to be in Germany.
pub(crate) fn own(endpoint: &str, region: &str) -> S3Location {
    S3Location {
        country: Some("DE".to_owned()),
        attempts: 1,
        ..location(endpoint, region)
    }
}

fn declared(endpoint: &str, region: &str, country: Option<&str>) -> Declared {
    Declared {
        country: country.map(str::to_owned),
        ..Declared::of(&location(endpoint, region))
    }
}

//! Rules for what is declared. They are asked before anything is sent.

use std::net::IpAddr;

use super::{Declared, Rule, finding};
use crate::{
    objects::s3::Endpoint,
    residency::{
        Country, Finding, Place, Provider,
        places::{DOMAINS_OF_OTHERS, NameSays, name_says},
    },
};

/// Where a host is, by the lists.
#[derive(Clone, Copy, Debug)]
pub(super) enum Whose {
    /// A provider's.
    Listed(&'static Place),
    /// The operator's.
    Own,
}

impl Whose {
    pub(super) const fn provider(self) -> Provider {
        match self {
            Self::Listed(place) => place.provider,
            Self::Own => Provider::SelfHosted,
        }
    }
}

/// Says whose a host is, or what is wrong with it.
pub(super) fn whose(endpoint: &Endpoint) -> Result<Whose, &'static str> {
    let host = endpoint.host();
    if endpoint.is_loopback() {
        return Ok(Whose::Own);
    }
    if host.parse::<IpAddr>().is_ok() {
        return Err("an address, which says nothing about its place");
    }
    if let Some(place) = Place::of_host(host) {
        return Ok(Whose::Listed(place));
    }
    let is_of = |domain: &&str| {
        host.strip_suffix(*domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    if DOMAINS_OF_OTHERS.iter().any(is_of) {
        return Err("a host of a public provider that is not listed");
    }
    // Nobody names a server of their own like this, unless to be taken for somebody else.
    let has_inside = |domain: &&str| format!(".{host}").contains(&format!(".{domain}."));
    if DOMAINS_OF_OTHERS.iter().any(has_inside) {
        return Err("a name that imitates one of a public provider");
    }
    let labels: Vec<&str> = host.split('.').collect();
    if labels.len() < 2 {
        return Err("a name without its domain");
    }
    // Letters that look like others. Nobody can check such a name by reading it.
    if labels.iter().any(|label| label.starts_with("xn--")) {
        return Err("a name in letters beyond ASCII");
    }
    let is_plain = |label: &&str| !label.starts_with('-') && !label.ends_with('-');
    if !labels.iter().all(is_plain) {
        return Err("not a name that DNS knows");
    }
    // `127.1` and `0x7f000001` are addresses to some resolvers.
    let is_word = |label: &&str| label.len() > 1 && label.bytes().all(|b| b.is_ascii_lowercase());
    if !labels.last().is_some_and(is_word) {
        return Err("a name whose last part is no top-level domain");
    }
    Ok(Whose::Own)
}

pub(super) fn host(endpoint: &Endpoint, whose: Result<Whose, &str>) -> Finding {
    let host = endpoint.host();
    let found = match whose {
        Ok(Whose::Listed(place)) => format!("{host}, {} {}", place.provider, place.region),
        Ok(Whose::Own) => format!("{host}, the operator's own"),
        Err(wrong) => format!("{host}, {wrong}"),
    };
    let wanted = "a listed host, or the full name of an own one";
    finding(Rule::Host, whose.is_ok(), found, wanted)
}

pub(super) fn encryption(endpoint: &Endpoint) -> Finding {
    let found = match (endpoint.is_https(), endpoint.is_loopback()) {
        (true, _) => "https",
        (false, true) => "http to this machine",
        (false, false) => "http",
    };
    finding(
        Rule::Encryption,
        endpoint.is_https() || endpoint.is_loopback(),
        found,
        "https, or http to this machine",
    )
}

pub(super) fn port(endpoint: &Endpoint, whose: Whose) -> Finding {
    let port = endpoint.port();
    match whose {
        Whose::Listed(_) => finding(Rule::Port, port == 443, format!("port {port}"), "port 443"),
        Whose::Own => finding(
            Rule::Port,
            true,
            format!("port {port}"),
            "any on an own host",
        ),
    }
}

pub(super) fn country_of(declared: &Declared, whose: Whose) -> Option<Country> {
    match whose {
        Whose::Listed(place) => Some(place.country),
        Whose::Own => declared.country.as_deref()?.parse().ok(),
    }
}

pub(super) fn country(declared: &Declared, whose: Whose, country: Option<Country>) -> Finding {
    let is_in_eea = country.is_some_and(Country::is_in_eea);
    // What is declared may be missing for a listed host, but may not say something else.
    let stated = declared.country.as_deref();
    let agrees = match (country, stated) {
        (Some(country), Some(stated)) => stated == country.as_str(),
        _ => true,
    };
    let found = match (whose, country, stated) {
        (Whose::Listed(place), _, Some(stated)) if !agrees => {
            format!("{} declared, {} in {}", stated, place.town, place.country)
        }
        (Whose::Listed(place), ..) => format!("{} in {}", place.town, place.country),
        (Whose::Own, Some(country), _) => format!("{country}, declared"),
        (Whose::Own, None, Some(_)) => "a declaration that is no country code".to_owned(),
        (Whose::Own, None, None) => "no declared country".to_owned(),
    };
    finding(
        Rule::Country,
        is_in_eea && agrees,
        found,
        "a country of the European Economic Area",
    )
}

/// Reserved endings and beginnings of the bucket naming rules of Amazon S3
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>): such names lead
/// to something else than a bucket in one region.
pub(super) fn bucket(name: &str) -> Finding {
    const ENDINGS: [&str; 5] = ["-s3alias", "--ol-s3", "--x-s3", "--table-s3", ".mrap"];
    const BEGINNINGS: [&str; 4] = ["xn--", "sthree-", "amzn-s3-demo-", "arn:"];
    let is_alias = ENDINGS.iter().any(|ending| name.ends_with(ending))
        || BEGINNINGS
            .iter()
            .any(|beginning| name.starts_with(beginning));
    let is_address = name.parse::<IpAddr>().is_ok();
    let found = match (is_alias, is_address) {
        (true, _) => "an alias or a reserved name",
        (_, true) => "an address",
        _ => "a bucket's own name",
    };
    finding(
        Rule::Bucket,
        !is_alias && !is_address,
        found,
        "a bucket's own name",
    )
}

pub(super) fn declared_region(region: &str, whose: Whose) -> Finding {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let is_plain = !region.is_empty() && region.bytes().all(is_plain);
    let shown = if is_plain {
        region
    } else {
        "something else than a name"
    };
    match whose {
        Whose::Listed(place) => finding(
            Rule::DeclaredRegion,
            region == place.region,
            shown,
            place.region,
        ),
        Whose::Own => finding(
            Rule::DeclaredRegion,
            is_plain && name_says(region) != NameSays::Outside,
            shown,
            "a name that is not that of a region outside of the EEA",
        ),
    }
}

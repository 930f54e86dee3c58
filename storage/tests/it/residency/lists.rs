//! What the lists say, before anything is sent.

use aws_sdk_s3::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use proptest::prelude::*;
use scrim_storage::residency::{Declared, PLACES, Place, Rule, refuse_unasked};

use super::declared;
use crate::fixtures::NOW;

/// The rules that a declaration breaks.
fn broken(declared: &Declared) -> Vec<Rule> {
    refuse_unasked(declared, NOW).map_or_else(Vec::new, |verdict| {
        verdict.broken().map(|finding| finding.rule).collect()
    })
}

#[test]
fn listed_places_are_allowed_where_they_are_in_the_area_and_nowhere_else() {
    for place in &PLACES {
        for host in place.hosts {
            let found = broken(&declared(&format!("https://{host}"), place.region, None));
            let wanted: &[Rule] = if place.country.is_in_eea() {
                &[]
            } else {
                &[Rule::Country]
            };
            assert_eq!(found, wanted, "{host}");
        }
    }
}

#[test]
fn regions_that_sound_european_are_refused_where_they_are_not() {
    for (region, country) in [
        ("us-east-1", "US"),
        ("eu-west-2", "GB"),
        ("eu-central-2", "CH"),
    ] {
        let endpoint = format!("https://s3.{region}.amazonaws.com");
        let verdict = refuse_unasked(&declared(&endpoint, region, None), NOW).unwrap();
        assert_eq!(verdict.country.unwrap().as_str(), country);
        assert_eq!(verdict.broken().next().unwrap().rule, Rule::Country);
        // Declaring something else does not move a machine.
        let moved = declared(&endpoint, region, Some("DE"));
        assert_eq!(broken(&moved), [Rule::Country], "{region}");
    }
}

#[tokio::test]
async fn hosts_of_amazon_are_those_that_its_own_client_would_ask() {
    let resolver = DefaultResolver::new();
    let mut compared = 0;
    for place in PLACES.iter().filter(|place| place.provider.is_aws()) {
        for (host, dual_stack) in place.hosts.iter().zip([false, true]) {
            let params = Params::builder()
                .region(place.region)
                .use_dual_stack(dual_stack)
                .build()
                .unwrap();
            let endpoint = resolver.resolve_endpoint(&params).await.unwrap();
            assert_eq!(endpoint.url(), format!("https://{host}"));
            compared += 1;
        }
    }
    assert_eq!(compared, 20);
}

#[test]
fn hosts_that_only_look_like_listed_ones_are_refused() {
    for host in [
        "s3.eu-west-1.amazonaws.com.evil.example",
        "evil.s3.eu-west-1.amazonaws.com",
        "s3.amazonaws.com",
        "s3-accelerate.amazonaws.com",
        "s3-accelerate.dualstack.amazonaws.com",
        "s3-fips.eu-west-1.amazonaws.com",
        "s3.eu-west-9.amazonaws.com",
        "bucket.s3.eu-west-1.amazonaws.com",
        "point-123456789012.s3-accesspoint.eu-west-1.amazonaws.com",
        "s3.eu-west-1.amazonaws.com.cn",
        "s3.cn-north-1.amazonaws.com.cn",
        "s3.de.io.cloud.ovh.us",
        "s3.us-east-va.io.cloud.ovh.us",
        "sos-ch-gva-9.exo.io",
        "us-central1.storage.googleapis.com",
        "account.r2.cloudflarestorage.com",
        "xn--s3-eu-west-1-amazonaws-3ob.com",
        "localhost",
        "minio",
        "10.0.0.5",
        "192.0.2.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "s3.example.0x7f",
        "s3.example.1",
        "-s3.example.eu",
        "[2001:db8::1]",
        "[::ffff:127.0.0.1]",
    ] {
        let found = broken(&declared(
            &format!("https://{host}"),
            "eu-west-1",
            Some("DE"),
        ));
        assert!(found.contains(&Rule::Host), "{host}: {found:?}");
    }
}

#[test]
fn own_hosts_need_a_country_of_the_area_and_encryption() {
    let own = |endpoint, country| broken(&declared(endpoint, "garage", country));
    assert_eq!(own("https://s3.example.eu", Some("DE")), []);
    assert_eq!(own("https://s3.example.eu:8443", Some("IS")), []);
    assert_eq!(own("https://s3.example.eu", None), [Rule::Country]);
    for country in ["GB", "CH", "US", "de", "Germany", ""] {
        let found = own("https://s3.example.eu", Some(country));
        assert_eq!(found, [Rule::Country], "{country}");
    }
    assert_eq!(own("http://s3.example.eu", Some("DE")), [Rule::Encryption]);
    for loopback in ["http://127.0.0.1:8333", "http://[::1]", "http://127.8.9.1"] {
        assert_eq!(own(loopback, Some("DE")), [], "{loopback}");
        assert_eq!(own(loopback, None), [Rule::Country], "{loopback}");
    }
}

#[test]
fn the_region_of_a_host_cannot_be_another_one() {
    let frankfurt = "https://s3.eu-central-1.amazonaws.com";
    for region in [
        "eu-west-1",
        "us-east-1",
        "EU-CENTRAL-1",
        "",
        "eu-central-1 ",
    ] {
        let found = broken(&declared(frankfurt, region, None));
        assert_eq!(found, [Rule::DeclaredRegion], "{region}");
    }
    // The name of a region elsewhere is refused on an own host as well: what stands behind it may
    // be that region.
    for region in ["us-east-1", "eu-west-2", "ch-gva-2", "eu-west-9", "", "a b"] {
        let found = broken(&declared("https://s3.example.eu", region, Some("DE")));
        assert_eq!(found, [Rule::DeclaredRegion], "{region}");
    }
}

#[test]
fn listed_hosts_are_asked_on_their_port_only() {
    let at = |endpoint| broken(&declared(endpoint, "eu-west-1", None));
    assert_eq!(at("https://s3.eu-west-1.amazonaws.com:443"), []);
    assert_eq!(at("https://s3.eu-west-1.amazonaws.com:8443"), [Rule::Port]);
    let plain = at("http://s3.eu-west-1.amazonaws.com");
    assert_eq!(plain, [Rule::Encryption, Rule::Port]);
}

#[test]
fn buckets_have_names_of_their_own() {
    for bucket in [
        "my-point-abcdefghij-s3alias",
        "my-lambda-abc--ol-s3",
        "logs--use1-az4--x-s3",
        "mfzwi23gnjvgw.mrap",
        "xn--bucket",
        "sthree-bucket",
        "192.168.1.4",
        "arn:aws:s3:us-east-1:123456789012:accesspoint:p",
    ] {
        let declared = Declared {
            bucket: bucket.to_owned(),
            ..declared("https://s3.eu-west-1.amazonaws.com", "eu-west-1", None)
        };
        assert_eq!(broken(&declared), [Rule::Bucket], "{bucket}");
    }
}

fn host() -> impl Strategy<Value = &'static str> {
    let hosts: Vec<&str> = PLACES
        .iter()
        .flat_map(|place| place.hosts)
        .copied()
        .collect();
    prop::sample::select(hosts)
}

proptest! {
    /// A host of a provider is that host or none: nothing before it, behind it or within it changes
    /// where it leads without being noticed.
    #[test]
    fn a_changed_host_is_not_a_listed_one(
        host in host(),
        at in 0..64_usize,
        piece in "[a-z0-9.@:/%-]{1,12}",
    ) {
        let at = at.min(host.len());
        let changed = format!("{}{piece}{}", &host[..at], &host[at..]);
        let Ok(endpoint) = format!("https://{changed}").parse() else { return Ok(()) };
        let declared = Declared { endpoint, ..declared("https://s3.example.eu", "de", None) };
        let is_listed = Place::of_host(declared.endpoint.host()).is_some();
        if !is_listed {
            // Nobody declares a country here, so nothing else can be allowed.
            prop_assert!(refuse_unasked(&declared, NOW).is_some(), "{changed}");
        }
    }

    /// Whatever is allowed without a declared country is on the list, in the area, encrypted, and
    /// on port 443.
    #[test]
    fn what_is_allowed_is_listed(
        scheme in "https?",
        host in prop_oneof![host().prop_map(str::to_owned), "[a-z0-9.-]{1,30}"],
        port in prop_oneof![Just(String::new()), ":[0-9]{1,5}"],
        region in prop_oneof![
            prop::sample::select(&PLACES[..]).prop_map(|place| place.region.to_owned()),
            "[a-z0-9-]{0,12}"
        ],
    ) {
        let Ok(endpoint) = format!("{scheme}://{host}{port}").parse() else { return Ok(()) };
        let declared = Declared {
            endpoint,
            region,
            ..declared("https://s3.example.eu", "de", None)
        };
        if refuse_unasked(&declared, NOW).is_none() {
            let place = Place::of_host(&host).unwrap();
            prop_assert!(place.country.is_in_eea());
            prop_assert!(declared.endpoint.is_https() && declared.endpoint.port() == 443);
            prop_assert_eq!(declared.region.as_str(), place.region);
        }
    }
}

#[test]
fn capital_letters_do_not_make_another_host() {
    let loud = declared("https://S3.EU-West-1.AmazonAWS.com", "eu-west-1", None);
    assert_eq!(broken(&loud), []);
    let london = declared("https://S3.EU-West-2.AmazonAWS.com", "eu-west-2", None);
    assert_eq!(broken(&london), [Rule::Country]);
    for text in [
        "https://s3.eu-west-1.amazonaws.com.",
        "https://u@s3.eu-west-1.amazonaws.com",
    ] {
        assert!(
            text.parse::<scrim_storage::objects::s3::Endpoint>()
                .is_err()
        );
    }
}

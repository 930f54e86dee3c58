//! How often somebody may ask.

use std::{net::IpAddr, time::Duration};

use axum::http::HeaderMap;
use governor::clock::FakeRelativeClock;
use proptest::prelude::*;

use super::super::{Class, Limits, LimitsSection, Subject};

fn limits(text: &str) -> (Limits<FakeRelativeClock>, FakeRelativeClock) {
    let clock = FakeRelativeClock::default();
    let section: LimitsSection = toml::from_str(text).unwrap();
    (Limits::with_clock(&section, &clock), clock)
}

fn address(text: &str) -> Subject {
    Subject::address(text.parse::<IpAddr>().unwrap())
}

fn fields(write: impl FnOnce(&mut HeaderMap)) -> Vec<String> {
    let mut headers = HeaderMap::new();
    write(&mut headers);
    let mut fields: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    fields.sort();
    fields
}

#[test]
fn a_burst_is_allowed_and_then_a_steady_rate() {
    let (limits, clock) = limits("address = { requests = 3, seconds = 30 }");
    let one = address("192.0.2.1");
    for left in [2, 1, 0] {
        assert_eq!(limits.check(&one, 1).unwrap().left(), left);
    }
    let refused = limits.check(&one, 1).unwrap_err();
    assert_eq!(refused.wait(), Duration::from_secs(10));
    assert!(limits.check(&address("192.0.2.2"), 1).is_ok());
    clock.advance(Duration::from_millis(9_999));
    assert!(limits.check(&one, 1).is_err());
    clock.advance(Duration::from_millis(1));
    assert!(limits.check(&one, 1).is_ok());
    assert!(limits.check(&one, 1).is_err());
}

#[test]
fn clients_are_told_in_the_usual_fields() {
    let (limits, clock) = limits("link = { requests = 4, seconds = 60 }");
    let link = Subject::link("lnk_1");
    let allowed = limits.check(&link, 1).unwrap();
    assert_eq!(
        fields(|headers| allowed.write(headers)),
        [
            "ratelimit-policy: \"link\";q=4;w=60",
            "ratelimit: \"link\";r=3;t=15"
        ]
    );
    limits.check(&link, 3).unwrap();
    clock.advance(Duration::from_millis(500));
    let refused = limits.check(&link, 1).unwrap_err();
    assert_eq!(
        fields(|headers| refused.write(headers)),
        [
            "ratelimit-policy: \"link\";q=4;w=60",
            "ratelimit: \"link\";r=0;t=15",
            "retry-after: 15"
        ]
    );
}

#[test]
fn several_limits_are_told_side_by_side() {
    let (limits, _) = limits("");
    let mut headers = HeaderMap::new();
    limits
        .check(&address("192.0.2.1"), 1)
        .unwrap()
        .write(&mut headers);
    limits
        .check(&Subject::account("usr_1"), 1)
        .unwrap()
        .write(&mut headers);
    assert_eq!(headers.get_all("ratelimit").iter().count(), 2);
    assert_eq!(headers.get_all("ratelimit-policy").iter().count(), 2);
}

#[test]
fn addresses_of_one_network_are_one() {
    assert_eq!(address("2001:db8:1:2::1"), address("2001:db8:1:2:ffff::9"));
    assert_ne!(address("2001:db8:1:2::1"), address("2001:db8:1:3::1"));
    assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
    assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
    // All of IPv4 lies in one /64 when it is written as IPv6, and must not be one.
    assert_ne!(address("::ffff:192.0.2.1"), address("::ffff:192.0.2.2"));
}

#[test]
fn registrations_are_counted_by_network_and_by_mailbox() {
    let network = |text: &str| Subject::registering(text.parse().unwrap());
    assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2::9"));
    assert_ne!(network("192.0.2.1"), address("192.0.2.1"));
    let mailbox = Subject::mailbox("ada@example.eu");
    assert_eq!(Subject::mailbox(" Ada@Example.EU"), mailbox);
    assert_ne!(Subject::mailbox("bo@example.eu"), mailbox);
    let (limits, _) = limits("");
    let mails = (0..20).filter(|_| limits.check(&mailbox, 10).is_ok());
    assert_eq!(mails.count(), 6);
}

#[test]
fn classes_do_not_share_a_bucket_and_print_nothing() {
    let same = [
        Subject::account("x"),
        Subject::token("x"),
        Subject::link("x"),
    ];
    assert!(same[0] != same[1] && same[1] != same[2]);
    assert_eq!(format!("{:?}", same[0]), "[account]");
    for (at, class) in Class::ALL.iter().enumerate() {
        assert_eq!(*class as usize, at);
    }
}

#[test]
fn what_costs_too_much_needs_a_full_bucket() {
    let (limits, clock) = limits("token = { requests = 10, seconds = 10 }");
    let token = Subject::token("tok_1");
    assert_eq!(limits.check(&token, 1_000).unwrap().left(), 0);
    clock.advance(Duration::from_secs(9));
    assert!(limits.check(&token, 1_000).is_err());
    clock.advance(Duration::from_secs(1));
    assert!(
        limits
            .check(&token, 0)
            .is_ok_and(|allowed| allowed.left() == 9)
    );
}

#[test]
fn a_flood_of_addresses_takes_no_memory_and_frees_nobody_who_keeps_coming() {
    let (limits, _) = limits("most_subjects = 1000\naddress = { requests = 2, seconds = 60 }");
    let busy = address("192.0.2.1");
    limits.check(&busy, 2).unwrap();
    for number in 0..100_000_u128 {
        let flooding = Subject::address(IpAddr::from(
            ((0x2001_0db8_u128 << 96) | (number << 64)).to_be_bytes(),
        ));
        limits.check(&flooding, 1).unwrap();
        assert!(limits.len() <= 1000);
        if number % 400 == 0 {
            assert!(limits.check(&busy, 1).is_err(), "after {number} addresses");
        }
    }
}

#[test]
fn who_stays_away_is_forgotten() {
    let (limits, clock) = limits("");
    for number in 0..50 {
        limits
            .check(&Subject::link(&number.to_string()), 1)
            .unwrap();
    }
    assert_eq!(limits.len(), 50);
    for _ in 0..2 {
        clock.advance(Duration::from_secs(60));
        limits.check(&Subject::link("another"), 1).unwrap();
    }
    assert_eq!(limits.len(), 1);
}

#[test]
fn limits_that_are_none_are_refused() {
    for bad in [
        "address = { requests = 0, seconds = 60 }",
        "address = { requests = 1, seconds = 0 }",
        "address = { requests = 1 }",
        "most_subjects = 0",
        "adress = { requests = 1, seconds = 1 }",
    ] {
        assert!(toml::from_str::<LimitsSection>(bad).is_err(), "{bad}");
    }
    let (fast, _) = limits("address = { requests = 4294967295, seconds = 1 }");
    assert!(fast.check(&address("192.0.2.1"), 1).is_ok());
}

proptest! {
    #[test]
    fn nobody_gets_more_than_a_burst_and_the_rate(
        requests in 1_u32..40,
        seconds in 1_u32..120,
        steps in prop::collection::vec((0_u64..20_000, 1_u32..5), 1..200),
    ) {
        let (limits, clock) =
            limits(&format!("account = {{ requests = {requests}, seconds = {seconds} }}"));
        let account = Subject::account("usr_1");
        let mut now = 0_u64;
        let mut allowed: Vec<(u64, u32)> = Vec::new();
        for (pause, cost) in steps {
            clock.advance(Duration::from_millis(pause));
            now += pause;
            let cost = cost.min(requests);
            match limits.check(&account, cost) {
                Ok(_) => allowed.push((now, cost)),
                Err(refused) => {
                    // Who waits as long as was said gets through.
                    let wait = u64::try_from(refused.wait().as_millis()).unwrap() + 1;
                    clock.advance(Duration::from_millis(wait));
                    now += wait;
                    prop_assert!(limits.check(&account, cost).is_ok());
                    allowed.push((now, cost));
                }
            }
        }
        for first in 0..allowed.len() {
            let mut sum = 0;
            for (at, cost) in &allowed[first..] {
                sum += cost;
                let passed = (at - allowed[first].0) as f64 / 1_000.0;
                let most = f64::from(requests) * (1.0 + passed / f64::from(seconds));
                // The interval of the library is rounded down to nanoseconds.
                prop_assert!(f64::from(sum) <= most + 0.01, "{sum} > {most}");
            }
        }
    }
}

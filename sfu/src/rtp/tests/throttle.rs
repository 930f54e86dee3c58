use std::time::Duration;

use crate::rtp::{Seeker, Throttle};

const fn at(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn the_first_request_is_sent_at_once() {
    let mut throttle = Throttle::default();
    assert_eq!(throttle.next(), None);
    assert!(throttle.ask(at(0)));
    assert_eq!(throttle.next(), None);
}

#[test]
fn a_request_within_the_interval_is_sent_at_its_end() {
    let mut throttle = Throttle::default();
    assert!(throttle.ask(at(1000)));
    assert!(!throttle.ask(at(1001)));
    assert!(!throttle.ask(at(1400)));
    assert_eq!(throttle.next(), Some(at(1500)));
    assert!(!throttle.due(at(1499)));
    assert!(throttle.due(at(1500)));
    assert!(!throttle.due(at(9000)), "many requests are one");
    assert_eq!(throttle.next(), None);
}

#[test]
fn what_is_sent_late_begins_an_interval_as_well() {
    let mut throttle = Throttle::default();
    assert!(throttle.ask(at(0)));
    assert!(!throttle.ask(at(100)));
    assert!(throttle.due(at(620)));
    assert!(!throttle.ask(at(1100)));
    assert_eq!(throttle.next(), Some(at(1120)));
}

#[test]
fn a_request_after_the_interval_is_sent_at_once_and_takes_the_waiting_one_along() {
    let mut throttle = Throttle::default();
    assert!(throttle.ask(at(0)));
    assert!(!throttle.ask(at(100)));
    assert!(throttle.ask(at(700)));
    assert!(!throttle.due(at(800)));
}

#[test]
fn whoever_asks_all_the_time_gets_two_a_second() {
    let mut throttle = Throttle::default();
    let sent = (0..3000).filter(|millis| throttle.ask(at(*millis))).count();
    assert_eq!(sent, 6);
}

#[test]
fn what_is_forgotten_is_not_sent_and_does_not_open_the_interval() {
    let mut throttle = Throttle::new(at(100));
    assert!(throttle.ask(at(0)));
    assert!(!throttle.ask(at(10)));
    throttle.forget();
    assert_eq!(throttle.next(), None);
    assert!(!throttle.due(at(500)));
    assert!(throttle.ask(at(500)));
    assert!(!throttle.ask(at(550)));
}

#[test]
fn a_request_without_a_keyframe_is_sent_again_every_second() {
    let mut seeker = Seeker::default();
    assert_eq!(seeker.next(), None);
    assert!(seeker.ask(at(0)));
    assert_eq!(seeker.next(), Some(at(1000)));
    assert!(!seeker.due(at(999)));
    assert!(seeker.due(at(1000)));
    assert!(!seeker.due(at(1001)));
    assert!(seeker.due(at(2000)));
}

#[test]
fn a_keyframe_ends_the_search() {
    let mut seeker = Seeker::default();
    assert!(seeker.ask(at(0)));
    assert!(!seeker.ask(at(50)));
    seeker.seen();
    assert_eq!(seeker.next(), None);
    assert!(!seeker.due(at(5000)));
}

#[test]
fn the_search_ends_when_nobody_waits() {
    let mut seeker = Seeker::default();
    assert!(seeker.ask(at(0)));
    seeker.nobody_waits();
    assert_eq!(seeker.next(), None);
    assert!(!seeker.due(at(5000)));
}

#[test]
fn a_search_spreads_its_requests() {
    let mut seeker = Seeker::default();
    assert!(seeker.ask(at(0)));
    assert!(!seeker.ask(at(100)));
    assert_eq!(seeker.next(), Some(at(500)));
    assert!(seeker.due(at(500)));
    assert_eq!(seeker.next(), Some(at(1500)));
    // What is sent again counts as well.
    assert!(seeker.due(at(1500)));
    assert!(!seeker.ask(at(1600)));
    assert_eq!(seeker.next(), Some(at(2000)));
}

#[test]
fn after_a_keyframe_the_next_request_still_keeps_its_distance() {
    let mut seeker = Seeker::default();
    assert!(seeker.ask(at(0)));
    seeker.seen();
    assert!(!seeker.ask(at(200)));
    assert!(seeker.due(at(500)));
    assert_eq!(seeker.next(), Some(at(1500)));
}

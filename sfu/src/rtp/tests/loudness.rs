use std::time::Duration;

use crate::rtp::{Level, Speakers};

const ANNA: u64 = 1;
const BOB: u64 = 2;
const CLARA: u64 = 3;

const fn level(below_loudest: u8) -> Level {
    Level {
        is_voice: false,
        below_loudest,
    }
}

const LOUD: Level = level(25);
const SOFT: Level = level(40);
const SILENT: Level = Level::SILENCE;

/// A room in which everybody sends a packet every 20 ms.
#[derive(Default)]
struct Room {
    speakers: Speakers,
    millis: u64,
}

impl Room {
    fn now(&self) -> Duration {
        Duration::from_millis(self.millis)
    }

    /// Lets time pass; whoever is not named sends nothing.
    fn hear(&mut self, millis: u64, levels: &[(u64, Level)]) {
        for _ in 0..millis / 20 {
            self.millis += 20;
            for (key, level) in levels {
                self.speakers.observe(*key, *level, self.now());
            }
        }
    }

    fn speaking(&self) -> Vec<u64> {
        self.speakers.speaking(self.now())
    }

    /// A room in which Anna has the floor.
    fn with_anna() -> Self {
        let mut room = Self::default();
        room.hear(1000, &[(ANNA, SOFT), (BOB, SILENT)]);
        assert_eq!(room.speakers.active(), Some(ANNA));
        room
    }
}

#[test]
fn nobody_speaks_in_a_silent_room() {
    let mut room = Room::default();
    room.hear(5000, &[(ANNA, SILENT), (BOB, level(60))]);
    assert_eq!(room.speakers.active(), None);
    assert!(room.speaking().is_empty());
}

#[test]
fn whoever_speaks_first_has_the_floor() {
    let mut room = Room::default();
    room.hear(400, &[(ANNA, SOFT), (BOB, SILENT)]);
    assert_eq!(room.speakers.active(), Some(ANNA));
    assert_eq!(room.speaking(), [ANNA]);
}

#[test]
fn a_click_is_no_speech() {
    let mut room = Room::default();
    room.hear(500, &[(ANNA, SILENT)]);
    room.hear(60, &[(ANNA, level(10))]);
    assert!(room.speaking().is_empty());
    assert_eq!(room.speakers.active(), None);
}

#[test]
fn a_comma_is_no_silence() {
    let mut room = Room::with_anna();
    room.hear(100, &[(ANNA, SILENT)]);
    assert_eq!(room.speaking(), [ANNA]);
    room.hear(500, &[(ANNA, SILENT)]);
    assert!(room.speaking().is_empty());
}

#[test]
fn the_loudest_is_named_first() {
    let mut room = Room::default();
    room.hear(2000, &[(ANNA, SOFT), (BOB, LOUD), (CLARA, level(30))]);
    assert_eq!(room.speaking(), [BOB, CLARA, ANNA]);
    room.hear(2000, &[(ANNA, LOUD), (BOB, LOUD), (CLARA, LOUD)]);
    room.hear(9000, &[(ANNA, LOUD), (BOB, LOUD), (CLARA, LOUD)]);
    assert_eq!(room.speaking().len(), 3);
}

#[test]
fn somebody_louder_takes_the_floor_after_eight_tenths_of_a_second() {
    let mut room = Room::with_anna();
    let both = [(ANNA, SOFT), (BOB, LOUD)];
    // To be louder takes a moment as well, as levels are smoothed.
    room.hear(900, &both);
    assert_eq!(room.speakers.active(), Some(ANNA));
    room.hear(500, &both);
    assert_eq!(room.speakers.active(), Some(BOB));
}

#[test]
fn somebody_softer_never_takes_it() {
    let mut room = Room::with_anna();
    room.hear(20_000, &[(ANNA, SOFT), (BOB, level(45))]);
    assert_eq!(room.speaking(), [ANNA, BOB]);
    assert_eq!(room.speakers.active(), Some(ANNA));
}

#[test]
fn two_short_shouts_are_not_one_long_one() {
    let mut room = Room::with_anna();
    for _ in 0..5 {
        room.hear(700, &[(ANNA, SOFT), (BOB, LOUD)]);
        room.hear(700, &[(ANNA, SOFT), (BOB, SILENT)]);
    }
    assert_eq!(room.speakers.active(), Some(ANNA));
}

#[test]
fn nor_are_they_when_nothing_is_sent_in_between() {
    let mut room = Room::with_anna();
    room.hear(3000, &[(ANNA, SILENT)]);
    for _ in 0..5 {
        room.hear(700, &[(ANNA, SILENT), (BOB, LOUD)]);
        room.hear(1500, &[(ANNA, SILENT)]);
    }
    assert_eq!(room.speakers.active(), Some(ANNA));
}

#[test]
fn a_pause_of_less_than_two_seconds_does_not_cost_the_floor() {
    let mut room = Room::with_anna();
    room.hear(1800, &[(ANNA, SILENT), (BOB, LOUD)]);
    assert_eq!(room.speakers.active(), Some(ANNA));
    room.hear(400, &[(ANNA, LOUD), (BOB, SILENT)]);
    room.hear(1800, &[(ANNA, SILENT), (BOB, LOUD)]);
    assert_eq!(room.speakers.active(), Some(ANNA), "nor does another one");
}

#[test]
fn a_longer_pause_does_if_somebody_else_speaks() {
    let mut room = Room::with_anna();
    room.hear(2600, &[(ANNA, SILENT), (BOB, SOFT)]);
    assert_eq!(room.speakers.active(), Some(BOB));
}

#[test]
fn silence_alone_never_costs_the_floor() {
    let mut room = Room::with_anna();
    room.hear(60_000, &[(ANNA, SILENT), (BOB, SILENT)]);
    assert_eq!(room.speakers.active(), Some(ANNA));
    assert!(room.speaking().is_empty());
}

#[test]
fn of_two_who_waited_for_the_floor_the_louder_gets_it() {
    let mut room = Room::with_anna();
    room.hear(2600, &[(ANNA, SILENT), (BOB, SOFT), (CLARA, LOUD)]);
    assert_eq!(room.speakers.active(), Some(CLARA));
}

#[test]
fn whoever_stops_sending_stops_speaking() {
    let mut room = Room::with_anna();
    room.hear(1000, &[(BOB, SILENT)]);
    assert!(room.speaking().is_empty());
}

#[test]
fn the_first_packet_after_a_long_pause_is_no_speech_yet() {
    let mut room = Room::with_anna();
    room.hear(5000, &[(BOB, SILENT)]);
    room.hear(20, &[(ANNA, LOUD)]);
    assert!(room.speaking().is_empty());
}

#[test]
fn whoever_is_muted_is_silent_at_once_and_keeps_the_floor() {
    let mut room = Room::with_anna();
    room.speakers.silent(ANNA);
    assert!(room.speaking().is_empty());
    assert_eq!(room.speakers.active(), Some(ANNA));
    room.hear(3000, &[(BOB, SOFT)]);
    assert_eq!(room.speakers.active(), Some(BOB));
    room.speakers.silent(CLARA);
}

#[test]
fn whoever_is_gone_leaves_the_floor_to_the_next() {
    let mut room = Room::with_anna();
    room.hear(1000, &[(ANNA, LOUD), (BOB, SOFT)]);
    room.speakers.forget(BOB);
    assert_eq!(room.speakers.active(), Some(ANNA));
    assert_eq!(room.speaking(), [ANNA]);
    room.speakers.forget(ANNA);
    assert_eq!(room.speakers.active(), None);
    room.hear(400, &[(CLARA, SOFT)]);
    assert_eq!(room.speakers.active(), Some(CLARA));
}

#[test]
fn a_clock_that_goes_backwards_breaks_nothing() {
    let mut speakers = Speakers::default();
    for millis in [5000, 0, 4000, u64::MAX, 1] {
        let now = Duration::from_millis(millis);
        speakers.observe(ANNA, LOUD, now);
        speakers.observe(BOB, SOFT, now);
        assert!(speakers.speaking(now).len() <= 2);
    }
}

//! The rules, with a clock that is held in the hand.

use std::collections::{BTreeSet, VecDeque};

use super::{
    super::{
        lateness::{Fate, Lateness, Waited},
        share::PARTS,
    },
    *,
};

fn picture(track: TrackNumber, timestamp: u32, came: u64) -> Waited {
    Waited {
        track,
        is_picture: true,
        timestamp,
        came: ms(came),
    }
}

fn sound(came: u64) -> Waited {
    Waited {
        track: VOICE,
        is_picture: false,
        timestamp: 0,
        came: ms(came),
    }
}

fn nobody() -> BTreeSet<TrackNumber> {
    BTreeSet::new()
}

/// A worker that has just left a picture of the camera out, at 1000 ms.
fn late() -> Lateness {
    let mut late = Lateness::default();
    assert_eq!(late.fate(ms(1000), picture(CAMERA, 1, 500)), Fate::LeaveOut);
    late
}

/// Lets a worker that has caught up be late again, and returns how long pictures rest then.
fn rest(late: &mut Lateness, now: u64) -> u64 {
    let fate = late.fate(ms(now), picture(CAMERA, 9, now - 500));
    assert_eq!(fate, Fate::LeaveOut);
    let until = late.next_due().unwrap();
    (until - ms(now)).as_millis().try_into().unwrap()
}

#[test]
fn whoever_is_in_time_leaves_nothing_out() {
    let mut worker = Lateness::default();
    for now in 0..5000u64 {
        let came = now - now.min(300);
        let timestamp = u32::try_from(now).unwrap();
        let fate = worker.fate(ms(now), picture(CAMERA, timestamp, came));
        assert_eq!(fate, Fate::Send);
        assert_eq!(worker.fate(ms(now), sound(came)), Fate::Send);
        assert_eq!(worker.catch_up(ms(now), Some(ms(came))), nobody());
    }
    assert_eq!(worker.next_due(), None);
}

#[test]
fn pictures_are_left_out_first_and_sound_goes_on() {
    let mut worker = Lateness::default();
    let fate = worker.fate(ms(1000), picture(CAMERA, 1, 500));
    assert_eq!(fate, Fate::LeaveOut);
    assert_eq!(worker.fate(ms(1000), sound(100)), Fate::Send);
}

#[test]
fn a_picture_that_was_begun_is_ended() {
    let mut worker = Lateness::default();
    let begun = picture(CAMERA, 1, 700);
    assert_eq!(worker.fate(ms(1000), begun), Fate::Send);
    // Another track shows first that it is late.
    let other = worker.fate(ms(1200), picture(SCREEN, 1, 700));
    assert_eq!(other, Fate::LeaveOut);
    assert_eq!(worker.fate(ms(1200), begun), Fate::Send);
    let next = worker.fate(ms(1200), picture(CAMERA, 2, 1200));
    assert_eq!(next, Fate::LeaveOut);
}

#[test]
fn a_picture_that_was_begun_is_not_ended_after_a_second() {
    let mut worker = Lateness::default();
    let begun = picture(CAMERA, 1, 700);
    assert_eq!(worker.fate(ms(1000), begun), Fate::Send);
    assert_eq!(worker.fate(ms(1701), begun), Fate::LeaveOut);
    // Also what of it came later.
    let rest = worker.fate(ms(1702), picture(CAMERA, 1, 1700));
    assert_eq!(rest, Fate::LeaveOut);
}

#[test]
fn keyframes_are_asked_for_when_they_are_of_use_again() {
    let mut worker = late();
    let fate = worker.fate(ms(1000), picture(SCREEN, 1, 900));
    assert_eq!(fate, Fate::LeaveOut);
    assert_eq!(worker.catch_up(ms(1001), Some(ms(800))), nobody());
    let owed = worker.catch_up(ms(1001), Some(ms(950)));
    assert_eq!(owed, BTreeSet::from([CAMERA, SCREEN]));
    // Once.
    assert_eq!(worker.catch_up(ms(1002), Some(ms(950))), nobody());
    let fate = worker.fate(ms(1002), picture(CAMERA, 3, 950));
    assert_eq!(fate, Fate::Send);
}

#[test]
fn a_screen_that_stands_still_is_asked_for_without_a_packet() {
    let mut worker = late();
    assert!(worker.next_due().is_some_and(|due| due <= ms(1000)));
    assert_eq!(worker.catch_up(ms(1001), None), BTreeSet::from([CAMERA]));
    assert_eq!(worker.next_due(), None);
}

#[test]
fn what_found_no_room_is_asked_for_as_well() {
    let mut worker = Lateness::default();
    worker.leave_out(ms(1000), [SCREEN]);
    let fate = worker.fate(ms(1000), picture(CAMERA, 1, 990));
    assert_eq!(fate, Fate::LeaveOut);
    let owed = worker.catch_up(ms(1001), None);
    assert_eq!(owed, BTreeSet::from([CAMERA, SCREEN]));
}

#[test]
fn a_worker_that_is_late_again_sends_fewer_viewers_pictures_and_in_the_end_rarely() {
    let mut worker = late();
    let mut now = 1001;
    assert_eq!(worker.catch_up(ms(now), None), BTreeSet::from([CAMERA]));
    for expected in [6, 4, 3, 2, 1] {
        now += 500;
        assert_eq!(rest(&mut worker, now), 0);
        assert_eq!(worker.share().parts(), expected);
        assert_eq!(worker.catch_up(ms(now), None), BTreeSet::from([CAMERA]));
    }
    for expected in [1000, 2000, 4000, 8000, 8000] {
        now += 500;
        assert_eq!(rest(&mut worker, now), expected);
        assert_eq!(worker.catch_up(ms(now + expected - 1), None), nobody());
        now += expected;
        let owed = worker.catch_up(ms(now), None);
        assert_eq!(owed, BTreeSet::from([CAMERA]));
    }
}

#[test]
fn a_worker_that_waits_for_others_leaves_nobody_out_and_goes_on_at_once() {
    let mut worker = late();
    worker.note_load(0.2);
    for now in (1001..20_000).step_by(500) {
        assert_eq!(worker.catch_up(ms(now), None), BTreeSet::from([CAMERA]));
        assert_eq!(rest(&mut worker, now + 400), 0);
        assert_eq!(worker.share().parts(), PARTS);
    }
    // By its own work it is another matter.
    worker.note_load(0.8);
    let _ = worker.catch_up(ms(20_000), None);
    assert_eq!(rest(&mut worker, 20_400), 0);
    assert_eq!(worker.share().parts(), 6);
}

#[test]
fn whoever_keeps_up_for_long_begins_anew() {
    let mut worker = late();
    let _ = worker.catch_up(ms(1001), None);
    assert_eq!(rest(&mut worker, 2000), 0);
    assert!(!worker.share().includes(6));
    let _ = worker.catch_up(ms(3000), None);
    // One more part is tried, which is not too much.
    assert_eq!(worker.next_due(), Some(ms(12_000)));
    let _ = worker.catch_up(ms(12_000), None);
    assert!(worker.share().includes(6) && !worker.share().includes(7));
    assert_eq!(worker.catch_up(ms(22_000), None), nobody());
    assert_eq!(
        (worker.share().includes(7), worker.next_due()),
        (true, None)
    );
}

#[test]
fn sound_of_more_than_a_second_ago_is_left_out_in_one_piece() {
    let mut worker = Lateness::default();
    assert_eq!(worker.fate(ms(5000), sound(4000)), Fate::Send);
    assert_eq!(worker.fate(ms(5000), sound(3999)), Fate::LeaveOut);
    assert_eq!(worker.fate(ms(5000), sound(4500)), Fate::LeaveOut);
    assert_eq!(worker.fate(ms(5000), sound(4900)), Fate::Send);
    assert_eq!(worker.fate(ms(5000), sound(4500)), Fate::Send);
}

/// A worker for which pictures for all viewers are three times as much as it can do, for a minute.
#[test]
fn the_delay_does_not_grow_with_what_is_too_much() {
    let mut queue: VecDeque<Waited> = VecDeque::new();
    for millis in (0..60_000u32).step_by(10) {
        queue.push_back(picture(CAMERA, millis, millis.into()));
        if millis.is_multiple_of(20) {
            queue.push_back(sound(millis.into()));
        }
    }
    let mut worker = Lateness::default();
    let mut now = Duration::ZERO;
    let (mut seen, mut heard, mut asked) = (0, 0, 0);
    while let Some(packet) = queue.pop_front() {
        now = now.max(packet.came);
        asked += worker.catch_up(now, Some(packet.came)).len();
        if worker.fate(now, packet) == Fate::LeaveOut {
            continue;
        }
        now += if packet.is_picture {
            ms(30) * worker.share().parts() / PARTS
        } else {
            ms(1)
        };
        assert!(now - packet.came <= ms(450), "{packet:?} at {now:?}");
        if packet.is_picture {
            seen += 1;
        } else {
            heard += 1;
        }
    }
    assert_eq!(heard, 3000, "no sound is missing");
    assert!(seen > 5000, "only {seen} pictures were seen");
    assert!((1..20).contains(&asked), "{asked} keyframes were asked for");
}

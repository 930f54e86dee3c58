//! A recording that begins later knows how everything stands, and nothing of who is gone.

use scrim_policy::{ConsentRule, Moment, Pii, Role, TimelineEntry, TimelineEvent, TrackSource};

use super::{super::prelude::Prelude, participant, track};

fn joined(number: u128) -> TimelineEvent {
    TimelineEvent::Joined {
        participant: participant(number),
        name: Pii::new(format!("Somebody {number}")),
        email: None,
        initials: String::new(),
        role: Role::Attendee,
    }
}

fn opened(of: u128, number: u128) -> TimelineEvent {
    TimelineEvent::TrackOpened {
        track: track(number),
        participant: participant(of),
        source: TrackSource::Camera,
    }
}

fn muted(number: u128, muted: bool) -> TimelineEvent {
    TimelineEvent::TrackMuted {
        track: track(number),
        muted,
    }
}

fn placed(of: u128, breakout: Option<u8>) -> TimelineEvent {
    TimelineEvent::Placed {
        participant: participant(of),
        breakout,
    }
}

fn after(events: Vec<TimelineEvent>) -> Vec<TimelineEvent> {
    let mut prelude = Prelude::default();
    for (at, event) in (0..).zip(events) {
        let at = Moment(at);
        prelude.add(&TimelineEntry { at, event });
    }
    prelude.entries().into_iter().map(|one| one.event).collect()
}

#[test]
fn whoever_has_left_is_not_in_it() {
    let begin = TimelineEvent::Opened {
        unix_millis: 1,
        rule: ConsentRule::Explicit,
    };
    let left = |number| TimelineEvent::Left {
        participant: participant(number),
    };
    let speaks = |number| TimelineEvent::Speaks {
        participant: Some(participant(number)),
    };
    let wanted = vec![begin.clone(), joined(2), opened(2, 20)];
    let entries = after(vec![
        begin,
        joined(1),
        joined(2),
        opened(1, 10),
        muted(10, true),
        opened(2, 20),
        speaks(1),
        left(1),
    ]);
    assert_eq!(entries, wanted);
}

#[test]
fn only_what_still_holds_is_in_it() {
    let closed = TimelineEvent::TrackClosed { track: track(10) };
    let opens = TimelineEvent::BreakoutsOpened {
        recorded: vec![true],
    };
    let nobody = TimelineEvent::Speaks { participant: None };
    let entries = after(vec![
        joined(1),
        opened(1, 10),
        muted(10, true),
        closed,
        opened(1, 11),
        muted(11, true),
        muted(11, false),
        nobody.clone(),
        opens,
        placed(1, Some(0)),
        TimelineEvent::BreakoutsClosed,
        TimelineEvent::RecordingStarted,
        TimelineEvent::RecordingStopped,
        nobody.clone(),
    ]);
    let wanted = [joined(1), opened(1, 11), muted(11, false), nobody];
    assert_eq!(entries, wanted);
}

#[test]
fn breakouts_that_are_open_are_in_it() {
    let opens = TimelineEvent::BreakoutsOpened {
        recorded: vec![true, false],
    };
    let events = vec![joined(1), opens, placed(1, Some(1))];
    assert_eq!(after(events.clone()), events);
}

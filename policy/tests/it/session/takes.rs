//! Nothing of the room is in a recording but its takes.

use scrim_policy::{ConsentRule, Moment, SessionPlan, TimelineEvent, session::Take};

use super::tale::{Tale, heard, layout, moment, pictures, tiles};

fn take(from: f64, to: f64, at: f64) -> Take {
    Take {
        from: moment(from),
        to: moment(to),
        at: moment(at),
    }
}

fn of_breakout(tale: &Tale, until: f64, breakout: u8) -> SessionPlan {
    SessionPlan::compile(
        &layout("grid"),
        &tale.timeline,
        moment(until),
        Some(breakout),
    )
}

#[test]
fn what_was_not_recorded_is_cut_out() {
    let mut tale = Tale::new(ConsentRule::Explicit);
    let ada = tale.sender("Ada Krol");
    tale.at(10.0).record(true);
    tale.at(30.0).record(false);
    let bo = tale.at(40.0).sender("Bo Lund");
    tale.at(50.0).record(true);
    let plan = tale.plan("grid", 65.0);
    assert_eq!(plan.takes, [take(10.0, 30.0, 0.0), take(50.0, 65.0, 20.0)]);
    assert_eq!(plan.duration(), moment(35.0));
    assert_eq!(pictures(&plan, 19.9), [ada.camera]);
    assert_eq!(pictures(&plan, 20.0), [ada.camera, bo.camera]);
    assert_eq!(plan.recorded_at(moment(55.0)), Some(moment(25.0)));
    assert_eq!(plan.recorded_at(moment(35.0)), None);
}

#[test]
fn nothing_is_there_before_recording_starts_and_after_the_end() {
    let mut tale = Tale::new(ConsentRule::Explicit);
    tale.sender("Ada Krol");
    assert_eq!(tale.plan("grid", 100.0).takes, []);
    tale.at(10.0).record(true);
    tale.at(20.0).note(TimelineEvent::Ended);
    let plan = tale.plan("grid", 100.0);
    assert_eq!(plan.takes, [take(10.0, 20.0, 0.0)]);
    assert_eq!(plan.scenes.last().unwrap().to, moment(10.0));
    assert!(plan.voices.iter().all(|voice| voice.to <= moment(10.0)));
}

#[test]
fn a_take_without_any_length_is_none() {
    let mut tale = Tale::new(ConsentRule::Explicit);
    tale.sender("Ada Krol");
    tale.at(10.0).record(true);
    tale.record(false);
    tale.at(20.0).record(true);
    let plan = tale.plan("grid", 20.0);
    assert_eq!(
        plan,
        SessionPlan {
            output: Some([1280, 720]),
            ..SessionPlan::default()
        }
    );
    assert_eq!(plan.duration(), Moment::START);
}

#[test]
fn a_breakout_is_there_only_while_it_is_open_and_recorded() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    let bo = tale.sender("Bo Lund");
    tale.at(10.0).note(TimelineEvent::BreakoutsOpened {
        recorded: vec![true, false],
    });
    tale.place(ada.id, Some(0));
    tale.place(bo.id, Some(1));
    tale.at(20.0).record(false);
    tale.at(30.0).record(true);
    tale.at(40.0).note(TimelineEvent::BreakoutsClosed);
    let plan = of_breakout(&tale, 60.0, 0);
    assert_eq!(plan.takes, [take(10.0, 20.0, 0.0), take(30.0, 40.0, 10.0)]);
    assert_eq!(of_breakout(&tale, 60.0, 1).takes, [], "it is not recorded");
    assert_eq!(of_breakout(&tale, 60.0, 2).takes, [], "there is none");
    for second in [5.0, 15.0] {
        assert_eq!(pictures(&plan, second), [ada.camera]);
        assert_eq!(heard(&plan, second), [ada.voice]);
    }
}

#[test]
fn nobody_is_in_the_recording_of_another_place() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    let bo = tale.sender("Bo Lund");
    tale.at(10.0).note(TimelineEvent::BreakoutsOpened {
        recorded: vec![true],
    });
    tale.place(ada.id, Some(0));
    tale.at(20.0).note(TimelineEvent::BreakoutsClosed);
    let (main, breakout) = (tale.plan("grid", 30.0), of_breakout(&tale, 30.0, 0));
    for (second, seen) in [(5.0, 2), (15.0, 1), (25.0, 2)] {
        assert_eq!(tiles(&main, second).len(), seen);
        assert_eq!(heard(&main, second).contains(&ada.voice), seen == 2);
    }
    assert_eq!(pictures(&main, 15.0), [bo.camera]);
    assert_eq!(pictures(&breakout, 5.0), [ada.camera]);
    assert_eq!(breakout.duration(), moment(10.0));
}

#[test]
fn where_only_sound_is_recorded_there_is_no_picture() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    let plan = tale.plan("audio", 10.0);
    assert_eq!((plan.output, plan.scenes.len()), (None, 0));
    assert_eq!(heard(&plan, 5.0), [ada.voice]);
    assert_eq!(plan.takes, [take(0.0, 10.0, 0.0)]);
}

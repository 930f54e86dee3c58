//! Nobody is looked at in haste, and nobody is looked at for longer than they may be.

use scrim_policy::{ConsentPurpose, SessionPlan, TimelineEvent, TrackId};

use super::tale::{Sender, Tale, moment, pictures, plates};

fn two() -> (Tale, Sender, Sender) {
    let mut tale = Tale::recorded();
    let (ada, bo) = (tale.sender("Ada Krol"), tale.sender("Bo Lund"));
    (tale, ada, bo)
}

/// When somebody else is seen, in seconds.
fn changes(plan: &SessionPlan) -> Vec<(f64, Vec<TrackId>)> {
    let begins = plan.scenes.iter().map(|scene| scene.from.seconds());
    begins.map(|from| (from, pictures(plan, from))).collect()
}

#[test]
fn a_new_speaker_is_shown_after_a_second_and_a_half() {
    let (mut tale, ada, bo) = two();
    tale.at(1.0).speaks(Some(ada.id));
    tale.at(10.0).speaks(Some(bo.id));
    let plan = tale.plan("speaker", 20.0);
    assert_eq!(
        changes(&plan),
        [(0.0, vec![ada.camera]), (11.5, vec![bo.camera])]
    );
}

#[test]
fn whoever_says_a_word_only_is_not_shown() {
    let (mut tale, ada, bo) = two();
    tale.at(1.0).speaks(Some(ada.id));
    tale.at(10.0).speaks(Some(bo.id));
    tale.at(11.4).speaks(Some(ada.id));
    assert_eq!(changes(&tale.plan("speaker", 20.0)).len(), 1);
}

#[test]
fn whoever_is_shown_stays_for_three_seconds() {
    let (mut tale, ada, bo) = two();
    tale.at(10.0).speaks(Some(bo.id));
    tale.at(12.0).speaks(Some(ada.id));
    let plan = tale.plan("speaker", 30.0);
    // He is shown from 11.5 on, so she is not before 14.5, although she counts from 13.5 on.
    assert_eq!(
        changes(&plan),
        [
            (0.0, vec![ada.camera]),
            (11.5, vec![bo.camera]),
            (14.5, vec![ada.camera])
        ]
    );
}

#[test]
fn silence_changes_nothing() {
    let (mut tale, _, bo) = two();
    tale.at(5.0).speaks(Some(bo.id));
    tale.at(10.0).speaks(None);
    let plan = tale.plan("speaker", 600.0);
    assert_eq!(pictures(&plan, 599.0), [bo.camera]);
}

#[test]
fn whoever_refused_and_speaks_moves_nobody() {
    let (mut tale, ada, bo) = two();
    tale.refuse(bo.id, &ConsentPurpose::ALL);
    tale.at(1.0).speaks(Some(ada.id));
    tale.at(10.0).speaks(Some(bo.id));
    let plan = tale.plan("speaker", 60.0);
    assert_eq!(changes(&plan), [(0.0, vec![ada.camera])]);
}

#[test]
fn whoever_may_not_be_seen_any_more_goes_at_once() {
    let (mut tale, ada, bo) = two();
    tale.at(1.0).speaks(Some(ada.id));
    tale.at(10.0).mute(ada.camera, true);
    tale.close(ada.voice);
    let plan = tale.plan("speaker", 20.0);
    assert_eq!(
        changes(&plan),
        [(0.0, vec![ada.camera]), (10.0, vec![bo.camera])]
    );
}

#[test]
fn a_camera_that_is_turned_off_leaves_a_plate_at_once() {
    let (mut tale, ada, _) = two();
    tale.at(1.0).speaks(Some(ada.id));
    tale.at(10.0).close(ada.camera);
    let plan = tale.plan("speaker", 20.0);
    assert_eq!(plates(&plan, 9.9), [""; 0]);
    assert_eq!(plates(&plan, 10.0), ["A.K."]);
}

#[test]
fn whoever_is_back_at_once_is_shown_again() {
    let (mut tale, ada, _) = two();
    tale.at(1.0).speaks(Some(ada.id));
    tale.at(10.0).close(ada.camera);
    tale.close(ada.voice);
    tale.at(10.1);
    let camera = tale.send(ada.id, scrim_policy::TrackSource::Camera);
    let plan = tale.plan("speaker", 20.0);
    assert!(
        !pictures(&plan, 10.05).contains(&ada.camera),
        "she was not there"
    );
    assert_eq!(pictures(&plan, 10.2), [camera]);
}

#[test]
fn a_take_begins_with_whoever_spoke_before_it() {
    let mut tale = Tale::new(scrim_policy::ConsentRule::Explicit);
    tale.sender("Ada Krol");
    let bo = tale.sender("Bo Lund");
    tale.at(1.0).speaks(Some(bo.id));
    tale.at(60.0).record(true);
    let plan = tale.plan("speaker", 70.0);
    assert_eq!(changes(&plan), [(0.0, vec![bo.camera])]);
}

#[test]
fn somebody_in_another_place_is_not_looked_at() {
    let (mut tale, ada, bo) = two();
    tale.at(1.0).speaks(Some(ada.id));
    tale.at(5.0).note(TimelineEvent::BreakoutsOpened {
        recorded: vec![true],
    });
    tale.place(bo.id, Some(0));
    tale.at(10.0).speaks(Some(bo.id));
    assert_eq!(changes(&tale.plan("speaker", 20.0)).len(), 1);
}

#[test]
fn nothing_flickers_where_nothing_has_to() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    // A plate for a tenth of a second, before the camera is there.
    tale.at(10.0);
    let bo = tale.join("Bo Lund");
    tale.agree(bo, &ConsentPurpose::ALL);
    tale.send(bo, scrim_policy::TrackSource::Microphone);
    tale.at(10.1);
    let camera = tale.send(bo, scrim_policy::TrackSource::Camera);
    let plan = tale.plan("grid", 20.0);
    assert_eq!(
        changes(&plan),
        [(0.0, vec![ada.camera]), (10.1, vec![ada.camera, camera])]
    );
}

#[test]
fn what_has_to_be_hidden_is_hidden_for_the_shortest_time_as_well() {
    let (mut tale, ada, bo) = two();
    tale.at(10.0).mute(ada.camera, true);
    tale.at(10.05).mute(ada.camera, false);
    let plan = tale.plan("grid", 20.0);
    assert_eq!(pictures(&plan, 10.02), [bo.camera]);
    assert_eq!(pictures(&plan, 10.06), [ada.camera, bo.camera]);
    let gone: Vec<_> = plan
        .scenes
        .iter()
        .filter(|one| one.to.0 - one.from.0 < 1_000_000_000)
        .collect();
    assert_eq!((gone.len(), gone[0].from), (1, moment(10.0)));
}

//! Whoever is not recorded is in no list, and is known only to be hidden.

use scrim_policy::{
    Basis,
    ConsentPurpose::{self, Camera, Chat, Transcript, Voice},
    ConsentRule, ConsentState, Person, PersonId, Pii, Role, Stay, TimelineEvent,
    session::{self, People},
};

use super::tale::{ALL, NOTICE, Tale};

fn people(tale: &Tale) -> People {
    session::people(&tale.timeline, None)
}

fn listed(people: &People) -> Vec<&str> {
    let all = people.attendance.people.iter();
    all.map(|one| one.name.reveal().as_str()).collect()
}

#[test]
fn only_whoever_is_recorded_is_listed_and_everybody_else_is_hidden() {
    let mut tale = Tale::recorded();
    let bo = tale.join("Bo Lund");
    let ada = tale.sender("Ada Krol");
    let cleo = tale.join("Cleo Moss");
    tale.agree(cleo, &[Chat, Transcript]);
    let people = people(&tale);
    assert_eq!(listed(&people), ["Ada Krol"]);
    let roster: Vec<_> = people
        .roster
        .people()
        .iter()
        .map(|one| (one.id(), one.name().reveal().as_str(), one.initials()))
        .collect();
    assert_eq!(
        roster,
        [
            (PersonId(0), "Ada Krol", "A.K."),
            (PersonId(1), "Bo Lund", Person::ERASED),
            (PersonId(2), "Cleo Moss", Person::ERASED),
        ]
    );
    let persons = [
        (ada.id, PersonId(0)),
        (bo, PersonId(1)),
        (cleo, PersonId(2)),
    ];
    assert_eq!(people.persons, persons.into());
}

#[test]
fn whoever_refuses_everything_later_is_not_listed_any_more() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    let bo = tale.sender("Bo Lund");
    tale.at(10.0).note(TimelineEvent::Ended);
    assert_eq!(listed(&people(&tale)), ["Ada Krol", "Bo Lund"]);
    tale.at(5000.0).refuse(ada.id, &ConsentPurpose::ALL);
    let people = people(&tale);
    assert_eq!(listed(&people), ["Bo Lund"]);
    assert_eq!(people.persons[&bo.id], PersonId(0));
    assert!(
        people
            .roster
            .person(people.persons[&ada.id])
            .unwrap()
            .is_erased()
    );
}

#[test]
fn whoever_was_there_while_nothing_was_recorded_is_not_listed() {
    let mut tale = Tale::new(ConsentRule::Inform);
    let ada = tale.sender("Ada Krol");
    tale.at(10.0).note(TimelineEvent::Left {
        participant: ada.id,
    });
    tale.at(20.0).record(true);
    let bo = tale.join("Bo Lund");
    assert_eq!(listed(&people(&tale)), [""; 0], "nobody told him");
    tale.tell(bo);
    assert_eq!(listed(&people(&tale)), ["Bo Lund"]);
}

#[test]
fn a_breakout_has_a_list_of_its_own() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    tale.sender("Bo Lund");
    tale.at(10.0).note(TimelineEvent::BreakoutsOpened {
        recorded: vec![true, false],
    });
    tale.place(ada.id, Some(0));
    tale.at(70.0).note(TimelineEvent::BreakoutsClosed);
    tale.at(80.0).note(TimelineEvent::Ended);
    let breakout = session::people(&tale.timeline, Some(0));
    assert_eq!(listed(&breakout), ["Ada Krol"]);
    assert_eq!(listed(&session::people(&tale.timeline, Some(1))), [""; 0]);
    let stay = |from: &str, to: &str| Stay {
        joined_at: format!("2027-01-15T08:0{from}Z"),
        left_at: Some(format!("2027-01-15T08:0{to}Z")),
    };
    let stays = |people: &People| people.attendance.people[0].stays.clone().unwrap();
    assert_eq!(stays(&breakout), [stay("0:10", "1:10")]);
    assert_eq!(
        stays(&people(&tale)),
        [stay("0:00", "0:10"), stay("1:10", "1:20")]
    );
}

#[test]
fn stays_are_by_the_wall_clock_and_end_where_that_was_noted() {
    let mut tale = Tale::recorded();
    let ada = tale.at(1.5).sender("Ada Krol");
    let stays = |tale: &Tale| people(tale).attendance.people[0].stays.clone();
    let joined_at = "2027-01-15T08:00:01.5Z".to_owned();
    let open = Stay {
        joined_at: joined_at.clone(),
        left_at: None,
    };
    assert_eq!(stays(&tale), Some(vec![open]));
    tale.at(61.0).note(TimelineEvent::Left {
        participant: ada.id,
    });
    let left_at = Some("2027-01-15T08:01:01Z".to_owned());
    assert_eq!(stays(&tale), Some(vec![Stay { joined_at, left_at }]));
    tale.timeline.remove(0);
    assert_eq!(stays(&tale), None, "nobody knows when the room was opened");
}

#[test]
fn consents_say_what_when_after_which_notice_and_on_which_basis() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    tale.at(60.0).refuse(ada.id, &[Camera]);
    let bo = tale.sender("Bo Lund");
    tale.refuse(bo.id, &[Chat]);
    tale.say(bo.id, Chat, true);
    let cleo = tale.join("Cleo Moss");
    tale.agree(cleo, &[Voice]);
    tale.refuse(cleo, &[Camera]);
    let people = people(&tale);
    let [ada, bo, cleo] = people.attendance.people.as_slice() else {
        panic!("{people:?}")
    };
    assert_eq!(ada.consents.camera.state, ConsentState::Withdrawn);
    assert_eq!(
        ada.consents.camera.at.as_deref(),
        Some("2027-01-15T08:01:00Z")
    );
    assert_eq!(
        ada.consents.voice.at.as_deref(),
        Some("2027-01-15T08:00:00Z")
    );
    assert_eq!(bo.consents.chat.state, ConsentState::Given);
    assert_eq!(cleo.consents.camera.state, ConsentState::Refused);
    assert_eq!(cleo.consents.transcript.state, ConsentState::Unknown);
    assert_eq!(cleo.consents.transcript.at, None);
    for purpose in ALL {
        assert_eq!(cleo.consents.of(purpose).basis, Basis::Consent);
        assert_eq!(cleo.consents.of(purpose).notice.as_deref(), Some(NOTICE));
    }
}

#[test]
fn where_people_are_only_told_a_no_is_an_objection() {
    let mut tale = Tale::new(ConsentRule::Inform);
    tale.record(true);
    let ada = tale.join("Ada Krol");
    tale.tell(ada);
    tale.at(10.0).refuse(ada, &[Camera]);
    let people = people(&tale);
    let consents = &people.attendance.people[0].consents;
    assert_eq!(consents.camera.state, ConsentState::Objected);
    assert_eq!(consents.voice.state, ConsentState::Unknown);
    assert_eq!(consents.voice.basis, Basis::LegitimateInterests);
    assert_eq!(consents.voice.notice.as_deref(), Some(NOTICE));
}

#[test]
fn a_no_without_a_notice_names_none() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    tale.at(10.0).note(TimelineEvent::Consented {
        participant: ada.id,
        purpose: Camera,
        given: false,
        notice: String::new(),
    });
    let people = people(&tale);
    assert_eq!(people.attendance.people[0].consents.camera.notice, None);
}

#[test]
fn people_are_listed_as_they_are_called_with_their_last_role() {
    let mut tale = Tale::recorded();
    let participant = scrim_policy::ParticipantId::from_uuid(uuid::Uuid::from_u128(99));
    tale.note(TimelineEvent::Joined {
        participant,
        name: Pii::new("Krol, Ada (host)".to_owned()),
        email: Some(Pii::new("ada@example.org".to_owned())),
        initials: "A.K. 7".to_owned(),
        role: Role::Attendee,
    });
    tale.agree(participant, &[Voice]);
    tale.note(TimelineEvent::RoleChanged {
        participant,
        role: Role::Presenter,
    });
    let people = people(&tale);
    let ada = people.roster.person(PersonId(0)).unwrap();
    assert_eq!(ada.name().reveal(), "Ada Krol");
    assert_eq!(ada.email().unwrap().reveal(), "ada@example.org");
    assert_eq!((ada.role(), ada.initials()), (Role::Presenter, "A.K. 7"));
    assert!(!format!("{people:?}").contains("Krol"));
}

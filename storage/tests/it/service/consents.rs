//! What people say to the notices of rooms, and the personal links to it.

use std::fs;

use scrim_policy::{ConsentPurpose, ConsentRule, ConsentState, ParticipantId, RoomId, TenantId};
use scrim_storage::{
    Sha256Digest,
    catalog::Selection,
    service::{
        AnsweredBy, Bearer, Consent, Heard, LinkSecret, Meeting, NoticeShown, Respondent, Room,
        RoomPassword, RoomPlan, RoomProtection, RoomRules,
    },
};
use uuid::Uuid;

use super::organiser;
use crate::{
    erasures::TERMS,
    fixtures::{NOW, contains, files_below, later},
    refusals::{recorded, session},
    runs::{Place, on_both_databases},
};

on_both_databases!(
    what_somebody_has_said_is_found_by_the_personal_link_alone,
    the_same_person_is_one_person_and_guests_are_many,
    an_answer_counts_once_and_the_last_one_holds,
    a_personal_link_leads_somewhere_as_long_as_anything_is_left,
    neither_link_nor_answer_lies_in_the_clear,
    what_was_said_survives_an_erasure_epoch_and_goes_with_the_tenant,
    the_log_tells_what_was_taken_back_and_names_nobody,
);

const TENANT: TenantId = TenantId::SINGLE;

pub(crate) fn participant(number: u128) -> ParticipantId {
    ParticipantId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn notice(rule: ConsentRule) -> NoticeShown {
    NoticeShown {
        notice: "0123456789abcdef".to_owned(),
        language: "pl".to_owned(),
        text: "Canary Society records this meeting.".to_owned(),
        controller: "Canary Society".to_owned(),
        contact: "dpo@canary.example".to_owned(),
        purpose: "for canaries who could not come".to_owned(),
        audience: "members of the canary society".to_owned(),
        days: 30,
        rule,
        shown_us: NOW.as_micros(),
    }
}

/// A room whose meeting goes on.
pub(crate) fn open_room(place: &Place) -> Room {
    let plan = RoomPlan {
        title: "Canary briefing".to_owned(),
        controller: "Canary Society".to_owned(),
        contact: "dpo@canary.example".to_owned(),
        purpose: "for canaries who could not come".to_owned(),
        audience: "members of the canary society".to_owned(),
        rules: RoomRules {
            protection: RoomProtection::Recorded {
                rule: ConsentRule::Explicit,
                can_refuse: true,
                days: 30,
                policy: None,
            },
            ..RoomRules::default()
        },
        opens_at: None,
        password: RoomPassword::AsBefore,
    };
    let by = organiser(place);
    let room = place.vault.plan_room(TENANT, by, &plan, NOW).unwrap();
    assert!(place.vault.note_room_opened(room.id, NOW).unwrap());
    room
}

pub(crate) fn say(
    place: &Place,
    room: RoomId,
    guest: u128,
    answer: Option<(ConsentPurpose, bool)>,
    at: i64,
) {
    let shown = notice(ConsentRule::Explicit);
    let heard = Heard {
        room: (TENANT, room),
        title: "Canary briefing",
        respondent: Respondent::Guest(participant(guest)),
        participant: participant(guest),
        notice: Some(&shown),
        answer,
    };
    place.vault.hear(&heard, later(at)).unwrap();
}

pub(crate) fn said(place: &Place, room: RoomId, guest: u128) -> Consent {
    let respondent = Respondent::Guest(participant(guest));
    let found = place.vault.consent_of(room, respondent).unwrap();
    found.unwrap()
}

const YES: Option<(ConsentPurpose, bool)> = Some((ConsentPurpose::Camera, true));

fn what_somebody_has_said_is_found_by_the_personal_link_alone(place: &Place) {
    let vault = &place.vault;
    let room = open_room(place);
    let link = |room, guest| vault.personal_link(room, Respondent::Guest(participant(guest)));
    assert!(vault.consent(&link(room.id, 1)).unwrap().is_none());
    say(place, room.id, 1, YES, 1);
    say(place, room.id, 2, Some((ConsentPurpose::Voice, true)), 2);
    let found = vault.consent(&link(room.id, 1)).unwrap().unwrap();
    assert_eq!((found.room, found.tenant), (room.id, TENANT));
    assert_eq!(found.said.participants, [participant(1)]);
    assert_eq!(found.said.title, "Canary briefing");
    assert!(found.said.is_allowed(ConsentPurpose::Camera));
    assert!(!found.said.is_allowed(ConsentPurpose::Voice));
    // The same participant in another room is somebody else.
    let elsewhere = RoomId::from_uuid(Uuid::from_u128(9));
    assert!(vault.consent(&link(elsewhere, 1)).unwrap().is_none());
    let guessed = format!("scp_{}", "A".repeat(43));
    let guessed = LinkSecret::parse(Bearer::Personal, &guessed).unwrap();
    assert!(vault.consent(&guessed).unwrap().is_none());
    // No other link is a personal one.
    assert!(LinkSecret::parse(Bearer::Personal, &room.words.code).is_none());
    assert!(LinkSecret::parse(Bearer::Room, link(room.id, 1).expose()).is_none());
    // It is the same each time, and printing it tells nobody.
    assert_eq!(link(room.id, 1).expose(), link(room.id, 1).expose());
    assert_ne!(link(room.id, 1).expose(), link(room.id, 2).expose());
    let printed = format!("{found:?} {:?}", link(room.id, 1));
    assert!(!printed.contains("scp_") && !printed.contains("anary"));
}

fn the_same_person_is_one_person_and_guests_are_many(place: &Place) {
    let vault = &place.vault;
    let room = open_room(place);
    let shown = notice(ConsentRule::Explicit);
    let hear = |number, notice, answer| {
        let heard = Heard {
            room: (TENANT, room.id),
            title: "Canary briefing",
            respondent: Respondent::Known(7),
            participant: participant(number),
            notice,
            answer,
        };
        vault.hear(&heard, NOW).unwrap();
    };
    // An encoder alone has been told nothing, so there is nothing to keep.
    hear(1, None, YES);
    assert!(
        vault
            .consent_of(room.id, Respondent::Known(7))
            .unwrap()
            .is_none()
    );
    hear(2, Some(&shown), YES);
    hear(1, None, YES);
    let found = vault.consent_of(room.id, Respondent::Known(7)).unwrap();
    let said = found.unwrap().said;
    assert_eq!(said.participants, [participant(2), participant(1)]);
    assert_eq!(said.answers.len(), 1);
    say(place, room.id, 7, YES, 3);
    let guest = vault.personal_link(room.id, Respondent::Guest(participant(7)));
    let known = vault.personal_link(room.id, Respondent::Known(7));
    assert_ne!(guest.expose(), known.expose());
}

fn an_answer_counts_once_and_the_last_one_holds(place: &Place) {
    let room = open_room(place);
    let camera = ConsentPurpose::Camera;
    say(place, room.id, 1, YES, 1);
    say(place, room.id, 1, YES, 2);
    let once = said(place, room.id, 1);
    assert_eq!((once.revision, once.said.answers.len()), (1, 1));
    assert_eq!((once.made_at, once.changed_at), (later(1), later(1)));
    assert_eq!(once.said.state_of(camera), ConsentState::Given);
    assert_eq!(
        once.said.state_of(ConsentPurpose::Chat),
        ConsentState::Unknown
    );
    say(place, room.id, 1, Some((camera, false)), 3);
    say(place, room.id, 1, Some((ConsentPurpose::Chat, false)), 4);
    let changed = said(place, room.id, 1);
    assert_eq!((changed.revision, changed.changed_at), (3, later(4)));
    assert_eq!(changed.said.state_of(camera), ConsentState::Withdrawn);
    assert_eq!(
        changed.said.state_of(ConsentPurpose::Chat),
        ConsentState::Refused
    );
    assert_eq!(changed.said.answer_to(camera).unwrap().by, AnsweredBy::Room);
    assert_ne!(once.receipt_id(), changed.receipt_id());
}

fn a_personal_link_leads_somewhere_as_long_as_anything_is_left(place: &Place) {
    let vault = &place.vault;
    let room = open_room(place);
    say(place, room.id, 1, YES, 1);
    let gone = || {
        let consent = said(place, room.id, 1);
        vault.is_over_and_gone(&consent).unwrap()
    };
    assert!(!gone());
    let (kept, []) = session(place, room.id, []);
    vault.note_room_ended(room.id, later(9)).unwrap();
    assert!(!gone());
    // A room may be removed while its recording is kept.
    assert!(vault.remove_room(TENANT, room.id, later(10)).unwrap());
    assert!(!gone());
    vault.forget_consents(TENANT).unwrap();
    assert_eq!(vault.recorded(TENANT, room.id).unwrap().sessions.len(), 1);
    let all = Selection::Recording(kept.id);
    vault
        .erase(TENANT, &all, TERMS, later(11), &|_| ())
        .unwrap();
    vault.forget_consents(TENANT).unwrap();
    let link = vault.personal_link(room.id, Respondent::Guest(participant(1)));
    assert!(vault.consent(&link).unwrap().is_none());
    for table in ["consent", "room_source"] {
        let count = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}");
        assert_eq!(place.sql(&[&count]).unwrap(), ["0"], "{table}");
    }
}

fn neither_link_nor_answer_lies_in_the_clear(place: &Place) {
    let vault = &place.vault;
    let room = open_room(place);
    say(place, room.id, 1, YES, 1);
    let link = vault.personal_link(room.id, Respondent::Guest(participant(1)));
    let held = said(place, room.id, 1);
    let purposes = [ConsentPurpose::Camera];
    vault
        .take_back(&held, &purposes, Meeting::IsOver, later(2))
        .unwrap();
    let mut backup = Vec::new();
    vault.back_up_catalog(&mut backup, NOW).unwrap();
    let bare = link.expose().strip_prefix("scp_").unwrap();
    let participant = participant(1).to_string();
    let words = ["Canary", "canary", bare, &participant];
    let files = files_below(&place.home);
    let files = files.iter().map(|file| fs::read(file).unwrap());
    for bytes in files.chain([backup]) {
        for word in words {
            assert!(!contains(&bytes, word.as_bytes()));
        }
    }
    let known = "SELECT digest FROM consent";
    let digest = Sha256Digest::of(link.expose().as_bytes());
    assert_eq!(place.sql(&[known]).unwrap(), [digest.to_string()]);
}

fn what_was_said_survives_an_erasure_epoch_and_goes_with_the_tenant(place: &Place) {
    let vault = &place.vault;
    let room = open_room(place);
    say(place, room.id, 1, YES, 1);
    let before = said(place, room.id, 1);
    let link = vault.personal_link(room.id, Respondent::Guest(participant(1)));
    vault.shred_epoch(TENANT, NOW, &mut |_| ()).unwrap();
    let after = vault.consent(&link).unwrap().unwrap();
    assert!(after.said == before.said);
    let (meeting, _) = recorded(place, room.id);
    vault
        .take_back(&after, &[ConsentPurpose::Camera], Meeting::IsOver, later(2))
        .unwrap();
    assert_eq!(vault.refusals(meeting.id).unwrap().len(), 1);
    vault
        .erase(TENANT, &Selection::Tenant, TERMS, later(3), &|_| ())
        .unwrap();
    assert!(vault.consent(&link).unwrap().is_none());
    for table in ["consent", "room_source", "session_layer", "refusal"] {
        let count = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}");
        assert_eq!(place.sql(&[&count]).unwrap(), ["0"], "{table}");
    }
}

fn the_log_tells_what_was_taken_back_and_names_nobody(place: &Place) {
    let vault = &place.vault;
    let room = open_room(place);
    say(place, room.id, 1, YES, 1);
    let held = said(place, room.id, 1);
    let purposes = [ConsentPurpose::Camera, ConsentPurpose::Chat];
    vault
        .take_back(&held, &purposes, Meeting::GoesOn, later(2))
        .unwrap();
    let records = vault.audit_records(None, None, 20).unwrap();
    let bodies = records.iter().filter_map(|record| record.body.as_deref());
    let bodies: Vec<&str> = bodies
        .filter(|body| body.contains("consent.withdrawn"))
        .collect();
    let [body] = bodies[..] else {
        panic!("one entry: {bodies:?}")
    };
    assert!(body.contains(&held.id.to_string()) && body.contains("camera"));
    assert!(!body.contains("anary") && !body.contains(&participant(1).to_string()));
}

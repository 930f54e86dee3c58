//! Rooms and invitations to them.

use std::fs;

use scrim_policy::{ConsentRule, InvitationId, Pii, TenantId};
use scrim_storage::{
    catalog::Selection,
    service::{
        Bearer, InvitedSeat, Invitee, LinkSecret, NewPassword, Room, RoomPassword, RoomPlan,
        RoomProtection, RoomRules, RoomState,
    },
};
use uuid::Uuid;

use super::organiser;
use crate::{
    erasures::TERMS,
    fixtures::{NOW, contains, files_below, later, tenant},
    runs::{Place, on_both_databases},
};

on_both_databases!(
    a_room_is_found_by_its_code_and_by_nobody_elses,
    a_room_changes_until_its_meeting_begins,
    a_password_is_kept_until_another_one_is_chosen,
    an_invitation_names_somebody_until_it_is_withdrawn,
    a_notice_is_another_one_as_soon_as_it_says_something_else,
    no_word_of_a_room_lies_in_the_clear,
    words_of_rooms_survive_an_erasure_and_go_with_the_tenant,
    the_log_tells_what_became_of_a_room,
);

const TENANT: TenantId = TenantId::SINGLE;

fn recorded(days: u32) -> RoomProtection {
    RoomProtection::Recorded {
        rule: ConsentRule::Explicit,
        can_refuse: true,
        days,
        policy: None,
    }
}

fn plan(title: &str) -> RoomPlan {
    RoomPlan {
        title: title.to_owned(),
        controller: "Canary Society".to_owned(),
        contact: "dpo@canary.example".to_owned(),
        purpose: "for canaries who could not come".to_owned(),
        audience: "members of the canary society".to_owned(),
        rules: RoomRules {
            has_waiting_room: true,
            protection: recorded(30),
            ..RoomRules::default()
        },
        opens_at: Some(later(3600)),
        password: RoomPassword::AsBefore,
    }
}

fn planned(place: &Place, title: &str) -> Room {
    let by = organiser(place);
    place
        .vault
        .plan_room(TENANT, by, &plan(title), NOW)
        .unwrap()
}

fn code(room: &Room) -> LinkSecret {
    LinkSecret::parse(Bearer::Room, &room.words.code).unwrap()
}

fn invitee(name: &str, seat: InvitedSeat) -> Invitee {
    Invitee {
        name: Pii::new(name.to_owned()),
        email: Some(Pii::new("ada@canary.example".to_owned())),
        seat,
    }
}

fn a_room_is_found_by_its_code_and_by_nobody_elses(place: &Place) {
    let vault = &place.vault;
    let by = organiser(place);
    let make = |title, at| vault.plan_room(TENANT, by, &plan(title), at).unwrap();
    let (first, second) = (make("Canary briefing", NOW), make("Canary talk", later(1)));
    assert_eq!(
        (first.state, first.has_password, first.made_by),
        (RoomState::Planned, false, by)
    );
    let found = vault.room_of(&code(&first)).unwrap().unwrap();
    assert_eq!((found.id, &found.words), (first.id, &first.words));
    assert_eq!(
        (&found.rules, found.opens_at),
        (&first.rules, first.opens_at)
    );
    let guessed = format!("scr_{}", "A".repeat(43));
    let guessed = LinkSecret::parse(Bearer::Room, &guessed).unwrap();
    assert!(vault.room_of(&guessed).unwrap().is_none());
    // The code of a room is none of a link, nor the other way round.
    assert!(LinkSecret::parse(Bearer::Link, &first.words.code).is_none());

    let listed = |before, limit| -> Vec<_> {
        let rooms = vault.rooms(TENANT, before, limit).unwrap();
        rooms.iter().map(|room| room.id).collect()
    };
    assert_eq!(listed(None, 10), [second.id, first.id]);
    assert_eq!(listed(None, 1), [second.id]);
    assert_eq!(listed(Some(second.id), 10), [first.id]);
    assert_eq!(listed(Some(first.id), 10), []);

    let other = tenant(7);
    assert!(vault.rooms(other, None, 10).unwrap().is_empty());
    assert!(vault.room(other, first.id).unwrap().is_none());
    assert!(!vault.change_room(other, first.id, &plan("x"), NOW).unwrap());
    assert!(!vault.remove_room(other, first.id, NOW).unwrap());
    assert!(vault.room(TENANT, first.id).unwrap().is_some());
    // Not even whoever prints one learns how to get there.
    let printed = format!("{found:?}");
    assert!(!printed.contains("scr_") && !printed.contains("Canary"));
}

fn a_room_changes_until_its_meeting_begins(place: &Place) {
    let vault = &place.vault;
    let room = planned(place, "Canary briefing");
    let now = || vault.room(TENANT, room.id).unwrap().unwrap();
    let mut other = plan("Canary talk");
    other.rules.protection = RoomProtection::EndToEnd;
    other.opens_at = None;
    assert!(vault.change_room(TENANT, room.id, &other, NOW).unwrap());
    assert_eq!(now().words.title, "Canary talk");
    assert_eq!(now().words.code, room.words.code);
    assert_eq!((now().rules, now().opens_at), (other.rules.clone(), None));

    assert!(!vault.note_room_ended(room.id, later(1)).unwrap());
    assert!(vault.note_room_opened(room.id, later(2)).unwrap());
    assert!(!vault.note_room_opened(room.id, later(3)).unwrap());
    assert_eq!(
        (now().state, now().opened_at, now().ended_at),
        (RoomState::Open, Some(later(2)), None)
    );
    // Nobody changes what people have come for, and nobody takes it from under them.
    assert!(!vault.change_room(TENANT, room.id, &other, NOW).unwrap());
    assert!(!vault.remove_room(TENANT, room.id, NOW).unwrap());

    assert!(vault.note_room_ended(room.id, later(9)).unwrap());
    assert!(!vault.note_room_ended(room.id, later(10)).unwrap());
    assert!(!vault.note_room_opened(room.id, later(11)).unwrap());
    assert_eq!(
        (now().state, now().ended_at),
        (RoomState::Ended, Some(later(9)))
    );
    let found = vault.room_of(&code(&room)).unwrap().unwrap();
    assert_eq!(found.state, RoomState::Ended);
    assert!(vault.remove_room(TENANT, room.id, NOW).unwrap());
    assert!(!vault.remove_room(TENANT, room.id, NOW).unwrap());
    assert!(vault.room_of(&code(&room)).unwrap().is_none());
}

fn a_password_is_kept_until_another_one_is_chosen(place: &Place) {
    let vault = &place.vault;
    let room = planned(place, "Canary briefing");
    let knows = |text: &str| vault.check_room_password(room.id, text).unwrap();
    assert!(!knows("") && !knows("opensesame"));
    let change = |password| {
        let mut other = plan("Canary briefing");
        other.password = password;
        assert!(vault.change_room(TENANT, room.id, &other, NOW).unwrap());
        vault.room(TENANT, room.id).unwrap().unwrap().has_password
    };
    let password = NewPassword::of_link("opensesame".to_owned()).unwrap();
    assert!(change(RoomPassword::New(password)));
    assert!(knows("opensesame") && !knows("opensesam"));
    assert!(change(RoomPassword::AsBefore));
    assert!(knows("opensesame"));
    assert!(!change(RoomPassword::Nothing));
    assert!(!knows("opensesame"));
}

fn an_invitation_names_somebody_until_it_is_withdrawn(place: &Place) {
    let vault = &place.vault;
    let room = planned(place, "Canary briefing");
    let invite = |name, seat, at| {
        vault
            .invite_to_room(TENANT, room.id, &invitee(name, seat), at)
            .unwrap()
    };
    let (ada, secret) = invite("Ada Canary", InvitedSeat::Presenter, NOW).unwrap();
    let (bo, other) = invite("Bo Canary", InvitedSeat::Attendee, later(1)).unwrap();
    let (found, leads_to) = vault.room_invitation(&secret).unwrap().unwrap();
    assert_eq!((found.id, leads_to.id), (ada.id, room.id));
    assert_eq!(found.name.reveal(), "Ada Canary");
    assert_eq!(found.email.unwrap().reveal(), "ada@canary.example");
    assert_eq!(found.seat, InvitedSeat::Presenter);
    let listed = vault.room_invitations(TENANT, room.id).unwrap();
    let ids: Vec<_> = listed.iter().map(|one| one.id).collect();
    assert_eq!(ids, [ada.id, bo.id]);
    assert!(
        vault
            .room_invitations(tenant(7), room.id)
            .unwrap()
            .is_empty()
    );
    let guessed = format!("sci_{}", "A".repeat(43));
    let guessed = LinkSecret::parse(Bearer::Invitation, &guessed).unwrap();
    assert!(vault.room_invitation(&guessed).unwrap().is_none());
    // It is none of an account.
    assert_eq!(vault.invited(&secret, NOW).unwrap(), None);

    let withdraw = |of, room, id| vault.withdraw_invitation(of, room, id, later(2)).unwrap();
    assert!(!withdraw(tenant(7), room.id, ada.id));
    let nobody = InvitationId::from_uuid(Uuid::from_u128(7));
    assert!(!withdraw(TENANT, room.id, nobody));
    assert!(withdraw(TENANT, room.id, ada.id) && !withdraw(TENANT, room.id, ada.id));
    let (found, _) = vault.room_invitation(&secret).unwrap().unwrap();
    assert!(found.is_withdrawn());
    let (found, _) = vault.room_invitation(&other).unwrap().unwrap();
    assert!(!found.is_withdrawn());

    let elsewhere = invitee("Eve Canary", InvitedSeat::Attendee);
    let refused = vault.invite_to_room(tenant(7), room.id, &elsewhere, NOW);
    assert!(refused.unwrap().is_none());
    vault.note_room_opened(room.id, NOW).unwrap();
    assert!(invite("Cleo Canary", InvitedSeat::Attendee, NOW).is_some());
    vault.note_room_ended(room.id, NOW).unwrap();
    assert!(invite("Dee Canary", InvitedSeat::Attendee, NOW).is_none());
    // They go with the room.
    assert!(vault.remove_room(TENANT, room.id, NOW).unwrap());
    assert!(vault.room_invitation(&other).unwrap().is_none());
    let left = "SELECT CAST(COUNT(*) AS TEXT) FROM room_invitation";
    assert_eq!(place.sql(&[left]).unwrap(), ["0"]);
}

fn a_notice_is_another_one_as_soon_as_it_says_something_else(place: &Place) {
    let vault = &place.vault;
    let room = planned(place, "Canary briefing");
    let notice = room.notice();
    assert_eq!(notice.len(), 16);
    assert!(notice.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let after = |other: &RoomPlan| {
        assert!(vault.change_room(TENANT, room.id, other, NOW).unwrap());
        vault.room(TENANT, room.id).unwrap().unwrap().notice()
    };
    // What it is called is no part of it.
    assert_eq!(after(&plan("Canary talk")), notice);
    let mut other = plan("Canary talk");
    other.rules.protection = recorded(31);
    let longer = after(&other);
    assert_ne!(longer, notice);
    other.purpose = "for everybody".to_owned();
    assert!(![notice, longer].contains(&after(&other)));
}

fn no_word_of_a_room_lies_in_the_clear(place: &Place) {
    let vault = &place.vault;
    let by = organiser(place);
    let mut wanted = plan("Canary briefing");
    let password = NewPassword::of_link("canarypassword".to_owned()).unwrap();
    wanted.password = RoomPassword::New(password);
    let room = vault.plan_room(TENANT, by, &wanted, NOW).unwrap();
    let ada = invitee("Ada Canary", InvitedSeat::Attendee);
    let (_, secret) = vault
        .invite_to_room(TENANT, room.id, &ada, NOW)
        .unwrap()
        .unwrap();
    let mut backup = Vec::new();
    vault.back_up_catalog(&mut backup, NOW).unwrap();
    let words = [
        "Canary",
        "canary",
        room.words.code.as_str(),
        secret.expose(),
    ];
    let files = files_below(&place.home);
    let files = files.iter().map(|file| fs::read(file).unwrap());
    for bytes in files.chain([backup]) {
        for word in words {
            assert!(!contains(&bytes, word.as_bytes()));
        }
    }
}

fn words_of_rooms_survive_an_erasure_and_go_with_the_tenant(place: &Place) {
    let vault = &place.vault;
    let room = planned(place, "Canary briefing");
    let ada = invitee("Ada Canary", InvitedSeat::Attendee);
    let (_, secret) = vault
        .invite_to_room(TENANT, room.id, &ada, NOW)
        .unwrap()
        .unwrap();
    vault.shred_epoch(TENANT, NOW, &mut |_| ()).unwrap();
    let (invitation, found) = vault.room_invitation(&secret).unwrap().unwrap();
    assert_eq!(found.words, room.words);
    assert_eq!(invitation.name.reveal(), "Ada Canary");

    let claim = place.render("webinar");
    let outputs = place.outputs(&claim);
    vault.publish(&claim, &outputs, NOW).unwrap();
    vault
        .erase(TENANT, &Selection::Tenant, TERMS, NOW, &|_| ())
        .unwrap();
    assert!(vault.room_of(&code(&room)).unwrap().is_none());
    assert!(vault.room_invitation(&secret).unwrap().is_none());
    assert!(vault.rooms(TENANT, None, 10).unwrap().is_empty());
    let left = "SELECT CAST(COUNT(*) AS TEXT) FROM room_invitation";
    assert_eq!(place.sql(&[left]).unwrap(), ["0"]);
}

fn the_log_tells_what_became_of_a_room(place: &Place) {
    let vault = &place.vault;
    let room = planned(place, "Canary briefing");
    let ada = invitee("Ada Canary", InvitedSeat::Attendee);
    let (invitation, _) = vault
        .invite_to_room(TENANT, room.id, &ada, NOW)
        .unwrap()
        .unwrap();
    vault
        .change_room(TENANT, room.id, &plan("Canary talk"), NOW)
        .unwrap();
    vault
        .withdraw_invitation(TENANT, room.id, invitation.id, NOW)
        .unwrap();
    vault.note_room_opened(room.id, NOW).unwrap();
    vault.note_room_ended(room.id, NOW).unwrap();
    vault.remove_room(TENANT, room.id, NOW).unwrap();
    let records = vault.audit_records(None, None, 20).unwrap();
    let bodies: Vec<&str> = records
        .iter()
        .filter_map(|record| record.body.as_deref())
        .filter(|body| body.contains("\"room."))
        .collect();
    let events = [
        "planned",
        "room.invited",
        "changed",
        "room.uninvited",
        "opened",
        "ended",
        "removed",
    ];
    assert_eq!(bodies.len(), events.len(), "{bodies:?}");
    for (body, event) in bodies.iter().zip(events) {
        assert!(body.contains(&format!("\"{event}\"")), "{body}");
        assert!(body.contains(&room.id.to_string()), "{body}");
        assert!(!body.contains("anary"), "{body}");
    }
}

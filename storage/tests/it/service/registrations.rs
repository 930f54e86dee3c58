//! Registrations for rooms.

use std::fs;

use scrim_policy::{Pii, RegistrationId, TenantId};
use scrim_storage::{
    Timestamp,
    catalog::Selection,
    service::{
        Bearer, Confirmed, InvitedSeat, Invitee, LinkSecret, Registrant, Registration,
        RegistrationMail, RegistrationState, Room, RoomPassword, RoomPlan, RoomRegistration,
        RoomRules,
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
    whoever_confirms_is_invited_and_stays_one_person,
    whoever_does_not_confirm_is_asked_a_few_times_and_forgotten_after_a_day,
    whoever_waits_comes_in_only_when_somebody_approves,
    whoever_is_refused_leaves_no_word,
    a_room_takes_no_more_than_it_has_places_for,
    only_a_room_that_wants_registrations_takes_some,
    the_end_of_a_room_takes_registrations_and_what_came_of_them,
    no_word_of_a_registration_lies_in_the_clear,
    words_of_registrations_survive_an_erasure_and_go_with_the_tenant,
    the_log_tells_what_became_of_a_registration,
);

const TENANT: TenantId = TenantId::SINGLE;
const MINUTE: i64 = 60;
const DAY: i64 = 24 * 3600;

fn plan(rules: RoomRules) -> RoomPlan {
    RoomPlan {
        title: "Canary briefing".to_owned(),
        controller: String::new(),
        contact: String::new(),
        purpose: String::new(),
        audience: String::new(),
        rules,
        opens_at: None,
        password: RoomPassword::AsBefore,
    }
}

fn room_with(place: &Place, rules: RoomRules) -> Room {
    let vault = &place.vault;
    let by = match vault.account_by_address("zbigniew@canary.example").unwrap() {
        Some(account) => account.id,
        None => organiser(place),
    };
    vault.plan_room(TENANT, by, &plan(rules), NOW).unwrap()
}

fn rules(registration: RoomRegistration) -> RoomRules {
    RoomRules {
        is_registered_only: true,
        registration,
        ..RoomRules::default()
    }
}

pub(super) fn room(place: &Place, registration: RoomRegistration) -> Room {
    room_with(place, rules(registration))
}

pub(super) fn who(name: &str, email: &str) -> Registrant {
    Registrant {
        name: Pii::new(name.to_owned()),
        email: Pii::new(email.to_owned()),
        language: "pl".to_owned(),
    }
}

pub(super) fn ada() -> Registrant {
    who("Ada Canary", "ada@canary.example")
}

/// Registers somebody and returns the registration, for which a mail is due.
pub(super) fn asked(place: &Place, room: &Room, who: &Registrant, at: Timestamp) -> Registration {
    let (id, mail) = place.vault.register(room, who, at).unwrap().unwrap();
    assert_eq!(mail, RegistrationMail::Confirm);
    known(place, id).unwrap()
}

pub(super) fn known(place: &Place, id: RegistrationId) -> Option<Registration> {
    place.vault.registration(TENANT, id).unwrap()
}

pub(super) fn confirm(place: &Place, found: &Registration, at: Timestamp) -> Option<Confirmed> {
    let secret = found.secret.as_ref().unwrap();
    place
        .vault
        .confirm_registration(secret, &found.who.name, at)
        .unwrap()
}

pub(super) fn count(place: &Place, table: &str) -> String {
    let text = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}");
    place.sql(&[&text]).unwrap().remove(0)
}

fn whoever_confirms_is_invited_and_stays_one_person(place: &Place) {
    let vault = &place.vault;
    let room = room(place, RoomRegistration::Open);
    let found = asked(place, &room, &ada(), NOW);
    assert_eq!(found.state, RegistrationState::Unconfirmed);
    assert_eq!(found.who.language, "pl");
    let secret = found.secret.clone().unwrap();
    let (shown, of) = vault
        .registration_to_confirm(&secret, later(1))
        .unwrap()
        .unwrap();
    assert_eq!((shown.id, of.id), (found.id, room.id));
    // Nobody is anybody before that.
    assert!(vault.registrations(TENANT, room.id).unwrap().is_empty());
    assert!(vault.room_invitations(TENANT, room.id).unwrap().is_empty());

    let name = Pii::new("Ada K. Canary".to_owned());
    let done = vault.confirm_registration(&secret, &name, later(2));
    assert_eq!(done.unwrap(), Some(Confirmed::Invited(found.id)));
    let listed = vault.registrations(TENANT, room.id).unwrap();
    let [registered] = listed.as_slice() else {
        panic!("one registration: {listed:?}")
    };
    assert_eq!(registered.state, RegistrationState::Invited);
    assert_eq!(registered.confirmed_at, Some(later(2)));
    // The way in is that of an invitation, under the name that was confirmed.
    let way_in = registered.secret.clone().unwrap();
    let (invitation, of) = vault.room_invitation(&way_in).unwrap().unwrap();
    assert_eq!(
        (Some(invitation.id), of.id),
        (registered.invitation, room.id)
    );
    assert_eq!(invitation.name.reveal(), "Ada K. Canary");
    assert_eq!(invitation.email.unwrap().reveal(), "ada@canary.example");
    assert_eq!(invitation.seat, InvitedSeat::Attendee);
    assert_eq!(vault.count_registrations(room.id).unwrap(), 1);

    // Confirming once more makes nobody, also not under another name.
    let again = vault.confirm_registration(&secret, &Pii::new("Eve".to_owned()), later(3));
    let before = Confirmed::Before(RegistrationState::Invited);
    assert_eq!(again.unwrap(), Some(before));
    // Nor does registering, however the address is spelt. The way in is sent again, not at once.
    let same = who("Eve Canary", " ADA@Canary.Example ");
    let register = |at| vault.register(&room, &same, at).unwrap();
    assert_eq!(register(later(2 + 14 * MINUTE)), None);
    let sent = Some((found.id, RegistrationMail::WayIn));
    assert_eq!(register(later(2 + 15 * MINUTE)), sent);
    assert_eq!(register(later(3 + 15 * MINUTE)), None);
    for turn in 2..10 {
        assert_eq!(register(later(turn * 3600)), sent, "mail {turn}");
    }
    assert_eq!(register(later(10 * 3600)), None);
    assert_eq!(vault.room_invitations(TENANT, room.id).unwrap().len(), 1);
    let found = known(place, found.id).unwrap();
    assert_eq!(found.who.name.reveal(), "Ada K. Canary");
    assert_eq!(found.secret, Some(way_in));

    // What was taken back is not sent any more, and its place is free.
    let place_of = (room.id, invitation.id);
    vault
        .withdraw_invitation(TENANT, place_of.0, place_of.1, later(9))
        .unwrap();
    assert_eq!(register(later(40 * 3600)), None);
    assert_eq!(vault.count_registrations(room.id).unwrap(), 0);
}

fn whoever_does_not_confirm_is_asked_a_few_times_and_forgotten_after_a_day(place: &Place) {
    let vault = &place.vault;
    let room = room(place, RoomRegistration::Open);
    let first = asked(place, &room, &ada(), NOW);
    // What was entered last can be confirmed, by the same secret.
    let second = asked(
        place,
        &room,
        &who("Ada Krol", "ada@canary.example"),
        later(60),
    );
    assert_eq!((first.id, &first.secret), (second.id, &second.secret));
    assert_eq!(second.who.name.reveal(), "Ada Krol");
    asked(place, &room, &ada(), later(120));
    let register = |at| vault.register(&room, &ada(), at).unwrap();
    assert_eq!(register(later(180)), None, "a fourth mail");

    let secret = first.secret.clone().unwrap();
    let to_confirm = |at| vault.registration_to_confirm(&secret, at).unwrap();
    assert!(to_confirm(later(DAY - 1)).is_some());
    assert!(to_confirm(later(DAY)).is_none());
    assert_eq!(confirm(place, &first, later(DAY)), None);
    assert_eq!(vault.forget_registrations(later(DAY - 1)).unwrap(), 0);
    // Whoever comes back before it was tidied begins anew.
    let anew = asked(place, &room, &ada(), later(DAY));
    assert_ne!(anew.id, first.id);
    assert!(known(place, first.id).is_none());
    assert_eq!(count(place, "room_registration"), "1");
    assert_eq!(vault.forget_registrations(later(2 * DAY)).unwrap(), 1);
    assert!(known(place, anew.id).is_none());
    assert_eq!(confirm(place, &anew, later(DAY + 1)), None);

    let guessed = format!("scc_{}", "A".repeat(43));
    let guessed = LinkSecret::parse(Bearer::Registration, &guessed).unwrap();
    assert!(
        vault
            .registration_to_confirm(&guessed, NOW)
            .unwrap()
            .is_none()
    );
}

fn whoever_waits_comes_in_only_when_somebody_approves(place: &Place) {
    let vault = &place.vault;
    let room = room(place, RoomRegistration::Approved);
    let found = asked(place, &room, &ada(), NOW);
    let place_of = (room.id, found.id);
    let approve = |of, at| vault.approve_registration(of, place_of, at).unwrap();
    assert!(!approve(TENANT, later(1)), "nobody has confirmed it");
    assert_eq!(confirm(place, &found, later(2)), Some(Confirmed::Waiting));
    let listed = vault.registrations(TENANT, room.id).unwrap();
    assert_eq!(listed[0].state, RegistrationState::Waiting);
    assert!(listed[0].secret.is_none() && listed[0].invitation.is_none());
    assert!(vault.room_invitations(TENANT, room.id).unwrap().is_empty());
    assert_eq!(
        confirm(place, &found, later(3)),
        Some(Confirmed::Before(RegistrationState::Waiting))
    );
    assert_eq!(vault.register(&room, &ada(), later(3600)).unwrap(), None);
    // It does not expire while somebody thinks about it.
    assert_eq!(vault.forget_registrations(later(9 * DAY)).unwrap(), 0);

    assert!(!approve(tenant(7), later(4)));
    let nobody = RegistrationId::from_uuid(Uuid::from_u128(7));
    let of_nobody = vault.approve_registration(TENANT, (room.id, nobody), NOW);
    assert!(!of_nobody.unwrap());
    assert!(vault.registrations(tenant(7), room.id).unwrap().is_empty());
    assert!(approve(TENANT, later(5)) && !approve(TENANT, later(6)));
    let found = known(place, found.id).unwrap();
    assert_eq!(found.state, RegistrationState::Invited);
    let way_in = found.secret.unwrap();
    let (invitation, _) = vault.room_invitation(&way_in).unwrap().unwrap();
    assert_eq!(invitation.name.reveal(), "Ada Canary");
    assert_eq!(vault.room_invitations(TENANT, room.id).unwrap().len(), 1);
}

fn whoever_is_refused_leaves_no_word(place: &Place) {
    let vault = &place.vault;
    let room = room(place, RoomRegistration::Approved);
    let waiting = |who: &Registrant| {
        let found = asked(place, &room, who, NOW);
        assert_eq!(confirm(place, &found, NOW), Some(Confirmed::Waiting));
        found.id
    };
    let (told, untold) = (
        waiting(&ada()),
        waiting(&who("Bo Canary", "bo@canary.example")),
    );
    let refuse = |of, id, is_told| {
        vault
            .refuse_registration(of, (room.id, id), is_told, later(1))
            .unwrap()
    };
    assert!(!refuse(tenant(7), told, false));
    assert!(refuse(TENANT, untold, false));
    assert!(known(place, untold).is_none());
    // Whoever is told is known until the mail is out, and nothing else can be done with them.
    assert!(refuse(TENANT, told, true) && !refuse(TENANT, told, true));
    let found = known(place, told).unwrap();
    assert_eq!(found.state, RegistrationState::Refused);
    assert!(vault.registrations(TENANT, room.id).unwrap().is_empty());
    assert_eq!(vault.register(&room, &ada(), later(2)).unwrap(), None);
    let approved = vault.approve_registration(TENANT, (room.id, told), later(2));
    assert!(!approved.unwrap());
    vault.forget_refused(told).unwrap();
    assert!(known(place, told).is_none());
    assert_eq!(count(place, "room_registration"), "0");
    // A mail that never leaves keeps nobody for ever.
    let told = waiting(&ada());
    assert!(refuse(TENANT, told, true));
    assert_eq!(vault.forget_registrations(later(4 * DAY)).unwrap(), 0);
    assert_eq!(vault.forget_registrations(later(4 * DAY + 1)).unwrap(), 1);
    // Who is not refused is not forgotten by a mail that comes late.
    let found = asked(place, &room, &ada(), later(5 * DAY));
    vault.forget_refused(found.id).unwrap();
    assert!(known(place, found.id).is_some());
}

fn a_room_takes_no_more_than_it_has_places_for(place: &Place) {
    let vault = &place.vault;
    let room = room_with(
        place,
        RoomRules {
            most_registrations: Some(2),
            ..rules(RoomRegistration::Open)
        },
    );
    let people: Vec<_> = ["ada", "bo", "cleo"]
        .map(|name| who(name, &format!("{name}@canary.example")))
        .iter()
        .map(|who| asked(place, &room, who, NOW))
        .collect();
    for one in &people[..2] {
        assert_eq!(
            confirm(place, one, later(1)),
            Some(Confirmed::Invited(one.id))
        );
    }
    assert_eq!(confirm(place, &people[2], later(2)), Some(Confirmed::Full));
    assert_eq!(vault.room_invitations(TENANT, room.id).unwrap().len(), 2);
    let late = who("Dee Canary", "dee@canary.example");
    assert_eq!(vault.register(&room, &late, later(3)).unwrap(), None);
    // Whoever has a place can still have the mail again.
    let again = vault.register(&room, &people[0].who, later(3600)).unwrap();
    assert_eq!(again, Some((people[0].id, RegistrationMail::WayIn)));
    let invitation = known(place, people[0].id).unwrap().invitation.unwrap();
    vault
        .withdraw_invitation(TENANT, room.id, invitation, later(4))
        .unwrap();
    assert_eq!(
        confirm(place, &people[2], later(5)),
        Some(Confirmed::Invited(people[2].id))
    );
}

fn only_a_room_that_wants_registrations_takes_some(place: &Place) {
    let vault = &place.vault;
    let planned = |rules| room_with(place, rules);
    let register = |room: &Room, who: &Registrant| vault.register(room, who, NOW).unwrap();
    let closed = planned(rules(RoomRegistration::Closed));
    assert_eq!(register(&closed, &ada()), None);
    let anybody = planned(RoomRules {
        registration: RoomRegistration::Open,
        ..RoomRules::default()
    });
    assert_eq!(register(&anybody, &ada()), None);
    let open = planned(rules(RoomRegistration::Open));
    assert_eq!(register(&open, &who("Ada", "no address")), None);
    let found = asked(place, &open, &ada(), NOW);
    // One who registers for two rooms is two people to whoever reads the catalog.
    let other = planned(rules(RoomRegistration::Open));
    asked(place, &other, &ada(), NOW);
    let people = place
        .sql(&["SELECT DISTINCT person FROM room_registration"])
        .unwrap();
    assert_eq!(people.len(), 2);
    // It was closed before the mail was read.
    let shut = plan(rules(RoomRegistration::Closed));
    assert!(vault.change_room(TENANT, open.id, &shut, NOW).unwrap());
    assert_eq!(confirm(place, &found, later(1)), None);
    assert!(vault.room_invitations(TENANT, open.id).unwrap().is_empty());
}

fn the_end_of_a_room_takes_registrations_and_what_came_of_them(place: &Place) {
    let vault = &place.vault;
    let room = room(place, RoomRegistration::Open);
    let found = asked(place, &room, &ada(), NOW);
    confirm(place, &found, NOW).unwrap();
    let unconfirmed = asked(place, &room, &who("Bo", "bo@canary.example"), NOW);
    let invitee = Invitee {
        name: Pii::new("Cleo Canary".to_owned()),
        email: None,
        seat: InvitedSeat::Presenter,
    };
    let invited = vault.invite_to_room(TENANT, room.id, &invitee, NOW);
    let (invited, _) = invited.unwrap().unwrap();
    vault.note_room_opened(room.id, later(1)).unwrap();
    // As long as it goes on, people come.
    let (late, _) = vault
        .register(&room, &who("Dee", "dee@canary.example"), later(2))
        .unwrap()
        .unwrap();
    assert!(known(place, late).is_some());
    assert!(vault.note_room_ended(room.id, later(3)).unwrap());
    assert_eq!(count(place, "room_registration"), "0");
    assert_eq!(confirm(place, &unconfirmed, later(4)), None);
    let ended = vault.room(TENANT, room.id).unwrap().unwrap();
    assert_eq!(vault.register(&ended, &ada(), later(4)).unwrap(), None);
    // Also not with what somebody knew of the room before.
    assert_eq!(vault.register(&room, &ada(), later(4)).unwrap(), None);
    // Whom the organiser has invited is known until the room is removed.
    let left = vault.room_invitations(TENANT, room.id).unwrap();
    let left: Vec<_> = left.iter().map(|one| one.id).collect();
    assert_eq!(left, [invited.id]);

    let other = self::room(place, RoomRegistration::Approved);
    let found = asked(place, &other, &ada(), NOW);
    confirm(place, &found, NOW).unwrap();
    assert!(vault.remove_room(TENANT, other.id, NOW).unwrap());
    assert_eq!(count(place, "room_registration"), "0");
}

fn no_word_of_a_registration_lies_in_the_clear(place: &Place) {
    let vault = &place.vault;
    let room = room(place, RoomRegistration::Open);
    let found = asked(place, &room, &ada(), NOW);
    let other = asked(place, &room, &who("Bo Canary", "bo@canary.example"), NOW);
    confirm(place, &other, NOW).unwrap();
    let invited = known(place, other.id).unwrap();
    let mut backup = Vec::new();
    vault.back_up_catalog(&mut backup, NOW).unwrap();
    let secrets = [&found, &invited].map(|one| one.secret.clone().unwrap());
    let words = [
        "Canary",
        "canary",
        room.words.code.as_str(),
        secrets[0].expose(),
        secrets[1].expose(),
    ];
    let files = files_below(&place.home);
    let files = files.iter().map(|file| fs::read(file).unwrap());
    for bytes in files.chain([backup]) {
        for word in words {
            assert!(!contains(&bytes, word.as_bytes()));
        }
    }
    // Not even whoever prints one learns who it is.
    let printed = format!("{found:?} {invited:?}");
    assert!(!printed.contains("anary") && !printed.contains("scc_"));
    assert!(!printed.contains("sci_"), "{printed}");
}

fn words_of_registrations_survive_an_erasure_and_go_with_the_tenant(place: &Place) {
    let vault = &place.vault;
    let room = room(place, RoomRegistration::Approved);
    let found = asked(place, &room, &ada(), NOW);
    vault.shred_epoch(TENANT, NOW, &mut |_| ()).unwrap();
    assert_eq!(confirm(place, &found, NOW), Some(Confirmed::Waiting));
    let kept = known(place, found.id).unwrap();
    assert_eq!(kept.who.email.reveal(), "ada@canary.example");
    vault
        .erase(TENANT, &Selection::Tenant, TERMS, NOW, &|_| ())
        .unwrap();
    assert_eq!(count(place, "room_registration"), "0");
}

fn the_log_tells_what_became_of_a_registration(place: &Place) {
    let vault = &place.vault;
    let room = room(place, RoomRegistration::Approved);
    let waiting = |who: &Registrant| {
        let found = asked(place, &room, who, NOW);
        confirm(place, &found, NOW).unwrap();
        found.id
    };
    let approved = waiting(&ada());
    vault
        .approve_registration(TENANT, (room.id, approved), NOW)
        .unwrap();
    let refused = waiting(&who("Bo Canary", "bo@canary.example"));
    vault
        .refuse_registration(TENANT, (room.id, refused), true, NOW)
        .unwrap();
    // Nobody has confirmed it, so it is nobody's.
    asked(
        place,
        &room,
        &who("Cleo Canary", "cleo@canary.example"),
        NOW,
    );
    let records = vault.audit_records(None, None, 20).unwrap();
    let bodies: Vec<&str> = records
        .iter()
        .filter_map(|record| record.body.as_deref())
        .filter(|body| body.contains("\"room.registration\""))
        .collect();
    let wanted = [
        (approved, "confirmed"),
        (approved, "approved"),
        (refused, "confirmed"),
        (refused, "refused"),
    ];
    assert_eq!(bodies.len(), wanted.len(), "{bodies:?}");
    for (body, (id, change)) in bodies.iter().zip(wanted) {
        assert!(body.contains(&format!("\"{change}\"")), "{body}");
        assert!(body.contains(&id.to_string()), "{body}");
        assert!(body.contains(&room.id.to_string()), "{body}");
        assert!(!body.contains("anary"), "{body}");
    }
}

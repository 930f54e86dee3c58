//! What an erasure of somebody takes of rooms.

use scrim_policy::{Kind, Pii, SubjectText, TenantId};
use scrim_storage::{
    CatalogError, KeyedDigest,
    catalog::Selection,
    keyring::Kms,
    service::{Channel, InvitedSeat, Invitee, RoomRegistration},
    vault::HoldWords,
};

use super::registrations::{ada, asked, confirm, count, known, room, who};
use crate::{
    erasures::{certificate, erase},
    fixtures::{NOW, later},
    runs::{Place, catalog_error, on_both_databases},
};

on_both_databases!(
    whoever_is_erased_is_neither_registered_nor_invited_any_more,
    a_hold_on_everything_keeps_who_is_invited,
);

const TENANT: TenantId = TenantId::SINGLE;

fn person(place: &Place, email: &str) -> Selection {
    Selection::Person(vec![subject(place, email)])
}

fn subject(place: &Place, email: &str) -> KeyedDigest {
    place.vault.subject(&SubjectText::of_email(email).unwrap())
}

fn whoever_is_erased_is_neither_registered_nor_invited_any_more(place: &Place) {
    let vault = &place.vault;
    let room = room(place, RoomRegistration::Open);
    let hers = asked(place, &room, &ada(), NOW);
    confirm(place, &hers, NOW).unwrap();
    let way_in = known(place, hers.id).unwrap().secret.unwrap();
    let his = asked(place, &room, &who("Bo Canary", "bo@canary.example"), NOW);
    let invite = |name: &str, email: Option<&str>, at| {
        let invitee = Invitee {
            name: Pii::new(name.to_owned()),
            email: email.map(|email| Pii::new(email.to_owned())),
            seat: InvitedSeat::Attendee,
        };
        let invited = vault.invite_to_room(TENANT, room.id, &invitee, at);
        invited.unwrap().unwrap().0.id
    };
    let by_hand = invite("A. Canary", Some("Ada@Canary.example"), later(1));
    let named = invite("Ada Canary", None, later(2));
    let others = invite("Bo Canary", None, later(3));
    vault
        .withdraw_invitation(TENANT, room.id, by_hand, NOW)
        .unwrap();
    // A mail to her is on its way.
    let target = hers.id.to_string();
    vault
        .add_message(TENANT, (Channel::Mail, &target), &"a mail", NOW)
        .unwrap();

    let nobody = vault.plan_erasure(TENANT, &person(place, "eve@canary.example"));
    assert_eq!(nobody.unwrap_err().kind(), Kind::NotFound);
    let hers_all = person(place, "ADA@canary.example");
    let plan = vault.plan_erasure(TENANT, &hers_all).unwrap();
    assert_eq!(
        (
            plan.registrations,
            plan.invitations,
            plan.deleted,
            plan.withdrawn
        ),
        (1, 2, 0, 0)
    );
    let version = "SELECT CAST(key_version AS TEXT) FROM tenant_words";
    let before: u32 = place.sql(&[version]).unwrap()[0].parse().unwrap();
    let erasure = erase(vault, &hers_all).unwrap();

    assert!(known(place, hers.id).is_none());
    assert!(vault.room_invitation(&way_in).unwrap().is_none());
    let left = vault.room_invitations(TENANT, room.id).unwrap();
    let left: Vec<_> = left.iter().map(|one| one.id).collect();
    assert_eq!(left, [named, others], "no address, no match");
    assert_eq!(known(place, his.id).unwrap().who.name.reveal(), "Bo Canary");
    assert!(vault.messages_to(TENANT, &target).unwrap().is_empty());
    assert_eq!(count(place, "erasure_invited"), "0");
    // What an old copy of the catalog holds of her opens with no key that is left.
    let keys = vault.keyring().key_versions(TENANT).unwrap().unwrap();
    assert!(keys.oldest > before, "{keys:?}, {before}");

    let certificate = certificate(vault, &erasure);
    let counted: Vec<_> = certificate
        .places
        .iter()
        .map(|one| (one.place.as_str(), one.kind.as_str(), one.count))
        .collect();
    assert_eq!(
        counted,
        [("catalog", "invitation", 2), ("catalog", "registration", 1)]
    );
    assert_eq!(certificate.absence.ids_searched, 3);
    let text = vault.certificate(erasure.id).unwrap().to_json();
    let subject = subject(place, "ada@canary.example").to_string();
    assert!(!text.contains("anary") && !text.contains(&subject));

    // By name, the one who gave no address is found, and nobody else.
    let name = vault.subject(&SubjectText::of_name("CANARY, Ada").unwrap());
    let by_name = Selection::Person(vec![name]);
    let plan = vault.plan_erasure(TENANT, &by_name).unwrap();
    assert_eq!((plan.registrations, plan.invitations), (0, 1));
    erase(vault, &by_name).unwrap();
    assert!(erase(vault, &by_name).is_err(), "nobody is left");
    // Nothing hinders her from coming back.
    asked(place, &room, &ada(), later(3600));
}

fn a_hold_on_everything_keeps_who_is_invited(place: &Place) {
    let vault = &place.vault;
    let room = room(place, RoomRegistration::Approved);
    let found = asked(place, &room, &ada(), NOW);
    let words = HoldWords::new("a complaint", "dpo").unwrap();
    vault.place_hold(TENANT, None, &words, NOW).unwrap();
    let hers = person(place, "ada@canary.example");
    let refused = catalog_error(erase(vault, &hers));
    assert!(
        matches!(refused, CatalogError::OnHold { .. }),
        "{refused:?}"
    );
    let refused = vault.plan_erasure(TENANT, &hers).unwrap_err();
    assert_eq!(refused.kind(), Kind::Refused);
    assert!(known(place, found.id).is_some());
}

//! What participants have in hand: receipts, and their signatures.

use std::fs;

use scrim_policy::{ConsentId, ConsentPurpose, ConsentRule, ConsentState, RoomId, TenantId};
use scrim_storage::{
    Envelope, ProofError, Receipt,
    proof::Signer,
    service::{Answer, AnsweredBy, Consent, Respondent, Said},
};
use uuid::Uuid;

use crate::{
    fixtures::{NOW, later, workspace},
    runs::Place,
    service::consents::{notice, open_room, participant, said, say},
};

fn answer(purpose: ConsentPurpose, is_given: bool, at: i64, by: AnsweredBy) -> Answer {
    Answer {
        purpose,
        is_given,
        at_us: later(at).as_micros(),
        by,
        notice: 0,
    }
}

/// Somebody who said yes to the camera and the voice, no to the chat, and took the camera back
/// afterwards.
fn consent() -> Consent {
    let (room, link) = (AnsweredBy::Room, AnsweredBy::PersonalLink);
    Consent {
        id: ConsentId::from_uuid(Uuid::from_u128(1)),
        tenant: TenantId::SINGLE,
        room: RoomId::from_uuid(Uuid::from_u128(2)),
        said: Said {
            title: "Canary briefing".to_owned(),
            participants: vec![participant(3), participant(4)],
            notices: vec![notice(ConsentRule::Explicit)],
            answers: vec![
                answer(ConsentPurpose::Camera, true, 10, room),
                answer(ConsentPurpose::Voice, true, 11, room),
                answer(ConsentPurpose::Chat, false, 12, room),
                answer(ConsentPurpose::Camera, false, 86_400, link),
            ],
        },
        revision: 4,
        made_at: NOW,
        changed_at: later(86_400),
    }
}

#[test]
fn a_receipt_says_what_was_shown_and_answered() {
    let place = Place::new();
    let keyring = place.vault.keyring();
    let envelope = keyring.sign_receipt(&Receipt::of(&consent(), true));
    let (receipt, _) = envelope.verify_receipt(None).unwrap();
    // Each Scrim has a key of its own.
    let receipt = Receipt {
        public_key: None,
        ..receipt
    };
    let mut text = serde_json::to_string_pretty(&receipt).unwrap();
    text.push('\n');
    let path = workspace().join("docs/reference/receipt-example.json");
    if std::env::var_os("SCRIM_RENEW_GOLDEN").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == text,
        "docs/reference/receipt-example.json is out of date"
    );
}

#[test]
fn a_receipt_names_nobody_and_holds_no_link() {
    let place = Place::new();
    let room = open_room(&place);
    let yes = Some((ConsentPurpose::Camera, true));
    say(&place, room.id, 1, yes, 1);
    let consent = said(&place, room.id, 1);
    let json = place.vault.receipt(&consent).to_json();
    let link = place
        .vault
        .personal_link(room.id, Respondent::Guest(participant(1)));
    assert!(!json.contains("scp_") && !json.contains(&link.expose()[4..]));
    assert!(
        !json.contains("Canary briefing"),
        "the title is nobody's business"
    );
    assert!(json.contains(&participant(1).to_string()));
}

#[test]
fn a_receipt_is_the_same_until_something_else_is_said() {
    let place = Place::new();
    let room = open_room(&place);
    say(&place, room.id, 1, Some((ConsentPurpose::Camera, true)), 1);
    let receipt = || place.vault.receipt(&said(&place, room.id, 1)).to_json();
    let first = receipt();
    assert_eq!(first, receipt());
    say(&place, room.id, 1, Some((ConsentPurpose::Chat, true)), 2);
    assert_ne!(first, receipt());
}

#[test]
fn a_receipt_is_trusted_by_its_key_and_refused_when_changed() {
    let place = Place::new();
    let vault = &place.vault;
    let envelope = vault
        .keyring()
        .sign_receipt(&Receipt::of(&consent(), false));
    let json = envelope.to_json();
    let key = vault.keyring().public_key();
    let parsed = Envelope::parse(json.as_bytes()).unwrap();
    let (receipt, signer) = parsed.verify_receipt(Some(&key)).unwrap();
    assert!(matches!(signer, Signer::Trusted(_)));
    assert!(matches!(
        parsed.verify_receipt(None).unwrap().1,
        Signer::Unknown(_)
    ));
    let states: Vec<_> = receipt.records.iter().map(|record| record.state).collect();
    assert_eq!(
        states,
        [
            ConsentState::Withdrawn,
            ConsentState::Unknown,
            ConsentState::Given,
            ConsentState::Refused,
            ConsentState::Unknown,
        ]
    );
    let other = Place::new();
    let other = other.vault.keyring().public_key();
    assert!(matches!(
        parsed.verify_receipt(Some(&other)),
        Err(ProofError::Untrusted { .. })
    ));
    for (said, instead) in [("withdrawn", "given"), ("Canary", "Parrot")] {
        assert!(json.contains(said));
        let changed = json.replace(said, instead);
        let changed = Envelope::parse(changed.as_bytes()).unwrap();
        assert!(matches!(
            changed.verify_receipt(Some(&key)),
            Err(ProofError::WrongSignature)
        ));
    }
}

#[test]
fn whatever_else_is_signed_with_the_same_key_is_no_receipt() {
    let place = Place::new();
    let keyring = place.vault.keyring();
    let proof = keyring.sign_proof(&crate::proofs::proof());
    assert!(proof.verify_receipt(None).is_err());
    let receipt = keyring.sign_receipt(&Receipt::of(&consent(), true));
    assert!(receipt.verify(None).is_err());
    // A text that is not the one that was hashed.
    let mut forged = Receipt::of(&consent(), true);
    forged.records[0]
        .pii_processing
        .privacy_notice
        .text
        .push('!');
    let forged = keyring.sign_receipt(&forged);
    assert!(matches!(
        forged.verify_receipt(None),
        Err(ProofError::Malformed { .. })
    ));
}

#[test]
fn an_objection_is_one_only_where_people_were_informed() {
    let mut informed = consent();
    informed.said.notices = vec![notice(ConsentRule::Inform)];
    let receipt = Receipt::of(&informed, true);
    let [camera, screen, ..] = &receipt.records[..] else {
        panic!("a record for each purpose")
    };
    assert_eq!(camera.state, ConsentState::Objected);
    assert!(!camera.may_be_recorded);
    // Nothing was said, and whoever is informed is recorded.
    assert_eq!(screen.state, ConsentState::Unknown);
    assert!(screen.may_be_recorded);
    assert!(!screen.pii_processing.lawful_basis.starts_with("consent"));
}

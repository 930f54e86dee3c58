//! Accounts, sessions, tokens, invitations, links.

use scrim_policy::{AccountRole, AccountRoles, Actor, Permission, Permissions, TenantId};
use scrim_storage::{
    CatalogError, Timestamp, VaultError,
    service::{Bearer, BearerText, LinkState, NewLink, NewPassword},
};

use super::{PASSWORD, new_account, organiser};
use crate::{
    fixtures::{NOW, later, tenant},
    runs::{Place, on_both_databases},
};

on_both_databases!(
    an_account_is_found_by_its_address_and_opened_by_its_password,
    a_session_ends_when_it_should,
    a_token_may_what_it_says_until_it_is_over,
    an_invitation_is_good_once,
    a_link_is_good_until_it_is_not,
    deeds_are_those_of_whoever_does_them,
    what_was_sealed_is_read_after_an_erasure_and_not_with_the_old_key,
);

const MINUTE: i64 = 60_000_000;

fn after(minutes: i64) -> Timestamp {
    Timestamp::from_micros(NOW.as_micros() + minutes * MINUTE)
}

fn an_account_is_found_by_its_address_and_opened_by_its_password(place: &Place) {
    let vault = &place.vault;
    assert!(!vault.has_accounts().unwrap());
    assert_eq!(vault.tenants().unwrap(), []);
    let id = organiser(place);
    assert!(vault.has_accounts().unwrap());
    // Its words are under the keys of its tenant, which keys are moved and counted by.
    assert_eq!(vault.tenants().unwrap(), [TenantId::SINGLE]);
    // The same address, in whatever case.
    let again = new_account("ZBIGNIEW@canary.example ", AccountRole::Dpo);
    assert_eq!(vault.add_account(&again, NOW).unwrap(), None);

    let found = vault
        .authenticate("Zbigniew@Canary.Example", PASSWORD)
        .unwrap();
    let found = found.unwrap();
    assert_eq!((found.id, found.language.as_str()), (id, "pl"));
    assert_eq!(found.words.name.reveal(), "Zbigniew Canary");
    assert_eq!(found.roles, AccountRoles::of(&[AccountRole::Organiser]));
    for (address, password) in [
        ("zbigniew@canary.example", "another password"),
        ("nobody@canary.example", PASSWORD),
        ("", ""),
    ] {
        assert!(
            vault.authenticate(address, password).unwrap().is_none(),
            "{address}"
        );
    }
    assert!(vault.account(tenant(7), id).unwrap().is_none());

    let new = NewPassword::new("another horse battery".to_owned()).unwrap();
    vault.set_password(id, &new, NOW).unwrap();
    assert!(
        vault
            .authenticate("zbigniew@canary.example", PASSWORD)
            .unwrap()
            .is_none()
    );
    vault.set_account_disabled(id, true, NOW).unwrap();
    let disabled = vault.authenticate("zbigniew@canary.example", "another horse battery");
    assert!(disabled.unwrap().is_none());
    vault.set_account_disabled(id, false, NOW).unwrap();

    vault
        .connect_outside(id, ("https://login.example", "42"), NOW)
        .unwrap();
    let outside = vault
        .account_by_outside("https://login.example", "42")
        .unwrap();
    assert_eq!(outside.unwrap().id, id);
    assert!(
        vault
            .account_by_outside("https://login.example4", "2")
            .unwrap()
            .is_none()
    );

    // Nobody who reads the catalog learns who has an account.
    let mut backup = Vec::new();
    vault.back_up_catalog(&mut backup, NOW).unwrap();
    let text = String::from_utf8(backup).unwrap().to_lowercase();
    assert!(
        !text.contains("canary") && !text.contains("horse"),
        "{text}"
    );
}

fn a_session_ends_when_it_should(place: &Place) {
    let vault = &place.vault;
    let id = organiser(place);
    let begin = || vault.begin_session(id, "password", NOW).unwrap();
    let is_alive = |secret: &BearerText, at| vault.session(secret, at).unwrap().is_some();
    let secret = begin();
    assert_eq!(vault.session(&secret, NOW).unwrap().unwrap().id, id);
    // Used every hour, it lives for a week; unused, for half a day.
    for hour in 1..24 * 7 {
        assert!(is_alive(&secret, after(hour * 60)), "hour {hour}");
    }
    assert!(!is_alive(&secret, after(24 * 7 * 60)));
    let idle = begin();
    assert!(!is_alive(&idle, after(12 * 60 + 1)));

    let (one, two) = (begin(), begin());
    vault.end_session(&one).unwrap();
    assert!(!is_alive(&one, NOW) && is_alive(&two, NOW));
    vault.end_sessions(id).unwrap();
    assert!(!is_alive(&two, NOW));
    // Whoever changes the password throws everybody out, and so does whoever disables the account.
    let three = begin();
    let new = NewPassword::new("another horse battery".to_owned()).unwrap();
    vault.set_password(id, &new, NOW).unwrap();
    assert!(!is_alive(&three, NOW));
    let four = begin();
    vault.set_account_disabled(id, true, NOW).unwrap();
    assert!(!is_alive(&four, NOW));
    let forged = BearerText::parse(Bearer::Session, &format!("scs_{}", "A".repeat(43)));
    assert!(!is_alive(&forged.unwrap(), NOW));
}

fn a_token_may_what_it_says_until_it_is_over(place: &Place) {
    let vault = &place.vault;
    let id = organiser(place);
    let account = vault.account(TenantId::SINGLE, id).unwrap().unwrap();
    let scopes = Permissions::of(&[Permission::CatalogView]);
    let times = (NOW, after(60));
    let (token, secret) = vault
        .make_token(&account, "nightly", &scopes, times)
        .unwrap();
    let (used, may, whose) = vault.use_token(&secret, after(5)).unwrap().unwrap();
    assert_eq!((used, may, whose.id), (token, scopes, id));
    let listed = vault.tokens(&account).unwrap();
    assert_eq!(
        (listed[0].name.as_str(), listed[0].used_at),
        ("nightly", Some(after(5)))
    );
    assert!(vault.use_token(&secret, after(60)).unwrap().is_none());
    assert!(vault.revoke_token(id, token, NOW).unwrap());
    assert!(!vault.revoke_token(id, token, NOW).unwrap());
    assert!(vault.use_token(&secret, NOW).unwrap().is_none());
}

fn an_invitation_is_good_once(place: &Place) {
    let vault = &place.vault;
    let first = vault.invite(TenantId::SINGLE, None, NOW).unwrap();
    let second = vault.invite(TenantId::SINGLE, None, NOW).unwrap();
    // The newest counts.
    assert_eq!(vault.invited(&first, NOW).unwrap(), None);
    assert_eq!(
        vault.invited(&second, NOW).unwrap(),
        Some((TenantId::SINGLE, None))
    );
    assert_eq!(
        vault.invited(&second, later(3)).unwrap(),
        Some((TenantId::SINGLE, None))
    );
    assert_eq!(vault.invited(&second, after(3 * 24 * 60)).unwrap(), None);
    assert!(vault.take_invitation(&second).unwrap());
    assert!(!vault.take_invitation(&second).unwrap());
    let id = organiser(place);
    let own = vault.invite(TenantId::SINGLE, Some(id), NOW).unwrap();
    assert_eq!(
        vault.invited(&own, NOW).unwrap(),
        Some((TenantId::SINGLE, Some(id)))
    );
}

fn a_link_is_good_until_it_is_not(place: &Place) {
    let vault = &place.vault;
    let created_by = organiser(place);
    let claim = place.render("webinar");
    let outputs = place.outputs(&claim);
    vault.publish(&claim, &outputs, NOW).unwrap();
    let password = NewPassword::of_link("opensesame".to_owned()).unwrap();
    let link = |expires_at, most_uses| NewLink {
        recording: claim.recording(),
        label: "for the board",
        audience: "Members of the board",
        allows: "play txt",
        password: Some(&password),
        expires_at,
        most_uses,
        created_by,
    };
    let make = |link: &NewLink<'_>| vault.make_link(TenantId::SINGLE, link, NOW).unwrap();
    let (id, secret) = make(&link(after(60), Some(2)));
    let at = |time| vault.link(&secret, time).unwrap().unwrap();
    let found = at(NOW);
    assert_eq!(
        (found.state, found.label.as_str()),
        (LinkState::Good, "for the board")
    );
    assert!(found.is_password("opensesame") && !found.is_password("opensesam"));
    assert!(vault.use_link(&found, NOW).unwrap() && vault.use_link(&found, NOW).unwrap());
    assert_eq!(at(NOW).state, LinkState::UsedUp);
    assert!(!vault.use_link(&found, NOW).unwrap());
    assert_eq!(at(after(60)).state, LinkState::Expired);
    assert!(vault.revoke_link(TenantId::SINGLE, id, NOW).unwrap());
    assert!(!vault.revoke_link(TenantId::SINGLE, id, NOW).unwrap());
    assert_eq!(at(NOW).state, LinkState::Revoked);

    let (other, _) = make(&link(after(60), None));
    assert!(!vault.revoke_link(tenant(7), other, NOW).unwrap());
    assert_eq!(
        vault
            .links(tenant(7), claim.recording(), NOW)
            .unwrap()
            .len(),
        0
    );
    let listed = vault
        .links(TenantId::SINGLE, claim.recording(), NOW)
        .unwrap();
    assert_eq!(listed.len(), 2);
    let refused = vault
        .make_link(tenant(7), &link(after(60), None), NOW)
        .unwrap_err();
    assert!(
        matches!(
            refused,
            VaultError::Catalog(CatalogError::NoRecording { .. })
        ),
        "{refused:?}"
    );
}

fn deeds_are_those_of_whoever_does_them(place: &Place) {
    let id = organiser(place);
    let actor: Actor = format!("account:{id}").parse().unwrap();
    let hers = place.vault.acting_as(actor.clone());
    hers.begin_session(id, "password", NOW).unwrap();
    let records = place.vault.audit_records(None, None, 10).unwrap();
    let last = format!("{:?}", records.last().unwrap());
    assert!(
        last.contains("account.signed_in") && last.contains(actor.as_str()),
        "{last}"
    );
    let first = format!("{:?}", records[0]);
    assert!(
        first.contains("account.added") && first.contains("service"),
        "{first}"
    );
}

fn what_was_sealed_is_read_after_an_erasure_and_not_with_the_old_key(place: &Place) {
    let vault = &place.vault;
    let id = organiser(place);
    let claim = place.render("webinar");
    vault
        .set_title(TenantId::SINGLE, claim.recording(), "Board meeting")
        .unwrap();
    let policy = ("stage", "schema = 1\nname = \"stage\"\n");
    let (saved, version) = vault
        .save_policy(TenantId::SINGLE, None, policy, id, NOW)
        .unwrap()
        .unwrap();
    let key_row = "SELECT CAST(epoch AS TEXT) FROM tenant_words";
    assert_eq!(place.sql(&[key_row]).unwrap(), ["1"]);
    vault
        .shred_epoch(TenantId::SINGLE, NOW, &mut |_| ())
        .unwrap();
    assert_eq!(place.sql(&[key_row]).unwrap(), ["2"]);
    // Other processes see the new key as well.
    for vault in [vault, &vault.acting_as(Actor::SERVICE)] {
        let account = vault.account(TenantId::SINGLE, id).unwrap().unwrap();
        assert_eq!(account.words.address.reveal(), "zbigniew@canary.example");
        let title = vault.title(TenantId::SINGLE, claim.recording()).unwrap();
        assert_eq!(title.as_deref(), Some("Board meeting"));
        let kept = vault
            .saved_policy(TenantId::SINGLE, saved, Some(version))
            .unwrap();
        assert_eq!(kept.unwrap().text, policy.1);
    }
    // Words that were put into another row are none.
    let swap = "UPDATE recording_words SET words = (SELECT words FROM saved_policy)";
    place.sql(&[swap]).unwrap();
    vault
        .title(TenantId::SINGLE, claim.recording())
        .unwrap_err();
}

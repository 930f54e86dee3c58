//! What the service keeps: accounts and their secrets, links, jobs, rooms and who comes to them,
//! uploads, messages.

mod accounts;
pub(crate) mod consents;
mod erased_invited;
mod registrations;
mod rooms;
mod uploads;
mod work;

use scrim_policy::{AccountRole, AccountRoles, Pii, TenantId};
use scrim_storage::service::{AccountWords, NewAccount, NewPassword};

use crate::{fixtures::NOW, runs::Place};

pub(super) const PASSWORD: &str = "correct horse battery";

pub(super) fn new_account(address: &str, role: AccountRole) -> NewAccount<'_> {
    NewAccount {
        tenant: TenantId::SINGLE,
        words: AccountWords {
            name: Pii::new("Zbigniew Canary".to_owned()),
            address: Pii::new(address.to_owned()),
        },
        roles: AccountRoles::of(&[role]),
        language: "pl",
        password: Some(NewPassword::new(PASSWORD.to_owned()).unwrap()),
        outside: None,
    }
}

pub(super) fn organiser(place: &Place) -> scrim_policy::AccountId {
    let account = new_account("zbigniew@canary.example", AccountRole::Organiser);
    place.vault.add_account(&account, NOW).unwrap().unwrap()
}

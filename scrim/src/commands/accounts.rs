//! `scrim accounts`: who may sign in to the service.

use scrim_policy::{AccountRoles, Kind, Permissions, TenantId};
use scrim_storage::{
    Vault,
    service::{Account, NewAccount},
};
use serde_json::json;

use super::{Session, now};
use crate::{
    cli::{AccountsCommand, AddAccountArgs, TokenArgs},
    exit::Exit,
    failure::Failure,
    home::Home,
    serve::{account_language, account_words},
};

const TENANT: TenantId = TenantId::SINGLE;

pub(super) fn run(session: &Session, command: AccountsCommand) -> Result<Exit, Failure> {
    let home = session.home()?;
    let vault = home.vault()?;
    match command {
        AccountsCommand::Add(args) => add(session, &home, &vault, &args),
        AccountsCommand::Ls => {
            for account in vault.accounts(TENANT)? {
                print(session, &account);
            }
            Ok(Exit::Done)
        }
        AccountsCommand::Invite { email } => {
            let account = found(&vault, &email)?;
            invite(session, &home, &vault, &account)
        }
        AccountsCommand::Roles { email, roles } => {
            let account = found(&vault, &email)?;
            let roles: AccountRoles = roles.into_iter().collect();
            vault.set_account_roles(account.id, &roles, now())?;
            print(session, &found(&vault, &email)?);
            Ok(Exit::Done)
        }
        AccountsCommand::Disable { email } => set_disabled(session, &vault, &email, true),
        AccountsCommand::Enable { email } => set_disabled(session, &vault, &email, false),
        AccountsCommand::Token(args) => token(session, &vault, &args),
    }
}

fn found(vault: &Vault, email: &str) -> Result<Account, Failure> {
    let account = vault.account_by_address(email)?;
    account
        .filter(|account| account.tenant == TENANT)
        .ok_or_else(|| {
            Failure::words(Kind::NotFound, "there is no account with this address")
                .hint("`scrim accounts ls` lists all accounts")
        })
}

fn add(
    session: &Session,
    home: &Home,
    vault: &Vault,
    args: &AddAccountArgs,
) -> Result<Exit, Failure> {
    let account = NewAccount {
        tenant: TENANT,
        words: account_words(&args.name, &args.email)?,
        roles: args.roles.iter().copied().collect(),
        language: account_language(&args.language)?,
        password: None,
        outside: None,
    };
    if vault.add_account(&account, now())?.is_none() {
        return Err(Failure::words(
            Kind::Invalid,
            "there is an account with this address already",
        )
        .hint("`scrim accounts invite` prints where a new password is chosen"));
    }
    invite(session, home, vault, &found(vault, &args.email)?)
}

fn invite(
    session: &Session,
    home: &Home,
    vault: &Vault,
    account: &Account,
) -> Result<Exit, Failure> {
    let secret = vault.invite(TENANT, Some(account.id), now())?;
    let site = home.config()?.serve.settings(None)?.url();
    let url = format!("{site}/invite/{}", secret.expose());
    match session.json {
        true => println!(
            "{}",
            json!({"message_type": "invitation", "account": account.id, "url": url})
        ),
        false => println!(
            "{}  choose a password, within three days and once: {url}",
            account.id
        ),
    }
    Ok(Exit::Done)
}

fn set_disabled(
    session: &Session,
    vault: &Vault,
    email: &str,
    is_disabled: bool,
) -> Result<Exit, Failure> {
    let account = found(vault, email)?;
    vault.set_account_disabled(account.id, is_disabled, now())?;
    print(session, &found(vault, email)?);
    Ok(Exit::Done)
}

fn token(session: &Session, vault: &Vault, args: &TokenArgs) -> Result<Exit, Failure> {
    let account = found(vault, &args.email)?;
    let may = account.roles.permissions();
    let scopes = match args.scopes.as_slice() {
        [] => may.clone(),
        scopes => Permissions::of(scopes),
    };
    if !scopes.is_within(&may) {
        return Err(Failure::words(
            Kind::Refused,
            "a token may not do more than its account",
        ));
    }
    let expires_at = now().plus_days(args.days);
    let (id, secret) = vault.make_token(&account, &args.name, &scopes, (now(), expires_at))?;
    let secret = secret.expose();
    match session.json {
        true => println!(
            "{}",
            json!({"message_type": "token", "id": id, "token": secret})
        ),
        false => println!("{secret}"),
    }
    Ok(Exit::Done)
}

/// Names and addresses are shown to whoever may read the keyring anyway.
fn print(session: &Session, account: &Account) {
    let (name, email) = (account.words.name.reveal(), account.words.address.reveal());
    if session.json {
        let line = json!({
            "message_type": "account",
            "id": account.id,
            "name": name,
            "email": email,
            "roles": account.roles.to_string(),
            "language": account.language,
            "is_disabled": account.disabled_at.is_some(),
        });
        println!("{line}");
        return;
    }
    let state = if account.disabled_at.is_some() {
        "  disabled"
    } else {
        ""
    };
    println!("{}  {}  {name} <{email}>{state}", account.id, account.roles);
}

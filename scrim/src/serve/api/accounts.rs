//! Accounts.

use std::{net::IpAddr, time::Instant};

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use scrim_policy::{AccountId, AccountRole, AccountRoles, Permission, Pii};
use scrim_storage::service::{Account, AccountWords, NewAccount, NewPassword};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Checked, body::Part, parsed_id};
use crate::{
    limits::Subject,
    serve::{
        app::{App, now},
        identity::Caller,
        messages,
        peer::{self, Peer},
        problem::{Problem, ProblemBody},
    },
};

/// Languages of pages and messages.
pub(crate) const LANGUAGES: [&str; 5] = ["en", "pl", "de", "fr", "it"];

/// An account as it is shown to whoever may see it.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountBody {
    /// Id, `usr_…`.
    id: String,
    /// Name.
    name: String,
    /// E-mail address.
    email: String,
    /// Roles.
    roles: Vec<&'static str>,
    /// Language.
    language: String,
    /// When it was added.
    created_at: String,
    /// Whether nobody can sign in to it.
    is_disabled: bool,
    /// What it may do.
    permissions: Vec<&'static str>,
}

impl AccountBody {
    fn new(account: &Account) -> Self {
        Self {
            id: account.id.to_string(),
            name: account.words.name.reveal().clone(),
            email: account.words.address.reveal().clone(),
            roles: account.roles.iter().map(AccountRole::as_str).collect(),
            language: account.language.clone(),
            created_at: account.created_at.to_string(),
            is_disabled: account.disabled_at.is_some(),
            permissions: account
                .roles
                .permissions()
                .iter()
                .map(Permission::as_str)
                .collect(),
        }
    }
}

/// An account to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountToAdd {
    /// Name, up to 200 characters.
    name: String,
    /// E-mail address.
    email: String,
    /// Roles: organiser, editor, attendee, dpo, auditor, operator, administrator.
    roles: Vec<String>,
    /// Language: en, pl, de, fr or it.
    language: Option<String>,
}

/// An account that was added.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountAdded {
    /// Id.
    id: String,
    /// Where its owner chooses a password, within three days and once.
    invitation_url: String,
}

/// What changes of an account.
#[derive(Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub(crate) struct AccountChange {
    /// Its roles from now on.
    roles: Option<Vec<String>>,
    /// Whether nobody can sign in to it.
    is_disabled: Option<bool>,
}

/// A password to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The one until now.
    current: String,
    /// The one from now on: at least 15 characters.
    new: String,
}

/// The account that asks.
#[utoipa::path(get, path = "/api/v1/account", tag = "accounts", responses(
    (status = 200, body = AccountBody), (status = 401, body = ProblemBody)
))]
pub(crate) async fn me(caller: Caller) -> Json<AccountBody> {
    Json(AccountBody::new(&caller.account))
}

/// Changes the password of the account that asks. All its sessions end.
#[utoipa::path(post, path = "/api/v1/account/password", tag = "accounts",
    request_body = PasswordChange,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 415, body = ProblemBody))
)]
pub(crate) async fn change_password(
    State(app): State<App>,
    caller: Caller,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    Checked(change): Checked<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let new =
        NewPassword::new(change.new).map_err(|error| Problem::invalid("new", error.to_string()))?;
    let from = peer::client(&app, peer, &headers);
    match replace_password(&app, &caller, from, change.current, new).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::invalid("current", "this is not your password")),
    }
}

/// Changes a password, if the one until now is known. Whoever is wrong about it waits longer and longer,
/// as in signing in: a session or a token that was stolen is no place to guess it.
pub(crate) async fn replace_password(
    app: &App,
    caller: &Caller,
    from: IpAddr,
    current: String,
    new: NewPassword,
) -> Result<bool, Problem> {
    let address = caller.account.words.address.reveal().to_lowercase();
    let (account, from) = (Subject::account(&address), Subject::address(from));
    let admitted = app.guarded(|guard| guard.attempt(account, from, Instant::now()));
    if let Err(locked) = admitted {
        let refused = Problem::new(StatusCode::TOO_MANY_REQUESTS, locked.to_string());
        return Err(Problem {
            retry_after: Some(locked.wait.as_secs() + 1),
            ..refused.hint("wait as long as `Retry-After` says")
        });
    }
    let id = caller.id();
    let is_changed = app
        .act(caller, move |vault| {
            let known = vault.authenticate(&address, &current)?;
            if known.is_none_or(|account| account.id != id) {
                return Ok(false);
            }
            vault.set_password(id, &new, now())?;
            Ok(true)
        })
        .await?;
    if is_changed {
        app.guarded(|guard| guard.succeeded(&account, &from));
    }
    Ok(is_changed)
}

/// All accounts of the tenant.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "accounts", responses(
    (status = 200, body = Part<AccountBody>), (status = 401, body = ProblemBody),
    (status = 403, body = ProblemBody)
))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Part<AccountBody>>, Problem> {
    let tenant = caller.tenant();
    let accounts = app
        .act(&caller, move |vault| Ok(vault.accounts(tenant)?))
        .await?;
    Ok(Json(Part {
        entries: accounts.iter().map(AccountBody::new).collect(),
        next: None,
    }))
}

/// Adds an account. Its owner chooses the password.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "accounts", request_body = AccountToAdd,
    responses((status = 201, body = AccountAdded), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Checked(wanted): Checked<AccountToAdd>,
) -> Result<(StatusCode, Json<AccountAdded>), Problem> {
    let language = language(wanted.language.as_deref())?;
    let who = (wanted.name.as_str(), wanted.email.as_str());
    let (id, invitation_url) = add_to(&app, &caller, who, &wanted.roles, language).await?;
    let added = AccountAdded {
        id: id.to_string(),
        invitation_url,
    };
    Ok((StatusCode::CREATED, Json(added)))
}

/// Adds an account, and returns where its owner chooses a password.
pub(crate) async fn add_to(
    app: &App,
    caller: &Caller,
    (name, address): (&str, &str),
    role_words: &[String],
    language: &'static str,
) -> Result<(AccountId, String), Problem> {
    let words = words(name, address)?;
    let roles = roles(role_words)?;
    let tenant = caller.tenant();
    let url = app.settings.url();
    app.act(caller, move |vault| {
        let account = NewAccount {
            tenant,
            words,
            roles,
            language,
            password: None,
            outside: None,
        };
        let added = vault.add_account(&account, now())?;
        let id = added
            .ok_or_else(|| Problem::conflict("there is an account with this address already"))?;
        let secret = vault.invite(tenant, Some(id), now())?;
        Ok((id, format!("{url}/invite/{}", secret.expose())))
    })
    .await
}

/// Changes an account.
#[utoipa::path(patch, path = "/api/v1/accounts/{id}", tag = "accounts",
    params(("id" = String, Path, description = "Id, `usr_…`")), request_body = AccountChange,
    responses((status = 200, body = AccountBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Checked(wanted): Checked<AccountChange>,
) -> Result<Json<AccountBody>, Problem> {
    let id: AccountId = parsed_id(&id, "account")?;
    let new_roles = wanted.roles.as_deref().map(roles).transpose()?;
    let (tenant, has_new_roles) = (caller.tenant(), new_roles.is_some());
    if id == caller.id() {
        return Err(
            Problem::conflict("nobody changes their own roles").hint("ask another administrator")
        );
    }
    let account = app
        .act(&caller, move |vault| {
            let missing = || Problem::not_found("account");
            vault.account(tenant, id)?.ok_or_else(missing)?;
            if let Some(roles) = new_roles {
                vault.set_account_roles(id, &roles, now())?;
            }
            if let Some(is_disabled) = wanted.is_disabled {
                vault.set_account_disabled(id, is_disabled, now())?;
            }
            vault.account(tenant, id)?.ok_or_else(missing)
        })
        .await?;
    if has_new_roles && account.roles.has(AccountRole::Administrator) {
        messages::tell_soon(
            &app,
            tenant,
            messages::alert(messages::Alert::AdministratorAdded, "/admin/users"),
        );
    }
    Ok(Json(AccountBody::new(&account)))
}

/// Takes a name and an address that can be ones.
pub(crate) fn words(name: &str, address: &str) -> Result<AccountWords, Problem> {
    let name = text("name", name, 200)?;
    let address = text("email", address, 254)?;
    let is_address = address
        .split_once('@')
        .is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !host.contains('@'))
        && !address
            .chars()
            .any(|character| character.is_whitespace() || "<>,;\"".contains(character));
    if !is_address {
        return Err(Problem::invalid("email", "this is no e-mail address"));
    }
    Ok(AccountWords {
        name: Pii::new(name),
        address: Pii::new(address),
    })
}

/// Takes a text of one line, trimmed, with at least one and at most so many characters.
pub(crate) fn text(path: &str, text: &str, most: usize) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::invalid(path, "this is empty"));
    }
    if text.chars().count() > most {
        return Err(Problem::invalid(
            path,
            format!("this is longer than {most} characters"),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(Problem::invalid(path, "this has a control character in it"));
    }
    Ok(text.to_owned())
}

pub(crate) fn roles(words: &[String]) -> Result<AccountRoles, Problem> {
    let parse = |word: &String| {
        word.parse()
            .map_err(|error: scrim_policy::AccessWordError| {
                Problem::invalid("roles", error.to_string())
            })
    };
    let roles: AccountRoles = words.iter().map(parse).collect::<Result<_, _>>()?;
    if roles.is_empty() {
        return Err(Problem::invalid(
            "roles",
            "an account has at least one role",
        ));
    }
    Ok(roles)
}

pub(crate) fn language(word: Option<&str>) -> Result<&'static str, Problem> {
    let word = word.unwrap_or("en");
    let known = LANGUAGES.into_iter().find(|known| *known == word);
    known.ok_or_else(|| Problem::invalid("language", "the languages are en, pl, de, fr and it"))
}

//! Accounts of others, webhooks, and how the machine is doing.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use scrim_policy::{AccountId, AccountRole, WebhookId};
use scrim_storage::service::{Account, JobState as Standing};

use super::{
    super::{
        api,
        app::{App, now},
        identity::Caller,
        problem::Problem,
        texts::Texts,
        view::{
            Delivery, HealthLine, HealthPage, Place, UserLine, UserState, UsersPage, WebhookLine,
            WebhooksPage,
        },
    },
    entry,
    form::Form,
    frame::{self, Reader},
};

pub(crate) async fn users(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let page = users_page(&app, &reader, None, None).await?;
    Ok(reader.draw(&page))
}

async fn users_page(
    app: &App,
    reader: &Reader,
    invitation: Option<String>,
    error: Option<String>,
) -> Result<UsersPage, Problem> {
    let caller = reader.signed_in()?;
    let tenant = caller.tenant();
    let accounts = app
        .act(&caller, move |vault| Ok(vault.accounts(tenant)?))
        .await?;
    let line = |account: &Account| UserLine {
        id: account.id.to_string(),
        name: account.words.name.reveal().clone(),
        email: account.words.address.reveal().clone(),
        roles: account.roles.iter().map(AccountRole::as_str).collect(),
        state: match account {
            Account {
                disabled_at: Some(_),
                ..
            } => UserState::Disabled,
            Account {
                has_password: false,
                ..
            } => UserState::Invited,
            _ => UserState::Active,
        },
        seen_us: None,
        is_own: account.id == caller.id(),
    };
    Ok(UsersPage {
        frame: reader.frame(Some(Place::Users)),
        users: accounts.iter().map(line).collect(),
        invitation,
        error,
    })
}

pub(crate) async fn invite(
    State(app): State<App>,
    reader: Reader,
    form: Form,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let texts = Texts::of(reader.language);
    let added = api::add_account(
        &app,
        &caller,
        (form.text("name"), form.text("email")),
        &form.all("role"),
        reader.language.tag(),
    )
    .await;
    let (status, invitation, error) = match added {
        Ok((_, url)) => (StatusCode::OK, Some(url), None),
        Err(problem) if problem.status == StatusCode::CONFLICT => {
            (problem.status, None, Some(texts.say("error-email-taken")))
        }
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            (problem.status, None, Some(entry::wrong(&texts, &problem)))
        }
        Err(problem) => return Err(problem),
    };
    let page = users_page(&app, &reader, invitation, error).await?;
    Ok(reader.draw_as(status, &page))
}

/// Returns the id of an account of somebody else.
async fn of_others(app: &App, caller: &Caller, id: &str) -> Result<AccountId, Problem> {
    let id: AccountId = api::parsed_id(id, "account")?;
    if id == caller.id() {
        return Err(Problem::conflict("nobody changes their own roles"));
    }
    let tenant = caller.tenant();
    let found = app
        .act(caller, move |vault| Ok(vault.account(tenant, id)?))
        .await?;
    found
        .map(|account| account.id)
        .ok_or_else(|| Problem::not_found("account"))
}

pub(crate) async fn roles(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let id = of_others(&app, &caller, &id).await?;
    let roles = api::account_roles(&form.all("role"))?;
    app.act(&caller, move |vault| {
        Ok(vault.set_account_roles(id, &roles, now())?)
    })
    .await?;
    Ok(frame::done("/admin/users", "flash-saved"))
}

pub(crate) async fn disable(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    set_disabled(&app, &caller, &id, true).await
}

pub(crate) async fn enable(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    set_disabled(&app, &caller, &id, false).await
}

async fn set_disabled(
    app: &App,
    caller: &Caller,
    id: &str,
    is_disabled: bool,
) -> Result<Response, Problem> {
    let id = of_others(app, caller, id).await?;
    app.act(caller, move |vault| {
        Ok(vault.set_account_disabled(id, is_disabled, now())?)
    })
    .await?;
    Ok(frame::done("/admin/users", "flash-saved"))
}

pub(crate) async fn webhooks(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let page = webhooks_page(&app, &reader, None, None).await?;
    Ok(reader.draw(&page))
}

async fn webhooks_page(
    app: &App,
    reader: &Reader,
    secret: Option<String>,
    error: Option<String>,
) -> Result<WebhooksPage, Problem> {
    let caller = reader.signed_in()?;
    let tenant = caller.tenant();
    let webhooks = app
        .act(&caller, move |vault| Ok(vault.webhooks(tenant)?))
        .await?;
    let line = |webhook: scrim_storage::service::Webhook| WebhookLine {
        id: webhook.id.to_string(),
        url: webhook.words.url,
        events: webhook
            .events
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        delivery: match webhook.disabled_at {
            Some(_) => Delivery::GivenUp,
            None => Delivery::None,
        },
        delivered_us: webhook.disabled_at.map(|at| at.as_micros()),
        waiting: 0,
    };
    Ok(WebhooksPage {
        frame: reader.frame(Some(Place::Webhooks)),
        webhooks: webhooks.into_iter().map(line).collect(),
        events: api::EVENTS.map(str::to_owned).to_vec(),
        secret,
        error,
    })
}

pub(crate) async fn add_webhook(
    State(app): State<App>,
    reader: Reader,
    form: Form,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let texts = Texts::of(reader.language);
    let added = api::add_webhook(&app, &caller, form.text("url").trim(), &form.all("event")).await;
    let (status, secret, error) = match added {
        Ok((_, secret)) => (StatusCode::OK, Some(secret), None),
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            (problem.status, None, Some(entry::wrong(&texts, &problem)))
        }
        Err(problem) => return Err(problem),
    };
    let page = webhooks_page(&app, &reader, secret, error).await?;
    Ok(reader.draw_as(status, &page))
}

pub(crate) async fn remove_webhook(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: WebhookId = api::parsed_id(&id, "webhook")?;
    let tenant = caller.tenant();
    let gone = app
        .act(&caller, move |vault| {
            Ok(vault.forget_webhook(tenant, id, now())?)
        })
        .await?;
    match gone {
        true => Ok(frame::done("/admin/webhooks", "flash-saved")),
        false => Err(Problem::not_found("webhook")),
    }
}

pub(crate) async fn health(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let tenant = caller.tenant();
    let asked = app
        .act(&caller, move |vault| {
            let open = vault.jobs_open()?;
            let keys = vault.key_status().map(drop);
            let store = vault.storage_verdict(now()).map(drop);
            let is_whole = vault.verify_audit(&[])?.is_intact();
            let _ = tenant;
            Ok((open, keys, store, is_whole))
        })
        .await;
    let well = |what: &str, is_well: bool, detail: String| HealthLine {
        what: what.to_owned(),
        is_well,
        detail,
    };
    let mut lines = Vec::new();
    let mut open = Vec::new();
    match asked {
        Ok((jobs, keys, store, is_whole)) => {
            open = jobs;
            let said = |result: &Result<(), scrim_storage::VaultError>| match result {
                Ok(()) => String::new(),
                Err(error) => error.to_string(),
            };
            lines.push(well("catalog", true, String::new()));
            lines.push(well("keys", keys.is_ok(), said(&keys)));
            lines.push(well("store", store.is_ok(), said(&store)));
            lines.push(well("audit", is_whole, String::new()));
        }
        Err(problem) => lines.push(well("catalog", false, problem.detail)),
    }
    let count = |wanted: Standing| {
        let found = open.iter().find(|(state, _)| *state == wanted);
        found.map_or(0, |(_, count)| *count)
    };
    let disk = rustix::fs::statvfs(app.home.folder());
    Ok(reader.draw(&HealthPage {
        frame: reader.frame(Some(Place::Health)),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        since_us: app.started_at.as_micros(),
        lines,
        jobs_waiting: count(Standing::Waiting),
        jobs_running: count(Standing::Running),
        free_bytes: disk.map_or(0, |disk| disk.f_bavail * disk.f_frsize),
    }))
}

//! Accounts of others, webhooks, and how the machine is doing.

use std::time::Instant;

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use scrim_policy::{AccountId, AccountRole, WebhookId};
use scrim_storage::{
    Timestamp,
    service::{Account, JobState as Standing, MessageStanding, MessageState, Webhook},
};

use crate::limits::Subject;

use super::{
    super::{
        api,
        app::{App, now},
        identity::Caller,
        messages,
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
    let is_locked = |account: &Account| {
        let account = Subject::account(account.words.address.reveal());
        app.guarded(|guard| guard.is_locked(&account, Instant::now()))
    };
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
            _ if is_locked(account) => UserState::LockedOut,
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
    let is_administrator = roles.has(AccountRole::Administrator);
    app.act(&caller, move |vault| {
        Ok(vault.set_account_roles(id, &roles, now())?)
    })
    .await?;
    if is_administrator {
        let alert = messages::alert(messages::Alert::AdministratorAdded, "/admin/users");
        messages::tell_soon(&app, caller.tenant(), alert);
    }
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
        .act(&caller, move |vault| {
            let with_messages = |webhook: Webhook| {
                let messages = vault.messages_to(tenant, &webhook.id.to_string())?;
                Ok(webhook_line(webhook, &messages))
            };
            vault
                .webhooks(tenant)?
                .into_iter()
                .map(with_messages)
                .collect()
        })
        .await?;
    Ok(WebhooksPage {
        frame: reader.frame(Some(Place::Webhooks)),
        webhooks,
        events: api::EVENTS.map(str::to_owned).to_vec(),
        secret,
        error,
    })
}

fn webhook_line(webhook: Webhook, messages: &[MessageStanding]) -> WebhookLine {
    let last = messages.iter().find(|message| message.tries > 0);
    let (delivery, at) = match (webhook.disabled_at, last) {
        (Some(at), _) => (Delivery::GivenUp, Some(at)),
        (None, None) => (Delivery::None, None),
        (None, Some(message)) => match message.state {
            MessageState::Sent => (Delivery::Done, Some(message.at)),
            MessageState::Failed => (Delivery::GivenUp, Some(message.at)),
            MessageState::Waiting => (Delivery::Retrying, Some(message.at)),
        },
    };
    let is_waiting = |message: &&MessageStanding| message.state == MessageState::Waiting;
    WebhookLine {
        id: webhook.id.to_string(),
        url: webhook.words.url,
        events: webhook
            .events
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        delivery,
        delivered_us: at.map(Timestamp::as_micros),
        waiting: messages.iter().filter(is_waiting).count() as u64,
    }
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

//! Addresses that are told of events.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use scrim_policy::WebhookId;
use scrim_storage::service::{Webhook, WebhookWords};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Checked, body::Part, parsed_id};
use crate::{
    failure::Failure,
    notify::WebhookSecret,
    serve::{
        app::{App, now},
        identity::Caller,
        problem::{Problem, ProblemBody},
    },
};

/// Events that a webhook can be told of.
pub(crate) const EVENTS: [&str; 6] = [
    "recording.ready",
    "recording.held",
    "recording.failed",
    "recording.expiring",
    "recording.withdrawn",
    "security.alert",
];

/// An address that is told of events.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookBody {
    /// Id, `whk_…`.
    id: String,
    /// Address.
    url: String,
    /// Events that it is told of.
    events: Vec<String>,
    /// When it was added.
    created_at: String,
    /// Whether it is told of nothing, because it said that it is gone.
    is_disabled: bool,
}

/// An address to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookToAdd {
    /// Address: https.
    url: String,
    /// Events: recording.ready, recording.held, recording.failed,
    /// recording.expiring, recording.withdrawn, security.alert.
    events: Vec<String>,
}

/// An address that was added.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookAdded {
    /// Id.
    id: String,
    /// What messages are signed with. It is shown once.
    secret: String,
}

impl WebhookBody {
    fn new(webhook: &Webhook) -> Self {
        Self {
            id: webhook.id.to_string(),
            url: webhook.words.url.clone(),
            events: webhook
                .events
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            created_at: webhook.created_at.to_string(),
            is_disabled: webhook.disabled_at.is_some(),
        }
    }
}

/// All webhooks of the tenant.
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "webhooks", responses(
    (status = 200, body = Part<WebhookBody>), (status = 401, body = ProblemBody),
    (status = 403, body = ProblemBody)
))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Part<WebhookBody>>, Problem> {
    let tenant = caller.tenant();
    let webhooks = app
        .act(&caller, move |vault| Ok(vault.webhooks(tenant)?))
        .await?;
    Ok(Json(Part {
        entries: webhooks.iter().map(WebhookBody::new).collect(),
        next: None,
    }))
}

/// Adds an address.
#[utoipa::path(post, path = "/api/v1/webhooks", tag = "webhooks", request_body = WebhookToAdd,
    responses((status = 201, body = WebhookAdded), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Checked(wanted): Checked<WebhookToAdd>,
) -> Result<(StatusCode, Json<WebhookAdded>), Problem> {
    let (id, secret) = new(&app, &caller, &wanted.url, &wanted.events).await?;
    Ok((StatusCode::CREATED, Json(WebhookAdded { id, secret })))
}

/// Adds an address, and returns its id and what messages are signed with.
pub(crate) async fn new(
    app: &App,
    caller: &Caller,
    url: &str,
    events: &[String],
) -> Result<(String, String), Problem> {
    app.messenger
        .check(url)
        .map_err(|error| Problem::invalid("url", error.to_string()))?;
    if let Some(unknown) = events
        .iter()
        .find(|event| !EVENTS.contains(&event.as_str()))
    {
        let shown: String = unknown.chars().take(40).collect();
        let known = EVENTS.join(", ");
        return Err(Problem::invalid(
            "events",
            format!("`{shown}` is none of {known}"),
        ));
    }
    if events.is_empty() {
        return Err(Problem::invalid("events", "say of which events it is told"));
    }
    let (tenant, url, events) = (caller.tenant(), url.to_owned(), events.join(" "));
    app.act(caller, move |vault| {
        let secret = WebhookSecret::random().map_err(Failure::from)?.expose();
        let words = WebhookWords {
            url,
            secret: secret.clone(),
        };
        let id = vault.add_webhook(tenant, &words, &events, now())?;
        Ok((id.to_string(), secret))
    })
    .await
}

/// Takes an address away.
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}", tag = "webhooks",
    params(("id" = String, Path, description = "Id, `whk_…`")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody))
)]
pub(crate) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: WebhookId = parsed_id(&id, "webhook")?;
    let tenant = caller.tenant();
    match app
        .act(&caller, move |vault| {
            Ok(vault.forget_webhook(tenant, id, now())?)
        })
        .await?
    {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::not_found("webhook")),
    }
}

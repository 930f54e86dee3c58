//! Links for attendees.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use scrim_policy::{LinkId, RecordingId};
use scrim_storage::{
    RecordingState,
    service::{Link, LinkState, NewLink, NewPassword},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Checked, accounts::text, body::Part, parsed_id, recordings::owned};
use crate::serve::{
    app::{App, now},
    identity::Caller,
    problem::{Problem, ProblemBody},
};

/// What a link may allow.
pub(crate) const ALLOWED: [&str; 5] = ["play", "mp4", "txt", "vtt", "srt"];

/// The longest life of a link.
const MOST_DAYS: u32 = 366;

/// A link.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkBody {
    /// Id, `lnk_…`.
    id: String,
    /// What you call it.
    label: String,
    /// For whom it is.
    audience: String,
    /// Where it leads.
    url: String,
    /// What may be had: play, mp4, txt, vtt, srt.
    allows: Vec<String>,
    /// Whether a password is asked for.
    has_password: bool,
    /// When it was made.
    created_at: String,
    /// When it is over.
    expires_at: String,
    /// How often it may be opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    most_uses: Option<u64>,
    /// How often it was.
    uses: u64,
    /// good, expired, revoked or used_up.
    state: &'static str,
}

/// A link to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkToMake {
    /// What you call it, up to 100 characters.
    pub(crate) label: String,
    /// For whom it is, shown to whoever opens it.
    #[serde(default)]
    pub(crate) audience: String,
    /// What may be had: play, mp4, txt, vtt, srt.
    pub(crate) allows: Vec<String>,
    /// For how many days, up to 366.
    #[schema(minimum = 1, maximum = 366)]
    pub(crate) days: u32,
    /// A password of at least 6 characters.
    pub(crate) password: Option<String>,
    /// How often it may be opened.
    #[schema(minimum = 1)]
    pub(crate) most_uses: Option<u64>,
}

impl LinkBody {
    pub(crate) fn new(app: &App, link: &Link) -> Self {
        Self {
            id: link.id.to_string(),
            label: link.label.clone(),
            audience: link.audience.clone(),
            url: format!("{}/d/{}", app.settings.url(), link.secret.expose()),
            allows: link.allows.split_whitespace().map(str::to_owned).collect(),
            has_password: link.has_password,
            created_at: link.created_at.to_string(),
            expires_at: link.expires_at.to_string(),
            most_uses: link.most_uses,
            uses: link.uses,
            state: match link.state {
                LinkState::Good => "good",
                LinkState::Expired => "expired",
                LinkState::Revoked => "revoked",
                LinkState::UsedUp => "used_up",
            },
        }
    }
}

/// Links of a recording, newest first.
#[utoipa::path(get, path = "/api/v1/recordings/{id}/links", tag = "links",
    params(("id" = String, Path, description = "Id, `rec_…`")),
    responses((status = 200, body = Part<LinkBody>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Part<LinkBody>>, Problem> {
    let id: RecordingId = parsed_id(&id, "recording")?;
    let asking = caller.clone();
    let links = app
        .act(&caller, move |vault| {
            owned(vault, &asking, id)?;
            Ok(vault.links(asking.tenant(), id, now())?)
        })
        .await?;
    Ok(Json(Part {
        entries: links.iter().map(|link| LinkBody::new(&app, link)).collect(),
        next: None,
    }))
}

/// Makes a link to a recording. Until it is published, whoever opens it is told that it is not ready.
#[utoipa::path(post, path = "/api/v1/recordings/{id}/links", tag = "links",
    params(("id" = String, Path, description = "Id, `rec_…`")), request_body = LinkToMake,
    responses((status = 201, body = LinkBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn make(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Checked(wanted): Checked<LinkToMake>,
) -> Result<(StatusCode, Json<LinkBody>), Problem> {
    let id: RecordingId = parsed_id(&id, "recording")?;
    let link = new(&app, &caller, id, wanted).await?;
    Ok((StatusCode::CREATED, Json(LinkBody::new(&app, &link))))
}

/// Makes a link, if what is wanted of it makes sense.
pub(crate) async fn new(
    app: &App,
    caller: &Caller,
    id: RecordingId,
    wanted: LinkToMake,
) -> Result<Link, Problem> {
    let label = text("label", &wanted.label, 100)?;
    let audience = match wanted.audience.trim() {
        "" => String::new(),
        audience => text("audience", audience, 200)?,
    };
    let allows = allowed(&wanted.allows)?;
    if !(1..=MOST_DAYS).contains(&wanted.days) {
        return Err(Problem::invalid(
            "days",
            format!("a link lives 1 to {MOST_DAYS} days"),
        ));
    }
    if wanted.most_uses == Some(0) {
        return Err(Problem::invalid(
            "most_uses",
            "a link that may never be opened is of no use",
        ));
    }
    let password = wanted
        .password
        .filter(|password| !password.is_empty())
        .map(NewPassword::of_link)
        .transpose()
        .map_err(|error| Problem::invalid("password", error.to_string()))?;
    let asking = caller.clone();
    app.act(caller, move |vault| {
        // Nobody is led to an original. That is known before the audit log says that a link was made.
        if owned(vault, &asking, id)?.state == RecordingState::Original {
            return Err(Problem::not_found("recording"));
        }
        let link = NewLink {
            recording: id,
            label: &label,
            audience: &audience,
            allows: &allows,
            password: password.as_ref(),
            expires_at: now().plus_days(wanted.days),
            most_uses: wanted.most_uses,
            created_by: asking.id(),
        };
        let (_, secret) = vault.make_link(asking.tenant(), &link, now())?;
        vault
            .link(&secret, now())?
            .ok_or_else(|| Problem::not_found("link"))
    })
    .await
}

/// Takes a link back.
#[utoipa::path(delete, path = "/api/v1/links/{id}", tag = "links",
    params(("id" = String, Path, description = "Id, `lnk_…`")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody))
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: LinkId = parsed_id(&id, "link")?;
    let tenant = caller.tenant();
    let revoked = app
        .act(&caller, move |vault| {
            Ok(vault.revoke_link(tenant, id, now())?)
        })
        .await?;
    match revoked {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::not_found("link")),
    }
}

/// Takes what a link allows, in the one order.
fn allowed(words: &[String]) -> Result<String, Problem> {
    if let Some(unknown) = words.iter().find(|word| !ALLOWED.contains(&word.as_str())) {
        let shown: String = unknown.chars().take(20).collect();
        return Err(Problem::invalid(
            "allows",
            format!("`{shown}` is none of play, mp4, txt, vtt, srt"),
        ));
    }
    let in_order: Vec<_> = ALLOWED
        .into_iter()
        .filter(|known| words.iter().any(|word| word == known))
        .collect();
    match in_order.is_empty() {
        true => Err(Problem::invalid(
            "allows",
            "a link that allows nothing is of no use",
        )),
        false => Ok(in_order.join(" ")),
    }
}

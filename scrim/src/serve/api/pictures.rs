//! Pictures of an original, as it is and as a policy would show it.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use scrim_pipeline::{
    job::OriginalBytes,
    preview::{PreviewError, frame as source_frame, preview as cleared},
};
use scrim_policy::{Kind, Moment, Permission as May, Purpose, RecordingId, Roster};
use scrim_storage::{ArtefactKind, RecordingState, Vault};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    Checked,
    body::Asked,
    parsed_id, policies,
    recordings::{is_there, owned},
};
use crate::{
    failure::Failure,
    page,
    serve::{
        app::{App, now},
        identity::{Caller, SignedIn},
        problem::{Problem, ProblemBody},
    },
};

/// The longest side of a picture, in pixels.
const LONGEST_SIDE: u32 = 1280;

/// The largest report that is read.
pub(crate) const MOST_PAGE_BYTES: u64 = 64 << 20;

/// Which picture is wanted.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhichPicture {
    /// When, in seconds.
    at: f64,
}

/// A policy to look at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToPreview {
    /// The policy.
    policy: Value,
    /// When, in seconds.
    #[serde(default)]
    at: f64,
    /// Who took part: CSV with the columns name, email, role.
    #[serde(default)]
    roster: String,
}

/// A picture of an original as it is.
#[utoipa::path(get, path = "/api/v1/recordings/{id}/frame", tag = "recordings",
    params(("id" = String, Path, description = "Id of an original, `rec_…`"), WhichPicture),
    responses((status = 200, description = "The picture", content_type = "image/jpeg"),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn frame(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(which): Asked<WhichPicture>,
) -> Result<Response, Problem> {
    let id: RecordingId = parsed_id(&id, "recording")?;
    let at = moment(which.at)?;
    let asking = caller.clone();
    let jpeg = app
        .act(&caller, move |vault| {
            let source = original(vault, &asking, id)?;
            let still = source_frame(source, at, LONGEST_SIDE).map_err(refused)?;
            Ok(still.jpeg().map_err(Failure::from)?)
        })
        .await?;
    Ok(picture(jpeg))
}

/// The same picture as a policy would show it. Mistakes of the policy are said one by one.
#[utoipa::path(post, path = "/api/v1/recordings/{id}/preview", tag = "recordings",
    params(("id" = String, Path, description = "Id of an original, `rec_…`")), request_body = ToPreview,
    responses((status = 200, description = "The picture", content_type = "image/jpeg"),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn preview(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Checked(wanted): Checked<ToPreview>,
) -> Result<Response, Problem> {
    let id: RecordingId = parsed_id(&id, "recording")?;
    let at = moment(wanted.at)?;
    let (policy, _) = policies::understood(&wanted.policy)?;
    let roster = match wanted.roster.trim() {
        "" => Roster::default(),
        text => Roster::parse_csv(text)
            .map_err(|error| Problem::invalid("roster", Failure::from(error).whole_message()))?,
    };
    let asking = caller.clone();
    let jpeg = app
        .act(&caller, move |vault| {
            let source = original(vault, &asking, id)?;
            let shown = cleared(source, &policy, &roster, at).map_err(refused)?;
            let still = shown.after.scaled_to_fit(LONGEST_SIDE);
            Ok(still.jpeg().map_err(Failure::from)?)
        })
        .await?;
    Ok(picture(jpeg))
}

/// A picture of the leak report: what was there (`before`), or what is published (`after`).
#[utoipa::path(get, path = "/api/v1/recordings/{id}/stills/{number}/{side}", tag = "recordings",
    params(("id" = String, Path, description = "Id, `rec_…`"),
        ("number" = usize, Path, description = "Which pair, from 0"),
        ("side" = String, Path, description = "after, or before, which needs originals:view")),
    responses((status = 200, description = "The picture", content_type = "image/jpeg"),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody))
)]
pub(crate) async fn still(
    State(app): State<App>,
    caller: Caller,
    Path((id, number, side)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let id: RecordingId = parsed_id(&id, "recording")?;
    let number: usize = parsed_id(&number, "picture")?;
    let is_source = match side.as_str() {
        "before" => true,
        "after" => false,
        _ => return Err(Problem::not_found("picture")),
    };
    if is_source {
        may_see_source(&caller)?;
    }
    let asking = caller.clone();
    let jpeg = app
        .act(&caller, move |vault| {
            let row = owned(vault, &asking, id)?;
            let page = match vault.output(id, ArtefactKind::ReportHtml) {
                Ok(page) if is_there(row.state) => page,
                _ => return Err(Problem::not_found("picture")),
            };
            let page = vault.read_all(&page, MOST_PAGE_BYTES, Purpose::Get, now())?;
            let mut pairs = page::stills(&page).into_iter();
            let pair = pairs.nth(number);
            let pair = pair.ok_or_else(|| Problem::not_found("picture"))?;
            Ok(match is_source {
                true => pair.before,
                false => pair.after,
            })
        })
        .await?;
    Ok(picture(jpeg))
}

/// The report as a page has pictures of the source in it.
pub(crate) fn may_see_source(caller: &SignedIn) -> Result<(), Problem> {
    match caller.may(May::OriginalsView) {
        true => Ok(()),
        false => Err(Problem::new(
            StatusCode::FORBIDDEN,
            format!(
                "it shows what is hidden, and your account may not see that: it needs {}",
                May::OriginalsView
            ),
        )),
    }
}

fn original(vault: &Vault, caller: &SignedIn, id: RecordingId) -> Result<OriginalBytes, Problem> {
    let row = owned(vault, caller, id)?;
    if row.state != RecordingState::Original {
        return Err(Problem::not_found("original"));
    }
    Ok(OriginalBytes::open(vault, id)?)
}

fn refused(error: PreviewError) -> Problem {
    let is_about_policy = error.kind() == Kind::Refused;
    let failure = Failure::from(error);
    match is_about_policy {
        // What does not fit this picture is a mistake of the policy, to whoever is drawing it.
        true => Problem::invalid("policy", failure.whole_message()),
        false => failure.into(),
    }
}

fn moment(seconds: f64) -> Result<Moment, Problem> {
    match (0.0..=1e6).contains(&seconds) {
        true => Ok(Moment::from_seconds(seconds)),
        false => Err(Problem::invalid("at", "this is no moment of a recording")),
    }
}

fn picture(jpeg: Vec<u8>) -> Response {
    (
        [(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"))],
        jpeg,
    )
        .into_response()
}

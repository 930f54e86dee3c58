//! Pictures of an original, as it is and as a policy would show it.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use scrim_pipeline::{
    job::OriginalBytes,
    preview::{PreviewError, frame as source_frame, preview as cleared},
};
use scrim_policy::{Kind, Moment, RecordingId, Roster};
use scrim_storage::{RecordingState, Vault};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{Checked, body::Asked, parsed_id, policies, recordings::owned};
use crate::{
    failure::Failure,
    serve::{
        app::App,
        identity::{Caller, SignedIn},
        problem::{Problem, ProblemBody},
    },
};

/// The longest side of a picture, in pixels.
const LONGEST_SIDE: u32 = 1280;

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

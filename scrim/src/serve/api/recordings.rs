//! Recordings and originals.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, Method},
    response::Response,
};
use scrim_policy::{Permission as May, RecordingId, Tag};
use scrim_storage::{ArtefactKind, RecordingRow, RecordingState, Vault};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Checked, Listing,
    accounts::text,
    body::{Asked, Part},
    cursor, parsed_id,
    pictures::may_see_source,
};
use crate::serve::{
    app::App,
    files::{self, Manner},
    identity::{Caller, SignedIn},
    problem::{Problem, ProblemBody},
};

/// A recording, or an original.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecordingBody {
    /// Id, `rec_…`.
    pub(crate) id: String,
    /// What it is called, for whoever may see content.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    /// planned, rendering, ready, held, published, failed, withdrawn or original.
    pub(crate) state: &'static str,
    /// When it came to be.
    pub(crate) created_at: String,
    /// When it last changed.
    pub(crate) updated_at: String,
    /// Length in seconds, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration_s: Option<f64>,
    /// The original that it was made from, while there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) original: Option<String>,
    /// What its policy calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) policy_name: Option<String>,
    /// Why the last run gave up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<FailureBody>,
}

/// Why a run gave up.
#[derive(Serialize, ToSchema)]
pub(crate) struct FailureBody {
    /// invalid, not_found, refused, unavailable, damaged or internal.
    kind: String,
    /// The step that failed.
    stage: String,
}

/// A recording with what is kept of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecordingDetail {
    #[serde(flatten)]
    recording: RecordingBody,
    /// Words that retention rules go by.
    tags: Vec<String>,
    /// Files that can be had.
    files: Vec<FileBody>,
}

/// One file.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileBody {
    /// Its name in the path.
    name: &'static str,
    /// Length in bytes.
    bytes: u64,
}

/// Which recordings are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct RecordingListing {
    /// Only those in this state.
    state: Option<String>,
    /// What `next` said in the answer before.
    cursor: Option<String>,
    /// Most entries to answer with, up to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// What changes of a recording.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RecordingChange {
    /// What it is called from now on, up to 200 characters.
    title: Option<String>,
    /// Tags to add.
    add_tags: Vec<String>,
    /// Tags to take away.
    remove_tags: Vec<String>,
}

impl RecordingBody {
    pub(crate) fn new(row: &RecordingRow, title: Option<String>) -> Self {
        Self {
            id: row.id.to_string(),
            title,
            state: row.state.as_str(),
            created_at: row.created_at.to_string(),
            updated_at: row.updated_at.to_string(),
            duration_s: row.duration_ns.map(|duration| duration as f64 / 1e9),
            original: row.original.map(|original| original.to_string()),
            policy_name: row.policy_name.clone(),
            failure: row.failure.as_ref().map(|failure| FailureBody {
                kind: serde_json::to_value(failure.kind)
                    .ok()
                    .and_then(|kind| kind.as_str().map(str::to_owned))
                    .unwrap_or_default(),
                stage: failure.stage.clone(),
            }),
        }
    }
}

/// Returns a recording of the tenant that asks.
pub(crate) fn owned(
    vault: &Vault,
    caller: &SignedIn,
    id: RecordingId,
) -> Result<RecordingRow, Problem> {
    let row = vault.recording(id)?;
    row.filter(|row| row.tenant == caller.tenant())
        .ok_or_else(|| Problem::not_found("recording"))
}

/// Recordings and originals, newest first.
#[utoipa::path(get, path = "/api/v1/recordings", tag = "recordings", params(RecordingListing),
    responses((status = 200, body = Part<RecordingBody>), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(wanted): Asked<RecordingListing>,
) -> Result<Json<Part<RecordingBody>>, Problem> {
    let limit = Listing {
        cursor: None,
        limit: wanted.limit,
    }
    .limit()?;
    let from = cursor(wanted.cursor.as_deref())?;
    let state: Option<RecordingState> = wanted
        .state
        .as_deref()
        .map(|word| {
            word.parse()
                .map_err(|()| Problem::invalid("state", "there is no such state"))
        })
        .transpose()?;
    let tenant = caller.tenant();
    let sees_titles = caller.may(May::RecordingsView);
    let part = app
        .act(&caller, move |vault| {
            let page = match state {
                None => vault.recordings(tenant, from, limit)?,
                Some(state) => vault.recordings_in(tenant, state, from, limit)?,
            };
            let mut titles = match sees_titles {
                true => vault.titles(tenant)?,
                false => Default::default(),
            };
            let rows = page.recordings.iter();
            Ok(Part {
                entries: rows
                    .map(|row| RecordingBody::new(row, titles.remove(&row.id)))
                    .collect(),
                next: page.next.map(|next| next.to_string()),
            })
        })
        .await?;
    Ok(Json(part))
}

/// One recording.
#[utoipa::path(get, path = "/api/v1/recordings/{id}", tag = "recordings",
    params(("id" = String, Path, description = "Id, `rec_…`")),
    responses((status = 200, body = RecordingDetail), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<RecordingDetail>, Problem> {
    let id = parsed_id(&id, "recording")?;
    let asking = caller.clone();
    let detail = app
        .act(&caller, move |vault| detail(vault, &asking, id))
        .await?;
    Ok(Json(detail))
}

fn detail(vault: &Vault, caller: &SignedIn, id: RecordingId) -> Result<RecordingDetail, Problem> {
    let row = owned(vault, caller, id)?;
    let sees = caller.may(May::RecordingsView);
    let title = match sees {
        true => vault.title(row.tenant, id)?,
        false => None,
    };
    let mut files = Vec::new();
    if sees && is_there(row.state) {
        let sees_source = caller.may(May::OriginalsView);
        let shown = |kind: &ArtefactKind| sees_source || *kind != ArtefactKind::ReportHtml;
        for kind in ArtefactKind::PUBLISHED.into_iter().filter(shown) {
            if let (Ok(artefact), Some(name)) = (vault.output(id, kind), kind.file_name()) {
                let bytes = artefact.sealed.plaintext_bytes;
                files.push(FileBody { name, bytes });
            }
        }
    }
    Ok(RecordingDetail {
        recording: RecordingBody::new(&row, title),
        tags: vault.tags(id)?.iter().map(ToString::to_string).collect(),
        files,
    })
}

/// Whether anything of it is given to anybody.
pub(crate) const fn is_there(state: RecordingState) -> bool {
    matches!(
        state,
        RecordingState::Held | RecordingState::Ready | RecordingState::Published
    )
}

/// Changes title and tags.
#[utoipa::path(patch, path = "/api/v1/recordings/{id}", tag = "recordings",
    params(("id" = String, Path, description = "Id, `rec_…`")), request_body = RecordingChange,
    responses((status = 200, body = RecordingDetail), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Checked(change): Checked<RecordingChange>,
) -> Result<Json<RecordingDetail>, Problem> {
    let id = parsed_id(&id, "recording")?;
    let title = change
        .title
        .as_deref()
        .map(|title| text("title", title, 200))
        .transpose()?;
    let tags = |path: &str, words: &[String]| -> Result<Vec<Tag>, Problem> {
        let parse = |word: &String| {
            word.parse()
                .map_err(|_| Problem::invalid(path, "this is no tag: lower-case words with dashes"))
        };
        words.iter().map(parse).collect()
    };
    let add = tags("add_tags", &change.add_tags)?;
    let remove = tags("remove_tags", &change.remove_tags)?;
    let asking = caller.clone();
    let detail = app
        .act(&caller, move |vault| {
            let row = owned(vault, &asking, id)?;
            if let Some(title) = title {
                vault.set_title(row.tenant, id, &title)?;
            }
            if !add.is_empty() || !remove.is_empty() {
                vault.change_tags(id, &add, &remove)?;
            }
            detail(vault, &asking, id)
        })
        .await?;
    Ok(Json(detail))
}

/// A file of a recording, decrypted on the way, whole or a range of it.
#[utoipa::path(get, path = "/api/v1/recordings/{id}/files/{name}", tag = "recordings",
    params(("id" = String, Path, description = "Id, `rec_…`"),
        ("name" = String, Path, description = "recording.mp4, transcript.txt, report.json, proof.json …")),
    responses((status = 200, description = "The file", content_type = "*/*"),
        (status = 206, description = "The range", content_type = "*/*"),
        (status = 304, description = "It has not changed"),
        (status = 416, description = "There is no such range"),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody))
)]
pub(crate) async fn file(
    State(app): State<App>,
    caller: Caller,
    Path((id, name)): Path<(String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id: RecordingId = parsed_id(&id, "recording")?;
    let kind = file_kind(&name)?;
    if kind == ArtefactKind::ReportHtml {
        may_see_source(&caller)?;
    }
    let asking = caller.clone();
    let row = app
        .act(&caller, move |vault| {
            owned(vault, &asking, id)?;
            vault
                .output(id, kind)
                .map_err(|_| Problem::not_found("file"))
        })
        .await?;
    let actor = caller.actor();
    files::answer(&app, actor, row, &method, &headers, Manner::Inline).await
}

/// The kind of output that a name stands for.
pub(crate) fn file_kind(name: &str) -> Result<ArtefactKind, Problem> {
    let mut all = ArtefactKind::PUBLISHED.into_iter();
    all.find(|kind| kind.file_name() == Some(name))
        .ok_or_else(|| Problem::not_found("file"))
}

//! Reading, searching and correcting transcripts.

use axum::{
    Json,
    extract::{Path, State},
};
use scrim_pipeline::revise::{self, Edit, RevisionError, RevisionSpec};
use scrim_policy::{Pii, RecordingId};
use scrim_storage::{CatalogError, RecordingState, Vault, VaultError};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Checked, body::Asked, parsed_id, recordings::owned};
use crate::{
    page,
    serve::{
        app::App,
        identity::{Caller, SignedIn},
        problem::{Problem, ProblemBody, status_of},
    },
};

/// More cues than this are not changed at once.
const MOST_EDITS: usize = 5000;

/// What is looked for.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// Only cues with these words, in capitals or not.
    q: Option<String>,
}

/// A transcript.
#[derive(Serialize, ToSchema)]
pub(crate) struct TranscriptBody {
    /// How often it was changed. A change has to name it.
    revision: u64,
    /// Words that are shown together, in order.
    cues: Vec<CueBody>,
}

/// Words that are shown together.
#[derive(Serialize, ToSchema)]
pub(crate) struct CueBody {
    /// Which one, from 0.
    index: usize,
    /// When it begins, in milliseconds.
    start_ms: u64,
    /// When it ends.
    end_ms: u64,
    /// What the one who speaks is called, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker: Option<String>,
    /// What is said.
    text: String,
}

/// Changes to a transcript.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    /// The revision that was read.
    pub(crate) revision: u64,
    /// New words. An empty text takes the cue away.
    pub(crate) cues: Vec<Change>,
}

/// New words for a cue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    /// Which one, from 0.
    pub(crate) index: usize,
    /// What is said in it, up to 2,000 characters.
    pub(crate) text: String,
}

/// What a change came to.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangedBody {
    /// The revision now.
    revision: u64,
    /// State of the recording now.
    #[schema(value_type = String)]
    state: RecordingState,
    /// How many names, addresses and numbers were taken out of the new words.
    removed: usize,
}

/// Cues of a transcript, all of them or those with certain words.
#[utoipa::path(get, path = "/api/v1/recordings/{id}/transcript", tag = "transcripts",
    params(("id" = String, Path, description = "Id, `rec_…`"), Search),
    responses((status = 200, body = TranscriptBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(search): Asked<Search>,
) -> Result<Json<TranscriptBody>, Problem> {
    let id: RecordingId = parsed_id(&id, "recording")?;
    let asking = caller.clone();
    let (revision, cues) = app
        .act(&caller, move |vault| {
            owned(vault, &asking, id)?;
            revise::transcript(vault, id).map_err(refused)
        })
        .await?;
    let wanted = search.q.unwrap_or_default().to_lowercase();
    let body = |(index, cue): (usize, &revise::Cue)| CueBody {
        index,
        start_ms: cue.start_ms,
        end_ms: cue.end_ms,
        speaker: cue.speaker.clone(),
        text: cue.text.reveal().clone(),
    };
    let cues = cues
        .iter()
        .enumerate()
        .filter(|(_, cue)| cue.text.reveal().to_lowercase().contains(&wanted))
        .map(body)
        .collect();
    Ok(Json(TranscriptBody { revision, cues }))
}

/// Changes cues. New words are cleared, checked and proven like those that were heard: names become
/// initials, and a change that makes a check fail is refused.
#[utoipa::path(put, path = "/api/v1/recordings/{id}/transcript", tag = "transcripts",
    params(("id" = String, Path, description = "Id, `rec_…`")), request_body = Changes,
    responses((status = 200, body = ChangedBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Checked(changes): Checked<Changes>,
) -> Result<Json<ChangedBody>, Problem> {
    let id: RecordingId = parsed_id(&id, "recording")?;
    let asking = caller.clone();
    let changed = app
        .act(&caller, move |vault| apply(vault, &asking, id, changes))
        .await?;
    Ok(Json(changed))
}

/// Carries changes out.
pub(crate) fn apply(
    vault: &Vault,
    caller: &SignedIn,
    id: RecordingId,
    changes: Changes,
) -> Result<ChangedBody, Problem> {
    owned(vault, caller, id)?;
    if changes.cues.len() > MOST_EDITS {
        let most = format!("at most {MOST_EDITS} cues are changed at once");
        return Err(Problem::invalid("cues", most));
    }
    let edits: Vec<Edit> = changes
        .cues
        .into_iter()
        .map(|change| Edit {
            cue: change.index,
            text: Pii::new(change.text),
        })
        .collect();
    let spec = RevisionSpec {
        recording: id,
        based_on: changes.revision,
        edits: &edits,
        roster: None,
        report_page: &page::report,
        stills_of_page: &page::stills,
    };
    let revision = revise::revise(vault, &spec).map_err(refused)?;
    let removed = revision.removed;
    Ok(ChangedBody {
        revision: revision.revision,
        state: revision.state,
        removed: removed.names + removed.emails + removed.phones,
    })
}

/// Texts of the form of a page, one for each cue, as changes to what is there.
pub(crate) fn changes_of(
    vault: &Vault,
    id: RecordingId,
    revision: u64,
    texts: Vec<String>,
) -> Result<Changes, Problem> {
    let (_, cues) = revise::transcript(vault, id).map_err(refused)?;
    let cues = texts
        .into_iter()
        .enumerate()
        .filter(|(index, text)| cues.get(*index).is_none_or(|cue| cue.text.reveal() != text))
        .map(|(index, text)| Change { index, text })
        .collect();
    Ok(Changes { revision, cues })
}

fn refused(error: RevisionError) -> Problem {
    match error {
        RevisionError::Vault(VaultError::Catalog(stale @ CatalogError::StaleRevision { .. })) => {
            Problem::conflict(stale.to_string()).hint("read the transcript again")
        }
        RevisionError::Vault(error) => error.into(),
        error => Problem::new(status_of(error.kind()), error.to_string()),
    }
}

//! Recordings in files, as one ZIP that is written while it is taken.

use std::io::{self, Write};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use scrim_policy::{Permission as May, RecordingId};
use scrim_storage::{
    Vault,
    export::{About, ExportError, ExportPassword, ExportPlan, ExportSink, Selection, ZipSink},
};
use serde::Deserialize;
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::{Checked, recordings::owned};
use crate::{
    failure::Failure,
    serve::{
        app::{App, now},
        identity::Caller,
        problem::{Problem, ProblemBody},
    },
};

/// What files say about who wrote them.
const TOOL: &str = concat!("scrim ", env!("CARGO_PKG_VERSION"));

/// How much is sent at once, and how many such pieces wait for a client that is slow.
const PIECE: usize = 128 << 10;
const AHEAD: usize = 2;

/// Most recordings in one export.
const MOST_RECORDINGS: usize = 500;

/// An export to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportToMake {
    /// The recordings, 1 to 500.
    #[schema(min_items = 1, max_items = 500)]
    recordings: Vec<String>,
    /// Encrypts the ZIP file: 16 or more characters of printable ASCII.
    password: Option<String>,
    /// Whether those may be among them that nobody has published; it needs recordings:override.
    #[serde(default)]
    include_held: bool,
    /// Whether to add who took part and agreed to what, as CSV and XLSX: personal data; it needs
    /// consents:view and a password.
    #[serde(default)]
    with_attendance: bool,
    /// Whether to add report.html, which shows pictures of the source; it needs originals:view.
    #[serde(default)]
    with_report_page: bool,
}

/// Exports recordings in the clear, or behind a password, as a ZIP file.
///
/// The file is written while it is taken. One that breaks off has no index, and no program takes it
/// for whole.
#[utoipa::path(post, path = "/api/v1/exports", tag = "exports", request_body = ExportToMake,
    responses((status = 200, description = "A ZIP file", content_type = "application/zip"),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn make(
    State(app): State<App>,
    caller: Caller,
    Checked(wanted): Checked<ExportToMake>,
) -> Result<Response, Problem> {
    let needs = [
        (wanted.include_held, May::RecordingsOverride),
        (wanted.with_attendance, May::ConsentsView),
        (wanted.with_report_page, May::OriginalsView),
    ];
    for (is_wanted, permission) in needs {
        if is_wanted && !caller.may(permission) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                format!("your account may not export that, it needs {permission}"),
            ));
        }
    }
    let password = wanted.password.map(ExportPassword::new).transpose();
    let password =
        password.map_err(|error| Problem::invalid("password", Failure::from(error).message()))?;
    if wanted.with_attendance && password.is_none() {
        return Err(Problem::invalid(
            "password",
            "names and addresses are exported behind a password only",
        ));
    }
    if !(1..=MOST_RECORDINGS).contains(&wanted.recordings.len()) {
        return Err(Problem::invalid(
            "recordings",
            "an export holds 1 to 500 recordings",
        ));
    }
    let ids = wanted.recordings.iter().enumerate();
    let ids: Vec<RecordingId> = ids
        .map(|(at, text)| {
            let wrong =
                |_| Problem::invalid(&format!("recordings[{at}]"), "this is no id of a recording");
            text.parse().map_err(wrong)
        })
        .collect::<Result<_, _>>()?;
    let selection = Selection {
        recordings: ids,
        include_held: wanted.include_held,
        with_attendance: wanted.with_attendance,
        with_report_page: wanted.with_report_page,
    };
    let who = caller.clone();
    let (vault, plan) = app
        .act(&caller, move |vault| {
            for id in &selection.recordings {
                owned(vault, &who, *id)?;
            }
            let plan = vault.plan_export(&selection).map_err(explained)?;
            Ok((vault.clone(), plan))
        })
        .await?;
    let (sender, receiver) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let pieces = Pieces {
            sender: sender.clone(),
            piece: Vec::with_capacity(PIECE),
        };
        if let Err(error) = write(&vault, &plan, pieces, password) {
            let failure = Failure::from(error);
            tracing::warn!(error = %failure.whole_message(), "an export broke off");
            // Whoever takes it has to see that it is not whole. One that has gone does not.
            let _ = sender.blocking_send(Err(io::Error::other("the export broke off")));
        }
    });
    let body = Body::from_stream(stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece| (piece, receiver))
    }));
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"scrim-export.zip\"",
        ),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    Ok((headers, body).into_response())
}

fn write(
    vault: &Vault,
    plan: &ExportPlan,
    pieces: Pieces,
    password: Option<ExportPassword>,
) -> Result<(), ExportError> {
    let mut sink = Box::new(ZipSink::stream(Box::new(pieces), password));
    let about = About {
        tool: TOOL,
        now: now(),
    };
    plan.write(vault, sink.as_mut(), about, &|_| {})?;
    sink.finish()
}

fn explained(error: ExportError) -> Problem {
    match error {
        ExportError::NoRecording { .. } => Problem::not_found("recording"),
        ExportError::NotPublished { .. } => {
            Problem::conflict(error.to_string()).hint("publish it first, or ask for `include_held`")
        }
        error => Failure::from(error).into(),
    }
}

type Piece = Result<Bytes, io::Error>;

/// Sends what is written to whoever takes it, as fast as it is taken.
struct Pieces {
    sender: mpsc::Sender<Piece>,
    piece: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&bytes[..count]);
        if self.piece.len() == PIECE {
            self.flush()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        let sent = self.sender.blocking_send(Ok(piece.into()));
        sent.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

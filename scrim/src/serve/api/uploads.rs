//! Uploads by tus 1.0 (<https://tus.io/protocols/resumable-upload>): creation, termination, and pieces
//! that go on where the last one ended.

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http_body_util::BodyExt;
use scrim_policy::UploadId;
use scrim_storage::{
    ArtefactWriter,
    service::{Upload, UploadState},
};
use serde::Serialize;
use std::{io::Write, time::Duration};
use tokio::sync::mpsc;
use utoipa::ToSchema;

use super::parsed_id;
use crate::serve::{
    app::{App, blocking, now},
    identity::Caller,
    problem::{Problem, ProblemBody},
    work,
};

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const VERSION: HeaderName = HeaderName::from_static("tus-version");
const EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");

const ONE: HeaderValue = HeaderValue::from_static("1.0.0");
const OCTETS: &str = "application/offset+octet-stream";

/// A piece is sealed by itself once it is this long, so that an interruption loses nothing before it.
const PIECE_BYTES: u64 = 64 << 20;

/// How long nothing may arrive.
const SILENT: Duration = Duration::from_secs(60);

/// How far an upload is.
#[derive(Serialize, ToSchema)]
pub(crate) struct UploadBody {
    /// Id, `upl_…`.
    id: String,
    /// receiving, finishing, done or failed.
    state: HowFar,
    /// Length of the file.
    bytes: u64,
    /// How many bytes are there.
    received: u64,
    /// The original that it has become.
    #[serde(skip_serializing_if = "Option::is_none")]
    recording: Option<String>,
    /// Why it cannot become one: no_recording, damaged or refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// How far an upload is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum HowFar {
    Receiving,
    Finishing,
    Done,
    Failed,
}

impl UploadBody {
    fn new(upload: &Upload) -> Self {
        Self {
            id: upload.id.to_string(),
            state: match upload.state {
                UploadState::Receiving => HowFar::Receiving,
                UploadState::Finishing => HowFar::Finishing,
                UploadState::Done => HowFar::Done,
                UploadState::Failed => HowFar::Failed,
            },
            bytes: upload.bytes,
            received: upload.received,
            recording: upload.original.map(|original| original.to_string()),
            reason: upload.failure.clone(),
        }
    }
}

/// What the server offers of tus.
#[utoipa::path(options, path = "/api/v1/uploads", tag = "uploads",
    responses((status = 204, description = "The headers say it"))
)]
pub(crate) async fn options(State(app): State<App>) -> Response {
    let headers = [
        (RESUMABLE, ONE),
        (VERSION, ONE),
        (EXTENSION, HeaderValue::from_static("creation,termination")),
        (MAX_SIZE, HeaderValue::from(app.settings.most_upload_bytes)),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Begins an upload. `Upload-Metadata` may have a `title` or a `filename`, which is kept sealed.
#[utoipa::path(post, path = "/api/v1/uploads", tag = "uploads",
    params(("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Length" = u64, Header, description = "Length of the file in bytes"),
        ("Upload-Metadata" = Option<String>, Header, description = "title or filename, base64")),
    responses((status = 201, description = "`Location` is where the bytes go"),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 412, body = ProblemBody), (status = 413, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn begin(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    speaks_tus(&headers)?;
    let bytes = number(&headers, &LENGTH)?;
    if bytes == 0 {
        return Err(Problem::invalid("Upload-Length", "the file is empty"));
    }
    if bytes > app.settings.most_upload_bytes {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the file is larger than this server takes",
        )
        .hint(format!(
            "up to {} bytes are taken",
            app.settings.most_upload_bytes
        )));
    }
    let title = title(&headers)?;
    let whose = (caller.tenant(), caller.id());
    let upload = app
        .act(&caller, move |vault| {
            Ok(vault.begin_upload(whose, bytes, &title, now())?)
        })
        .await?;
    let place = format!("{}/api/v1/uploads/{}", app.settings.url(), upload.id);
    let place = HeaderValue::from_str(&place)
        .map_err(|_| Problem::invalid("url", "the address of this site cannot be a header"))?;
    let headers = [
        (RESUMABLE, ONE),
        (header::LOCATION, place),
        (OFFSET, HeaderValue::from(0)),
    ];
    Ok((StatusCode::CREATED, headers).into_response())
}

/// How many bytes of an upload are there.
#[utoipa::path(head, path = "/api/v1/uploads/{id}", tag = "uploads",
    params(("id" = String, Path, description = "Id, `upl_…`")),
    responses((status = 200, description = "`Upload-Offset` says it"), (status = 401), (status = 403),
        (status = 404))
)]
pub(crate) async fn head(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let upload = owned(&app, &caller, &id).await?;
    let headers = [
        (RESUMABLE, ONE),
        (OFFSET, HeaderValue::from(upload.received)),
        (LENGTH, HeaderValue::from(upload.bytes)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::OK, headers).into_response())
}

/// How far an upload is, and what has become of it.
#[utoipa::path(get, path = "/api/v1/uploads/{id}", tag = "uploads",
    params(("id" = String, Path, description = "Id, `upl_…`")),
    responses((status = 200, body = UploadBody), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<UploadBody>, Problem> {
    Ok(Json(UploadBody::new(&owned(&app, &caller, &id).await?)))
}

/// Takes the next bytes of an upload. What has arrived when the connection breaks is kept.
#[utoipa::path(patch, path = "/api/v1/uploads/{id}", tag = "uploads",
    params(("id" = String, Path, description = "Id, `upl_…`"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"),
        ("Upload-Offset" = u64, Header, description = "How many bytes are there already")),
    request_body(content_type = "application/offset+octet-stream", content = String),
    responses((status = 204, description = "`Upload-Offset` says how many bytes are there"),
        (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 412, body = ProblemBody), (status = 413, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody))
)]
pub(crate) async fn piece(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    speaks_tus(&headers)?;
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    if kind != Some(OCTETS) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("the body is not {OCTETS}"),
        ));
    }
    let offset = number(&headers, &OFFSET)?;
    let mut upload = owned(&app, &caller, &id).await?;
    if upload.state != UploadState::Receiving || offset != upload.received {
        return Err(
            Problem::conflict("these are not the next bytes of the upload")
                .hint("ask with HEAD how many are there"),
        );
    }
    let mut body = body;
    let mut is_ended = false;
    while !is_ended && upload.received < upload.bytes {
        let (next, ended) = take(&app, &caller, &upload, &mut body).await?;
        if let Some(metrics) = app.metrics.get() {
            metrics.uploaded(next.received.saturating_sub(upload.received));
        }
        upload = next;
        is_ended = ended;
    }
    if upload.state == UploadState::Finishing {
        let (app, upload) = (app.clone(), upload.clone());
        tokio::task::spawn_blocking(move || work::finish(&app, &upload));
    }
    let headers = [
        (RESUMABLE, ONE),
        (OFFSET, HeaderValue::from(upload.received)),
    ];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

/// Seals one piece of what arrives. Says whether nothing more comes.
async fn take(
    app: &App,
    caller: &Caller,
    upload: &Upload,
    body: &mut Body,
) -> Result<(Upload, bool), Problem> {
    let (sender, mut receiver) = mpsc::channel::<axum::body::Bytes>(4);
    let vault = app.vault.acting_as(caller.actor());
    let of = upload.clone();
    let sealing = tokio::task::spawn_blocking(move || -> Result<Option<Upload>, Problem> {
        let mut writer = vault.next_piece(&of, now())?;
        while let Some(bytes) = receiver.blocking_recv() {
            writer.write_all(&bytes).map_err(ArtefactWriter::explain)?;
        }
        if writer.bytes() == 0 {
            return Ok(Some(of));
        }
        Ok(writer.finish(now())?)
    });
    let left = upload.bytes - upload.received;
    let mut taken = 0;
    let mut is_ended = true;
    let mut is_too_long = false;
    loop {
        // Whoever is slow keeps a thread; whoever is silent does not.
        let Ok(Some(Ok(frame))) = tokio::time::timeout(SILENT, body.frame()).await else {
            break;
        };
        let Ok(bytes) = frame.into_data() else {
            continue;
        };
        taken += bytes.len() as u64;
        if taken > left {
            is_too_long = true;
            break;
        }
        if sender.send(bytes).await.is_err() {
            break;
        }
        if taken >= PIECE_BYTES {
            is_ended = false;
            break;
        }
    }
    drop(sender);
    let sealed = match sealing.await {
        Ok(sealed) => sealed?,
        Err(error) => return Err(Problem::panicked(&error)),
    };
    if is_too_long {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "there are more bytes than were announced",
        ));
    }
    let next = sealed.ok_or_else(|| {
        Problem::conflict("another request has sent these bytes")
            .hint("ask with HEAD how many are there")
    })?;
    Ok((next, is_ended))
}

/// Gives an upload up. An original that it has become stays.
#[utoipa::path(delete, path = "/api/v1/uploads/{id}", tag = "uploads",
    params(("id" = String, Path, description = "Id, `upl_…`"),
        ("Tus-Resumable" = String, Header, description = "1.0.0")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
        (status = 412, body = ProblemBody))
)]
pub(crate) async fn forget(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    speaks_tus(&headers)?;
    let upload = owned(&app, &caller, &id).await?;
    if upload.state == UploadState::Finishing {
        return Err(Problem::conflict(
            "the upload is becoming an original just now",
        ));
    }
    app.act(&caller, move |vault| Ok(vault.forget_upload(&upload)?))
        .await?;
    Ok((StatusCode::NO_CONTENT, [(RESUMABLE, ONE)]).into_response())
}

/// Returns an upload of whoever asks: nobody goes on with that of somebody else.
async fn owned(app: &App, caller: &Caller, id: &str) -> Result<Upload, Problem> {
    let id: UploadId = parsed_id(id, "upload")?;
    let (tenant, account) = (caller.tenant(), caller.id());
    let found = blocking({
        let vault = app.vault.clone();
        move || Ok(vault.upload(tenant, id)?)
    })
    .await?;
    found
        .filter(|upload| upload.account == account)
        .ok_or_else(|| Problem::not_found("upload"))
}

fn speaks_tus(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(RESUMABLE) {
        Some(version) if version == ONE => Ok(()),
        _ => Err(Problem::new(
            StatusCode::PRECONDITION_FAILED,
            "this server speaks tus 1.0.0",
        )
        .hint("send `Tus-Resumable: 1.0.0`")),
    }
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, Problem> {
    let text = headers.get(name).and_then(|value| value.to_str().ok());
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| Problem::invalid(name.as_str(), "this is no number of bytes"))
}

/// `title`, or else the name of the file, from `key base64,key base64`.
fn title(headers: &HeaderMap) -> Result<String, Problem> {
    let Some(text) = headers.get(METADATA) else {
        return Ok("Recording".to_owned());
    };
    let wrong = || Problem::invalid("Upload-Metadata", "this is not `key base64,key base64`");
    let text = text.to_str().map_err(|_| wrong())?;
    let mut found = None;
    for pair in text
        .split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
    {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        if !matches!(key, "title" | "filename") {
            continue;
        }
        let bytes = STANDARD.decode(value).map_err(|_| wrong())?;
        let value = String::from_utf8(bytes).map_err(|_| wrong())?;
        if key == "title" || found.is_none() {
            found = Some(value);
        }
    }
    let flat: String = found
        .unwrap_or_default()
        .chars()
        .filter(|character| !character.is_control())
        .take(200)
        .collect();
    let flat = flat.trim();
    Ok(if flat.is_empty() {
        "Recording".to_owned()
    } else {
        flat.to_owned()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_title_is_read_from_metadata() {
        let of = |text: &str| {
            let headers = HeaderMap::from_iter([(METADATA, HeaderValue::from_str(text).unwrap())]);
            title(&headers)
        };
        assert_eq!(of("filename d2ViaW5hci5tcDQ=").unwrap(), "webinar.mp4");
        assert_eq!(
            of("filename d2ViaW5hci5tcDQ=,title Qm9hcmQ=").unwrap(),
            "Board"
        );
        assert_eq!(of("title Qm9hcmQ=, is_secret").unwrap(), "Board");
        assert_eq!(of("title").unwrap(), "Recording");
        assert_eq!(title(&HeaderMap::new()).unwrap(), "Recording");
        for text in ["title ***", "title /w=="] {
            assert!(of(text).is_err(), "{text}");
        }
    }
}

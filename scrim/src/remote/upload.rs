//! Uploads by tus 1.0, which go on where they were interrupted.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
    thread,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use scrim_policy::{Kind, RecordingId};
use scrim_storage::export::Transferred;
use serde::Deserialize;
use ureq::{
    Body,
    http::{Method, Response},
};

use super::client::{Client, refusal};
use crate::{failure::Failure, transfer::TransferMeter};

/// How much is sent in one request. What is interrupted is sent again from what has arrived.
const PIECE: usize = 16 << 20;

/// How often an upload is taken up without any byte having arrived in between.
const TRIES: u32 = 6;

/// How often is asked whether the file has become an original.
const ASK_EVERY: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
struct Standing {
    state: String,
    recording: Option<RecordingId>,
    reason: Option<String>,
}

/// Uploads a file and returns the original that it has become.
pub(super) fn upload(client: &Client, path: &Path, json: bool) -> Result<RecordingId, Failure> {
    let unread = |error| Failure::file("read", path, error);
    let mut file = File::open(path).map_err(unread)?;
    let total = file.metadata().map_err(unread)?.len();
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let metadata = format!("filename {}", STANDARD.encode(name.unwrap_or_default()));
    let length = total.to_string();
    let headers = [
        ("tus-resumable", "1.0.0"),
        ("upload-length", length.as_str()),
        ("upload-metadata", metadata.as_str()),
    ];
    // An upload that was begun twice is an empty one too many, which the server forgets.
    let begun = client.answer(&Method::POST, "/api/v1/uploads", &headers, &[])?;
    let place = place_of(&begun)?;
    let meter = TransferMeter::new(json, "upload");
    let sent = send(client, &place, (&mut file, path), total, &meter);
    meter.clear();
    sent?;
    loop {
        let standing: Standing = client.get(&place)?;
        match (standing.state.as_str(), standing.recording) {
            ("done", Some(original)) => return Ok(original),
            ("failed", _) => {
                let reason = standing.reason.unwrap_or_default();
                let words = match reason.as_str() {
                    "no_recording" => "the file is no recording that Scrim can read",
                    "damaged" => "the file is damaged",
                    "refused" => "the server does not take the file: its scanner found something",
                    _ => "the server does not take the file",
                };
                return Err(Failure::words(Kind::Invalid, words).about(path.display()));
            }
            _ => thread::sleep(ASK_EVERY),
        }
    }
}

/// The path of an upload. The server may be known by another name than the one it says.
fn place_of(begun: &Response<Body>) -> Result<String, Failure> {
    let place = begun.headers().get("location");
    let place = place
        .and_then(|place| place.to_str().ok())
        .unwrap_or_default();
    let path = place
        .find("/api/v1/uploads/")
        .map(|at| place[at..].to_owned());
    path.ok_or_else(|| Failure::words(Kind::Internal, "the server says no place for an upload"))
}

fn send(
    client: &Client,
    place: &str,
    (file, path): (&mut File, &Path),
    total: u64,
    meter: &TransferMeter,
) -> Result<(), Failure> {
    let (mut offset, mut failed) = (0, 0);
    let mut piece = Vec::with_capacity(PIECE);
    while offset < total {
        piece.clear();
        let unread = |error| Failure::file("read", path, error);
        file.seek(SeekFrom::Start(offset)).map_err(unread)?;
        let taken = file.take(PIECE as u64).read_to_end(&mut piece);
        if taken.map_err(unread)? == 0 {
            return Err(
                Failure::words(Kind::Invalid, "the file became shorter").about(path.display())
            );
        }
        let said = offset.to_string();
        let headers = [
            ("tus-resumable", "1.0.0"),
            ("upload-offset", said.as_str()),
            ("content-type", "application/offset+octet-stream"),
        ];
        let arrived = match client.once(&Method::PATCH, place, &headers, &piece) {
            Ok(response) if response.status().is_success() => offset_of(&response),
            // Somebody else's bytes, or those of a request that was taken for lost.
            Ok(response) if matches!(response.status().as_u16(), 409 | 429 | 500..) => None,
            Ok(response) => return Err(refusal(response)),
            Err(_) => None,
        };
        let before = offset;
        offset = match arrived {
            Some(offset) => offset,
            None => {
                thread::sleep(Duration::from_secs(1 << failed));
                let head =
                    client.answer(&Method::HEAD, place, &[("tus-resumable", "1.0.0")], &[])?;
                offset_of(&head).unwrap_or(offset)
            }
        };
        failed = if offset > before { 0 } else { failed + 1 };
        if failed == TRIES {
            let words = format!("the upload does not get beyond {offset} of {total} bytes");
            return Err(Failure::words(Kind::Unavailable, words).about(path.display()));
        }
        meter.show(Transferred {
            done: offset,
            total,
        });
    }
    Ok(())
}

fn offset_of(response: &Response<Body>) -> Option<u64> {
    let offset = response.headers().get("upload-offset")?;
    offset.to_str().ok()?.parse().ok()
}

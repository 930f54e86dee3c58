//! Artefacts on their way to somebody: decrypted while they are read, whole or in part.

use std::io::{self, Read, Seek, SeekFrom};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use scrim_policy::{Actor, Purpose};
use scrim_storage::{ArtefactKind, ArtefactReader, catalog::ArtefactRow};
use tokio::task::JoinHandle;

use super::{
    app::{App, blocking, now},
    problem::Problem,
};
use crate::metrics::Extent;

/// How much is read at once.
const PIECE: usize = 128 << 10;

/// Whether a browser shows it or keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Inline,
    Attachment,
}

/// What a range header asks for, of something with so many bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part {
        from: u64,
        until: u64,
    },
    /// Nothing of it is there.
    Nowhere,
}

/// Answers with an artefact, or the part of it that was asked for. It is read for `actor`.
pub(crate) async fn answer(
    app: &App,
    actor: Actor,
    row: ArtefactRow,
    method: &Method,
    asked: &HeaderMap,
    manner: Manner,
) -> Result<Response, Problem> {
    let bytes = row.sealed.plaintext_bytes;
    let etag = etag(&row);
    let mut headers = HeaderMap::new();
    headers.insert(header::ETAG, etag.clone());
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(content_type(row.kind)),
    );
    headers.insert(header::CONTENT_DISPOSITION, disposition(row.kind, manner));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    let text = |name| {
        asked
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    if text(header::IF_NONE_MATCH).is_some_and(|tags| matches(tags, &etag)) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    // A part of something else is no part of this.
    let is_same = text(header::IF_RANGE).is_none_or(|tag| tag.as_bytes() == etag.as_bytes());
    let range = text(header::RANGE).filter(|_| is_same);
    let (status, from, until) = match range.map_or(Wanted::Whole, |range| wanted(range, bytes)) {
        Wanted::Whole => (StatusCode::OK, 0, bytes),
        Wanted::Part { from, until } => {
            let last = until - 1;
            headers.insert(
                header::CONTENT_RANGE,
                text_value(format!("bytes {from}-{last}/{bytes}")),
            );
            (StatusCode::PARTIAL_CONTENT, from, until)
        }
        Wanted::Nowhere => {
            headers.insert(
                header::CONTENT_RANGE,
                text_value(format!("bytes */{bytes}")),
            );
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
    };
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(until - from));
    if *method == Method::HEAD || until == from {
        return Ok((status, headers).into_response());
    }
    let extent = match status {
        StatusCode::PARTIAL_CONTENT => Extent::Range,
        _ => Extent::Whole,
    };
    let body = stream(app, actor, row, from, until).await?;
    if let Some(metrics) = app.metrics.get() {
        metrics.download(extent);
    }
    Ok((status, headers, body).into_response())
}

/// What of an artefact is still to be read, and what reads it.
struct Part {
    reader: ArtefactReader,
    left: u64,
}

/// A piece, and what comes after it.
type Taken = io::Result<(Bytes, Option<Part>)>;

impl Part {
    /// Reads the next piece.
    fn take(mut self) -> Taken {
        let mut piece = vec![0; PIECE.min(usize::try_from(self.left).unwrap_or(PIECE))];
        let count = self.reader.read(&mut piece)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        piece.truncate(count);
        self.left -= count as u64;
        let more = self.left > 0;
        Ok((piece.into(), more.then_some(self)))
    }

    /// Reads the next piece on a thread that does nothing else meanwhile.
    fn take_aside(self) -> JoinHandle<Taken> {
        tokio::task::spawn_blocking(|| self.take())
    }
}

/// Reads a part piece by piece, one ahead of what is sent.
///
/// > **Whoever is slow holds memory, never a thread.** A piece that was read waits here, however long,
/// > and the one after it is read once it was taken.
async fn stream(
    app: &App,
    actor: Actor,
    row: ArtefactRow,
    from: u64,
    until: u64,
) -> Result<Body, Problem> {
    let vault = app.vault.acting_as(actor);
    // The first piece is read before anything is answered: what cannot be opened is an error then.
    let (first, rest) = blocking(move || {
        let mut reader = vault.open_artefact(&row, Purpose::Get, now())?;
        let failed = |error| Problem::from(scrim_storage::ArtefactWriter::explain(error));
        reader.seek(SeekFrom::Start(from)).map_err(failed)?;
        let left = until - from;
        Part { reader, left }.take().map_err(failed)
    })
    .await?;
    let rest = stream::unfold(rest.map(Part::take_aside), |reading| async move {
        let taken = match reading?.await {
            Ok(taken) => taken,
            Err(error) => Err(io::Error::other(error)),
        };
        Some(match taken {
            Ok((piece, rest)) => (Ok(piece), rest.map(Part::take_aside)),
            Err(error) => (Err(error), None),
        })
    });
    let app = app.clone();
    let pieces = stream::iter([Ok::<_, io::Error>(first)]).chain(rest);
    Ok(Body::from_stream(pieces.inspect(move |piece| {
        if let (Ok(piece), Some(metrics)) = (piece, app.metrics.get()) {
            metrics.downloaded(piece.len() as u64);
        }
    })))
}

/// The hash of what is sealed tells one artefact from another, and nothing about what is in it.
fn etag(row: &ArtefactRow) -> HeaderValue {
    let hash = row.sealed.ciphertext_sha256.to_string();
    text_value(format!("\"{}\"", &hash[..32]))
}

fn text_value(text: String) -> HeaderValue {
    HeaderValue::from_str(&text).expect("numbers and hashes are letters and digits")
}

fn matches(tags: &str, etag: &HeaderValue) -> bool {
    let mut all = tags.split(',').map(str::trim);
    all.any(|tag| tag == "*" || tag.trim_start_matches("W/").as_bytes() == etag.as_bytes())
}

/// Understands one range. Of several, or of another unit, all is sent, which RFC 9110 allows.
fn wanted(range: &str, bytes: u64) -> Wanted {
    let Some(list) = range.strip_prefix("bytes=") else {
        return Wanted::Whole;
    };
    let Some((first, last)) = list.split_once('-').filter(|_| !list.contains(',')) else {
        return Wanted::Whole;
    };
    let number = |text: &str| -> Option<Option<u64>> {
        match text.trim() {
            "" => Some(None),
            text if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(Some(text.parse().unwrap_or(u64::MAX)))
            }
            _ => None,
        }
    };
    let (from, until) = match (number(first), number(last)) {
        (Some(Some(from)), Some(last)) => {
            if last.is_some_and(|last| last < from) {
                return Wanted::Whole;
            }
            let until = last.map_or(bytes, |last| last.saturating_add(1).min(bytes));
            (from, until)
        }
        (Some(None), Some(Some(count))) => (bytes.saturating_sub(count), bytes),
        _ => return Wanted::Whole,
    };
    match from < until {
        true => Wanted::Part { from, until },
        false => Wanted::Nowhere,
    }
}

pub(crate) const fn content_type(kind: ArtefactKind) -> &'static str {
    match kind {
        ArtefactKind::Recording => "video/mp4",
        ArtefactKind::TranscriptTxt => "text/plain; charset=utf-8",
        ArtefactKind::TranscriptVtt => "text/vtt; charset=utf-8",
        ArtefactKind::TranscriptSrt => "application/x-subrip; charset=utf-8",
        ArtefactKind::ReportHtml => "text/html; charset=utf-8",
        ArtefactKind::TranscriptJson
        | ArtefactKind::ReportJson
        | ArtefactKind::Proof
        | ArtefactKind::ImportProof => "application/json",
        _ => "application/octet-stream",
    }
}

fn disposition(kind: ArtefactKind, manner: Manner) -> HeaderValue {
    let name = kind.file_name().unwrap_or("artefact");
    // A page that came from a job is kept by a browser and never run as one of ours.
    let word = match (manner, kind) {
        (Manner::Attachment, _) | (_, ArtefactKind::ReportHtml) => "attachment",
        (Manner::Inline, _) => "inline",
    };
    text_value(format!("{word}; filename=\"{name}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_understood_as_rfc_9110_says() {
        let part = |from, until| Wanted::Part { from, until };
        for (range, expected) in [
            ("bytes=0-0", part(0, 1)),
            ("bytes=0-", part(0, 100)),
            ("bytes=10-19", part(10, 20)),
            ("bytes=90-1000", part(90, 100)),
            ("bytes=-10", part(90, 100)),
            ("bytes=-1000", part(0, 100)),
            ("bytes=99-99999999999999999999999", part(99, 100)),
            ("bytes=100-", Wanted::Nowhere),
            ("bytes=-0", Wanted::Nowhere),
            ("bytes=20-10", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("items=0-1", Wanted::Whole),
            ("", Wanted::Whole),
        ] {
            assert_eq!(wanted(range, 100), expected, "{range}");
        }
        assert_eq!(wanted("bytes=0-", 0), Wanted::Nowhere);
    }

    #[test]
    fn tags_are_compared_whole() {
        let etag = HeaderValue::from_static("\"abc\"");
        for tags in ["\"abc\"", "\"x\", \"abc\"", "W/\"abc\"", "*"] {
            assert!(matches(tags, &etag), "{tags}");
        }
        for tags in ["", "abc", "\"ab\"", "\"abcd\""] {
            assert!(!matches(tags, &etag), "{tags}");
        }
    }
}

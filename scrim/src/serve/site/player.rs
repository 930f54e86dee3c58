//! What whoever has a link sees.

use std::time::Instant;

use axum::{
    Extension,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use scrim_policy::{Actor, Purpose};
use scrim_storage::{ArtefactKind, Vault, service::Link};
use serde::Deserialize;

use super::{
    super::{
        app::{App, now},
        cues::{self, Cue},
        peer::{self, Peer},
        problem::Problem,
        shared::{self, Closed},
        view::{
            ClosedReason, CueLine, Download, LinkClosedPage, LinkPasswordPage, Media, PlayerPage,
            Turn,
        },
    },
    form::Form,
    frame::Reader,
};
use crate::limits::Subject;

/// The largest transcript that a page shows.
const MOST_BYTES: u64 = 32 << 20;

/// What the report of a recording says about its shape.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Shape {
    output: Option<[u32; 2]>,
    transcript: Option<Spoken>,
}

#[derive(Deserialize)]
struct Spoken {
    languages: Vec<String>,
}

/// What there is behind a link.
struct Behind {
    link: Link,
    title: String,
    seconds: f64,
    shape: Shape,
    cues: Vec<Cue>,
    bytes: Vec<(ArtefactKind, u64)>,
}

pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let secret = match shared::secret(&text) {
        Ok(secret) => secret,
        Err(closed) => return Ok(draw_closed(&reader, closed, None)),
    };
    let (asked, headers) = (secret.clone(), reader.headers.clone());
    let (has_pass, link) = app
        .ask(move |vault| {
            let has_pass = shared::has_pass(vault, &asked, &headers);
            Ok((has_pass, shared::link(vault, &asked, has_pass)?))
        })
        .await?;
    let link = match link {
        Ok(link) => link,
        Err(closed) => return Ok(draw_closed(&reader, closed, None)),
    };
    let ends = link.expires_at.as_micros();
    let checked = link.clone();
    let open = app
        .ask(move |vault| shared::is_open(vault, &checked))
        .await?;
    if let Err(closed) = open {
        return Ok(draw_closed(&reader, closed, Some(ends)));
    }
    if link.has_password && !has_pass {
        return Ok(reader.draw(&password_page(&reader, &text, false, None)));
    }
    // Reloading the page is no second use.
    if !has_pass && !used(&app, &link).await? {
        return Ok(draw_closed(&reader, Closed::UsedUp, Some(ends)));
    }
    let behind = app.ask(move |vault| behind(vault, link)).await?;
    let mut response = reader.draw(&page(&reader, &text, behind));
    let pass = shared::pass_cookie(&app, &secret);
    response.headers_mut().append(header::SET_COOKIE, pass);
    Ok(response)
}

async fn used(app: &App, link: &Link) -> Result<bool, Problem> {
    let link = link.clone();
    app.ask(move |vault| {
        let actor = format!("link:{}", link.id)
            .parse()
            .unwrap_or(Actor::SERVICE);
        Ok(vault.acting_as(actor).use_link(&link, now())?)
    })
    .await
}

fn behind(vault: &Vault, link: Link) -> Result<Behind, Problem> {
    let actor = format!("link:{}", link.id)
        .parse()
        .unwrap_or(Actor::SERVICE);
    let theirs = vault.acting_as(actor);
    let row = vault.recording(link.recording)?;
    let mut bytes = Vec::new();
    for kind in [
        ArtefactKind::Recording,
        ArtefactKind::TranscriptTxt,
        ArtefactKind::TranscriptVtt,
        ArtefactKind::TranscriptSrt,
    ] {
        if let Ok(artefact) = vault.output(link.recording, kind) {
            bytes.push((kind, artefact.sealed.plaintext_bytes));
        }
    }
    let vtt = match vault.output(link.recording, ArtefactKind::TranscriptVtt) {
        Ok(artefact) => theirs.read_all(&artefact, MOST_BYTES, Purpose::Get, now())?,
        Err(_) => Vec::new(),
    };
    // The page takes two facts from it. Whoever has the link gets nothing of it, and the audit log
    // does not say so.
    let report = match vault.output(link.recording, ArtefactKind::ReportJson) {
        Ok(artefact) => vault.read_all(&artefact, MOST_BYTES, Purpose::Process, now())?,
        Err(_) => Vec::new(),
    };
    Ok(Behind {
        title: vault
            .title(link.tenant, link.recording)?
            .unwrap_or_default(),
        seconds: row
            .and_then(|row| row.duration_ns)
            .map_or(0.0, |ns| ns as f64 / 1e9),
        shape: serde_json::from_slice(&report).unwrap_or_default(),
        cues: cues::read(&String::from_utf8_lossy(&vtt)),
        bytes,
        link,
    })
}

fn page(reader: &Reader, text: &str, behind: Behind) -> PlayerPage {
    let base = format!("/d/{text}");
    let allows = |word: &str| {
        behind
            .link
            .allows
            .split_whitespace()
            .any(|allowed| allowed == word)
    };
    let formats = [
        ("mp4", ArtefactKind::Recording),
        ("txt", ArtefactKind::TranscriptTxt),
        ("vtt", ArtefactKind::TranscriptVtt),
        ("srt", ArtefactKind::TranscriptSrt),
    ];
    let downloads = formats
        .into_iter()
        .filter(|(format, _)| allows(format))
        .filter_map(|(format, kind)| {
            let (_, bytes) = behind.bytes.iter().find(|(known, _)| *known == kind)?;
            let name = kind.file_name()?;
            Some(Download {
                href: format!("{base}/{name}?download"),
                format,
                bytes: Some(*bytes),
            })
        });
    let has_captions = !behind.cues.is_empty();
    let spoken = behind.shape.transcript.as_ref();
    let language = spoken.and_then(|spoken| spoken.languages.first().cloned());
    let language = language.unwrap_or_default();
    PlayerPage {
        frame: reader.frame(None),
        media: Media {
            video: format!("{base}/recording.mp4"),
            captions: has_captions.then(|| format!("{base}/transcript.vtt")),
            captions_language: language.clone(),
            has_picture: behind.shape.output.is_some(),
        },
        downloads: downloads.collect(),
        title: behind.title,
        seconds: behind.seconds,
        valid_until_us: behind.link.expires_at.as_micros(),
        turns: turns(behind.cues),
        language,
    }
}

/// Puts what one person says until somebody else speaks together.
fn turns(cues: Vec<Cue>) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for cue in cues {
        let line = CueLine {
            start: cue.start,
            end: cue.end,
            text: cue.text,
        };
        match turns.last_mut() {
            Some(turn) if turn.speaker == cue.speaker => turn.cues.push(line),
            _ => turns.push(Turn {
                speaker: cue.speaker,
                cues: vec![line],
            }),
        }
    }
    turns
}

pub(crate) async fn open(
    State(app): State<App>,
    reader: Reader,
    Extension(peer): Extension<Peer>,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let secret = match shared::secret(&text) {
        Ok(secret) => secret,
        Err(closed) => return Ok(draw_closed(&reader, closed, None)),
    };
    let asked = secret.clone();
    let link = match app
        .ask(move |vault| shared::link(vault, &asked, false))
        .await?
    {
        Ok(link) => link,
        Err(closed) => return Ok(draw_closed(&reader, closed, None)),
    };
    let of_link = Subject::account(&link.id.to_string());
    let address = Subject::address(peer::client(&app, peer, &reader.headers));
    let tried = app.guarded(|guard| guard.attempt(of_link, address, Instant::now()));
    if let Err(locked) = tried {
        let seconds = locked.wait.as_secs() + 1;
        let page = password_page(&reader, &text, true, Some(seconds));
        let mut response = reader.draw_as(StatusCode::TOO_MANY_REQUESTS, &page);
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
        return Ok(response);
    }
    let password = form.text("password").to_owned();
    let checked = link.clone();
    let is_right = app.ask(move |_| Ok(checked.is_password(&password))).await?;
    if !is_right {
        let page = password_page(&reader, &text, true, None);
        return Ok(reader.draw_as(StatusCode::UNAUTHORIZED, &page));
    }
    app.guarded(|guard| guard.succeeded(&of_link, &address));
    if !used(&app, &link).await? {
        return Ok(draw_closed(&reader, Closed::UsedUp, None));
    }
    let mut response = Redirect::to(&format!("/d/{text}")).into_response();
    let pass = shared::pass_cookie(&app, &secret);
    response.headers_mut().append(header::SET_COOKIE, pass);
    Ok(response)
}

fn password_page(
    reader: &Reader,
    text: &str,
    is_wrong: bool,
    wait_seconds: Option<u64>,
) -> LinkPasswordPage {
    LinkPasswordPage {
        frame: reader.frame(None),
        action: format!("/d/{text}"),
        is_wrong,
        wait_seconds,
    }
}

fn draw_closed(reader: &Reader, closed: Closed, ended_us: Option<i64>) -> Response {
    let page = LinkClosedPage {
        frame: reader.frame(None),
        reason: match closed {
            Closed::Unknown => ClosedReason::Unknown,
            Closed::Expired => ClosedReason::Expired,
            Closed::Revoked => ClosedReason::Revoked,
            Closed::Gone => ClosedReason::NoAccess,
            Closed::UsedUp => ClosedReason::UsedUp,
            Closed::NotReady => ClosedReason::NotReady,
        },
        ended_us: ended_us.filter(|_| closed == Closed::Expired),
        contact: String::new(),
    };
    reader.draw_as(closed.status(), &page)
}

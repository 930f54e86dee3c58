//! What whoever has a link gets: `/d/{secret}`.
//!
//! > **A link is asked again with every request.** Opening it counts one use and gives the browser a
//! > pass for that link; the files behind it want the pass, and a link that is good at that moment.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode},
    response::Response,
};
use scrim_policy::Actor;
use scrim_storage::{
    ArtefactKind, RecordingState, Vault,
    catalog::ArtefactRow,
    service::{Bearer, Link, LinkSecret, LinkState},
};
use serde::Deserialize;

use super::{
    api,
    app::{App, now},
    files::{self, Manner},
    gate, identity,
    problem::Problem,
};
use crate::{limits::Subject, metrics::Limit};

/// The cookie of a pass. It is sent to its own link only.
const PASS_COOKIE: &str = "scrim-pass";

/// How long a pass is good: an evening. The link itself may be over before.
const PASS_SECONDS: u32 = 12 * 3600;

/// Why nothing is shown, for the page that says it in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// There is no such link.
    Unknown,
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
    /// It was opened as often as it may be.
    UsedUp,
    /// The recording is not published yet.
    NotReady,
    /// The recording is not given out any more.
    Gone,
}

impl Closed {
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::Expired | Self::Revoked | Self::UsedUp | Self::Gone => StatusCode::GONE,
            Self::NotReady => StatusCode::CONFLICT,
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Unknown => "there is no such link",
            Self::Expired => "the time of this link is over",
            Self::Revoked => "this link was taken back",
            Self::UsedUp => "this link was opened as often as it may be",
            Self::NotReady => "the recording is not ready yet",
            Self::Gone => "the recording is not given out any more",
        }
    }
}

impl From<Closed> for Problem {
    fn from(closed: Closed) -> Self {
        Self::new(closed.status(), closed.sentence())
    }
}

/// Reads a secret of a link in a path.
pub(crate) fn secret(text: &str) -> Result<LinkSecret, Closed> {
    LinkSecret::parse(Bearer::Link, text).ok_or(Closed::Unknown)
}

/// Returns the link with a secret if it may lead somewhere now. One that is used up still does for
/// whoever has a pass.
pub(crate) fn link(
    vault: &Vault,
    secret: &LinkSecret,
    has_pass: bool,
) -> Result<Result<Link, Closed>, Problem> {
    let Some(link) = vault.link(secret, now())? else {
        return Ok(Err(Closed::Unknown));
    };
    Ok(match link.state {
        LinkState::Good => Ok(link),
        LinkState::UsedUp if has_pass => Ok(link),
        LinkState::UsedUp => Err(Closed::UsedUp),
        LinkState::Expired => Err(Closed::Expired),
        LinkState::Revoked => Err(Closed::Revoked),
    })
}

/// Says whether the recording of a link can be had.
pub(crate) fn is_open(vault: &Vault, link: &Link) -> Result<Result<(), Closed>, Problem> {
    let row = vault.recording(link.recording)?;
    Ok(match row.map(|row| row.state) {
        Some(RecordingState::Published) => Ok(()),
        Some(RecordingState::Withdrawn | RecordingState::Original) | None => Err(Closed::Gone),
        Some(_) => Err(Closed::NotReady),
    })
}

/// What a browser keeps once it has opened a link. It is good for half a day, for this link alone.
fn pass(vault: &Vault, secret: &LinkSecret, hour: i64) -> String {
    let parts = [secret.expose().as_bytes(), &hour.to_be_bytes()];
    vault
        .keyring()
        .keyed_digest("scrim/pass/v1", &parts)
        .to_string()
}

fn this_hour() -> i64 {
    now().as_micros() / 3_600_000_000
}

/// Says whether a browser has opened this link before.
pub(crate) fn has_pass(vault: &Vault, secret: &LinkSecret, headers: &HeaderMap) -> bool {
    let Some(shown) = identity::cookie(headers, PASS_COOKIE) else {
        return false;
    };
    let hours = i64::from(PASS_SECONDS / 3600);
    (0..=hours).any(|ago| {
        let known = pass(vault, secret, this_hour() - ago);
        bool::from(subtle::ConstantTimeEq::ct_eq(
            known.as_bytes(),
            shown.as_bytes(),
        ))
    })
}

/// The cookie of a pass.
pub(crate) fn pass_cookie(app: &App, secret: &LinkSecret) -> HeaderValue {
    let value = pass(&app.vault, secret, this_hour());
    let path = format!("/d/{}", secret.expose());
    identity::set_cookie(app, PASS_COOKIE, Some(&value), &path, PASS_SECONDS)
}

/// How a file is wanted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct How {
    /// Whether it is to be kept rather than shown.
    download: Option<String>,
}

/// A file behind a link.
pub(crate) async fn file(
    State(app): State<App>,
    Path((text, name)): Path<(String, String)>,
    api::Asked(how): api::Asked<How>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let secret = secret(&text)?;
    let is_download = how.download.is_some();
    let kind = api::file_kind(&name)?;
    let asked = headers.clone();
    let (link, row) = app
        .ask(move |vault| found(vault, &secret, kind, is_download, &asked))
        .await?;
    // One link may be in many hands, at many addresses.
    let remaining = match app.limits.check(&Subject::link(&link.id.to_string()), 1) {
        Ok(remaining) => remaining,
        Err(wait) => return Ok(gate::too_many(&app, wait, Limit::Link)),
    };
    let actor = format!("link:{}", link.id)
        .parse()
        .unwrap_or(Actor::SERVICE);
    let manner = if is_download {
        Manner::Attachment
    } else {
        Manner::Inline
    };
    let vault = app.vault.acting_as(actor);
    let mut response = files::answer(vault, row, &method, &headers, manner).await?;
    remaining.write(response.headers_mut());
    Ok(response)
}

fn found(
    vault: &Vault,
    secret: &LinkSecret,
    kind: ArtefactKind,
    is_download: bool,
    headers: &HeaderMap,
) -> Result<(Link, ArtefactRow), Problem> {
    let has_pass = has_pass(vault, secret, headers);
    let link = link(vault, secret, has_pass)??;
    is_open(vault, &link)??;
    if !has_pass {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "the link was not opened in this browser",
        )
        .hint("open the link itself first"));
    }
    if !allows(&link, kind, is_download) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "the link does not allow this",
        ));
    }
    let row = vault
        .output(link.recording, kind)
        .map_err(|_| Problem::not_found("file"))?;
    Ok((link, row))
}

/// Whether a link lets a file be had in this manner.
fn allows(link: &Link, kind: ArtefactKind, is_download: bool) -> bool {
    let has = |word| {
        link.allows
            .split_whitespace()
            .any(|allowed| allowed == word)
    };
    match kind {
        ArtefactKind::Recording => has("mp4") || (!is_download && has("play")),
        ArtefactKind::TranscriptTxt => has("txt"),
        ArtefactKind::TranscriptVtt => has("vtt") || (!is_download && has("play")),
        ArtefactKind::TranscriptSrt => has("srt"),
        _ => false,
    }
}

//! The same request once more: its sender did not hear the answer, and gets that one again.
//!
//! A sender gives a request a key of its own in `Idempotency-Key`. What was answered to it is sealed
//! with the words of the tenant and kept for a day. Only what was done is kept: a request that failed
//! changed nothing, and may come again.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use scrim_policy::AccountId;
use scrim_storage::Sha256Digest;

use super::{
    app::{App, now},
    identity::Caller,
    incoming,
    problem::Problem,
};

/// The same in the description of the API.
pub(crate) const KEY_NAME: &str = "Idempotency-Key";

/// What a sender calls a request.
pub(crate) const KEY_HEADER: &str = "idempotency-key";

/// What an answer says that was given before.
const REPLAYED_HEADER: &str = "idempotent-replayed";

const MOST_KEY_BYTES: usize = 255;

/// The longest request and answer with a key.
const MOST_BYTES: usize = 2 << 20;

/// Requests that are being answered just now.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(Mutex<HashSet<(AccountId, String)>>);

/// A request that is being answered, until it is dropped.
struct Place<'a> {
    under_way: &'a UnderWay,
    name: (AccountId, String),
}

impl UnderWay {
    fn enter(&self, account: AccountId, key: &str) -> Option<Place<'_>> {
        let name = (account, key.to_owned());
        let is_first = self.names().insert(name.clone());
        is_first.then_some(Place {
            under_way: self,
            name,
        })
    }

    fn names(&self) -> std::sync::MutexGuard<'_, HashSet<(AccountId, String)>> {
        // A name is put in or taken out in one step, so that no panic leaves half of one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.under_way.names().remove(&self.name);
    }
}

/// Returns what the sender calls a request, if answers to such requests are kept.
fn key_of(request: &Request) -> Result<Option<String>, Problem> {
    let has_no_body = !request.headers().contains_key(header::CONTENT_TYPE);
    let wants = *request.method() == Method::POST
        && request.uri().path().starts_with("/api/")
        && (has_no_body || is_json(request.headers()));
    let Some(key) = request.headers().get(KEY_HEADER).filter(|_| wants) else {
        return Ok(None);
    };
    let wrong = || Problem::invalid(KEY_HEADER, "the key is 1 to 255 characters of ASCII");
    let key = key.to_str().map_err(|_| wrong())?.trim();
    if key.is_empty() || key.len() > MOST_KEY_BYTES {
        return Err(wrong());
    }
    Ok(Some(key.to_owned()))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().map(str::trim) == Some("application/json")
}

/// Answers a request, or gives the answer again that it had.
pub(crate) async fn answer(app: &App, caller: &Caller, request: Request, next: Next) -> Response {
    let key = match key_of(&request) {
        Ok(None) => return next.run(request).await,
        Ok(Some(key)) => key,
        Err(problem) => return problem.into_response(),
    };
    let Some(_place) = app.under_way.enter(caller.id(), &key) else {
        return Problem::conflict("a request with this key is being answered")
            .hint("wait a moment and send it again")
            .into_response();
    };
    match once(app, caller, &key, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn once(
    app: &App,
    caller: &Caller,
    key: &str,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let body = incoming::whole(body, MOST_BYTES).await?;
    let digest = digest(&parts.uri.to_string(), &body);
    let (owner, name) = ((caller.tenant(), caller.id()), key.to_owned());
    let before = app
        .ask(move |vault| Ok(vault.answered(owner, &name, digest)?))
        .await?;
    match before {
        Some((true, status, text)) => return Ok(replayed(status, text)),
        Some((false, ..)) => {
            return Err(Problem::invalid(
                KEY_HEADER,
                "another request had this key already",
            ));
        }
        None => {}
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    // Files and places of uploads are no answers that could be kept.
    let is_kept = response.status() == StatusCode::NO_CONTENT
        || (response.status().is_success() && is_json(response.headers()));
    if !is_kept {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let unread = |_| {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the answer could not be read",
        )
    };
    let body = to_bytes(body, MOST_BYTES).await.map_err(unread)?;
    let (status, kept) = (parts.status.as_u16(), body.clone());
    let name = key.to_owned();
    let remembered = app
        .ask(move |vault| {
            let text = String::from_utf8_lossy(&kept);
            Ok(vault.remember_answer(owner, &name, digest, (status, &text), now())?)
        })
        .await;
    if let Err(problem) = remembered {
        // It was done, and that is what the sender has to hear.
        tracing::error!(error = %problem.detail, "an answer could not be kept");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// What makes two requests the same. Its parts cannot run into one another: no address has a line
/// break.
fn digest(uri: &str, body: &Bytes) -> Sha256Digest {
    Sha256Digest::of(&[uri.as_bytes(), b"\n", body].concat())
}

fn replayed(status: u16, text: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = match status {
        StatusCode::NO_CONTENT => status.into_response(),
        _ => {
            let kind = HeaderValue::from_static("application/json");
            (status, [(header::CONTENT_TYPE, kind)], text).into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(REPLAYED_HEADER, HeaderValue::from_static("true"));
    response
}

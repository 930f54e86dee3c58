//! What every answer says to browsers, what every request is called, and what the log says of it.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use scrim_storage::Sha256Digest;
use tracing::Instrument;

use super::{app::App, problem::Problem, site};
use crate::metrics::Method;

/// Nothing is loaded but from here, nothing is run that is not a file of ours, and nobody puts a page
/// of ours into one of theirs.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob:; media-src 'self'; connect-src 'self'; font-src 'self'; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";

/// What pages may use of a browser.
pub(crate) const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

const ALWAYS: [(&str, &str); 8] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    ),
    ("x-robots-tag", "noindex, nofollow, noarchive, nosnippet"),
];

/// Two years, as browsers want it for their own lists.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Stands around everything.
pub(crate) async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = request_id();
    let method = request.method().clone();
    // The template of the path: the path itself may hold a secret.
    let template = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let wants_page = wants_page(&request);
    let asked = request.headers().clone();
    let mut response = match refusal(&app, &request) {
        None => {
            let route = template.as_deref().unwrap_or("none");
            let span = tracing::info_span!("request", %id, %method, route);
            next.run(request).instrument(span).await
        }
        Some(problem) => problem.into_response(),
    };
    if wants_page && let Some(problem) = response.extensions().get::<Problem>() {
        let mut page = site::failure(&asked, problem, &id);
        // When to come again and what is allowed are said to people as well.
        for (name, value) in response.headers() {
            if *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH {
                page.headers_mut().append(name.clone(), value.clone());
            }
        }
        response = page;
    }
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        let name = HeaderName::from_static(name);
        // The page of a room needs devices, and says so. Nothing else is for a page to decide.
        if name != PERMISSIONS || !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if app.settings.is_secure() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    let is_decided = headers.contains_key(header::CACHE_CONTROL);
    if !is_decided {
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        );
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    let status = response.status().as_u16();
    let millis = began.elapsed().as_millis() as u64;
    if let Some(metrics) = app.metrics.get() {
        let route = metrics.route(template.as_deref());
        metrics.request(route, Method::of(method.as_str()), status, began.elapsed());
    }
    let route = template.as_deref().unwrap_or("none");
    tracing::info!(request = %id, %method, route, status, millis, "answered");
    response
}

/// Says whether a person asks for a page, rather than a program for an answer.
fn wants_page(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT);
    let accept = accept.and_then(|accept| accept.to_str().ok());
    !request.uri().path().starts_with("/api/")
        && accept.is_some_and(|accept| accept.contains("text/html"))
}

/// Why a request is not even looked at, whatever it is for.
fn refusal(app: &App, request: &Request) -> Option<Problem> {
    if !is_our_host(app, request) {
        let refused = Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "this is not the host that you asked for",
        );
        return Some(
            refused.hint(
                "open Scrim at the address that it was started with, or set `url` in [serve]",
            ),
        );
    }
    (!is_text(request.uri().path())).then(|| Problem::not_found("page"))
}

/// Asked for at another name, this would be a page of whoever owns that name. Of two names a proxy could
/// mean the other one.
fn is_our_host(app: &App, request: &Request) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let Ok(host) = host.to_str() else {
        return false;
    };
    let is_ours = |host: &str| app.settings.is_our_host(host);
    let named = request.uri().authority();
    is_ours(host) && named.is_none_or(|named| is_ours(named.as_str()))
}

/// Says whether a path is text once its escapes are read. All ids and names are.
fn is_text(path: &str) -> bool {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    std::str::from_utf8(&bytes).is_ok()
}

/// A word by which people and logs speak of a request. It comes from us alone, as it goes into logs.
fn request_id() -> String {
    let id = scrim_storage::DataKey::random().map(|key| Sha256Digest::of(key.expose()).to_string());
    id.map_or_else(|_| "unknown".to_owned(), |id| id[..16].to_owned())
}

#[cfg(test)]
mod tests {
    use super::is_text;

    #[test]
    fn paths_are_text_once_their_escapes_are_read() {
        for path in ["/", "/a/%C3%A9", "/%", "/%4", "/%zz", "/%00", "/%25ff"] {
            assert!(is_text(path), "{path}");
        }
        for path in ["/%ff", "/%C3", "/%C3/%A9", "/a/%E2%28%A1/b"] {
            assert!(!is_text(path), "{path}");
        }
    }
}

//! What stands before every handler: who asks, whether they may, and whether a page of ours sent it.

use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use subtle::ConstantTimeEq;

use super::{
    again,
    app::App,
    identity::{self, By, Caller},
    incoming,
    peer::{self, Peer},
    problem::Problem,
    routes::Access,
};
use crate::{
    limits::{Remaining, RetryAfter, Subject},
    metrics::Limit,
};

/// The longest form.
const MOST_FORM_BYTES: usize = 2 << 20;

/// What scripts send along.
const CSRF_HEADER: &str = "x-csrf-token";

/// Lets a request through to its handler, or answers it. Nobody asks more often than they may.
pub(crate) async fn admit(
    State((app, access)): State<(App, Access)>,
    Extension(peer): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let address = Subject::address(peer::client(&app, peer, request.headers()));
    let mut counted = match app.limits.check(&address, 1) {
        Ok(remaining) => vec![remaining],
        Err(wait) => return too_many(&app, wait, Limit::Address),
    };
    let mut response = within(&app, access, request, next, &mut counted).await;
    for remaining in counted {
        remaining.write(response.headers_mut());
    }
    response
}

/// Refuses what comes too often.
pub(super) fn too_many(app: &App, wait: RetryAfter, limit: Limit) -> Response {
    if let Some(metrics) = app.metrics.get() {
        metrics.rate_limited(limit);
    }
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, wait.to_string())
        .hint("wait as long as `Retry-After` says");
    let mut response = problem.into_response();
    wait.write(response.headers_mut());
    response
}

async fn within(
    app: &App,
    access: Access,
    mut request: Request,
    next: Next,
    counted: &mut Vec<Remaining>,
) -> Response {
    let is_page = !request.uri().path().starts_with("/api/");
    if access == Access::Secret {
        let secret = request.uri().path().split('/').nth(2).unwrap_or_default();
        match app.limits.check(&Subject::link(secret), 1) {
            Ok(remaining) => counted.push(remaining),
            Err(wait) => return too_many(app, wait, Limit::Link),
        }
    }
    let caller = match identity::find(app, request.headers()).await {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    if let Some(caller) = &caller {
        let (subject, limit) = match &caller.by {
            By::Session { .. } => (Subject::account(&caller.id().to_string()), Limit::Account),
            By::Token(token) => (Subject::token(&token.to_string()), Limit::Token),
        };
        match app.limits.check(&subject, 1) {
            Ok(remaining) => counted.push(remaining),
            Err(wait) => return too_many(app, wait, limit),
        }
    }
    if let Access::May(permission) = access {
        let Some(caller) = &caller else {
            return unknown(is_page, request.method(), request.uri());
        };
        if !caller.may(permission) {
            let refused = Problem::new(
                StatusCode::FORBIDDEN,
                format!("your account may not do this, it needs {permission}"),
            );
            return refused
                .hint("ask an administrator for the role")
                .into_response();
        }
    }
    if is_change(request.method()) {
        if let Err(problem) = from_here(request.headers()) {
            return problem.into_response();
        }
        if let Some(caller) = &caller
            && let By::Session { csrf } = &caller.by
        {
            let csrf = csrf.clone();
            request = match shows(request, &csrf).await {
                Ok(request) => request,
                Err(problem) => return problem.into_response(),
            };
        }
    }
    let Some(caller) = caller else {
        return next.run(request).await;
    };
    request.extensions_mut().insert::<Caller>(caller.clone());
    again::answer(app, &caller, request, next).await
}

/// Sends people to the page where they sign in, and tells programs.
fn unknown(is_page: bool, method: &Method, uri: &Uri) -> Response {
    if is_page && *method == Method::GET {
        let wanted = uri.path_and_query().map_or("/", |wanted| wanted.as_str());
        let mut encoded = String::with_capacity(wanted.len());
        for byte in wanted.bytes() {
            if byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                encoded += &format!("%{byte:02X}");
            }
        }
        return Redirect::to(&format!("/login?next={encoded}")).into_response();
    }
    Problem::new(StatusCode::UNAUTHORIZED, "nobody is signed in")
        .hint("send a token as `Authorization: Bearer …`, or sign in")
        .into_response()
}

fn is_change(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Browsers say from which site a request comes. One that comes from another changes nothing.
pub(super) fn from_here(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &header::HeaderValue| value.to_str().ok())
    };
    let refused = || {
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "the request came from another site",
        ))
    };
    // No page can forge it. It comes first: our pages send no referrer, and browsers then write
    // `Origin: null` on their forms.
    match text("sec-fetch-site") {
        Some("same-origin" | "none") => return Ok(()),
        Some(_) => return refused(),
        None => {}
    }
    if let Some(origin) = text("origin") {
        let host = origin.split_once("://").map(|(_, host)| host);
        if host.is_none() || host != text("host") {
            return refused();
        }
    }
    Ok(())
}

/// Looks for what only a page of ours knows, in the header or in the form.
async fn shows(request: Request, csrf: &str) -> Result<Request, Problem> {
    let is_right = |text: &str| bool::from(text.as_bytes().ct_eq(csrf.as_bytes()));
    let refused = || {
        Problem::new(StatusCode::FORBIDDEN, "the page is out of date")
            .hint("load it again and repeat what you did")
    };
    let headers = request.headers();
    if let Some(shown) = headers.get(CSRF_HEADER) {
        let shown = shown.to_str().unwrap_or_default();
        return is_right(shown).then_some(request).ok_or_else(refused);
    }
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        return Err(refused());
    }
    let (parts, body) = request.into_parts();
    let body = incoming::whole(body, MOST_FORM_BYTES).await?;
    let shown = body
        .split(|byte| *byte == b'&')
        .find_map(|pair| pair.strip_prefix(b"csrf="));
    let shown = shown.and_then(|shown| std::str::from_utf8(shown).ok());
    if !shown.is_some_and(is_right) {
        return Err(refused());
    }
    Ok(Request::from_parts(parts, Body::from(body)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (
                name.parse().unwrap(),
                header::HeaderValue::from_static(value),
            )
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn what_comes_from_another_site_changes_nothing() {
        let fine = [
            &[][..],
            &[("sec-fetch-site", "same-origin")],
            &[("origin", "https://a.example"), ("host", "a.example")],
            &[
                ("sec-fetch-site", "same-origin"),
                ("origin", "null"),
                ("host", "a.example"),
            ],
        ];
        for pairs in fine {
            assert!(from_here(&headers(pairs)).is_ok(), "{pairs:?}");
        }
        let foreign = [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "https://b.example"), ("host", "a.example")],
            &[
                ("origin", "https://a.example.b.example"),
                ("host", "a.example"),
            ],
            &[("origin", "null"), ("host", "a.example")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://a.example"),
                ("host", "a.example"),
            ],
        ];
        for pairs in foreign {
            assert!(from_here(&headers(pairs)).is_err(), "{pairs:?}");
        }
    }
}

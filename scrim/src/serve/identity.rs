//! Who asks: by the cookie of a session, or by a token.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use scrim_policy::{AccountId, Actor, Permission, Permissions, TenantId, TokenId};
use scrim_storage::service::{Account, Bearer, BearerText};

use super::{
    app::{App, now},
    problem::Problem,
};

/// The cookie of a session where browsers keep secrets for HTTPS only, and where there is no HTTPS:
/// on this machine.
const SECURE_COOKIE: &str = "__Host-scrim";
const PLAIN_COOKIE: &str = "scrim";

/// Somebody who is known.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub(crate) account: Account,
    /// What the account may, as far as the token lets it.
    pub(crate) may: Permissions,
    pub(crate) by: By,
}

/// How somebody is known.
#[derive(Debug)]
pub(crate) enum By {
    /// A browser. What changes something has to show that a page of ours sent it.
    Session { csrf: String },
    /// A program.
    Token(TokenId),
}

impl SignedIn {
    pub(crate) fn id(&self) -> AccountId {
        self.account.id
    }

    pub(crate) fn tenant(&self) -> TenantId {
        self.account.tenant
    }

    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.may.has(permission)
    }

    /// Whom the audit log names.
    pub(crate) fn actor(&self) -> Actor {
        let id = self.id();
        let text = match &self.by {
            By::Session { .. } => format!("account:{id}"),
            By::Token(token) => format!("account:{id}/{token}"),
        };
        text.parse().expect("ids are letters and digits")
    }

    /// What a form has to send along; a token needs none.
    pub(crate) fn csrf(&self) -> &str {
        match &self.by {
            By::Session { csrf } => csrf,
            By::Token(_) => "",
        }
    }
}

/// The account that may do this, as the gate found it.
#[derive(Clone)]
pub(crate) struct Caller(pub(crate) Arc<SignedIn>);

impl std::ops::Deref for Caller {
    type Target = SignedIn;

    fn deref(&self) -> &SignedIn {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(|| Problem::not_found("page"))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

/// Finds out who asks. Nobody is no error; a secret that stands for nobody is nobody.
pub(crate) async fn find(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
    if let Some(token) = bearer(headers) {
        let Some(secret) = BearerText::parse(Bearer::Token, token) else {
            return Ok(None);
        };
        let found = app
            .ask(move |vault| Ok(vault.use_token(&secret, now())?))
            .await?;
        return Ok(found.map(|(token, scopes, account)| {
            Caller(Arc::new(SignedIn {
                may: account.roles.permissions().and(&scopes),
                account,
                by: By::Token(token),
            }))
        }));
    }
    let Some(secret) = session(app, headers) else {
        return Ok(None);
    };
    app.ask(move |vault| {
        let Some(account) = vault.session(&secret, now())? else {
            return Ok(None);
        };
        let csrf = vault
            .keyring()
            .keyed_digest("scrim/csrf/v1", &[secret.expose().as_bytes()])
            .to_string();
        Ok(Some(Caller(Arc::new(SignedIn {
            may: account.roles.permissions(),
            account,
            by: By::Session { csrf },
        }))))
    })
    .await
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The secret of the session that a browser has sent, if it has the form of one.
pub(crate) fn session(app: &App, headers: &HeaderMap) -> Option<BearerText> {
    let text = cookie(headers, session_cookie(app))?;
    BearerText::parse(Bearer::Session, text)
}

fn session_cookie(app: &App) -> &'static str {
    match app.settings.is_secure() {
        true => SECURE_COOKIE,
        false => PLAIN_COOKIE,
    }
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter();
    let texts = all.filter_map(|value| value.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';'));
    pairs.find_map(|pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == name).then_some(value)
    })
}

/// A cookie that keeps a secret in a browser, or takes it away. No page of another site sends it with
/// anything that changes something, and no script sees it.
pub(crate) fn set_cookie(
    app: &App,
    name: &str,
    value: Option<&str>,
    path: &str,
    seconds: u32,
) -> HeaderValue {
    let secure = if app.settings.is_secure() {
        "; Secure"
    } else {
        ""
    };
    let age = if value.is_some() { seconds } else { 0 };
    let value = value.unwrap_or_default();
    let text =
        format!("{name}={value}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).expect("names, secrets and paths are letters, digits and `-_/`")
}

/// The cookie of a session that begins, or of one that ends.
pub(crate) fn session_set_cookie(app: &App, secret: Option<&BearerText>) -> HeaderValue {
    const WEEK: u32 = 7 * 24 * 3600;
    let value = secret.map(BearerText::expose);
    set_cookie(app, session_cookie(app), value, "/", WEEK)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (name.parse().unwrap(), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let headers = headers(&[("cookie", "a=1; xscrim=2; scrim=3;b=4")]);
        assert_eq!(cookie(&headers, "scrim"), Some("3"));
        assert_eq!(cookie(&headers, "b"), Some("4"));
        assert_eq!(cookie(&headers, "c"), None);
    }

    #[test]
    fn only_bearer_tokens_are_tokens() {
        assert_eq!(
            bearer(&headers(&[("authorization", "bearer  x")])),
            Some("x")
        );
        assert_eq!(bearer(&headers(&[("authorization", "Basic eDp5")])), None);
        assert_eq!(bearer(&headers(&[("authorization", "Bearer")])), None);
    }
}

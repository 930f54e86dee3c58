//! What every page has, filled for whoever asks.

use askama::Template;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use scrim_policy::{AccountRole, Permission as May};

use super::super::{
    app::App,
    identity::{self, Caller, SignedIn},
    problem::Problem,
    texts::{Language, Texts},
    view::{self, Flash, FlashKind, Frame, Legal, Place},
};

/// The cookie of a language that was chosen by somebody who is not signed in.
pub(crate) const LANGUAGE_COOKIE: &str = "scrim-language";

/// The cookie of what was just done, for the page that comes next.
const FLASH_COOKIE: &str = "scrim-flash";

/// Who asks for a page, and in which language.
pub(crate) struct Reader {
    pub(crate) caller: Option<Caller>,
    pub(crate) language: Language,
    /// The language that the address of the page asks for.
    chosen: Option<Language>,
    pub(crate) headers: HeaderMap,
}

impl FromRequestParts<App> for Reader {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Self::Rejection> {
        let caller = parts.extensions.get::<Caller>().cloned();
        let chosen = chosen_here(parts.uri.query());
        Ok(Self {
            language: chosen.unwrap_or_else(|| language(caller.as_deref(), &parts.headers)),
            chosen,
            caller,
            headers: parts.headers.clone(),
        })
    }
}

/// Reads `?lang=de`.
fn chosen_here(query: Option<&str>) -> Option<Language> {
    let mut pairs = query?.split('&');
    let tag = pairs.find_map(|pair| pair.strip_prefix("lang="))?;
    Language::from_tag(tag)
}

/// Chooses the language: the one that was chosen in this browser, else that of the account, else what
/// the browser prefers.
fn language(caller: Option<&SignedIn>, headers: &HeaderMap) -> Language {
    let chosen = identity::cookie(headers, LANGUAGE_COOKIE)
        .or_else(|| caller.map(|caller| caller.account.language.as_str()));
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    Language::negotiate(accepted, chosen)
}

impl Reader {
    /// Returns the account; pages for nobody have none.
    pub(crate) fn signed_in(&self) -> Result<Caller, Problem> {
        self.caller
            .clone()
            .ok_or_else(|| Problem::not_found("page"))
    }

    pub(crate) fn may(&self, permission: May) -> bool {
        self.caller
            .as_ref()
            .is_some_and(|caller| caller.may(permission))
    }

    /// Returns the frame of a page.
    pub(crate) fn frame(&self, place: Option<Place>) -> Frame {
        frame(self.language, self.caller.as_deref(), place, self.flash())
    }

    fn flash(&self) -> Option<Flash> {
        let word = identity::cookie(&self.headers, FLASH_COOKIE)?;
        let (kind, key) = word.split_once('.')?;
        let kind = match kind {
            "done" => FlashKind::Done,
            _ => FlashKind::Refused,
        };
        let key = FLASHES.iter().find(|known| **known == key)?;
        let text = Texts::of(self.language).say(key);
        Some(Flash { kind, text })
    }

    /// Draws a page, and forgets what was just done: it has said so.
    pub(crate) fn draw(&self, page: &impl Template) -> Response {
        self.draw_as(StatusCode::OK, page)
    }

    /// Draws a page with another status.
    pub(crate) fn draw_as(&self, status: StatusCode, page: &impl Template) -> Response {
        let mut response = draw(status, page);
        if let Some(language) = self.chosen {
            response
                .headers_mut()
                .append(header::SET_COOKIE, remember(language));
        }
        if identity::cookie(&self.headers, FLASH_COOKIE).is_some() {
            let gone = format!("{FLASH_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
            if let Ok(value) = gone.parse() {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
        }
        response
    }
}

/// Keeps a language in the browser for a year.
pub(crate) fn remember(language: Language) -> header::HeaderValue {
    let tag = language.tag();
    let text = format!("{LANGUAGE_COOKIE}={tag}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
    header::HeaderValue::from_str(&text).expect("tags are letters")
}

/// Everything that a page can say of what was just done.
const FLASHES: [&str; 20] = [
    "flash-saved",
    "flash-published",
    "flash-withdrawn",
    "flash-link-made",
    "flash-link-revoked",
    "flash-password-changed",
    "flash-signed-out-everywhere",
    "flash-token-revoked",
    "flash-retried",
    "flash-cancelled",
    "flash-rule-saved",
    "flash-hold-placed",
    "flash-hold-released",
    "flash-erased",
    "rooms-flash-planned",
    "rooms-flash-withdrawn",
    "rooms-flash-removed",
    "receipt-flash",
    "register-flash-approved",
    "register-flash-refused",
];

/// Goes to a page, which says what was done. Words of the form are never repeated in a cookie.
pub(crate) fn done(to: &str, key: &'static str) -> Response {
    debug_assert!(FLASHES.contains(&key), "{key} is no message");
    let mut response = axum::response::Redirect::to(to).into_response();
    let cookie = format!("{FLASH_COOKIE}=done.{key}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
    if let Ok(value) = cookie.parse() {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Draws a page that has no reader: errors outside of handlers.
pub(crate) fn draw(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be drawn");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "The page could not be drawn.",
            )
                .into_response()
        }
    }
}

fn frame(
    language: Language,
    caller: Option<&SignedIn>,
    place: Option<Place>,
    flash: Option<Flash>,
) -> Frame {
    Frame {
        texts: Texts::of(language),
        csrf: caller.map_or_else(String::new, |caller| caller.csrf().to_owned()),
        person: caller.map(|caller| view::SignedIn {
            name: caller.account.words.name.reveal().clone(),
            roles: caller
                .account
                .roles
                .iter()
                .map(AccountRole::as_str)
                .collect(),
        }),
        place,
        may_see: caller.map(places).unwrap_or_default(),
        flash,
        legal: Legal::default(),
    }
}

/// The pages that an account may open.
fn places(caller: &SignedIn) -> Vec<Place> {
    const ALL: [(Place, May); 15] = [
        (Place::Recordings, May::CatalogView),
        (Place::Upload, May::UploadsManage),
        (Place::Rooms, May::RoomsManage),
        (Place::Overview, May::RetentionView),
        (Place::Stored, May::RetentionView),
        (Place::Consents, May::ConsentsView),
        (Place::Erasures, May::RetentionView),
        (Place::Retention, May::RetentionView),
        (Place::Audit, May::AuditView),
        (Place::Places, May::PlacesView),
        (Place::Users, May::AccountsManage),
        (Place::Webhooks, May::WebhooksManage),
        (Place::Health, May::HealthView),
        (Place::Account, May::AccountUse),
        (Place::Tokens, May::AccountUse),
    ];
    let allowed = ALL.iter().filter(|(_, permission)| caller.may(*permission));
    allowed.map(|(place, _)| *place).collect()
}

/// Draws what went wrong for people who wanted a page.
pub(crate) fn failure(headers: &HeaderMap, problem: &Problem, request: &str) -> Response {
    let page = view::FailurePage {
        frame: frame(language(None, headers), None, None, None),
        status: problem.status.as_u16(),
        request: request.to_owned(),
        detail: Some(problem.detail.clone()),
    };
    draw(problem.status, &page)
}

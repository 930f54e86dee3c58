//! The own account and its tokens.

use axum::{
    Extension,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use scrim_policy::{Permission, TokenId};

use super::{
    super::{
        api,
        app::{App, now},
        identity::{By, Caller},
        peer::{self, Peer},
        problem::Problem,
        texts::{Language, Texts},
        view::{AccountPage, Place, TokenLine, TokensPage},
    },
    entry,
    form::Form,
    frame::{self, Reader},
};

pub(crate) async fn show(reader: Reader) -> Result<Response, Problem> {
    Ok(reader.draw(&page(&reader, None)?))
}

fn page(reader: &Reader, error: Option<String>) -> Result<AccountPage, Problem> {
    let caller = reader.signed_in()?;
    Ok(AccountPage {
        frame: reader.frame(Some(Place::Account)),
        email: caller.account.words.address.reveal().clone(),
        has_password: caller.account.has_password,
        sessions: 1,
        error,
    })
}

pub(crate) async fn password(
    State(app): State<App>,
    reader: Reader,
    Extension(peer): Extension<Peer>,
    form: Form,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let texts = Texts::of(reader.language);
    let refused = |error: String| {
        Ok(reader.draw_as(
            StatusCode::UNPROCESSABLE_ENTITY,
            &page(&reader, Some(error))?,
        ))
    };
    let new = match entry::new_password(&texts, &form) {
        Ok(new) => new,
        Err(error) => return refused(error),
    };
    let current = form.text("current").to_owned();
    let from = peer::client(&app, peer, &reader.headers);
    match api::replace_password(&app, &caller, from, current, new).await? {
        true => entry::begin(&app, &reader.headers, caller.id(), "password", "/account").await,
        false => refused(texts.say("error-password-current")),
    }
}

pub(crate) async fn language(
    State(app): State<App>,
    reader: Reader,
    form: Form,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let language = Language::from_tag(form.text("language"))
        .ok_or_else(|| Problem::invalid("language", "there is no such language"))?;
    let id = caller.id();
    app.act(&caller, move |vault| {
        Ok(vault.set_account_language(id, language.tag())?)
    })
    .await?;
    let mut response = frame::done("/account", "flash-saved");
    response
        .headers_mut()
        .append(header::SET_COOKIE, frame::remember(language));
    Ok(response)
}

pub(crate) async fn sign_out_everywhere(
    State(app): State<App>,
    caller: Caller,
) -> Result<Response, Problem> {
    let id = caller.id();
    app.act(&caller, move |vault| Ok(vault.end_sessions(id)?))
        .await?;
    Ok(Redirect::to("/login").into_response())
}

pub(crate) async fn tokens(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    let page = tokens_page(&app, &reader, None, None).await?;
    Ok(reader.draw(&page))
}

async fn tokens_page(
    app: &App,
    reader: &Reader,
    fresh: Option<String>,
    error: Option<String>,
) -> Result<TokensPage, Problem> {
    let caller = reader.signed_in()?;
    let account = caller.account.clone();
    let tokens = app
        .act(&caller, move |vault| Ok(vault.tokens(&account)?))
        .await?;
    let line = |token: scrim_storage::service::TokenFacts| TokenLine {
        id: token.id.to_string(),
        name: token.name,
        scopes: token.scopes.iter().map(|scope| scope.to_string()).collect(),
        expires_us: token.expires_at.as_micros(),
        used_us: token.used_at.map(|at| at.as_micros()),
        is_valid: token.expires_at > now(),
    };
    Ok(TokensPage {
        frame: reader.frame(Some(Place::Tokens)),
        fresh,
        tokens: tokens.into_iter().map(line).collect(),
        scopes: caller
            .may
            .iter()
            .map(|scope: Permission| scope.to_string())
            .collect(),
        error,
    })
}

pub(crate) async fn make_token(
    State(app): State<App>,
    reader: Reader,
    form: Form,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    if matches!(caller.by, By::Token(_)) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "a token makes no tokens",
        ));
    }
    let texts = Texts::of(reader.language);
    let made = api::make_token(
        &app,
        &caller,
        form.text("name"),
        &form.all("scope"),
        form.number("days").unwrap_or(0),
    )
    .await;
    let (status, fresh, error) = match made {
        Ok(secret) => (StatusCode::OK, Some(secret), None),
        Err(problem) if problem.status == StatusCode::UNPROCESSABLE_ENTITY => {
            (problem.status, None, Some(entry::wrong(&texts, &problem)))
        }
        Err(problem) => return Err(problem),
    };
    let page = tokens_page(&app, &reader, fresh, error).await?;
    Ok(reader.draw_as(status, &page))
}

pub(crate) async fn revoke_token(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: TokenId = api::parsed_id(&id, "token")?;
    let account = caller.id();
    app.act(&caller, move |vault| {
        Ok(vault.revoke_token(account, id, now())?)
    })
    .await?;
    Ok(frame::done("/account/tokens", "flash-token-revoked"))
}

//! Ways in and out.

use std::time::Instant;

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use scrim_policy::{AccountId, AccountRole, AccountRoles, TenantId};
use scrim_storage::service::{Bearer, BearerText, NewAccount, NewPassword, PasswordRefused};
use serde::Deserialize;

use super::{
    super::{
        api,
        app::{App, now},
        identity, messages,
        peer::{self, Peer},
        problem::Problem,
        texts::Texts,
        view::{InvitePage, LoginPage, SetupPage},
    },
    form::Form,
    frame::Reader,
};
use crate::{limits::Subject, metrics::LoginResult};

/// Where to go after signing in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Next {
    next: String,
}

impl Next {
    pub(super) fn local(&self) -> String {
        local(&self.next).to_owned()
    }
}

/// Takes a path of this site. Everything else could lead somewhere else.
fn local(path: &str) -> &str {
    let is_local = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|byte| byte.is_ascii_graphic());
    if is_local { path } else { "/recordings" }
}

pub(crate) async fn login(
    State(app): State<App>,
    reader: Reader,
    api::Asked(next): api::Asked<Next>,
) -> Response {
    if reader.caller.is_some() {
        return Redirect::to(local(&next.next)).into_response();
    }
    reader.draw(&login_page(&app, &reader, "", &next.next, None))
}

fn login_page(
    app: &App,
    reader: &Reader,
    email: &str,
    next: &str,
    error: Option<String>,
) -> LoginPage {
    LoginPage {
        frame: reader.frame(None),
        email: email.to_owned(),
        next: local(next).to_owned(),
        error,
        provider: app.provider_name(),
    }
}

pub(crate) async fn sign_in(
    State(app): State<App>,
    reader: Reader,
    Extension(peer): Extension<Peer>,
    form: Form,
) -> Result<Response, Problem> {
    let email = form.text("email").trim().to_lowercase();
    let next = local(form.text("next")).to_owned();
    let texts = Texts::of(reader.language);
    let account = Subject::account(&email);
    let address = Subject::address(peer::client(&app, peer, &reader.headers));
    let admitted = app.guarded(|guard| guard.attempt(account, address, Instant::now()));
    if let Err(locked) = admitted {
        app.count_login(LoginResult::Locked);
        let seconds = locked.wait.as_secs() + 1;
        let error = texts.say_with("error-locked", &[("seconds", seconds.into())]);
        let page = login_page(&app, &reader, &email, &next, Some(error));
        let mut response = reader.draw_as(StatusCode::TOO_MANY_REQUESTS, &page);
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
        return Ok(response);
    }
    let password = form.text("password").to_owned();
    let found = {
        let email = email.clone();
        app.ask(move |vault| Ok(vault.authenticate(&email, &password)?))
            .await?
    };
    let Some(found) = found else {
        app.count_login(LoginResult::Failed);
        if app.guarded(|guard| guard.is_locked(&account, Instant::now())) {
            tell_of_lock(&app, email.clone());
        }
        let page = login_page(&app, &reader, &email, &next, Some(texts.say("error-login")));
        return Ok(reader.draw_as(StatusCode::UNAUTHORIZED, &page));
    };
    app.guarded(|guard| guard.succeeded(&account, &address));
    app.count_login(LoginResult::Ok);
    begin(&app, &reader.headers, found.id, "password", &next).await
}

/// Tells who watches over the service that somebody tries passwords. Nobody waits for it: how long it
/// takes would say whether there is such an account.
fn tell_of_lock(app: &App, address: String) {
    let app = app.clone();
    tokio::task::spawn_blocking(move || match app.vault.account_by_address(&address) {
        Ok(Some(account)) => {
            let alert = messages::alert(messages::Alert::SignInLocked, "/admin/users");
            messages::tell(&app, account.tenant, &alert);
        }
        Ok(None) => {}
        Err(error) => tracing::error!(%error, "could not look whose sign-in is locked"),
    });
}

/// Begins a session. One that the browser came with ends: nobody goes on with a secret that somebody
/// else may have put there.
pub(crate) async fn begin(
    app: &App,
    headers: &HeaderMap,
    account: AccountId,
    method: &'static str,
    next: &str,
) -> Result<Response, Problem> {
    let before = identity::session(app, headers);
    let actor = format!("account:{account}");
    let secret = app
        .ask(move |vault| {
            if let Some(before) = before {
                vault.end_session(&before)?;
            }
            let vault = match actor.parse() {
                Ok(actor) => vault.acting_as(actor),
                Err(_) => vault.clone(),
            };
            Ok(vault.begin_session(account, method, now())?)
        })
        .await?;
    let mut response = Redirect::to(local(next)).into_response();
    let cookie = identity::session_set_cookie(app, Some(&secret));
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

pub(crate) async fn sign_out(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    if let Some(secret) = identity::session(&app, &reader.headers) {
        app.ask(move |vault| Ok(vault.end_session(&secret)?))
            .await?;
    }
    let mut response = Redirect::to("/login").into_response();
    let gone = identity::session_set_cookie(&app, None);
    response.headers_mut().append(header::SET_COOKIE, gone);
    Ok(response)
}

/// Whom an invitation is for.
async fn invited(
    app: &App,
    text: &str,
) -> Result<(BearerText, TenantId, Option<AccountId>), Problem> {
    let gone = || {
        Problem::new(
            StatusCode::GONE,
            "this invitation is over, or was used already",
        )
        .hint("ask an administrator for another one")
    };
    let secret = BearerText::parse(Bearer::Invitation, text).ok_or_else(gone)?;
    let asked = secret.clone();
    let found = app
        .ask(move |vault| Ok(vault.invited(&asked, now())?))
        .await?;
    let (tenant, account) = found.ok_or_else(gone)?;
    Ok((secret, tenant, account))
}

/// Takes a password that was typed twice.
pub(crate) fn new_password(texts: &Texts, form: &Form) -> Result<NewPassword, String> {
    let password = form.text("password");
    if password != form.text("password_again") {
        return Err(texts.say("error-passwords-differ"));
    }
    NewPassword::new(password.to_owned()).map_err(|refused| {
        texts.say(match refused {
            PasswordRefused::Short => "error-password-short",
            PasswordRefused::Long => "error-password-long",
            PasswordRefused::Easy => "error-password-easy",
        })
    })
}

pub(crate) async fn setup(
    State(app): State<App>,
    reader: Reader,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let (_, _, account) = invited(&app, &text).await?;
    if account.is_some() {
        return Err(Problem::not_found("page"));
    }
    Ok(reader.draw(&setup_page(&reader, &text, &Form::empty(), None)))
}

fn setup_page(reader: &Reader, text: &str, form: &Form, error: Option<String>) -> SetupPage {
    SetupPage {
        frame: reader.frame(None),
        action: format!("/setup/{text}"),
        name: form.text("name").to_owned(),
        email: form.text("email").to_owned(),
        error,
    }
}

pub(crate) async fn set_up(
    State(app): State<App>,
    reader: Reader,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let (secret, tenant, account) = invited(&app, &text).await?;
    if account.is_some() {
        return Err(Problem::not_found("page"));
    }
    let texts = Texts::of(reader.language);
    let refused = |error: String| {
        let page = setup_page(&reader, &text, &form, Some(error));
        Ok(reader.draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
    };
    let words = match api::account_words(form.text("name"), form.text("email")) {
        Ok(words) => words,
        Err(problem) => return refused(wrong(&texts, &problem)),
    };
    let password = match new_password(&texts, &form) {
        Ok(password) => password,
        Err(error) => return refused(error),
    };
    let language = reader.language.tag();
    let added = app
        .ask(move |vault| {
            // It is good for one account, whoever else has the page open.
            if vault.has_accounts()? || !vault.take_invitation(&secret)? {
                return Err(Problem::new(
                    StatusCode::GONE,
                    "somebody else was the first",
                ));
            }
            let account = NewAccount {
                tenant,
                words,
                // Whoever sets it up alone runs all of it; roles are taken away once there are others.
                roles: AccountRoles::of(&[
                    AccountRole::Administrator,
                    AccountRole::Organiser,
                    AccountRole::Operator,
                    AccountRole::Dpo,
                ]),
                language,
                password: Some(password),
                outside: None,
            };
            Ok(vault.add_account(&account, now())?)
        })
        .await?;
    let id =
        added.ok_or_else(|| Problem::conflict("there is an account with this address already"))?;
    begin(&app, &reader.headers, id, "invitation", "/recordings").await
}

/// Says what is wrong with a form, in the language of its page.
pub(crate) fn wrong(texts: &Texts, problem: &Problem) -> String {
    match problem
        .findings
        .first()
        .map(|finding| finding.path.as_str())
    {
        Some("email") => texts.say("error-email"),
        Some(field) => texts.say_with("error-form", &[("field", field.to_owned().into())]),
        None => problem.detail.clone(),
    }
}

pub(crate) async fn invite(
    State(app): State<App>,
    reader: Reader,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let page = invite_page(&app, &reader, &text, None).await?;
    Ok(reader.draw(&page))
}

async fn invite_page(
    app: &App,
    reader: &Reader,
    text: &str,
    error: Option<String>,
) -> Result<InvitePage, Problem> {
    let (_, tenant, account) = invited(app, text).await?;
    let id = account.ok_or_else(|| Problem::not_found("page"))?;
    let account = app.ask(move |vault| Ok(vault.account(tenant, id)?)).await?;
    let account = account.ok_or_else(|| Problem::not_found("page"))?;
    Ok(InvitePage {
        frame: reader.frame(None),
        action: format!("/invite/{text}"),
        email: account.words.address.reveal().clone(),
        error,
    })
}

pub(crate) async fn accept(
    State(app): State<App>,
    reader: Reader,
    Path(text): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let texts = Texts::of(reader.language);
    let password = match new_password(&texts, &form) {
        Ok(password) => password,
        Err(error) => {
            let page = invite_page(&app, &reader, &text, Some(error)).await?;
            return Ok(reader.draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
    };
    let (secret, tenant, account) = invited(&app, &text).await?;
    let id = account.ok_or_else(|| Problem::not_found("page"))?;
    app.ask(move |vault| {
        if !vault.take_invitation(&secret)? {
            return Err(Problem::new(
                StatusCode::GONE,
                "this invitation was used already",
            ));
        }
        Ok(vault.set_password(id, &password, now())?)
    })
    .await?;
    // Whoever was locked out has shown otherwise who they are.
    let known = app.ask(move |vault| Ok(vault.account(tenant, id)?)).await?;
    if let Some(account) = known {
        let subject = Subject::account(account.words.address.reveal());
        app.guarded(|guard| guard.unlock(&subject));
    }
    begin(&app, &reader.headers, id, "invitation", "/recordings").await
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_led_to_another_site() {
        for path in ["/recordings", "/jobs/job_1?x=1", "/"] {
            assert_eq!(local(path), path);
        }
        for path in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:x",
            "/a b",
            "/\t/evil",
        ] {
            assert_eq!(local(path), "/recordings", "{path}");
        }
    }
}

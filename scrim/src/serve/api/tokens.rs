//! Tokens for programs.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use scrim_policy::{Permission, Permissions, TokenId};
use scrim_storage::{Timestamp, service::BearerText};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Checked, accounts::text, body::Part, parsed_id};
use crate::serve::{
    app::{App, now},
    identity::{By, Caller},
    problem::{Problem, ProblemBody},
};

/// The longest life of a token.
const MOST_DAYS: u32 = 366;

/// A token, without its secret.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenBody {
    /// Id, `tok_…`.
    id: String,
    /// What its owner calls it.
    name: String,
    /// What it may do, as far as its account may.
    scopes: Vec<&'static str>,
    /// When it was made.
    created_at: String,
    /// When it is over.
    expires_at: String,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_at: Option<String>,
}

/// A token to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenToMake {
    /// What you call it, up to 100 characters.
    name: String,
    /// What it may do: permissions that your account has.
    scopes: Vec<String>,
    /// For how many days, up to 366.
    #[schema(minimum = 1, maximum = 366)]
    days: u32,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenMade {
    /// Id.
    id: String,
    /// The secret. It is shown once.
    token: String,
    /// When it is over.
    expires_at: String,
}

/// Tokens of the account that asks.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "tokens", responses(
    (status = 200, body = Part<TokenBody>), (status = 401, body = ProblemBody)
))]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Part<TokenBody>>, Problem> {
    let account = caller.account.clone();
    let tokens = app
        .act(&caller, move |vault| Ok(vault.tokens(&account)?))
        .await?;
    let body = |token: scrim_storage::service::TokenFacts| TokenBody {
        id: token.id.to_string(),
        name: token.name,
        scopes: token.scopes.iter().map(Permission::as_str).collect(),
        created_at: token.created_at.to_string(),
        expires_at: token.expires_at.to_string(),
        used_at: token.used_at.map(|at| at.to_string()),
    };
    Ok(Json(Part {
        entries: tokens.into_iter().map(body).collect(),
        next: None,
    }))
}

/// Makes a token for a program. Only people do: a token makes no tokens.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "tokens", request_body = TokenToMake,
    responses((status = 201, body = TokenMade), (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody), (status = 415, body = ProblemBody),
        (status = 422, body = ProblemBody))
)]
pub(crate) async fn make(
    State(app): State<App>,
    caller: Caller,
    Checked(wanted): Checked<TokenToMake>,
) -> Result<(StatusCode, Json<TokenMade>), Problem> {
    if matches!(caller.by, By::Token(_)) {
        return Err(
            Problem::new(StatusCode::FORBIDDEN, "a token makes no tokens")
                .hint("sign in to make one"),
        );
    }
    let (id, secret, expires_at) =
        made(&app, &caller, (&wanted.name, wanted.days), &wanted.scopes).await?;
    let made = TokenMade {
        id: id.to_string(),
        token: secret.expose().to_owned(),
        expires_at: expires_at.to_string(),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Makes a token and returns its secret.
pub(crate) async fn new(
    app: &App,
    caller: &Caller,
    name: &str,
    scopes: &[String],
    days: u32,
) -> Result<String, Problem> {
    let (_, secret, _) = made(app, caller, (name, days), scopes).await?;
    Ok(secret.expose().to_owned())
}

async fn made(
    app: &App,
    caller: &Caller,
    (name, days): (&str, u32),
    words: &[String],
) -> Result<(TokenId, BearerText, Timestamp), Problem> {
    let name = text("name", name, 100)?;
    let scopes = scopes(words, &caller.may)?;
    if !(1..=MOST_DAYS).contains(&days) {
        let message = format!("a token lives 1 to {MOST_DAYS} days");
        return Err(Problem::invalid("days", message));
    }
    let account = caller.account.clone();
    app.act(caller, move |vault| {
        let expires_at = now().plus_days(days);
        let (id, secret) = vault.make_token(&account, &name, &scopes, (now(), expires_at))?;
        Ok((id, secret, expires_at))
    })
    .await
}

/// Takes a token back.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "tokens",
    params(("id" = String, Path, description = "Id, `tok_…`")),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody))
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id: TokenId = parsed_id(&id, "token")?;
    let account = caller.id();
    let revoked = app
        .act(&caller, move |vault| {
            Ok(vault.revoke_token(account, id, now())?)
        })
        .await?;
    match revoked {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::not_found("token")),
    }
}

/// Takes scopes that an account has.
pub(crate) fn scopes(words: &[String], may: &Permissions) -> Result<Permissions, Problem> {
    let parse = |word: &String| {
        word.parse()
            .map_err(|error: scrim_policy::AccessWordError| {
                Problem::invalid("scopes", error.to_string())
            })
    };
    let scopes: Permissions = words.iter().map(parse).collect::<Result<_, _>>()?;
    if scopes.is_empty() {
        return Err(Problem::invalid(
            "scopes",
            "a token that may do nothing is of no use",
        ));
    }
    if !scopes.is_within(may) {
        return Err(Problem::invalid(
            "scopes",
            "a token may not do more than your account",
        ));
    }
    Ok(scopes)
}

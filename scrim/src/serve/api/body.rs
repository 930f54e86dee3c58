//! What comes in with a request, checked.

use axum::{
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{StatusCode, request::Parts},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

use crate::serve::{incoming, problem::Problem};

/// The longest body in JSON.
const MOST_BYTES: usize = 2 << 20;

/// A body in JSON. Whatever is wrong with it is said, with its place.
pub(crate) struct Checked<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Checked<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = request.headers().get("content-type");
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/json") {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the body is not application/json",
            ));
        }
        let bytes = incoming::whole(request.into_body(), MOST_BYTES).await?;
        // serde takes a list of the values of a form for the form.
        if bytes.trim_ascii_start().first() == Some(&b'[') {
            return Err(Problem::invalid(
                "line 1, column 1",
                "the body is no object",
            ));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            // What was sent is not repeated: it may hold a password.
            let (line, column) = (error.line(), error.column());
            let what = match error.classify() {
                serde_json::error::Category::Data => error.to_string(),
                _ => "the body is no JSON".to_owned(),
            };
            let what = what
                .split(" at line ")
                .next()
                .unwrap_or_default()
                .to_owned();
            Problem::invalid(&format!("line {line}, column {column}"), what)
        })
    }
}

/// A query that is understood or refused.
pub(crate) struct Asked<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = Query::try_from_uri(&parts.uri);
        query
            .map(|Query(query)| Self(query))
            .map_err(|error| Problem::invalid("query", error.body_text()))
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Listing {
    /// What `next` said in the answer before.
    pub(crate) cursor: Option<String>,
    /// Most entries to answer with, up to 200.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u32>,
}

impl Listing {
    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        match self.limit {
            None => Ok(50),
            Some(limit @ 1..=200) => Ok(limit),
            Some(_) => Err(Problem::invalid("limit", "the limit is 1 to 200")),
        }
    }
}

/// Part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Part<T> {
    /// Entries, newest first.
    pub(crate) entries: Vec<T>,
    /// What `cursor` is for the next part, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// Reads a cursor.
pub(crate) fn cursor<T: FromStr>(text: Option<&str>) -> Result<Option<T>, Problem> {
    let read = |text: &str| {
        text.parse()
            .map_err(|_| Problem::invalid("cursor", "this is no cursor of this list"))
    };
    text.map(read).transpose()
}

/// Reads an id in a path. What is none names nothing.
pub(crate) fn parsed_id<T: FromStr>(text: &str, what: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found(what))
}

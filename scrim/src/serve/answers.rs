//! What the API answers without asking a handler, and the one form that errors have.
//!
//! Handlers describe what they answer themselves. The gate before them, and whatever reads path, query
//! and body for them, answers alike everywhere: it is described here, for each operation according to
//! who may use it and what it takes.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use utoipa::openapi::{
    Content, Header, Object, Ref, RefOr, Response, ResponseBuilder, Type,
    path::{Operation, Parameter, ParameterIn},
};

use super::{again::KEY_NAME, routes::Access};

/// The form of errors.
const PROBLEM_JSON: &str = "application/problem+json";

/// What may be answered to everything: another host was meant, it comes too often, there is a bug, the
/// catalog cannot be reached.
const ALWAYS: [StatusCode; 4] = [
    StatusCode::MISDIRECTED_REQUEST,
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::INTERNAL_SERVER_ERROR,
    StatusCode::SERVICE_UNAVAILABLE,
];

/// Adds to an operation what may be answered before its handler is asked.
pub(super) fn add(access: Access, method: &str, operation: &mut Operation) {
    let statuses = statuses(access, method, operation);
    let responses = &mut operation.responses.responses;
    for status in statuses {
        let known = responses
            .entry(status.as_str().to_owned())
            .or_insert_with(|| {
                RefOr::T(match method {
                    // Nothing follows the head.
                    "HEAD" => Response::new(reason(status)),
                    _ => problem(status),
                })
            });
        // The handler says something else with the same status.
        if let RefOr::T(known) = known
            && !known.content.is_empty()
            && !is_problem(known)
        {
            known
                .content
                .insert(PROBLEM_JSON.to_owned(), RefOr::T(problem_content()));
        }
    }
}

/// Moves errors, which are all alike, from an operation to the components.
pub(super) fn share(operation: &mut Operation, shared: &mut BTreeMap<String, RefOr<Response>>) {
    for (code, response) in &mut operation.responses.responses {
        let Ok(status) = code.parse::<StatusCode>() else {
            continue;
        };
        if !matches!(&*response, RefOr::T(known) if is_problem(known)) {
            continue;
        }
        let name = format!("Problem{code}");
        *response = RefOr::Ref(Ref::from_response_name(name.clone()));
        shared
            .entry(name)
            .or_insert_with(|| RefOr::T(problem(status)));
    }
}

fn statuses(access: Access, method: &str, operation: &Operation) -> Vec<StatusCode> {
    let mut statuses = ALWAYS.to_vec();
    if matches!(access, Access::May(_)) {
        statuses.extend([StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN]);
    }
    if !matches!(method, "GET" | "HEAD" | "OPTIONS") {
        // Another site sent it.
        statuses.push(StatusCode::FORBIDDEN);
    }
    let mut places = operation.parameters.iter().flatten().filter_map(place);
    if places.any(|place| *place == ParameterIn::Path) {
        statuses.push(StatusCode::NOT_FOUND);
    }
    // A query, or a key, that cannot be understood.
    let mut places = operation.parameters.iter().flatten().filter_map(place);
    if places.any(|place| matches!(place, ParameterIn::Query | ParameterIn::Header)) {
        statuses.push(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let has_key = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.name == KEY_NAME);
    if operation.parameters.iter().flatten().any(has_key) {
        // The same request is under way.
        statuses.push(StatusCode::CONFLICT);
    }
    if operation.request_body.is_some() {
        statuses.extend([
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            StatusCode::UNPROCESSABLE_ENTITY,
        ]);
    }
    statuses
}

fn place(parameter: &RefOr<Parameter>) -> Option<&ParameterIn> {
    match parameter {
        RefOr::T(parameter) => Some(&parameter.parameter_in),
        RefOr::Ref(_) => None,
    }
}

/// Says whether an answer is the body of an error and nothing else, in whatever form a handler has
/// described it.
fn is_problem(response: &Response) -> bool {
    let mut contents = response.content.values();
    let (Some(RefOr::T(content)), None) = (contents.next(), contents.next()) else {
        return false;
    };
    let Some(RefOr::Ref(schema)) = &content.schema else {
        return false;
    };
    schema.ref_location == problem_schema().ref_location
}

fn problem(status: StatusCode) -> Response {
    let response = ResponseBuilder::new()
        .description(reason(status))
        .content(PROBLEM_JSON, problem_content());
    match status {
        StatusCode::UNAUTHORIZED => response.header("WWW-Authenticate", Header::default()),
        StatusCode::TOO_MANY_REQUESTS => {
            response.header("Retry-After", Header::new(Object::with_type(Type::Integer)))
        }
        _ => response,
    }
    .build()
}

fn problem_content() -> Content {
    Content::new(Some(problem_schema()))
}

fn problem_schema() -> Ref {
    Ref::from_schema_name("ProblemBody")
}

fn reason(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Error")
}

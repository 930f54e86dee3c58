//! Forms and documents on their way in.

use std::time::Duration;

use axum::{
    body::{Body, Bytes, to_bytes},
    http::StatusCode,
};

use super::problem::Problem;

/// How long one may take to arrive. Whoever says nothing keeps a connection from somebody else. Files
/// have a way of their own.
const WITHIN: Duration = Duration::from_secs(30);

/// Reads a body to its end, if it is not too long and comes in time.
pub(crate) async fn whole(body: Body, most_bytes: usize) -> Result<Bytes, Problem> {
    match tokio::time::timeout(WITHIN, to_bytes(body, most_bytes)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is too long",
        )),
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "the body did not arrive in time",
        )),
    }
}

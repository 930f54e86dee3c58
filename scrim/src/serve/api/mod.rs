//! The API: `/api/v1`.

mod accounts;
mod audit;
mod body;
mod decisions;
mod exports;
mod invitations;
mod jobs;
mod links;
mod oversight;
mod pictures;
mod policies;
mod recordings;
mod registrations;
mod room_rules;
mod rooms;
mod tokens;
mod transcripts;
mod uploads;
mod webhooks;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use scrim_policy::{Kind, Permission as May};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes as operations;

use super::{
    app::App,
    problem::Problem,
    routes::{Access, Routes},
};

pub(crate) use accounts::{
    add_to as add_account, language as account_language, replace_password, roles as account_roles,
    text, words as account_words,
};
pub(crate) use body::{Asked, cursor, parsed_id};
pub(crate) use decisions::{Decision, decide};
pub(crate) use invitations::{
    InvitationToMake, invited as invite_to_room, way_in, withdrawn as withdraw_invitation,
};
pub(crate) use links::{LinkToMake, new as new_link};
pub(crate) use oversight::{ErasureToDo, hold_words, selection};
pub(crate) use pictures::MOST_PAGE_BYTES;
pub(crate) use recordings::{file_kind, is_there, owned};
pub(crate) use registrations::{approved as approve_registration, refused as refuse_registration};
pub(crate) use room_rules::{RoomRecordingBody, RoomRulesBody};
pub(crate) use rooms::{
    RoomToPlan, found as found_room, join_url, planned as plan_room, register_url,
    removed as remove_room,
};
pub(crate) use tokens::new as make_token;
pub(crate) use transcripts::{apply as change_transcript, changes_of as transcript_changes};
pub(crate) use webhooks::{EVENTS, new as add_webhook};

use body::{Checked, Listing};

/// What is answered where there is nothing.
pub(crate) async fn nothing() -> Problem {
    Problem::not_found("page")
}

/// What is answered where something is, but nothing of the kind can be done with it. Which methods
/// there are is written beside it.
pub(crate) async fn wrong_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "this cannot be asked in this way",
    )
    .hint("use a method that `Allow` names")
}

/// Adds everything below `/api/v1`, and what tells whether the service is well.
pub(super) fn routes(routes: Routes) -> Routes {
    let may = Access::May;
    routes
        .api(Access::Everybody, operations!(healthy))
        .api(Access::Everybody, operations!(ready))
        .page(may(May::HealthView), &["GET"], "/metrics", get(metrics))
        .api(may(May::AccountUse), operations!(accounts::me))
        .api(may(May::AccountUse), operations!(accounts::change_password))
        .api(may(May::AccountsManage), operations!(accounts::list))
        .api(may(May::AccountsManage), operations!(accounts::add))
        .api(may(May::AccountsManage), operations!(accounts::change))
        .api(may(May::AccountUse), operations!(tokens::list))
        .api(may(May::AccountUse), operations!(tokens::make))
        .api(may(May::AccountUse), operations!(tokens::revoke))
        .api(may(May::CatalogView), operations!(recordings::list))
        .api(may(May::CatalogView), operations!(recordings::show))
        .api(may(May::RecordingsEdit), operations!(recordings::change))
        .api(may(May::RecordingsView), operations!(recordings::file))
        .api(may(May::OriginalsView), operations!(pictures::frame))
        .api(may(May::OriginalsView), operations!(pictures::preview))
        .api(may(May::RecordingsView), operations!(pictures::still))
        .api(may(May::RecordingsPublish), operations!(decisions::publish))
        .api(
            may(May::RecordingsOverride),
            operations!(decisions::override_gate),
        )
        .api(
            may(May::RecordingsPublish),
            operations!(decisions::withdraw),
        )
        .api(may(May::TranscriptsView), operations!(transcripts::show))
        .api(may(May::TranscriptsEdit), operations!(transcripts::change))
        .api(may(May::UploadsManage), operations!(uploads::begin))
        .api(Access::Everybody, operations!(uploads::options))
        .api(may(May::UploadsManage), operations!(uploads::head))
        .api(may(May::UploadsManage), operations!(uploads::show))
        .api(may(May::UploadsManage), operations!(uploads::piece))
        .api(may(May::UploadsManage), operations!(uploads::forget))
        .api(may(May::PoliciesManage), operations!(policies::list))
        .api(may(May::PoliciesManage), operations!(policies::save))
        .api(may(May::PoliciesManage), operations!(policies::show))
        .api(may(May::PoliciesManage), operations!(policies::change))
        .api(may(May::PoliciesManage), operations!(policies::forget))
        .api(may(May::JobsManage), operations!(jobs::list))
        .api(may(May::JobsManage), operations!(jobs::add))
        .api(may(May::JobsManage), operations!(jobs::show))
        .api(may(May::JobsManage), operations!(jobs::retry))
        .api(may(May::JobsManage), operations!(jobs::cancel))
        .api(may(May::JobsManage), operations!(jobs::events))
        .api(may(May::LinksManage), operations!(links::list))
        .api(may(May::LinksManage), operations!(links::make))
        .api(may(May::LinksManage), operations!(links::revoke))
        .api(may(May::RoomsManage), operations!(rooms::list))
        .api(may(May::RoomsManage), operations!(rooms::plan))
        .api(may(May::RoomsManage), operations!(rooms::show))
        .api(may(May::RoomsManage), operations!(rooms::change))
        .api(may(May::RoomsManage), operations!(rooms::remove))
        .api(may(May::RoomsManage), operations!(invitations::list))
        .api(may(May::RoomsManage), operations!(invitations::make))
        .api(may(May::RoomsManage), operations!(invitations::withdraw))
        .api(may(May::RoomsManage), operations!(registrations::list))
        .api(may(May::RoomsManage), operations!(registrations::approve))
        .api(may(May::RoomsManage), operations!(registrations::refuse))
        .api(may(May::ExportsMake), operations!(exports::make))
        .api(may(May::RetentionView), operations!(oversight::rules))
        .api(may(May::RetentionManage), operations!(oversight::set_rule))
        .api(may(May::RetentionView), operations!(oversight::holds))
        .api(
            may(May::RetentionManage),
            operations!(oversight::place_hold),
        )
        .api(
            may(May::RetentionManage),
            operations!(oversight::release_hold),
        )
        .api(may(May::RetentionView), operations!(oversight::erasures))
        .api(may(May::ErasuresManage), operations!(oversight::erase))
        .api(may(May::RetentionView), operations!(oversight::certificate))
        .api(may(May::ConsentsView), operations!(audit::consents))
        .api(may(May::AuditView), operations!(audit::list))
        .api(may(May::AuditView), operations!(audit::verify))
        .api(may(May::WebhooksManage), operations!(webhooks::list))
        .api(may(May::WebhooksManage), operations!(webhooks::add))
        .api(may(May::WebhooksManage), operations!(webhooks::remove))
        .page(
            Access::Everybody,
            &["GET"],
            "/api/v1/openapi.json",
            get(openapi),
        )
}

/// How the service is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`, or what is not.
    status: &'static str,
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, body = Health)))]
async fn healthy() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// The catalog answers, and work is taken.
#[utoipa::path(
    get, path = "/readyz", tag = "health",
    responses((status = 200, body = Health), (status = 503, body = Health))
)]
async fn ready(State(app): State<App>) -> Response {
    let asked = app.ask(|vault| Ok(vault.has_accounts()?)).await;
    let (status, word) = match asked {
        _ if app.stop.is_told() => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
        Ok(_) => (StatusCode::OK, "ok"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "catalog"),
    };
    (status, Json(Health { status: word })).into_response()
}

async fn metrics(State(app): State<App>) -> Response {
    let text = app.metrics.get().map(crate::metrics::Metrics::encode);
    (
        [("content-type", crate::metrics::CONTENT_TYPE)],
        text.unwrap_or_default(),
    )
        .into_response()
}

async fn openapi(State(app): State<App>) -> Response {
    let (_, openapi, _) = super::routes(&app).finish();
    match openapi.to_json() {
        Ok(text) => ([("content-type", "application/json")], text).into_response(),
        Err(_) => Problem::new(
            super::problem::status_of(Kind::Internal),
            "the description of the API could not be written",
        )
        .into_response(),
    }
}

//! Pages: what is asked of them, and what they are filled with.

mod account;
mod admin;
mod audit;
mod entry;
mod form;
mod frame;
mod jobs;
mod outside;
mod player;
mod protection;
mod recordings;
mod regions;
mod registrations;
mod retention;
mod review;
mod rooms;

use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use scrim_policy::Permission as May;

use super::{
    assets,
    problem::Problem,
    routes::{Access, Routes},
};

pub(crate) use form::Form;
pub(crate) use frame::{Reader, done, failure};
pub(crate) use outside::{CALLBACK, Outside};

const GET: &[&str] = &["GET"];
const POST: &[&str] = &["POST"];
const BOTH: &[&str] = &["GET", "POST"];

/// Adds all pages.
pub(super) fn routes(routes: Routes) -> Routes {
    let may = Access::May;
    let everybody = Access::Everybody;
    routes
        .page(everybody, GET, "/", get(home))
        .page(everybody, GET, "/assets/{name}", get(asset))
        .page(
            everybody,
            BOTH,
            "/login",
            get(entry::login).post(entry::sign_in),
        )
        .page(everybody, GET, "/login/oidc", get(outside::leave))
        .page(
            everybody,
            GET,
            "/login/oidc/callback",
            get(outside::come_back),
        )
        .page(may(May::AccountUse), POST, "/logout", post(entry::sign_out))
        .page(
            Access::Secret,
            BOTH,
            "/setup/{secret}",
            get(entry::setup).post(entry::set_up),
        )
        .page(
            Access::Secret,
            BOTH,
            "/invite/{secret}",
            get(entry::invite).post(entry::accept),
        )
        .page(may(May::AccountUse), GET, "/account", get(account::show))
        .page(
            may(May::AccountUse),
            POST,
            "/account/password",
            post(account::password),
        )
        .page(
            may(May::AccountUse),
            POST,
            "/account/language",
            post(account::language),
        )
        .page(
            may(May::AccountUse),
            POST,
            "/account/sign-out-everywhere",
            post(account::sign_out_everywhere),
        )
        .page(
            may(May::AccountUse),
            BOTH,
            "/account/tokens",
            get(account::tokens).post(account::make_token),
        )
        .page(
            may(May::AccountUse),
            POST,
            "/account/tokens/{id}/revoke",
            post(account::revoke_token),
        )
        .page(
            may(May::CatalogView),
            GET,
            "/recordings",
            get(recordings::list),
        )
        .page(
            may(May::UploadsManage),
            GET,
            "/recordings/new",
            get(recordings::upload),
        )
        .page(
            may(May::RecordingsView),
            GET,
            "/recordings/{id}",
            get(review::show),
        )
        .page(
            may(May::OriginalsView),
            GET,
            "/recordings/{id}/regions",
            get(regions::show),
        )
        .page(
            may(May::RecordingsPublish),
            POST,
            "/recordings/{id}/publish",
            post(review::publish),
        )
        .page(
            may(May::RecordingsOverride),
            POST,
            "/recordings/{id}/override",
            post(review::override_gate),
        )
        .page(
            may(May::RecordingsPublish),
            POST,
            "/recordings/{id}/withdraw",
            post(review::withdraw),
        )
        .page(
            may(May::TranscriptsEdit),
            POST,
            "/recordings/{id}/transcript",
            post(review::transcript),
        )
        .page(
            may(May::RecordingsEdit),
            POST,
            "/recordings/{id}/title",
            post(review::title),
        )
        .page(
            may(May::RecordingsEdit),
            POST,
            "/recordings/{id}/tags",
            post(review::tags),
        )
        .page(
            may(May::LinksManage),
            POST,
            "/recordings/{id}/links",
            post(review::make_link),
        )
        .page(
            may(May::LinksManage),
            POST,
            "/recordings/{id}/links/{link}/revoke",
            post(review::revoke_link),
        )
        .page(may(May::RoomsManage), GET, "/rooms", get(rooms::list))
        .page(
            may(May::RoomsManage),
            BOTH,
            "/rooms/new",
            get(rooms::form).post(rooms::plan),
        )
        .page(
            may(May::RoomsManage),
            BOTH,
            "/rooms/{id}",
            get(rooms::show).post(rooms::invite),
        )
        .page(
            may(May::RoomsManage),
            POST,
            "/rooms/{id}/invitations/{invitation}/withdraw",
            post(rooms::withdraw),
        )
        .page(
            may(May::RoomsManage),
            POST,
            "/rooms/{id}/registrations/{registration}/approve",
            post(registrations::approve),
        )
        .page(
            may(May::RoomsManage),
            POST,
            "/rooms/{id}/registrations/{registration}/refuse",
            post(registrations::refuse),
        )
        .page(
            may(May::RoomsManage),
            POST,
            "/rooms/{id}/remove",
            post(rooms::remove),
        )
        .page(may(May::JobsManage), GET, "/jobs/{id}", get(jobs::show))
        .page(
            may(May::JobsManage),
            POST,
            "/jobs/{id}/retry",
            post(jobs::retry),
        )
        .page(
            may(May::JobsManage),
            POST,
            "/jobs/{id}/cancel",
            post(jobs::cancel),
        )
        .page(
            may(May::AccountsManage),
            BOTH,
            "/admin/users",
            get(admin::users).post(admin::invite),
        )
        .page(
            may(May::AccountsManage),
            POST,
            "/admin/users/{id}/roles",
            post(admin::roles),
        )
        .page(
            may(May::AccountsManage),
            POST,
            "/admin/users/{id}/disable",
            post(admin::disable),
        )
        .page(
            may(May::AccountsManage),
            POST,
            "/admin/users/{id}/enable",
            post(admin::enable),
        )
        .page(
            may(May::WebhooksManage),
            BOTH,
            "/admin/webhooks",
            get(admin::webhooks).post(admin::add_webhook),
        )
        .page(
            may(May::WebhooksManage),
            POST,
            "/admin/webhooks/{id}/remove",
            post(admin::remove_webhook),
        )
        .page(
            may(May::HealthView),
            GET,
            "/admin/health",
            get(admin::health),
        )
        .page(
            may(May::RetentionView),
            GET,
            "/dpo",
            get(protection::overview),
        )
        .page(
            may(May::RetentionView),
            GET,
            "/dpo/recordings",
            get(protection::stored),
        )
        .page(
            may(May::ConsentsView),
            GET,
            "/dpo/consents",
            get(protection::consents),
        )
        .page(
            may(May::RetentionView),
            GET,
            "/dpo/erasures",
            get(protection::erasures),
        )
        .page(
            may(May::ErasuresManage),
            POST,
            "/dpo/erasures",
            post(protection::erase),
        )
        .page(
            may(May::ErasuresManage),
            POST,
            "/dpo/erasures/preview",
            post(protection::preview),
        )
        .page(
            may(May::RetentionView),
            GET,
            "/dpo/retention",
            get(retention::show),
        )
        .page(
            may(May::RetentionManage),
            POST,
            "/dpo/retention/rules",
            post(retention::set_rule),
        )
        .page(
            may(May::RetentionManage),
            POST,
            "/dpo/retention/rules/remove",
            post(retention::remove_rule),
        )
        .page(
            may(May::RetentionManage),
            POST,
            "/dpo/retention/holds",
            post(retention::place_hold),
        )
        .page(
            may(May::RetentionManage),
            POST,
            "/dpo/retention/holds/{id}/release",
            post(retention::release_hold),
        )
        .page(may(May::AuditView), GET, "/dpo/audit", get(audit::show))
        .page(
            may(May::AuditView),
            POST,
            "/dpo/audit/verify",
            post(audit::verify),
        )
        .page(
            may(May::AuditView),
            GET,
            "/dpo/audit/export",
            get(audit::export),
        )
        .page(may(May::PlacesView), GET, "/dpo/places", get(audit::places))
        .page(
            Access::Secret,
            BOTH,
            "/d/{secret}",
            get(player::show).post(player::open),
        )
}

async fn home() -> Redirect {
    Redirect::to("/recordings")
}

/// A file that pages load. Its address changes with it, so browsers may keep it.
async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let asset = assets::find(&name).ok_or_else(|| Problem::not_found("file"))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(asset.content_type),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
    ];
    Ok((headers, asset.bytes).into_response())
}

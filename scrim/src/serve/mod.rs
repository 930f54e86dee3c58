//! `scrim serve`: the API and the pages.
//!
//! ```text
//! connection ─► TLS ─► headers ─► gate (who, may they, from our page?) ─► handler ─► vault
//!                                                        jobs, uploads: work ──────┘
//! ```
//!
//! Handlers decide nothing that the crates below decide; they translate. What blocks runs on threads
//! of its own.
//!
//! > **Nobody sees what another tenant has.** Every question to the vault carries the tenant of whoever
//! > asks, and what is somebody else's is not there.

mod again;
mod answers;
mod api;
mod app;
mod assets;
mod cues;
mod files;
mod gate;
mod headers;
mod identity;
mod incoming;
mod listen;
mod messages;
mod patience;
mod peer;
mod problem;
mod registration;
mod rooms;
mod routes;
mod shared;
mod site;
mod sources;
mod stop;
#[cfg(test)]
mod tests;
mod texts;
mod trail;
mod upkeep;
#[allow(unused_imports)]
mod view;
mod work;

use std::time::SystemTime;

use axum::{Router, middleware::from_fn_with_state};
pub(crate) use rooms::Turn;
use scrim_policy::{Kind, TenantId};
use scrim_storage::service::AccountWords;

use self::{
    app::{App, now},
    routes::{Access, Routes},
};
use crate::{
    cli::ServeArgs, config::Config, exit::Exit, failure::Failure, home::Home, metrics::Metrics,
    tls::Tls,
};

/// Runs the service until it is asked to stop.
pub(crate) fn run(home: &Home, args: &ServeArgs, json: bool) -> Result<Exit, Failure> {
    let config = home.config()?;
    let mut settings = config.serve.settings(args.listen)?;
    listen::make_room();
    let listener = listen::bind(settings.listen)?;
    // The port is known by now, also where any would do.
    settings.listen = listener.local_addr().unwrap_or(settings.listen);
    let vault = home.vault()?;
    let setup = match vault.has_accounts()? {
        true => None,
        false => Some(vault.invite(TenantId::SINGLE, None, now())?),
    };
    let tls = match settings.has_tls {
        true => Some(Tls::open(
            config.tls.settings(home.folder())?,
            SystemTime::now(),
        )?),
        false => None,
    };
    let app = App::new(vault.clone(), home.clone(), settings, &config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name("scrim-serve")
        .build()
        .map_err(|error| Failure::new(Kind::Unavailable, error))?;
    let setup = setup.map(|secret| format!("{}/setup/{}", app.settings.url(), secret.expose()));
    let fingerprint = tls.as_ref().map(Tls::fingerprint);
    let served = runtime.block_on(listen::serve(&app, listener, tls, || {
        announce(&app, setup.as_deref(), fingerprint.as_deref(), json);
    }));
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    vault.close();
    served.map(|()| Exit::Done)
}

/// Says whether the service would start with a configuration, as far as that shows without starting.
pub(crate) fn check(home: &Home, config: &Config) -> Result<(), Failure> {
    let serve = config.serve.settings(None)?;
    config.live.settings(&serve)?;
    config.live.turn()?;
    config.tls.settings(home.folder())?;
    messages::Messenger::new(config)?;
    config.oidc.clone().map(site::Outside::new).transpose()?;
    Ok(())
}

/// Takes a name and an address that an account can have.
pub(crate) fn account_words(name: &str, address: &str) -> Result<AccountWords, Failure> {
    api::account_words(name, address)
        .map_err(|problem| Failure::words(Kind::Invalid, problem.detail))
}

/// Takes a language that an account can have.
pub(crate) fn account_language(word: &str) -> Result<&'static str, Failure> {
    let taken = api::account_language(Some(word));
    taken.map_err(|problem| Failure::words(Kind::Invalid, problem.detail))
}

/// Says where it is, and how to begin.
fn announce(app: &App, setup: Option<&str>, fingerprint: Option<&str>, json: bool) {
    let url = app.settings.url();
    if json {
        let line = serde_json::json!({
            "message_type": "listening",
            "address": app.settings.listen.to_string(),
            "url": url,
            "setup_url": setup,
            "certificate_sha256": fingerprint,
        });
        println!("{line}");
        return;
    }
    println!("Scrim is at {url}");
    if let Some(fingerprint) = fingerprint {
        println!("Its certificate has the SHA-256 fingerprint {fingerprint}");
    }
    if app.outside.is_some() {
        println!(
            "The redirect address for the sign-in provider is {url}{}",
            site::CALLBACK
        );
    }
    if let Some(setup) = setup {
        println!("Make the first account, within three days and once: {setup}");
    }
}

/// Returns everything that is answered.
pub(crate) fn router(app: &App) -> Router {
    let (router, _, listed) = routes(app).finish();
    // Whoever builds it again finds what is counted already.
    let paths = listed.iter().map(|route| route.path.as_str());
    let _ = app.metrics.set(Metrics::new(paths));
    router
        .fallback(api::nothing)
        .method_not_allowed_fallback(api::wrong_method)
        .layer(from_fn_with_state(app.clone(), headers::around))
        .with_state(app.clone())
}

/// Returns every route.
fn routes(app: &App) -> Routes {
    let routes = site::routes(api::routes(Routes::new(app.clone())));
    registration::routes(rooms::routes(routes)).page(
        Access::Secret,
        &["GET", "HEAD"],
        "/d/{secret}/{file}",
        axum::routing::get(shared::file),
    )
}

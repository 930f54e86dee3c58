//! What all requests share.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::SystemTime,
};

use scrim_storage::{Timestamp, Vault};
use tokio::sync::{Notify, broadcast};

use super::{
    again::UnderWay, identity::SignedIn, messages::Messenger, problem::Problem, rooms::Registry,
    site::Outside, upkeep::Alarms,
};
use crate::{
    config::{Config, ServeSettings},
    failure::Failure,
    home::Home,
    limits::{Limits, LoginGuard},
    metrics::{LoginResult, Metrics},
};

/// How many notes about jobs wait for a reader that is slow. Whoever misses some asks again.
const NOTES: usize = 256;

/// What all requests share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) vault: Vault,
    pub(crate) home: Home,
    pub(crate) settings: ServeSettings,
    /// Told whenever something is known of a job.
    pub(crate) notes: broadcast::Sender<super::work::Note>,
    /// Told when there is work.
    pub(crate) work: Notify,
    /// Told when there are messages.
    pub(crate) messages: Notify,
    /// Told when something was refused that has to be destroyed.
    pub(crate) refusals: Notify,
    pub(crate) messenger: Messenger,
    /// Whoever signs people in elsewhere.
    pub(crate) outside: Option<Outside>,
    pub(crate) stop: super::stop::Stop,
    pub(crate) limits: Limits,
    pub(crate) guard: Mutex<LoginGuard>,
    /// The rooms that run.
    pub(crate) rooms: Registry,
    /// Requests with a key that are being answered.
    pub(crate) under_way: UnderWay,
    pub(crate) alarms: Alarms,
    pub(crate) started_at: Timestamp,
    /// Known once the routes are.
    pub(crate) metrics: OnceLock<Metrics>,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    pub(crate) fn new(
        vault: Vault,
        home: Home,
        settings: ServeSettings,
        config: &Config,
    ) -> Result<Self, Failure> {
        let rooms = Registry::new(config.live.settings(&settings)?, config.live.turn()?);
        Ok(Self(Arc::new(Shared {
            vault,
            home,
            settings,
            notes: broadcast::channel(NOTES).0,
            work: Notify::new(),
            messages: Notify::new(),
            refusals: Notify::new(),
            messenger: Messenger::new(config)?,
            outside: config.oidc.clone().map(Outside::new).transpose()?,
            stop: super::stop::Stop::default(),
            limits: Limits::new(&config.limits),
            guard: Mutex::default(),
            rooms,
            under_way: UnderWay::default(),
            alarms: Alarms::default(),
            started_at: now(),
            metrics: OnceLock::new(),
        })))
    }

    /// Asks the guard of sign-ins.
    pub(crate) fn guarded<T>(&self, ask: impl FnOnce(&mut LoginGuard) -> T) -> T {
        // It counts; a panic leaves at worst one try uncounted.
        ask(&mut self.guard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn count_login(&self, result: LoginResult) {
        if let Some(metrics) = self.metrics.get() {
            metrics.login(result);
        }
    }

    /// The name of whoever signs people in elsewhere, where there is one.
    pub(crate) fn provider_name(&self) -> Option<String> {
        self.outside.as_ref().map(Outside::name)
    }

    /// Does something with the vault, which blocks, for somebody.
    pub(crate) async fn act<T: Send + 'static>(
        &self,
        who: &SignedIn,
        act: impl FnOnce(&Vault) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let vault = self.vault.acting_as(who.actor());
        blocking(move || act(&vault)).await
    }

    /// Does something with the vault, which blocks, for Scrim itself.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Vault) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let vault = self.vault.clone();
        blocking(move || ask(&vault)).await
    }
}

/// Does something that blocks.
pub(crate) async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(act).await {
        Ok(done) => done,
        Err(error) => Err(Problem::panicked(&error)),
    }
}

/// The clock.
pub(crate) fn now() -> Timestamp {
    SystemTime::now().into()
}

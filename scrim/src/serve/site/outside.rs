//! Signing in with an account elsewhere, by OpenID Connect.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::SystemTime,
};

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom, SystemRandom};
use scrim_policy::{AccountRole, AccountRoles, Kind, TenantId};
use scrim_storage::{
    Vault,
    service::{Account, NewAccount},
};

use super::{
    super::{
        api,
        app::{App, blocking, now},
        identity,
        problem::Problem,
        texts::Language,
    },
    entry::{self, Next},
    frame::Reader,
};
use crate::{
    failure::Failure,
    metrics::LoginResult,
    oidc::{Identity, OidcError, OidcSettings, Pending, Provider},
};

const COOKIE: &str = "scrim-oidc";
const PATH: &str = "/login/oidc";

/// Where the provider sends browsers back to.
pub(crate) const CALLBACK: &str = "/login/oidc/callback";

/// How long somebody has at the provider, as [`Pending`] sees it.
const SECONDS: u32 = 15 * 60;

/// How many may be on their way at once. Who left first then has to begin anew.
const MOST_ON_THE_WAY: usize = 1000;

/// Whoever signs people in elsewhere, and who is on the way there.
pub(crate) struct Outside {
    settings: OidcSettings,
    /// Found at the first sign-in: a provider that is away then keeps nobody else from working.
    provider: OnceLock<Arc<Provider>>,
    on_the_way: Mutex<Vec<Leaving>>,
}

/// Somebody on the way. The browser has only a ticket, so that nothing has to be sealed.
struct Leaving {
    ticket: String,
    pending: Pending,
    next: String,
}

impl Outside {
    /// # Errors
    /// A [`Failure`] when a role of the configuration is none.
    pub(crate) fn new(settings: OidcSettings) -> Result<Self, Failure> {
        for role in settings.roles.values() {
            if role.parse::<AccountRole>().is_err() {
                let what = format!("[oidc.roles] names `{role}`, which is no role");
                let roles: Vec<_> = AccountRole::ALL.iter().map(|role| role.as_str()).collect();
                return Err(Failure::words(Kind::Invalid, what)
                    .hint(format!("roles are {}", roles.join(", "))));
            }
        }
        Ok(Self {
            settings,
            provider: OnceLock::new(),
            on_the_way: Mutex::default(),
        })
    }

    /// The host of the provider, which people know.
    pub(crate) fn name(&self) -> String {
        let issuer = self.settings.issuer.as_str();
        let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest).to_owned()
    }

    /// Asks the provider where that was not done yet, which blocks.
    fn provider(&self) -> Result<Arc<Provider>, OidcError> {
        if let Some(provider) = self.provider.get() {
            return Ok(provider.clone());
        }
        let found = Arc::new(Provider::discover(&self.settings, SystemTime::now())?);
        Ok(self.provider.get_or_init(|| found).clone())
    }

    fn leave(&self, leaving: Leaving) {
        let mut all = self.lock();
        if all.len() >= MOST_ON_THE_WAY {
            all.remove(0);
        }
        all.push(leaving);
    }

    /// Each ticket is good for one way back.
    fn come_back(&self, ticket: &str) -> Option<Leaving> {
        let mut all = self.lock();
        let at = all.iter().position(|leaving| leaving.ticket == ticket)?;
        Some(all.remove(at))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Leaving>> {
        self.on_the_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends a browser to the provider.
pub(crate) async fn leave(
    State(app): State<App>,
    api::Asked(next): api::Asked<Next>,
) -> Result<Response, Problem> {
    let asking = app.clone();
    let (url, ticket) = blocking(move || {
        let outside = configured(&asking)?;
        let callback = format!("{}{CALLBACK}", asking.settings.url());
        let (url, pending) = outside
            .provider()
            .and_then(|provider| provider.begin(&callback, SystemTime::now()))
            .map_err(refused)?;
        let ticket = ticket()?;
        outside.leave(Leaving {
            ticket: ticket.clone(),
            pending,
            next: next.local(),
        });
        Ok((url, ticket))
    })
    .await?;
    let mut response = Redirect::to(&url).into_response();
    let cookie = identity::set_cookie(&app, COOKIE, Some(&ticket), PATH, SECONDS);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Takes a browser back from the provider.
pub(crate) async fn come_back(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let ticket = identity::cookie(&headers, COOKIE)
        .unwrap_or_default()
        .to_owned();
    let language = reader.language;
    let asking = app.clone();
    let found = blocking(move || {
        let outside = configured(&asking)?;
        let leaving = outside
            .come_back(&ticket)
            .ok_or_else(|| refused(OidcError::OtherState))?;
        let identity = outside
            .provider()
            .and_then(|provider| {
                provider.finish(
                    leaving.pending,
                    &query.unwrap_or_default(),
                    SystemTime::now(),
                )
            })
            .map_err(refused)?;
        let account = account_of(&asking.vault, &identity, language)?;
        Ok((account, leaving.next))
    })
    .await;
    let gone = identity::set_cookie(&app, COOKIE, None, PATH, 0);
    let mut response = match found {
        Ok((account, next)) => {
            app.count_login(LoginResult::Ok);
            entry::begin(&app, &reader.headers, account.id, "oidc", &next).await?
        }
        Err(problem) => {
            app.count_login(LoginResult::Failed);
            return Err(problem);
        }
    };
    response.headers_mut().append(header::SET_COOKIE, gone);
    Ok(response)
}

fn configured(app: &App) -> Result<&Outside, Problem> {
    let missing = || Problem::not_found("page");
    app.outside.as_ref().ok_or_else(missing)
}

/// What went wrong is for whoever runs Scrim; it names nobody.
fn refused(error: OidcError) -> Problem {
    tracing::warn!(%error, "a sign-in from elsewhere was refused");
    let status = match error.kind() {
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::FORBIDDEN,
    };
    Problem::new(status, error.to_string()).hint("begin again at the page for signing in")
}

fn ticket() -> Result<String, Problem> {
    let mut bytes = [0; 32];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| refused(OidcError::NoEntropy))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Returns the account of somebody whom the provider vouches for. An account that was made before is
/// known by its address, where the provider has verified that; without one, whoever has a role by the
/// configuration gets an account. Roles of the configuration take the place of others.
fn account_of(vault: &Vault, identity: &Identity, language: Language) -> Result<Account, Problem> {
    let nobody = |why: &str| Problem::new(StatusCode::FORBIDDEN, why).hint("ask an administrator");
    let outside = (identity.issuer.as_str(), identity.subject.reveal().as_str());
    let roles: Vec<AccountRole> = identity
        .roles
        .iter()
        .filter_map(|role| role.parse().ok())
        .collect();
    let email = identity.email.as_ref().filter(|_| identity.email_verified);
    let known = match vault.account_by_outside(outside.0, outside.1)? {
        Some(account) => Some(account),
        None => match email {
            Some(email) => {
                let by_address = vault.account_by_address(&email.reveal().to_lowercase())?;
                if let Some(account) = &by_address {
                    vault.connect_outside(account.id, outside, now())?;
                }
                by_address
            }
            None => None,
        },
    };
    let account = match (known, email) {
        (Some(account), _) => account,
        (None, _) if roles.is_empty() => {
            return Err(nobody("there is no account for you here"));
        }
        (None, None) => {
            return Err(nobody("the provider has not verified your e-mail address"));
        }
        (None, Some(email)) => {
            let name = identity.name.as_ref().unwrap_or(email);
            let account = NewAccount {
                tenant: TenantId::SINGLE,
                words: api::account_words(name.reveal(), email.reveal())?,
                roles: AccountRoles::of(&roles),
                language: language.tag(),
                password: None,
                outside: Some(outside),
            };
            let added = vault.add_account(&account, now())?;
            let id = added.ok_or_else(|| nobody("somebody else has this address"))?;
            let missing = || Problem::not_found("account");
            vault.account(TenantId::SINGLE, id)?.ok_or_else(missing)?
        }
    };
    if account.disabled_at.is_some() {
        return Err(nobody("this account is disabled"));
    }
    let roles = AccountRoles::of(&roles);
    if !identity.roles.is_empty() && roles != account.roles {
        vault.set_account_roles(account.id, &roles, now())?;
    }
    Ok(account)
}

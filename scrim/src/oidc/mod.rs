//! Signing in through an OpenID Connect provider.
//!
//! ```text
//! Scrim                    browser                      provider
//! begin ── redirect ──────► authorise ─────────────────► asks who it is
//!   Pending, in a cookie                                       │
//! finish ◄── callback ───── code, state, iss ◄────────────────┘
//!   │ token request: code, PKCE verifier, client secret ──────► token endpoint
//!   │ ID token ◄───────────────────────────────────────────────
//!   └► Identity
//! ```
//! - The authorisation code flow with PKCE (RFC 7636), and no other. What the browser brings back is
//!   only believed together with what [`Pending`] holds.
//! - An ID token counts when its signature is that of the provider and every statement in it is
//!   about this sign-in: OpenID Connect Core 3.1.3.7.
//! - The access token is used for the user info, where the ID token does not name an e-mail address,
//!   and then dropped. There is no refresh token, no session with the provider and no logout from it.
//!
//! Requests block: call [`Provider`] from a thread that may wait. There are no handlers, cookies and
//! accounts here.

mod callback;
mod discovery;
mod error;
mod http;
mod identity;
mod keys;
mod pending;
mod settings;
mod signatures;
#[cfg(test)]
pub(crate) mod tests;
mod token;

use std::time::SystemTime;

use ring::rand::SystemRandom;

pub(crate) use error::{OidcError, TokenFlaw};
pub(crate) use identity::Identity;
pub(crate) use pending::Pending;
pub(crate) use settings::OidcSettings;

use callback::Callback;
use discovery::Metadata;
use http::{Http, percent_encoded};
use keys::KeyCache;
use settings::Secret;
use token::{Claims, Expected};

/// A provider that was found, and our account with it.
pub(crate) struct Provider {
    settings: OidcSettings,
    secret: Option<Secret>,
    http: Http,
    metadata: Metadata,
    keys: KeyCache,
    random: SystemRandom,
}

impl Provider {
    /// Asks a provider what it can do, and for its keys.
    ///
    /// # Errors
    /// [`OidcError`] when the settings are not usable, the provider does not answer, or it is not the
    /// one that the settings name or cannot do what is needed.
    pub(crate) fn discover(settings: &OidcSettings, now: SystemTime) -> Result<Self, OidcError> {
        settings.check()?;
        let secret = settings.secret()?;
        let http = Http::new(settings.ca_file.as_deref())?;
        let metadata = Metadata::discover(&http, &settings.issuer)?;
        let keys = KeyCache::fetch(&http, &metadata.jwks_uri, now)?;
        Ok(Self {
            settings: settings.clone(),
            secret,
            http,
            metadata,
            keys,
            random: SystemRandom::new(),
        })
    }

    /// Begins a sign-in. Returns where the browser has to go, and what the caller keeps for this
    /// browser alone, sealed in a cookie, until it is back at `redirect_uri`.
    ///
    /// # Errors
    /// [`OidcError::NoEntropy`].
    pub(crate) fn begin(
        &self,
        redirect_uri: &str,
        now: SystemTime,
    ) -> Result<(String, Pending), OidcError> {
        let pending = Pending::new(&self.random, &self.settings.issuer, redirect_uri, now)?;
        let challenge = pending.challenge();
        let parameters = [
            ("response_type", "code"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", redirect_uri),
            ("scope", &self.settings.scopes),
            ("state", pending.state()),
            ("nonce", pending.nonce()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let query: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", percent_encoded(value)))
            .collect();
        let endpoint = &self.metadata.authorization_endpoint;
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        Ok((format!("{endpoint}{joint}{}", query.join("&")), pending))
    }

    /// Ends a sign-in with the query of the callback. `pending` is used up: the caller removes its
    /// cookie whatever comes of it.
    ///
    /// # Errors
    /// [`OidcError`] when the callback belongs to another sign-in, the provider does not confirm it,
    /// or what it says is not acceptable.
    pub(crate) fn finish(
        &self,
        pending: Pending,
        query: &str,
        now: SystemTime,
    ) -> Result<Identity, OidcError> {
        let code = Callback::read(query)?.code(
            &pending,
            &self.settings.issuer,
            self.metadata.sends_issuer,
            now,
        )?;
        let tokens = self.http.tokens(
            &self.metadata,
            &self.settings.client_id,
            self.secret.as_ref(),
            &pending,
            &code,
        )?;
        let expected = Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce: pending.nonce(),
            access_token: tokens.access_token.as_deref(),
        };
        let mut claims = self.claims(&tokens.id_token, &expected, now)?;
        if claims.email.is_none()
            && let (Some(endpoint), Some(access_token)) =
                (&self.metadata.userinfo_endpoint, &tokens.access_token)
        {
            claims.complete(self.http.user_info(endpoint, access_token)?)?;
        }
        Identity::of(claims, &self.settings)
    }

    /// Verifies an ID token. The provider may have new keys since they were fetched.
    fn claims(
        &self,
        id_token: &str,
        expected: &Expected<'_>,
        now: SystemTime,
    ) -> Result<Claims, OidcError> {
        let header = token::header(id_token, &self.metadata.algorithms)?;
        let key = self
            .keys
            .find(&self.http, &self.metadata.jwks_uri, &header, now)?;
        let claims = token::claims(id_token, &header, &key, expected, now)?;
        Ok(claims)
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Provider")
            .field(&self.settings.issuer)
            .finish()
    }
}

//! Sessions: who is signed in, in which browser.

use scrim_policy::{AccountId, AuditEvent, Word};

use super::{Account, Bearer, BearerText};
use crate::{
    timestamp::Timestamp,
    vault::{Vault, VaultError},
};

/// How long a session lasts at most, and how long without being used: an organiser's working day.
const SESSION_DAYS: u32 = 7;
const IDLE_MICROS: i64 = 12 * 3600 * 1_000_000;

/// How exactly it is noted that a session is used.
const SEEN_MICROS: i64 = 60 * 1_000_000;

impl Vault {
    /// Begins a session and returns its secret.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn begin_session(
        &self,
        account: AccountId,
        method: &'static str,
        now: Timestamp,
    ) -> Result<BearerText, VaultError> {
        let secret = BearerText::random(Bearer::Session)?;
        let method = Word::new(method);
        self.audit(AuditEvent::SignedIn { account, method }, now)?;
        let expires_at = now.plus_days(SESSION_DAYS);
        let adding = self
            .catalog()
            .add_session(secret.digest(), account, now, expires_at);
        self.wait(adding)?;
        Ok(secret)
    }

    /// Returns the account of a session that is not over.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn session(
        &self,
        secret: &BearerText,
        now: Timestamp,
    ) -> Result<Option<Account>, VaultError> {
        let digest = secret.digest();
        let seen_after = Timestamp::from_micros(now.as_micros() - IDLE_MICROS);
        let Some(found) = self.wait(self.catalog().session(digest, seen_after, now))? else {
            return Ok(None);
        };
        if now.as_micros() - found.seen_at.as_micros() > SEEN_MICROS {
            self.wait(self.catalog().see_session(digest, now))?;
        }
        self.opened(found.account).map(Some)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn end_session(&self, secret: &BearerText) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().end_session(secret.digest()))?)
    }

    /// Ends all sessions of an account.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn end_sessions(&self, account: AccountId) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().end_sessions(account))?)
    }
}

//! Sessions, tokens and invitations: secrets that stand for an account, known by their digests.

use scrim_policy::{AccountId, Permissions, TenantId, TokenId};
use sqlx::{any::AnyRow, query};

use super::{
    super::{
        Catalog, CatalogError,
        rows::{optional_parsed, optional_time, parsed, time, value},
    },
    AccountRow, Sealed,
};
use crate::{digest::Sha256Digest, timestamp::Timestamp};

const SESSION: &str = "keep a session";
const TOKEN: &str = "keep a token";
const INVITE: &str = "keep an invitation";

/// A session that is alive.
#[derive(Clone, Debug)]
pub(crate) struct SessionRow {
    pub(crate) account: AccountRow,
    pub(crate) seen_at: Timestamp,
}

/// One token.
#[derive(Clone, Debug)]
pub(crate) struct TokenRow {
    pub(crate) id: TokenId,
    pub(crate) words: Vec<u8>,
    pub(crate) scopes: Permissions,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

impl TokenRow {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            words: value(row, "words")?,
            scopes: parsed(row, "scopes")?,
            created_at: time(row, "created_at")?,
            expires_at: time(row, "expires_at")?,
            used_at: optional_time(row, "used_at")?,
        })
    }
}

/// Whom an invitation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Invited {
    pub(crate) tenant: TenantId,
    /// Without one, the first administrator is made.
    pub(crate) account: Option<AccountId>,
}

impl Catalog {
    /// Adds a session, and forgets those that are over.
    pub(crate) async fn add_session(
        &self,
        digest: Sha256Digest,
        account: AccountId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(SESSION, source);
        let mut transaction = self.write(SESSION).await?;
        query("DELETE FROM session WHERE expires_at <= $1")
            .bind(now.as_micros())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        query(
            "INSERT INTO session (digest, account, created_at, seen_at, expires_at)
             VALUES ($1, $2, $3, $3, $4)",
        )
        .bind(digest.to_string())
        .bind(account.to_string())
        .bind(now.as_micros())
        .bind(expires_at.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Returns a session that is not over, of an account that is not disabled.
    pub(crate) async fn session(
        &self,
        digest: Sha256Digest,
        seen_after: Timestamp,
        now: Timestamp,
    ) -> Result<Option<SessionRow>, CatalogError> {
        let row = query(
            "SELECT account.*, session.seen_at AS seen_at FROM session
             JOIN account ON account.id = session.account
             WHERE session.digest = $1 AND session.expires_at > $2 AND session.seen_at > $3
             AND account.disabled_at IS NULL",
        )
        .bind(digest.to_string())
        .bind(now.as_micros())
        .bind(seen_after.as_micros())
        .fetch_optional(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(SESSION, source))?;
        let read = |row: &AnyRow| {
            Ok(SessionRow {
                account: AccountRow::read(row)?,
                seen_at: time(row, "seen_at")?,
            })
        };
        row.as_ref().map(read).transpose()
    }

    /// Notes that a session was used.
    pub(crate) async fn see_session(
        &self,
        digest: Sha256Digest,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        query("UPDATE session SET seen_at = $2 WHERE digest = $1")
            .bind(digest.to_string())
            .bind(now.as_micros())
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(|source| CatalogError::while_doing(SESSION, source))
    }

    /// Ends a session.
    pub(crate) async fn end_session(&self, digest: Sha256Digest) -> Result<(), CatalogError> {
        query("DELETE FROM session WHERE digest = $1")
            .bind(digest.to_string())
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(|source| CatalogError::while_doing(SESSION, source))
    }

    /// Ends all sessions of an account.
    pub(crate) async fn end_sessions(&self, account: AccountId) -> Result<(), CatalogError> {
        query("DELETE FROM session WHERE account = $1")
            .bind(account.to_string())
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(|source| CatalogError::while_doing(SESSION, source))
    }

    /// Adds a token.
    pub(crate) async fn add_token(
        &self,
        id: TokenId,
        account: AccountId,
        digest: Sha256Digest,
        scopes: &Permissions,
        sealed: Sealed<'_>,
        (created_at, expires_at): (Timestamp, Timestamp),
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(TOKEN, source);
        let mut transaction = self.write_words(&sealed, TOKEN).await?;
        query(
            "INSERT INTO api_token (id, tenant, account, digest, words, scopes, created_at,
             expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(id.to_string())
        .bind(sealed.tenant.to_string())
        .bind(account.to_string())
        .bind(digest.to_string())
        .bind(sealed.words)
        .bind(scopes.to_string())
        .bind(created_at.as_micros())
        .bind(expires_at.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Returns a token that is not over, and its account, which is not disabled. Notes that it was
    /// used.
    pub(crate) async fn use_token(
        &self,
        digest: Sha256Digest,
        now: Timestamp,
    ) -> Result<Option<(TokenId, Permissions, AccountRow)>, CatalogError> {
        let failed = |source| CatalogError::while_doing(TOKEN, source);
        let row = query(
            "SELECT account.*, api_token.id AS token, api_token.scopes AS scopes,
             api_token.used_at AS used_at FROM api_token
             JOIN account ON account.id = api_token.account
             WHERE api_token.digest = $1 AND api_token.expires_at > $2
             AND account.disabled_at IS NULL",
        )
        .bind(digest.to_string())
        .bind(now.as_micros())
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        let Some(row) = row else { return Ok(None) };
        let token: TokenId = parsed(&row, "token")?;
        // To the minute: whoever asks a hundred times a second writes once.
        let used_at = optional_time(&row, "used_at")?.map_or(0, Timestamp::as_micros);
        if now.as_micros() - used_at > 60_000_000 {
            query("UPDATE api_token SET used_at = $2 WHERE id = $1")
                .bind(token.to_string())
                .bind(now.as_micros())
                .execute(&self.pool)
                .await
                .map_err(failed)?;
        }
        Ok(Some((
            token,
            parsed(&row, "scopes")?,
            AccountRow::read(&row)?,
        )))
    }

    /// Returns the tokens of an account, newest first.
    pub(crate) async fn tokens(&self, account: AccountId) -> Result<Vec<TokenRow>, CatalogError> {
        let rows = query("SELECT * FROM api_token WHERE account = $1 ORDER BY created_at DESC, id")
            .bind(account.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(TOKEN, source))?;
        rows.iter().map(TokenRow::read).collect()
    }

    /// Takes a token of an account away and says whether there was one.
    pub(crate) async fn revoke_token(
        &self,
        account: AccountId,
        token: TokenId,
    ) -> Result<bool, CatalogError> {
        let gone = query("DELETE FROM api_token WHERE id = $1 AND account = $2")
            .bind(token.to_string())
            .bind(account.to_string())
            .execute(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(TOKEN, source))?;
        Ok(gone.rows_affected() == 1)
    }

    /// Adds an invitation, in the place of earlier ones for the same account.
    pub(crate) async fn invite(
        &self,
        digest: Sha256Digest,
        invited: Invited,
        expires_at: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(INVITE, source);
        let account = invited.account.map(|account| account.to_string());
        let mut transaction = self.write(INVITE).await?;
        query(
            "DELETE FROM invitation
             WHERE account = $1 OR (account IS NULL AND CAST($1 AS TEXT) IS NULL)",
        )
        .bind(&account)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        query(
            "INSERT INTO invitation (digest, tenant, account, expires_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(digest.to_string())
        .bind(invited.tenant.to_string())
        .bind(&account)
        .bind(expires_at.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Says whom an invitation is for that is not over.
    pub(crate) async fn invited(
        &self,
        digest: Sha256Digest,
        now: Timestamp,
    ) -> Result<Option<Invited>, CatalogError> {
        let row = query("SELECT * FROM invitation WHERE digest = $1 AND expires_at > $2")
            .bind(digest.to_string())
            .bind(now.as_micros())
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(INVITE, source))?;
        let read = |row: &AnyRow| {
            Ok(Invited {
                tenant: parsed(row, "tenant")?,
                account: optional_parsed(row, "account")?,
            })
        };
        row.as_ref().map(read).transpose()
    }

    /// Takes an invitation away and says whether it was there: it is good for one use.
    pub(crate) async fn take_invitation(&self, digest: Sha256Digest) -> Result<bool, CatalogError> {
        let gone = query("DELETE FROM invitation WHERE digest = $1")
            .bind(digest.to_string())
            .execute(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(INVITE, source))?;
        Ok(gone.rows_affected() == 1)
    }
}

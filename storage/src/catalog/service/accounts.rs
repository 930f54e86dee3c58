//! Accounts.

use scrim_policy::{AccountId, AccountRoles, TenantId};
use sqlx::{any::AnyRow, query};

use super::{
    super::{
        Catalog, CatalogError,
        rows::{optional_time, parsed, time, value},
    },
    Sealed,
};
use crate::{digest::KeyedDigest, timestamp::Timestamp};

const ADD: &str = "add an account";
const FIND: &str = "look for an account";
const CHANGE: &str = "change an account";

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccountRow {
    pub(crate) id: AccountId,
    pub(crate) tenant: TenantId,
    pub(crate) words: Vec<u8>,
    pub(crate) password: Option<String>,
    pub(crate) roles: AccountRoles,
    pub(crate) language: String,
    pub(crate) created_at: Timestamp,
    pub(crate) disabled_at: Option<Timestamp>,
}

/// An account that is to be added.
pub(crate) struct NewAccount<'a> {
    pub(crate) id: AccountId,
    pub(crate) login: KeyedDigest,
    pub(crate) password: Option<&'a str>,
    pub(crate) outside: Option<KeyedDigest>,
    pub(crate) roles: &'a AccountRoles,
    pub(crate) language: &'a str,
    pub(crate) created_at: Timestamp,
}

impl AccountRow {
    pub(super) fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            tenant: parsed(row, "tenant")?,
            words: value(row, "words")?,
            password: value(row, "password")?,
            roles: parsed(row, "roles")?,
            language: value(row, "language")?,
            created_at: time(row, "created_at")?,
            disabled_at: optional_time(row, "disabled_at")?,
        })
    }
}

impl Catalog {
    /// Adds an account and says whether it did: another one may have the same address.
    pub(crate) async fn add_account(
        &self,
        account: &NewAccount<'_>,
        sealed: Sealed<'_>,
    ) -> Result<bool, CatalogError> {
        let failed = |source| CatalogError::while_doing(ADD, source);
        let mut transaction = self.write_words(&sealed, ADD).await?;
        let added = query(
            "INSERT INTO account (id, tenant, login, words, password, outside, roles, language,
             created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        )
        .bind(account.id.to_string())
        .bind(sealed.tenant.to_string())
        .bind(account.login.to_string())
        .bind(sealed.words)
        .bind(account.password)
        .bind(account.outside.map(|outside| outside.to_string()))
        .bind(account.roles.to_string())
        .bind(account.language)
        .bind(account.created_at.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(added.rows_affected() == 1)
    }

    /// Says whether anybody has an account.
    pub(crate) async fn has_accounts(&self) -> Result<bool, CatalogError> {
        let found = query("SELECT id FROM account LIMIT 1")
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        Ok(found.is_some())
    }

    /// Returns an account.
    pub(crate) async fn account(&self, id: AccountId) -> Result<Option<AccountRow>, CatalogError> {
        self.account_where("SELECT * FROM account WHERE id = $1", id.to_string())
            .await
    }

    /// Returns the account with an address.
    pub(crate) async fn account_by_login(
        &self,
        login: KeyedDigest,
    ) -> Result<Option<AccountRow>, CatalogError> {
        let text = "SELECT * FROM account WHERE login = $1";
        self.account_where(text, login.to_string()).await
    }

    /// Returns the account of somebody who signs in elsewhere.
    pub(crate) async fn account_by_outside(
        &self,
        outside: KeyedDigest,
    ) -> Result<Option<AccountRow>, CatalogError> {
        let text = "SELECT * FROM account WHERE outside = $1";
        self.account_where(text, outside.to_string()).await
    }

    async fn account_where(
        &self,
        text: &'static str,
        is: String,
    ) -> Result<Option<AccountRow>, CatalogError> {
        let row = query(text)
            .bind(is)
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        row.as_ref().map(AccountRow::read).transpose()
    }

    /// Returns the accounts of a tenant, oldest first.
    pub(crate) async fn accounts(&self, tenant: TenantId) -> Result<Vec<AccountRow>, CatalogError> {
        let rows = query("SELECT * FROM account WHERE tenant = $1 ORDER BY created_at, id")
            .bind(tenant.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter().map(AccountRow::read).collect()
    }

    /// Sets the password of an account and ends all its sessions.
    pub(crate) async fn set_password(
        &self,
        account: AccountId,
        password: &str,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(CHANGE, source);
        let mut transaction = self.write(CHANGE).await?;
        query("UPDATE account SET password = $2 WHERE id = $1")
            .bind(account.to_string())
            .bind(password)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        query("DELETE FROM session WHERE account = $1")
            .bind(account.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Lets an account be signed in to from elsewhere.
    pub(crate) async fn set_outside(
        &self,
        account: AccountId,
        outside: KeyedDigest,
    ) -> Result<(), CatalogError> {
        self.change_account(
            "UPDATE account SET outside = $2 WHERE id = $1",
            account,
            &outside.to_string(),
        )
        .await
    }

    /// Sets the roles of an account.
    pub(crate) async fn set_roles(
        &self,
        account: AccountId,
        roles: &AccountRoles,
    ) -> Result<(), CatalogError> {
        self.change_account(
            "UPDATE account SET roles = $2 WHERE id = $1",
            account,
            &roles.to_string(),
        )
        .await
    }

    /// Sets the language of an account.
    pub(crate) async fn set_language(
        &self,
        account: AccountId,
        language: &str,
    ) -> Result<(), CatalogError> {
        self.change_account(
            "UPDATE account SET language = $2 WHERE id = $1",
            account,
            language,
        )
        .await
    }

    async fn change_account(
        &self,
        text: &'static str,
        account: AccountId,
        to: &str,
    ) -> Result<(), CatalogError> {
        query(text)
            .bind(account.to_string())
            .bind(to)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(|source| CatalogError::while_doing(CHANGE, source))
    }

    /// Disables an account, or enables it again. One that is disabled has no sessions.
    pub(crate) async fn set_disabled(
        &self,
        account: AccountId,
        at: Option<Timestamp>,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(CHANGE, source);
        let mut transaction = self.write(CHANGE).await?;
        query("UPDATE account SET disabled_at = $2 WHERE id = $1")
            .bind(account.to_string())
            .bind(at.map(Timestamp::as_micros))
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        if at.is_some() {
            query("DELETE FROM session WHERE account = $1")
                .bind(account.to_string())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }
}

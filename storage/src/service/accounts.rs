//! Accounts, sessions, tokens and invitations.

use scrim_policy::{
    AccountId, AccountRoles, AuditEvent, Permissions, Pii, TenantId, TokenId, Word,
};
use serde::{Deserialize, Serialize};

use super::{Bearer, BearerText, NewPassword, passwords::is_password, words::Words};
use crate::{
    catalog::{ACCOUNT, API_TOKEN, AccountRow, Invited, NewAccount as NewRow},
    digest::KeyedDigest,
    timestamp::{Timestamp, new_id},
    vault::{Vault, VaultError},
};

/// How long an invitation is good for.
const INVITATION_DAYS: u32 = 3;

/// What an account is called and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountWords {
    /// Name.
    pub name: Pii<String>,
    /// E-mail address, as it was written.
    pub address: Pii<String>,
}

#[derive(Serialize, Deserialize)]
struct Plain {
    name: String,
    address: String,
}

/// One account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Whose recordings it can see.
    pub tenant: TenantId,
    /// Name and address.
    pub words: AccountWords,
    /// What it may do.
    pub roles: AccountRoles,
    /// The language of its pages and messages, such as `de`.
    pub language: String,
    /// Whether a password was chosen.
    pub has_password: bool,
    /// When it was added.
    pub created_at: Timestamp,
    /// Since when nobody can sign in to it.
    pub disabled_at: Option<Timestamp>,
}

/// An account that is to be added.
#[derive(Debug)]
pub struct NewAccount<'a> {
    /// Whose recordings it can see.
    pub tenant: TenantId,
    /// Name and address.
    pub words: AccountWords,
    /// What it may do.
    pub roles: AccountRoles,
    /// The language of its pages and messages.
    pub language: &'a str,
    /// Its password, where it is not chosen by invitation.
    pub password: Option<NewPassword>,
    /// Issuer and subject, for whoever signs in elsewhere.
    pub outside: Option<(&'a str, &'a str)>,
}

/// A token, without its secret.
#[derive(Clone, Debug)]
pub struct TokenFacts {
    /// Its id.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do, as far as its account may.
    pub scopes: Permissions,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
}

impl Vault {
    /// Adds an account, or returns nothing where another one has the same address.
    ///
    /// # Errors
    /// [`VaultError::Audit`], [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn add_account(
        &self,
        account: &NewAccount<'_>,
        now: Timestamp,
    ) -> Result<Option<AccountId>, VaultError> {
        let id = new_id(now).map(AccountId::from_uuid)?;
        let password = account
            .password
            .as_ref()
            .map(NewPassword::hash)
            .transpose()?;
        let row = NewRow {
            id,
            login: self.login(account.words.address.reveal()),
            password: password.as_deref(),
            outside: account.outside.map(|outside| self.outside(outside)),
            roles: &account.roles,
            language: account.language,
            created_at: now,
        };
        let plain = Plain {
            name: account.words.name.reveal().clone(),
            address: account.words.address.reveal().clone(),
        };
        self.audit(
            AuditEvent::AccountAdded {
                account: id,
                roles: Word::new(account.roles.to_string().replace(' ', "+")),
            },
            now,
        )?;
        let added = self.with_words(account.tenant, |words| {
            let sealed = words.seal(ACCOUNT, &id.to_string(), &plain)?;
            Ok(self.wait(self.catalog().add_account(&row, sealed.as_row()))?)
        })?;
        Ok(added.then_some(id))
    }

    /// Says whether anybody has an account.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn has_accounts(&self) -> Result<bool, VaultError> {
        Ok(self.wait(self.catalog().has_accounts())?)
    }

    /// Returns an account of a tenant.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn account(&self, tenant: TenantId, id: AccountId) -> Result<Option<Account>, VaultError> {
        let row = self.wait(self.catalog().account(id))?;
        let row = row.filter(|row| row.tenant == tenant);
        row.map(|row| self.opened(row)).transpose()
    }

    /// Returns the account with an address, of whichever tenant.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn account_by_address(&self, address: &str) -> Result<Option<Account>, VaultError> {
        let row = self.wait(self.catalog().account_by_login(self.login(address)))?;
        row.map(|row| self.opened(row)).transpose()
    }

    /// Returns the account of somebody who signs in elsewhere.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn account_by_outside(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<Account>, VaultError> {
        let outside = self.outside((issuer, subject));
        let row = self.wait(self.catalog().account_by_outside(outside))?;
        row.map(|row| self.opened(row)).transpose()
    }

    /// Lets an account be signed in to from elsewhere.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn connect_outside(
        &self,
        account: AccountId,
        outside: (&str, &str),
        now: Timestamp,
    ) -> Result<(), VaultError> {
        self.account_changed(account, "outside", now)?;
        let outside = self.outside(outside);
        Ok(self.wait(self.catalog().set_outside(account, outside))?)
    }

    /// Returns the accounts of a tenant, oldest first.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn accounts(&self, tenant: TenantId) -> Result<Vec<Account>, VaultError> {
        let rows = self.wait(self.catalog().accounts(tenant))?;
        let words = self.words(tenant)?;
        rows.into_iter().map(|row| open(&words, row)).collect()
    }

    /// Looks for the account with an address and a password. It takes as long where there is none.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn authenticate(
        &self,
        address: &str,
        password: &str,
    ) -> Result<Option<Account>, VaultError> {
        let row = self.wait(self.catalog().account_by_login(self.login(address)))?;
        let kept = row.as_ref().and_then(|row| row.password.as_deref());
        if !is_password(kept, password) {
            return Ok(None);
        }
        let row = row.filter(|row| row.disabled_at.is_none());
        row.map(|row| self.opened(row)).transpose()
    }

    /// Sets the password of an account and ends all its sessions.
    ///
    /// # Errors
    /// [`VaultError::Audit`], [`VaultError::Password`] and [`VaultError::Catalog`].
    pub fn set_password(
        &self,
        account: AccountId,
        password: &NewPassword,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let hash = password.hash()?;
        self.account_changed(account, "password", now)?;
        Ok(self.wait(self.catalog().set_password(account, &hash))?)
    }

    /// Sets the roles of an account.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn set_account_roles(
        &self,
        account: AccountId,
        roles: &AccountRoles,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let change = format!("roles:{}", roles.to_string().replace(' ', "+"));
        self.account_changed(account, &change, now)?;
        Ok(self.wait(self.catalog().set_roles(account, roles))?)
    }

    /// Sets the language of an account.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn set_account_language(
        &self,
        account: AccountId,
        language: &str,
    ) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().set_language(account, language))?)
    }

    /// Disables an account, or enables it again.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn set_account_disabled(
        &self,
        account: AccountId,
        is_disabled: bool,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let change = if is_disabled { "disabled" } else { "enabled" };
        self.account_changed(account, change, now)?;
        let at = is_disabled.then_some(now);
        Ok(self.wait(self.catalog().set_disabled(account, at))?)
    }

    fn account_changed(
        &self,
        account: AccountId,
        change: &str,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let change = Word::new(change);
        self.audit(AuditEvent::AccountChanged { account, change }, now)
            .map(drop)
    }

    /// Makes a token for programs and returns its secret, which nobody sees again.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Audit`], [`VaultError::Key`] and
    /// [`VaultError::Catalog`].
    pub fn make_token(
        &self,
        account: &Account,
        name: &str,
        scopes: &Permissions,
        (now, expires_at): (Timestamp, Timestamp),
    ) -> Result<(TokenId, BearerText), VaultError> {
        let id = new_id(now).map(TokenId::from_uuid)?;
        let secret = BearerText::random(Bearer::Token)?;
        let (token, account_id) = (id, account.id);
        self.audit(
            AuditEvent::TokenMade {
                token,
                account: account_id,
            },
            now,
        )?;
        self.with_words(account.tenant, |words| {
            let sealed = words.seal(API_TOKEN, &id.to_string(), &name)?;
            let times = (now, expires_at);
            let digest = secret.digest();
            let adding =
                self.catalog()
                    .add_token(id, account_id, digest, scopes, sealed.as_row(), times);
            Ok(self.wait(adding)?)
        })?;
        Ok((id, secret))
    }

    /// Returns the token with a secret, what it may do at most, and its account.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn use_token(
        &self,
        secret: &BearerText,
        now: Timestamp,
    ) -> Result<Option<(TokenId, Permissions, Account)>, VaultError> {
        let found = self.wait(self.catalog().use_token(secret.digest(), now))?;
        let open = |(id, scopes, row)| Ok((id, scopes, self.opened(row)?));
        found.map(open).transpose()
    }

    /// Returns the tokens of an account, newest first.
    ///
    /// # Errors
    /// [`VaultError::Catalog`] and [`VaultError::Key`].
    pub fn tokens(&self, account: &Account) -> Result<Vec<TokenFacts>, VaultError> {
        let rows = self.wait(self.catalog().tokens(account.id))?;
        let words = self.words(account.tenant)?;
        let open = |row: crate::catalog::TokenRow| {
            Ok(TokenFacts {
                id: row.id,
                name: words.open(API_TOKEN, &row.id.to_string(), &row.words)?,
                scopes: row.scopes,
                created_at: row.created_at,
                expires_at: row.expires_at,
                used_at: row.used_at,
            })
        };
        rows.into_iter().map(open).collect()
    }

    /// Takes a token of an account away and says whether there was one.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn revoke_token(
        &self,
        account: AccountId,
        token: TokenId,
        now: Timestamp,
    ) -> Result<bool, VaultError> {
        self.audit(AuditEvent::TokenRevoked { token, account }, now)?;
        Ok(self.wait(self.catalog().revoke_token(account, token))?)
    }

    /// Makes an invitation to choose a password, or to become the first administrator of a tenant.
    /// Earlier ones for the same account are over.
    ///
    /// # Errors
    /// [`VaultError::Entropy`] and [`VaultError::Catalog`].
    pub fn invite(
        &self,
        tenant: TenantId,
        account: Option<AccountId>,
        now: Timestamp,
    ) -> Result<BearerText, VaultError> {
        let secret = BearerText::random(Bearer::Invitation)?;
        let invited = Invited { tenant, account };
        let expires_at = now.plus_days(INVITATION_DAYS);
        self.wait(self.catalog().invite(secret.digest(), invited, expires_at))?;
        Ok(secret)
    }

    /// Says whom an invitation is for: a tenant, and the account unless it is for the first one.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn invited(
        &self,
        secret: &BearerText,
        now: Timestamp,
    ) -> Result<Option<(TenantId, Option<AccountId>)>, VaultError> {
        let found = self.wait(self.catalog().invited(secret.digest(), now))?;
        Ok(found.map(|Invited { tenant, account }| (tenant, account)))
    }

    /// Takes an invitation away and says whether it was there: it is good for one use.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn take_invitation(&self, secret: &BearerText) -> Result<bool, VaultError> {
        Ok(self.wait(self.catalog().take_invitation(secret.digest()))?)
    }

    pub(super) fn opened(&self, row: AccountRow) -> Result<Account, VaultError> {
        open(&self.words(row.tenant)?, row)
    }

    /// How an account is found by its address. Case does not matter, as to all mail servers that
    /// there are.
    fn login(&self, address: &str) -> KeyedDigest {
        let address = address.trim().to_lowercase();
        self.keyring()
            .keyed_digest("scrim/login/v1", &[address.as_bytes()])
    }

    fn outside(&self, (issuer, subject): (&str, &str)) -> KeyedDigest {
        let parts = [issuer.as_bytes(), subject.as_bytes()];
        self.keyring().keyed_digest("scrim/outside/v1", &parts)
    }
}

fn open(words: &Words, row: AccountRow) -> Result<Account, VaultError> {
    let Plain { name, address } = words.open(ACCOUNT, &row.id.to_string(), &row.words)?;
    Ok(Account {
        id: row.id,
        tenant: row.tenant,
        words: AccountWords {
            name: Pii::new(name),
            address: Pii::new(address),
        },
        roles: row.roles,
        language: row.language,
        has_password: row.password.is_some(),
        created_at: row.created_at,
        disabled_at: row.disabled_at,
    })
}

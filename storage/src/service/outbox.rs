//! Messages on their way, the addresses that are told of events, and answers that are given again.

use scrim_policy::{AccountId, AuditEvent, MessageId, TenantId, WebhookId, Word};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    catalog::{
        ANSWER, Channel, MESSAGE, MessageStanding, MessageState, NewMessage, WEBHOOK, WebhookRow,
    },
    digest::Sha256Digest,
    timestamp::{Timestamp, new_id},
    vault::{Vault, VaultError},
};

/// How long an answer is given again.
const ANSWER_DAYS: u32 = 1;

/// A message that is due.
#[derive(Clone, Debug)]
pub struct Message<T> {
    /// Its id, the same with every try: who gets it twice knows.
    pub id: MessageId,
    /// Whose.
    pub tenant: TenantId,
    /// How it travels.
    pub channel: Channel,
    /// The account or the webhook that it goes to.
    pub target: String,
    /// What it says.
    pub body: T,
    /// When it was written.
    pub created_at: Timestamp,
    /// Number of tries, this one included.
    pub tries: u64,
}

/// Where a webhook is, and what its messages are signed with.
#[derive(Clone, Serialize, Deserialize)]
pub struct WebhookWords {
    /// Address.
    pub url: String,
    /// Secret.
    pub secret: String,
}

impl std::fmt::Debug for WebhookWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[webhook]")
    }
}

/// One webhook.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Where it is.
    pub words: WebhookWords,
    /// Which events it is told of, words between spaces.
    pub events: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// Since when it is told of nothing.
    pub disabled_at: Option<Timestamp>,
}

impl Vault {
    /// Puts a message into the outbox.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn add_message(
        &self,
        tenant: TenantId,
        (channel, target): (Channel, &str),
        body: &impl Serialize,
        now: Timestamp,
    ) -> Result<MessageId, VaultError> {
        let id = new_id(now).map(MessageId::from_uuid)?;
        let message = NewMessage {
            id,
            channel,
            target,
            created_at: now,
        };
        self.with_words(tenant, |words| {
            let sealed = words.seal(MESSAGE, &id.to_string(), body)?;
            Ok(self.wait(self.catalog().add_message(&message, sealed.as_row()))?)
        })?;
        Ok(id)
    }

    /// Takes messages that are due, of all tenants. They are due again at `again_at`, should nothing
    /// be noted of them.
    ///
    /// # Errors
    /// [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn take_messages<T: DeserializeOwned>(
        &self,
        now: Timestamp,
        again_at: Timestamp,
        limit: u32,
    ) -> Result<Vec<Message<T>>, VaultError> {
        let rows = self.wait(self.catalog().take_messages(now, again_at, limit))?;
        let open = |row: crate::catalog::MessageRow| {
            let words = self.words(row.tenant)?;
            Ok(Message {
                id: row.id,
                tenant: row.tenant,
                channel: row.channel,
                target: row.target,
                body: words.open(MESSAGE, &row.id.to_string(), &row.words)?,
                created_at: row.created_at,
                tries: row.tries,
            })
        };
        rows.into_iter().map(open).collect()
    }

    /// Notes what became of a message, and why, in a word.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn note_message(
        &self,
        id: MessageId,
        state: MessageState,
        next_at: Timestamp,
        failure: Option<&str>,
    ) -> Result<(), VaultError> {
        Ok(self.wait(self.catalog().note_message(id, state, next_at, failure))?)
    }

    /// Forgets messages that came to an end and were written before a time.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn forget_messages(&self, before: Timestamp) -> Result<u64, VaultError> {
        Ok(self.wait(self.catalog().forget_messages(before))?)
    }

    /// Returns how many messages of all tenants are in each state, by how they travel.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn messages_by_state(&self) -> Result<Vec<(Channel, MessageState, u64)>, VaultError> {
        Ok(self.wait(self.catalog().messages_by_state())?)
    }

    /// Returns how the messages to an account or a webhook stand, the newest first.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn messages_to(
        &self,
        tenant: TenantId,
        target: &str,
    ) -> Result<Vec<MessageStanding>, VaultError> {
        Ok(self.wait(self.catalog().messages_to(tenant, target))?)
    }

    /// Adds a webhook.
    ///
    /// # Errors
    /// [`VaultError::Entropy`], [`VaultError::Audit`], [`VaultError::Key`] and
    /// [`VaultError::Catalog`].
    pub fn add_webhook(
        &self,
        tenant: TenantId,
        words: &WebhookWords,
        events: &str,
        now: Timestamp,
    ) -> Result<WebhookId, VaultError> {
        let id = new_id(now).map(WebhookId::from_uuid)?;
        self.webhook_changed(id, "added", now)?;
        self.with_words(tenant, |key| {
            let sealed = key.seal(WEBHOOK, &id.to_string(), words)?;
            let adding = self.catalog().add_webhook(id, events, now, sealed.as_row());
            Ok(self.wait(adding)?)
        })?;
        Ok(id)
    }

    /// Returns the webhooks of a tenant.
    ///
    /// # Errors
    /// [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn webhooks(&self, tenant: TenantId) -> Result<Vec<Webhook>, VaultError> {
        let rows = self.wait(self.catalog().webhooks(tenant))?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let words = self.words(tenant)?;
        let open = |row: WebhookRow| {
            Ok(Webhook {
                id: row.id,
                words: words.open(WEBHOOK, &row.id.to_string(), &row.words)?,
                events: row.events,
                created_at: row.created_at,
                disabled_at: row.disabled_at,
            })
        };
        rows.into_iter().map(open).collect()
    }

    /// Disables a webhook, whose messages then are given up.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn disable_webhook(
        &self,
        tenant: TenantId,
        id: WebhookId,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        self.webhook_changed(id, "disabled", now)?;
        Ok(self.wait(self.catalog().disable_webhook(tenant, id, now))?)
    }

    /// Takes a webhook away and says whether there was one.
    ///
    /// # Errors
    /// [`VaultError::Audit`] and [`VaultError::Catalog`].
    pub fn forget_webhook(
        &self,
        tenant: TenantId,
        id: WebhookId,
        now: Timestamp,
    ) -> Result<bool, VaultError> {
        self.webhook_changed(id, "removed", now)?;
        Ok(self.wait(self.catalog().forget_webhook(tenant, id))?)
    }

    fn webhook_changed(
        &self,
        webhook: WebhookId,
        change: &str,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let change = Word::new(change);
        self.audit(AuditEvent::WebhookChanged { webhook, change }, now)
            .map(drop)
    }

    /// Returns the answer that was given to a request with a key of its sender, and whether that was
    /// the same request.
    ///
    /// # Errors
    /// [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn answered(
        &self,
        (tenant, account): (TenantId, AccountId),
        key: &str,
        request: Sha256Digest,
    ) -> Result<Option<(bool, u16, String)>, VaultError> {
        let (account, key) = (
            account.to_string(),
            Sha256Digest::of(key.as_bytes()).to_string(),
        );
        let Some((kept, status, sealed)) = self.wait(self.catalog().answered(&account, &key))?
        else {
            return Ok(None);
        };
        let body = self
            .words(tenant)?
            .open(ANSWER, &format!("{account}/{key}"), &sealed)?;
        let status = u16::try_from(status).unwrap_or(500);
        Ok(Some((kept == request.to_string(), status, body)))
    }

    /// Remembers the answer to a request, to be given again until it is forgotten.
    ///
    /// # Errors
    /// [`VaultError::Key`] and [`VaultError::Catalog`].
    pub fn remember_answer(
        &self,
        (tenant, account): (TenantId, AccountId),
        key: &str,
        request: Sha256Digest,
        (status, body): (u16, &str),
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let (account, key) = (
            account.to_string(),
            Sha256Digest::of(key.as_bytes()).to_string(),
        );
        let request = request.to_string();
        self.with_words(tenant, |words| {
            let sealed = words.seal(ANSWER, &format!("{account}/{key}"), &body)?;
            let remembering = self.catalog().remember_answer(
                (&account, &key, &request),
                u64::from(status),
                sealed.as_row(),
                now,
            );
            Ok(self.wait(remembering)?)
        })
    }

    /// Forgets answers that are older than a day, and says how many.
    ///
    /// # Errors
    /// [`VaultError::Catalog`].
    pub fn forget_answers(&self, now: Timestamp) -> Result<u64, VaultError> {
        let before = now.minus_days(ANSWER_DAYS);
        Ok(self.wait(self.catalog().forget_answers(before))?)
    }
}

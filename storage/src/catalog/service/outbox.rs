//! Messages on their way, and the addresses that are told of events.

use std::{fmt, str::FromStr};

use scrim_policy::{MessageId, TenantId, WebhookId};
use serde::Serialize;
use sqlx::{any::AnyRow, query};

use super::{
    super::{
        Catalog, CatalogError,
        rows::{number, optional_time, parsed, sql_number, time, value},
    },
    Sealed,
};
use crate::timestamp::Timestamp;

const ADD: &str = "put a message into the outbox";
const FIND: &str = "look into the outbox";
const NOTE: &str = "note what became of a message";
const WEBHOOK: &str = "keep a webhook";

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By e-mail, to an account.
    Mail,
    /// By HTTP, to a webhook.
    Webhook,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// It is on its way.
    Waiting,
    /// It has arrived.
    Sent,
    /// It was given up.
    Failed,
}

macro_rules! worded {
    ($name:ident, $($word:ident = $text:literal),+) => {
        impl $name {
            /// Returns its word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$word => $text,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                match text {
                    $($text => Ok(Self::$word),)+
                    _ => Err(()),
                }
            }
        }
    };
}

worded!(Channel, Mail = "mail", Webhook = "webhook");
worded!(
    MessageState,
    Waiting = "waiting",
    Sent = "sent",
    Failed = "failed"
);

/// One message.
#[derive(Clone, Debug)]
pub(crate) struct MessageRow {
    pub(crate) id: MessageId,
    pub(crate) tenant: TenantId,
    pub(crate) channel: Channel,
    /// An account or a webhook.
    pub(crate) target: String,
    pub(crate) words: Vec<u8>,
    pub(crate) created_at: Timestamp,
    pub(crate) tries: u64,
}

/// How a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageStanding {
    /// What became of it.
    pub state: MessageState,
    /// Number of tries so far.
    pub tries: u64,
    /// When its state was noted or, while it waits, when it is tried next.
    pub at: Timestamp,
}

/// A message that is to be sent.
pub(crate) struct NewMessage<'a> {
    pub(crate) id: MessageId,
    pub(crate) channel: Channel,
    pub(crate) target: &'a str,
    pub(crate) created_at: Timestamp,
}

/// One webhook.
#[derive(Clone, Debug)]
pub(crate) struct WebhookRow {
    pub(crate) id: WebhookId,
    pub(crate) words: Vec<u8>,
    pub(crate) events: String,
    pub(crate) created_at: Timestamp,
    pub(crate) disabled_at: Option<Timestamp>,
}

impl WebhookRow {
    fn read(row: &AnyRow) -> Result<Self, CatalogError> {
        Ok(Self {
            id: parsed(row, "id")?,
            words: value(row, "words")?,
            events: value(row, "events")?,
            created_at: time(row, "created_at")?,
            disabled_at: optional_time(row, "disabled_at")?,
        })
    }
}

impl Catalog {
    /// Puts a message into the outbox.
    pub(crate) async fn add_message(
        &self,
        message: &NewMessage<'_>,
        sealed: Sealed<'_>,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(ADD, source);
        let mut transaction = self.write_words(&sealed, ADD).await?;
        query(
            "INSERT INTO outbox (id, tenant, channel, target, words, created_at, next_at, tries,
             state) VALUES ($1, $2, $3, $4, $5, $6, $6, 0, 'waiting')",
        )
        .bind(message.id.to_string())
        .bind(sealed.tenant.to_string())
        .bind(message.channel.as_str())
        .bind(message.target)
        .bind(sealed.words)
        .bind(message.created_at.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Takes messages that are due. They are due again at `again_at`, unless something is noted of
    /// them before.
    pub(crate) async fn take_messages(
        &self,
        now: Timestamp,
        again_at: Timestamp,
        limit: u32,
    ) -> Result<Vec<MessageRow>, CatalogError> {
        let failed = |source| CatalogError::while_doing(FIND, source);
        let mut transaction = self.write(FIND).await?;
        let rows = query(
            "UPDATE outbox SET tries = tries + 1, next_at = $2 WHERE id IN (
                 SELECT id FROM outbox WHERE state = 'waiting' AND next_at <= $1
                 ORDER BY next_at, id LIMIT $3)
             RETURNING *",
        )
        .bind(now.as_micros())
        .bind(again_at.as_micros())
        .bind(i64::from(limit))
        .fetch_all(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        let read = |row: &AnyRow| {
            Ok(MessageRow {
                id: parsed(row, "id")?,
                tenant: parsed(row, "tenant")?,
                channel: parsed(row, "channel")?,
                target: value(row, "target")?,
                words: value(row, "words")?,
                created_at: time(row, "created_at")?,
                tries: number(row, "tries")?,
            })
        };
        let mut messages = rows
            .iter()
            .map(read)
            .collect::<Result<Vec<MessageRow>, CatalogError>>()?;
        // What is returned comes in any order.
        messages.sort_unstable_by_key(|message| message.id);
        Ok(messages)
    }

    /// Notes what became of a message. One that has arrived leaves nothing but the fact.
    pub(crate) async fn note_message(
        &self,
        id: MessageId,
        state: MessageState,
        next_at: Timestamp,
        failure: Option<&str>,
    ) -> Result<(), CatalogError> {
        query("UPDATE outbox SET state = $2, next_at = $3, failure = $4 WHERE id = $1")
            .bind(id.to_string())
            .bind(state.as_str())
            .bind(next_at.as_micros())
            .bind(failure)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(|source| CatalogError::while_doing(NOTE, source))
    }

    /// Forgets messages that came to an end before a time.
    pub(crate) async fn forget_messages(&self, before: Timestamp) -> Result<u64, CatalogError> {
        let gone = query("DELETE FROM outbox WHERE state <> 'waiting' AND created_at < $1")
            .bind(before.as_micros())
            .execute(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(NOTE, source))?;
        Ok(gone.rows_affected())
    }

    /// Returns how many messages of all tenants are in each state, by how they travel.
    pub(crate) async fn messages_by_state(
        &self,
    ) -> Result<Vec<(Channel, MessageState, u64)>, CatalogError> {
        let counting =
            "SELECT channel, state, COUNT(*) AS messages FROM outbox GROUP BY channel, state";
        let rows = query(counting)
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(FIND, source))?;
        rows.iter()
            .map(|row| {
                let (channel, state) = (parsed(row, "channel")?, parsed(row, "state")?);
                Ok((channel, state, number(row, "messages")?))
            })
            .collect()
    }

    /// Returns how the messages to somebody stand, the newest first.
    pub(crate) async fn messages_to(
        &self,
        tenant: TenantId,
        target: &str,
    ) -> Result<Vec<MessageStanding>, CatalogError> {
        let rows = query(
            "SELECT state, tries, next_at FROM outbox WHERE tenant = $1 AND target = $2
             ORDER BY created_at DESC, id DESC",
        )
        .bind(tenant.to_string())
        .bind(target)
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CatalogError::while_doing(FIND, source))?;
        let read = |row: &AnyRow| {
            Ok(MessageStanding {
                state: parsed(row, "state")?,
                tries: number(row, "tries")?,
                at: time(row, "next_at")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Adds a webhook.
    pub(crate) async fn add_webhook(
        &self,
        id: WebhookId,
        events: &str,
        now: Timestamp,
        sealed: Sealed<'_>,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(WEBHOOK, source);
        let mut transaction = self.write_words(&sealed, WEBHOOK).await?;
        query(
            "INSERT INTO webhook (id, tenant, words, events, created_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id.to_string())
        .bind(sealed.tenant.to_string())
        .bind(sealed.words)
        .bind(events)
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Returns the webhooks of a tenant.
    pub(crate) async fn webhooks(&self, tenant: TenantId) -> Result<Vec<WebhookRow>, CatalogError> {
        let rows = query("SELECT * FROM webhook WHERE tenant = $1 ORDER BY id")
            .bind(tenant.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(WEBHOOK, source))?;
        rows.iter().map(WebhookRow::read).collect()
    }

    /// Disables a webhook, whose messages then are given up.
    pub(crate) async fn disable_webhook(
        &self,
        tenant: TenantId,
        id: WebhookId,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let failed = |source| CatalogError::while_doing(WEBHOOK, source);
        let mut transaction = self.write(WEBHOOK).await?;
        query("UPDATE webhook SET disabled_at = $3 WHERE id = $1 AND tenant = $2")
            .bind(id.to_string())
            .bind(tenant.to_string())
            .bind(now.as_micros())
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        query(
            "UPDATE outbox SET state = 'failed', failure = 'disabled'
             WHERE target = $1 AND tenant = $2 AND state = 'waiting'",
        )
        .bind(id.to_string())
        .bind(tenant.to_string())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Takes a webhook away and says whether there was one.
    pub(crate) async fn forget_webhook(
        &self,
        tenant: TenantId,
        id: WebhookId,
    ) -> Result<bool, CatalogError> {
        let gone = query("DELETE FROM webhook WHERE id = $1 AND tenant = $2")
            .bind(id.to_string())
            .bind(tenant.to_string())
            .execute(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing(WEBHOOK, source))?;
        Ok(gone.rows_affected() == 1)
    }

    /// Returns an answer that was given to a request with a key, with the digest of that request.
    pub(crate) async fn answered(
        &self,
        account: &str,
        key: &str,
    ) -> Result<Option<(String, u64, Vec<u8>)>, CatalogError> {
        let row = query("SELECT * FROM answered_request WHERE account = $1 AND key = $2")
            .bind(account)
            .bind(key)
            .fetch_optional(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing("look for an answer", source))?;
        let read = |row: &AnyRow| {
            Ok((
                value(row, "request")?,
                number(row, "status")?,
                value(row, "words")?,
            ))
        };
        row.as_ref().map(read).transpose()
    }

    /// Remembers an answer.
    pub(crate) async fn remember_answer(
        &self,
        (account, key, request): (&str, &str, &str),
        status: u64,
        sealed: Sealed<'_>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        const DOING: &str = "remember an answer";
        let failed = |source| CatalogError::while_doing(DOING, source);
        let mut transaction = self.write_words(&sealed, DOING).await?;
        query(
            "INSERT INTO answered_request (account, key, request, tenant, status, words, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        )
        .bind(account)
        .bind(key)
        .bind(request)
        .bind(sealed.tenant.to_string())
        .bind(sql_number(status))
        .bind(sealed.words)
        .bind(now.as_micros())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)
    }

    /// Forgets answers from before a time, and says how many.
    pub(crate) async fn forget_answers(&self, before: Timestamp) -> Result<u64, CatalogError> {
        let gone = query("DELETE FROM answered_request WHERE created_at < $1")
            .bind(before.as_micros())
            .execute(&self.pool)
            .await
            .map_err(|source| CatalogError::while_doing("forget answers", source))?;
        Ok(gone.rows_affected())
    }
}

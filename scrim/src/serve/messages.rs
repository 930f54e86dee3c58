//! What happened is told: to people by mail, to programs by webhook.
//!
//! A message waits in the outbox until it has arrived, through failures and restarts. It holds ids and
//! the address of a page, which shows the rest to whoever may see it: mail and other people's programs
//! are not places for titles and names. What somebody without an account is told is written when it
//! leaves, so that no personal link waits here.

use std::time::{Duration, SystemTime};

use scrim_policy::{AccountId, AccountRole, Permission as May, Pii, RoomId, TenantId, WebhookId};
use scrim_storage::{
    Timestamp, Vault,
    service::{Account, Channel, Message, MessageState, RegistrationMail},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    app::{App, now},
    registration, rooms,
    texts::{Language, Texts},
};
use crate::{
    config::Config,
    failure::Failure,
    notify::{self, Event, MailError, Mailer, Sender, Target, WebhookError, backoff},
};

/// How often the outbox is looked into when nobody says that there is something in it.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// How many messages are taken at once, and for how long they are nobody else's.
const AT_ONCE: u32 = 20;
const LEASE: Duration = Duration::from_secs(900);

/// How long the outbox remembers what has arrived or was given up.
const REMEMBERED_DAYS: u32 = 30;

/// Sends messages.
#[derive(Debug)]
pub(crate) struct Messenger {
    /// Without it nobody gets mail.
    mailer: Option<Mailer>,
    sender: Sender,
}

impl Messenger {
    pub(crate) fn new(config: &Config) -> Result<Self, Failure> {
        let mailer = config.mail.as_ref().map(Mailer::new).transpose()?;
        let sender = Sender::new(&config.webhooks)?;
        Ok(Self { mailer, sender })
    }

    /// Whether anybody gets mail.
    pub(crate) const fn has_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// Sends a mail to an address.
    pub(super) fn mail(&self, to: &Pii<String>, (subject, text): (&str, &str)) -> Sent {
        let Some(mailer) = &self.mailer else {
            return Sent::Never("no_mail_server");
        };
        match mailer.send(to, subject, text) {
            Ok(()) => Sent::Arrived,
            Err(error) if MailError::is_final(&error) => Sent::Never("rejected"),
            Err(_) => Sent::NotNow("not_taken"),
        }
    }

    /// Says whether an address may be told of events.
    pub(crate) fn check(&self, url: &str) -> Result<(), WebhookError> {
        self.sender.check(&url.parse()?)
    }
}

/// Something that somebody wants to know.
pub(crate) struct Happened {
    /// One of the events of webhooks.
    pub(crate) event: &'static str,
    /// Which alert it is, if it is one.
    pub(crate) alert: Option<Alert>,
    /// Ids, for programs.
    pub(crate) data: Value,
    /// Path of the page where it is seen.
    pub(crate) page: String,
    /// Who gets mail.
    pub(crate) to: Receivers,
}

impl Happened {
    /// Which texts a mail about it has: its subject, and what stands above the address of the page.
    fn mail(&self) -> (&'static str, &'static str) {
        match (self.event, self.alert) {
            (_, Some(alert)) => ("mail-security-alert-subject", alert.text()),
            ("recording.ready", _) => ("mail-recording-ready-subject", "mail-recording-ready"),
            ("recording.held", _) => ("mail-recording-held-subject", "mail-recording-held"),
            ("recording.expiring", _) => {
                ("mail-recording-expiring-subject", "mail-recording-expiring")
            }
            ("recording.withdrawn", _) => ("receipt-withdrawn-subject", "receipt-withdrawn-mail"),
            _ => ("mail-recording-failed-subject", "mail-recording-failed"),
        }
    }
}

/// What concerns the safety of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Alert {
    /// Too many wrong passwords.
    SignInLocked,
    /// Somebody may give accounts and roles who could not before.
    AdministratorAdded,
    /// What the gate held was published.
    GateOverridden,
    /// What is due was not deleted.
    RetentionSweepFailed,
    /// The audit log is not what it was.
    AuditNotIntact,
    /// The store of objects does not answer.
    StoreUnreachable,
    /// The key management does not answer.
    KeysUnreachable,
}

impl Alert {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 7] = [
        Self::SignInLocked,
        Self::AdministratorAdded,
        Self::GateOverridden,
        Self::RetentionSweepFailed,
        Self::AuditNotIntact,
        Self::StoreUnreachable,
        Self::KeysUnreachable,
    ];

    /// What programs are told.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SignInLocked => "sign_in_locked",
            Self::AdministratorAdded => "administrator_added",
            Self::GateOverridden => "gate_overridden",
            Self::RetentionSweepFailed => "retention_sweep_failed",
            Self::AuditNotIntact => "audit_not_intact",
            Self::StoreUnreachable => "store_unreachable",
            Self::KeysUnreachable => "keys_unreachable",
        }
    }

    /// What people are told.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::SignInLocked => "mail-alert-sign-in-locked",
            Self::AdministratorAdded => "mail-alert-administrator-added",
            Self::GateOverridden => "mail-alert-gate-overridden",
            Self::RetentionSweepFailed => "mail-alert-retention-sweep-failed",
            Self::AuditNotIntact => "mail-alert-audit-not-intact",
            Self::StoreUnreachable => "mail-alert-store-unreachable",
            Self::KeysUnreachable => "mail-alert-keys-unreachable",
        }
    }
}

/// Who gets mail.
pub(crate) enum Receivers {
    /// Who asked for it.
    Account(AccountId),
    /// Who watches over the service.
    Guards,
    /// Those, and who runs the machine.
    Operators,
    /// Who may publish recordings.
    Publishers,
}

impl Receivers {
    fn of(&self, vault: &Vault, tenant: TenantId) -> Result<Vec<Account>, Failure> {
        let mut accounts = match self {
            Self::Account(id) => vault.account(tenant, *id)?.into_iter().collect(),
            Self::Guards | Self::Operators | Self::Publishers => vault.accounts(tenant)?,
        };
        let watches = |account: &Account| {
            account.roles.has(AccountRole::Administrator) || account.roles.has(AccountRole::Dpo)
        };
        accounts.retain(|account| {
            let may = account.roles.permissions();
            let is_meant = match self {
                Self::Account(_) => true,
                Self::Guards => watches(account),
                Self::Operators => watches(account) || may.has(May::HealthView),
                Self::Publishers => may.has(May::RecordingsPublish),
            };
            account.disabled_at.is_none() && is_meant
        });
        Ok(accounts)
    }
}

/// What a message says.
#[derive(Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub(super) enum Words {
    /// Of something that happened, for a program.
    Event { json: String },
    /// To an account.
    Mail { subject: String, text: String },
    /// To somebody who was invited: where they find what they have said in a room.
    Personal { room: RoomId },
    /// To whoever has registered for a room.
    Registration { mail: RegistrationMail },
}

/// Puts messages about something into the outbox. Whatever goes wrong is logged: what happened has
/// happened.
pub(crate) fn tell(app: &App, tenant: TenantId, happened: &Happened) {
    match put(app, tenant, happened) {
        Ok(0) => {}
        Ok(_) => app.messages.notify_one(),
        Err(failure) => tracing::error!(
            event = happened.event,
            error = %failure.whole_message(),
            "nobody could be told"
        ),
    }
}

/// [`tell`], for callers that must not block.
pub(crate) fn tell_soon(app: &App, tenant: TenantId, happened: Happened) {
    let app = app.clone();
    tokio::task::spawn_blocking(move || tell(&app, tenant, &happened));
}

/// Returns what happened to the safety of the service.
pub(crate) fn alert(what: Alert, page: &str) -> Happened {
    Happened {
        event: "security.alert",
        alert: Some(what),
        data: serde_json::json!({ "alert": what.as_str() }),
        page: page.to_owned(),
        to: match what {
            Alert::StoreUnreachable | Alert::KeysUnreachable => Receivers::Operators,
            _ => Receivers::Guards,
        },
    }
}

fn put(app: &App, tenant: TenantId, happened: &Happened) -> Result<usize, Failure> {
    let (vault, time) = (&app.vault, now());
    let event = Event {
        name: happened.event,
        timestamp: SystemTime::now(),
        data: &happened.data,
    };
    let json = serde_json::to_string(&event).map_err(|error| {
        Failure::new(scrim_policy::Kind::Invalid, error).hint("this is a fault of Scrim")
    })?;
    let words = Words::Event { json };
    let mut messages = 0;
    for webhook in vault.webhooks(tenant)? {
        let is_asked = |events: &str| events.split_whitespace().any(|one| one == happened.event);
        if webhook.disabled_at.is_none() && is_asked(&webhook.events) {
            let target = webhook.id.to_string();
            vault.add_message(tenant, (Channel::Webhook, &target), &words, time)?;
            messages += 1;
        }
    }
    if app.messenger.mailer.is_none() {
        return Ok(messages);
    }
    let (subject, text) = happened.mail();
    let page = format!("{}{}", app.settings.url(), happened.page);
    for account in happened.to.of(vault, tenant)? {
        let texts = Texts::of(Language::from_tag(&account.language).unwrap_or_default());
        let text = texts.say(text);
        let words = Words::Mail {
            subject: texts.say(subject),
            text: format!("{text}\n\n{page}\n\n{}\n", texts.say("mail-why")),
        };
        let target = account.id.to_string();
        vault.add_message(tenant, (Channel::Mail, &target), &words, time)?;
        messages += 1;
    }
    Ok(messages)
}

/// Sends what is in the outbox until the service stops.
pub(crate) async fn run(app: App) {
    while !app.stop.is_told() {
        let round = {
            let app = app.clone();
            tokio::task::spawn_blocking(move || send_due(&app)).await
        };
        match round {
            Ok(Ok(0)) => {}
            Ok(Ok(_)) => continue,
            Ok(Err(failure)) => {
                tracing::error!(error = %failure.whole_message(), "could not look into the outbox")
            }
            Err(error) => tracing::error!(panicked = error.is_panic(), "a message ended in a bug"),
        }
        tokio::select! {
            () = app.messages.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = app.stop.told() => {}
        }
    }
}

/// Sends what is due and says how many messages that were.
pub(crate) fn send_due(app: &App) -> Result<usize, Failure> {
    let time = now();
    let due = app
        .vault
        .take_messages::<Words>(time, time.after(LEASE), AT_ONCE)?;
    for message in &due {
        if app.stop.is_told() {
            break;
        }
        let (state, at, failure) = match send(app, message)? {
            Sent::Arrived => (MessageState::Sent, now(), None),
            Sent::Never(why) => (MessageState::Failed, now(), Some(why)),
            Sent::NotNow(why) => match pause(message) {
                Some(pause) => (MessageState::Waiting, now().after(pause), Some(why)),
                None => (MessageState::Failed, now(), Some(why)),
            },
        };
        if state == MessageState::Failed {
            tracing::warn!(message = %message.id, failure, "a message was given up");
        }
        if let Words::Registration { mail } = message.body
            && state != MessageState::Waiting
        {
            registration::mail::ended(app, &message.target, mail)?;
        }
        app.vault.note_message(message.id, state, at, failure)?;
    }
    Ok(due.len())
}

/// Forgets what came to an end long ago.
pub(crate) fn forget_old(app: &App) -> Result<(), Failure> {
    app.vault
        .forget_messages(now().minus_days(REMEMBERED_DAYS))?;
    Ok(())
}

fn pause<T>(message: &Message<T>) -> Option<Duration> {
    let age = |created: Timestamp| {
        let micros = now().as_micros().saturating_sub(created.as_micros());
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    };
    let tries = u32::try_from(message.tries).unwrap_or(u32::MAX);
    backoff::pause(tries, age(message.created_at), backoff::Jitter::random())
}

/// What came of a try, and why in a word.
pub(super) enum Sent {
    Arrived,
    NotNow(&'static str),
    Never(&'static str),
}

fn send(app: &App, message: &Message<Words>) -> Result<Sent, Failure> {
    match (&message.body, message.channel) {
        (Words::Event { json }, Channel::Webhook) => post(app, message, json),
        (Words::Mail { subject, text }, Channel::Mail) => mail(app, message, (subject, text)),
        (Words::Personal { room }, Channel::Mail) => {
            rooms::deliver(app, message.tenant, &message.target, *room)
        }
        (Words::Registration { mail }, Channel::Mail) => {
            registration::mail::deliver(app, message.tenant, &message.target, *mail)
        }
        _ => Ok(Sent::Never("mixed_up")),
    }
}

fn post(app: &App, message: &Message<Words>, json: &str) -> Result<Sent, Failure> {
    let Ok(id) = message.target.parse::<WebhookId>() else {
        return Ok(Sent::Never("removed"));
    };
    let webhooks = app.vault.webhooks(message.tenant)?;
    let Some(webhook) = webhooks.into_iter().find(|webhook| webhook.id == id) else {
        return Ok(Sent::Never("removed"));
    };
    if webhook.disabled_at.is_some() {
        return Ok(Sent::Never("disabled"));
    }
    let (Ok(url), Ok(secret)) = (webhook.words.url.parse(), webhook.words.secret.parse()) else {
        return Ok(Sent::Never("bad_address"));
    };
    let target = Target {
        url,
        secret: Some(secret),
    };
    let id_text = message.id.to_string();
    let sent = notify::Message {
        id: &id_text,
        sent_at: SystemTime::now(),
        body: json,
    };
    Ok(match app.messenger.sender.deliver(&target, &sent) {
        Ok(()) => Sent::Arrived,
        Err(WebhookError::Gone) => {
            app.vault.disable_webhook(message.tenant, id, now())?;
            Sent::Never("gone")
        }
        Err(error) => {
            let why = match &error {
                WebhookError::Forbidden => "forbidden",
                _ => "not_taken",
            };
            match error.is_final() {
                true => Sent::Never(why),
                false => Sent::NotNow(why),
            }
        }
    })
}

fn mail(app: &App, message: &Message<Words>, letter: (&str, &str)) -> Result<Sent, Failure> {
    let account = match message.target.parse() {
        Ok(id) => app.vault.account(message.tenant, id)?,
        Err(_) => None,
    };
    let Some(account) = account.filter(|account| account.disabled_at.is_none()) else {
        return Ok(Sent::Never("removed"));
    };
    Ok(app.messenger.mail(&account.words.address, letter))
}

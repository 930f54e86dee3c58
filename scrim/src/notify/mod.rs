//! Telling people by mail and programs by webhook, and when to try again.
//!
//! - [`Mailer`]: one mail to one person over SMTP.
//! - [`Sender`]: one signed event to one receiver over HTTPS, never into the network behind Scrim.
//! - [`backoff`]: how long to wait after a failure, and when to give up.
//!
//! It sends one message and says what came of it. What is told, to whom, and what was told already is
//! kept in the outbox, of which nothing is known here.
//!
//! > **Nothing that is sent is logged, and no error names a receiver.** Servers repeat addresses in
//! > what they answer, so their words are thrown away.

pub(crate) mod backoff;
mod mail;
mod settings;
mod trust;
pub(crate) mod webhook;

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use mail::MailTls;
pub(crate) use mail::{MailError, MailSettings, Mailer};
pub(crate) use settings::SettingsError;
pub(crate) use webhook::{
    Event, Message, Sender, Target, WebhookError, WebhookSecret, WebhookSettings, WebhookUrl, alert,
};

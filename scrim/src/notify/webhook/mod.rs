//! One signed event to one receiver.
//!
//! - [`WebhookUrl`]: an address that looks like one of somebody else.
//! - [`Reach`](reach::Reach): which machines may be asked, decided for every address of a name.
//! - [`signature`]: how a receiver knows that Scrim sent it, after Standard Webhooks.
//! - [`Sender`]: the request, which goes to the addresses that were decided about and to no others.
//! - [`alert()`]: the same for what the operator wants to be told, from commands that end.
//!
//! Users choose where webhooks go, so a webhook must not become a way into the network that Scrim
//! stands in: no redirect is followed, no proxy asked, and nothing of an answer but its status is
//! kept.

mod address;
mod alert;
mod error;
mod reach;
mod sender;
mod settings;
mod signature;
mod url;

pub(crate) use alert::alert;
pub(crate) use error::WebhookError;
pub(crate) use sender::{Event, Message, Sender, Target};
pub(crate) use settings::WebhookSettings;
pub(crate) use signature::WebhookSecret;
pub(crate) use url::WebhookUrl;

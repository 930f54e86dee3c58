//! Mail and webhooks, sent to real servers.
#![allow(clippy::unwrap_used)]

mod alert;
mod mail;
mod webhook;

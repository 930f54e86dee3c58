//! What the service keeps beside recordings: accounts and their secrets, titles, policies, uploads,
//! jobs, links, and messages on their way.
//!
//! Texts about people and things are sealed under one data key per tenant, which every erasure
//! replaces. Secrets that are given out (of sessions, tokens, invitations and links) are kept as
//! digests: whoever reads the catalog can use none of them.
//!
//! This module decides nothing about who may do what; it answers what it is asked. It sends nothing
//! either.

mod accounts;
mod jobs;
mod links;
mod outbox;
mod passwords;
mod policies;
mod secrets;
mod sessions;
mod titles;
mod uploads;
mod words;

pub use accounts::{Account, AccountWords, NewAccount, TokenFacts};
pub use jobs::{Job, JobClaim, JobEnd, JobFailure, NewJob};
pub use links::{Link, LinkSecret, LinkState, NewLink};
pub use outbox::{Message, Webhook, WebhookWords};
pub use passwords::{NewPassword, PasswordRefused};
pub use policies::SavedPolicy;
pub use secrets::{Bearer, BearerText};
pub use uploads::{PieceWriter, Upload, UploadReader};
pub(crate) use words::WordsCache;

pub use crate::catalog::{Channel, JobState, MessageStanding, MessageState, UploadState};

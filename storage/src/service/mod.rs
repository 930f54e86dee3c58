//! What the service keeps beside recordings: accounts and their secrets, titles, policies, uploads,
//! jobs, links, rooms, who comes to them and what people have said in them, and messages on their way.
//!
//! Texts about people and things are sealed under one data key per tenant, which every erasure
//! replaces. Secrets that are given out (of sessions, tokens, invitations, links, rooms and
//! personal links) are kept as digests: whoever reads the catalog can use none of them.
//!
//! This module decides nothing about who may do what; it answers what it is asked. It sends nothing
//! either.

mod accounts;
mod consents;
mod invitations;
mod invited;
mod jobs;
mod links;
mod outbox;
mod passwords;
mod policies;
mod registrations;
mod room_rules;
mod rooms;
mod said;
mod secrets;
mod sessions;
mod titles;
mod uploads;
mod words;

pub use accounts::{Account, AccountWords, NewAccount, TokenFacts};
pub use consents::{Consent, Heard, Meeting, Recorded, Respondent};
pub use invitations::{Invitation, Invitee};
pub use jobs::{Job, JobClaim, JobEnd, JobFailure, NewJob};
pub use links::{Link, LinkSecret, LinkState, NewLink};
pub use outbox::{Message, Webhook, WebhookWords};
pub use passwords::{NewPassword, PasswordRefused};
pub use policies::SavedPolicy;
pub use registrations::{Confirmed, Registrant, Registration, RegistrationMail};
pub use room_rules::{RoomProtection, RoomRegistration, RoomRules};
pub use rooms::{Room, RoomPassword, RoomPlan, RoomWords};
pub use said::{Answer, AnsweredBy, NoticeShown, Said};
pub use secrets::{Bearer, BearerText};
pub use uploads::{PieceWriter, Upload, UploadReader};
pub(crate) use words::WordsCache;

pub use crate::catalog::{
    Channel, InvitedSeat, JobState, MessageStanding, MessageState, RegistrationState, RoomState,
    UploadState,
};

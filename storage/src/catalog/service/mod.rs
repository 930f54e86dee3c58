//! Rows of the service: accounts, what they have asked for, and what is on its way.

mod accounts;
mod consents;
mod jobs;
mod links;
mod outbox;
mod policies;
mod registration_state;
mod registrations;
mod room_invitations;
mod rooms;
mod sessions;
mod titles;
mod uploads;
mod words;

pub(crate) use accounts::{AccountRow, NewAccount};
pub(crate) use consents::{ConsentRow, NewConsent, TakenBack};
pub use jobs::JobState;
pub(crate) use jobs::{JobClaim, JobEnd, JobRow, NewJob};
pub(crate) use links::{LinkRow, NewLink};
pub use outbox::{Channel, MessageStanding, MessageState};
pub(crate) use outbox::{MessageRow, NewMessage, WebhookRow};
pub(crate) use policies::PolicyRow;
pub use registration_state::RegistrationState;
pub(crate) use registrations::{Becomes, NewRegistration, RegistrationLimits, RegistrationRow};
pub use room_invitations::InvitedSeat;
pub(crate) use room_invitations::{NewRoomInvitation, RoomInvitationRow};
pub use rooms::RoomState;
pub(crate) use rooms::{NewRoom, RoomRow, RoomWritten};
pub(crate) use sessions::{Invited, TokenRow};
pub(crate) use uploads::UploadRow;
pub use uploads::UploadState;
pub(crate) use words::{
    ACCOUNT, ANSWER, API_TOKEN, CONSENT, Column, JOB, JOB_FAILURE, LINK, MESSAGE, POLICY,
    RECORDING, ROOM, ROOM_INVITATION, ROOM_REGISTRATION, UPLOAD, WEBHOOK, WordsKey,
};

use scrim_policy::TenantId;
use sqlx::{Any, Transaction};

use super::{Catalog, CatalogError};

/// Sealed words on their way into a row, and the key that they were sealed under.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sealed<'a> {
    pub(crate) tenant: TenantId,
    pub(crate) epoch: u64,
    pub(crate) words: &'a [u8],
}

impl Catalog {
    /// Begins a transaction that writes words, if their key is still the right one.
    async fn write_words(
        &self,
        sealed: &Sealed<'_>,
        doing: &'static str,
    ) -> Result<Transaction<'static, Any>, CatalogError> {
        let mut transaction = self.write(doing).await?;
        words::require_words(&mut transaction, sealed.tenant, sealed.epoch, doing).await?;
        Ok(transaction)
    }
}

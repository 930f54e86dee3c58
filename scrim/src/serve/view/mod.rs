//! What pages show: one template per page, with plain data.
//!
//! Nothing here looks anything up or decides who may see what. Handlers fill the fields; what a
//! person may not do is left out by a field that says so, and refused by the handler all the same.
//!
//! > **No template writes script or style into a page.** The policy that browsers are given allows
//! > neither, and a test reads every page for them.
//!
//! Moments are microseconds since 1970-01-01 UTC, lengths of recordings seconds.

mod accounts;
mod admin;
mod attendee;
mod audit;
mod dpo;
mod entry;
mod failure;
mod frame;
mod job;
mod personal;
mod recordings;
mod regions;
mod registration;
mod retention;
mod review;
mod room;
mod rooms;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use accounts::{AccountPage, TokenLine, TokensPage};
pub(crate) use admin::{
    Delivery, HealthLine, HealthPage, RoleChoice, UserLine, UserState, UsersPage, WebhookLine,
    WebhooksPage,
};
pub(crate) use attendee::{
    ClosedReason, CueLine, Download, LinkClosedPage, LinkPasswordPage, Piece, PlayerPage, Turn,
};
pub(crate) use audit::{AuditEntry, AuditPage, AuditVerdict};
pub(crate) use dpo::{
    Alert, ConsentLine, ConsentState, ConsentsPage, OverviewPage, PlaceLine, PlaceVerdict,
    PlacesPage, StoredLine, StoredPage,
};
pub(crate) use entry::{InvitePage, LoginPage, SetupPage};
pub(crate) use failure::FailurePage;
pub(crate) use frame::{Flash, FlashKind, Frame, Legal, NavEntry, Place, SignedIn};
pub(crate) use job::{JobFailure, JobPage, JobState, StageLine, StageState};
pub(crate) use personal::{
    PersonalAnswer, PersonalClosedPage, PersonalNotice, PersonalPage, PersonalRecording,
};
pub(crate) use recordings::{RecordingLine, RecordingsPage, StateTile, UploadPage};
pub(crate) use regions::{RegionsPage, SavedPolicy};
pub(crate) use registration::{
    ConfirmPage, RegisterClosed, RegisterClosedPage, RegisterPage, RegisterSentPage, RegisteredAs,
    RegisteredPage,
};
pub(crate) use retention::{
    AffectedLine, ErasureLine, ErasurePreviewPage, ErasureStep, ErasureSubject, ErasuresPage,
    HoldLine, RetentionPage, RuleLine,
};
pub(crate) use review::{
    CheckLine, CheckVerdict, EditCue, LinkLine, LinkState, Media, RegionLine, ReviewPage, Still,
    TranscriptPart,
};
pub(crate) use room::{RoomClosed, RoomClosedPage, RoomNotice, RoomPage};
pub(crate) use rooms::{
    InvitationLine, RoomFact, RoomFactsPage, RoomFilled, RoomLine, RoomPlanPage, RoomPolicy,
    RoomRegistrations, RoomStanding, RoomsPage, WaitingLine,
};
pub(crate) use words::{ALL_ACTIONS, ALL_KINDS, ALL_STATES, Choice, RecordingState, STAGES};

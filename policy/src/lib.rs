//! The words of Scrim: what may be shown, kept and for how long.
//!
//! This crate holds the policy format, the roster and its initials, and the compilation of a
//! policy into a [`Plan`]: for every moment of a recording, which pixels are kept and where they
//! land. For a live session, a policy and what happened there become a [`SessionPlan`]: whose
//! pictures and voices are in the recording, and where. It also holds the few types that every other crate speaks: ids, [`Kind`], [`Pii`] and what
//! the [`audit`] log can say.
//!
//! It deliberately has no clock, no socket, no file and no GStreamer. Text comes in as `&str`,
//! decisions go out as values. Reading files and drawing pixels is the business of others.
//!
//! > **What a policy does not name is hidden.** A [`Plan`] starts from an empty canvas; only blocks
//! > that lie wholly inside `keep` regions, at least [`plan::PADDING_PX`] pixels away from anything
//! > hidden, are kept.
//!
//! ```
//! use scrim_policy::{Geometry, Plan, Policy, Roster};
//!
//! let policy = Policy::parse("stage.toml", r#"
//!     schema = 1
//!     name = "stage only"
//!
//!     [[region]]
//!     name = "stage"
//!     kind = "stage"
//!     rect = [0.2, 0.0, 0.8, 1.0]
//!     action = "keep"
//! "#).expect("the policy is valid");
//! let plan = Plan::compile(&policy, &Geometry::square(1280, 720), &Roster::default())
//!     .expect("the policy fits a picture of this size");
//! assert!(plan.scenes[0].kept.iter().all(|rect| rect.x >= 256 + 16));
//! ```
#![forbid(unsafe_code)]

pub mod access;
mod attendance;
pub mod audit;
mod document;
mod ids;
mod initials;
mod kind;
mod moment;
mod pii;
pub mod plan;
mod policy;
mod rect;
pub mod retention;
mod roster;
pub mod session;
mod subject;
mod timeline;

pub use access::{AccessWordError, AccountRole, AccountRoles, Permission, Permissions};
pub use attendance::{
    Attendance, Attendant, Basis, ConsentPurpose, ConsentRecord, ConsentState, Consents, Stay,
};
pub use audit::{Actor, AuditEvent, Line, Purpose, Word};
pub use document::{NamesShown, RegionAction, RegionKind, TileShows, json_schema};
pub use ids::{
    AccountId, ArtefactId, BatchId, ConsentId, ErasureId, HoldId, InvitationId, JobId, LinkId,
    MessageId, ParticipantId, PolicyId, RecordingId, RegistrationId, RoomId, TenantId, TokenId,
    TrackId, UploadId, WebhookId,
};
pub use initials::InitialsBook;
pub use kind::Kind;
pub use moment::Moment;
pub use pii::Pii;
pub use plan::{Geometry, Plan, PlanError};
pub use policy::{Colour, Diagnostic, LiveLayout, LiveTile, Policy, PolicyError, Region};
pub use rect::{Fractions, PixelRect};
pub use retention::{Days, RetentionClass, RetentionRule, RetentionRules, Tag};
pub use roster::{Person, PersonId, Role, Roster, RosterError};
pub use session::SessionPlan;
pub use subject::SubjectText;
pub use timeline::{ConsentRule, Medium, TimelineEntry, TimelineEvent, TrackSource};

//! The events.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Actor, ErasureScope, Line, Purpose, Word};
use crate::ids::{
    AccountId, ArtefactId, BatchId, ConsentId, ErasureId, HoldId, InvitationId, LinkId, PolicyId,
    RecordingId, RegistrationId, RoomId, TenantId, TokenId, WebhookId,
};

/// Something that happened and has to be accounted for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum AuditEvent {
    /// A run began to process a recording. From here on it may read its own working parts.
    #[serde(rename = "recording.processed")]
    RecordingProcessed {
        /// The recording.
        recording: RecordingId,
        /// Number of the run, from 1.
        run: u64,
        /// The kept original that it is made from, if it is not a file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        original: Option<RecordingId>,
    },
    /// A recording was published.
    #[serde(rename = "recording.published")]
    RecordingPublished {
        /// The recording.
        recording: RecordingId,
        /// Number of the run that made it.
        run: u64,
        /// Number of artefacts that users can get.
        artefacts: u64,
    },
    /// A recording was kept for review because the gate said no.
    #[serde(rename = "recording.held")]
    RecordingHeld {
        /// The recording.
        recording: RecordingId,
        /// Number of the run that made it.
        run: u64,
        /// Number of artefacts that were kept.
        artefacts: u64,
    },
    /// The gate let a recording pass. It waits for somebody to publish it.
    #[serde(rename = "recording.ready")]
    RecordingReady {
        /// The recording.
        recording: RecordingId,
        /// Number of the run that made it.
        run: u64,
        /// Number of artefacts that were kept.
        artefacts: u64,
    },
    /// Somebody published a recording that the gate let pass.
    #[serde(rename = "recording.approved")]
    RecordingApproved {
        /// The recording.
        recording: RecordingId,
    },
    /// Somebody published a recording although the gate said no.
    #[serde(rename = "recording.overridden")]
    RecordingOverridden {
        /// The recording.
        recording: RecordingId,
        /// Where the reason is kept, which may name somebody.
        reason: Line,
    },
    /// A recording that was published, ready or held is not given out any more.
    #[serde(rename = "recording.withdrawn")]
    RecordingWithdrawn {
        /// The recording.
        recording: RecordingId,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Line>,
    },
    /// Somebody changed a transcript. It was cleared and checked again.
    #[serde(rename = "transcript.revised")]
    TranscriptRevised {
        /// The recording.
        recording: RecordingId,
        /// Number of the revision, from 1.
        revision: u64,
        /// Number of cues that were changed.
        cues: u64,
    },
    /// The plaintext of an artefact was asked for. The entry is there before the first byte is.
    #[serde(rename = "artefact.opened")]
    ArtefactOpened {
        /// The artefact.
        artefact: ArtefactId,
        /// The recording that it belongs to.
        recording: RecordingId,
        /// What it holds.
        kind: Word,
        /// Why it was asked for.
        purpose: Purpose,
    },
    /// An original was taken in.
    #[serde(rename = "original.ingested")]
    OriginalIngested {
        /// The recording that keeps it.
        recording: RecordingId,
        /// Its length.
        bytes: u64,
    },
    /// An original was not taken in.
    #[serde(rename = "original.refused")]
    OriginalRefused {
        /// What was found: `infected`, `damaged`.
        finding: Word,
        /// The signature that matched, where a scanner found one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<Word>,
    },
    /// A live session is recorded from now on.
    #[serde(rename = "session.begun")]
    SessionBegun {
        /// The recording that keeps it.
        recording: RecordingId,
    },
    /// A live session is over, and all that was recorded of it is sealed.
    #[serde(rename = "session.ended")]
    SessionEnded {
        /// The recording that keeps it.
        recording: RecordingId,
    },
    /// A new version of a tenant's key wraps from now on.
    #[serde(rename = "key.rotated")]
    KeyRotated {
        /// Whose key.
        tenant: TenantId,
        /// Which key management.
        kms: Word,
        /// The new version.
        version: u32,
    },
    /// Data keys were wrapped again under the newest version.
    #[serde(rename = "key.rewrapped")]
    KeyRewrapped {
        /// Whose key.
        tenant: TenantId,
        /// Which key management.
        kms: Word,
        /// The version that wraps them now.
        version: u32,
        /// Number of data keys.
        artefacts: u64,
    },
    /// Versions of a tenant's key were destroyed, or all of it.
    #[serde(rename = "key.destroyed")]
    KeyDestroyed {
        /// Whose key.
        tenant: TenantId,
        /// Which key management.
        kms: Word,
        /// The oldest version that is left. Without it, none is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        oldest: Option<u32>,
    },
    /// Data keys moved from one key management to another.
    #[serde(rename = "key.migrated")]
    KeyMigrated {
        /// Whose key.
        tenant: TenantId,
        /// The key management that they left.
        from: Word,
        /// The key management that wraps them now.
        to: Word,
        /// Number of data keys.
        artefacts: u64,
    },
    /// It was checked whether the object store lies where it may.
    #[serde(rename = "residency.verdict")]
    ResidencyVerdict {
        /// Whether it does.
        ok: bool,
        /// What was found.
        summary: Line,
    },
    /// A rule about how long things are kept was changed.
    #[serde(rename = "retention.changed")]
    RetentionChanged {
        /// The class of artefacts.
        class: Word,
        /// The tag that the rule is for. Without it, the rule is for all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tag: Option<Word>,
        /// How many days they are kept now. Without it, until somebody deletes them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days: Option<u64>,
    },
    /// What was due was deleted.
    #[serde(rename = "retention.swept")]
    RetentionSwept {
        /// Number of artefacts that were due.
        due: u64,
        /// Number of artefacts that are gone.
        erased: u64,
        /// Number of artefacts that a hold keeps.
        held: u64,
        /// SHA-256 of the certificate.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        certificate: Option<Word>,
    },
    /// Something must not be deleted until the hold is released.
    #[serde(rename = "hold.placed")]
    HoldPlaced {
        /// The hold.
        hold: HoldId,
        /// The recording that it is about, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recording: Option<RecordingId>,
        /// The tenant that it is about, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tenant: Option<TenantId>,
        /// Why.
        reason: Line,
        /// Who approved it.
        approver: Actor,
    },
    /// A hold is over.
    #[serde(rename = "hold.released")]
    HoldReleased {
        /// The hold.
        hold: HoldId,
        /// The recording that it was about, if it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recording: Option<RecordingId>,
        /// The tenant that it was about, if it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tenant: Option<TenantId>,
        /// Why.
        reason: Line,
        /// Who approved it.
        approver: Actor,
    },
    /// Somebody asked for an erasure.
    #[serde(rename = "erasure.requested")]
    ErasureRequested {
        /// The erasure.
        erasure: ErasureId,
        /// What it is about.
        scope: ErasureScope,
        /// The recording, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recording: Option<RecordingId>,
        /// The tenant, where it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tenant: Option<TenantId>,
        /// Why. Left out where it is about a participant, as nothing would erase it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Line>,
    },
    /// One step of an erasure is done.
    #[serde(rename = "erasure.step")]
    ErasureStep {
        /// The erasure.
        erasure: ErasureId,
        /// The step.
        step: Word,
        /// Number of things that it dealt with.
        count: u64,
    },
    /// An erasure is done and proved.
    #[serde(rename = "erasure.finished")]
    ErasureFinished {
        /// The erasure.
        erasure: ErasureId,
        /// SHA-256 of the certificate.
        certificate: Word,
    },
    /// An erasure was refused, because of a hold or for another reason.
    #[serde(rename = "erasure.refused")]
    ErasureRefused {
        /// What it was about.
        scope: ErasureScope,
        /// The recording, where it was about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recording: Option<RecordingId>,
        /// The tenant, where it was about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tenant: Option<TenantId>,
        /// The hold that forbids it, if one does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold: Option<HoldId>,
    },
    /// An export was written. One entry per recording in it, and one for the tenant where all of
    /// theirs was exported.
    #[serde(rename = "export.made")]
    ExportMade {
        /// The recording.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recording: Option<RecordingId>,
        /// The tenant.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tenant: Option<TenantId>,
        /// `zip` or `folder`.
        format: Word,
        /// Number of artefacts in it.
        artefacts: u64,
        /// SHA-256 of its manifest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        manifest: Option<Word>,
    },
    /// An export was taken in.
    #[serde(rename = "import.made")]
    ImportMade {
        /// Whose it is now.
        tenant: TenantId,
        /// Number of recordings.
        recordings: u64,
        /// Number of artefacts.
        artefacts: u64,
        /// SHA-256 of the manifest of the export.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        manifest: Option<Word>,
    },
    /// A batch began, or was taken up again.
    #[serde(rename = "batch.started")]
    BatchStarted {
        /// The batch.
        batch: BatchId,
        /// Number of recordings to make.
        jobs: u64,
        /// SHA-256 of the policy.
        policy: Word,
    },
    /// A batch came to its end.
    #[serde(rename = "batch.finished")]
    BatchFinished {
        /// The batch.
        batch: BatchId,
        /// Number of recordings that were published.
        published: u64,
        /// Number of recordings that the gate kept.
        held: u64,
        /// Number of jobs that failed.
        failed: u64,
    },
    /// Somebody may sign in from now on.
    #[serde(rename = "account.added")]
    AccountAdded {
        /// The account.
        account: AccountId,
        /// Its roles, with a plus between them.
        roles: Word,
    },
    /// An account was changed.
    #[serde(rename = "account.changed")]
    AccountChanged {
        /// The account.
        account: AccountId,
        /// `password`, `disabled`, `enabled`, `outside`, or `roles:` and the new ones.
        change: Word,
    },
    /// Somebody signed in.
    #[serde(rename = "account.signed_in")]
    SignedIn {
        /// The account.
        account: AccountId,
        /// How: `password`, `invitation`, `oidc`.
        method: Word,
    },
    /// A key for programs was made.
    #[serde(rename = "token.made")]
    TokenMade {
        /// The token.
        token: TokenId,
        /// Whose it is.
        account: AccountId,
    },
    /// A key for programs was taken back.
    #[serde(rename = "token.revoked")]
    TokenRevoked {
        /// The token.
        token: TokenId,
        /// Whose it was.
        account: AccountId,
    },
    /// A policy was saved.
    #[serde(rename = "policy.saved")]
    PolicySaved {
        /// The policy.
        policy: PolicyId,
        /// Its version, from 1.
        version: u64,
    },
    /// A recording can be had by a link.
    #[serde(rename = "link.made")]
    LinkMade {
        /// The link.
        link: LinkId,
        /// The recording.
        recording: RecordingId,
    },
    /// A link was opened.
    #[serde(rename = "link.opened")]
    LinkOpened {
        /// The link.
        link: LinkId,
        /// The recording.
        recording: RecordingId,
    },
    /// A link was taken back.
    #[serde(rename = "link.revoked")]
    LinkRevoked {
        /// The link.
        link: LinkId,
    },
    /// Something about a room: a meeting was planned, or changed before it began; it began, is over, or the
    /// room is gone with its invitations.
    #[serde(rename = "room.changed")]
    RoomChanged {
        /// The room.
        room: RoomId,
        /// `planned`, `changed`, `opened`, `ended`, `removed`.
        change: Word,
    },
    /// Somebody was invited to a room.
    #[serde(rename = "room.invited")]
    RoomInvited {
        /// The room.
        room: RoomId,
        /// The invitation.
        invitation: InvitationId,
    },
    /// An invitation to a room was taken back.
    #[serde(rename = "room.uninvited")]
    RoomUninvited {
        /// The room.
        room: RoomId,
        /// The invitation.
        invitation: InvitationId,
    },
    /// By a personal link, somebody has refused what they could be recorded for.
    #[serde(rename = "consent.withdrawn")]
    ConsentWithdrawn {
        /// What they had said.
        consent: ConsentId,
        /// What for, with a plus between.
        purposes: Word,
    },
    /// A registration for a room was confirmed, or decided about. One that never was is not noted.
    #[serde(rename = "room.registration")]
    RoomRegistration {
        /// The room.
        room: RoomId,
        /// The registration.
        registration: RegistrationId,
        /// `confirmed`, `approved`, `refused`.
        change: Word,
    },
    /// Who is told of events was changed.
    #[serde(rename = "webhook.changed")]
    WebhookChanged {
        /// The webhook.
        webhook: WebhookId,
        /// `added`, `disabled`, `removed`.
        change: Word,
    },
    /// A copy of the catalog was made.
    #[serde(rename = "catalog.backup")]
    CatalogBackup {
        /// SHA-256 of the copy.
        sha256: Word,
    },
    /// The catalog was put back from a copy. What came after the copy was made is not in this log.
    #[serde(rename = "catalog.restored")]
    CatalogRestored {
        /// SHA-256 of the copy.
        sha256: Word,
    },
    /// The catalog was checked against the object store and itself.
    #[serde(rename = "catalog.checked")]
    CatalogChecked {
        /// Number of things that were wrong.
        findings: u64,
    },
    /// A checkpoint was made to be kept elsewhere. It covers this entry and all before it.
    #[serde(rename = "audit.checkpoint")]
    AuditCheckpoint {},
    /// The log was copied out, up to this entry.
    #[serde(rename = "audit.exported")]
    AuditExported {},
    /// Bodies of entries were erased, with what they were about. Nothing else may blank an entry.
    #[serde(rename = "audit.blanked")]
    AuditBlanked {
        /// Sequence numbers of the entries.
        entries: Vec<u64>,
    },
}

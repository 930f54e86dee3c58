//! What can be allowed.

super::words!(
    /// One thing that can be allowed.
    Permission,
    /// Several of them. Scopes of tokens are such a set.
    Permissions,
    "permission",
    /// Signing in and out, the own password and the own tokens.
    AccountUse = "account:use",
    /// That there are recordings, how far they are and how long they stay.
    CatalogView = "catalog:view",
    /// Recordings that are made, and their reports.
    RecordingsView = "recordings:view",
    /// Originals, frame by frame: everybody who was there can be seen in them.
    OriginalsView = "originals:view",
    /// Uploading originals.
    UploadsManage = "uploads:manage",
    /// Policies, read and written.
    PoliciesManage = "policies:manage",
    /// Processing an original, trying again, giving up.
    JobsManage = "jobs:manage",
    /// Words of transcripts, and searching in them.
    TranscriptsView = "transcripts:view",
    /// Changing words of transcripts.
    TranscriptsEdit = "transcripts:edit",
    /// Titles and tags.
    RecordingsEdit = "recordings:edit",
    /// Publishing what the gate let through, and withdrawing it.
    RecordingsPublish = "recordings:publish",
    /// Publishing what the gate held.
    RecordingsOverride = "recordings:override",
    /// Links for attendees.
    LinksManage = "links:manage",
    /// Rooms: making and changing them, inviting to them and hosting their meetings.
    RoomsManage = "rooms:manage",
    /// Recordings in the clear, in files.
    ExportsMake = "exports:make",
    /// Who took part and agreed to what.
    ConsentsView = "consents:view",
    /// How long things are kept, what is held, what was erased, with certificates.
    RetentionView = "retention:view",
    /// Rules about how long things are kept, and holds.
    RetentionManage = "retention:manage",
    /// Erasing.
    ErasuresManage = "erasures:manage",
    /// The audit log and its proofs.
    AuditView = "audit:view",
    /// Where things are stored, and what the guard found.
    PlacesView = "places:view",
    /// Who has an account, and with which roles.
    AccountsManage = "accounts:manage",
    /// Addresses that are told of events.
    WebhooksManage = "webhooks:manage",
    /// How the machine is doing, in numbers.
    HealthView = "health:view",
);

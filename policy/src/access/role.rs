//! Roles.

use super::{Permission as May, Permissions};

super::words!(
    /// What somebody is to Scrim.
    AccountRole,
    /// The roles of one account.
    AccountRoles,
    "role",
    /// Runs the session and decides about its recording.
    Organiser = "organiser",
    /// Prepares recordings for an organiser: regions and words.
    Editor = "editor",
    /// Gets recordings that were published.
    Attendee = "attendee",
    /// The data protection officer.
    Dpo = "dpo",
    /// Looks at what was done, and changes nothing.
    Auditor = "auditor",
    /// Runs the machine, and sees no content.
    Operator = "operator",
    /// Gives accounts and roles, and sees no content.
    Administrator = "administrator",
);

impl AccountRole {
    /// Returns what the role may do.
    pub fn permissions(self) -> Permissions {
        Permissions::of(match self {
            Self::Organiser => &[
                May::AccountUse,
                May::CatalogView,
                May::RecordingsView,
                May::OriginalsView,
                May::UploadsManage,
                May::PoliciesManage,
                May::JobsManage,
                May::TranscriptsView,
                May::TranscriptsEdit,
                May::RecordingsEdit,
                May::RecordingsPublish,
                May::RecordingsOverride,
                May::LinksManage,
                May::RoomsManage,
                May::ExportsMake,
                May::WebhooksManage,
            ],
            Self::Editor => &[
                May::AccountUse,
                May::CatalogView,
                May::RecordingsView,
                May::OriginalsView,
                May::UploadsManage,
                May::PoliciesManage,
                May::JobsManage,
                May::TranscriptsView,
                May::TranscriptsEdit,
                May::RecordingsEdit,
            ],
            // Attendees get recordings by links.
            Self::Attendee => &[May::AccountUse],
            Self::Dpo => &[
                May::AccountUse,
                May::CatalogView,
                May::RecordingsView,
                May::TranscriptsView,
                May::ConsentsView,
                May::RetentionView,
                May::RetentionManage,
                May::ErasuresManage,
                May::AuditView,
                May::PlacesView,
                May::WebhooksManage,
            ],
            Self::Auditor => &[
                May::AccountUse,
                May::CatalogView,
                May::RetentionView,
                May::AuditView,
                May::PlacesView,
            ],
            Self::Operator => &[
                May::AccountUse,
                May::CatalogView,
                May::PlacesView,
                May::HealthView,
            ],
            Self::Administrator => &[May::AccountUse, May::AccountsManage, May::WebhooksManage],
        })
    }
}

impl AccountRoles {
    /// Returns what all roles together may do.
    pub fn permissions(&self) -> Permissions {
        let each = self.iter().map(AccountRole::permissions);
        each.flat_map(|permissions| permissions.iter().collect::<Vec<_>>())
            .collect()
    }
}

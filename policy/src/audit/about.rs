//! What an event is about, and how soon it has to be signed.

use super::AuditEvent;
use crate::ids::{RecordingId, TenantId};

impl AuditEvent {
    /// Returns the recording that the event is erased with. **What says that something was erased
    /// is about no recording**: it stays, and names only the erasure.
    pub const fn recording(&self) -> Option<RecordingId> {
        match self {
            Self::RecordingProcessed { recording, .. }
            | Self::RecordingPublished { recording, .. }
            | Self::RecordingHeld { recording, .. }
            | Self::RecordingReady { recording, .. }
            | Self::RecordingApproved { recording }
            | Self::RecordingOverridden { recording, .. }
            | Self::RecordingWithdrawn { recording, .. }
            | Self::TranscriptRevised { recording, .. }
            | Self::ArtefactOpened { recording, .. }
            | Self::OriginalIngested { recording, .. }
            | Self::SessionBegun { recording }
            | Self::SessionEnded { recording }
            | Self::LinkMade { recording, .. }
            | Self::LinkOpened { recording, .. } => Some(*recording),
            Self::HoldPlaced { recording, .. }
            | Self::HoldReleased { recording, .. }
            | Self::ErasureRequested { recording, .. }
            | Self::ErasureRefused { recording, .. }
            | Self::ExportMade { recording, .. } => *recording,
            _ => None,
        }
    }

    /// Returns the tenant that the event is erased with, if it is about one as a whole.
    pub const fn tenant(&self) -> Option<TenantId> {
        match self {
            Self::HoldPlaced { tenant, .. }
            | Self::HoldReleased { tenant, .. }
            | Self::ErasureRequested { tenant, .. }
            | Self::ErasureRefused { tenant, .. }
            | Self::ExportMade { tenant, .. } => *tenant,
            _ => None,
        }
    }

    /// Says whether a signed checkpoint has to cover the event at once, because somebody may have
    /// reason to make it go away.
    pub const fn is_sensitive(&self) -> bool {
        !matches!(
            self,
            Self::RecordingProcessed { .. }
                | Self::ArtefactOpened { .. }
                | Self::OriginalIngested { .. }
                | Self::SessionBegun { .. }
                | Self::SessionEnded { .. }
                | Self::ErasureStep { .. }
                | Self::ResidencyVerdict { ok: true, .. }
                | Self::SignedIn { .. }
                | Self::PolicySaved { .. }
                | Self::LinkOpened { .. }
                | Self::RoomRegistration { .. }
                | Self::BatchStarted { .. }
                | Self::BatchFinished { .. }
        )
    }
}

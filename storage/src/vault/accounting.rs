//! The audit log, seen from a thread.

use scrim_policy::AuditEvent;

use super::{Vault, VaultError};
use crate::timestamp::Timestamp;

impl Vault {
    /// Writes an event to the audit log and returns the number of its entry. It is durable then.
    /// **Call it before the effect**, unless both are one transaction.
    ///
    /// # Errors
    /// [`VaultError::Audit`]. What the event is about must not be done then.
    pub fn audit(&self, event: AuditEvent, now: Timestamp) -> Result<u64, VaultError> {
        self.audit_all(vec![event], now)
    }

    /// Writes several events in one piece and returns the number of the first one.
    ///
    /// # Errors
    /// Those of [`Vault::audit`]. No event is written then.
    pub fn audit_all(&self, events: Vec<AuditEvent>, now: Timestamp) -> Result<u64, VaultError> {
        let wanted = events.into_iter().map(|event| (event, now)).collect();
        let write = |events: &[_]| self.wait(self.catalog().append_audit(self.author(), events));
        Ok(self.shared.audit.append(wanted, write)?)
    }
}

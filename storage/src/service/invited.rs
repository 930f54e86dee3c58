//! Finds somebody among those who are invited to rooms or have registered for them.

use scrim_policy::{Pii, SubjectText, TenantId};

use super::{invitations, registrations};
use crate::{
    catalog::FrozenInvited,
    digest::KeyedDigest,
    vault::{Vault, VaultError},
};

impl Vault {
    /// Returns the registrations and the invitations to rooms of whoever is found by one of these
    /// digests, also those that were taken back. All such words of a tenant are opened for it: the
    /// catalog alone cannot tell who they are about.
    pub(crate) fn invited_who_are(
        &self,
        tenant: TenantId,
        subjects: &[KeyedDigest],
    ) -> Result<Vec<FrozenInvited>, VaultError> {
        let registered = self.wait(self.catalog().registrations(tenant, None))?;
        let invited = self.wait(self.catalog().invitations_to_rooms(tenant))?;
        if registered.is_empty() && invited.is_empty() {
            return Ok(Vec::new());
        }
        let words = self.words(tenant)?;
        let is_meant = |name: &Pii<String>, email: Option<&Pii<String>>| {
            let name = SubjectText::of_name(name.reveal());
            let email = email.and_then(|email| SubjectText::of_email(email.reveal()));
            let mut texts = name.into_iter().chain(email);
            texts.any(|text| subjects.contains(&self.subject(&text)))
        };
        let mut found = Vec::new();
        for row in registered {
            let one = registrations::open(&words, row)?;
            if is_meant(&one.who.name, Some(&one.who.email)) {
                found.push(FrozenInvited::Registration(one.id));
            }
        }
        for row in invited {
            let one = invitations::open(&words, row)?;
            if is_meant(&one.name, one.email.as_ref()) {
                found.push(FrozenInvited::Invitation(one.id));
            }
        }
        Ok(found)
    }
}

//! Who has signed in.

use std::collections::BTreeSet;

use scrim_policy::Pii;
use serde_json::Value;

use super::{OidcError, OidcSettings, token::Claims};

/// Somebody whom the provider vouches for. Issuer and subject together are who it is; an e-mail
/// address may pass to somebody else, and says so only when it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The provider.
    pub(crate) issuer: String,
    /// What the provider calls this person, for ever.
    pub(crate) subject: Pii<String>,
    /// The e-mail address, if it was told.
    pub(crate) email: Option<Pii<String>>,
    /// Whether the provider has verified that address.
    pub(crate) email_verified: bool,
    /// The name, if it was told.
    pub(crate) name: Option<Pii<String>>,
    /// Roles by the words of the configuration, each once, in the order of the alphabet.
    pub(crate) roles: Vec<String>,
}

impl Identity {
    pub(super) fn of(claims: Claims, settings: &OidcSettings) -> Result<Self, OidcError> {
        let email = claims.email.filter(|email| !email.is_empty());
        let is_verified = claims.email_verified && email.is_some();
        if !settings.allowed_domains.is_empty() {
            let is_allowed = email.as_ref().is_some_and(|email| settings.allows(email));
            if !is_allowed || !is_verified {
                return Err(OidcError::DomainNotAllowed);
            }
        }
        let claimed = settings
            .roles_claim
            .as_ref()
            .and_then(|claim| claims.others.get(claim));
        let roles: BTreeSet<&String> = values(claimed)
            .filter_map(|value| settings.roles.get(value))
            .collect();
        Ok(Self {
            issuer: claims.iss,
            subject: Pii::new(claims.sub),
            email: email.map(Pii::new),
            email_verified: is_verified,
            name: claims.name.filter(|name| !name.is_empty()).map(Pii::new),
            roles: roles.into_iter().cloned().collect(),
        })
    }
}

/// A claim of roles is a list of texts or a single one.
fn values(claim: Option<&Value>) -> impl Iterator<Item = &str> {
    let one = claim.and_then(Value::as_str);
    let many = claim.and_then(Value::as_array).into_iter().flatten();
    one.into_iter().chain(many.filter_map(Value::as_str))
}

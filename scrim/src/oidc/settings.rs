//! Who the provider is, and who we are to it.

use std::{
    collections::BTreeMap,
    fmt, fs,
    net::IpAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use axum::http::Uri;
use schemars::JsonSchema;
use serde::Deserialize;

use super::OidcError;

/// Section `[oidc]` of the configuration.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OidcSettings {
    /// The provider, written exactly as it writes itself: `https://id.example`.
    #[schemars(example = &"https://id.example.eu")]
    pub(crate) issuer: String,
    /// What the provider calls Scrim.
    #[schemars(example = &"scrim")]
    pub(crate) client_id: String,
    /// File with the secret that was agreed with the provider. Without it Scrim is a public client.
    #[serde(default)]
    #[schemars(example = &"/etc/scrim/oidc-secret")]
    pub(crate) client_secret_file: Option<PathBuf>,
    /// What is asked for, between spaces.
    #[serde(default = "default_scopes")]
    #[schemars(example = &"openid email profile")]
    pub(crate) scopes: String,
    /// Domains of e-mail addresses that may sign in; the provider has to have verified the address.
    /// Empty: everybody whom the provider knows.
    #[serde(default)]
    #[schemars(example = ["example.eu"])]
    pub(crate) allowed_domains: Vec<String>,
    /// The claim that says what somebody may do, such as `groups`.
    #[serde(default)]
    #[schemars(example = &"groups")]
    pub(crate) roles_claim: Option<String>,
    /// From values of that claim to roles. Other values mean nothing.
    #[serde(default)]
    #[schemars(example = BTreeMap::from([("webinar-team", "organiser")]))]
    pub(crate) roles: BTreeMap<String, String>,
    /// Certificates in PEM form that the provider's own must lead to, instead of those of Mozilla.
    #[serde(default)]
    #[schemars(example = &"/etc/scrim/id-ca.pem")]
    pub(crate) ca_file: Option<PathBuf>,
}

fn default_scopes() -> String {
    "openid email profile".to_owned()
}

impl OidcSettings {
    /// Says what cannot be right, before anybody is asked.
    pub(super) fn check(&self) -> Result<(), OidcError> {
        check_issuer(&self.issuer)?;
        if self.client_id.is_empty() {
            return Err(OidcError::NoClientId);
        }
        if !self.scopes.split(' ').any(|scope| scope == "openid") {
            return Err(OidcError::NoOpenIdScope);
        }
        if self.roles_claim.is_none() != self.roles.is_empty() {
            return Err(OidcError::HalfOfRoles);
        }
        let is_domain = |domain: &String| {
            !domain.is_empty() && !domain.starts_with('.') && !domain.contains(['@', '*', ' '])
        };
        if !self.allowed_domains.iter().all(is_domain) {
            return Err(OidcError::BadDomain);
        }
        Ok(())
    }

    pub(super) fn secret(&self) -> Result<Option<Secret>, OidcError> {
        self.client_secret_file
            .as_deref()
            .map(Secret::read)
            .transpose()
    }

    /// Says whether an address is of a domain that may sign in.
    pub(super) fn allows(&self, email: &str) -> bool {
        let Some((_, domain)) = email.rsplit_once('@') else {
            return false;
        };
        self.allowed_domains
            .iter()
            .any(|allowed| allowed.eq_ignore_ascii_case(domain))
    }
}

/// An issuer is an address without query and fragment: OpenID Connect Discovery 1.0, section 3.
fn check_issuer(issuer: &str) -> Result<(), OidcError> {
    let uri: Uri = issuer.parse().map_err(|_| OidcError::BadIssuer)?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let has_more = uri.query().is_some() || issuer.contains('#');
    let has_user = uri
        .authority()
        .is_none_or(|whole| whole.as_str().contains('@'));
    if !is_web || has_more || has_user {
        return Err(OidcError::BadIssuer);
    }
    if is_safe(&uri) {
        Ok(())
    } else {
        Err(OidcError::PlainHttp)
    }
}

/// Secrets and tokens travel encrypted, or do not leave this machine.
pub(super) fn is_safe(uri: &Uri) -> bool {
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => {
            let bare = host.trim_start_matches('[').trim_end_matches(']');
            bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        _ => false,
    }
}

/// The client secret. It prints nothing of itself; memory that is given back is overwritten.
#[derive(Clone)]
pub(super) struct Secret(String);

impl Secret {
    fn read(path: &Path) -> Result<Self, OidcError> {
        let failed = |source| OidcError::SecretFile {
            path: path.to_owned(),
            source,
        };
        let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o007 != 0 {
            return Err(OidcError::SecretOpenToOthers {
                path: path.to_owned(),
                mode,
            });
        }
        let text = fs::read_to_string(path).map_err(failed)?;
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(OidcError::EmptySecret {
                path: path.to_owned(),
            });
        }
        Ok(Self(trimmed.to_owned()))
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

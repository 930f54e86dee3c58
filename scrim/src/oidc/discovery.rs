//! What a provider says of itself: OpenID Connect Discovery 1.0, RFC 8414 and RFC 9207.

use axum::http::Uri;
use jsonwebtoken::Algorithm;
use serde::Deserialize;

use super::{OidcError, http::Http, settings::is_safe};

const DOING: &str = "read what it can do";

/// What ID tokens may be signed with. Never nothing, and never by a secret that both sides know: a
/// client could sign its own token, or a public key be taken for the secret.
const ALLOWED: [(&str, Algorithm); 4] = [
    ("RS256", Algorithm::RS256),
    ("PS256", Algorithm::PS256),
    ("ES256", Algorithm::ES256),
    ("EdDSA", Algorithm::EdDSA),
];

/// What is used of the document.
#[derive(Debug)]
pub(super) struct Metadata {
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    pub(super) userinfo_endpoint: Option<String>,
    pub(super) algorithms: Vec<Algorithm>,
    /// Whether callbacks say which provider they are from.
    pub(super) sends_issuer: bool,
    pub(super) secret_goes: SecretGoes,
}

/// How the client secret is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SecretGoes {
    InHeader,
    InBody,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    response_types_supported: Vec<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    pub(super) fn discover(http: &Http, issuer: &str) -> Result<Self, OidcError> {
        let base = issuer.trim_end_matches('/');
        let url = format!("{base}/.well-known/openid-configuration");
        Self::of(http.json(DOING, &url)?, issuer)
    }

    fn of(document: Document, issuer: &str) -> Result<Self, OidcError> {
        if document.issuer != issuer {
            return Err(OidcError::OtherIssuer);
        }
        let endpoints = [
            ("signing in", Some(&document.authorization_endpoint)),
            ("tokens", Some(&document.token_endpoint)),
            ("keys", Some(&document.jwks_uri)),
            ("user info", document.userinfo_endpoint.as_ref()),
        ];
        // A provider on this machine may name addresses on this machine; others may not.
        let is_local = issuer.starts_with("http://");
        for (what, endpoint) in endpoints {
            let is_fit = endpoint.is_none_or(|endpoint| {
                endpoint.parse::<Uri>().is_ok_and(|uri| {
                    is_safe(&uri) && (is_local || uri.scheme_str() == Some("https"))
                })
            });
            if !is_fit {
                return Err(OidcError::UnsafeEndpoint { what });
            }
        }
        let missing = |what| Err(OidcError::Unsupported { what });
        if !document
            .response_types_supported
            .iter()
            .any(|kind| kind == "code")
        {
            return missing("the authorisation code flow");
        }
        // Some providers know PKCE without saying so. One that lists methods lists all of them.
        let methods = document.code_challenge_methods_supported;
        if methods.is_some_and(|methods| !methods.iter().any(|method| method == "S256")) {
            return missing("PKCE with S256");
        }
        let algorithms = match document.id_token_signing_alg_values_supported {
            // The one that every provider has to know.
            None => vec![Algorithm::RS256],
            Some(names) => ALLOWED
                .into_iter()
                .filter(|(name, _)| names.iter().any(|offered| offered == name))
                .map(|(_, algorithm)| algorithm)
                .collect(),
        };
        if algorithms.is_empty() {
            return missing("ID tokens signed with RS256, PS256, ES256 or EdDSA");
        }
        let ways = document.token_endpoint_auth_methods_supported;
        let has = |way: &str| {
            ways.as_ref()
                .is_some_and(|ways| ways.iter().any(|w| w == way))
        };
        let secret_goes = if !has("client_secret_basic") && has("client_secret_post") {
            SecretGoes::InBody
        } else {
            SecretGoes::InHeader
        };
        Ok(Self {
            authorization_endpoint: document.authorization_endpoint,
            token_endpoint: document.token_endpoint,
            jwks_uri: document.jwks_uri,
            userinfo_endpoint: document.userinfo_endpoint,
            algorithms,
            sends_issuer: document.authorization_response_iss_parameter_supported,
            secret_goes,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::{Value, json};

    use super::*;

    fn read(issuer: &str, changes: &[(&str, Value)]) -> Result<Metadata, OidcError> {
        let mut document = json!({
            "issuer": "https://id.example",
            "authorization_endpoint": "https://id.example/auth",
            "token_endpoint": "https://id.example/token",
            "jwks_uri": "https://keys.example/jwks",
            "response_types_supported": ["code", "id_token"],
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256", "ES256", "ES512"],
        });
        for (name, value) in changes {
            document[*name] = value.clone();
        }
        Metadata::of(serde_json::from_value(document).unwrap(), issuer)
    }

    #[test]
    fn only_what_is_allowed_is_taken() {
        let metadata = read("https://id.example", &[]).unwrap();
        assert_eq!(metadata.algorithms, [Algorithm::RS256, Algorithm::ES256]);
        assert!(!metadata.sends_issuer);
        assert_eq!(metadata.secret_goes, SecretGoes::InHeader);
        let ways = json!(["client_secret_post", "private_key_jwt"]);
        let change = ("token_endpoint_auth_methods_supported", ways);
        let metadata = read("https://id.example", &[change]).unwrap();
        assert_eq!(metadata.secret_goes, SecretGoes::InBody);
    }

    #[test]
    fn an_issuer_is_equal_to_the_letter() {
        for other in [
            "https://id.example/",
            "https://ID.example",
            "https://other.example",
        ] {
            let error = read(other, &[]).unwrap_err();
            assert!(matches!(error, OidcError::OtherIssuer), "{other}");
        }
    }

    #[test]
    fn a_provider_elsewhere_names_no_address_in_the_clear() {
        for bad in [
            "http://id.example/token",
            "http://127.0.0.1/token",
            "/token",
            "file:///token",
        ] {
            for name in [
                "authorization_endpoint",
                "token_endpoint",
                "jwks_uri",
                "userinfo_endpoint",
            ] {
                let error = read("https://id.example", &[(name, json!(bad))]).unwrap_err();
                assert!(
                    matches!(error, OidcError::UnsafeEndpoint { .. }),
                    "{name} {bad}"
                );
            }
        }
    }

    #[test]
    fn what_is_needed_is_asked_for() {
        for (name, value) in [
            ("response_types_supported", json!(["id_token"])),
            ("code_challenge_methods_supported", json!(["plain"])),
            (
                "id_token_signing_alg_values_supported",
                json!(["none", "HS256"]),
            ),
        ] {
            let error = read("https://id.example", &[(name, value)]).unwrap_err();
            assert!(matches!(error, OidcError::Unsupported { .. }), "{name}");
        }
    }
}

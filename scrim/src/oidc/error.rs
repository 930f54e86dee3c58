//! What can go wrong when somebody signs in. Nothing here holds a token, a code or a name.

use std::{io, path::PathBuf};

use scrim_policy::Kind;

/// Nobody was signed in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum OidcError {
    /// The issuer is not one.
    #[error(
        "[oidc] issuer is not an address such as https://id.example, without query and fragment"
    )]
    BadIssuer,
    /// Tokens would travel in the clear.
    #[error("[oidc] issuer has to be asked over https; plain http is for this machine alone")]
    PlainHttp,
    /// The client has no name.
    #[error("[oidc] client_id is empty")]
    NoClientId,
    /// Without it there is no ID token.
    #[error("[oidc] scopes lacks openid")]
    NoOpenIdScope,
    /// A claim without meanings, or meanings without a claim.
    #[error("[oidc] needs both roles_claim and roles, or neither")]
    HalfOfRoles,
    /// A domain that no address has.
    #[error("[oidc] allowed_domains has something that is no domain, such as example.org")]
    BadDomain,
    /// The secret could not be read.
    #[error("could not read the client secret in {}", path.display())]
    SecretFile {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Everybody on this machine can read the secret.
    #[error("the file of the client secret {} has mode {mode:03o}, others must have no access", path.display())]
    SecretOpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// There is no secret in the file.
    #[error("there is no client secret in {}", path.display())]
    EmptySecret {
        /// The file.
        path: PathBuf,
    },
    /// The certificates could not be read.
    #[error("could not read certificates in PEM form in {}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
    },
    /// The operating system gave no random bytes.
    #[error("could not get random bytes from the operating system")]
    NoEntropy,

    /// The provider did not answer.
    #[error("the sign-in provider does not answer, could not {doing}")]
    Unreachable {
        /// What was being done.
        doing: &'static str,
        /// What happened.
        source: Box<ureq::Error>,
    },
    /// The provider answered with another status than was expected.
    #[error("the sign-in provider answered with status {status}, could not {doing}")]
    Status {
        /// What was being done.
        doing: &'static str,
        /// Status of HTTP.
        status: u16,
    },
    /// The answer is not what the protocol says.
    #[error("the sign-in provider gave an answer that makes no sense, could not {doing}")]
    Unreadable {
        /// What was being done.
        doing: &'static str,
    },
    /// The provider calls itself something else.
    #[error(
        "the sign-in provider calls itself by another issuer than [oidc] does; they have to be equal to the letter"
    )]
    OtherIssuer,
    /// An endpoint is not encrypted.
    #[error("the sign-in provider names an address for {what} that is not https")]
    UnsafeEndpoint {
        /// Which endpoint.
        what: &'static str,
    },
    /// The provider cannot do what is needed.
    #[error("the sign-in provider does not offer {what}")]
    Unsupported {
        /// What is missing.
        what: &'static str,
    },
    /// The provider does not know this client or its secret.
    #[error(
        "the sign-in provider does not accept the client: see client_id and client_secret_file in [oidc]"
    )]
    UnknownClient,

    /// The callback is not one.
    #[error("the callback of the sign-in is malformed")]
    BadCallback,
    /// The callback belongs to another sign-in.
    #[error("the callback belongs to another sign-in than the one that this browser began")]
    OtherState,
    /// The sign-in took too long.
    #[error("the sign-in took too long, or its beginning lies in the future")]
    Expired,
    /// The callback is from another provider.
    #[error("the callback is not from the provider that the sign-in began with")]
    MixUp,
    /// The provider, or the person there, said no.
    #[error("the sign-in provider said no: {code}")]
    Denied {
        /// A code of the protocol.
        code: &'static str,
    },
    /// The code was used before, is too old or belongs to another sign-in.
    #[error("the sign-in provider does not accept the code: {code}")]
    CodeRefused {
        /// A code of the protocol.
        code: &'static str,
    },
    /// The ID token is not acceptable.
    #[error("the ID token is not acceptable: {0}")]
    Token(TokenFlaw),
    /// The user info is about somebody else.
    #[error("the user info is about somebody else than the ID token")]
    OtherSubject,
    /// The e-mail address is not of an allowed domain, or not verified.
    #[error(
        "the e-mail address is missing, not verified by the provider or not of an allowed domain"
    )]
    DomainNotAllowed,
}

/// What is wrong with an ID token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum TokenFlaw {
    /// It cannot be read.
    #[error("it is malformed")]
    Malformed,
    /// The algorithm is not one that is allowed.
    #[error("it is not signed, or by an algorithm that is not allowed")]
    Algorithm,
    /// It demands something that is not understood.
    #[error("it has critical headers")]
    Critical,
    /// There is no key for it.
    #[error("it is signed by a key that the provider does not have")]
    UnknownKey,
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Signature,
    /// It was made by somebody else.
    #[error("it is from another issuer")]
    Issuer,
    /// It was made for somebody else.
    #[error("it is for another client")]
    Audience,
    /// It is over.
    #[error("it has expired")]
    Expired,
    /// It was made in the future.
    #[error("it was issued in the future")]
    NotYet,
    /// It belongs to another sign-in.
    #[error("it belongs to another sign-in")]
    Nonce,
    /// The access token is not the one that it was made with.
    #[error("it came with another access token")]
    AccessToken,
    /// It does not say who it is about.
    #[error("it names no subject")]
    Subject,
}

impl From<TokenFlaw> for OidcError {
    fn from(flaw: TokenFlaw) -> Self {
        Self::Token(flaw)
    }
}

impl OidcError {
    /// Returns what a caller can do about it.
    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::BadIssuer
            | Self::PlainHttp
            | Self::NoClientId
            | Self::NoOpenIdScope
            | Self::HalfOfRoles
            | Self::BadDomain
            | Self::SecretOpenToOthers { .. }
            | Self::EmptySecret { .. }
            | Self::CaFile { .. }
            | Self::OtherIssuer
            | Self::UnsafeEndpoint { .. }
            | Self::Unsupported { .. }
            | Self::UnknownClient
            | Self::BadCallback => Kind::Invalid,
            Self::SecretFile { .. } => Kind::NotFound,
            Self::NoEntropy
            | Self::Unreachable { .. }
            | Self::Status { .. }
            | Self::Unreadable { .. } => Kind::Unavailable,
            Self::OtherState
            | Self::Expired
            | Self::MixUp
            | Self::Denied { .. }
            | Self::CodeRefused { .. }
            | Self::Token(_)
            | Self::OtherSubject
            | Self::DomainNotAllowed => Kind::Refused,
        }
    }
}

/// Returns a code of RFC 6749 and OpenID Connect, word for word, or `another reason`: what comes
/// from outside is not repeated in logs.
pub(super) fn known_code(code: &str) -> &'static str {
    const KNOWN: [&str; 16] = [
        "access_denied",
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "login_required",
        "registration_not_supported",
        "request_not_supported",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_response_type",
    ];
    KNOWN
        .into_iter()
        .find(|known| *known == code)
        .unwrap_or("another reason")
}

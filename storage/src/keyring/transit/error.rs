//! What can go wrong with a key server.

use std::{io, path::PathBuf};

use scrim_policy::{Kind, TenantId};

/// The key server did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransitError {
    /// The address is not one.
    #[error("not the address of a key server: expected https://host:port and nothing behind it")]
    BadAddress,

    /// Data keys would travel in the clear.
    #[error("the key server {host} is only asked over https; plain http is for this machine alone")]
    PlainHttp {
        /// The host.
        host: String,
    },

    /// The path of the engine is not one.
    #[error("not the path of a transit engine: expected words between slashes, such as transit")]
    BadMount,

    /// The token is empty or holds something that no token holds.
    #[error("the token for the key server is empty or has letters that no token has")]
    BadToken,

    /// The token could not be read.
    #[error("could not read the token file {}", path.display())]
    TokenFile {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// Everybody on this machine can read the token.
    #[error("the token file {} has mode {mode:03o}, others must have no access", path.display())]
    TokenFileOpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },

    /// The certificates could not be read.
    #[error("could not read the certificates in {}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// There is no certificate in the file, or a damaged one.
    #[error("there is no certificate in PEM form in {}, or a damaged one", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },

    /// The server did not answer, however often it was asked.
    #[error("the key server does not answer, could not {doing}")]
    Unreachable {
        /// What was being done.
        doing: &'static str,
        /// What the last attempt met.
        source: Box<ureq::Error>,
    },

    /// The connection is not one to the server that the certificates speak of.
    #[error("the key server could not prove who it is, could not {doing}")]
    Untrusted {
        /// What was being done.
        doing: &'static str,
        /// What is wrong.
        source: Box<ureq::Error>,
    },

    /// The server is sealed. Somebody has to open it.
    #[error("the key server is sealed")]
    Sealed,

    /// The token does not allow it, or is not valid any more.
    #[error("the key server does not allow this token to {doing}")]
    Denied {
        /// What was being done.
        doing: &'static str,
    },

    /// There is no transit engine under this path.
    #[error("the key server has no transit engine at the path that is set, could not {doing}")]
    NoEngine {
        /// What was being done.
        doing: &'static str,
    },

    /// The tenant's key could not be destroyed for certain, or does not bind data keys to artefacts.
    #[error("the key of {tenant} on the key server cannot be used: {why}")]
    Unsuitable {
        /// The tenant.
        tenant: TenantId,
        /// What is wrong with it.
        why: &'static str,
    },

    /// Anything else that the server refuses.
    #[error("the key server refused to {doing}: {says} (status {status})")]
    Refused {
        /// What was being done.
        doing: &'static str,
        /// Status of HTTP.
        status: u16,
        /// The server's words.
        says: String,
    },

    /// The answer is not one of transit.
    #[error("the key server gave an answer that makes no sense, could not {doing}")]
    Unreadable {
        /// What was being done.
        doing: &'static str,
    },
}

impl TransitError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::BadAddress
            | Self::PlainHttp { .. }
            | Self::BadMount
            | Self::BadToken
            | Self::TokenFileOpenToOthers { .. }
            | Self::NoCertificate { .. }
            | Self::NoEngine { .. }
            | Self::Unsuitable { .. } => Kind::Invalid,
            Self::TokenFile { .. } | Self::CaFile { .. } => Kind::NotFound,
            Self::Denied { .. } => Kind::Refused,
            Self::Unreachable { .. }
            | Self::Untrusted { .. }
            | Self::Sealed
            | Self::Refused { .. }
            | Self::Unreadable { .. } => Kind::Unavailable,
        }
    }
}

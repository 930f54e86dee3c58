//! Where the key server is, and who we are to it.

use std::{fmt, fs, net::IpAddr, os::unix::fs::PermissionsExt, path::PathBuf, time::Duration};

use ureq::http::{HeaderValue, Uri};
use zeroize::Zeroizing;

use super::TransitError;

/// How a key server is reached.
#[derive(Clone, Debug)]
pub struct TransitSettings {
    /// Where it is.
    pub address: TransitAddress,
    /// Who we are to it.
    pub token: Token,
    /// Certificates in PEM form that its own must lead to; without them those of Mozilla.
    pub ca_file: Option<PathBuf>,
    /// Path of the transit engine, usually `transit`.
    pub mount: String,
    /// How long one request may take. It is repeated a few times where the server does not answer.
    pub timeout: Duration,
}

impl TransitSettings {
    /// Returns the settings of an engine at its usual path.
    pub fn new(address: TransitAddress, token: Token) -> Self {
        Self {
            address,
            token,
            ca_file: None,
            mount: "transit".to_owned(),
            timeout: Duration::from_secs(10),
        }
    }
}

/// The address of a key server: `https://host:port`. Plain http only leads to this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransitAddress(String);

impl TransitAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// [`TransitError::BadAddress`], and [`TransitError::PlainHttp`] where data keys would travel in
    /// the clear.
    pub fn new(text: &str) -> Result<Self, TransitError> {
        let text = text.trim_end_matches('/');
        let uri: Uri = text.parse().map_err(|_| TransitError::BadAddress)?;
        let parts = (uri.scheme_str(), uri.authority(), uri.host());
        let (Some(scheme), Some(authority), Some(host)) = parts else {
            return Err(TransitError::BadAddress);
        };
        let is_bare = uri.path() == "/" || uri.path().is_empty();
        if !is_bare || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(TransitError::BadAddress);
        }
        match scheme {
            "https" => Ok(Self(text.to_owned())),
            "http" if is_this_machine(host) => Ok(Self(text.to_owned())),
            "http" => Err(TransitError::PlainHttp {
                host: host.to_owned(),
            }),
            _ => Err(TransitError::BadAddress),
        }
    }

    /// Returns the address without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// What we show to the key server. It prints nothing of itself and is overwritten when dropped.
#[derive(Clone)]
pub enum Token {
    /// The token itself.
    Text(Zeroizing<String>),
    /// A file that holds it. It is read again when the server does not take what it held, since the
    /// agent of OpenBao replaces it from time to time.
    File(PathBuf),
}

impl Token {
    /// Takes over a token.
    pub fn new(token: String) -> Self {
        Self::Text(Zeroizing::new(token))
    }

    /// Returns the token as a header that is never printed.
    pub(super) fn read(&self) -> Result<HeaderValue, TransitError> {
        let text = match self {
            Self::Text(text) => text.clone(),
            Self::File(path) => {
                let failed = |source| TransitError::TokenFile {
                    path: path.clone(),
                    source,
                };
                let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
                // The agent writes files that a group may read; that is the operator's choice.
                if mode & 0o007 != 0 {
                    return Err(TransitError::TokenFileOpenToOthers {
                        path: path.clone(),
                        mode,
                    });
                }
                Zeroizing::new(fs::read_to_string(path).map_err(failed)?)
            }
        };
        let trimmed = text.trim();
        let mut value = HeaderValue::from_str(trimmed).map_err(|_| TransitError::BadToken)?;
        if trimmed.is_empty() {
            return Err(TransitError::BadToken);
        }
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("[token]"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leads_to_this_machine_only() {
        for good in [
            "https://bao.example:8200",
            "https://bao.example/",
            "http://127.0.0.1:8200",
            "http://127.9.9.9",
            "http://[::1]:8200",
            "http://localhost:8200",
        ] {
            assert!(TransitAddress::new(good).is_ok(), "{good}");
        }
        for bare in [
            "http://bao.example:8200",
            "http://10.0.0.1",
            "http://localhost.example",
            "http://0.0.0.0:8200",
        ] {
            assert!(
                matches!(
                    TransitAddress::new(bare),
                    Err(TransitError::PlainHttp { .. })
                ),
                "{bare}"
            );
        }
    }

    #[test]
    fn what_is_more_than_an_address_is_refused() {
        for bad in [
            "",
            "bao.example:8200",
            "ftp://bao.example",
            "https://user:password@bao.example",
            "https://bao.example/v1/transit",
            "https://bao.example?x=1",
            "https://",
        ] {
            assert!(
                matches!(TransitAddress::new(bad), Err(TransitError::BadAddress)),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_token_shows_nothing_of_itself() {
        let token = Token::new("s.hunter2".to_owned());
        assert_eq!(format!("{token:?}"), "[token]");
        let header = token.read().expect("it has only letters of tokens");
        assert!(!format!("{header:?}").contains("hunter2"));
        assert!(Token::new(" \n".to_owned()).read().is_err());
        assert!(Token::new("a\nb".to_owned()).read().is_err());
    }
}

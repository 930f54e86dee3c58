//! Which bucket, where, and how it wants to be spoken to.

use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr};

use scrim_policy::Kind;
use zeroize::Zeroizing;

/// The longest host name that DNS knows.
const MOST_HOST_BYTES: usize = 253;

/// Everything that has to be known of a bucket. That it may be written is a question of its own,
/// which [`crate::residency`] answers.
#[derive(Clone, Debug)]
pub struct S3Location {
    /// The server.
    pub endpoint: Endpoint,
    /// The region that requests are signed for.
    pub region: String,
    /// The bucket.
    pub bucket: BucketName,
    /// What all keys begin with.
    pub prefix: KeyPrefix,
    /// Who asks.
    pub credentials: Credentials,
    /// Whether the bucket is in the path, as servers without a name for each bucket want it.
    pub path_style: bool,
    /// Which checksum the store is asked to verify on every upload.
    pub checksum: Checksum,
    /// How much of an upload is read again before it counts.
    pub read_back: ReadBack,
    /// Whether the store refuses to overwrite when asked with `If-None-Match`.
    pub conditional_put: bool,
    /// How often a request is tried before it fails.
    pub attempts: u32,
    /// The country that the operator declares for a server of their own, two letters.
    pub country: Option<String>,
    /// The account that has to own the bucket, which is sent with every request. Nobody else can
    /// put a bucket of the same name in its place then. Only AWS looks at it.
    pub owner: Option<String>,
    /// Whether Object Lock in compliance mode is accepted. What it locks cannot be deleted before
    /// its time, only shredded.
    pub allow_object_lock: bool,
    /// The only certificates that are trusted, PEM. Without it those of the system are.
    pub ca_file: Option<PathBuf>,
}

impl S3Location {
    /// How often a request is tried unless the operator says otherwise: with the pauses in between
    /// this outlasts half a minute without a network.
    pub const ATTEMPTS: u32 = 8;

    /// Describes a bucket with what suits most stores: path style, SHA-256, everything proven after
    /// an upload.
    pub fn new(
        endpoint: Endpoint,
        region: impl Into<String>,
        bucket: BucketName,
        credentials: Credentials,
    ) -> Self {
        Self {
            endpoint,
            region: region.into(),
            bucket,
            prefix: KeyPrefix::default(),
            credentials,
            path_style: true,
            checksum: Checksum::default(),
            read_back: ReadBack::default(),
            conditional_put: true,
            attempts: Self::ATTEMPTS,
            country: None,
            owner: None,
            allow_object_lock: false,
            ca_file: None,
        }
    }
}

/// A place that cannot be one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocationError {
    /// Not `http://` or `https://` with a host and perhaps a port.
    #[error("not the address of a store: expected https://host or https://host:port, nothing else")]
    Endpoint,

    /// Not a name that S3 allows.
    #[error("not the name of a bucket: expected 3 to 63 small letters, digits, dots and hyphens")]
    Bucket,

    /// Not a prefix of keys.
    #[error("not a prefix of keys: expected letters, digits, `-`, `_` and `.` between slashes")]
    Prefix,

    /// Not one of the words for checksums.
    #[error("not a checksum: expected sha256, crc64nvme, crc32c or none")]
    Checksum,

    /// Not one of the words for reading back.
    #[error("not a way to read back: expected all or sample")]
    ReadBack,

    /// One of the credentials is empty or cannot stand in a header.
    #[error("not credentials: expected an access key id and a secret key without spaces")]
    Credentials,

    /// The file of certificates could not be read.
    #[error("could not read the certificates in {}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },

    /// The file of certificates holds none, or a damaged one.
    #[error("there is no certificate in PEM form in {}, or a damaged one", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
    },
}

impl LocationError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::CaFile { .. } => Kind::Unavailable,
            _ => Kind::Invalid,
        }
    }
}

/// The address of a store: scheme, host and port. No path, no user, no query.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    is_https: bool,
    host: String,
    port: Option<u16>,
}

impl Endpoint {
    /// Says whether the connection is encrypted.
    pub const fn is_https(&self) -> bool {
        self.is_https
    }

    /// Returns the host in small letters, an IPv6 address without its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the port.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(if self.is_https { 443 } else { 80 })
    }

    /// Says whether the host is an address of this machine. A name is not, whatever it resolves to.
    pub fn is_loopback(&self) -> bool {
        self.host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
    }
}

impl FromStr for Endpoint {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        let (is_https, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(LocationError::Endpoint),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = match authority.strip_prefix('[') {
            Some(bracketed) => {
                let (host, after) = bracketed.split_once(']').ok_or(LocationError::Endpoint)?;
                let is_address = host.parse::<std::net::Ipv6Addr>().is_ok();
                let port = after.strip_prefix(':');
                if !is_address || (port.is_none() && !after.is_empty()) {
                    return Err(LocationError::Endpoint);
                }
                (host, port)
            }
            None => match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            },
        };
        let is_name = |host: &str| {
            let is_label = |label: &str| {
                !label.is_empty()
                    && label
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            };
            host.len() <= MOST_HOST_BYTES && host.split('.').all(is_label)
        };
        if !host.contains(':') && !is_name(host) {
            return Err(LocationError::Endpoint);
        }
        let port = port
            .map(|port| match port.parse() {
                Ok(port) if port > 0 => Ok(port),
                _ => Err(LocationError::Endpoint),
            })
            .transpose()?;
        Ok(Self {
            is_https,
            host: host.to_ascii_lowercase(),
            port,
        })
    }
}

/// Prints the address as a client wants it.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_https { "https" } else { "http" };
        if self.host.contains(':') {
            write!(f, "{scheme}://[{}]", self.host)?;
        } else {
            write!(f, "{scheme}://{}", self.host)?;
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $is_valid:expr, $error:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[derive(Default)]
pub struct $name(String);

        impl $name {
            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = LocationError;

            fn from_str(text: &str) -> Result<Self, LocationError> {
                let is_valid: fn(&str) -> bool = $is_valid;
                is_valid(text).then(|| Self(text.to_owned())).ok_or($error)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_text!(
    /// The name of a bucket.
    BucketName,
    |text| {
        let is_end = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric());
        let bytes = text.as_bytes();
        (3..=63).contains(&bytes.len())
            && is_end(bytes.first())
            && is_end(bytes.last())
            && !text.contains("..")
            && bytes
                .iter()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(b))
    },
    LocationError::Bucket
);

checked_text!(
    /// What all keys of a store begin with, such as `scrim/production`; empty by default. A slash
    /// stands between it and the rest of a key.
    KeyPrefix,
    |text| {
        let is_part = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        };
        text.is_empty() || text.split('/').all(is_part)
    },
    LocationError::Prefix
);

/// Who asks: an access key id and its secret. It prints nothing of itself.
#[derive(Clone)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
}

impl Credentials {
    /// Takes both over.
    ///
    /// # Errors
    /// [`LocationError::Credentials`] where one is empty or cannot stand in a header.
    pub fn new(access_key_id: String, secret_access_key: String) -> Result<Self, LocationError> {
        let secret_access_key = Zeroizing::new(secret_access_key);
        let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        if !is_plain(&access_key_id) || !is_plain(&secret_access_key) {
            return Err(LocationError::Credentials);
        }
        Ok(Self {
            access_key_id,
            secret_access_key,
        })
    }

    pub(super) fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    pub(super) fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[credentials]")
    }
}

/// A checksum that the store is asked to verify and to keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Checksum {
    /// The only one that nobody can forge, so the only one that spares reading an upload again.
    #[default]
    Sha256,
    /// Finds what goes wrong by accident.
    Crc64Nvme,
    /// As before, for older stores.
    Crc32c,
    /// For stores that reject checksums. What is sent is still covered by the signature of the
    /// request.
    None,
}

impl FromStr for Checksum {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        match text {
            "sha256" => Ok(Self::Sha256),
            "crc64nvme" => Ok(Self::Crc64Nvme),
            "crc32c" => Ok(Self::Crc32c),
            "none" => Ok(Self::None),
            _ => Err(LocationError::Checksum),
        }
    }
}

/// How much of an upload is proven before it counts. Where the store has verified SHA-256 and
/// returns it for the whole object, that is the proof; else bytes are read again and hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadBack {
    /// Every part.
    #[default]
    All,
    /// The first part, the last one, and some in between.
    Sample,
}

impl FromStr for ReadBack {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        match text {
            "all" => Ok(Self::All),
            "sample" => Ok(Self::Sample),
            _ => Err(LocationError::ReadBack),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn addresses_are_taken_apart_and_put_together() {
        for (text, is_https, host, port) in [
            ("https://S3.example.eu/", true, "s3.example.eu", 443),
            ("http://127.0.0.1:8333", false, "127.0.0.1", 8333),
            ("http://[::1]:9000", false, "::1", 9000),
        ] {
            let endpoint: Endpoint = text.parse().unwrap();
            assert_eq!(endpoint.is_https(), is_https, "{text}");
            assert_eq!(endpoint.host(), host, "{text}");
            assert_eq!(endpoint.port(), port, "{text}");
            let again: Endpoint = endpoint.to_string().parse().unwrap();
            assert_eq!(again, endpoint, "{text}");
        }
        assert!("http://[::1]".parse::<Endpoint>().unwrap().is_loopback());
        let localhost: Endpoint = "http://localhost".parse().unwrap();
        assert!(!localhost.is_loopback(), "a name may lead anywhere");
    }

    #[test]
    fn addresses_hold_nothing_else() {
        for text in [
            "",
            "s3.example.eu",
            "ftp://s3.example.eu",
            "https://",
            "https://key:secret@s3.example.eu",
            "https://s3.example.eu/bucket",
            "https://s3.example.eu?x=1",
            "https://s3.example.eu#eu",
            "https://s3.example.eu:0",
            "https://s3.example.eu:99999",
            "https://s3..example.eu",
            "https://[::1",
            "https://[nowhere]",
            "https://[::1]x",
            "https://s3.example.eu\\@elsewhere",
        ] {
            assert!(text.parse::<Endpoint>().is_err(), "{text}");
        }
    }

    #[test]
    fn buckets_and_prefixes_are_checked() {
        for text in ["recordings", "a1b", "my.bucket-2"] {
            assert!(text.parse::<BucketName>().is_ok(), "{text}");
        }
        for text in ["", "ab", "Recordings", "-abc", "abc.", "a..b", "a/b", "a b"] {
            assert!(text.parse::<BucketName>().is_err(), "{text}");
        }
        for text in ["", "scrim", "scrim/production_1.0"] {
            assert!(text.parse::<KeyPrefix>().is_ok(), "{text}");
        }
        for text in ["/", "/a", "a/", "a//b", "..", "a/../b", "a b", "ż"] {
            assert!(text.parse::<KeyPrefix>().is_err(), "{text}");
        }
    }

    #[test]
    fn credentials_show_nothing_of_themselves() {
        let credentials = Credentials::new("AKIDEXAMPLE".into(), "hunter2".into()).unwrap();
        let location = S3Location::new(
            "https://s3.example.eu".parse().unwrap(),
            "eu-central-1",
            "recordings".parse().unwrap(),
            credentials,
        );
        let shown = format!("{location:?}");
        assert!(
            !shown.contains("AKID") && !shown.contains("hunter2"),
            "{shown}"
        );
        assert!(Credentials::new("a b".into(), "c".into()).is_err());
        assert!(Credentials::new("a".into(), String::new()).is_err());
    }
}

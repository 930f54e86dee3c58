//! The transport of a bundle: ICE credentials, fingerprint, role in DTLS and candidates.

use std::{collections::BTreeSet, fmt};

use super::{
    Candidate, Limits, MOST_CANDIDATES, SdpError,
    candidate::parse,
    lines::{Attributes, RawDescription, RawSection},
    section::Head,
};

/// How the peer is reached, and who it has to be. All sections share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transport {
    /// What ICE checks are signed with.
    pub credentials: Credentials,
    /// Digest of the certificate that the peer has to show. Comparing is up to the caller:
    /// webrtcbin before 1.28.5 does not.
    pub fingerprint: Fingerprint,
    /// Who begins with DTLS.
    pub setup: Setup,
    /// Where the peer may be reached; may be empty. Those of the first section: the others belong
    /// to transports that end where the bundle begins (RFC 8843).
    pub candidates: Vec<Candidate>,
}

/// User fragment and password of ICE, 4 to 256 and 22 to 256 letters, digits, `+` and `/`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    ufrag: String,
    password: String,
}

impl Credentials {
    /// Returns the user fragment.
    pub fn ufrag(&self) -> &str {
        &self.ufrag
    }

    /// Returns the password.
    pub fn password(&self) -> &str {
        &self.password
    }

    pub(super) fn new(ufrag: Option<&str>, password: Option<&str>) -> Result<Self, SdpError> {
        let is_ice = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
        let checked = |text: Option<&str>, shortest: usize| {
            text.filter(|text| (shortest..=256).contains(&text.len()) && text.bytes().all(is_ice))
                .map(str::to_owned)
                .ok_or(SdpError::Credentials)
        };
        Ok(Self {
            ufrag: checked(ufrag, 4)?,
            password: checked(password, 22)?,
        })
    }
}

/// Shows neither of them.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// SHA-256 of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

/// Writes pairs of capital hexadecimal digits with colons between them (RFC 8122).
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { ":" };
            write!(f, "{separator}{byte:02X}")?;
        }
        Ok(())
    }
}

/// Who begins with DTLS (RFC 5763).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    /// Either; only in offers.
    ActPass,
    /// The peer.
    Active,
    /// Scrim.
    Passive,
}

impl Setup {
    /// Returns the word of SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ActPass => "actpass",
            Self::Active => "active",
            Self::Passive => "passive",
        }
    }

    fn new(text: &str) -> Option<Self> {
        let all = [Self::ActPass, Self::Active, Self::Passive];
        all.into_iter().find(|setup| setup.name() == text)
    }
}

/// Attributes of the transport, as one section has them or takes them from the session.
struct Attached<'a> {
    ufrag: Option<&'a str>,
    password: Option<&'a str>,
    setup: Option<&'a str>,
    fingerprints: BTreeSet<(Hash, Vec<u8>)>,
}

impl<'a> Attached<'a> {
    fn read(session: &Attributes<'a>, section: &Attributes<'a>) -> Result<Self, SdpError> {
        let either = |name| Ok(section.single(name)?.or(session.single(name)?));
        let own = fingerprints(section)?;
        Ok(Self {
            ufrag: either("ice-ufrag")?,
            password: either("ice-pwd")?,
            setup: either("setup")?,
            fingerprints: match own.is_empty() {
                true => fingerprints(session)?,
                false => own,
            },
        })
    }

    /// The attribute in which another section differs. One that it does not have is that of the
    /// bundle: Firefox leaves them out of answers (RFC 8829, section 5.3.1).
    fn differs(&self, other: &Self) -> Option<&'static str> {
        let changed = |bundle: Option<&str>, own: Option<&str>| own.is_some() && own != bundle;
        if changed(self.ufrag, other.ufrag) {
            Some("ice-ufrag")
        } else if changed(self.password, other.password) {
            Some("ice-pwd")
        } else if changed(self.setup, other.setup) {
            Some("setup")
        } else if !other.fingerprints.is_empty() && other.fingerprints != self.fingerprints {
            Some("fingerprint")
        } else {
            None
        }
    }
}

/// Reads the transport of the bundle from its first section, and checks that the others have none
/// of their own.
pub(super) fn read_transport(
    raw: &RawDescription<'_>,
    heads: &[Head<'_>],
    setups: &[Setup],
    limits: &Limits,
) -> Result<Transport, SdpError> {
    let Some((first, others)) = heads.split_first() else {
        return Err(SdpError::NoSections);
    };
    if raw.session.has("ice-lite") {
        return Err(SdpError::IceLite);
    }
    // The others share the port of the first one, so that there is nothing that they could not do.
    if !first.attributes.has("rtcp-mux") {
        return Err(SdpError::RtcpMux);
    }
    let bundle = Attached::read(&raw.session, first.attributes)?;
    for head in others {
        let own = Attached::read(&raw.session, head.attributes)?;
        if let Some(attribute) = bundle.differs(&own) {
            return Err(SdpError::TransportDiffers {
                mid: head.mid.clone(),
                attribute,
            });
        }
    }
    let setup = bundle.setup.and_then(Setup::new);
    let mut candidates = read_candidates(&raw.sections, limits)?.into_iter();
    Ok(Transport {
        credentials: Credentials::new(bundle.ufrag, bundle.password)?,
        fingerprint: sha256(&bundle.fingerprints)?,
        setup: setup
            .filter(|setup| setups.contains(setup))
            .ok_or(SdpError::Setup)?,
        candidates: candidates.next().unwrap_or_default(),
    })
}

/// Reads the usable candidates of each section.
pub(super) fn read_candidates(
    sections: &[RawSection<'_>],
    limits: &Limits,
) -> Result<Vec<Vec<Candidate>>, SdpError> {
    let mut total = 0;
    let mut read = Vec::new();
    for section in sections {
        let mut usable = Vec::new();
        for (value, number) in section.attributes.all("candidate").zip(1..) {
            total += 1;
            for (found, limit) in [
                (number, limits.candidates_per_section),
                (total, MOST_CANDIDATES),
            ] {
                if found > limit {
                    return Err(SdpError::TooManyCandidates { limit });
                }
            }
            usable.extend(parse(value)?.usable(limits));
        }
        read.push(usable);
    }
    Ok(read)
}

/// Hashes that a fingerprint may be of. Only the first one is compared later; the others are
/// allowed because aiortc sends all three.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// Most fingerprints of a section.
const MOST_FINGERPRINTS: usize = 4;

fn fingerprints(attributes: &Attributes<'_>) -> Result<BTreeSet<(Hash, Vec<u8>)>, SdpError> {
    let mut fingerprints = BTreeSet::new();
    for (value, number) in attributes.all("fingerprint").zip(1..) {
        if number > MOST_FINGERPRINTS {
            return Err(SdpError::TooManyFingerprints);
        }
        let (hash, digest) = value
            .split_once(' ')
            .ok_or(SdpError::FingerprintMalformed)?;
        let (hash, length) = match hash.to_ascii_lowercase().as_str() {
            "sha-256" => (Hash::Sha256, 32),
            "sha-384" => (Hash::Sha384, 48),
            "sha-512" => (Hash::Sha512, 64),
            _ => return Err(SdpError::FingerprintHash),
        };
        let digest = pairs(digest).filter(|digest| digest.len() == length);
        fingerprints.insert((hash, digest.ok_or(SdpError::FingerprintMalformed)?));
    }
    Ok(fingerprints)
}

/// Reads pairs of hexadecimal digits with colons between them.
fn pairs(text: &str) -> Option<Vec<u8>> {
    let pair = |pair: &str| {
        let is_pair = pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_pair.then(|| u8::from_str_radix(pair, 16).ok())?
    };
    text.split(':').map(pair).collect()
}

/// Exactly one certificate may be shown: with a choice of several there would be several to trust.
fn sha256(fingerprints: &BTreeSet<(Hash, Vec<u8>)>) -> Result<Fingerprint, SdpError> {
    let mut digests = fingerprints
        .iter()
        .filter(|(hash, _)| *hash == Hash::Sha256)
        .filter_map(|(_, digest)| digest.as_slice().try_into().ok());
    let digest = digests.next().ok_or(SdpError::NoFingerprint)?;
    match digests.next() {
        Some(_) => Err(SdpError::TooManyFingerprints),
        None => Ok(Fingerprint(digest)),
    }
}

//! ICE candidates (RFC 8839, section 5.1).

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use super::{
    LONGEST_LINE, Limits, SdpError,
    lines::{is_printable, number},
};

/// Where a peer may be reached: over UDP, at an address, for RTP and RTCP together.
///
/// `Display` writes `candidate:…` as `add-ice-candidate` of webrtcbin takes it. It has no related
/// address: behind a NAT that is the peer's own.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate {
    foundation: String,
    priority: u32,
    address: IpAddr,
    port: u16,
    kind: CandidateKind,
}

impl Candidate {
    /// Returns the address.
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// Returns the port, which is not 0.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Returns where the candidate comes from.
    pub const fn kind(&self) -> CandidateKind {
        self.kind
    }
}

/// Does not show the address, which is personal data.
impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Candidate({:?}, …)", self.kind)
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            foundation,
            priority,
            address,
            port,
            kind,
        } = self;
        let kind = kind.name();
        write!(
            f,
            "candidate:{foundation} 1 UDP {priority} {address} {port} typ {kind}"
        )
    }
}

/// Where a candidate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandidateKind {
    /// An address of the peer itself.
    Host,
    /// The peer as a STUN server sees it.
    ServerReflexive,
    /// The peer as another peer sees it.
    PeerReflexive,
    /// An address of a TURN server.
    Relay,
}

impl CandidateKind {
    /// Returns the word of SDP.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::ServerReflexive => "srflx",
            Self::PeerReflexive => "prflx",
            Self::Relay => "relay",
        }
    }

    fn new(text: &str) -> Option<Self> {
        let all = [
            Self::Host,
            Self::ServerReflexive,
            Self::PeerReflexive,
            Self::Relay,
        ];
        all.into_iter().find(|kind| kind.name() == text)
    }
}

/// Reads a candidate that was sent on its own, with or without `a=`.
///
/// Returns nothing for the end of candidates, which is an empty text or `end-of-candidates`, and
/// for one that is dropped: of RTCP, over TCP, with a name instead of an address (the `.local` ones
/// of browsers), of an unknown type, or at an address where no peer can be.
///
/// # Errors
///
/// [`SdpError::Candidate`] where the text is no candidate.
pub fn read_candidate(text: &str, limits: &Limits) -> Result<Option<Candidate>, SdpError> {
    if text.len() > LONGEST_LINE || !is_printable(text) {
        return Err(SdpError::Candidate);
    }
    let text = text.strip_prefix("a=").unwrap_or(text);
    if text.is_empty() || text == "end-of-candidates" {
        return Ok(None);
    }
    let value = text.strip_prefix("candidate:").ok_or(SdpError::Candidate)?;
    Ok(parse(value)?.usable(limits))
}

/// A candidate of any kind.
pub(super) struct AnyCandidate<'a> {
    foundation: &'a str,
    component: u16,
    pub(super) is_udp: bool,
    priority: u32,
    /// Nothing where there is a name.
    pub(super) address: Option<IpAddr>,
    port: u16,
    /// Nothing where the type is unknown.
    pub(super) kind: Option<CandidateKind>,
}

/// Reads what follows `candidate:`.
pub(super) fn parse(value: &str) -> Result<AnyCandidate<'_>, SdpError> {
    fields(value).ok_or(SdpError::Candidate)
}

fn fields(value: &str) -> Option<AnyCandidate<'_>> {
    let mut words = value.split(' ');
    let foundation = words.next().filter(|word| is_foundation(word))?;
    let component = number(words.next()?).filter(|number| (1..=256).contains(number))?;
    let is_udp = words.next()?.eq_ignore_ascii_case("udp");
    let priority = number(words.next()?).filter(|number| (1..1 << 31).contains(number))?;
    let host = words.next().filter(|word| !word.is_empty())?;
    // Over TCP, some that only connect have none.
    let port = number(words.next()?).filter(|port: &u16| *port > 0 || !is_udp)?;
    let kind = (words.next() == Some("typ")).then(|| words.next())??;
    Some(AnyCandidate {
        foundation,
        component,
        is_udp,
        priority,
        address: host.parse().ok(),
        port,
        kind: CandidateKind::new(kind),
    })
}

fn is_foundation(word: &str) -> bool {
    let is_ice = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    (1..=32).contains(&word.len()) && word.bytes().all(is_ice)
}

impl AnyCandidate<'_> {
    /// Returns the candidate if something can be sent to it.
    pub(super) fn usable(&self, limits: &Limits) -> Option<Candidate> {
        let address = self.address.filter(|address| is_peer(*address, limits))?;
        (self.component == 1 && self.is_udp).then_some(())?;
        Some(Candidate {
            foundation: self.foundation.to_owned(),
            priority: self.priority,
            address,
            port: self.port,
            kind: self.kind?,
        })
    }
}

/// Whether a peer may be there. Link-local addresses say nothing without an interface, and lead to
/// services of the machine's own network.
fn is_peer(address: IpAddr, limits: &Limits) -> bool {
    if address.is_loopback() {
        return limits.loopback;
    }
    match address {
        IpAddr::V4(address) => is_peer_v4(address),
        IpAddr::V6(address) => is_peer_v6(address),
    }
}

fn is_peer_v4(address: Ipv4Addr) -> bool {
    // 0.0.0.0/8 is this network, 240.0.0.0/4 is reserved and holds the broadcast address.
    let first = address.octets()[0];
    first != 0 && first < 240 && !address.is_multicast() && !address.is_link_local()
}

fn is_peer_v6(address: Ipv6Addr) -> bool {
    // An IPv4 address inside of one of IPv6, in the old or the new way, goes round the rules above.
    let holds_v4 = address.to_ipv4().is_some();
    !holds_v4 && !address.is_multicast() && !is_link_local_v6(address)
}

/// Whether the address only has a meaning together with an interface.
pub(super) fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => is_link_local_v6(address),
    }
}

fn is_link_local_v6(address: Ipv6Addr) -> bool {
    address.segments()[0] & 0xffc0 == 0xfe80
}

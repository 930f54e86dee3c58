//! As much of ICE as it takes to be heard: checks and what is answered to them (RFC 8489, RFC 8445).

use std::net::{IpAddr, SocketAddr};

use gstreamer::glib::{ChecksumType, compute_hmac_for_data};

const COOKIE: u32 = 0x2112_a442;
const REQUEST: u16 = 0x0001;
const SUCCESS: u16 = 0x0101;

const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
const PRIORITY: u16 = 0x0024;
const USE_CANDIDATE: u16 = 0x0025;
const FINGERPRINT: u16 = 0x8028;
const ICE_CONTROLLED: u16 = 0x8029;
const ICE_CONTROLLING: u16 = 0x802a;

/// Who decides about the way: whoever has offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Offered,
    Answered,
}

/// What one side is called, and what others sign with who talk to it.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) ufrag: String,
    pub(crate) password: String,
}

impl Credentials {
    /// Finds those of a description.
    pub(crate) fn of(sdp: &str) -> Self {
        let value = |name: &str| {
            let mut lines = sdp.lines();
            let value = lines.find_map(|line| line.strip_prefix(name)).unwrap();
            value.to_owned()
        };
        Self {
            ufrag: value("a=ice-ufrag:"),
            password: value("a=ice-pwd:"),
        }
    }
}

struct Message(Vec<u8>);

impl Message {
    fn new(kind: u16, id: &[u8]) -> Self {
        let mut bytes = kind.to_be_bytes().to_vec();
        bytes.extend([0, 0]);
        bytes.extend(COOKIE.to_be_bytes());
        bytes.extend(id);
        Self(bytes)
    }

    fn with(mut self, kind: u16, value: &[u8]) -> Self {
        self.0.extend(kind.to_be_bytes());
        self.0
            .extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        self.0.extend(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        self.claim(0);
        self
    }

    /// Says how long it is, with so many bytes that are still to come.
    fn claim(&mut self, more: usize) {
        let length = u16::try_from(self.0.len() - 20 + more).unwrap();
        self.0[2..4].copy_from_slice(&length.to_be_bytes());
    }

    /// Signs it. The signature is of a text that is as long as the one with it.
    fn signed(mut self, password: &str) -> Vec<u8> {
        self.claim(24);
        let digest = compute_hmac_for_data(ChecksumType::Sha1, password.as_bytes(), &self.0);
        let digest: Vec<u8> = (0..digest.len() / 2)
            .map(|at| u8::from_str_radix(&digest[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        let mut signed = self.with(MESSAGE_INTEGRITY, &digest);
        signed.claim(8);
        let sum = crc32(&signed.0) ^ 0x5354_554e;
        signed.with(FINGERPRINT, &sum.to_be_bytes()).0
    }
}

/// A check, which takes the way that it finds where that is ours to decide.
pub(crate) fn check(theirs: &Credentials, ours: &Credentials, role: Role) -> Vec<u8> {
    let username = format!("{}:{}", theirs.ufrag, ours.ufrag);
    let check = Message::new(REQUEST, b"one of ours!")
        .with(USERNAME, username.as_bytes())
        .with(PRIORITY, &1_862_270_975_u32.to_be_bytes());
    let check = match role {
        Role::Offered => check
            .with(ICE_CONTROLLING, &[7; 8])
            .with(USE_CANDIDATE, &[]),
        Role::Answered => check.with(ICE_CONTROLLED, &[7; 8]),
    };
    check.signed(&theirs.password)
}

/// A check of somebody who knows nothing.
pub(crate) fn guess() -> Vec<u8> {
    let nobody = Credentials {
        ufrag: "guess".to_owned(),
        password: "guessguessguessguessgu".to_owned(),
    };
    check(&nobody, &nobody, Role::Offered)
}

/// Whether somebody has answered a check.
pub(crate) fn is_answer(datagram: &[u8]) -> bool {
    datagram.starts_with(&SUCCESS.to_be_bytes())
}

/// Whether a check takes the way that it came on.
pub(crate) fn is_choice(datagram: &[u8]) -> bool {
    let mut rest = datagram.get(20..).unwrap_or_default();
    while let Some(([k0, k1, l0, l1], after)) = rest.split_first_chunk::<4>() {
        if u16::from_be_bytes([*k0, *k1]) == USE_CANDIDATE {
            return true;
        }
        let length = usize::from(u16::from_be_bytes([*l0, *l1]));
        rest = after.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    false
}

/// Answers a check that came from there. None where it is no check.
pub(crate) fn answer(datagram: &[u8], from: SocketAddr, ours: &Credentials) -> Option<Vec<u8>> {
    if !datagram.starts_with(&REQUEST.to_be_bytes()) {
        return None;
    }
    let IpAddr::V4(address) = from.ip() else {
        return None;
    };
    let port = from.port() ^ (COOKIE >> 16) as u16;
    let address = u32::from(address) ^ COOKIE;
    let mut mapped = vec![0, 1];
    mapped.extend(port.to_be_bytes());
    mapped.extend(address.to_be_bytes());
    let answer = Message::new(SUCCESS, datagram.get(8..20)?).with(XOR_MAPPED_ADDRESS, &mapped);
    Some(answer.signed(&ours.password))
}

/// The checksum of ITU-T V.42.
fn crc32(bytes: &[u8]) -> u32 {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            let polynomial = if sum & 1 == 1 { 0xedb8_8320 } else { 0 };
            (sum >> 1) ^ polynomial
        })
    });
    !sum
}

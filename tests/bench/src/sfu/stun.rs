//! As much of STUN (RFC 8489) as ICE (RFC 8445) needs where there is no NAT: checks and their answers.
//!
//! ```text
//!  type (2) | length (2) | 0x2112A442 | transaction (12) | attributes: type (2), length (2), value, padding
//! ```

use std::net::{IpAddr, SocketAddr};

use rtc_dtls::crypto_provider::{HmacAlgorithm, RTCCrypto};

use crate::Outcome;

const COOKIE: u32 = 0x2112_a442;
const HEADER_BYTES: usize = 20;
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

/// Length of HMAC-SHA1.
const DIGEST_BYTES: usize = 20;

/// What the fingerprint is mixed with (RFC 8489, 14.7).
const FINGERPRINT_MASK: u32 = 0x5354_554e;

/// The preference of a host candidate (RFC 8445, 5.1.2.1).
pub(super) const HOST_PRIORITY: u32 = (126 << 24) | (65_535 << 8) | 255;

/// Names a request and its answer.
pub(super) type Transaction = [u8; 12];

/// What came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// The peer checks whether it reaches us.
    Check {
        transaction: Transaction,
        /// Whether the peer has chosen this way.
        is_nominated: bool,
    },
    /// The peer was reached.
    Reached(Transaction),
}

/// Whether a datagram is STUN (RFC 7983).
pub(super) fn is_stun(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|first| *first < 4)
}

/// Reads a message. A check has to know our password, an answer that of the peer. What is something
/// else, such as an indication that keeps a way open, is nothing.
pub(super) fn read(
    crypto: &dyn RTCCrypto,
    bytes: &[u8],
    (ours, theirs): (&str, &str),
) -> Option<Message> {
    let (head, attributes) = bytes.split_first_chunk::<HEADER_BYTES>()?;
    let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
    if head[4..8] != COOKIE.to_be_bytes() || attributes.len() != length {
        return None;
    }
    let transaction = head[8..].try_into().ok()?;
    let (message, password) = match u16::from_be_bytes([head[0], head[1]]) {
        REQUEST => {
            let is_nominated = find(attributes, USE_CANDIDATE).is_some();
            let check = Message::Check {
                transaction,
                is_nominated,
            };
            (check, ours)
        }
        SUCCESS => (Message::Reached(transaction), theirs),
        _ => return None,
    };
    let (at, digest) = find(attributes, MESSAGE_INTEGRITY)?;
    let mut signed = bytes.get(..HEADER_BYTES + at)?.to_vec();
    set_length(&mut signed, 4 + DIGEST_BYTES);
    let mut mac = crypto
        .new_hmac(HmacAlgorithm::Sha1, password.as_bytes())
        .ok()?;
    mac.verify(&[&signed], digest).ok()?;
    Some(message)
}

/// Finds an attribute: where it begins, and its value.
fn find(attributes: &[u8], wanted: u16) -> Option<(usize, &[u8])> {
    let mut at = 0;
    loop {
        let head = attributes.get(at..at + 4)?;
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let value = attributes.get(at + 4..at + 4 + length)?;
        if kind == wanted {
            return Some((at, value));
        }
        at += 4 + length.next_multiple_of(4);
    }
}

/// What a check says about who makes it.
pub(super) struct Checker<'a> {
    /// The names of both sides, that of the peer first.
    pub(super) username: &'a str,
    /// The password of the peer.
    pub(super) password: &'a str,
    /// Whether it decides about the way.
    pub(super) is_controlling: bool,
    /// Settles who decides where both want to.
    pub(super) tie_breaker: u64,
}

/// Writes a check. Whoever decides takes the first way that works.
pub(super) fn check(
    crypto: &dyn RTCCrypto,
    transaction: &Transaction,
    checker: &Checker<'_>,
) -> Outcome<Vec<u8>> {
    let mut message = begin(REQUEST, transaction);
    put(&mut message, USERNAME, checker.username.as_bytes());
    put(&mut message, PRIORITY, &HOST_PRIORITY.to_be_bytes());
    let tie_breaker = checker.tie_breaker.to_be_bytes();
    if checker.is_controlling {
        put(&mut message, ICE_CONTROLLING, &tie_breaker);
        put(&mut message, USE_CANDIDATE, &[]);
    } else {
        put(&mut message, ICE_CONTROLLED, &tie_breaker);
    }
    finish(crypto, message, checker.password)
}

/// Writes the answer to a check that came from `from`.
pub(super) fn reached(
    crypto: &dyn RTCCrypto,
    transaction: &Transaction,
    from: SocketAddr,
    password: &str,
) -> Outcome<Vec<u8>> {
    let IpAddr::V4(address) = from.ip() else {
        return Err("checks are answered over IPv4 only".into());
    };
    let [high, low, ..] = COOKIE.to_be_bytes();
    let port = from.port() ^ u16::from_be_bytes([high, low]);
    let mut value = vec![0, 1];
    value.extend(port.to_be_bytes());
    value.extend((u32::from(address) ^ COOKIE).to_be_bytes());
    let mut message = begin(SUCCESS, transaction);
    put(&mut message, XOR_MAPPED_ADDRESS, &value);
    finish(crypto, message, password)
}

fn begin(kind: u16, transaction: &Transaction) -> Vec<u8> {
    let mut message = Vec::with_capacity(128);
    message.extend(kind.to_be_bytes());
    message.extend([0, 0]);
    message.extend(COOKIE.to_be_bytes());
    message.extend(transaction);
    message
}

fn put(message: &mut Vec<u8>, kind: u16, value: &[u8]) {
    message.extend(kind.to_be_bytes());
    message.extend((value.len() as u16).to_be_bytes());
    message.extend(value);
    message.resize(message.len().next_multiple_of(4), 0);
}

/// Signs a message and ends it.
fn finish(crypto: &dyn RTCCrypto, mut message: Vec<u8>, password: &str) -> Outcome<Vec<u8>> {
    set_length(&mut message, 4 + DIGEST_BYTES);
    let mut digest = [0; DIGEST_BYTES];
    let mut mac = crypto.new_hmac(HmacAlgorithm::Sha1, password.as_bytes())?;
    mac.sign(&[&message], &mut digest)?;
    put(&mut message, MESSAGE_INTEGRITY, &digest);
    set_length(&mut message, 8);
    let fingerprint = crc32(&message) ^ FINGERPRINT_MASK;
    put(&mut message, FINGERPRINT, &fingerprint.to_be_bytes());
    Ok(message)
}

/// Says how long the attributes are, with `more` bytes that are not there yet.
fn set_length(message: &mut [u8], more: usize) {
    let length = (message.len() - HEADER_BYTES + more) as u16;
    message[2..4].copy_from_slice(&length.to_be_bytes());
}

/// ISO 3309, as in PNG. Messages are short and few.
fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = !0_u32;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            let mask = 0_u32.wrapping_sub(sum & 1);
            sum = (sum >> 1) ^ (0xedb8_8320 & mask);
        }
    }
    !sum
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use rtc_dtls::crypto_provider::default_provider;

    use super::*;

    /// The sample request of RFC 5769, 2.1.
    const SAMPLE: &str = "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420\
        636c69656e74002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020\
        000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf";
    const PASSWORD: &str = "VOkJxbRl1RmTxUk/WvJxBt";

    fn sample() -> Vec<u8> {
        let digits = SAMPLE.as_bytes().chunks(2);
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16);
        digits.map(|pair| byte(pair).unwrap()).collect()
    }

    #[test]
    fn the_sample_of_the_rfc_is_read_by_whoever_knows_the_password() {
        let provider = default_provider().unwrap();
        let message = read(provider.crypto(), &sample(), (PASSWORD, "other"));
        let transaction = *b"\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae";
        let check = Message::Check {
            transaction,
            is_nominated: false,
        };
        assert_eq!(message, Some(check));
        assert_eq!(
            read(provider.crypto(), &sample(), ("other", PASSWORD)),
            None
        );
    }

    #[test]
    fn the_fingerprint_is_that_of_the_rfc() {
        let sample = sample();
        let (message, fingerprint) = sample.split_at(sample.len() - 8);
        let sum = crc32(message) ^ FINGERPRINT_MASK;
        assert_eq!(fingerprint[4..], sum.to_be_bytes());
    }

    #[test]
    fn a_check_and_its_answer_are_understood() {
        let provider = default_provider().unwrap();
        let crypto = provider.crypto();
        let transaction = *b"abcdefghijkl";
        let checker = Checker {
            username: "them:us",
            password: "theirs",
            is_controlling: true,
            tie_breaker: 7,
        };
        let request = check(crypto, &transaction, &checker).unwrap();
        let nominated = Message::Check {
            transaction,
            is_nominated: true,
        };
        assert_eq!(read(crypto, &request, ("theirs", "ours")), Some(nominated));
        let from = "127.0.0.1:4000".parse().unwrap();
        let answer = reached(crypto, &transaction, from, "theirs").unwrap();
        let reached = Message::Reached(transaction);
        assert_eq!(read(crypto, &answer, ("ours", "theirs")), Some(reached));
        let cut = &answer[..answer.len() - 1];
        assert_eq!(read(crypto, cut, ("ours", "theirs")), None);
    }
}

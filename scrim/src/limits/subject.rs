//! Who is counted.

use std::net::{IpAddr, Ipv6Addr};

use ring::digest::{SHA256, digest};

/// What sort of thing is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    /// An address of the network.
    Address,
    /// Somebody who is signed in.
    Account,
    /// A token of the API.
    Token,
    /// A link to a recording.
    Link,
    /// Somebody who registers for a room.
    Registration,
}

impl Class {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [Self; 5] = [
        Self::Address,
        Self::Account,
        Self::Token,
        Self::Link,
        Self::Registration,
    ];

    /// Returns the name that clients see.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Account => "account",
            Self::Token => "token",
            Self::Link => "link",
            Self::Registration => "registration",
        }
    }
}

/// One that is counted. It has one size whatever it was made from, and holds no name: what is not an
/// address is a digest. It prints its class only.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Subject {
    class: Class,
    bytes: [u8; 16],
}

impl Subject {
    /// Counts an address. In IPv6 it stands for its /64, since whoever has one of these addresses
    /// has them all.
    pub(crate) fn address(address: IpAddr) -> Self {
        Self::network(Class::Address, address)
    }

    /// Counts the registrations that come from an address, or from its /64.
    pub(crate) fn registering(address: IpAddr) -> Self {
        Self::network(Class::Registration, address)
    }

    /// Counts the registrations that name an address of mail, in whatever case.
    pub(crate) fn mailbox(email: &str) -> Self {
        Self::digest(Class::Registration, email.trim().to_lowercase().as_bytes())
    }

    fn network(class: Class, address: IpAddr) -> Self {
        let network = match address.to_canonical() {
            IpAddr::V4(address) => address.to_ipv6_mapped(),
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)),
        };
        Self {
            class,
            bytes: network.octets(),
        }
    }

    /// Counts an account, by its id or by what somebody claims to be.
    pub(crate) fn account(id: &str) -> Self {
        Self::digest(Class::Account, id.as_bytes())
    }

    /// Counts a token of the API, by its id.
    pub(crate) fn token(id: &str) -> Self {
        Self::digest(Class::Token, id.as_bytes())
    }

    /// Counts a link, by its id.
    pub(crate) fn link(id: &str) -> Self {
        Self::digest(Class::Link, id.as_bytes())
    }

    fn digest(class: Class, id: &[u8]) -> Self {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest(&SHA256, id).as_ref()[..16]);
        Self { class, bytes }
    }

    /// Returns the sort of thing it is.
    pub(crate) const fn class(&self) -> Class {
        self.class
    }
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}]", self.class.name())
    }
}

//! Which machines a webhook may reach.

use std::net::{IpAddr, SocketAddr};

use ureq::{
    Error,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::NextTimeout,
    },
};

use super::address::{Net, is_metadata, is_public};

/// Which machines may be asked.
#[derive(Clone, Debug)]
pub(super) enum Reach {
    /// What users enter: the internet, and what the operator adds to it.
    Users {
        /// Whether this machine may be asked, without encryption as well.
        allow_loopback: bool,
        /// Addresses that are not on the internet and may be asked all the same.
        allow_private: Vec<Net>,
    },
    /// What the operator enters: any machine, this one without encryption as well.
    Operator,
}

/// An address of the receiver may not be asked.
#[derive(Debug, thiserror::Error)]
#[error("the address may not be asked")]
pub(super) struct Forbidden;

impl Reach {
    /// Decides about all addresses of a name. One that is forbidden forbids the others: a name that
    /// leads inside and outside is a trap, or a mistake.
    pub(super) fn allows(&self, is_encrypted: bool, addresses: &[SocketAddr]) -> bool {
        let mut addresses = addresses.iter().map(SocketAddr::ip);
        addresses.all(|address| self.allows_one(is_encrypted, address))
    }

    fn allows_one(&self, is_encrypted: bool, address: IpAddr) -> bool {
        if address.is_loopback() && self.allows_loopback() {
            return true;
        }
        let may_be_asked = match self {
            Self::Operator => true,
            Self::Users { allow_private, .. } => {
                let is_added = allow_private.iter().any(|net| net.holds(address));
                is_public(address) || (is_added && !is_metadata(address))
            }
        };
        is_encrypted && may_be_asked
    }

    /// Says whether this machine may be asked, and without encryption.
    pub(super) const fn allows_loopback(&self) -> bool {
        match self {
            Self::Operator => true,
            Self::Users { allow_loopback, .. } => *allow_loopback,
        }
    }
}

/// Looks a name up once, decides about what it got, and hands exactly that to whoever connects. A name
/// that leads elsewhere a moment later leads nowhere.
#[derive(Debug)]
pub(super) struct GuardedResolver {
    pub(super) reach: Reach,
    pub(super) names: DefaultResolver,
}

impl Resolver for GuardedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let addresses = self.names.resolve(uri, config, timeout)?;
        let is_encrypted = uri.scheme_str() == Some("https");
        if self.reach.allows(is_encrypted, &addresses) {
            Ok(addresses)
        } else {
            Err(Error::Other(Box::new(Forbidden)))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn users(allow_loopback: bool, allow_private: &[&str]) -> Reach {
        Reach::Users {
            allow_loopback,
            allow_private: allow_private
                .iter()
                .map(|net| net.parse().unwrap())
                .collect(),
        }
    }

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        let with_port = |text: &&str| SocketAddr::new(text.parse().unwrap(), 443);
        texts.iter().map(with_port).collect()
    }

    #[test]
    fn one_forbidden_address_forbids_the_name() {
        let reach = users(false, &[]);
        assert!(reach.allows(true, &addresses(&["1.1.1.1", "2606:4700::1"])));
        for inside in ["127.0.0.1", "10.0.0.5", "::1", "::ffff:1.1.1.1"] {
            assert!(!reach.allows(true, &addresses(&["1.1.1.1", inside])));
            assert!(!reach.allows(true, &addresses(&[inside, "1.1.1.1"])));
        }
    }

    #[test]
    fn the_operator_adds_addresses_but_never_those_of_keys() {
        let reach = users(false, &["10.0.0.5/32", "169.254.0.0/16", "fd00::/8"]);
        let allows = |text| reach.allows(true, &addresses(&[text]));
        assert!(allows("10.0.0.5") && allows("fd00::1") && allows("169.254.1.1"));
        for text in [
            "10.0.0.6",
            "::ffff:10.0.0.5",
            "127.0.0.1",
            "169.254.169.254",
            "fd00:ec2::254",
        ] {
            assert!(!allows(text), "{text}");
        }
        assert!(
            !reach.allows(false, &addresses(&["10.0.0.5"])),
            "in the clear"
        );
    }

    #[test]
    fn only_this_machine_is_asked_in_the_clear() {
        for (reach, is_allowed) in [
            (users(false, &[]), false),
            (users(true, &[]), true),
            (Reach::Operator, true),
        ] {
            for text in ["127.0.0.1", "127.8.8.8", "::1"] {
                assert_eq!(
                    reach.allows(false, &addresses(&[text])),
                    is_allowed,
                    "{text}"
                );
                assert_eq!(
                    reach.allows(true, &addresses(&[text])),
                    is_allowed,
                    "{text}"
                );
            }
            for text in ["1.1.1.1", "10.0.0.5", "::ffff:127.0.0.1", "0.0.0.0"] {
                assert!(!reach.allows(false, &addresses(&[text])), "{text}");
            }
        }
        assert!(Reach::Operator.allows(true, &addresses(&["10.0.0.5"])));
    }
}

//! Which addresses of the internet belong to somebody out there.
//!
//! After the registries of special-purpose addresses of IANA (RFC 6890 and what follows it), with the
//! addresses at which clouds hand out the keys of a machine.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use serde::Deserialize;

/// Addresses that share their first bits: `10.0.0.0/8`, `10.0.0.5`, `fd00:1::/64`.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Net {
    first: IpAddr,
    bits: u8,
}

/// The text names no network.
#[derive(Debug, thiserror::Error)]
#[error("not a network: expected one such as 10.0.0.0/8 or fd00:1::/64, with zeros after its bits")]
pub(crate) struct NotANet;

impl Net {
    const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Self {
        Self {
            first: IpAddr::V4(Ipv4Addr::new(a, b, c, d)),
            bits,
        }
    }

    const fn v6(a: u16, b: u16, bits: u8) -> Self {
        Self {
            first: IpAddr::V6(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0)),
            bits,
        }
    }

    /// Says whether an address lies in it. An IPv4 address in the form of IPv6 lies in no network of
    /// IPv4.
    pub(crate) fn holds(&self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let differing = first.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let differing = first.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= u32::from(self.bits)
            }
            _ => false,
        }
    }
}

impl FromStr for Net {
    type Err = NotANet;

    fn from_str(text: &str) -> Result<Self, NotANet> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let first: IpAddr = address.parse().map_err(|_| NotANet)?;
        let (most, last_zeros) = match first {
            IpAddr::V4(first) => (32, first.to_bits().trailing_zeros()),
            IpAddr::V6(first) => (128, first.to_bits().trailing_zeros()),
        };
        let bits = match bits {
            Some(bits) => bits.parse().map_err(|_| NotANet)?,
            None => most,
        };
        // 10.0.0.5/8 may be meant as the host or as the whole network.
        if bits > most || last_zeros < u32::from(most - bits) {
            return Err(NotANet);
        }
        Ok(Self { first, bits })
    }
}

impl TryFrom<String> for Net {
    type Error = NotANet;

    fn try_from(text: String) -> Result<Self, NotANet> {
        text.parse()
    }
}

impl fmt::Debug for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

/// What is nobody's, or anybody's, among the addresses of IPv4.
const SPECIAL_V4: [Net; 15] = [
    Net::v4(0, 0, 0, 0, 8),       // this network
    Net::v4(10, 0, 0, 0, 8),      // private
    Net::v4(100, 64, 0, 0, 10),   // carrier-grade NAT
    Net::v4(127, 0, 0, 0, 8),     // this machine
    Net::v4(169, 254, 0, 0, 16),  // link-local
    Net::v4(172, 16, 0, 0, 12),   // private
    Net::v4(192, 0, 0, 0, 24),    // protocols
    Net::v4(192, 0, 2, 0, 24),    // documentation
    Net::v4(192, 88, 99, 0, 24),  // relays of 6to4
    Net::v4(192, 168, 0, 0, 16),  // private
    Net::v4(198, 18, 0, 0, 15),   // benchmarks
    Net::v4(198, 51, 100, 0, 24), // documentation
    Net::v4(203, 0, 113, 0, 24),  // documentation
    Net::v4(224, 0, 0, 0, 4),     // multicast
    Net::v4(240, 0, 0, 0, 4),     // reserved, broadcast
];

/// All of IPv6 that is given out to networks. IPv4 in the form of IPv6, NAT64, private, link-local and
/// multicast addresses lie elsewhere.
const GLOBAL_V6: Net = Net::v6(0x2000, 0, 3);

/// What of it is given out for other things.
const SPECIAL_V6: [Net; 4] = [
    Net::v6(0x2001, 0, 23),     // protocols: Teredo, benchmarks, ORCHID
    Net::v6(0x2001, 0xdb8, 32), // documentation
    Net::v6(0x2002, 0, 16),     // 6to4, which leads to an address of IPv4
    Net::v6(0x3fff, 0, 20),     // documentation
];

/// Where clouds give the keys of a machine to whoever asks from that machine.
const METADATA: [IpAddr; 6] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
];

/// Says whether an address hands out keys of this machine. No setting allows it.
pub(super) fn is_metadata(address: IpAddr) -> bool {
    METADATA.contains(&address.to_canonical())
}

/// Says whether an address is that of a machine somewhere on the internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    let holds = |net: &Net| net.holds(address);
    let is_special = match address {
        IpAddr::V4(_) => SPECIAL_V4.iter().any(holds),
        IpAddr::V6(_) => !GLOBAL_V6.holds(address) || SPECIAL_V6.iter().any(holds),
    };
    !is_special && !is_metadata(address)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap_or_else(|_| panic!("{text}"))
    }

    #[test]
    fn addresses_of_others_are_public() {
        for text in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2606:4700:4700::1111",
            "2a01:4f8::1",
            "3ffe:ffff::1",
        ] {
            assert!(is_public(address(text)), "{text}");
        }
    }

    #[test]
    fn all_other_addresses_are_not() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:1.1.1.1",
            "64:ff9b::7f00:1",
            "64:ff9b::101:101",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:7f00:1::",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::",
            "3fff::1",
            "3fff:fff:ffff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fdff::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address(text)), "{text}");
        }
    }

    #[test]
    fn networks_are_written_without_a_doubt() {
        let net = |text: &str| text.parse::<Net>();
        for (text, inside, outside) in [
            ("10.0.0.5", "10.0.0.5", "10.0.0.6"),
            ("10.0.0.4/31", "10.0.0.5", "10.0.0.6"),
            ("0.0.0.0/0", "255.1.2.3", "::1"),
            ("fd00:1::/64", "fd00:1::ffff", "fd00:1:0:1::"),
            ("fd00::1", "fd00::1", "fd00::2"),
            ("10.0.0.0/8", "10.1.2.3", "::ffff:10.1.2.3"),
        ] {
            let net = net(text).unwrap();
            assert!(net.holds(address(inside)), "{text}");
            assert!(!net.holds(address(outside)), "{text}");
        }
        for text in [
            "",
            "10",
            "10.0.0.5/8",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/",
            "/8",
            "a/8",
            "fd00::1/64",
            "fd00::/129",
            "0x0a.0.0.0/8",
            "10.0.0.0/8/8",
        ] {
            assert!(net(text).is_err(), "{text}");
        }
    }
}

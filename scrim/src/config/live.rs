//! `[live]`: how media of rooms reach this machine.

use std::net::{IpAddr, Ipv4Addr};

use schemars::JsonSchema;
use scrim_policy::Kind;
use scrim_sfu::{media::MediaSettings, sdp::Limits};
use serde::Deserialize;

use super::ServeSettings;
use crate::failure::Failure;

/// The section.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Section {
    /// Addresses of this machine that media come to [default: 127.0.0.1 where the service listens on
    /// this machine only, all of them elsewhere].
    #[schemars(example = &["192.0.2.10"])]
    addresses: Option<Vec<IpAddr>>,
    /// The address under which peers reach this machine, where that is another one (1:1 NAT).
    #[schemars(example = &"203.0.113.10")]
    public_address: Option<IpAddr>,
    /// The first UDP port for media [default: 40000].
    #[schemars(example = 40000)]
    first_port: Option<u16>,
    /// The last one [default: 49999]. Each participant takes two for each address.
    #[schemars(example = 49999)]
    last_port: Option<u16>,
    /// The most that somebody may send as a picture, in kbit/s [default: 1500].
    #[schemars(example = 1500)]
    most_kbit: Option<u32>,
}

impl Section {
    /// Returns what the section comes to, for a service.
    pub(crate) fn settings(&self, serve: &ServeSettings) -> Result<MediaSettings, Failure> {
        let usual = MediaSettings::default();
        let is_here = serve.listen.ip().is_loopback();
        let here = || vec![IpAddr::V4(Ipv4Addr::LOCALHOST)];
        let addresses = self.addresses.clone();
        let addresses = addresses.unwrap_or_else(|| if is_here { here() } else { Vec::new() });
        let first = self.first_port.unwrap_or(*usual.ports.start());
        let last = self.last_port.unwrap_or(*usual.ports.end());
        if first < 1024 || last < first || last - first < 9 {
            let text = "[live] first_port and last_port give less than 10 ports above 1023";
            return Err(Failure::words(Kind::Invalid, text)
                .hint("leave them out, or open UDP ports 40000 to 49999"));
        }
        let mut bitrate = usual.bitrate;
        bitrate.max = self.most_kbit.unwrap_or(bitrate.max).max(100);
        bitrate.start = bitrate.start.min(bitrate.max);
        bitrate.min = bitrate.min.min(bitrate.max);
        Ok(MediaSettings {
            limits: Limits {
                loopback: addresses.iter().any(IpAddr::is_loopback),
                ..usual.limits
            },
            addresses,
            public: self.public_address,
            ports: first..=last,
            bitrate,
        })
    }
}

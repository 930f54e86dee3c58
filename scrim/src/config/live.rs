//! `[live]`: how media of rooms reach this machine.

use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

use schemars::JsonSchema;
use scrim_policy::Kind;
use scrim_sfu::{media::MediaSettings, sdp::Limits};
use serde::Deserialize;

use super::ServeSettings;
use crate::{failure::Failure, serve::Turn};

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
    /// TURN servers for pages that cannot reach this machine directly. Without them there are none, and
    /// no STUN server either.
    #[schemars(example = &["turns:turn.example.eu:443?transport=tcp"])]
    turn: Vec<String>,
    /// The file with the secret that is shared with the TURN servers, `static-auth-secret` of coturn.
    #[schemars(example = &"/etc/scrim/turn")]
    turn_secret_file: Option<PathBuf>,
}

impl Section {
    /// Returns the TURN servers, if there are any.
    pub(crate) fn turn(&self) -> Result<Option<Turn>, Failure> {
        match (&self.turn_secret_file, self.turn.is_empty()) {
            (None, true) => Ok(None),
            (Some(secret), _) => Turn::new(&self.turn, secret).map(Some),
            (None, false) => {
                let text = "[live] turn needs turn_secret_file";
                Err(Failure::words(Kind::Invalid, text)
                    .hint("write the secret of coturn's static-auth-secret into a file"))
            }
        }
    }

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

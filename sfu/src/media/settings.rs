//! How media reach this machine.

use std::{net::IpAddr, ops::RangeInclusive};

use crate::sdp::{Bitrate, Limits, Rework};

/// How media reach this machine, and how much they may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaSettings {
    /// Addresses of this machine that media come to; all where there is none.
    pub addresses: Vec<IpAddr>,
    /// The address under which peers reach this machine, where that is another one (1:1 NAT).
    pub public: Option<IpAddr>,
    /// UDP ports for media. Each connection takes one per address.
    pub ports: RangeInclusive<u16>,
    /// How fast publishers may send pictures.
    pub bitrate: Bitrate,
    /// How much a peer may say about its media.
    pub limits: Limits,
}

/// Everything that the machine has, and 1.5 Mbit/s for a picture.
impl Default for MediaSettings {
    fn default() -> Self {
        Self {
            addresses: Vec::new(),
            public: None,
            ports: 40_000..=49_999,
            bitrate: Bitrate {
                start: 1200,
                min: 300,
                max: 1500,
            },
            limits: Limits {
                sections: 8,
                candidates_per_section: 20,
                loopback: false,
            },
        }
    }
}

impl MediaSettings {
    /// Returns what is changed in descriptions before a peer gets them.
    pub(super) fn rework(&self, is_answer: bool) -> Rework {
        Rework {
            allowed: (!self.addresses.is_empty()).then(|| self.addresses.clone()),
            public: self.public,
            bitrate: is_answer.then_some(self.bitrate),
            active: false,
            end_of_candidates: true,
        }
    }

    /// Returns how much a viewer may say: it answers every slot.
    pub(super) const fn answer_limits(&self) -> Limits {
        Limits {
            sections: crate::sdp::MOST_SECTIONS,
            ..self.limits
        }
    }
}

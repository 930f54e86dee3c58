//! How much is allowed.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Class;

/// How many subjects of one class are remembered. Each takes about 100 bytes.
const MOST_SUBJECTS: u32 = 100_000;

/// Section `[limits]` of the configuration.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitsSection {
    /// Requests of one address, or of one /64 of IPv6. Many people may share it.
    #[schemars(example = Rate::per_minute(1_200))]
    address: Rate,
    /// Requests of one account.
    #[schemars(example = Rate::per_minute(600))]
    account: Rate,
    /// Requests with one token of the API.
    #[schemars(example = Rate::per_minute(600))]
    token: Rate,
    /// Requests by one link. A player asks for a range at each jump.
    #[schemars(example = Rate::per_minute(3_000))]
    link: Rate,
    /// Registrations for rooms that come from one address, or from one /64 of IPv6. Each also counts ten
    /// times for the address of mail that it names.
    #[schemars(example = Rate::in_minutes(60, 10))]
    registration: Rate,
    /// How many subjects of each class are remembered.
    #[schemars(example = MOST_SUBJECTS)]
    most_subjects: NonZeroU32,
}

/// So many requests at once, and so many again in the time that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rate {
    /// How many.
    pub(crate) requests: NonZeroU32,
    /// In how many seconds.
    pub(crate) seconds: NonZeroU32,
}

impl Rate {
    /// So many in a minute.
    pub(crate) const fn per_minute(requests: u32) -> Self {
        Self::in_minutes(requests, 1)
    }

    /// So many in some minutes.
    pub(crate) const fn in_minutes(requests: u32, minutes: u32) -> Self {
        Self {
            requests: NonZeroU32::new(requests).expect("limits in the code are not zero"),
            seconds: NonZeroU32::new(60 * minutes).expect("limits in the code are not zero"),
        }
    }
}

impl Default for LimitsSection {
    fn default() -> Self {
        Self {
            address: Rate::per_minute(1_200),
            account: Rate::per_minute(600),
            token: Rate::per_minute(600),
            link: Rate::per_minute(3_000),
            registration: Rate::in_minutes(60, 10),
            most_subjects: NonZeroU32::new(MOST_SUBJECTS).expect("it is not zero"),
        }
    }
}

impl LimitsSection {
    /// Returns the rate of a class.
    pub(crate) const fn rate(&self, class: Class) -> Rate {
        match class {
            Class::Address => self.address,
            Class::Account => self.account,
            Class::Token => self.token,
            Class::Link => self.link,
            Class::Registration => self.registration,
        }
    }

    /// Returns how many subjects of each class are remembered.
    pub(crate) const fn most_subjects(&self) -> usize {
        self.most_subjects.get() as usize
    }
}

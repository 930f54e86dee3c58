//! How far a registration for a room is.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How far a registration is.
///
/// ```text
/// unconfirmed ─┬──────────────┬─► invited
///              └─► waiting ───┴─► refused   until its mail is out
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationState {
    /// Nobody has shown yet that the address is theirs.
    Unconfirmed,
    /// Somebody has to decide about it.
    Waiting,
    /// There is an invitation.
    Invited,
    /// Somebody said no, and the person is still to be told.
    Refused,
}

impl RegistrationState {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Unconfirmed,
        Self::Waiting,
        Self::Invited,
        Self::Refused,
    ];

    /// Returns the word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Waiting => "waiting",
            Self::Invited => "invited",
            Self::Refused => "refused",
        }
    }
}

impl fmt::Display for RegistrationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RegistrationState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

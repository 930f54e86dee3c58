//! What holds in a room, without a word about anybody.

use std::{fmt, str::FromStr};

use scrim_policy::{ConsentRule, PolicyId};
use serde::{Deserialize, Serialize};

use crate::catalog::CatalogError;

/// Who is let into a room, what people can do there, and what is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoomRules {
    /// Whether only people with an invitation or an account are let in.
    pub is_registered_only: bool,
    /// Whether a host lets in everybody who is no host.
    pub has_waiting_room: bool,
    /// Whether nobody new is let in once a host is there.
    pub locks_after_start: bool,
    /// Whether guests may come before the first host.
    pub opens_without_host: bool,
    /// Whether attendees may be seen and heard without being asked onto the stage.
    pub is_stage_open: bool,
    /// Whether attendees see who is there.
    pub are_people_shown: bool,
    /// How many people there can be at once, 1 to [`RoomRules::MOST_PEOPLE`].
    pub most_people: u16,
    /// Whether people can register by themselves, where only people with an invitation are let in.
    #[serde(default)]
    pub registration: RoomRegistration,
    /// How many can, 1 to [`RoomRules::MOST_REGISTRATIONS`]; as many as there can be at once where it
    /// is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_registrations: Option<u16>,
    /// What happens to sound and pictures.
    pub protection: RoomProtection,
}

/// Who comes to an invitation without being invited by somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomRegistration {
    /// Nobody.
    #[default]
    Closed,
    /// Whoever registers and confirms the address.
    Open,
    /// Whoever does, once somebody has approved it.
    Approved,
}

impl RoomRegistration {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Closed, Self::Open, Self::Approved];

    /// Returns the word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Approved => "approved",
        }
    }
}

impl fmt::Display for RoomRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RoomRegistration {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or(())
    }
}

/// What happens to sound and pictures of a room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RoomProtection {
    /// They are not recorded.
    #[default]
    Unrecorded,
    /// They can be recorded, as far as people agree.
    Recorded {
        /// Who is recorded.
        rule: ConsentRule,
        /// Whether whoever says no to everything can stay.
        can_refuse: bool,
        /// For how many days the recording is kept, as people are told.
        days: u32,
        /// The policy that the recording is to be processed with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<PolicyId>,
    },
    /// They are encrypted from page to page, so that nobody can record them here.
    EndToEnd,
}

impl Default for RoomRules {
    /// Whoever knows the code is let in once a host is there. Nothing is recorded, and attendees
    /// listen and do not see each other.
    fn default() -> Self {
        Self {
            is_registered_only: false,
            has_waiting_room: false,
            locks_after_start: false,
            opens_without_host: false,
            is_stage_open: false,
            are_people_shown: false,
            most_people: 200,
            registration: RoomRegistration::Closed,
            most_registrations: None,
            protection: RoomProtection::Unrecorded,
        }
    }
}

impl RoomRules {
    /// The most people that a room can be for.
    pub const MOST_PEOPLE: u16 = 500;

    /// The most registrations that a room can take: not everybody who registers comes.
    pub const MOST_REGISTRATIONS: u16 = 5000;

    /// Returns how many registrations the room takes.
    pub fn registrations(&self) -> u16 {
        self.most_registrations.unwrap_or(self.most_people)
    }

    /// Whether people can register at all.
    pub fn takes_registrations(&self) -> bool {
        self.is_registered_only && self.registration != RoomRegistration::Closed
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("rules are words and numbers")
    }

    /// What is not known means nothing, so that no rule is left out unnoticed.
    pub(super) fn from_json(text: &str) -> Result<Self, CatalogError> {
        let unreadable = || CatalogError::Unreadable { column: "rules" };
        let rules: Self = serde_json::from_str(text).map_err(|_| unreadable())?;
        let is_known = (1..=Self::MOST_PEOPLE).contains(&rules.most_people)
            && (1..=Self::MOST_REGISTRATIONS).contains(&rules.registrations());
        match is_known {
            true => Ok(rules),
            false => Err(unreadable()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn rules_survive_the_catalog_and_unknown_ones_are_refused() {
        let recorded = RoomProtection::Recorded {
            rule: ConsentRule::Explicit,
            can_refuse: true,
            days: 30,
            policy: None,
        };
        for protection in [
            RoomProtection::Unrecorded,
            RoomProtection::EndToEnd,
            recorded,
        ] {
            let rules = RoomRules {
                protection,
                ..RoomRules::default()
            };
            assert_eq!(RoomRules::from_json(&rules.to_json()).unwrap(), rules);
        }
        let text = RoomRules::default().to_json();
        for wrong in [
            text.replace("\"most_people\":200", "\"most_people\":0"),
            text.replace("\"most_people\":200", "\"most_people\":501"),
            text.replace("\"most_people\":200", "\"most_people\":200,\"more\":1"),
            text.replace("unrecorded", "sometimes"),
            text.replace("\"has_waiting_room\":false,", ""),
            text.replace("closed", "ajar"),
            text.replace("closed\"", "open\",\"most_registrations\":5001"),
            text.replace("closed\"", "open\",\"most_registrations\":0"),
            String::new(),
        ] {
            assert!(RoomRules::from_json(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn rules_from_before_there_were_registrations_take_none() {
        let text = RoomRules::default().to_json();
        let before = text.replace("\"registration\":\"closed\",", "");
        assert_ne!(before, text);
        let rules = RoomRules::from_json(&before).unwrap();
        assert_eq!(rules, RoomRules::default());
        assert!(!rules.takes_registrations());
        assert_eq!(rules.registrations(), 200);
    }
}

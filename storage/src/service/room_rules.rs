//! What holds in a room, without a word about anybody.

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
    /// What happens to sound and pictures.
    pub protection: RoomProtection,
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
            protection: RoomProtection::Unrecorded,
        }
    }
}

impl RoomRules {
    /// The most people that a room can be for.
    pub const MOST_PEOPLE: u16 = 500;

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("rules are words and numbers")
    }

    /// What is not known means nothing, so that no rule is left out unnoticed.
    pub(super) fn from_json(text: &str) -> Result<Self, CatalogError> {
        let unreadable = || CatalogError::Unreadable { column: "rules" };
        let rules: Self = serde_json::from_str(text).map_err(|_| unreadable())?;
        match (1..=Self::MOST_PEOPLE).contains(&rules.most_people) {
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
            String::new(),
        ] {
            assert!(RoomRules::from_json(&wrong).is_err(), "{wrong}");
        }
    }
}

//! What holds in a room, as it is sent and answered.

use scrim_policy::{ConsentRule, Days, PolicyId, TenantId};
use scrim_storage::{
    Vault,
    service::{RoomProtection, RoomRegistration, RoomRules},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::serve::problem::Problem;

/// What holds in a room.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RoomRulesBody {
    /// Whether only people with an invitation or an account are let in.
    pub(crate) is_registered_only: bool,
    /// Whether a host lets in everybody who is no host.
    pub(crate) has_waiting_room: bool,
    /// Whether nobody new is let in once a host is there.
    pub(crate) locks_after_start: bool,
    /// Whether guests may come before the first host.
    pub(crate) opens_without_host: bool,
    /// Whether attendees may be seen and heard without being asked onto the stage.
    pub(crate) is_stage_open: bool,
    /// Whether attendees see who is there.
    pub(crate) are_people_shown: bool,
    /// How many people there can be at once.
    #[schema(minimum = 1, maximum = 500)]
    pub(crate) most_people: u16,
    /// Who comes to an invitation without being invited by somebody, where only people with an
    /// invitation or an account are let in. `closed`: nobody. `open`: whoever registers and confirms
    /// the address. `approved`: whoever does, once somebody has approved it.
    pub(crate) registration: String,
    /// How many registrations there can be; as many as people at once where it is left out.
    #[schema(minimum = 1, maximum = 5000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) most_registrations: Option<u16>,
    /// unrecorded, recorded or end_to_end.
    pub(crate) protection: String,
    /// How it is recorded, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recording: Option<RoomRecordingBody>,
}

/// How a room is recorded.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoomRecordingBody {
    /// `explicit`: only who said yes. `inform`: everybody who was told and did not object.
    pub(crate) rule: String,
    /// Whether whoever says no to everything can stay.
    pub(crate) can_refuse: bool,
    /// For how many days the recording is kept, as people are told.
    #[schema(minimum = 1, maximum = 36500)]
    pub(crate) days: u32,
    /// The policy that it is to be processed with, `pol_…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) policy: Option<String>,
}

impl Default for RoomRulesBody {
    fn default() -> Self {
        Self::new(&RoomRules::default())
    }
}

impl RoomRulesBody {
    pub(crate) fn new(rules: &RoomRules) -> Self {
        let (protection, recording) = match &rules.protection {
            RoomProtection::Unrecorded => ("unrecorded", None),
            RoomProtection::EndToEnd => ("end_to_end", None),
            RoomProtection::Recorded {
                rule,
                can_refuse,
                days,
                policy,
            } => {
                let recording = RoomRecordingBody {
                    rule: match rule {
                        ConsentRule::Explicit => "explicit".to_owned(),
                        ConsentRule::Inform => "inform".to_owned(),
                    },
                    can_refuse: *can_refuse,
                    days: *days,
                    policy: policy.map(|policy| policy.to_string()),
                };
                ("recorded", Some(recording))
            }
        };
        Self {
            is_registered_only: rules.is_registered_only,
            has_waiting_room: rules.has_waiting_room,
            locks_after_start: rules.locks_after_start,
            opens_without_host: rules.opens_without_host,
            is_stage_open: rules.is_stage_open,
            are_people_shown: rules.are_people_shown,
            most_people: rules.most_people,
            registration: rules.registration.to_string(),
            most_registrations: rules.most_registrations,
            protection: protection.to_owned(),
            recording,
        }
    }

    /// Takes rules that make sense.
    pub(super) fn understood(&self) -> Result<RoomRules, Problem> {
        if !(1..=RoomRules::MOST_PEOPLE).contains(&self.most_people) {
            return Err(Problem::invalid(
                "rules.most_people",
                format!("a room is for 1 to {} people", RoomRules::MOST_PEOPLE),
            ));
        }
        let protection = match (self.protection.as_str(), &self.recording) {
            ("unrecorded", None) => RoomProtection::Unrecorded,
            ("end_to_end", None) => RoomProtection::EndToEnd,
            ("recorded", Some(recording)) => recording.understood()?,
            ("recorded", None) => {
                return Err(Problem::invalid(
                    "rules.recording",
                    "say how it is recorded",
                ));
            }
            ("unrecorded" | "end_to_end", Some(_)) => {
                return Err(Problem::invalid("rules.recording", "it is not recorded"));
            }
            _ => {
                return Err(Problem::invalid(
                    "rules.protection",
                    "it is unrecorded, recorded or end_to_end",
                ));
            }
        };
        Ok(RoomRules {
            is_registered_only: self.is_registered_only,
            has_waiting_room: self.has_waiting_room,
            locks_after_start: self.locks_after_start,
            opens_without_host: self.opens_without_host,
            is_stage_open: self.is_stage_open,
            are_people_shown: self.are_people_shown,
            most_people: self.most_people,
            registration: self.understood_registration()?,
            most_registrations: self.most_registrations,
            protection,
        })
    }

    /// Where anybody is let in, a registration would be a list of people for nothing.
    fn understood_registration(&self) -> Result<RoomRegistration, Problem> {
        let wrong = |what| Problem::invalid("rules.registration", what);
        let registration: RoomRegistration = self
            .registration
            .parse()
            .map_err(|()| wrong("it is closed, open or approved"))?;
        let is_closed = registration == RoomRegistration::Closed;
        if !is_closed && !self.is_registered_only {
            let what = "people only register for a room that lets nobody else in";
            return Err(wrong(what).hint("set `is_registered_only`"));
        }
        if let Some(most) = self.most_registrations
            && !(1..=RoomRules::MOST_REGISTRATIONS).contains(&most)
        {
            return Err(Problem::invalid(
                "rules.most_registrations",
                format!(
                    "a room takes 1 to {} registrations",
                    RoomRules::MOST_REGISTRATIONS
                ),
            ));
        }
        Ok(registration)
    }
}

impl RoomRecordingBody {
    fn understood(&self) -> Result<RoomProtection, Problem> {
        let rule = match self.rule.as_str() {
            "explicit" => ConsentRule::Explicit,
            "inform" => ConsentRule::Inform,
            _ => {
                return Err(Problem::invalid(
                    "rules.recording.rule",
                    "it is explicit or inform",
                ));
            }
        };
        let days = Days::new(self.days)
            .map_err(|_| Problem::invalid("rules.recording.days", "this is no number of days"))?;
        let policy: Option<PolicyId> = match &self.policy {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| no_policy())?),
        };
        Ok(RoomProtection::Recorded {
            rule,
            can_refuse: self.can_refuse,
            days: days.count(),
            policy,
        })
    }
}

fn no_policy() -> Problem {
    Problem::invalid("rules.recording.policy", "there is no such policy")
}

/// Makes sure that the policy of a room is there. One of another tenant is not.
pub(super) fn require_policy(
    vault: &Vault,
    tenant: TenantId,
    rules: &RoomRules,
) -> Result<(), Problem> {
    let RoomProtection::Recorded {
        policy: Some(policy),
        ..
    } = &rules.protection
    else {
        return Ok(());
    };
    match vault.saved_policy(tenant, *policy, None)? {
        Some(_) => Ok(()),
        None => Err(no_policy()),
    }
}

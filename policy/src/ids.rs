//! Identifiers. Each is its own type, so that one cannot stand where another belongs.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Text that is not an identifier of the wanted kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a valid {wanted} id: expected the prefix `{prefix}` and 32 hexadecimal digits")]
pub struct IdError {
    wanted: &'static str,
    prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $wanted:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID, usually a version 7 one so that ids sort by creation.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Returns the UUID inside.
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let wrong = || IdError { wanted: $wanted, prefix: $prefix };
                let digits = text.strip_prefix($prefix).ok_or_else(wrong)?;
                if digits.len() != 32 {
                    return Err(wrong());
                }
                Uuid::try_parse(digits).map(Self).map_err(|_| wrong())
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                concat!($wanted, " id").into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "title": concat!($wanted, " id"),
                    "type": "string",
                    "pattern": concat!("^", $prefix, "[0-9a-f]{32}$"),
                })
            }
        }
    };
}

id!(
    /// One recording and everything made from it.
    RecordingId, "rec_", "recording"
);
id!(
    /// One sealed object: a recording, a transcript, a report.
    ArtefactId, "art_", "artefact"
);
id!(
    /// One organisation whose recordings and keys are kept apart from all others.
    TenantId, "ten_", "tenant"
);
id!(
    /// One order not to delete something.
    HoldId, "hld_", "hold"
);
id!(
    /// One erasure, from the request to its certificate.
    ErasureId, "era_", "erasure"
);
id!(
    /// One run over many recordings.
    BatchId, "bat_", "batch"
);

id!(
    /// One account: somebody, or a program, who may sign in.
    AccountId, "usr_", "account"
);
id!(
    /// One key of an account for programs.
    TokenId, "tok_", "token"
);
id!(
    /// One policy that is kept, in all its versions.
    PolicyId, "pol_", "policy"
);
id!(
    /// One upload, until it has become an original.
    UploadId, "upl_", "upload"
);
id!(
    /// One wish to process an original, until it is done.
    JobId, "job_", "job"
);
id!(
    /// One link under which a recording can be had for a while.
    LinkId, "lnk_", "link"
);
id!(
    /// One address that is told of events.
    WebhookId, "whk_", "webhook"
);
id!(
    /// One message on its way.
    MessageId, "msg_", "message"
);

id!(
    /// One room: from when it is planned until its meeting is over.
    RoomId, "rom_", "room"
);
id!(
    /// One invitation of somebody to a room.
    InvitationId, "inv_", "invitation"
);
id!(
    /// What one person said to the notice of a room.
    ConsentId, "con_", "consent"
);
id!(
    /// One wish of somebody to come to a room.
    RegistrationId, "reg_", "registration"
);
id!(
    /// One participant of a room. It says nothing about who that is, and other participants see it.
    ParticipantId, "par_", "participant"
);
id!(
    /// Picture or sound that a participant sends into a room.
    TrackId, "trk_", "track"
);

impl TenantId {
    /// The tenant of a Scrim that serves one organisation.
    pub const SINGLE: Self = Self(Uuid::nil());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_text_and_refuse_each_other() {
        let id = RecordingId::from_uuid(Uuid::from_u128(0x0192_2d5b_1111_7000_8000_0000_0000_0001));
        let text = id.to_string();
        assert_eq!(text, "rec_01922d5b111170008000000000000001");
        assert_eq!(text.parse::<RecordingId>(), Ok(id));
        assert!(text.parse::<ArtefactId>().is_err());
        assert!(
            "rec_01922d5b-1111-7000-8000-000000000001"
                .parse::<RecordingId>()
                .is_err()
        );
        assert!("rec_".parse::<RecordingId>().is_err());
    }
}

//! The timeline of a session: as it is spooled, and as it is signed in the end.

use std::collections::BTreeMap;

use scrim_policy::{
    ArtefactId, ConsentPurpose, Moment, ParticipantId, Pii, RecordingId, SubjectText,
    TimelineEntry, TimelineEvent, TrackId,
};
use serde::{Deserialize, Serialize};

use super::LayerOwner;
use crate::{
    digest::Sha256Digest,
    keyring::Keyring,
    proof::{Envelope, ProofError, Signer},
    signing::PublicKey,
};

/// The schema of [`Timeline`] that this program writes and reads.
const SCHEMA: u32 = 1;

/// What tells this statement from others of the same key.
const STATEMENT: &str = "scrim/timeline/v1";

/// A chunk of the timeline in the spool, as JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Noted {
    /// Everything up to a moment is in the spool by now, and this is what happened since the last one.
    Happened {
        /// Up to here.
        complete_to: Moment,
        /// In order.
        entries: Vec<TimelineEntry>,
    },
    /// A layer begins.
    Opened {
        /// Which.
        artefact: ArtefactId,
        /// Whose.
        owner: LayerOwner,
    },
    /// Whatever there is of somebody for a purpose is destroyed.
    Destroyed {
        /// Whose.
        participant: ParticipantId,
        /// For what.
        purpose: ConsentPurpose,
    },
}

/// What happened in a live session, and where what was recorded of it lies. It is kept as an
/// [`Envelope`], signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    /// Version of this form. Set when it is signed.
    pub schema: u32,
    /// Always `scrim/timeline/v1`. Set when it is signed.
    pub statement: String,
    /// The recording that keeps the session.
    pub session: RecordingId,
    /// When recording began, RFC 3339 in UTC.
    pub begun_at: String,
    /// Up to here everything is there, on the clock of the room.
    pub complete_to: Moment,
    /// Whether the recording came to its end. Otherwise a crash has cut it.
    pub is_whole: bool,
    /// What happened, in order. Whoever was erased has no name.
    pub entries: Vec<TimelineEntry>,
    /// What was recorded and not refused, in the order in which it began.
    pub layers: Vec<TimelineLayer>,
    /// The key that signs. Set when it is signed.
    pub public_key: Option<PublicKey>,
}

/// A layer, as the timeline knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimelineLayer {
    /// The artefact that holds it.
    pub artefact: ArtefactId,
    /// Whose it is.
    pub participant: ParticipantId,
    /// For what the participant agreed.
    pub purpose: ConsentPurpose,
    /// Which track; chat is of none.
    pub track: Option<TrackId>,
    /// Length of its contents.
    pub bytes: u64,
    /// SHA-256 of its contents.
    pub sha256: Sha256Digest,
    /// Whether its end could not be read any more when it was sealed.
    pub is_damaged: bool,
}

impl Keyring {
    /// Signs a timeline. Its `schema`, `statement` and `public_key` are set here.
    pub(super) fn sign_timeline(&self, timeline: &Timeline) -> Envelope {
        let timeline = Timeline {
            schema: SCHEMA,
            statement: STATEMENT.to_owned(),
            public_key: Some(self.public_key()),
            ..timeline.clone()
        };
        let payload = serde_json::to_string(&timeline)
            .expect("a timeline holds only texts, numbers and lists of them");
        self.sign_payload(payload)
    }
}

/// Reads a timeline after checking its signature, with a `trusted` key also whose it is. It needs
/// nothing but the contents of the artefact.
///
/// # Errors
/// [`ProofError`].
pub fn verify_timeline(
    json: &[u8],
    trusted: Option<&PublicKey>,
) -> Result<(Timeline, Signer), ProofError> {
    let envelope = Envelope::parse(json)?;
    let (timeline, signer): (Timeline, Signer) = envelope.verify_as(SCHEMA..=SCHEMA, trusted)?;
    if timeline.statement != STATEMENT {
        return Err(ProofError::Malformed {
            what: "the statement",
        });
    }
    Ok((timeline, signer))
}

/// What the spool of a timeline says.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) complete_to: Moment,
    pub(super) entries: Vec<TimelineEntry>,
    /// Layers that nobody has refused, in the order in which they began.
    pub(super) layers: Vec<(ArtefactId, LayerOwner)>,
}

impl Told {
    /// Takes the next chunk in.
    ///
    /// > **A no holds for everything before it**, also where whoever was told of it had no time left to
    /// > destroy anything.
    pub(super) fn add(&mut self, noted: Noted) {
        match noted {
            Noted::Happened {
                complete_to,
                entries,
            } => {
                self.complete_to = self.complete_to.max(complete_to);
                for entry in &entries {
                    if let TimelineEvent::Consented {
                        participant,
                        purpose,
                        given: false,
                        ..
                    } = entry.event
                    {
                        self.refuse(participant, purpose);
                    }
                }
                self.entries.extend(entries);
            }
            Noted::Opened { artefact, owner } => self.layers.push((artefact, owner)),
            Noted::Destroyed {
                participant,
                purpose,
            } => self.refuse(participant, purpose),
        }
    }

    fn refuse(&mut self, of: ParticipantId, what: ConsentPurpose) {
        let is_refused = |owner: &LayerOwner| owner.participant == of && owner.purpose == what;
        self.layers.retain(|(_, owner)| !is_refused(owner));
    }
}

/// Takes the names of people out of a timeline. Says whether there were any.
pub(super) fn forget_people(
    entries: &mut [TimelineEntry],
    is_meant: impl Fn(&SubjectText) -> bool,
) -> bool {
    let mut found = false;
    for entry in entries {
        if let TimelineEvent::Joined {
            name,
            email,
            initials,
            ..
        } = &mut entry.event
            && subject_texts(name, email.as_ref()).iter().any(&is_meant)
        {
            *name = Pii::new(String::new());
            *email = None;
            initials.clear();
            found = true;
        }
    }
    found
}

/// Returns everything that somebody who has joined is found by, the address first.
pub(super) fn subject_texts(name: &Pii<String>, email: Option<&Pii<String>>) -> Vec<SubjectText> {
    let email = email.and_then(|email| SubjectText::of_email(email.reveal()));
    let name = SubjectText::of_name(name.reveal());
    email.into_iter().chain(name).collect()
}

/// Returns for how long a room was recorded, in nanoseconds, of what is there.
pub(super) fn recorded_ns(entries: &[TimelineEntry], complete_to: Moment) -> u64 {
    let mut since = None;
    let mut total: u64 = 0;
    for entry in entries {
        match entry.event {
            TimelineEvent::RecordingStarted => since = Some(entry.at),
            TimelineEvent::RecordingStopped => {
                let span = since.take().map_or(0, |since: Moment| {
                    entry.at.min(complete_to).0.saturating_sub(since.0)
                });
                total = total.saturating_add(span);
            }
            _ => {}
        }
    }
    let rest = since.map_or(0, |since| complete_to.0.saturating_sub(since.0));
    total.saturating_add(rest)
}

/// What the catalog knows of a sealed layer: its length and SHA-256.
pub(super) type SealedLayers = BTreeMap<ArtefactId, (u64, Sha256Digest, bool)>;

/// Lists the layers that are sealed, in the order in which they began.
pub(super) fn listed(told: &Told, sealed: &SealedLayers) -> Vec<TimelineLayer> {
    let layer = |(artefact, owner): &(ArtefactId, LayerOwner)| {
        let (bytes, sha256, is_damaged) = *sealed.get(artefact)?;
        Some(TimelineLayer {
            artefact: *artefact,
            participant: owner.participant,
            purpose: owner.purpose,
            track: owner.track,
            bytes,
            sha256,
            is_damaged,
        })
    };
    told.layers.iter().filter_map(layer).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use scrim_policy::Role;
    use uuid::Uuid;

    use super::*;

    fn participant(number: u128) -> ParticipantId {
        ParticipantId::from_uuid(Uuid::from_u128(number))
    }

    fn owner(number: u128, purpose: ConsentPurpose) -> LayerOwner {
        LayerOwner {
            participant: participant(number),
            purpose,
            track: Some(TrackId::from_uuid(Uuid::from_u128(number))),
        }
    }

    fn opened(number: u128, of: u128, purpose: ConsentPurpose) -> Noted {
        Noted::Opened {
            artefact: ArtefactId::from_uuid(Uuid::from_u128(number)),
            owner: owner(of, purpose),
        }
    }

    fn at(seconds: u64, event: TimelineEvent) -> TimelineEntry {
        TimelineEntry {
            at: Moment(seconds * 1_000_000_000),
            event,
        }
    }

    fn consented(of: u128, purpose: ConsentPurpose, given: bool) -> Noted {
        Noted::Happened {
            complete_to: Moment::START,
            entries: vec![at(
                1,
                TimelineEvent::Consented {
                    participant: participant(of),
                    purpose,
                    given,
                    notice: String::new(),
                },
            )],
        }
    }

    #[test]
    fn a_no_takes_what_came_before_it_and_nothing_else() {
        let mut told = Told::default();
        for noted in [
            opened(1, 1, ConsentPurpose::Camera),
            opened(2, 1, ConsentPurpose::Voice),
            opened(3, 2, ConsentPurpose::Camera),
            consented(1, ConsentPurpose::Camera, true),
            consented(1, ConsentPurpose::Camera, false),
            opened(4, 1, ConsentPurpose::Camera),
            Noted::Destroyed {
                participant: participant(2),
                purpose: ConsentPurpose::Camera,
            },
        ] {
            told.add(noted);
        }
        let left: Vec<_> = told.layers.iter().map(|(id, _)| id.as_uuid()).collect();
        assert_eq!(left, [&Uuid::from_u128(2), &Uuid::from_u128(4)]);
    }

    #[test]
    fn whoever_is_forgotten_has_no_name_and_others_keep_theirs() {
        let joined = |number, name: &str, email: Option<&str>| {
            at(
                1,
                TimelineEvent::Joined {
                    participant: participant(number),
                    name: Pii::new(name.to_owned()),
                    email: email.map(|email| Pii::new(email.to_owned())),
                    initials: if number == 1 { "Z.W." } else { "L.C." }.to_owned(),
                    role: Role::Attendee,
                },
            )
        };
        let mut entries = [
            joined(1, "Zofia Wiśniewska", Some("zofia@example.org")),
            joined(2, "Luca Conti", None),
        ];
        let wanted = SubjectText::of_name("wisniewska zofia").unwrap();
        assert!(forget_people(&mut entries, |text| *text == wanted));
        let json = serde_json::to_string(&entries).unwrap();
        assert!(!json.contains("Zofia") && !json.contains("zofia") && !json.contains("Z.W."));
        assert!(json.contains("Luca Conti"));
        assert!(!forget_people(&mut entries, |text| *text == wanted));
    }

    #[test]
    fn a_recording_is_as_long_as_its_takes() {
        let entries = [
            at(10, TimelineEvent::RecordingStarted),
            at(15, TimelineEvent::RecordingStopped),
            at(20, TimelineEvent::RecordingStarted),
        ];
        let seconds =
            |complete: u64| recorded_ns(&entries, Moment(complete * 1_000_000_000)) / 1_000_000_000;
        assert_eq!((seconds(12), seconds(15), seconds(23)), (2, 5, 8));
    }
}

//! Who took part and agreed to what, as it is kept with a recording.
//!
//! An archive recording comes with a roster at most: whether people agreed, when they came and when
//! they left is then unknown, and is written as such. A live room fills the same form.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{Person, PersonId, Pii, Role, Roster};

/// Who took part in one recording. Personal data: it is kept sealed and shown to nobody but the DPO
/// and whoever is given an export of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    /// Version of this form, [`Attendance::SCHEMA`].
    pub schema: u32,
    /// The people, in the order of the roster.
    pub people: Vec<Attendant>,
}

/// One person who took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attendant {
    /// Position in the roster, from 0.
    pub person: PersonId,
    /// The name, given name first.
    #[serde(serialize_with = "Pii::serialize_revealed")]
    pub name: Pii<String>,
    /// The e-mail address, where it is known.
    #[serde(
        serialize_with = "Pii::serialize_revealed_if_any",
        deserialize_with = "personal_if_any"
    )]
    pub email: Option<Pii<String>>,
    /// What the person did.
    pub role: Role,
    /// What stands for the name in the recording.
    pub initials: String,
    /// When the person was there, earliest first; `None` where nobody noted it.
    pub stays: Option<Vec<Stay>>,
    /// What the person agreed to.
    pub consents: Consents,
}

/// One stay of a person in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stay {
    /// When it began, RFC 3339 in UTC.
    pub joined_at: String,
    /// When it ended, RFC 3339 in UTC; `None` where nobody noted it.
    pub left_at: Option<String>,
}

/// One record per purpose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consents {
    /// Showing the camera picture.
    pub camera: ConsentRecord,
    /// Showing what the person shares of a screen. Forms from before there were rooms lack it.
    #[serde(default)]
    pub screen: ConsentRecord,
    /// Letting the voice be heard.
    pub voice: ConsentRecord,
    /// Showing chat messages.
    pub chat: ConsentRecord,
    /// Writing down what was said.
    pub transcript: ConsentRecord,
}

/// What is known about one purpose. The parts follow ISO/IEC TS 27560:2023, which speaks of the
/// legal basis apart from the consent, because a recording may rest on another one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRecord {
    /// What the processing rests on.
    pub basis: Basis,
    /// What the person said.
    pub state: ConsentState,
    /// When the person said it, RFC 3339 in UTC.
    pub at: Option<String>,
    /// Id of the notice that the person was shown.
    pub notice: Option<String>,
}

/// What a person can agree to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPurpose {
    /// Showing the camera picture.
    Camera,
    /// Showing what the person shares of a screen.
    Screen,
    /// Letting the voice be heard.
    Voice,
    /// Showing chat messages.
    Chat,
    /// Writing down what was said.
    Transcript,
}

/// A legal basis, GDPR Art. 6(1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Nobody noted it.
    #[default]
    Unknown,
    /// Point (a).
    Consent,
    /// Point (b).
    Contract,
    /// Point (c).
    LegalObligation,
    /// Point (d).
    VitalInterests,
    /// Point (e).
    PublicTask,
    /// Point (f).
    LegitimateInterests,
}

/// What a person said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// Nobody noted it. It means no.
    #[default]
    Unknown,
    /// Yes.
    Given,
    /// No.
    Refused,
    /// First yes, then no.
    Withdrawn,
    /// No to a processing that rests on something else than consent, GDPR Art. 21.
    Objected,
}

impl Attendance {
    /// The schema that this program writes and reads.
    pub const SCHEMA: u32 = 1;

    /// Returns what a roster alone says: who, and nothing about consents and times. Whoever was
    /// erased is not in it.
    pub fn from_roster(roster: &Roster) -> Self {
        let attended = roster.people().iter().filter(|person| !person.is_erased());
        Self {
            schema: Self::SCHEMA,
            people: attended.map(Attendant::unasked).collect(),
        }
    }
}

impl Attendant {
    fn unasked(person: &Person) -> Self {
        Self {
            person: person.id(),
            name: person.name().clone(),
            email: person.email().cloned(),
            role: person.role(),
            initials: person.initials().to_owned(),
            stays: None,
            consents: Consents::default(),
        }
    }
}

impl Consents {
    /// Returns the record of a purpose, to fill it in.
    pub const fn of_mut(&mut self, purpose: ConsentPurpose) -> &mut ConsentRecord {
        match purpose {
            ConsentPurpose::Camera => &mut self.camera,
            ConsentPurpose::Screen => &mut self.screen,
            ConsentPurpose::Voice => &mut self.voice,
            ConsentPurpose::Chat => &mut self.chat,
            ConsentPurpose::Transcript => &mut self.transcript,
        }
    }

    /// Returns the record of a purpose.
    pub const fn of(&self, purpose: ConsentPurpose) -> &ConsentRecord {
        match purpose {
            ConsentPurpose::Camera => &self.camera,
            ConsentPurpose::Screen => &self.screen,
            ConsentPurpose::Voice => &self.voice,
            ConsentPurpose::Chat => &self.chat,
            ConsentPurpose::Transcript => &self.transcript,
        }
    }
}

impl ConsentPurpose {
    /// All purposes, in the order in which they are listed.
    pub const ALL: [Self; 5] = [
        Self::Camera,
        Self::Screen,
        Self::Voice,
        Self::Chat,
        Self::Transcript,
    ];

    /// Returns the word for it in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Camera => "camera",
            Self::Screen => "screen",
            Self::Voice => "voice",
            Self::Chat => "chat",
            Self::Transcript => "transcript",
        }
    }
}

impl FromStr for ConsentPurpose {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let is_meant = |purpose: &Self| purpose.as_str() == text;
        Self::ALL.into_iter().find(is_meant).ok_or(())
    }
}

impl Basis {
    /// Returns the word for it in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Consent => "consent",
            Self::Contract => "contract",
            Self::LegalObligation => "legal_obligation",
            Self::VitalInterests => "vital_interests",
            Self::PublicTask => "public_task",
            Self::LegitimateInterests => "legitimate_interests",
        }
    }
}

impl ConsentState {
    /// Returns the word for it in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Given => "given",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Objected => "objected",
        }
    }
}

/// With `deserialize_with` a missing field is an error, as for all others.
fn personal_if_any<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Pii<String>>, D::Error> {
    Option::deserialize(deserializer)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn attendance() -> Attendance {
        let roster = "name,email,role\nAnna Kowalska,anna@example.org,presenter\nAda Krol,,\n";
        Attendance::from_roster(&Roster::parse_csv(roster).unwrap())
    }

    #[test]
    fn a_roster_says_who_and_nothing_else() {
        let attendance = attendance();
        let [anna, ada] = attendance.people.as_slice() else {
            panic!("two people")
        };
        assert_eq!(anna.initials, "A.K.");
        assert_eq!(ada.initials, "A.K. 2");
        assert_eq!((anna.role, ada.role), (Role::Presenter, Role::Attendee));
        assert_eq!(ada.email, None);
        assert_eq!(anna.stays, None);
        for purpose in ConsentPurpose::ALL {
            let record = anna.consents.of(purpose);
            assert_eq!(record.state, ConsentState::Unknown);
            assert_eq!(record.basis, Basis::Unknown);
        }
    }

    #[test]
    fn the_roster_comes_back_from_it() {
        let text = "name,email,role\nAnna Kowalska,anna@example.org,presenter\nAda Krol,,\n";
        let roster = Roster::parse_csv(text).unwrap();
        assert_eq!(Roster::from_attendance(&attendance()), roster);
        let left = roster.with_erased(&std::collections::BTreeSet::from([PersonId(0)]));
        let again = Roster::from_attendance(&Attendance::from_roster(&left));
        let ada = again.person(PersonId(1)).unwrap();
        assert_eq!((again.len(), ada.initials()), (1, "A.K. 2"));
    }

    #[test]
    fn whoever_was_erased_is_not_listed() {
        let roster = Roster::parse_csv("name\nAnna Kowalska\nAda Krol\n").unwrap();
        let left = roster.with_erased(&std::collections::BTreeSet::from([PersonId(0)]));
        let attendance = Attendance::from_roster(&left);
        assert_eq!(attendance.people.len(), 1);
        assert_eq!(attendance.people[0].person, PersonId(1));
        assert_eq!(attendance.people[0].name.reveal(), "Ada Krol");
    }

    #[test]
    fn it_survives_json_and_refuses_what_it_does_not_know() {
        let attendance = attendance();
        let json = serde_json::to_value(&attendance).unwrap();
        assert_eq!(json["people"][0]["name"], "Anna Kowalska");
        assert_eq!(json["people"][0]["consents"]["camera"]["state"], "unknown");
        assert_eq!(json["people"][1]["stays"], serde_json::Value::Null);
        assert_eq!(
            serde_json::from_value::<Attendance>(json.clone()).unwrap(),
            attendance
        );
        let mut unknown = json.clone();
        unknown["people"][0]["phone"] = "+48".into();
        assert!(serde_json::from_value::<Attendance>(unknown).is_err());
        let mut missing = json;
        missing["people"][0]
            .as_object_mut()
            .unwrap()
            .remove("email");
        assert!(serde_json::from_value::<Attendance>(missing).is_err());
    }

    #[test]
    fn printing_it_shows_no_name() {
        let printed = format!("{:?}", attendance());
        assert!(!printed.contains("Kowalska") && !printed.contains("example.org"));
    }

    #[test]
    fn words_in_tables_are_those_of_the_form() {
        for purpose in ConsentPurpose::ALL {
            assert_eq!(serde_json::to_value(purpose).unwrap(), purpose.as_str());
            assert_eq!(purpose.as_str().parse(), Ok(purpose));
        }
        assert_eq!("Camera".parse::<ConsentPurpose>(), Err(()));
        for basis in [
            Basis::Unknown,
            Basis::Consent,
            Basis::Contract,
            Basis::LegalObligation,
            Basis::VitalInterests,
            Basis::PublicTask,
            Basis::LegitimateInterests,
        ] {
            assert_eq!(serde_json::to_value(basis).unwrap(), basis.as_str());
        }
        for state in [
            ConsentState::Unknown,
            ConsentState::Given,
            ConsentState::Refused,
            ConsentState::Withdrawn,
            ConsentState::Objected,
        ] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}

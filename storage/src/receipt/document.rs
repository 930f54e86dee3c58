//! What a receipt says.

use std::fmt;

use scrim_policy::{ConsentPurpose, ConsentRule, ConsentState, ParticipantId, RoomId};
use serde::{Deserialize, Serialize};

use crate::{
    digest::Sha256Digest,
    service::{Answer, AnsweredBy, Consent, NoticeShown, Said},
    signing::PublicKey,
    timestamp::Timestamp,
};

/// The version of the fields.
const SCHEMA_VERSION: &str = "scrim-consent/1";

/// What the parties of a record are called in it.
const CONTROLLER: &str = "controller";
const RECIPIENTS: &str = "recipients";

/// What one person was told and has said, for that person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Version of the envelope's payload. Set when it is signed.
    pub schema: u32,
    /// Always `scrim/consent-receipt/v1`. Set when it is signed.
    pub statement: String,
    /// Version of the fields below.
    pub schema_version: String,
    /// Another one with every answer.
    pub receipt_id: String,
    /// When the last answer was given, RFC 3339 in UTC.
    pub issued_at: String,
    /// One record for each purpose.
    pub records: Vec<Record>,
    /// What it does not say.
    pub limits: Vec<String>,
    /// The key that signs. Set when it is signed.
    pub public_key: Option<PublicKey>,
}

/// What was asked and answered for one purpose.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Version of the fields.
    pub schema_version: String,
    /// The same with every receipt.
    pub record_id: String,
    /// Who it is about. It names nobody.
    pub pii_principal_id: ParticipantId,
    /// Who else that was in the meeting: on another page, with an encoder, or having come again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_principal_ids: Vec<ParticipantId>,
    /// What was to be done with the person's data, as the person was told.
    pub pii_processing: Processing,
    /// Who takes part in it.
    pub parties: Vec<Party>,
    /// What the person was shown and has answered, in order.
    pub events: Vec<Event>,
    /// What the answers come to.
    pub state: ConsentState,
    /// Whether the person may be recorded for this purpose.
    pub may_be_recorded: bool,
}

/// What was to be done with somebody's data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Processing {
    /// What the person was told.
    pub privacy_notice: PrivacyNotice,
    /// In which language, as a tag of BCP 47.
    pub language: String,
    /// What for, in the words of the controller.
    pub purpose: String,
    /// What for: `camera`, `screen`, `voice`, `chat` or `transcript`.
    pub purpose_type: ConsentPurpose,
    /// What it rests on.
    pub lawful_basis: String,
    /// Which data.
    pub pii_information: Vec<PersonalData>,
    /// Whose it is to decide, by their place among the parties.
    pub pii_controllers: Vec<String>,
    /// How the data come to them.
    pub collection_method: String,
    /// Where they are kept.
    pub storage_locations: Vec<StorageLocation>,
    /// For how long, as a duration of ISO 8601.
    pub retention_period: String,
    /// In which room.
    pub service: RoomId,
    /// Under which law.
    pub jurisdiction: String,
    /// Who gets them, by their place among the parties.
    pub recipient_third_parties: Vec<String>,
    /// How to say no later.
    pub withdrawal_method: String,
    /// Which rights there are.
    pub privacy_rights: Vec<String>,
}

/// What somebody was told.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivacyNotice {
    /// Which version of it.
    pub id: String,
    /// SHA-256 of the text.
    pub text_sha256: Sha256Digest,
    /// All that it said, as it was shown.
    pub text: String,
    /// When, RFC 3339 in UTC.
    pub shown_at: String,
}

/// A kind of data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonalData {
    /// Which.
    pub pii_type: String,
}

/// Where data are kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageLocation {
    /// `EEA`, or `unknown`.
    pub location: String,
    /// How that is known.
    pub statement: String,
}

/// Who takes part.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// What it is called here.
    pub party_id: String,
    /// Who, in the words of the controller.
    pub party_name: String,
    /// What it does.
    pub party_role: String,
    /// How to reach it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_contact: Option<String>,
    /// What it is: `controller` or `recipient`.
    pub party_type: String,
}

/// Something that was shown or answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// When, RFC 3339 in UTC.
    pub event_time: String,
    /// How long it holds.
    pub validity_duration: String,
    /// Who did it: the person, or a party.
    pub entity_id: String,
    /// `notice`, or `explicit` for an answer.
    pub event_type: String,
    /// `requested` or `informed` by a notice; `given`, `refused`, `withdrawn` or `objected` by an
    /// answer.
    pub event_state: String,
    /// Where: `room` or `personal_link`.
    pub indication_method: AnsweredBy,
}

/// A receipt holds what an organiser wrote.
impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[receipt {}]", self.receipt_id)
    }
}

impl PrivacyNotice {
    /// Whether the text is the one that was hashed.
    pub fn is_what_was_hashed(&self) -> bool {
        Sha256Digest::of(self.text.as_bytes()) == self.text_sha256
    }
}

impl Receipt {
    /// Writes the receipt of what somebody has said. `is_in_bucket` says whether recordings lie in
    /// a bucket, which the guard has verified, or in files.
    pub fn of(consent: &Consent, is_in_bucket: bool) -> Self {
        let record = |purpose| record(consent, purpose, is_in_bucket);
        Self {
            schema: 0,
            statement: String::new(),
            schema_version: SCHEMA_VERSION.to_owned(),
            receipt_id: consent.receipt_id(),
            issued_at: consent.changed_at.to_string(),
            records: ConsentPurpose::ALL.map(record).into(),
            limits: LIMITS.map(str::to_owned).into(),
            public_key: None,
        }
    }
}

const LIMITS: [&str; 3] = [
    "it says what was shown and answered on this Scrim; whether a person was free to say no, it cannot say",
    "others in the meeting may have recorded it with programs of their own",
    "that something was destroyed after a no is certified to the controller, not here",
];

fn record(consent: &Consent, purpose: ConsentPurpose, is_in_bucket: bool) -> Record {
    let said = &consent.said;
    let notice = said.notice_of(purpose);
    let mut participants = said.participants.iter().copied();
    Record {
        schema_version: SCHEMA_VERSION.to_owned(),
        record_id: format!("{}-{}", consent.id, purpose.as_str()),
        pii_principal_id: participants
            .next()
            .expect("what is opened or heard was said by somebody"),
        other_principal_ids: participants.collect(),
        pii_processing: processing(consent.room, notice, purpose, is_in_bucket),
        parties: parties(notice),
        events: events(said, purpose),
        state: said.state_of(purpose),
        may_be_recorded: said.is_allowed(purpose),
    }
}

fn processing(
    room: RoomId,
    notice: &NoticeShown,
    purpose: ConsentPurpose,
    is_in_bucket: bool,
) -> Processing {
    let data = match purpose {
        ConsentPurpose::Camera => "pictures of the camera",
        ConsentPurpose::Screen => "pictures and sound of what is shared of a screen",
        ConsentPurpose::Voice => "sound of the microphone",
        ConsentPurpose::Chat => "messages in the chat",
        ConsentPurpose::Transcript => "what is said, written down",
    };
    let (basis, no) = match notice.rule {
        ConsentRule::Explicit => (
            "consent, GDPR Art. 6(1)(a)",
            "to withdraw consent, GDPR Art. 7(3)",
        ),
        ConsentRule::Inform => (
            "another basis than consent, which the controller names, GDPR Art. 6(1)",
            "to object, GDPR Art. 21",
        ),
    };
    let (location, statement) = match is_in_bucket {
        true => (
            "EEA",
            "in an object store whose place in the European Economic Area is verified before anything is \
             written",
        ),
        false => (
            "unknown",
            "in files of the machine that Scrim runs on; where that stands, the controller knows",
        ),
    };
    let rights = [
        no,
        "access, GDPR Art. 15",
        "erasure, GDPR Art. 17",
        "to complain to a supervisory authority, GDPR Art. 77",
    ];
    Processing {
        privacy_notice: PrivacyNotice {
            id: notice.notice.clone(),
            text_sha256: notice.text_sha256(),
            text: notice.text.clone(),
            shown_at: time(notice.shown_us),
        },
        language: notice.language.clone(),
        purpose: notice.purpose.clone(),
        purpose_type: purpose,
        lawful_basis: basis.to_owned(),
        pii_information: vec![PersonalData {
            pii_type: data.to_owned(),
        }],
        pii_controllers: vec![CONTROLLER.to_owned()],
        collection_method: "in a meeting, from the browser or the encoder of the person".to_owned(),
        storage_locations: vec![StorageLocation {
            location: location.to_owned(),
            statement: statement.to_owned(),
        }],
        retention_period: format!("P{}D", notice.days),
        service: room,
        jurisdiction: "EU".to_owned(),
        recipient_third_parties: vec![RECIPIENTS.to_owned()],
        withdrawal_method:
            "on the page of the room during the meeting; behind the personal link as long as \
             anything of the meeting is kept"
                .to_owned(),
        privacy_rights: rights.map(str::to_owned).into(),
    }
}

fn parties(notice: &NoticeShown) -> Vec<Party> {
    let party = |id: &str, name: &str, role: &str, contact: Option<&str>, kind: &str| Party {
        party_id: id.to_owned(),
        party_name: name.to_owned(),
        party_role: role.to_owned(),
        party_contact: contact.map(str::to_owned),
        party_type: kind.to_owned(),
    };
    let NoticeShown {
        controller,
        contact,
        audience,
        ..
    } = notice;
    vec![
        party(
            CONTROLLER,
            controller,
            "records",
            Some(contact),
            "controller",
        ),
        party(
            RECIPIENTS,
            audience,
            "may see the recording",
            None,
            "recipient",
        ),
    ]
}

fn events(said: &Said, purpose: ConsentPurpose) -> Vec<Event> {
    let principal = said.participants.first();
    let principal = principal.map_or_else(String::new, ToString::to_string);
    let notice = said.notice_of(purpose);
    let asked = match notice.rule {
        ConsentRule::Explicit => "requested",
        ConsentRule::Inform => "informed",
    };
    let mut events = vec![Event {
        event_time: time(notice.shown_us),
        validity_duration: UNTIL_SAID.to_owned(),
        entity_id: CONTROLLER.to_owned(),
        event_type: "notice".to_owned(),
        event_state: asked.to_owned(),
        indication_method: AnsweredBy::Room,
    }];
    let mut was_given = false;
    for answer in said.answers.iter().filter(|one| one.purpose == purpose) {
        let rule = said
            .notices
            .get(answer.notice)
            .map_or(notice.rule, |one| one.rule);
        let state = state(answer, rule, was_given);
        was_given |= answer.is_given;
        events.push(Event {
            event_time: time(answer.at_us),
            validity_duration: UNTIL_SAID.to_owned(),
            entity_id: principal.clone(),
            event_type: "explicit".to_owned(),
            event_state: state.as_str().to_owned(),
            indication_method: answer.by,
        });
    }
    events
}

const UNTIL_SAID: &str = "until the person says something else";

const fn state(answer: &Answer, rule: ConsentRule, was_given: bool) -> ConsentState {
    match (answer.is_given, rule) {
        (true, _) => ConsentState::Given,
        (false, ConsentRule::Inform) => ConsentState::Objected,
        (false, ConsentRule::Explicit) if was_given => ConsentState::Withdrawn,
        (false, ConsentRule::Explicit) => ConsentState::Refused,
    }
}

fn time(at_us: i64) -> String {
    Timestamp::from_micros(at_us).to_string()
}

//! Attendance as tables.

use scrim_policy::{Attendance, Attendant, ConsentPurpose, Pii, RecordingId};
use serde::Deserialize;

use super::{ExportError, sheet::Table};

/// The form has a few hundred bytes for each of at most 65535 people.
pub(crate) const MOST_ATTENDANCE_BYTES: u64 = 64 << 20;

/// Reads the sealed form.
pub(crate) fn parse(recording: RecordingId, json: &[u8]) -> Result<Attendance, ExportError> {
    #[derive(Deserialize)]
    struct SchemaOnly {
        schema: u32,
    }
    let unreadable = |_| ExportError::UnreadableAttendance { recording };
    let SchemaOnly { schema: found } = serde_json::from_slice(json).map_err(unreadable)?;
    if found != Attendance::SCHEMA {
        return Err(ExportError::UnknownAttendance {
            recording,
            found,
            known: Attendance::SCHEMA,
        });
    }
    serde_json::from_slice(json).map_err(unreadable)
}

/// Who took part, one line per person. Names stand here.
pub(super) fn people(attendance: &Attendance) -> Table {
    Table {
        name: "attendance",
        header: &[
            "person",
            "name",
            "email",
            "role",
            "initials",
            "joined_at",
            "left_at",
        ],
        rows: attendance.people.iter().map(person).collect(),
    }
}

fn person(attendant: &Attendant) -> Vec<String> {
    let stays = attendant.stays.as_deref().unwrap_or_default();
    let joined = stays.first().map(|stay| stay.joined_at.clone());
    let left = stays.last().and_then(|stay| stay.left_at.clone());
    let email = attendant.email.as_ref().map(Pii::reveal);
    vec![
        attendant.person.0.to_string(),
        attendant.name.reveal().clone(),
        email.cloned().unwrap_or_default(),
        attendant.role.as_str().to_owned(),
        attendant.initials.clone(),
        joined.unwrap_or_default(),
        left.unwrap_or_default(),
    ]
}

/// Who agreed to what, one line per person and purpose. Only numbers and initials stand here: who
/// checks consents does not need the names.
pub(super) fn consents(attendance: &Attendance) -> Table {
    let rows = attendance.people.iter().flat_map(|attendant| {
        ConsentPurpose::ALL.map(|purpose| {
            let record = attendant.consents.of(purpose);
            vec![
                attendant.person.0.to_string(),
                attendant.initials.clone(),
                purpose.as_str().to_owned(),
                record.basis.as_str().to_owned(),
                record.state.as_str().to_owned(),
                record.at.clone().unwrap_or_default(),
                record.notice.clone().unwrap_or_default(),
            ]
        })
    });
    Table {
        name: "consents",
        header: &[
            "person", "initials", "purpose", "basis", "state", "at", "notice",
        ],
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use scrim_policy::{Basis, ConsentState, Roster, Stay};
    use uuid::Uuid;

    use super::*;

    fn attendance() -> Attendance {
        let roster = "name,email,role\nAnna Kowalska,anna@example.org,presenter\nAda Krol,,\n";
        Attendance::from_roster(&Roster::parse_csv(roster).unwrap())
    }

    #[test]
    fn people_have_one_line_and_consents_one_per_purpose() {
        let mut attendance = attendance();
        let stay = |joined: &str, left: Option<&str>| Stay {
            joined_at: joined.to_owned(),
            left_at: left.map(str::to_owned),
        };
        attendance.people[1].stays = Some(vec![
            stay("2026-09-21T14:00:00Z", Some("2026-09-21T14:05:00Z")),
            stay("2026-09-21T14:06:00Z", Some("2026-09-21T15:00:00Z")),
        ]);
        attendance.people[1].consents.voice.basis = Basis::Consent;
        attendance.people[1].consents.voice.state = ConsentState::Given;
        let rows = people(&attendance).rows;
        assert_eq!(
            rows[0],
            [
                "0",
                "Anna Kowalska",
                "anna@example.org",
                "presenter",
                "A.K.",
                "",
                ""
            ]
        );
        assert_eq!(
            rows[1][5..],
            ["2026-09-21T14:00:00Z", "2026-09-21T15:00:00Z"]
        );
        let rows = consents(&attendance).rows;
        assert_eq!(rows.len(), 2 * ConsentPurpose::ALL.len());
        assert_eq!(
            rows[0],
            ["0", "A.K.", "camera", "unknown", "unknown", "", ""]
        );
        assert_eq!(
            rows[7],
            ["1", "A.K. 2", "voice", "consent", "given", "", ""]
        );
        assert!(!rows.concat().iter().any(|cell| cell.contains("Kowalska")));
    }

    #[test]
    fn a_form_of_another_version_is_refused() {
        let id = RecordingId::from_uuid(Uuid::from_u128(1));
        let json = serde_json::to_vec(&attendance()).unwrap();
        assert_eq!(parse(id, &json).unwrap(), attendance());
        let newer = String::from_utf8(json)
            .unwrap()
            .replace("\"schema\":1", "\"schema\":2");
        assert!(matches!(
            parse(id, newer.as_bytes()),
            Err(ExportError::UnknownAttendance { found: 2, .. })
        ));
        assert!(matches!(
            parse(id, b"[]"),
            Err(ExportError::UnreadableAttendance { .. })
        ));
    }
}

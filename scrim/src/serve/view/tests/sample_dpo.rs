//! Pages of the DPO and of administration, with invented data.

use super::super::*;
use super::sample::{Add, DAY_US, NOW_US, RECORDING, Taste, frame};
use crate::serve::texts::Language;

pub(super) fn dpo(language: Language, taste: Taste, add: &mut Add<'_>) {
    let at = |place| frame(language, taste, Some(place));
    let overview = |alerts| OverviewPage {
        frame: at(Place::Overview),
        recordings: 48,
        originals: 11,
        published: 23,
        links: 61,
        holds: 1,
        erasures_open: 2,
        due_soon: 5,
        swept_us: Some(NOW_US - DAY_US / 4),
        alerts,
    };
    add("dpo", &overview(Vec::new()));
    add(
        "dpo-alerts",
        &overview(vec![Alert {
            text: taste.text("The sweep is 31 hours late."),
            href: "/dpo/retention".to_owned(),
            at_us: NOW_US,
        }]),
    );
    let stored = |is_held, state| StoredLine {
        recording: RECORDING.to_owned(),
        state,
        artefacts: 9,
        bytes: 412_345_678,
        store: taste.text("s3, eu-central-1"),
        created_us: NOW_US - 30 * DAY_US,
        expires_us: Some(NOW_US + 335 * DAY_US),
        is_held,
        tags: vec![taste.text("board")],
    };
    add(
        "stored",
        &StoredPage {
            frame: at(Place::Stored),
            lines: vec![
                stored(false, RecordingState::Published),
                stored(true, RecordingState::Original),
            ],
            next: Some("/dpo/recordings?after=2".to_owned()),
        },
    );
    consents(language, taste, add);
    erasures(language, taste, add);
    add(
        "retention",
        &RetentionPage {
            frame: at(Place::Retention),
            rules: vec![
                rule("raw", None, 30, true),
                rule("published", None, 180, false),
                rule("published", Some(taste.text("board")), 30, false),
                rule("transcript", None, 365, true),
                rule("attendance", None, 90, true),
                rule("log", None, 1095, true),
            ],
            holds: vec![HoldLine {
                id: "hld_1".to_owned(),
                recording: Some(RECORDING.to_owned()),
                reason: taste.text("court order 7 C 12/26"),
                approver: taste.text("dpo"),
                placed_us: NOW_US - 9 * DAY_US,
            }],
            swept_us: Some(NOW_US - 2 * DAY_US),
            is_late: true,
            may_manage: true,
        },
    );
    audit(language, taste, add);
    add(
        "places",
        &PlacesPage {
            frame: at(Place::Places),
            places: vec![
                place(
                    taste,
                    "object store",
                    Some("eu-central-1"),
                    PlaceVerdict::Allowed,
                ),
                place(taste, "catalog", None, PlaceVerdict::Declared),
                place(
                    taste,
                    "key server",
                    Some("eu-west-2"),
                    PlaceVerdict::Refused,
                ),
                place(taste, "backup", None, PlaceVerdict::Unknown),
            ],
            may_check: true,
        },
    );
}

fn rule(class: &str, tag: Option<String>, days: u32, is_default: bool) -> RuleLine {
    RuleLine {
        class: class.to_owned(),
        tag,
        days,
        is_default,
    }
}

fn place(taste: Taste, what: &str, region: Option<&str>, verdict: PlaceVerdict) -> PlaceLine {
    PlaceLine {
        what: what.to_owned(),
        host: taste.text("s3.eu-central-1.example.org"),
        region: region.map(|region| taste.text(region)),
        verdict,
        how: taste
            .text("region of the bucket, asked from the store itself; no redirect, no replication"),
        checked_us: Some(NOW_US),
    }
}

fn consents(language: Language, taste: Taste, add: &mut Add<'_>) {
    let line = |pseudonym: &str, role: &str, voice| ConsentLine {
        pseudonym: taste.text(pseudonym),
        role: role.to_owned(),
        camera: ConsentState::Given,
        voice,
        chat: ConsentState::Unknown,
        transcript: ConsentState::Refused,
    };
    let page = |recording: &str, has_attendance| ConsentsPage {
        frame: frame(language, taste, Some(Place::Consents)),
        recording: recording.to_owned(),
        lines: vec![
            line("Z.W.", "organiser", ConsentState::Given),
            line("A.K.", "presenter", ConsentState::Withdrawn),
            line("A.K. 2", "attendee", ConsentState::Unknown),
        ],
        has_attendance,
        recordings: vec![RECORDING.to_owned()],
    };
    add("consents", &page(RECORDING, true));
    add("consents-none", &page("", false));
}

fn erasures(language: Language, taste: Taste, add: &mut Add<'_>) {
    let at = || frame(language, taste, Some(Place::Erasures));
    let step = |text: &str, is_done| ErasureStep {
        text: taste.text(text),
        is_done,
    };
    let erasure = |subject, certified_us: Option<i64>| ErasureLine {
        id: "era_0192f3a1c2d4e5f60718293a4b5c6d7e".to_owned(),
        subject,
        created_us: NOW_US,
        certified_us,
        recordings: 3,
        steps: vec![
            step("Everything that is affected was withdrawn", true),
            step(
                "Objects were deleted, and the store was listed again",
                certified_us.is_some(),
            ),
            step(
                "Keys were destroyed, and every old one was tried",
                certified_us.is_some(),
            ),
        ],
    };
    add(
        "erasures",
        &ErasuresPage {
            frame: at(),
            erasures: vec![
                erasure(ErasureSubject::Person, None),
                erasure(ErasureSubject::Recording, Some(NOW_US)),
                erasure(ErasureSubject::Tenant, Some(NOW_US)),
            ],
            error: None,
            may_erase: true,
        },
    );
    let preview = |refused: Option<String>| ErasurePreviewPage {
        frame: at(),
        subject: ErasureSubject::Person,
        typed: taste.text("zofia@example.org"),
        affected: [true, false]
            .map(|is_made_again| AffectedLine {
                recordings: 2,
                is_made_again,
            })
            .into(),
        artefacts: 9,
        bytes: 1_412_345_678,
        invited: 3,
        not_searchable: 4,
        refused,
        confirmation: "ERASE 2".to_owned(),
        is_mistyped: true,
    };
    add("erasure-preview", &preview(None));
    let held = taste.text("rec_0192… is on hold: court order 7 C 12/26");
    add("erasure-refused", &preview(Some(held)));
}

fn audit(language: Language, taste: Taste, add: &mut Add<'_>) {
    let entry = |seq, event: &str, is_blank| AuditEntry {
        seq,
        at_us: NOW_US - i64::try_from(seq).unwrap() * 60_000_000,
        actor: taste.text("account:acc_0192f3a1"),
        event: event.to_owned(),
        fields: vec![
            ("recording".to_owned(), taste.text(RECORDING)),
            ("artefacts".to_owned(), taste.text("9")),
        ],
        is_blank,
    };
    add(
        "audit",
        &AuditPage {
            frame: frame(language, taste, Some(Place::Audit)),
            recording: RECORDING.to_owned(),
            entries: vec![
                entry(12, "recording.published", false),
                entry(11, "artefact.opened", false),
                entry(10, "recording.withdrawn", true),
            ],
            size: 13,
            older: Some("/dpo/audit?before=10".to_owned()),
            verdict: AuditVerdict::Whole,
            verified_us: Some(NOW_US),
        },
    );
}

pub(super) fn admin(language: Language, taste: Taste, add: &mut Add<'_>) {
    let user = |name: &str, roles: &[&'static str], state, is_own| UserLine {
        id: "acc_1".to_owned(),
        name: taste.text(name),
        email: taste.text("somebody.with.a.long.name@example.org"),
        roles: roles.to_vec(),
        state,
        seen_us: (state == UserState::Active).then_some(NOW_US),
        is_own,
    };
    add(
        "users",
        &UsersPage {
            frame: frame(language, taste, Some(Place::Users)),
            users: vec![
                user(
                    "Zofia Wiśniewska-Przykładowa",
                    &["organiser", "administrator"],
                    UserState::Active,
                    true,
                ),
                user("Kwame Anansi", &["dpo"], UserState::Invited, false),
                user("Ingrid Beispiel", &["editor"], UserState::LockedOut, false),
                user("Luca Esempio", &["auditor"], UserState::Disabled, false),
            ],
            invitation: Some(
                "https://scrim.example.org/invite/5fZp3kYbqWc8mXv2nR7tLd4sHg6jKa9e".to_owned(),
            ),
            error: None,
        },
    );
    let hook = |delivery, waiting| WebhookLine {
        id: "whk_1".to_owned(),
        url: taste.text("https://hooks.example.org/scrim/a-rather-long-path"),
        events: vec!["recording.ready".to_owned(), "recording.held".to_owned()],
        delivery,
        delivered_us: Some(NOW_US),
        waiting,
    };
    add(
        "webhooks",
        &WebhooksPage {
            frame: frame(language, taste, Some(Place::Webhooks)),
            webhooks: vec![hook(Delivery::Done, 0), hook(Delivery::Retrying, 3)],
            events: ["recording.ready", "recording.held", "job.failed"]
                .map(str::to_owned)
                .to_vec(),
            secret: Some("whsec_5fZp3kYbqWc8mXv2nR7tLd4sHg6jKa9e".to_owned()),
            error: None,
        },
    );
    let part = |what: &str, is_well| HealthLine {
        what: what.to_owned(),
        is_well,
        detail: taste.text("answered in 3 ms"),
    };
    add(
        "health",
        &HealthPage {
            frame: frame(language, taste, Some(Place::Health)),
            version: "0.1.0".to_owned(),
            since_us: NOW_US - DAY_US,
            lines: vec![
                part("catalog", true),
                part("object store", true),
                part("key management", false),
            ],
            jobs_waiting: 2,
            jobs_running: 1,
            free_bytes: 48_000_000_000,
        },
    );
}

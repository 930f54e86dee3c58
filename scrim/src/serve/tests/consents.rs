//! What somebody has said to being recorded: the page behind the personal link, the receipt, and
//! taking it back.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use axum::http::StatusCode;
use scrim_policy::{
    AccountRole, ConsentPurpose, ConsentRule, ParticipantId, RecordingId, TenantId,
};
use scrim_storage::{
    ArtefactKind, Begun, Envelope, ErasureTerms, Job, RecordingState,
    catalog::{RecordingRow, Selection},
    service::{
        Consent, Heard, NoticeShown, Respondent, Room, RoomPassword, RoomPlan, RoomProtection,
        RoomRules, WebhookWords,
    },
    session::SealingState,
};
use tracing_subscriber::fmt::MakeWriter;
use uuid::Uuid;

use super::{
    super::{app::now, upkeep},
    Reply, Service,
};

const TENANT: TenantId = TenantId::SINGLE;

/// A room that can be recorded, whose meeting goes on.
pub(in crate::serve) fn open_room(service: &Service) -> Room {
    let by = service.account(TENANT, "hanna", &[AccountRole::Organiser]);
    let plan = RoomPlan {
        title: "Canary briefing".to_owned(),
        controller: "Example House".to_owned(),
        contact: "dpo@example.eu".to_owned(),
        purpose: "for colleagues who cannot come".to_owned(),
        audience: "everybody who works here".to_owned(),
        rules: RoomRules {
            opens_without_host: true,
            protection: RoomProtection::Recorded {
                rule: ConsentRule::Explicit,
                can_refuse: true,
                days: 30,
                policy: None,
            },
            ..RoomRules::default()
        },
        opens_at: None,
        password: RoomPassword::AsBefore,
    };
    let vault = &service.app.vault;
    let room = vault.plan_room(TENANT, by, &plan, now()).unwrap();
    vault.note_room_opened(room.id, now()).unwrap();
    room
}

/// Records a room in which nothing is said.
pub(in crate::serve) fn session(service: &Service, room: &Room) -> RecordingRow {
    let vault = &service.app.vault;
    let (session, mut sealing) = vault.begin_live_session(TENANT, room.id, now()).unwrap();
    let recording = session.recording();
    session.end().unwrap();
    while sealing.advance(now()).unwrap() != SealingState::Over {}
    vault.recording(recording).unwrap().unwrap()
}

/// A meeting that is over and was published, and somebody who had said yes to the camera and the
/// voice.
struct Met {
    service: Service,
    room: Room,
    session: RecordingRow,
    recording: RecordingId,
    path: String,
}

impl Met {
    fn new() -> Self {
        let service = Service::new();
        let room = open_room(&service);
        let vault = &service.app.vault;
        let participant = ParticipantId::from_uuid(Uuid::from_u128(1));
        let respondent = Respondent::Guest(participant);
        let shown = NoticeShown {
            notice: room.notice(),
            language: "en".to_owned(),
            text: "Example House records this.\nEverything is kept for 30 days.".to_owned(),
            controller: "Example House".to_owned(),
            contact: "dpo@example.eu".to_owned(),
            purpose: "for colleagues who cannot come".to_owned(),
            audience: "everybody who works here".to_owned(),
            days: 30,
            rule: ConsentRule::Explicit,
            shown_us: now().as_micros(),
        };
        for purpose in [ConsentPurpose::Camera, ConsentPurpose::Voice] {
            let heard = Heard {
                room: (TENANT, room.id),
                title: &room.words.title,
                respondent,
                participant,
                notice: Some(&shown),
                answer: Some((purpose, true)),
            };
            vault.hear(&heard, now()).unwrap();
        }
        let session = session(&service, &room);
        vault.note_room_ended(room.id, now()).unwrap();
        let job = Job {
            tenant: TENANT,
            key: vault.keyring().keyed_digest("job", &["job".as_bytes()]),
            source_sha256: session.source_sha256,
            policy_sha256: session.source_sha256,
            policy_name: "stage".to_owned(),
            original: Some(session.id),
        };
        let Begun::New(claim) = vault.begin_or_resume(&job, now()).unwrap() else {
            panic!("it is not new")
        };
        vault.start_rendering(&claim, 1_000_000_000, now()).unwrap();
        let outputs = [ArtefactKind::Recording, ArtefactKind::Proof].map(|kind| {
            let mut writer = vault.create_artefact(&claim, kind, now()).unwrap();
            writer.write_all(b"pictures").unwrap();
            writer.finish().unwrap().id
        });
        vault.publish(&claim, &outputs, now()).unwrap();
        let secret = vault.personal_link(room.id, respondent);
        Self {
            path: format!("/consent/{}", secret.expose()),
            recording: claim.recording(),
            service,
            room,
            session,
        }
    }

    fn get(&self, path: &str) -> Reply {
        let page = [("accept", "text/html")];
        self.service.ask("GET", path, &page, "")
    }

    fn consent(&self) -> Consent {
        let participant = ParticipantId::from_uuid(Uuid::from_u128(1));
        let vault = &self.service.app.vault;
        let found = vault.consent_of(self.room.id, Respondent::Guest(participant));
        found.unwrap().unwrap()
    }

    fn state(&self) -> RecordingState {
        let row = self.service.app.vault.recording(self.recording).unwrap();
        row.unwrap().state
    }

    fn receipt(&self) -> Reply {
        self.get(&format!("{}/receipt.json", self.path))
    }
}

#[test]
fn the_page_shows_what_was_said_and_looking_at_it_changes_nothing() {
    let met = Met::new();
    for _ in 0..2 {
        let page = met.get(&met.path);
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let text = page.text();
        for shown in [
            "Canary briefing",
            "Example House",
            "dpo@example.eu",
            "Published",
            "Everything is kept for 30 days.",
            "value=\"voice\"",
        ] {
            assert!(text.contains(shown), "{shown}: {text}");
        }
        // Only what was given can be taken back.
        assert!(!text.contains("value=\"chat\""));
        assert!(page.header("x-robots-tag").contains("noindex"));
        assert!(page.header("cache-control").contains("no-store"));
        assert!(!text.contains("<script"));
    }
    assert_eq!(met.receipt().status, StatusCode::OK);
    assert_eq!(met.consent().revision, 2);
    assert_eq!(met.state(), RecordingState::Published);
    let german = met.get(&format!("{}?lang=de", met.path)).text();
    assert!(german.contains("Was Sie zur Aufzeichnung gesagt haben"));
}

#[test]
fn the_receipt_is_a_file_that_anybody_can_verify() {
    let met = Met::new();
    let reply = met.receipt();
    assert_eq!(reply.header("content-type"), "application/json");
    let disposition = reply.header("content-disposition");
    assert!(disposition.starts_with("attachment; filename=\"receipt-con_"));
    let envelope = Envelope::parse(&reply.body).unwrap();
    let key = met.service.app.vault.keyring().public_key();
    let (receipt, _) = envelope.verify_receipt(Some(&key)).unwrap();
    assert_eq!(receipt.receipt_id, met.consent().receipt_id());
    assert!(met.get(&met.path).text().contains(&receipt.receipt_id));
    let secret = met.path.rsplit('/').next().unwrap();
    assert!(!reply.text().contains(secret));
}

#[test]
fn taking_back_withdraws_the_recording_and_destroys_what_was_recorded() {
    let met = Met::new();
    let vault = &met.service.app.vault;
    let words = WebhookWords {
        url: "https://hooks.example.eu/".to_owned(),
        secret: String::new(),
    };
    let hook = vault.add_webhook(TENANT, &words, "recording.withdrawn", now());
    let hook = hook.unwrap().to_string();
    let taken = met
        .service
        .form("", &met.path, &[("csrf", ""), ("purpose", "camera")]);
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
    assert_eq!(taken.header("location"), met.path);
    assert_eq!(met.state(), RecordingState::Withdrawn);
    let said = met.consent().said;
    assert!(!said.is_allowed(ConsentPurpose::Camera) && said.is_allowed(ConsentPurpose::Voice));
    let refusals = vault.refusals(met.session.id).unwrap();
    assert_eq!(refusals.len(), 1);
    let page = met.get(&met.path).text();
    assert!(page.contains("Nobody gets it") && !page.contains("value=\"camera\""));
    assert_eq!(vault.messages_to(TENANT, &hook).unwrap().len(), 1);

    upkeep::destroy(&met.service.app).unwrap();
    let queue = vault.render_queue(TENANT).unwrap();
    assert!(queue[0].recording == met.recording && queue[0].erasure.is_some());
    // Sent twice, it is done once, and nobody is told again.
    let again = met.service.form("", &met.path, &[("purpose", "camera")]);
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_eq!(met.consent().revision, 3);
    assert_eq!(vault.messages_to(TENANT, &hook).unwrap().len(), 1);
    let all = met.service.form("", &met.path, &[("all", "yes")]);
    assert_eq!(all.status, StatusCode::SEE_OTHER);
    assert!(
        met.get(&met.path)
            .text()
            .contains("nothing that you could take back")
    );
    assert_eq!(vault.refusals(met.session.id).unwrap().len(), 2);
}

#[test]
fn a_form_that_chooses_nothing_or_comes_from_elsewhere_changes_nothing() {
    let met = Met::new();
    for fields in [&[("csrf", "")][..], &[("purpose", "shoes")]] {
        let refused = met.service.form("", &met.path, fields);
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("Nothing was taken back"));
    }
    let foreign = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "cross-site"),
    ];
    let refused = met.service.ask("POST", &met.path, &foreign, "all=yes");
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    // Somebody who is signed in proves it as on every other page.
    let cookies = met.service.sign_in("hanna");
    let refused = met.service.form(&cookies, &met.path, &[("all", "yes")]);
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(met.consent().revision, 2);
    assert_eq!(met.state(), RecordingState::Published);
}

#[test]
fn a_link_that_leads_nowhere_says_so() {
    let met = Met::new();
    let wrong = ["scp_short", "x"].map(|secret| format!("/consent/{secret}"));
    let unknown = format!("/consent/scp_{}", "A".repeat(43));
    let ask = |path: &str, status| {
        let receipt = format!("{path}/receipt.json");
        assert_eq!(met.get(path).status, status, "{path}");
        assert_eq!(met.get(&receipt).status, status, "{receipt}");
        let taken = met.service.form("", path, &[("all", "yes")]);
        assert_eq!(taken.status, status, "{path}");
    };
    for path in &wrong {
        ask(path, StatusCode::NOT_FOUND);
    }
    ask(&unknown, StatusCode::GONE);
    let vault = &met.service.app.vault;
    let terms = ErasureTerms { backup_days: 30 };
    let all = Selection::Recording(met.session.id);
    vault.erase(TENANT, &all, terms, now(), &|_| ()).unwrap();
    ask(&met.path, StatusCode::GONE);
    assert!(met.get(&met.path).text().contains("Nothing is left"));
}

/// A log that is kept.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn no_log_holds_a_personal_link() {
    let met = Met::new();
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        met.get(&met.path);
        met.receipt();
        met.service.form("", &met.path, &[("all", "yes")]);
    });
    let log = log.0.lock().unwrap();
    let log = String::from_utf8_lossy(&log);
    assert!(log.contains("/consent/{secret}"), "{log}");
    assert!(!log.contains("scp_"), "{log}");
}

//! Pages with invented data.

use askama::Template;

use super::super::*;
use super::{sample_dpo, sample_personal, sample_registration, sample_rooms, sample_watch};
use crate::serve::texts::{Language, Texts};

/// What people write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Taste {
    /// What most people write.
    Usual,
    /// What somebody writes who wants to do harm.
    Hostile,
}

impl Taste {
    /// Returns the text, or an attack in its place.
    pub(super) fn text(self, text: &str) -> String {
        match self {
            Self::Usual => text.to_owned(),
            Self::Hostile => {
                "\"onmouseover=alert(1) '><script>alert(1)</script><img src=x onerror=alert(1)>"
                    .to_owned()
            }
        }
    }
}

pub(super) const NOW_US: i64 = 1_795_700_000_000_000;
pub(super) const DAY_US: i64 = 86_400_000_000;
pub(super) const RECORDING: &str = "rec_0192f3a1c2d4e5f60718293a4b5c6d7e";
const JOB: &str = "job_0192f3a1c2d4e5f60718293a4b5c6d7e";

const EVERYTHING: [Place; 15] = [
    Place::Recordings,
    Place::Upload,
    Place::Rooms,
    Place::Overview,
    Place::Stored,
    Place::Consents,
    Place::Erasures,
    Place::Retention,
    Place::Audit,
    Place::Places,
    Place::Users,
    Place::Webhooks,
    Place::Health,
    Place::Account,
    Place::Tokens,
];

pub(super) fn frame(language: Language, taste: Taste, place: Option<Place>) -> Frame {
    Frame {
        texts: Texts::of(language),
        csrf: "sample-token".to_owned(),
        person: place.map(|_| SignedIn {
            name: taste.text("Zofia Wiśniewska-Przykładowa"),
            roles: vec!["organiser", "dpo"],
        }),
        place,
        may_see: place.map_or_else(Vec::new, |_| EVERYTHING.to_vec()),
        flash: None,
        legal: Legal {
            imprint: Some("https://example.org/imprint".to_owned()),
            privacy: Some("https://example.org/privacy".to_owned()),
        },
    }
}

/// All pages of a language, each with the name of its file.
pub(super) fn pages(language: Language, taste: Taste) -> Vec<(String, String)> {
    let mut pages: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, page: &dyn askama::DynTemplate| {
        pages.push((name.to_owned(), page.dyn_render().unwrap()));
    };
    entry(language, taste, &mut add);
    organiser(language, taste, &mut add);
    jobs(language, taste, &mut add);
    add(
        "review",
        &sample_watch::review(language, taste, RecordingState::Published),
    );
    add(
        "review-held",
        &sample_watch::review(language, taste, RecordingState::Held),
    );
    add(
        "review-ready",
        &sample_watch::review(language, taste, RecordingState::Review),
    );
    sample_watch::attendee(language, taste, &mut add);
    sample_rooms::rooms(language, taste, &mut add);
    sample_personal::personal(language, taste, &mut add);
    sample_registration::registration(language, taste, &mut add);
    sample_dpo::dpo(language, taste, &mut add);
    sample_dpo::admin(language, taste, &mut add);
    pages
}

pub(super) type Add<'a> = dyn FnMut(&str, &dyn askama::DynTemplate) + 'a;

fn entry(language: Language, taste: Taste, add: &mut Add<'_>) {
    let outside = || frame(language, taste, None);
    let action = "/setup/0192".to_owned();
    add(
        "setup",
        &SetupPage {
            frame: outside(),
            action: action.clone(),
            name: taste.text(""),
            email: taste.text(""),
            error: None,
        },
    );
    add(
        "login",
        &LoginPage {
            frame: outside(),
            email: taste.text("organiser@example.org"),
            next: "/recordings".to_owned(),
            error: Some(taste.text("Address or password is not right.")),
            provider: Some(taste.text("Example House")),
        },
    );
    add(
        "invite",
        &InvitePage {
            frame: outside(),
            action,
            email: taste.text("editor@example.org"),
            error: None,
        },
    );
    add(
        "account",
        &AccountPage {
            frame: frame(language, taste, Some(Place::Account)),
            email: taste.text("organiser@example.org"),
            has_password: true,
            sessions: 3,
            error: None,
        },
    );
    add(
        "tokens",
        &TokensPage {
            frame: frame(language, taste, Some(Place::Tokens)),
            fresh: Some("scrim_5fZp3kYbqWc8mXv2nR7tLd4sHg6jKa9e".to_owned()),
            tokens: vec![
                TokenLine {
                    id: "tok_1".to_owned(),
                    name: taste.text("nightly upload"),
                    scopes: vec!["uploads:manage".to_owned(), "jobs:manage".to_owned()],
                    expires_us: NOW_US + 90 * DAY_US,
                    used_us: Some(NOW_US),
                    is_valid: true,
                },
                TokenLine {
                    id: "tok_2".to_owned(),
                    name: taste.text("old script"),
                    scopes: vec!["recordings:view".to_owned()],
                    expires_us: NOW_US - 40 * DAY_US,
                    used_us: None,
                    is_valid: false,
                },
            ],
            scopes: [
                "account:use",
                "recordings:view",
                "uploads:manage",
                "jobs:manage",
            ]
            .map(str::to_owned)
            .to_vec(),
            error: None,
        },
    );
    add(
        "failure",
        &FailurePage {
            frame: frame(language, taste, Some(Place::Recordings)),
            status: 404,
            request: "req_0192f3a1".to_owned(),
            detail: Some(taste.text("There is no recording with this id.")),
        },
    );
    add(
        "failure-outside",
        &FailurePage {
            frame: outside(),
            status: 500,
            request: "req_0192f3a1".to_owned(),
            detail: None,
        },
    );
}

fn line(taste: Taste, title: &str, state: RecordingState) -> RecordingLine {
    let has_failed = state == RecordingState::Failed;
    RecordingLine {
        id: RECORDING.to_owned(),
        title: taste.text(title),
        state,
        job: Some(JOB.to_owned()),
        seconds: (state != RecordingState::Waiting).then_some(3847.0),
        created_us: NOW_US - 3 * DAY_US,
        expires_us: Some(NOW_US + 362 * DAY_US),
        failure: has_failed.then(|| taste.text("Reading the structure: the file ends too early.")),
    }
}

fn organiser(language: Language, taste: Taste, add: &mut Add<'_>) {
    let inside = || frame(language, taste, Some(Place::Recordings));
    let mut with_message = inside();
    with_message.flash = Some(Flash {
        kind: FlashKind::Done,
        text: taste.text("Published. Links can be made now."),
    });
    let mut untitled = line(taste, "", RecordingState::Waiting);
    untitled.title = String::new();
    add(
        "recordings",
        &RecordingsPage {
            frame: with_message,
            tiles: StateTile::all(|state| state as u64 * 7 % 12),
            state: None,
            query: String::new(),
            recordings: vec![
                line(
                    taste,
                    "Security briefing, autumn",
                    RecordingState::Published,
                ),
                line(
                    taste,
                    "Introduction to data protection for new colleagues",
                    RecordingState::Review,
                ),
                line(taste, "Board meeting", RecordingState::Held),
                line(taste, "Quarterly figures", RecordingState::Failed),
                line(taste, "Training, part 2", RecordingState::Processing),
                untitled,
                line(taste, "Training, part 1", RecordingState::Original),
                line(taste, "Old webinar", RecordingState::Withdrawn),
            ],
            next: Some("/recordings?after=20".to_owned()),
        },
    );
    add(
        "recordings-none",
        &RecordingsPage {
            frame: inside(),
            tiles: StateTile::all(|_| 3),
            state: Some(RecordingState::Held),
            query: taste.text("figures"),
            recordings: Vec::new(),
            next: None,
        },
    );
    add(
        "recordings-empty",
        &RecordingsPage {
            frame: inside(),
            tiles: StateTile::all(|_| 0),
            state: None,
            query: String::new(),
            recordings: Vec::new(),
            next: None,
        },
    );
    add(
        "upload",
        &UploadPage {
            frame: inside(),
            most_bytes: 20_000_000_000,
            kept_days: 30,
        },
    );
    add("regions", &RegionsPage {
        frame: inside(),
        recording: RECORDING.to_owned(),
        title: taste.text("Security briefing, autumn"),
        seconds: 3847.0,
        size: Some([1280, 720]),
        policies: vec![SavedPolicy {
            id: "pol_1".to_owned(),
            version: 3,
            name: taste.text("webinar"),
            document: r#"{"schema":1,"name":"webinar","names":{"show":"initials"},"region":[{"name":"stage","kind":"stage","rect":[0.16,0.1,0.6,0.9],"action":"keep","to":"1m30s"},{"name":"people","kind":"participant_list","rect":[0,0,0.16,1],"action":"initials"},{"name":"chat","kind":"chat","rect":[0.76,0.1,0.24,0.9],"action":"fill"}]}"#.to_owned(),
        }],
        document: None,
        may_keep_nothing: false,
        has_speech: true,
        may_process: true,
    });
}

fn job(language: Language, taste: Taste, state: JobState) -> JobPage {
    let has_failed = state == JobState::Failed;
    JobPage {
        frame: frame(language, taste, Some(Place::Recordings)),
        id: JOB.to_owned(),
        recording: Some(RECORDING.to_owned()),
        original: RECORDING.to_owned(),
        title: taste.text("Security briefing, autumn"),
        state,
        stage: Some(if has_failed { "probe" } else { "render" }),
        share: Some(0.42),
        speed: Some(3.52),
        seconds_left: Some(640),
        has_transcript: true,
        failure: has_failed.then(|| JobFailure {
            reason: taste.text("The file ends too early: its index is missing."),
            help: taste
                .text("Upload it again. If it stays so, repair it with the program that made it."),
            code: "damaged".to_owned(),
        }),
        created_us: NOW_US,
        may_manage: true,
    }
}

fn jobs(language: Language, taste: Taste, add: &mut Add<'_>) {
    add("job", &job(language, taste, JobState::Running));
    add("job-failed", &job(language, taste, JobState::Failed));
    add("job-held", &job(language, taste, JobState::Held));
    add("job-cancelled", &job(language, taste, JobState::Cancelled));
}

//! Pages on which a recording is watched, with invented data.

use super::super::*;
use super::sample::{Add, DAY_US, NOW_US, RECORDING, Taste, frame};
use crate::serve::texts::Language;

fn media() -> Media {
    Media {
        video: format!("/api/v1/recordings/{RECORDING}/media/recording.mp4"),
        captions: Some(format!(
            "/api/v1/recordings/{RECORDING}/media/transcript.vtt"
        )),
        captions_language: "en".to_owned(),
        has_picture: true,
    }
}

fn check(taste: Taste, name: &str, verdict: CheckVerdict, found: &str, how: &str) -> CheckLine {
    CheckLine {
        name: name.to_owned(),
        verdict,
        found: taste.text(found),
        how: taste.text(how),
    }
}

fn link(taste: Taste, label: &str, state: LinkState) -> LinkLine {
    LinkLine {
        id: format!("lnk_{label}").replace(' ', "_"),
        label: taste.text(label),
        href: (state == LinkState::Valid)
            .then(|| "https://scrim.example.org/d/5fZp3kYbqWc8mXv2nR7t".to_owned()),
        created_us: NOW_US - DAY_US,
        valid_until_us: NOW_US + 29 * DAY_US,
        uses: 12,
        most_uses: (state == LinkState::UsedUp).then_some(12),
        allowed: vec!["txt".to_owned(), "vtt".to_owned()],
        has_password: state == LinkState::Valid,
        audience: taste.text("people who could not attend"),
        state,
    }
}

const WORDS: [(&str, &str); 8] = [
    (
        "Z.W.",
        "Good morning everybody, and welcome to the autumn briefing.",
    ),
    (
        "Z.W.",
        "We have about an hour, and I would like to begin with what changed since spring.",
    ),
    (
        "A.K.",
        "Thank you. If you have questions, write to [removed] or put them into the chat.",
    ),
    (
        "A.K.",
        "The first slide shows the three incidents of the last quarter.",
    ),
    (
        "A.K.",
        "Two of them were the same mistake: a recording that was given out whole.",
    ),
    ("Z.W.", "[removed] asked whether that could happen again."),
    ("Z.W.", "It could, and that is why we talk about it today."),
    (
        "A.K. 2",
        "I have one more point about the retention of recordings.",
    ),
];

pub(super) fn review(language: Language, taste: Taste, state: RecordingState) -> ReviewPage {
    let is_held = state == RecordingState::Held;
    let speech = if is_held {
        CheckVerdict::Failed
    } else {
        CheckVerdict::Passed
    };
    let cues = WORDS
        .iter()
        .enumerate()
        .map(|(index, (speaker, text))| EditCue {
            index,
            start: index as f64 * 7.4,
            speaker: Some(taste.text(speaker)),
            text: taste.text(text),
        });
    ReviewPage {
        frame: frame(language, taste, Some(Place::Recordings)),
        id: RECORDING.to_owned(),
        original: Some(RECORDING.to_owned()),
        title: taste.text("Security briefing, autumn"),
        state,
        seconds: 3847.0,
        policy: taste.text("webinar"),
        created_us: NOW_US,
        expires_us: Some(NOW_US + 365 * DAY_US),
        tags: vec![taste.text("training"), taste.text("board")],
        media: Some(media()),
        checks: vec![
            check(
                taste,
                "hidden areas",
                CheckVerdict::Passed,
                "no pixel differs from the background",
                "all 11,541 pictures, every pixel",
            ),
            check(
                taste,
                "words",
                speech,
                "2 names of the list of people",
                "the published sound was transcribed again",
            ),
            check(
                taste,
                "metadata",
                CheckVerdict::Passed,
                "no tag, title or chapter",
                "boxes of the file, read by another reader",
            ),
            check(
                taste,
                "faces",
                CheckVerdict::NotChecked,
                "no model is installed",
                "",
            ),
        ],
        reasons: if is_held {
            vec![taste.text("two names of the list are heard")]
        } else {
            Vec::new()
        },
        regions: vec![
            RegionLine {
                name: taste.text("stage"),
                kind: "stage".to_owned(),
                action: "keep".to_owned(),
                from: 0.0,
                to: None,
            },
            RegionLine {
                name: taste.text("people"),
                kind: "participant_list".to_owned(),
                action: "initials".to_owned(),
                from: 0.0,
                to: Some(90.0),
            },
        ],
        wholly_hidden: vec![(61.0, 64.0)],
        stills: vec![Still {
            at: 61.0,
            before: Some(format!("/api/v1/recordings/{RECORDING}/frame?at=61")),
            after: format!("/api/v1/recordings/{RECORDING}/frame?at=61"),
        }],
        transcript: Some(TranscriptPart {
            revision: 4,
            language: "en".to_owned(),
            cues: cues.collect(),
        }),
        links: vec![
            link(taste, "everybody", LinkState::Valid),
            link(taste, "last week", LinkState::Expired),
            link(taste, "one department", LinkState::UsedUp),
        ],
        fresh_link: (state == RecordingState::Published)
            .then(|| "https://scrim.example.org/d/5fZp3kYbqWc8mXv2nR7tLd4sHg6jKa9e".to_owned()),
        may_publish: true,
        may_override: true,
        may_edit: true,
        may_edit_transcript: true,
        may_link: true,
        may_process: true,
    }
}

fn turns(taste: Taste) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for round in 0..6 {
        for (index, (speaker, text)) in WORDS.iter().enumerate() {
            let start = (round * WORDS.len() + index) as f64 * 7.4;
            let cue = CueLine {
                start,
                end: start + 7.0,
                text: taste.text(text),
            };
            let speaker = Some(taste.text(speaker));
            match turns.last_mut().filter(|turn| turn.speaker == speaker) {
                Some(turn) => turn.cues.push(cue),
                None => turns.push(Turn {
                    speaker,
                    cues: vec![cue],
                }),
            }
        }
    }
    turns
}

pub(super) fn attendee(language: Language, taste: Taste, add: &mut Add<'_>) {
    let outside = || frame(language, taste, None);
    let download = |format, bytes| Download {
        href: format!("/d/sample/transcript.{format}"),
        format,
        bytes,
    };
    let player = |turns: Vec<Turn>| PlayerPage {
        frame: outside(),
        title: taste.text("Security briefing, autumn"),
        media: media(),
        seconds: 3847.0,
        valid_until_us: NOW_US + 29 * DAY_US,
        turns,
        language: "en".to_owned(),
        downloads: vec![
            download("mp4", Some(412_000_000)),
            download("txt", None),
            download("vtt", None),
            download("srt", None),
        ],
    };
    add("player", &player(turns(taste)));
    add("player-silent", &player(Vec::new()));
    add(
        "link-password",
        &LinkPasswordPage {
            frame: outside(),
            action: "/d/sample".to_owned(),
            is_wrong: true,
            wait_seconds: None,
        },
    );
    add(
        "link-wait",
        &LinkPasswordPage {
            frame: outside(),
            action: "/d/sample".to_owned(),
            is_wrong: true,
            wait_seconds: Some(23),
        },
    );
    let closed = [
        ("closed-not-ready", ClosedReason::NotReady),
        ("closed-expired", ClosedReason::Expired),
        ("closed-revoked", ClosedReason::Revoked),
        ("closed-used-up", ClosedReason::UsedUp),
        ("closed-unknown", ClosedReason::Unknown),
        ("closed-no-access", ClosedReason::NoAccess),
    ];
    for (name, reason) in closed {
        add(
            name,
            &LinkClosedPage {
                frame: outside(),
                reason,
                ended_us: (reason == ClosedReason::Expired).then_some(NOW_US),
                contact: taste.text("the office, office@example.org"),
            },
        );
    }
}

//! What somebody has said to being recorded, with invented data.

use super::super::*;
use super::sample::{Add, DAY_US, NOW_US, Taste, frame};
use crate::serve::texts::Language;

const PATH: &str = "/consent/scp_5fZp3kYbqWc8mXv2nR7tLd4sHg6jKa9e5fZp3kYbqWc";

pub(super) fn personal(language: Language, taste: Taste, add: &mut Add<'_>) {
    let answer = |purpose, state, since_us: Option<i64>| PersonalAnswer {
        purpose,
        is_allowed: state == ConsentState::Given,
        state,
        since_us,
    };
    let told = |language: &str, text: &str, shown_us| PersonalNotice {
        language: language.to_owned(),
        shown_us,
        lines: vec!["This meeting can be recorded.".to_owned(), taste.text(text)],
    };
    let page = |answers, is_going_on, recordings: Vec<PersonalRecording>, is_wrong| PersonalPage {
        frame: frame(language, taste, None),
        path: PATH.to_owned(),
        title: taste.text("Security briefing, winter"),
        controller: taste.text("Example House, Long Street 7, Kraków"),
        contact: taste.text("dpo@example.org"),
        answers,
        is_going_on,
        is_kept: !is_going_on,
        recordings,
        notices: vec![
            told("de", "Wer aufzeichnet: Example House", NOW_US),
            told("en", "Who records: Example House", NOW_US - DAY_US),
        ],
        receipt: "con_0192f3a1c2d4e5f60718293a4b5c6d7e-4".to_owned(),
        has_chosen_nothing: is_wrong,
    };
    let since = Some(NOW_US);
    add(
        "personal",
        &page(
            vec![
                answer("camera", ConsentState::Withdrawn, since),
                answer("screen", ConsentState::Unknown, None),
                answer("voice", ConsentState::Given, since),
                answer("chat", ConsentState::Given, since),
                answer("transcript", ConsentState::Refused, since),
            ],
            false,
            vec![
                PersonalRecording::Published {
                    until_us: NOW_US + 30 * DAY_US,
                },
                PersonalRecording::Withdrawn,
                PersonalRecording::BeingMade,
            ],
            false,
        ),
    );
    add(
        "personal-meeting",
        &page(
            vec![answer("camera", ConsentState::Given, since)],
            true,
            Vec::new(),
            true,
        ),
    );
    add(
        "personal-nothing",
        &page(
            vec![answer("camera", ConsentState::Withdrawn, since)],
            false,
            Vec::new(),
            false,
        ),
    );
    for (name, is_gone) in [("personal-unknown", false), ("personal-gone", true)] {
        let page = PersonalClosedPage {
            frame: frame(language, taste, None),
            is_gone,
        };
        add(name, &page);
    }
}

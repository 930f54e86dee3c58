//! What people are told before they are recorded, as one text.

use scrim_policy::ConsentRule;
use scrim_storage::{
    Timestamp,
    service::{NoticeShown, Room, RoomProtection},
};

use super::super::texts::{Language, Texts};

/// The purposes, as the page of a room asks for them.
const PURPOSES: [&str; 5] = [
    "room-purpose-camera",
    "room-purpose-screen",
    "room-purpose-voice",
    "room-purpose-chat",
    "room-purpose-transcript",
];

/// Returns the notice as the page of a room shows it: the same sentences in the same order. None
/// where nothing can be recorded.
pub(super) fn shown(room: &Room, language: Language, now: Timestamp) -> Option<NoticeShown> {
    let RoomProtection::Recorded {
        rule,
        can_refuse,
        days,
        ..
    } = &room.rules.protection
    else {
        return None;
    };
    let (texts, words) = (Texts::of(language), &room.words);
    let kept = texts.say_with("count-days", &[("count", i64::from(*days).into())]);
    let mut lines = vec![
        texts.say("room-notice"),
        texts.say(match rule {
            ConsentRule::Explicit => "room-notice-explicit",
            ConsentRule::Inform => "room-notice-inform",
        }),
        texts.say(match can_refuse {
            true => "room-notice-free",
            false => "room-notice-must",
        }),
    ];
    for (key, what) in [
        ("room-notice-who", &words.controller),
        ("room-notice-why", &words.purpose),
        ("room-notice-audience", &words.audience),
        ("room-notice-days", &kept),
        ("room-notice-contact", &words.contact),
    ] {
        lines.push(format!("{}: {what}", texts.say(key)));
    }
    lines.push(texts.say("room-answers"));
    lines.extend(PURPOSES.map(|purpose| format!("- {}", texts.say(purpose))));
    lines.push(texts.say("room-notice-change"));
    lines.push(texts.say("receipt-later"));
    Some(NoticeShown {
        notice: room.notice(),
        language: language.tag().to_owned(),
        text: lines.join("\n"),
        controller: words.controller.clone(),
        contact: words.contact.clone(),
        purpose: words.purpose.clone(),
        audience: words.audience.clone(),
        days: *days,
        rule: *rule,
        shown_us: now.as_micros(),
    })
}

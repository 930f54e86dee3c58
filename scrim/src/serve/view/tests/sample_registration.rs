//! Pages of whoever registers for a room, with invented data.

use super::super::*;
use super::sample::{Add, DAY_US, NOW_US, Taste, frame};
use crate::serve::texts::Language;

const CODE: &str = "scr_5fZp3kYbqWc8mXv2nR7tLd4sHg6jKa9e5fZp3kYbqWc";
const SECRET: &str = "scc_5fZp3kYbqWc8mXv2nR7tLd4sHg6jKa9e5fZp3kYbqWc";

pub(super) fn registration(language: Language, taste: Taste, add: &mut Add<'_>) {
    let outside = || frame(language, taste, None);
    let title = || taste.text("Security briefing, winter");
    let action = || format!("/register/{CODE}");
    let page = |notice: Option<RoomNotice>, is_full, error: Option<String>| RegisterPage {
        frame: outside(),
        action: action(),
        title: title(),
        begins_us: Some(NOW_US + DAY_US),
        organiser: taste.text("Zofia Wiśniewska"),
        contact: taste.text("dpo@example.org"),
        is_end_to_end: false,
        notice,
        needs_approval: is_full,
        is_full,
        name: taste.text("Ada Krol"),
        email: taste.text("ada@example.org"),
        language: "pl",
        error,
    };
    let notice = |is_explicit| RoomNotice {
        id: "0123456789abcdef".to_owned(),
        controller: taste.text("Example House, Long Street 7, Kraków"),
        contact: taste.text("dpo@example.org"),
        purpose: taste.text("For colleagues who cannot come."),
        audience: taste.text("Everybody who works here"),
        days: 30,
        is_explicit,
        can_refuse: is_explicit,
    };
    add("register", &page(Some(notice(true)), false, None));
    add("register-full", &page(Some(notice(false)), true, None));
    let error = taste.text("This is no e-mail address.");
    add("register-wrong", &page(None, false, Some(error)));
    let sealed = RegisterPage {
        begins_us: None,
        organiser: String::new(),
        contact: String::new(),
        is_end_to_end: true,
        ..page(None, false, None)
    };
    add("register-sealed", &sealed);
    add(
        "register-sent",
        &RegisterSentPage {
            frame: outside(),
            action: action(),
            title: title(),
        },
    );
    for (name, reason) in [
        ("register-unknown", RegisterClosed::Unknown),
        ("register-over", RegisterClosed::Over),
        ("register-shut", RegisterClosed::Shut),
        ("register-expired", RegisterClosed::Expired),
    ] {
        let page = RegisterClosedPage {
            frame: outside(),
            reason,
            contact: taste.text("dpo@example.org"),
        };
        add(name, &page);
    }
    add(
        "register-confirm",
        &ConfirmPage {
            frame: outside(),
            action: format!("/confirm/{SECRET}"),
            title: title(),
            begins_us: Some(NOW_US + DAY_US),
            name: taste.text("Ada Krol"),
            error: Some(taste.text("Something in this form is not right: Name.")),
        },
    );
    for (name, standing) in [
        ("register-done-invited", RegisteredAs::Invited),
        ("register-done-waiting", RegisteredAs::Waiting),
        ("register-done-full", RegisteredAs::Full),
    ] {
        let page = RegisteredPage {
            frame: outside(),
            title: title(),
            begins_us: Some(NOW_US + DAY_US),
            standing,
        };
        add(name, &page);
    }
}

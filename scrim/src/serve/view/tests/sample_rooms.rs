//! Pages about rooms, with invented data.

use super::super::*;
use super::sample::{Add, DAY_US, NOW_US, Taste, frame};
use crate::serve::texts::Language;

const ROOM: &str = "rom_0192f3a1c2d4e5f60718293a4b5c6d7e";
const CODE: &str = "scr_5fZp3kYbqWc8mXv2nR7tLd4sHg6jKa9e5fZp3kYbqWc";

pub(super) fn rooms(language: Language, taste: Taste, add: &mut Add<'_>) {
    let inside = || frame(language, taste, Some(Place::Rooms));
    let line = |title: &str, standing, begins_us| RoomLine {
        id: ROOM.to_owned(),
        title: taste.text(title),
        standing,
        begins_us,
        made_us: NOW_US - 3 * DAY_US,
    };
    add(
        "rooms",
        &RoomsPage {
            frame: inside(),
            rooms: vec![
                line(
                    "Security briefing, winter",
                    RoomStanding::Planned,
                    Some(NOW_US + DAY_US),
                ),
                line("Questions to the board", RoomStanding::Planned, None),
                line("Weekly talk", RoomStanding::Open, Some(NOW_US)),
                line(
                    "Introduction to data protection for new colleagues",
                    RoomStanding::Ended,
                    Some(NOW_US - DAY_US),
                ),
            ],
            next: Some(format!("/rooms?before={ROOM}")),
        },
    );
    add(
        "rooms-none",
        &RoomsPage {
            frame: inside(),
            rooms: Vec::new(),
            next: None,
        },
    );
    plan(language, taste, add);
    facts(language, taste, add);
}

fn plan(language: Language, taste: Taste, add: &mut Add<'_>) {
    let page = |door: &str, protection: &str, error: Option<String>| RoomPlanPage {
        frame: frame(language, taste, Some(Place::Rooms)),
        filled: RoomFilled {
            title: taste.text("Security briefing, winter"),
            begins: taste.text("2026-11-27T10:00"),
            most: taste.text("200"),
            door: door.to_owned(),
            registration: "approved".to_owned(),
            most_registrations: taste.text("300"),
            has_waiting_room: true,
            locks_after_start: false,
            opens_without_host: false,
            is_stage_open: false,
            are_people_shown: false,
            protection: protection.to_owned(),
            controller: taste.text("Example House, Long Street 7, Kraków"),
            contact: taste.text("dpo@example.org"),
            purpose: taste.text("For colleagues who cannot come."),
            audience: taste.text("Everybody who works here"),
            days: taste.text("30"),
            can_refuse: true,
        },
        policies: [("webinar", true), ("slides only", false)]
            .map(|(name, is_chosen)| RoomPolicy {
                id: "pol_1".to_owned(),
                name: taste.text(name),
                is_chosen,
            })
            .into(),
        has_mail: protection != "unrecorded",
        error,
    };
    add("room-plan", &page("open", "unrecorded", None));
    add("room-plan-recorded", &page("password", "explicit", None));
    let error = taste.text("Something in this form is not right: Who records.");
    add(
        "room-plan-wrong",
        &page("registered", "inform", Some(error)),
    );
}

fn facts(language: Language, taste: Taste, add: &mut Add<'_>) {
    let fact = |label, text: &str| RoomFact {
        label,
        text: taste.text(text),
    };
    let line = |name: &str, email: &str, seat, is_withdrawn| InvitationLine {
        id: "inv_0192f3a1c2d4e5f60718293a4b5c6d7e".to_owned(),
        name: taste.text(name),
        email: email.to_owned(),
        seat,
        invited_us: NOW_US,
        is_withdrawn,
    };
    let join_url = format!("https://scrim.example.org/r/{CODE}");
    let page = |standing, invitations, fresh| RoomFactsPage {
        frame: frame(language, taste, Some(Place::Rooms)),
        id: ROOM.to_owned(),
        title: taste.text("Security briefing, winter"),
        standing,
        join_url: join_url.clone(),
        code: CODE.to_owned(),
        facts: vec![
            fact("rooms-when", "27 Nov 2026, 10:00 UTC"),
            fact("rooms-door", "Only those who were invited"),
            fact("rooms-waiting-room", "Yes"),
            fact("rooms-protection", "Recorded with consent"),
            fact("rooms-purpose", "For colleagues who cannot come."),
        ],
        registrations: match standing {
            RoomStanding::Planned => Some(waiting(taste)),
            RoomStanding::Open => Some(RoomRegistrations {
                needs_approval: false,
                waiting: Vec::new(),
                ..waiting(taste)
            }),
            RoomStanding::Ended => None,
        },
        invitations,
        fresh,
        error: None,
    };
    let invited = vec![
        line("Zofia Wiśniewska", "zofia@example.org", "presenter", false),
        line("Kwame Anansi", "", "attendee", true),
    ];
    let fresh = format!("{join_url}#t=sci_5fZp3kYbqWc8mXv2nR7tLd4sHg6jKa9e5fZp3kYbqWc");
    add(
        "room-facts",
        &page(RoomStanding::Planned, invited, Some(fresh)),
    );
    add(
        "room-facts-open",
        &page(RoomStanding::Open, Vec::new(), None),
    );
    add(
        "room-facts-over",
        &page(RoomStanding::Ended, Vec::new(), None),
    );
}

fn waiting(taste: Taste) -> RoomRegistrations {
    let line = |name: &str, email: &str| WaitingLine {
        id: "reg_0192f3a1c2d4e5f60718293a4b5c6d7e".to_owned(),
        name: taste.text(name),
        email: taste.text(email),
        confirmed_us: NOW_US,
    };
    RoomRegistrations {
        url: Some(format!("https://scrim.example.org/register/{CODE}")),
        taken: 12,
        most: 300,
        needs_approval: true,
        has_mail: true,
        waiting: vec![
            line("Ada Krol", "ada@example.org"),
            line(
                "Maximiliane Hohenstein-Wielopolska",
                "maximiliane.hohenstein-wielopolska@example.org",
            ),
        ],
    }
}

//! The list of participants.

use scrim_policy::{Moment, PixelRect};

use super::{
    Screen, Style,
    theme::{AVATARS, WHITE},
    wording::Wording,
};
use crate::{
    draw::{Area, Face},
    scenario::{Person, Role, Scenario},
    truth::TextKind,
};

/// Units per row.
const ROW: f32 = 29.0;
/// Units that the button at the lower end takes.
const FOOT: f32 = 46.0;

/// Draws the list as it is at `now`.
pub(super) fn draw(screen: &mut Screen<'_>, scenario: &Scenario, now: Moment, panel: PixelRect) {
    let palette = screen.palette;
    screen.canvas.fill(panel, palette.panel);
    let area = Area::from(panel);
    let u = screen.unit;
    let wording = Wording::of(scenario.language);
    let present: Vec<&Person> = scenario
        .people
        .iter()
        .filter(|person| person.is_present(now))
        .collect();

    let heading = format!("{} ({})", wording.participants, present.len());
    let bold = Style::new(Face::Bold, 13.5, palette.text);
    let heading = screen.fitted(&heading, bold, area.width - 24.0 * u);
    screen.text(
        TextKind::Interface,
        &heading,
        bold,
        (area.x + 12.0 * u, area.y + 28.0 * u),
    );

    let field = Area::new(
        area.x + 10.0 * u,
        area.y + 42.0 * u,
        area.width - 20.0 * u,
        26.0 * u,
    );
    screen.canvas.fill_rounded(field, 5.0 * u, palette.field);
    let hint = Style::new(Face::Regular, 12.0, palette.faint);
    screen.text(
        TextKind::Interface,
        wording.search,
        hint,
        (field.x + 9.0 * u, field.y + 17.5 * u),
    );

    let mut y = area.y + 82.0 * u;
    for (title, on_stage) in [(wording.presenters, true), (wording.attendees, false)] {
        let group = present
            .iter()
            .filter(|person| (person.role != Role::Attendee) == on_stage);
        let small = Style::new(Face::Bold, 10.5, palette.faint);
        screen.text(
            TextKind::Interface,
            title,
            small,
            (area.x + 12.0 * u, y + 10.0 * u),
        );
        y += 18.0 * u;
        for person in group {
            if y + ROW * u > area.bottom() - FOOT * u {
                break;
            }
            row(
                screen,
                person,
                now,
                Area::new(area.x, y, area.width, ROW * u),
            );
            y += ROW * u;
        }
        y += 8.0 * u;
    }

    let button = Area::new(
        area.x + 10.0 * u,
        area.bottom() - 38.0 * u,
        area.width - 20.0 * u,
        28.0 * u,
    );
    screen.canvas.fill_rounded(button, 6.0 * u, palette.field);
    let word = Style::new(Face::Regular, 12.5, palette.text);
    screen.centred(TextKind::Interface, wording.invite, word, button);
}

fn row(screen: &mut Screen<'_>, person: &Person, now: Moment, area: Area) {
    let u = screen.unit;
    let middle = area.y + area.height / 2.0;
    let initials = initials(&person.name);

    let ground = AVATARS[person.name.bytes().map(usize::from).sum::<usize>() % AVATARS.len()];
    let disc = Area::new(area.x + 10.0 * u, middle - 11.0 * u, 22.0 * u, 22.0 * u);
    screen.canvas.fill_rounded(disc, 11.0 * u, ground);
    let letters = Style::new(Face::Bold, 9.0, WHITE);
    let x = disc.x + (disc.width - screen.text_width(&initials, letters)) / 2.0;
    let at = (x, middle + 3.3 * u);
    let name = person.name.as_str();
    screen.text_about(
        TextKind::ParticipantName,
        Some(name),
        &initials,
        letters,
        at,
    );

    let mut right = area.right() - 14.0 * u;
    let speaks = person.unmuted.iter().any(|span| span.contains(now));
    let colour = screen.palette.faint;
    screen.microphone((right, middle), colour, !speaks);
    if person.hand.iter().any(|span| span.contains(now)) {
        right -= 17.0 * u;
        screen.raised_hand((right, middle));
    }

    let style = Style::new(Face::Regular, 13.0, screen.palette.text);
    let left = disc.right() + 7.0 * u;
    let shown = screen.fitted(name, style, right - 9.0 * u - left);
    let at = (left, middle + 4.7 * u);
    screen.text_about(TextKind::ParticipantName, Some(name), &shown, style, at);
}

/// First letters of the first and the last word.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).collect()
}

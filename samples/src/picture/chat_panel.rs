//! The chat.

use scrim_policy::{Moment, PixelRect};

use super::{Screen, Style, wording::Wording};
use crate::{
    draw::{Area, Face},
    scenario::{ChatMessage, Scenario},
    truth::TextKind,
};

/// Units between two lines of a message.
const LINE: f32 = 17.5;
/// Units that the name above a message takes.
const NAME: f32 = 18.0;
/// Units below a message.
const GAP: f32 = 11.0;

/// Draws the messages that have arrived by `now`; the oldest go when there is no room.
pub(super) fn draw(screen: &mut Screen<'_>, scenario: &Scenario, now: Moment, panel: PixelRect) {
    let palette = screen.palette;
    screen.canvas.fill(panel, palette.panel);
    let area = Area::from(panel);
    let u = screen.unit;
    let wording = Wording::of(scenario.language);

    let bold = Style::new(Face::Bold, 13.5, palette.text);
    screen.text(
        TextKind::Interface,
        wording.chat,
        bold,
        (area.x + 14.0 * u, area.y + 26.0 * u),
    );
    let hint = Style::new(Face::Regular, 10.5, palette.faint);
    let at = (area.x + 14.0 * u, area.y + 43.0 * u);
    screen.text(TextKind::Interface, wording.everyone, hint, at);

    let field = Area::new(
        area.x + 12.0 * u,
        area.bottom() - 48.0 * u,
        area.width - 24.0 * u,
        36.0 * u,
    );
    screen.canvas.fill_rounded(field, 6.0 * u, palette.field);
    let hint = Style::new(Face::Regular, 12.5, palette.faint);
    let at = (field.x + 11.0 * u, field.y + 22.5 * u);
    screen.text(TextKind::Interface, wording.write, hint, at);

    let top = area.y + 58.0 * u;
    let inner = Area::new(
        area.x + 14.0 * u,
        top,
        area.width - 28.0 * u,
        field.y - 12.0 * u - top,
    );
    messages(screen, scenario, now, inner);
}

fn messages(screen: &mut Screen<'_>, scenario: &Scenario, now: Moment, area: Area) {
    let u = screen.unit;
    let style = Style::new(Face::Regular, 13.0, screen.palette.text);
    let mut arrived: Vec<(&ChatMessage, Vec<String>)> = scenario
        .chat
        .iter()
        .filter(|message| message.at <= now)
        .map(|message| (message, screen.wrapped(&message.text, style, area.width)))
        .collect();
    arrived.sort_by_key(|(message, _)| message.at);

    let height = |lines: &[String]| (NAME + LINE * lines.len() as f32 + GAP) * u;
    let mut room = area.height;
    let mut first = arrived.len();
    while first > 0 && room >= height(&arrived[first - 1].1) {
        first -= 1;
        room -= height(&arrived[first].1);
    }

    // A full chat hangs at its lower end, a chat with room stands at its upper end.
    let mut y = if first == 0 { area.y } else { area.y + room };
    for (message, lines) in &arrived[first..] {
        head(screen, scenario, message, (area.x, y + 12.0 * u));
        y += NAME * u;
        for line in lines {
            let who = Some(message.who.as_str());
            screen.text_about(TextKind::Chat, who, line, style, (area.x, y + 12.5 * u));
            y += LINE * u;
        }
        y += GAP * u;
    }
}

/// Draws who wrote a message and when.
fn head(screen: &mut Screen<'_>, scenario: &Scenario, message: &ChatMessage, at: (f32, f32)) {
    let name = Style::new(Face::Bold, 12.0, screen.palette.accent);
    let who = message.who.as_str();
    screen.text_about(TextKind::Chat, Some(who), who, name, at);
    let time = wall_clock(scenario, message.at);
    let faint = Style::new(Face::Regular, 10.5, screen.palette.faint);
    let x = at.0 + screen.text_width(who, name) + 8.0 * screen.unit;
    screen.text(TextKind::Clock, &time, faint, (x, at.1));
}

/// Returns the time of day at a moment of the recording.
pub(super) fn wall_clock(scenario: &Scenario, moment: Moment) -> String {
    let minutes = u64::from(scenario.clock) + moment.0 / 60_000_000_000;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

//! The strip with title and clock, and the toasts.

use scrim_policy::{Moment, PixelRect};

use super::{
    Screen, Style,
    chat_panel::wall_clock,
    theme::{WARNING, WHITE},
    wording::Wording,
};
use crate::{
    draw::{Area, Face},
    scenario::Scenario,
    truth::TextKind,
};

/// Draws the strip as it is at `now`. The title leaves room from `toast_left` on.
pub(super) fn draw(
    screen: &mut Screen<'_>,
    scenario: &Scenario,
    now: Moment,
    panel: PixelRect,
    toast_left: f32,
) {
    let palette = screen.palette;
    screen.canvas.fill(panel, palette.panel);
    let area = Area::from(panel);
    let u = screen.unit;
    let middle = area.y + area.height / 2.0;

    screen.mark((area.x + 33.0 * u, middle));
    let title = Style::new(Face::Bold, 15.0, palette.text);
    let left = area.x + 58.0 * u;
    let shown = screen.fitted(&scenario.title, title, toast_left - 10.0 * u - left);
    screen.text(TextKind::Interface, &shown, title, (left, middle + 5.4 * u));

    let wording = Wording::of(scenario.language);
    let word = Style::new(Face::Bold, 12.0, WHITE);
    let width = screen.text_width(wording.leave, word) + 24.0 * u;
    let button = Area::new(
        area.right() - width - 20.0 * u,
        middle - 14.0 * u,
        width,
        28.0 * u,
    );
    screen.canvas.fill_rounded(button, 6.0 * u, WARNING);
    screen.centred(TextKind::Interface, wording.leave, word, button);

    screen.shared_screen((button.x - 26.0 * u, middle), palette.text);
    screen.film_camera((button.x - 58.0 * u, middle), palette.text);
    screen.microphone((button.x - 86.0 * u, middle), palette.text, false);

    let clock = wall_clock(scenario, now);
    let digits = Style::new(Face::Regular, 13.0, palette.faint);
    let x = button.x - 106.0 * u - screen.text_width(&clock, digits);
    screen.text(TextKind::Clock, &clock, digits, (x, middle + 4.7 * u));
    screen
        .canvas
        .fill_circle(x - 12.0 * u, middle, 4.5 * u, WARNING);
}

/// Draws the toast of `now` and returns whether there is one. A later toast covers an earlier one.
pub(super) fn draw_toast(
    screen: &mut Screen<'_>,
    scenario: &Scenario,
    now: Moment,
    panel: PixelRect,
) -> bool {
    let shown = scenario
        .toasts
        .iter()
        .filter(|toast| toast.from <= now && now < toast.to);
    let Some(toast) = shown.max_by_key(|toast| toast.from) else {
        return false;
    };
    let (ground, colour) = screen.palette.toast;
    let u = screen.unit;
    let area = Area::from(panel).shrunk(2.0 * u);
    screen.canvas.fill_rounded(area, 7.0 * u, ground);
    let style = Style::new(Face::Regular, 13.0, colour);
    let lines = screen.wrapped(&toast.text, style, area.width - 24.0 * u);
    let step = 17.0 * u;
    let first = area.y + (area.height - step * lines.len() as f32) / 2.0;
    for (index, line) in lines.iter().enumerate() {
        let y = first + step * index as f32 + 12.8 * u;
        screen.text(TextKind::Toast, line, style, (area.x + 12.0 * u, y));
    }
    true
}

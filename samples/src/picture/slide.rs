//! Slides.

use scrim_policy::PixelRect;

use super::{Screen, Style};
use crate::{
    draw::{Area, Face},
    scenario::{Chart, Scenario, Slide},
    truth::TextKind,
};

/// Units of the height of a slide, whatever its size in pixels.
const HEIGHT: f32 = 540.0;

/// Draws slide number `index` on its paper.
pub(super) fn draw(screen: &mut Screen<'_>, scenario: &Scenario, index: usize, paper: PixelRect) {
    let unit = paper.height as f32 / HEIGHT;
    screen.with_unit(unit, |screen| {
        let slide = &scenario.slides[index];
        let area = Area::from(paper);
        let palette = screen.palette;
        screen.canvas.fill(paper, palette.paper);
        let u = unit;
        let strip = Area::new(area.x + 44.0 * u, area.y + 96.0 * u, 74.0 * u, 5.0 * u);
        screen.canvas.fill_rounded(strip, 2.0 * u, palette.accent);

        let title = Style::new(Face::Bold, 32.0, palette.ink);
        let shown = screen.fitted(&slide.title, title, area.width - 88.0 * u);
        screen.text(
            TextKind::Slide,
            &shown,
            title,
            (area.x + 44.0 * u, area.y + 76.0 * u),
        );

        let foot = Style::new(Face::Regular, 13.0, palette.faint);
        let number = format!("{} / {}", index + 1, scenario.slides.len());
        let x = area.right() - 44.0 * u - screen.text_width(&number, foot);
        screen.text(
            TextKind::Slide,
            &number,
            foot,
            (x, area.bottom() - 24.0 * u),
        );
        let y = area.bottom() - 24.0 * u;
        screen.text(
            TextKind::Slide,
            &scenario.title,
            foot,
            (area.x + 44.0 * u, y),
        );
        body(screen, slide, area);
    });
}

fn body(screen: &mut Screen<'_>, slide: &Slide, area: Area) {
    let u = screen.unit;
    let inner = Area::new(
        area.x + 44.0 * u,
        area.y + 122.0 * u,
        area.width - 88.0 * u,
        area.height - 178.0 * u,
    );
    let share = if slide.chart.is_some() { 0.44 } else { 1.0 };
    let mut y = bullets(
        screen,
        &slide.bullets,
        Area {
            width: inner.width * share,
            ..inner
        },
    );
    if let Some(chart) = &slide.chart {
        let left = inner.x + inner.width * (share + 0.04);
        bars(
            screen,
            chart,
            Area {
                x: left,
                width: inner.right() - left,
                ..inner
            },
        );
    }
    if let Some(code) = &slide.code {
        y += 6.0 * u;
        listing(
            screen,
            code,
            Area {
                y,
                height: inner.bottom() - y,
                ..inner
            },
        );
    }
}

/// Draws the list and returns where it ends.
fn bullets(screen: &mut Screen<'_>, points: &[String], area: Area) -> f32 {
    let u = screen.unit;
    let palette = screen.palette;
    let style = Style::new(Face::Regular, 21.0, palette.ink);
    let mut y = area.y;
    for point in points {
        screen
            .canvas
            .fill_circle(area.x + 7.0 * u, y + 18.0 * u, 4.0 * u, palette.accent);
        for line in screen.wrapped(point, style, area.width - 26.0 * u) {
            screen.text(
                TextKind::Slide,
                &line,
                style,
                (area.x + 26.0 * u, y + 25.5 * u),
            );
            y += 31.0 * u;
        }
        y += 13.0 * u;
    }
    y
}

fn bars(screen: &mut Screen<'_>, chart: &Chart, area: Area) {
    let u = screen.unit;
    let palette = screen.palette;
    let highest = chart
        .values
        .iter()
        .copied()
        .fold(f64::MIN_POSITIVE, f64::max);
    let foot = area.bottom() - 26.0 * u;
    let room = foot - area.y - 24.0 * u;
    for line in 0..5 {
        let y = (foot - room * line as f32 / 4.0).round() as u32;
        let rule = PixelRect::new(area.x as u32, y, area.width as u32, 1);
        screen
            .canvas
            .fill(rule, palette.paper.mixed(palette.ink, 36));
    }
    let step = area.width / chart.values.len() as f32;
    let small = Style::new(Face::Regular, 14.0, palette.ink);
    for (index, (value, label)) in chart.values.iter().zip(&chart.labels).enumerate() {
        let height = (value / highest) as f32 * room;
        let x = area.x + step * index as f32;
        let bar = Area::new(x + step * 0.2, foot - height, step * 0.6, height);
        let colour = palette
            .accent
            .mixed(palette.paper, (index * 24).min(120) as u8);
        screen.canvas.fill_rounded(bar, 3.0 * u, colour);
        let over = Area::new(x, bar.y - 22.0 * u, step, 20.0 * u);
        screen.centred(TextKind::Slide, &number(*value), small, over);
        let under = Area::new(x, foot + 4.0 * u, step, 20.0 * u);
        screen.centred(TextKind::Slide, label, small, under);
    }
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

fn listing(screen: &mut Screen<'_>, code: &str, area: Area) {
    let u = screen.unit;
    let (ground, colour) = screen.palette.code;
    let lines: Vec<&str> = code.trim_end().lines().collect();
    let height = (lines.len() as f32 * 23.0 + 24.0) * u;
    screen
        .canvas
        .fill_rounded(Area { height, ..area }, 6.0 * u, ground);
    let style = Style::new(Face::Mono, 16.5, colour);
    for (index, line) in lines.iter().enumerate() {
        let y = area.y + (29.0 + index as f32 * 23.0) * u;
        screen.text(TextKind::Slide, line, style, (area.x + 18.0 * u, y));
    }
}

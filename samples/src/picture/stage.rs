//! The stage: slides, shared screens and camera tiles, and where each of them lies.

use scrim_policy::{Fractions, Moment, PixelRect};

use super::{LivePart, Screen, Style, slide, window::Scene};
use crate::{
    draw::{Area, Face},
    scenario::Scenario,
    truth::{PanelKind, TextKind},
};

/// Pixels between the edge of the stage and anything on it, at least.
///
/// Masks reach 16 pixels into the stage and are then aligned to 16 pixels.
const INSET: f32 = 34.0;

/// Draws what is on the stage at `now`.
pub(super) fn draw(
    screen: &mut Screen<'_>,
    scenario: &Scenario,
    now: Moment,
    panel: PixelRect,
    scene: &mut Scene,
) {
    let ground = screen.palette.stage;
    screen.canvas.fill(panel, ground);
    let content = inset(panel, INSET.max(INSET * screen.unit));
    if !draw_share(scenario, now, content, scene) {
        draw_slide(screen, scenario, now, content, scene);
    }
    draw_cameras(screen, scenario, now, content, scene);
}

/// Notes where a shared screen is drawn, frame by frame, and says whether there is one.
fn draw_share(scenario: &Scenario, now: Moment, content: PixelRect, scene: &mut Scene) -> bool {
    let shown = |share: &&crate::scenario::Share| share.from <= now && now < share.to;
    let Some(index) = scenario.shares.iter().position(|share| shown(&share)) else {
        return false;
    };
    let rect = place(scenario.shares[index].rect, content);
    scene.panels.push((PanelKind::Share, None, rect));
    scene.live.push(LivePart::Share { index, rect });
    true
}

fn draw_slide(
    screen: &mut Screen<'_>,
    scenario: &Scenario,
    now: Moment,
    content: PixelRect,
    scene: &mut Scene,
) {
    let shown = scenario
        .slides
        .iter()
        .position(|slide| slide.from <= now && now < slide.to);
    let Some(index) = shown else {
        return;
    };
    let paper = widescreen(place(scenario.slides[index].rect, content));
    scene.panels.push((PanelKind::Slide, None, paper));
    screen.within(paper, |screen| slide::draw(screen, scenario, index, paper));
}

fn draw_cameras(
    screen: &mut Screen<'_>,
    scenario: &Scenario,
    now: Moment,
    content: PixelRect,
    scene: &mut Scene,
) {
    for (index, camera) in scenario.cameras.iter().enumerate() {
        if now < camera.from || camera.to <= now {
            continue;
        }
        let rect = place(camera.rect, content);
        scene
            .panels
            .push((PanelKind::Camera, Some(camera.person.clone()), rect));
        scene.live.push(LivePart::Camera { index, rect });
        let label = draw_label(screen, &camera.person, rect);
        scene.overlays.push(label);
    }
}

/// Draws the name in the lower left corner of a tile and returns its ground.
fn draw_label(screen: &mut Screen<'_>, name: &str, tile: PixelRect) -> PixelRect {
    let u = screen.unit;
    let (ground, colour) = screen.palette.label;
    let style = Style::new(Face::Regular, 12.0, colour);
    let shown = screen.fitted(name, style, tile.width as f32 - 24.0 * u);
    let width = even(screen.text_width(&shown, style) + 16.0 * u) + 2;
    let height = even(22.0 * u);
    let label = PixelRect::new(tile.x, tile.bottom() - height, width, height);
    let label = label.intersection(&tile);
    screen.canvas.fill(label, ground);
    let area = Area::from(label);
    let at = (area.x + 8.0 * u, area.y + area.height / 2.0 + 4.3 * u);
    screen.within(label, |screen| {
        screen.text_about(TextKind::Label, Some(name), &shown, style, at);
    });
    label
}

/// Returns the largest 16:9 rectangle in the middle of another one.
fn widescreen(rect: PixelRect) -> PixelRect {
    let width = even(rect.width.min(rect.height * 16 / 9) as f32);
    let height = even((width * 9 / 16) as f32).min(rect.height);
    let aside = even(((rect.width - width) / 2) as f32);
    let above = even(((rect.height - height) / 2) as f32);
    PixelRect::new(rect.x + aside, rect.y + above, width, height)
}

fn inset(rect: PixelRect, margin: f32) -> PixelRect {
    let margin = even(margin.ceil() + 1.0);
    let (right, bottom) = (rect.right(), rect.bottom());
    PixelRect::between(
        rect.x + margin,
        rect.y + margin,
        right.saturating_sub(margin),
        bottom.saturating_sub(margin),
    )
}

/// Returns the pixels of a part of a rectangle. Corners are even, so that no chroma sample is
/// shared by two parts.
pub(super) fn place(part: Fractions, whole: PixelRect) -> PixelRect {
    let x = |share: f64| whole.x + even((share * f64::from(whole.width)) as f32);
    let y = |share: f64| whole.y + even((share * f64::from(whole.height)) as f32);
    let right = (part.x + part.width).min(1.0);
    let bottom = (part.y + part.height).min(1.0);
    PixelRect::between(x(part.x), y(part.y), x(right), y(bottom))
}

/// Rounds down to an even number.
pub(super) fn even(value: f32) -> u32 {
    (value + 1e-3).max(0.0) as u32 / 2 * 2
}

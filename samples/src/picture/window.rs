//! The window with all its panels at one moment.

use scrim_policy::{Fractions, Moment, PixelRect};

use super::{DrawnText, Palette, Screen, chat_panel, list_panel, stage, stage::place, toolbar};
use crate::{
    draw::{Canvas, Fonts, Planes},
    scenario::Scenario,
    truth::PanelKind,
};

/// Everything that stays the same until the next event, and where the moving parts go.
pub(crate) struct Scene {
    /// The picture without moving parts.
    pub(crate) base: Planes,
    /// Parts that are drawn for every frame, in this order.
    pub(crate) live: Vec<LivePart>,
    /// Parts of `base` that lie over the moving parts.
    pub(crate) overlays: Vec<PixelRect>,
    /// Texts of `base`.
    pub(crate) texts: Vec<DrawnText>,
    /// Panels, with the person whose camera it is.
    pub(crate) panels: Vec<(PanelKind, Option<String>, PixelRect)>,
}

/// A part of the picture that moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LivePart {
    /// A camera.
    Camera {
        /// Position in the scenario.
        index: usize,
        /// Where it is drawn; corners are even.
        rect: PixelRect,
    },
    /// A shared screen.
    Share {
        /// Position in the scenario.
        index: usize,
        /// Where it is drawn; corners are even.
        rect: PixelRect,
    },
}

impl LivePart {
    /// Where the part is drawn.
    pub(crate) const fn rect(&self) -> PixelRect {
        match self {
            Self::Camera { rect, .. } | Self::Share { rect, .. } => *rect,
        }
    }
}

/// Draws the scenario as it is at `now`.
pub(crate) fn draw_scene(fonts: &mut Fonts, scenario: &Scenario, now: Moment) -> Scene {
    let (width, height) = scenario.size;
    let palette = Palette::of(scenario.theme);
    let layout = scenario.layout_at(now);
    let picture = PixelRect::new(0, 0, width, height);
    let window = place(layout.window, picture);
    let shrink = layout.window.width.min(layout.window.height) as f32;
    let unit = scenario.interface_scale() * shrink;

    let mut canvas = Canvas::new(width, height, palette.panel);
    if window != picture {
        canvas.fill_gradient(picture, palette.desktop.0, palette.desktop.1);
    }
    let mut scene = Scene {
        base: Planes::black(2, 2),
        live: Vec::new(),
        overlays: Vec::new(),
        texts: Vec::new(),
        panels: vec![(PanelKind::Window, None, window)],
    };
    let mut screen = Screen::new(fonts, canvas, palette, unit);
    let mut panel =
        |kind, part: Fractions, draw: &mut dyn FnMut(&mut Screen<'_>, PixelRect, &mut Scene)| {
            let rect = place(part, window);
            scene.panels.push((kind, None, rect));
            screen.within(rect, |screen| draw(screen, rect, &mut scene));
        };

    panel(
        PanelKind::Stage,
        layout.stage,
        &mut |screen, rect, scene| {
            stage::draw(screen, scenario, now, rect, scene);
        },
    );
    let toast = place(layout.toast, window);
    panel(
        PanelKind::Toolbar,
        layout.toolbar,
        &mut |screen, rect, _| {
            toolbar::draw(screen, scenario, now, rect, toast.x as f32);
        },
    );
    if let Some(list) = layout.list {
        panel(PanelKind::ParticipantList, list, &mut |screen, rect, _| {
            list_panel::draw(screen, scenario, now, rect);
            border(screen, rect);
        });
    }
    if let Some(chat) = layout.chat {
        panel(PanelKind::Chat, chat, &mut |screen, rect, _| {
            chat_panel::draw(screen, scenario, now, rect);
            border(screen, rect);
        });
    }
    panel(
        PanelKind::Toast,
        layout.toast,
        &mut |screen, rect, scene| {
            if toolbar::draw_toast(screen, scenario, now, rect) {
                scene.overlays.push(rect);
            } else {
                scene.panels.pop();
            }
        },
    );

    scene.base = Planes::of_canvas(&screen.canvas);
    scene.texts = screen.texts;
    scene
}

/// Draws the line around a side panel, inside its own pixels.
fn border(screen: &mut Screen<'_>, panel: PixelRect) {
    let line = screen.palette.border;
    let (right, bottom) = (panel.right() - 1, panel.bottom());
    screen.canvas.fill(
        PixelRect::between(panel.x, panel.y, panel.x + 1, bottom),
        line,
    );
    screen
        .canvas
        .fill(PixelRect::between(right, panel.y, right + 1, bottom), line);
}

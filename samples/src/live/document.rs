//! Shared screens with text: a document that is scrolled, a window that is dragged.

use std::ops::Range;

use scrim_policy::PixelRect;

use crate::{
    draw::{Area, Canvas, Colour, Face, Fonts, Planes},
    picture::{DrawnText, Palette, Screen, Style},
    random::Random,
    scenario::{Scenario, Share},
    truth::TextKind,
};

use super::movement::{Leg, way};

/// A text of a shared screen during a part of its way.
pub(crate) struct MovingText {
    pub(crate) text: String,
    pub(crate) rect: PixelRect,
    pub(crate) frames: Range<u32>,
    pub(crate) moves: bool,
}

/// A picture of a text that moves over a ground.
pub(super) struct MovingPaper {
    ground: Planes,
    paper: Planes,
    texts: Vec<DrawnText>,
    /// Places of the left upper corner of the paper relative to the ground.
    legs: Vec<Leg>,
}

impl MovingPaper {
    /// Sets a document as wide as the screen and scrolls through it.
    pub(super) fn document(
        fonts: &mut Fonts,
        scenario: &Scenario,
        share: &Share,
        seed: u64,
        rect: PixelRect,
        frames: Range<u32>,
    ) -> Self {
        let palette = Palette::of(scenario.theme);
        let unit = scenario.interface_scale();
        let height = document_height(fonts, palette, unit, share, rect);
        let canvas = Canvas::new(rect.width, height, palette.stage);
        let mut screen = Screen::new(fonts, canvas, palette, unit);
        set_document(&mut screen, share);
        let furthest = height.saturating_sub(rect.height) as i32 / 2 * 2;
        let mut random = Random::new(seed);
        let legs = way(
            &mut random,
            frames,
            scenario.rate,
            (0, 0),
            |random, (_, y)| {
                let page = (random.between(0.25, 0.9) * rect.height as f32) as i32;
                let down = -y + page;
                // At the end of the document the reader goes back to its beginning.
                if -y >= furthest {
                    (0, 0)
                } else {
                    (0, -(down.min(furthest) / 2 * 2))
                }
            },
        );
        Self {
            ground: Planes::black(rect.width, rect.height),
            paper: Planes::of_canvas(&screen.canvas),
            texts: screen.texts,
            legs,
        }
    }

    /// Draws a window with text and drags it over a desktop.
    pub(super) fn window(
        fonts: &mut Fonts,
        scenario: &Scenario,
        share: &Share,
        seed: u64,
        rect: PixelRect,
        frames: Range<u32>,
    ) -> Self {
        let palette = Palette::of(scenario.theme);
        let unit = scenario.interface_scale();
        let mut desktop = Canvas::new(rect.width, rect.height, palette.stage);
        let whole = PixelRect::new(0, 0, rect.width, rect.height);
        desktop.fill_gradient(whole, palette.desktop.0, palette.desktop.1);
        let (width, height) = (rect.width * 11 / 20 / 2 * 2, rect.height * 3 / 5 / 2 * 2);
        let canvas = Canvas::new(width, height, palette.paper);
        let mut screen = Screen::new(fonts, canvas, palette, unit);
        set_window(&mut screen, share);
        let room = ((rect.width - width) as i32, (rect.height - height) as i32);
        let mut random = Random::new(seed);
        let anywhere = |random: &mut Random, _: (i32, i32)| {
            let place =
                |room: i32, random: &mut Random| (random.unit() * room as f32) as i32 / 2 * 2;
            (place(room.0, random), place(room.1, random))
        };
        let legs = way(
            &mut random,
            frames,
            scenario.rate,
            (room.0 / 4 * 2, room.1 / 4 * 2),
            anywhere,
        );
        Self {
            ground: Planes::of_canvas(&desktop),
            paper: Planes::of_canvas(&screen.canvas),
            texts: screen.texts,
            legs,
        }
    }

    /// Draws a frame.
    pub(super) fn draw(&self, planes: &mut Planes, rect: PixelRect, frame: u32) {
        let at = (rect.x as i32, rect.y as i32);
        let leg = self
            .legs
            .iter()
            .find(|leg| leg.frames.contains(&frame))
            .or(self.legs.last());
        let (x, y) = leg.map_or((0, 0), |leg| leg.place(frame));
        paste(planes, &self.ground, at, rect);
        paste(planes, &self.paper, (at.0 + x, at.1 + y), rect);
    }

    /// Returns all texts with the frames in which they are seen inside `rect`.
    pub(super) fn texts(&self, rect: PixelRect) -> Vec<MovingText> {
        let seen = |leg: &Leg, text: &DrawnText| {
            let shifted = |by: (i32, i32)| shifted(text.rect, rect, by);
            let covered = match (shifted(leg.from), shifted(leg.to)) {
                _ if !leg.rests() => swept(text.rect, rect, leg),
                (Some(rect), _) => rect,
                _ => return None,
            };
            (!covered.is_empty()).then(|| MovingText {
                text: text.text.clone(),
                rect: covered,
                frames: leg.frames.clone(),
                moves: !leg.rests(),
            })
        };
        let legs = self.legs.iter();
        legs.flat_map(|leg| self.texts.iter().filter_map(|text| seen(leg, text)))
            .collect()
    }
}

/// Returns where a part of the paper is seen inside `view`.
fn shifted(part: PixelRect, view: PixelRect, (x, y): (i32, i32)) -> Option<PixelRect> {
    let place = |start: u32, length: u32, by: i32, first: u32, room: u32| {
        let start = i64::from(start) + i64::from(by);
        let end = (start + i64::from(length)).clamp(0, i64::from(room)) as u32;
        (first + start.clamp(0, i64::from(room)) as u32, first + end)
    };
    let (left, right) = place(part.x, part.width, x, view.x, view.width);
    let (top, bottom) = place(part.y, part.height, y, view.y, view.height);
    let rect = PixelRect::between(left, top, right, bottom);
    (!rect.is_empty()).then_some(rect)
}

/// Returns the rectangle around the whole way of a part of the paper inside `view`.
fn swept(part: PixelRect, view: PixelRect, leg: &Leg) -> PixelRect {
    let low = (leg.from.0.min(leg.to.0), leg.from.1.min(leg.to.1));
    let way = PixelRect {
        width: part.width + leg.from.0.abs_diff(leg.to.0),
        height: part.height + leg.from.1.abs_diff(leg.to.1),
        ..part
    };
    shifted(way, view, low).unwrap_or_default()
}

/// Copies a picture to a place with even coordinates, as far as it lies inside `clip`.
fn paste(planes: &mut Planes, from: &Planes, (x, y): (i32, i32), clip: PixelRect) {
    let whole = PixelRect::new(0, 0, from.width() as u32, from.height() as u32);
    let moved = (x - clip.x as i32, y - clip.y as i32);
    let Some(target) = shifted(whole, clip, moved) else {
        return;
    };
    let source = (
        (target.x as i32 - x) as usize,
        (target.y as i32 - y) as usize,
    );
    let stride = planes.width();
    let (from_u, from_v) = from.chroma();
    let (luma, u, v) = planes.split_mut();
    let planes = [(luma, from.luma(), 1), (u, from_u, 2), (v, from_v, 2)];
    for (to, from_plane, shrink) in planes {
        let width = target.width as usize / shrink;
        for row in 0..target.height as usize / shrink {
            let start = (target.y as usize / shrink + row) * (stride / shrink);
            let to = &mut to[start + target.x as usize / shrink..][..width];
            let start = (source.1 / shrink + row) * (from.width() / shrink);
            to.copy_from_slice(&from_plane[start + source.0 / shrink..][..width]);
        }
    }
}

/// Units from the edge of the sheet to its text.
const MARGIN: f32 = 60.0;
/// Units between two lines.
const LINE: f32 = 25.0;

/// Returns how high the whole document is, in even pixels and no less than the screen.
fn document_height(
    fonts: &mut Fonts,
    palette: Palette,
    unit: f32,
    share: &Share,
    rect: PixelRect,
) -> u32 {
    let canvas = Canvas::new(rect.width, 2, palette.paper);
    let mut screen = Screen::new(fonts, canvas, palette, unit);
    let end = set_document(&mut screen, share);
    (end.ceil() as u32).max(rect.height).div_ceil(2) * 2
}

/// Draws title and numbered paragraphs on a sheet and returns where they end.
fn set_document(screen: &mut Screen<'_>, share: &Share) -> f32 {
    let u = screen.unit;
    let palette = screen.palette;
    let (width, height) = (screen.canvas.width(), screen.canvas.height());
    let sheet = Area::new(width as f32 * 0.1, 0.0, width as f32 * 0.8, height as f32);
    screen.canvas.fill_rounded(sheet, 0.0, palette.paper);
    let left = sheet.x + MARGIN * u;
    let column = sheet.width - 2.0 * MARGIN * u;

    let title = Style::new(Face::Bold, 28.0, palette.ink);
    let heading = Style::new(Face::Bold, 18.0, palette.accent);
    let plain = Style::new(Face::Regular, 15.5, palette.ink);
    let mut y = 70.0 * u;
    screen.text(TextKind::Document, &share.title, title, (left, y));
    y += 46.0 * u;
    for (index, paragraph) in share.text.iter().enumerate() {
        let (head, body) = paragraph.split_once(": ").unwrap_or(("", paragraph));
        if !head.is_empty() {
            let head = format!("{}. {head}", index + 1);
            y += 14.0 * u;
            screen.text(TextKind::Document, &head, heading, (left, y));
            y += 30.0 * u;
        }
        for line in screen.wrapped(body, plain, column) {
            screen.text(TextKind::Document, &line, plain, (left, y));
            y += LINE * u;
        }
        y += 14.0 * u;
    }
    y + 60.0 * u
}

/// Draws a window with a title bar and lines of text.
fn set_window(screen: &mut Screen<'_>, share: &Share) {
    let u = screen.unit;
    let palette = screen.palette;
    let (width, height) = (screen.canvas.width(), screen.canvas.height());
    let bar = PixelRect::new(0, 0, width, (34.0 * u) as u32);
    screen.canvas.fill(bar, palette.border);
    for (index, light) in [0xe0_55_4f, 0xe3_b3_41, 0x5d_b0_5a].into_iter().enumerate() {
        let x = (20.0 + 20.0 * index as f32) * u;
        screen
            .canvas
            .fill_circle(x, 17.0 * u, 6.0 * u, Colour::hex(light));
    }
    let title = Style::new(Face::Bold, 13.0, palette.text);
    screen.text(
        TextKind::Document,
        &share.title,
        title,
        (90.0 * u, 21.7 * u),
    );
    let mono = Style::new(Face::Mono, 14.0, palette.ink);
    let faint = Style::new(Face::Mono, 14.0, palette.faint);
    for (index, line) in share.text.iter().enumerate() {
        let y = (64.0 + 23.0 * index as f32) * u;
        if y > height as f32 - 8.0 * u {
            break;
        }
        screen.text(
            TextKind::Document,
            &format!("{:>2}", index + 1),
            faint,
            (12.0 * u, y),
        );
        screen.text(TextKind::Document, line, mono, (48.0 * u, y));
    }
    let edge = palette.faint;
    screen.canvas.fill(PixelRect::new(0, 0, width, 1), edge);
    screen
        .canvas
        .fill(PixelRect::new(0, height - 1, width, 1), edge);
    screen.canvas.fill(PixelRect::new(0, 0, 1, height), edge);
    screen
        .canvas
        .fill(PixelRect::new(width - 1, 0, 1, height), edge);
}

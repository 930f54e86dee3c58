//! Plates in the place of a picture, and labels over one.

use scrim_policy::{Colour, PixelRect, session::Tile};

use super::letters::{self, Ink};
use crate::{
    badge::{PLATES, TEXT, blend},
    colour::{ColourSpace, Samples},
    frame::Component,
    patch::Patch,
};

/// Behind the text of a label.
const LABEL: Colour = Colour {
    red: 0x14,
    green: 0x16,
    blue: 0x1a,
};

/// How far a panel is from the background to white, or to black where the background is light, in
/// percent.
const PANEL_PERCENT: u32 = 7;

/// Diameter of the disc of a plate, of the shorter edge of its tile, in percent.
const DISC_PERCENT: u32 = 46;

/// Height and width of the text on a disc, of its diameter, in percent. The font has space above and
/// below its letters.
const TEXT_PERCENT: (u32, u32) = (50, 76);

/// The text of a label is so many times lower than its tile.
const LABEL_SHARE: u32 = 22;

/// Returns the colour of the panel that a plate lies on: the background, a little lighter or darker, so
/// that it can be seen that somebody is there.
pub(super) fn panel(background: Colour) -> Samples {
    let channels = [background.red, background.green, background.blue];
    let is_light = channels.into_iter().map(u32::from).sum::<u32>() > 3 * 128;
    let towards = if is_light { 0 } else { 255 };
    let [red, green, blue] = channels.map(|channel| {
        let mixed = u32::from(channel) * (100 - PANEL_PERCENT) + towards * PANEL_PERCENT;
        (mixed / 100) as u8
    });
    ColourSpace::default().samples(Colour { red, green, blue })
}

/// Returns a disc for the middle of a tile that is filled with the panel, with a few letters on it.
pub(super) fn plate(tile: &PixelRect, text: &str, colour: u16, panel: Samples) -> Patch {
    let space = ColourSpace::default();
    let shorter = tile.width.min(tile.height);
    let diameter = (shorter * DISC_PERCENT / 100).max(shorter.min(16)) & !1;
    let centred = |start: u32, length: u32| start + (((length - diameter) / 2) & !1);
    let rect = PixelRect::new(
        centred(tile.x, tile.width),
        centred(tile.y, tile.height),
        diameter,
        diameter,
    );
    let mut patch = Patch::filled(rect, panel);
    let colour = PLATES[usize::from(colour) % PLATES.len()];
    fill_disc(&mut patch, diameter, space.samples(colour));
    let (high, wide) = TEXT_PERCENT;
    let ink = letters::written_within(text, diameter * high / 100, diameter * wide / 100);
    write(&mut patch, (diameter, diameter), &ink);
    patch
}

/// Returns what stands in the left lower corner of a tile, if something does and there is room for it.
pub(super) fn label(tile: &Tile) -> Option<Patch> {
    let rect = &tile.rect;
    let size = letters::size_of(rect.height / LABEL_SHARE);
    let height = (size.val() as u32 * 3 / 2).next_multiple_of(2);
    let margin = if rect.height < 200 { 4 } else { 8 };
    let padding = size.val() as u32 / 2;
    let room = rect.width.checked_sub(2 * (margin + padding))?;
    let text = shortened(
        tile.label.as_deref()?,
        (room / letters::advance(size)) as usize,
    )?;
    let ink = letters::written(&text, size);
    let width = (ink.width as u32 + 2 * padding) & !1;
    let top = rect.bottom().checked_sub(margin + height)?;
    let place = PixelRect::new(rect.x + margin, top, width, height);
    if !rect.contains(&place) {
        return None;
    }
    let mut patch = Patch::filled(place, ColourSpace::default().samples(LABEL));
    write(&mut patch, (width, height), &ink);
    Some(patch)
}

/// Returns a text of at most so many letters; nothing where there is no room for one of its own.
fn shortened(text: &str, most: usize) -> Option<String> {
    const MORE: &str = "..";
    if text.chars().count() <= most {
        return (!text.is_empty()).then(|| text.to_owned());
    }
    let own = most.checked_sub(MORE.len()).filter(|own| *own > 0)?;
    Some(text.chars().take(own).chain(MORE.chars()).collect())
}

/// Fills the circle that touches all edges of a square patch.
fn fill_disc(patch: &mut Patch, diameter: u32, colour: Samples) {
    let radius = f64::from(diameter) / 2.0;
    for (component, value) in parts(colour) {
        // Luma of each pixel, chroma of each square of four.
        let (step, count) = match component {
            Component::Y => (1.0_f64, diameter),
            Component::U | Component::V => (2.0, diameter / 2),
        };
        let off_centre = |index: u32| (f64::from(index) + 0.5) * step - radius;
        for row in 0..count {
            for column in 0..count {
                let (right, down) = (off_centre(column), off_centre(row));
                let distance = (right * right + down * down).sqrt();
                let share = ((radius - distance) / step + 0.5).clamp(0.0, 1.0);
                if let Some(sample) = patch.sample(component, column, row) {
                    *sample = blend(*sample, value, (share * 255.0).round() as u8);
                }
            }
        }
    }
}

/// Writes in the middle of a patch of this size. White has no colour, so chroma is written as well.
fn write(patch: &mut Patch, (width, height): (u32, u32), ink: &Ink) {
    let colour = ColourSpace::default().samples(TEXT);
    // Even, so that squares of chroma are whole.
    let left = (width.saturating_sub(ink.width as u32) / 2) & !1;
    let top = (height.saturating_sub(ink.height as u32) / 2) & !1;
    let at = |column: usize, row: usize| {
        let is_inside = column < ink.width && row < ink.height;
        let index = row * ink.width + column;
        u32::from(if is_inside { ink.coverage[index] } else { 0 })
    };
    for (component, value) in parts(colour) {
        let step = if component == Component::Y { 1 } else { 2 };
        for row in 0..ink.height.div_ceil(step) {
            for column in 0..ink.width.div_ceil(step) {
                let (x, y) = (column * step, row * step);
                let squares = (0..step).flat_map(|down| (0..step).map(move |right| (right, down)));
                let sum: u32 = squares.map(|(right, down)| at(x + right, y + down)).sum();
                let share = sum / (step * step) as u32;
                let place = (
                    left / step as u32 + column as u32,
                    top / step as u32 + row as u32,
                );
                if let Some(sample) = patch.sample(component, place.0, place.1) {
                    *sample = blend(*sample, value, share as u8);
                }
            }
        }
    }
}

const fn parts(colour: Samples) -> [(Component, u8); 3] {
    [
        (Component::Y, colour.y),
        (Component::U, colour.u),
        (Component::V, colour.v),
    ]
}

#[cfg(test)]
mod tests {
    use scrim_policy::session::Shows;

    use super::*;

    /// Relative luminance (WCAG 2.2).
    fn luminance(colour: Colour) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue)
    }

    #[test]
    fn text_stands_out_from_every_plate_and_label() {
        for behind in PLATES.into_iter().chain([LABEL]) {
            let contrast = (luminance(TEXT) + 0.05) / (luminance(behind) + 0.05);
            assert!(contrast >= 4.5, "{behind:?}: {contrast}");
        }
    }

    #[test]
    fn a_text_without_room_is_cut_or_left_out() {
        assert_eq!(shortened("Ada Krol", 8).as_deref(), Some("Ada Krol"));
        assert_eq!(shortened("Ada Krol", 7).as_deref(), Some("Ada K.."));
        assert_eq!(shortened("Ada Krol", 3).as_deref(), Some("A.."));
        assert_eq!(shortened("Ada Krol", 2), None);
        assert_eq!(shortened("", 8), None);
    }

    #[test]
    fn a_label_is_inside_of_its_tile_or_is_not_there() {
        for (width, height) in [
            (1280, 720),
            (242, 136),
            (64, 36),
            (40, 200),
            (16, 16),
            (2, 2),
        ] {
            let tile = Tile {
                rect: PixelRect::new(10, 20, width, height),
                shows: Shows::Plate {
                    text: String::new(),
                    colour: 0,
                },
                label: Some("Maximiliane von Hohenstein".to_owned()),
            };
            match label(&tile) {
                Some(label) => assert!(tile.rect.contains(&label.rect()), "{tile:?} {label:?}"),
                None => assert!(width < 100, "{tile:?}"),
            }
        }
    }

    #[test]
    fn a_disc_is_round_and_inside_of_its_tile() {
        let panel = panel(Colour::BACKGROUND);
        for (width, height) in [(1280, 720), (114, 64), (16, 200), (2, 2)] {
            let tile = PixelRect::new(10, 20, width, height);
            let mut disc = plate(&tile, "", 1, panel);
            let rect = disc.rect();
            assert!(
                tile.contains(&rect) && rect.width == rect.height,
                "{rect:?}"
            );
            let (last, middle) = (rect.width - 1, rect.width / 2);
            let corners = [(0, 0), (last, 0), (0, last), (last, last)];
            if last > 8 {
                for (x, y) in corners {
                    assert_eq!(disc.luma(x, y).copied(), Some(panel.y), "{rect:?}");
                }
                assert_ne!(disc.luma(middle, middle).copied(), Some(panel.y));
                assert_eq!(
                    disc.luma(0, middle).copied(),
                    disc.luma(last, middle).copied()
                );
            }
        }
    }
}

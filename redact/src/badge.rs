//! Initials, drawn fresh from the roster.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};
use scrim_policy::{Colour, PixelRect};

use crate::{colour::ColourSpace, patch::Patch};

/// Plate colours; a person keeps theirs, since they go by the place in the roster. All are dark
/// enough for white text at a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3).
pub(crate) const PLATES: [Colour; 6] = [
    Colour {
        red: 0x2b,
        green: 0x5c,
        blue: 0x8a,
    },
    Colour {
        red: 0x6a,
        green: 0x43,
        blue: 0x8c,
    },
    Colour {
        red: 0x1f,
        green: 0x6b,
        blue: 0x5c,
    },
    Colour {
        red: 0x8a,
        green: 0x3f,
        blue: 0x4c,
    },
    Colour {
        red: 0x5b,
        green: 0x5a,
        blue: 0x2a,
    },
    Colour {
        red: 0x44,
        green: 0x52,
        blue: 0x66,
    },
];

pub(crate) const TEXT: Colour = Colour {
    red: 0xff,
    green: 0xff,
    blue: 0xff,
};

/// Space around plates, in pixels. Even, so that plates fall on whole chroma samples.
const GAP_PX: u32 = 8;

/// Returns a patch with one plate per entry, from the top down and then to the right. When not
/// all fit, the last plate says how many are missing.
pub(crate) fn plates(
    rect: PixelRect,
    initials: &[String],
    background: Colour,
    space: ColourSpace,
) -> Patch {
    let mut patch = Patch::filled(rect, space.samples(background));
    let grid = Grid::fitting(&rect, initials);
    let (cell, rows) = (grid.cell, grid.rows);
    let places = grid.places();
    if places == 0 {
        return patch;
    }
    let shown = if initials.len() > places {
        places - 1
    } else {
        initials.len()
    };
    let rest = initials.len() - shown;
    let more = (rest > 0).then(|| format!("+{rest}"));
    for (index, text) in initials[..shown].iter().chain(more.as_ref()).enumerate() {
        let (column, row) = ((index / rows) as u32, (index % rows) as u32);
        let plate = PixelRect::new(
            GAP_PX + column * (cell.0 + GAP_PX),
            GAP_PX + row * (cell.1 + GAP_PX),
            cell.0,
            cell.1,
        );
        draw_plate(
            &mut patch,
            &plate,
            text,
            PLATES[index % PLATES.len()],
            space,
            grid.font,
        );
    }
    patch
}

/// Plates of one size in rows and columns.
struct Grid {
    font: RasterHeight,
    /// Width and height of a plate; even.
    cell: (u32, u32),
    columns: usize,
    rows: usize,
}

impl Grid {
    /// The largest letters with which every entry has its place; the smallest when none does.
    fn fitting(rect: &PixelRect, initials: &[String]) -> Self {
        let sizes = [
            RasterHeight::Size32,
            RasterHeight::Size24,
            RasterHeight::Size20,
        ];
        sizes
            .into_iter()
            .map(|font| Self::new(rect, initials, font))
            .find(|grid| grid.places() >= initials.len())
            .unwrap_or_else(|| Self::new(rect, initials, RasterHeight::Size16))
    }

    fn new(rect: &PixelRect, initials: &[String], font: RasterHeight) -> Self {
        let cell = cell_size(initials, font);
        let fitting =
            |length: u32, cell: u32| (length.saturating_sub(GAP_PX) / (cell + GAP_PX)) as usize;
        Self {
            font,
            cell,
            columns: fitting(rect.width, cell.0),
            rows: fitting(rect.height, cell.1),
        }
    }

    const fn places(&self) -> usize {
        self.columns * self.rows
    }
}

/// Width and height of the plates: all equal and even.
fn cell_size(initials: &[String], font: RasterHeight) -> (u32, u32) {
    let longest = initials
        .iter()
        .map(|text| text.chars().count())
        .max()
        .unwrap_or(0)
        .max(4);
    let width = longest * get_raster_width(FontWeight::Bold, font) + font.val();
    let height = font.val() * 3 / 2;
    (
        (width as u32).next_multiple_of(2),
        (height as u32).next_multiple_of(2),
    )
}

fn draw_plate(
    patch: &mut Patch,
    plate: &PixelRect,
    text: &str,
    colour: Colour,
    space: ColourSpace,
    font: RasterHeight,
) {
    let samples = space.samples(colour);
    patch.fill(plate, samples);
    let text_luma = space.samples(TEXT).y;
    let advance = get_raster_width(FontWeight::Bold, font) as u32;
    let text_width = advance * text.chars().count() as u32;
    let left = plate.x + plate.width.saturating_sub(text_width) / 2;
    let top = plate.y + (plate.height - font.val() as u32) / 2;
    for (index, letter) in text.chars().enumerate() {
        let Some(raster) = get_raster(letter, FontWeight::Bold, font)
            .or_else(|| get_raster('\u{fffd}', FontWeight::Bold, font))
        else {
            continue;
        };
        for (row, line) in raster.rows().enumerate() {
            for (column, &ink) in line.iter().enumerate() {
                let x = left + index as u32 * advance + column as u32;
                if let Some(luma) = patch.luma(x, top + row as u32) {
                    *luma = blend(*luma, text_luma, ink);
                }
            }
        }
    }
}

/// Mixes two samples; `share` 255 is all `over`.
pub(crate) fn blend(under: u8, over: u8, share: u8) -> u8 {
    let mixed = u32::from(under) * (255 - u32::from(share)) + u32::from(over) * u32::from(share);
    (mixed / 255) as u8
}

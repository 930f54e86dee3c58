//! Plates in the place of a picture, and labels over one.

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};
use scrim_policy::{PixelRect, session::Tile};

use crate::{
    badge::{PLATES, TEXT, blend},
    colour::ColourSpace,
    patch::Patch,
};

/// The largest letters that there are; larger ones are made from them.
const LARGEST: RasterHeight = RasterHeight::Size32;

/// Smallest edge of a tile with a label, in pixels.
const LEAST_LABELLED: u32 = 64;

/// Returns a plate with a few letters in the middle.
pub(super) fn plate(rect: PixelRect, text: &str, colour: u16) -> Patch {
    let space = ColourSpace::default();
    let colour = PLATES[usize::from(colour) % PLATES.len()];
    let mut patch = Patch::filled(rect, space.samples(colour));
    let drawn = Letters::drawn(text);
    // Letters are a third as high as the plate, or as wide as it allows.
    let high = f64::from(rect.height) / 3.0 / f64::from(drawn.height.max(1));
    let wide = f64::from(rect.width) * 0.8 / f64::from(drawn.width.max(1));
    let letters = drawn.scaled(high.min(wide));
    let left = rect.width.saturating_sub(letters.width) / 2;
    let top = rect.height.saturating_sub(letters.height) / 2;
    letters.write(&mut patch, left, top);
    patch
}

/// Returns what stands in the corner of a tile, if something does.
pub(super) fn label(tile: &Tile) -> Option<Patch> {
    let text = tile.label.as_deref().filter(|text| !text.is_empty())?;
    if tile.rect.width < LEAST_LABELLED || tile.rect.height < LEAST_LABELLED {
        return None;
    }
    // A twentieth of the picture, and legible.
    let height = f64::from((tile.rect.height / 20).clamp(16, 32));
    let drawn = Letters::drawn(text);
    let room = f64::from(tile.rect.width - 40) / f64::from(drawn.width.max(1));
    let factor = (height / f64::from(drawn.height.max(1))).min(room);
    let letters = drawn.scaled(factor);
    let (wide, high) = (
        (letters.width + 16)
            .next_multiple_of(2)
            .min(tile.rect.width),
        (letters.height + 8)
            .next_multiple_of(2)
            .min(tile.rect.height),
    );
    let (x, bottom) = (tile.rect.x + 8, tile.rect.y + tile.rect.height);
    let rect = PixelRect::new(x & !1, (bottom.saturating_sub(high + 8)) & !1, wide, high);
    if !tile.rect.contains(&rect) {
        return None;
    }
    let space = ColourSpace::default();
    let mut patch = Patch::filled(rect, space.samples(scrim_policy::Colour::BACKGROUND));
    letters.write(&mut patch, 8, (high - letters.height) / 2);
    Some(patch)
}

/// Letters as ink: 0 is none, 255 is all.
struct Letters {
    width: u32,
    height: u32,
    ink: Vec<u8>,
}

impl Letters {
    fn drawn(text: &str) -> Self {
        let advance = get_raster_width(FontWeight::Bold, LARGEST);
        let (width, height) = (advance * text.chars().count(), LARGEST.val());
        let mut ink = vec![0; width * height];
        for (index, letter) in text.chars().enumerate() {
            let raster = get_raster(letter, FontWeight::Bold, LARGEST)
                .or_else(|| get_raster('\u{fffd}', FontWeight::Bold, LARGEST));
            let Some(raster) = raster else { continue };
            for (row, line) in raster.rows().enumerate().take(height) {
                let from = row * width + index * advance;
                let count = line.len().min(advance);
                ink[from..from + count].copy_from_slice(&line[..count]);
            }
        }
        Self {
            width: width as u32,
            height: height as u32,
            ink,
        }
    }

    fn scaled(self, factor: f64) -> Self {
        let scaled = |edge: u32| ((f64::from(edge) * factor).round() as u32).max(1);
        let (width, height) = (scaled(self.width), scaled(self.height));
        if self.ink.is_empty() || (width, height) == (self.width, self.height) {
            return self;
        }
        let source = ImageRef::new(self.width, self.height, &self.ink, PixelType::U8)
            .expect("there is as much ink as the letters have pixels");
        let mut image = Image::new(width, height, PixelType::U8);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        Resizer::new()
            .resize(&source, &mut image, &options)
            .expect("both pictures have one 8-bit sample per pixel");
        Self {
            width,
            height,
            ink: image.into_vec(),
        }
    }

    fn write(&self, patch: &mut Patch, left: u32, top: u32) {
        let text = ColourSpace::default().samples(TEXT).y;
        let lines = self.ink.chunks_exact((self.width as usize).max(1));
        for (row, line) in (top..).zip(lines) {
            for (column, ink) in (left..).zip(line) {
                if let Some(luma) = patch.luma(column, row) {
                    *luma = blend(*luma, text, *ink);
                }
            }
        }
    }
}

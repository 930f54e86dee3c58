//! Draws small windows of a meeting: panels, names, a camera.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};
use scrim_policy::PixelRect;

use crate::pixels_picture::Picture;

/// A colour as samples: Y, U, V.
pub(crate) type Tone = [u8; 3];

pub(crate) const WHITE: Tone = [235, 128, 128];
pub(crate) const INK: Tone = [40, 128, 128];
pub(crate) const PANEL: Tone = [214, 132, 124];

pub(crate) fn fill(picture: &mut Picture, rect: &PixelRect, tone: Tone) {
    for y in rect.y..rect.bottom() {
        for x in rect.x..rect.right() {
            dot(picture, x, y, tone);
        }
    }
}

fn dot(picture: &mut Picture, x: u32, y: u32, [luma, u, v]: Tone) {
    if x >= picture.shape.width || y >= picture.shape.height {
        return;
    }
    let (x, y) = (x as usize, y as usize);
    picture.set(0, x, y, luma);
    picture.set(1, x / 2, y / 2, u);
    picture.set(2, x / 2, y / 2, v);
}

/// Writes a line of text in a font of fixed width, its left upper corner at `x`, `y`.
pub(crate) fn write(picture: &mut Picture, x: u32, y: u32, text: &str, tone: Tone) {
    let size = RasterHeight::Size16;
    let advance = get_raster_width(FontWeight::Bold, size) as u32;
    for (index, letter) in text.chars().enumerate() {
        let raster = get_raster(letter, FontWeight::Bold, size)
            .unwrap_or_else(|| panic!("the font has no {letter}"));
        for (row, line) in raster.rows().enumerate() {
            for (column, &ink) in line.iter().enumerate() {
                let at = (x + index as u32 * advance + column as u32, y + row as u32);
                if at.0 < picture.shape.width && at.1 < picture.shape.height {
                    let under = i32::from(picture.get(0, at.0 as usize, at.1 as usize));
                    let mixed = under + (i32::from(tone[0]) - under) * i32::from(ink) / 255;
                    picture.set(0, at.0 as usize, at.1 as usize, mixed as u8);
                }
            }
        }
    }
}

/// Something like a camera picture: a face before a wall, in soft gradients.
pub(crate) fn camera(picture: &mut Picture, rect: &PixelRect) {
    let (centre_x, centre_y) = (rect.x + rect.width / 2, rect.y + rect.height / 2);
    for y in rect.y..rect.bottom() {
        for x in rect.x..rect.right() {
            let (right, down) = (
                f64::from(x) - f64::from(centre_x),
                f64::from(y) - f64::from(centre_y),
            );
            let size = f64::from(rect.height) * 0.32;
            let is_face = (right / size).powi(2) + (down / (size * 1.25)).powi(2) < 1.0;
            let light = 1.0 - right / f64::from(rect.width);
            let tone = if is_face {
                [(120.0 + 50.0 * light) as u8, 112, 150]
            } else {
                [(70.0 + 40.0 * light) as u8, 138, 122]
            };
            dot(picture, x, y, tone);
        }
    }
}

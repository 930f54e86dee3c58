//! A frosted texture that depends on its place and nothing else.
//!
//! A real blur is no control: with the roster known, a Gaussian blur of 8 pixels still gives away
//! every name. So nothing below the texture is ever read; it is value noise over a fixed lattice,
//! the same for every recording.

use scrim_policy::PixelRect;

use crate::{colour::Samples, patch::Patch};

/// Distances of the lattice points of the two layers of noise, in pixels: large clouds, and smaller
/// ones on them at half the strength, look like frosted glass.
const LAYERS_PX: [u32; 2] = [64, 24];

/// Largest deviation of luma from its mean, in 8-bit steps. Little enough that any text on it would
/// stand out if there were one.
const DEPTH: i32 = 14;

/// One as a fixed-point number.
const ONE: i32 = 256;

/// Returns the texture for a rectangle.
pub(crate) fn frosted(rect: PixelRect, background: Samples) -> Patch {
    let mut patch = Patch::filled(rect, background);
    for y in 0..rect.height {
        for x in 0..rect.width {
            let offset = cloudiness(rect.x + x, rect.y + y);
            if let Some(luma) = patch.luma(x, y) {
                *luma = (i32::from(*luma) + DEPTH + offset).clamp(16, 235) as u8;
            }
        }
    }
    patch
}

/// Both layers at a pixel, in `-DEPTH..=DEPTH`.
fn cloudiness(x: u32, y: u32) -> i32 {
    let [coarse, fine] = LAYERS_PX.map(|distance| noise(x, y, distance));
    (2 * coarse + fine) * DEPTH / (3 * ONE)
}

/// Interpolation between the four lattice points around a pixel, in `-ONE..=ONE`.
fn noise(x: u32, y: u32, distance: u32) -> i32 {
    let (column, row) = (x / distance, y / distance);
    let right = eased((x % distance) as i32 * ONE / distance as i32);
    let down = eased((y % distance) as i32 * ONE / distance as i32);
    let along = |row: u32| {
        lattice(column, row, distance) * (ONE - right) + lattice(column + 1, row, distance) * right
    };
    (along(row) * (ONE - down) + along(row + 1) * down) / (ONE * ONE)
}

/// The cubic `3t² - 2t³`: without a kink at the lattice points, which would show as a grid.
fn eased(t: i32) -> i32 {
    t * t * (3 * ONE - 2 * t) / (ONE * ONE)
}

/// A fixed pseudo-random value per lattice point and layer, in `-ONE..=ONE` (the finaliser of
/// MurmurHash3).
fn lattice(column: u32, row: u32, layer: u32) -> i32 {
    let mut hash = column.wrapping_mul(0x9e37_79b1) ^ row.wrapping_mul(0x85eb_ca77) ^ layer;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^= hash >> 16;
    (hash % (2 * ONE as u32 + 1)) as i32 - ONE
}

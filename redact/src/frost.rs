//! A frosted texture that depends on its place and nothing else.
//!
//! A real blur is no control: with the roster known, a Gaussian blur of 8 pixels still gives away
//! every name. So nothing below the texture is ever read; it is value noise over a fixed lattice,
//! the same for every recording.

use scrim_policy::PixelRect;

use crate::{colour::Samples, patch::Patch};

/// Distance of the lattice points in pixels: coarse enough to look like frosted glass.
const LATTICE_PX: u32 = 32;

/// Largest deviation of luma from the background, in 8-bit steps. Little enough that any text
/// on it would stand out if there were one.
const DEPTH: i32 = 14;

/// Returns the texture for a rectangle.
pub(crate) fn frosted(rect: PixelRect, background: Samples) -> Patch {
    let mut patch = Patch::filled(rect, background);
    for y in 0..rect.height {
        for x in 0..rect.width {
            let offset = noise(rect.x + x, rect.y + y);
            if let Some(luma) = patch.luma(x, y) {
                *luma = (i32::from(*luma) + DEPTH + offset).clamp(16, 235) as u8;
            }
        }
    }
    patch
}

/// Bilinear interpolation between the lattice points around a pixel, in `-DEPTH..=DEPTH`.
fn noise(x: u32, y: u32) -> i32 {
    let (column, row) = (x / LATTICE_PX, y / LATTICE_PX);
    let (right, down) = ((x % LATTICE_PX) as i32, (y % LATTICE_PX) as i32);
    let (left, up) = (LATTICE_PX as i32 - right, LATTICE_PX as i32 - down);
    let sum = lattice(column, row) * left * up
        + lattice(column + 1, row) * right * up
        + lattice(column, row + 1) * left * down
        + lattice(column + 1, row + 1) * right * down;
    sum / (LATTICE_PX * LATTICE_PX) as i32
}

/// A fixed pseudo-random value per lattice point (the finaliser of MurmurHash3).
fn lattice(column: u32, row: u32) -> i32 {
    let mut hash = column.wrapping_mul(0x9e37_79b1) ^ row.wrapping_mul(0x85eb_ca77);
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^= hash >> 16;
    (hash % (2 * DEPTH as u32 + 1)) as i32 - DEPTH
}

//! The noise of a camera sensor, different in every frame.

use crate::{
    draw::Planes,
    random::{Random, derive, mix},
};

use super::raster::{FRACTION, Raster, View};

/// Standard deviations in steps of 8 bits.
const LUMA_NOISE: f32 = 2.4;
const CHROMA_NOISE: f32 = 1.1;
/// Rows of noise start at any of this many places.
const LENGTH: usize = 1 << 15;

/// A sensor with its own noise.
pub(super) struct Sensor {
    seed: u64,
    noise: Vec<i16>,
}

impl Sensor {
    /// Makes a sensor for rows of at most `width` pixels.
    pub(super) fn new(seed: u64, width: u32) -> Self {
        let mut random = Random::new(derive(seed, 0x0e15e));
        let noise = (0..LENGTH + width as usize)
            .map(|_| (random.normal() * LUMA_NOISE * FRACTION as f32) as i16)
            .collect();
        Self { seed, noise }
    }

    /// Exposes three planes into a rectangle of a picture. `gain` brightens luma, in 256ths.
    pub(super) fn expose(
        &self,
        planes: &mut Planes,
        rect: scrim_policy::PixelRect,
        frame: u32,
        gain: i32,
        ([luma, u, v], view): (&[Raster; 3], View),
    ) {
        let stride = planes.width();
        let (x, y) = (rect.x as usize, rect.y as usize);
        let size = (rect.width as usize, rect.height as usize);
        let (to_luma, to_u, to_v) = planes.split_mut();
        luma.enlarge(view, size, |row, values| {
            let noise = self.row_of_noise(frame, 0, row, size.0);
            let target = &mut to_luma[(y + row) * stride + x..][..size.0];
            for ((target, value), noise) in target.iter_mut().zip(values).zip(noise) {
                let value = ((*value * gain) >> 8) + i32::from(*noise);
                *target = ((value + FRACTION / 2) / FRACTION).clamp(16, 235) as u8;
            }
        });
        let (x, y, stride) = (x / 2, y / 2, stride / 2);
        let size = (size.0 / 2, size.1 / 2);
        // A chroma sample lies between two luma samples and stands for two of them.
        let view = View {
            left: view.left + view.step.0 / 2,
            top: view.top + view.step.1 / 2,
            step: (view.step.0 * 2, view.step.1 * 2),
        };
        let share = (CHROMA_NOISE / LUMA_NOISE * 256.0) as i32;
        for (part, plane, target) in [(1, u, to_u), (2, v, to_v)] {
            plane.enlarge(view, size, |row, values| {
                let noise = self.row_of_noise(frame, part, row, size.0);
                let target = &mut target[(y + row) * stride + x..][..size.0];
                for ((target, value), noise) in target.iter_mut().zip(values).zip(noise) {
                    let value = value + ((i32::from(*noise) * share) >> 8);
                    *target = ((value + FRACTION / 2) / FRACTION).clamp(16, 240) as u8;
                }
            });
        }
    }

    fn row_of_noise(&self, frame: u32, plane: u64, row: usize, width: usize) -> &[i16] {
        let place = u64::from(frame) << 24 ^ plane << 20 ^ row as u64;
        let start = mix(self.seed ^ mix(place)) as usize % LENGTH;
        &self.noise[start..start + width]
    }
}

//! A film of a landscape: shots that pan over hills, trees and water, with clouds and birds.

use scrim_policy::PixelRect;

use crate::{
    draw::Planes,
    random::{Random, derive, ease, rough_terrain, terrain, wander},
};

use super::{
    camera::samples,
    raster::{ONE, Raster, View},
    room::{Light, blend, cover, lit},
    sensor::Sensor,
};

/// Seconds between two cuts.
const SHOT: f64 = 6.0;
/// How much wider and higher the landscape is than what a shot shows.
const MARGIN: f32 = 1.5;

/// The film at one size.
pub(super) struct Landscape {
    seed: u64,
    world: [Raster; 3],
    sensor: Sensor,
}

impl Landscape {
    /// Paints the landscape of a seed.
    pub(super) fn new(seed: u64, width: u32, height: u32) -> Self {
        let columns = (width as f32 / 2.0 * MARGIN) as usize;
        let rows = (height as f32 / 2.0 * MARGIN) as usize;
        let mut world: [Raster; 3] = std::array::from_fn(|_| Raster::new(columns, rows));
        for row in 0..rows {
            for column in 0..columns {
                let x = column as f32 / rows as f32;
                let light = light_at(seed, x, row as f32 / rows as f32);
                for (plane, value) in world.iter_mut().zip(samples(light)) {
                    plane.set(column, row, value);
                }
            }
        }
        Self {
            seed,
            world,
            sensor: Sensor::new(seed, width),
        }
    }

    /// Draws a frame.
    pub(super) fn draw(&self, planes: &mut Planes, rect: PixelRect, frame: u32, seconds: f64) {
        let gain = 256.0 * (1.0 + 0.05 * wander(derive(self.seed, 40), seconds * 0.3));
        let view = self.view(rect, seconds);
        self.sensor
            .expose(planes, rect, frame, gain as i32, (&self.world, view));
        self.birds(planes, rect, seconds);
    }

    /// Every shot goes from one random place and zoom to another one, held by hand.
    fn view(&self, rect: PixelRect, seconds: f64) -> View {
        let shot = (seconds / SHOT).floor();
        let passed = ease(((seconds - shot * SHOT) / SHOT) as f32);
        let mut random = Random::new(derive(self.seed, 50 + shot as u64));
        let mut between = |low, high| {
            let (start, end) = (random.between(low, high), random.between(low, high));
            start + (end - start) * passed
        };
        let zoom = between(0.55, 0.98);
        let (across, along) = (between(0.0, 1.0), between(0.1, 0.9));
        let shake = |part: u64| wander(derive(self.seed, part), seconds * 2.3) * 1.6;
        let shown = (
            rect.width as f32 / 2.0 * zoom,
            rect.height as f32 / 2.0 * zoom,
        );
        let left = across * (self.world[0].width() as f32 - shown.0 - 6.0) + 3.0 + shake(41);
        let top = along * (self.world[0].height() as f32 - shown.1 - 6.0) + 3.0 + shake(42);
        let fixed = |value: f32| (value * ONE as f32) as i64;
        let step = fixed(zoom / 2.0);
        View {
            left: fixed(left),
            top: fixed(top),
            step: (step, step),
        }
    }

    /// A small flock that crosses the sky.
    fn birds(&self, planes: &mut Planes, rect: PixelRect, seconds: f64) {
        let stride = planes.width();
        let (luma, _, _) = planes.split_mut();
        let mut random = Random::new(derive(self.seed, 60));
        for bird in 0..7u64 {
            let speed = f64::from(random.between(0.05, 0.09));
            let start = f64::from(random.unit());
            let across = (start + seconds * speed).fract() as f32;
            let height =
                random.between(0.08, 0.4) + 0.03 * wander(derive(self.seed, bird), seconds);
            let flap = (seconds * 5.0 + bird as f64).sin() as f32;
            let span = rect.height / 60;
            for wing in 0..=2 * span {
                let out = wing as f32 - span as f32;
                let x = (across * rect.width as f32 + out) as i64;
                let y = (height * rect.height as f32 - out.abs() * 0.5 * flap) as i64;
                let inside = (0..i64::from(rect.width)).contains(&x)
                    && (0..i64::from(rect.height) - 1).contains(&y);
                if inside {
                    let at = (rect.y as usize + y as usize) * stride + rect.x as usize + x as usize;
                    luma[at] = 48;
                    luma[at + stride] = 60;
                }
            }
        }
    }
}

fn light_at(seed: u64, x: f32, y: f32) -> Light {
    let clouds = rough_terrain(derive(seed, 1), x * 2.2, y * 5.0, 5);
    let mut colour = blend([108.0, 150.0, 206.0], [214.0, 222.0, 226.0], y * 1.7);
    colour = blend(colour, [240.0, 240.0, 238.0], (clouds - 0.5) * 4.0);
    for ridge in 0..4u32 {
        let depth = ridge as f32 / 3.0;
        let wide = rough_terrain(
            derive(seed, 2 + u64::from(ridge)),
            x * (1.4 + depth),
            0.5,
            5,
        );
        let top = 0.30 + 0.13 * ridge as f32 - 0.30 * (wide - 0.3);
        let near = blend([132.0, 152.0, 176.0], [62.0, 84.0, 46.0], depth);
        let rough = rough_terrain(derive(seed, 20), x * (30.0 + 50.0 * depth), y * 90.0, 4);
        let shade = 0.55 + 0.85 * rough * (0.35 + 0.65 * depth) + 0.2 * (1.0 - depth);
        colour = blend(colour, lit(near, shade), cover(top - y, 0.004));
    }
    colour = trees(seed, x, y, colour);
    let shore = 0.80 + 0.02 * terrain(derive(seed, 8), x * 6.0, 0.0);
    let ripples = rough_terrain(derive(seed, 9), x * 9.0, y * 90.0, 3);
    let water = lit(
        blend([70.0, 96.0, 116.0], [170.0, 190.0, 204.0], ripples),
        0.7 + 0.4 * y,
    );
    blend(colour, water, cover(shore - y, 0.01))
}

/// Round crowns on the nearest slope.
fn trees(seed: u64, x: f32, y: f32, under: Light) -> Light {
    let leaves = rough_terrain(derive(seed, 70), x * 110.0, y * 110.0, 3);
    let mut colour = under;
    for row in 0..3u64 {
        let base = 0.64 + 0.06 * row as f32;
        let size = 0.030 + 0.012 * row as f32;
        let slot = (x / size).floor();
        for neighbour in [slot - 1.0, slot, slot + 1.0] {
            let mut random = Random::new(derive(seed ^ row << 40, neighbour as i64 as u64));
            let middle = (neighbour + random.between(0.2, 0.8)) * size;
            let height = random.between(0.02, 0.07);
            let ragged = leaves * 0.012;
            let crown =
                (x - middle).hypot((y - base) * 0.6) - size * random.between(0.3, 0.7) - ragged;
            let green = [
                random.between(34.0, 80.0),
                random.between(66.0, 104.0),
                38.0,
            ];
            let lighter = 0.45 + 6.0 * (base - y).clamp(-0.05, height) + leaves * 0.9;
            colour = blend(colour, lit(green, lighter), cover(crown, 0.006));
        }
    }
    colour
}

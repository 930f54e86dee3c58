//! A person in a room, seen by a webcam.

use scrim_policy::PixelRect;

use crate::{
    draw::Planes,
    random::{derive, wander},
};

use super::{
    person::{Look, Pose},
    raster::Raster,
    room::{Light, Room, blend, cover},
    sensor::Sensor,
};

/// Rows of the small picture that is enlarged. More would be slower, not sharper: a webcam in a
/// dim room resolves no more.
const MOST_ROWS: u32 = 110;

/// The camera of one person at one size.
pub(super) struct CameraPicture {
    seed: u64,
    room: Room,
    look: Look,
    behind: Vec<Light>,
    planes: [Raster; 3],
    sensor: Sensor,
}

impl CameraPicture {
    /// Prepares the room.
    pub(super) fn new(seed: u64, width: u32, height: u32) -> Self {
        let factor = height.div_ceil(MOST_ROWS);
        let columns = (width / factor).max(4) as usize;
        let rows = (height / factor).max(4) as usize;
        let room = Room::new(seed);
        let behind = out_of_focus(columns, rows, |x, y| room.light_at(x, y));
        let planes = std::array::from_fn(|_| Raster::new(columns, rows));
        let look = Look::new(seed, room.light_side);
        Self {
            seed,
            room,
            look,
            behind,
            planes,
            sensor: Sensor::new(seed, width),
        }
    }

    /// Draws a frame.
    pub(super) fn draw(&mut self, planes: &mut Planes, rect: PixelRect, frame: u32, seconds: f64) {
        self.take(seconds);
        let gain = 256.0 * (1.0 + 0.035 * wander(derive(self.seed, 30), seconds * 0.21));
        let view = self.planes[0].whole(rect.width as usize, rect.height as usize);
        self.sensor
            .expose(planes, rect, frame, gain as i32, (&self.planes, view));
    }

    /// Draws the small picture.
    fn take(&mut self, seconds: f64) {
        let (columns, rows) = (self.planes[0].width(), self.planes[0].height());
        let pose = Pose::at(self.seed, seconds);
        let edge = 2.4 / rows as f32;
        let lamp_is_on = (seconds * 0.77).fract() < 0.5;
        for row in 0..rows {
            for column in 0..columns {
                let point = point(column, row, columns, rows);
                let mut light = self.behind[row * columns + column];
                if lamp_is_on {
                    let glow = (point.0 - self.room.lamp.0).hypot(point.1 - self.room.lamp.1);
                    light = blend(light, [120.0, 255.0, 150.0], cover(glow - 0.015, 0.035));
                }
                let light = self.look.light_at(&pose, point, edge, light);
                for (plane, value) in self.planes.iter_mut().zip(samples(light)) {
                    plane.set(column, row, value);
                }
            }
        }
    }
}

/// Returns the place of a sample, -1 to 1 from top to bottom.
fn point(column: usize, row: usize, columns: usize, rows: usize) -> (f32, f32) {
    let half = rows as f32 / 2.0;
    let x = (column as f32 + 0.5 - columns as f32 / 2.0) / half;
    (x, (row as f32 + 0.5 - half) / half)
}

/// Draws a picture and blurs it over two samples to every side, as a lens focused in front of it.
fn out_of_focus(columns: usize, rows: usize, light: impl Fn(f32, f32) -> Light) -> Vec<Light> {
    let sharp = |column: i64, row: i64| {
        let column = column.clamp(0, columns as i64 - 1) as usize;
        let row = row.clamp(0, rows as i64 - 1) as usize;
        let (x, y) = point(column, row, columns, rows);
        light(x, y)
    };
    let mut drawn = Vec::with_capacity(columns * rows);
    for row in 0..rows as i64 {
        drawn.extend((0..columns as i64).map(|column| sharp(column, row)));
    }
    let blurred = blurred(&drawn, columns, 1, columns);
    self::blurred(&blurred, rows, columns, columns)
}

/// Averages five neighbours that lie `step` apart in lines of `count`.
fn blurred(lights: &[Light], count: usize, step: usize, columns: usize) -> Vec<Light> {
    let place = |index: usize| {
        if step == 1 {
            index % columns
        } else {
            index / columns
        }
    };
    let average = |index: usize| {
        let here = place(index) as i64;
        let near = (-2..=2).map(|offset: i64| {
            let there = (here + offset).clamp(0, count as i64 - 1);
            (index as i64 + (there - here) * step as i64) as usize
        });
        near.fold([0.0; 3], |sum, other| {
            std::array::from_fn(|channel| sum[channel] + lights[other][channel] / 5.0)
        })
    };
    (0..lights.len()).map(average).collect()
}

/// BT.709 in limited range, as in the planes.
pub(super) fn samples([r, g, b]: Light) -> [f32; 3] {
    [
        16.0 + 0.182_6 * r + 0.614_2 * g + 0.062_0 * b,
        128.0 - 0.100_6 * r - 0.338_6 * g + 0.439_2 * b,
        128.0 + 0.439_2 * r - 0.398_9 * g - 0.040_3 * b,
    ]
}

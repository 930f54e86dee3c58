//! The room behind a person.

use crate::random::{Random, derive, ease, rough_terrain};

/// Red, green and blue, 0 to 255, with fraction.
pub(super) type Light = [f32; 3];

/// Returns the colour between two colours.
pub(super) fn blend(under: Light, over: Light, share: f32) -> Light {
    let share = share.clamp(0.0, 1.0);
    std::array::from_fn(|channel| under[channel] + (over[channel] - under[channel]) * share)
}

/// Returns a colour made lighter or darker.
pub(super) fn lit(colour: Light, factor: f32) -> Light {
    colour.map(|channel| channel * factor)
}

/// Softly 1 below zero and 0 above `edge`.
pub(super) fn cover(distance: f32, edge: f32) -> f32 {
    1.0 - ease(distance / edge)
}

/// A room with a wall, a shelf or a window, a picture and a plant, seeded.
pub(super) struct Room {
    seed: u64,
    wall: Light,
    has_shelf: bool,
    /// -1 when the light comes from the left, 1 from the right.
    pub(super) light_side: f32,
    /// Where a small lamp blinks.
    pub(super) lamp: (f32, f32),
}

const WALLS: [Light; 5] = [
    [176.0, 170.0, 160.0],
    [148.0, 160.0, 168.0],
    [186.0, 176.0, 152.0],
    [120.0, 128.0, 140.0],
    [160.0, 152.0, 168.0],
];

impl Room {
    /// Furnishes the room of a seed.
    pub(super) fn new(seed: u64) -> Self {
        let mut random = Random::new(derive(seed, 0x300));
        let light_side = if random.unit() < 0.5 { -1.0 } else { 1.0 };
        Self {
            seed,
            wall: WALLS[random.below(WALLS.len())],
            has_shelf: random.unit() < 0.6,
            light_side,
            lamp: (
                -light_side * random.between(0.95, 1.25),
                random.between(-0.5, -0.15),
            ),
        }
    }

    /// Returns the colour at a point. `across` grows to the right, `down` is -1 at the top and 1 at
    /// the bottom of the picture.
    pub(super) fn light_at(&self, across: f32, down: f32) -> Light {
        let towards = across * self.light_side;
        let unevenness = rough_terrain(self.seed, across * 1.7, down * 1.7, 3);
        let brightness = 0.62 + 0.20 * towards + 0.10 * (1.0 - down) + 0.14 * unevenness;
        let mut colour = lit(self.wall, brightness);
        colour = self.window(colour, towards, down);
        if self.has_shelf {
            colour = self.shelf(colour, -towards, down);
        } else {
            colour = self.picture(colour, -towards, down);
        }
        colour = self.plant(colour, -towards, down);
        let corner = (across * across * 0.28 + down * down * 0.32).min(1.0);
        lit(colour, 1.0 - 0.32 * corner)
    }

    /// A bright curtain at the edge.
    fn window(&self, under: Light, towards: f32, down: f32) -> Light {
        let inside = cover(1.18 - towards, 0.22) * cover(down - 0.62, 0.2);
        let folds = 0.9 + 0.1 * (towards * 34.0 + (down * 3.0).sin()).sin();
        blend(under, lit([226.0, 224.0, 214.0], folds), inside * 0.9)
    }

    fn shelf(&self, under: Light, away: f32, down: f32) -> Light {
        let inside = cover(0.62 - away, 0.05);
        if inside <= 0.0 {
            return under;
        }
        let level = ((down + 1.0) / 0.46).floor();
        let height = (down + 1.0) / 0.46 - level;
        let slot = (away / 0.062).floor();
        let mut random = Random::new(derive(self.seed, (level * 977.0 + slot) as i64 as u64));
        let top = random.between(0.16, 0.38);
        let cloth = [
            random.between(50.0, 170.0),
            random.between(45.0, 130.0),
            random.between(40.0, 140.0),
        ];
        let gap = away / 0.062 - slot;
        let spine = lit(cloth, 0.52 + 0.35 * (gap * std::f32::consts::PI).sin());
        let wood = [74.0, 56.0, 42.0];
        let colour = if height > 0.9 {
            lit(wood, 1.4)
        } else if height < top || random.unit() < 0.14 {
            lit(wood, 0.6)
        } else {
            spine
        };
        blend(under, colour, inside)
    }

    fn picture(&self, under: Light, away: f32, down: f32) -> Light {
        let frame = (away - 0.98).abs().max((down + 0.36).abs() * 0.8) - 0.34;
        let canvas = rough_terrain(derive(self.seed, 4), away * 4.0, down * 4.0, 3);
        let paint = blend(
            [70.0, 96.0, 122.0],
            [206.0, 160.0, 96.0],
            canvas * 1.6 - 0.3,
        );
        let framed = blend([58.0, 46.0, 38.0], paint, cover(frame + 0.05, 0.02));
        blend(under, framed, cover(frame, 0.025))
    }

    fn plant(&self, under: Light, away: f32, down: f32) -> Light {
        let (x, y) = (away - 1.34, down - 0.45);
        let leaf = rough_terrain(derive(self.seed, 5), x * 5.0 + 9.0, y * 5.0, 3);
        let distance = x.hypot(y) - 0.34 - 0.35 * (leaf - 0.5);
        let green = lit([64.0, 104.0, 58.0], 0.55 + 0.8 * leaf);
        blend(under, green, cover(distance, 0.06) * 0.95)
    }
}

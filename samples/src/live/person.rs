//! Head and shoulders in front of a camera.

use crate::random::{Random, derive, rough_terrain, wander};

use super::room::{Light, blend, cover, lit};

/// What somebody looks like.
pub(super) struct Look {
    seed: u64,
    skin: Light,
    hair: Light,
    shirt: Light,
    long_hair: bool,
    glasses: bool,
    beard: bool,
    /// Side that the light comes from, -1 or 1.
    light_side: f32,
}

/// How somebody sits at one moment.
pub(super) struct Pose {
    head: (f32, f32),
    turn: f32,
    tilt: (f32, f32),
    lids: f32,
    mouth: f32,
    hand: Option<(f32, f32)>,
}

const SKINS: [Light; 4] = [
    [222.0, 178.0, 152.0],
    [206.0, 160.0, 132.0],
    [188.0, 138.0, 108.0],
    [232.0, 192.0, 170.0],
];
const HAIR: [Light; 5] = [
    [44.0, 34.0, 30.0],
    [92.0, 62.0, 40.0],
    [158.0, 122.0, 76.0],
    [118.0, 112.0, 108.0],
    [112.0, 52.0, 30.0],
];
const SHIRTS: [Light; 6] = [
    [52.0, 70.0, 104.0],
    [120.0, 44.0, 52.0],
    [196.0, 198.0, 204.0],
    [58.0, 92.0, 78.0],
    [64.0, 60.0, 66.0],
    [150.0, 118.0, 66.0],
];

/// Size of the head relative to the numbers of [`Look::head`].
const HEAD: f32 = 1.34;

impl Look {
    /// Invents the look of a seed.
    pub(super) fn new(seed: u64, light_side: f32) -> Self {
        let mut random = Random::new(derive(seed, 0x100));
        let long_hair = random.unit() < 0.5;
        Self {
            seed,
            skin: SKINS[random.below(SKINS.len())],
            hair: HAIR[random.below(HAIR.len())],
            shirt: SHIRTS[random.below(SHIRTS.len())],
            long_hair,
            glasses: random.unit() < 0.4,
            beard: !long_hair && random.unit() < 0.45,
            light_side,
        }
    }

    /// Returns the picture at a point with the person in front of `room`. Points are as in
    /// [`super::room::Room::light_at`]; edges are `edge` wide.
    pub(super) fn light_at(
        &self,
        pose: &Pose,
        (x, y): (f32, f32),
        edge: f32,
        room: Light,
    ) -> Light {
        let mut colour = self.body(pose, x, y, edge, room);
        let (dx, dy) = ((x - pose.head.0) / HEAD, (y - pose.head.1) / HEAD);
        let head = (
            dx * pose.tilt.0 + dy * pose.tilt.1,
            dy * pose.tilt.0 - dx * pose.tilt.1,
        );
        if head.0.abs() < 0.4 && head.1.abs() < 0.5 {
            colour = self.head(pose, head, edge / HEAD, colour);
        }
        if let Some(hand) = pose.hand {
            colour = self.hand(hand, (x, y), edge, colour);
        }
        colour
    }

    fn body(&self, pose: &Pose, x: f32, y: f32, edge: f32, under: Light) -> Light {
        let sway = pose.head.0 * 0.55;
        let mut colour = under;
        if self.long_hair {
            let back = oval(
                (x - pose.head.0 * 0.9, y - pose.head.1 - 0.20),
                (0.44, 0.62),
            );
            colour = blend(colour, lit(self.hair, 0.62), cover(back, edge));
        }
        let shoulders = cover(oval((x - sway, y - 1.36), (0.98, 0.86)), edge * 1.4);
        if shoulders > 0.0 {
            colour = blend(colour, self.cloth(x - sway, y), shoulders);
        }

        let neck_x = x - pose.head.0 * 0.8;
        let neck = oval((neck_x, y - 0.36), (0.18, 0.34));
        let throat = 0.60 + 0.10 * neck_x * self.light_side * 4.0 + 0.18 * (y - 0.3);
        colour = blend(colour, lit(self.skin, throat), cover(neck, edge));
        // The collar: two bands that meet below the throat.
        let collar = (neck_x.abs() * 0.9 - (0.78 - y) * 0.62).abs() - 0.028;
        let has_collar = y > 0.5 && y < 0.80 && neck_x.abs() < 0.26;
        if has_collar {
            colour = blend(colour, lit(self.shirt, 1.18), cover(collar, edge) * 0.9);
        }
        colour
    }

    fn cloth(&self, x: f32, y: f32) -> Light {
        let side = x / 0.92;
        let folds = rough_terrain(derive(self.seed, 1), x * 4.0, y * 2.4, 2);
        let round = 0.16 * (1.0 - side * side);
        let shade = 0.66 + 0.22 * side * self.light_side + 0.30 * (folds - 0.5) + round;
        lit(self.shirt, shade)
    }

    fn head(&self, pose: &Pose, (x, y): (f32, f32), edge: f32, under: Light) -> Light {
        let mut colour = under;
        for side in [-1.0, 1.0] {
            let ear = oval((x - side * 0.262, y - 0.03), (0.045, 0.085));
            colour = blend(colour, lit(self.skin, 0.74), cover(ear, edge));
        }
        let cap = cover(oval((x, y + 0.075), (0.292, 0.345)), edge * 1.5);
        if cap > 0.0 {
            colour = blend(colour, lit(self.hair, self.strands(x, y)), cap);
        }

        let (nx, ny) = (x / 0.262, y / 0.355);
        let jaw = 1.0 - 0.16 * ny.max(0.0) * ny.max(0.0);
        let face = cover(oval((x / jaw, y), (0.262, 0.355)), edge);
        let parting = 0.035 * (nx * 2.2 + 0.5).sin();
        let hairline = -0.205 - parting + 0.16 * nx * nx;
        let seen = face * (1.0 - cover(y - hairline, edge * 2.5));
        if seen <= 0.0 {
            return colour;
        }
        let depth = (1.0 - nx * nx - ny * ny).max(0.0).sqrt();
        let light = 0.48 * nx * self.light_side - 0.30 * ny + 0.74 * depth;
        let skin = lit(self.skin, 0.50 + 0.58 * light.max(0.0));
        let skin = self.face(pose, (x - pose.turn * depth, y), edge, skin);
        blend(colour, skin, seen)
    }

    /// Eyes, brows, nose, mouth, glasses and beard on the skin.
    fn face(&self, pose: &Pose, (x, y): (f32, f32), edge: f32, skin: Light) -> Light {
        let mut colour = skin;
        let dark = lit(self.skin, 0.36);
        if self.beard {
            let chin = (0.13 - y)
                .max(0.10 - y.hypot(x * 0.2))
                .max(-oval((x, y - 0.19), (0.075, 0.03)) - 0.01);
            let stubble = 0.55 + 0.25 * rough_terrain(self.seed, x * 30.0, y * 30.0, 2);
            colour = blend(
                colour,
                lit(self.hair, stubble + 0.2),
                cover(chin, 0.07) * 0.62,
            );
        }
        for side in [-1.0, 1.0] {
            let (ex, ey) = (x - side * 0.102, y + 0.035);
            let socket = oval((ex, ey), (0.072, 0.052));
            colour = blend(colour, lit(skin, 0.80), cover(socket, 0.05));
            let open = 0.023 * pose.lids;
            let white = oval((ex, ey), (0.042, open.max(0.003)));
            colour = blend(
                colour,
                [226.0, 220.0, 214.0],
                cover(white, edge) * pose.lids,
            );
            let iris = (ex - pose.turn * 0.2).hypot(ey) - 0.014;
            colour = blend(colour, [46.0, 36.0, 32.0], cover(iris, edge) * pose.lids);
            let lid = oval((ex, ey + open), (0.046, 0.005));
            colour = blend(colour, dark, cover(lid, edge) * 0.9);
            let brow = oval(
                (ex - side * 0.006, ey + 0.062 - 0.05 * ex * side),
                (0.056, 0.009),
            );
            colour = blend(colour, lit(self.hair, 0.8), cover(brow, edge) * 0.85);
            if self.glasses {
                let rim = oval((ex, ey - 0.005), (0.078, 0.058)).abs() - 0.002;
                colour = blend(colour, [38.0, 38.0, 44.0], cover(rim, edge * 0.6) * 0.8);
            }
        }
        let bridge = oval((x + 0.022 * self.light_side, y - 0.055), (0.018, 0.085));
        colour = blend(colour, lit(skin, 0.80), cover(bridge, 0.04) * 0.8);
        let tip = oval((x, y - 0.118), (0.036, 0.010));
        colour = blend(colour, dark, cover(tip, edge * 1.5) * 0.55);
        let opened = 0.004 + 0.026 * pose.mouth;
        let lips = oval((x, y - 0.200), (0.072, opened + 0.016));
        colour = blend(colour, [176.0, 98.0, 92.0], cover(lips, edge * 1.3) * 0.65);
        let gap = oval((x, y - 0.200 + 0.10 * x * x), (0.058, opened));
        blend(colour, [78.0, 36.0, 36.0], cover(gap, edge) * 0.85)
    }

    fn strands(&self, x: f32, y: f32) -> f32 {
        let strands = rough_terrain(derive(self.seed, 2), x * 26.0, y * 5.0, 2);
        0.62 + 0.40 * strands + 0.35 * x * self.light_side - 0.25 * y
    }

    fn hand(&self, at: (f32, f32), (x, y): (f32, f32), edge: f32, under: Light) -> Light {
        let (dx, dy) = (x - at.0, y - at.1);
        if dx.abs() > 0.4 || dy < -0.3 {
            return under;
        }
        let sleeve = oval((dx + dy * 0.18, dy - 0.62), (0.17, 0.52));
        let colour = blend(under, lit(self.shirt, 0.78 + dx), cover(sleeve, edge));
        let palm = oval((dx, dy), (0.10, 0.13));
        let fingers = (0..4).map(|finger| {
            let lean = finger as f32 * 0.046 - 0.07;
            oval((dx - lean * (1.0 - dy), dy + 0.13), (0.021, 0.095))
        });
        let hand = fingers.fold(palm, f32::min);
        blend(colour, lit(self.skin, 0.84 - dx * 1.2), cover(hand, edge))
    }
}

impl Pose {
    /// Returns how the person of a seed sits at a time in seconds.
    pub(super) fn at(seed: u64, seconds: f64) -> Self {
        let slow = |part: u64, speed: f64| wander(derive(seed, part), seconds * speed);
        let nod = slow(10, 1.9) * 0.012;
        let tilt = 0.075 * slow(11, 0.45);
        let talks = (slow(12, 0.33) + 0.55).clamp(0.0, 1.0);
        let blinks = blink(seed, seconds);
        let gesture = slow(13, 0.23);
        let hand = (gesture > 0.35).then(|| {
            let rise = ((gesture - 0.35) * 4.0).min(1.0);
            let side = if seed.is_multiple_of(2) { 0.62 } else { -0.62 };
            (
                side + 0.10 * slow(14, 1.6),
                1.35 - 0.75 * rise + 0.08 * slow(15, 2.1),
            )
        });
        Self {
            head: (
                0.11 * slow(16, 0.31) + 0.012 * slow(17, 2.2),
                -0.15 + 0.035 * slow(18, 0.5) + nod,
            ),
            turn: 0.05 * slow(19, 0.4),
            tilt: (tilt.cos(), tilt.sin()),
            lids: 1.0 - blinks,
            mouth: talks * (0.5 + 0.5 * slow(20, 7.0)).max(0.0),
            hand,
        }
    }
}

/// 1 while the eyes are shut: for a fifth of a second in about every fourth.
fn blink(seed: u64, seconds: f64) -> f32 {
    let period = 3.7;
    let round = (seconds / period).floor();
    let mut random = Random::new(derive(seed, 0x0b11 + round as u64));
    let shut = f64::from(random.between(0.3, 3.2));
    let passed = (seconds - round * period - shut) as f32;
    (1.0 - (passed / 0.1).abs()).max(0.0)
}

/// Nearly the distance to an oval around 0 with these half axes; negative inside. Near the edge it
/// is exact to first order, so that edges are equally soft all around.
fn oval((x, y): (f32, f32), (rx, ry): (f32, f32)) -> f32 {
    let reach = (x / rx).hypot(y / ry);
    let slope = (x / (rx * rx)).hypot(y / (ry * ry)).max(1e-4);
    (reach * (reach - 1.0) / slope).max(-rx.min(ry))
}

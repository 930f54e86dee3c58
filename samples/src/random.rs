//! Seeded randomness. Every value is a pure function of a seed and a position, so that frames can
//! be drawn in any order and come out the same.

/// Mixes the bits of a number so that neighbouring inputs give unrelated outputs (the finaliser of
/// SplitMix64).
pub(crate) const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// Derives the seed of a part from the seed of the whole.
pub(crate) const fn derive(seed: u64, part: u64) -> u64 {
    mix(seed ^ mix(part))
}

/// A sequence of random numbers.
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// Starts the sequence of a seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: mix(seed) }
    }

    /// Returns the next 64 random bits.
    pub(crate) const fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// Returns a number in `0..1`.
    pub(crate) fn unit(&mut self) -> f32 {
        unit(self.bits())
    }

    /// Returns a number in `low..high`.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Returns an index below `count`, which must not be zero.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.bits() % count as u64) as usize
    }

    /// Returns a number with mean 0 and standard deviation 1, nearly normal: the sum of twelve
    /// uniform numbers.
    pub(crate) fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }
}

fn unit(bits: u64) -> f32 {
    // 24 bits are what an f32 holds exactly.
    (bits >> 40) as f32 / (1u64 << 24) as f32
}

/// Returns a smooth random curve in `-1..1` at `position`: one random value per whole number,
/// joined without corners.
pub(crate) fn wander(seed: u64, position: f64) -> f32 {
    let whole = position.floor();
    let lattice = |offset: i64| unit(derive(seed, (whole as i64 + offset) as u64)) * 2.0 - 1.0;
    let (before, after) = (lattice(0), lattice(1));
    before + (after - before) * ease((position - whole) as f32)
}

/// Returns smooth random terrain in `0..1` at a point of a plane.
pub(crate) fn terrain(seed: u64, x: f32, y: f32) -> f32 {
    let (column, row) = (x.floor(), y.floor());
    let corner = |right: i64, down: i64| {
        let cell =
            ((column as i64 + right) as u64) << 32 ^ ((row as i64 + down) as u64 & 0xffff_ffff);
        unit(derive(seed, cell))
    };
    let (across, along) = (ease(x - column), ease(y - row));
    let upper = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * across;
    let lower = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * across;
    upper + (lower - upper) * along
}

/// Returns terrain with detail at `octaves` scales, in `0..1`.
pub(crate) fn rough_terrain(seed: u64, x: f32, y: f32, octaves: u32) -> f32 {
    let (mut total, mut weight, mut scale, mut sum) = (0.0, 0.5, 1.0, 0.0);
    for octave in 0..octaves {
        total += weight * terrain(derive(seed, u64::from(octave)), x * scale, y * scale);
        sum += weight;
        weight *= 0.5;
        scale *= 2.03;
    }
    total / sum
}

/// Moves from 0 to 1 with zero speed at both ends.
pub(crate) fn ease(position: f32) -> f32 {
    let position = position.clamp(0.0, 1.0);
    position * position * (3.0 - 2.0 * position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_sequence_and_another_seed_another_one() {
        let take = |seed| {
            let mut random = Random::new(seed);
            [random.bits(), random.bits(), random.bits()]
        };
        assert_eq!(take(7), take(7));
        assert_ne!(take(7), take(8));
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_deviation_one() {
        let mut random = Random::new(1);
        let values: Vec<f32> = (0..20_000).map(|_| random.normal()).collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / values.len() as f32;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((variance - 1.0).abs() < 0.05, "{variance}");
    }

    #[test]
    fn a_wandering_curve_has_no_jumps() {
        for step in 0..2000 {
            let here = wander(3, f64::from(step) / 100.0);
            let next = wander(3, f64::from(step + 1) / 100.0);
            assert!((here - next).abs() < 0.04, "at {step}: {here} then {next}");
        }
    }
}

//! Small soft pictures that are enlarged, as a lens and a cheap sensor do.

/// One plane of samples in 64ths of a step of 8 bits.
pub(super) struct Raster {
    width: usize,
    height: usize,
    samples: Vec<i16>,
}

/// 64ths, as in [`Raster`].
pub(super) const FRACTION: i32 = 64;

/// Positions in a raster have 16 fractional bits.
pub(super) const ONE: i64 = 1 << 16;

/// The part of a raster that is enlarged: where its left upper corner lies and how far apart two
/// neighbouring pixels of the result are, all in 65536ths of a sample.
#[derive(Clone, Copy)]
pub(super) struct View {
    pub(super) left: i64,
    pub(super) top: i64,
    pub(super) step: (i64, i64),
}

impl Raster {
    /// Makes an empty plane.
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            samples: vec![0; width * height],
        }
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) const fn height(&self) -> usize {
        self.height
    }

    /// Sets a sample from a value of 8 bits with fraction.
    pub(super) fn set(&mut self, x: usize, y: usize, value: f32) {
        let value = (value * FRACTION as f32)
            .round()
            .clamp(0.0, 255.0 * FRACTION as f32);
        self.samples[y * self.width + x] = value as i16;
    }

    /// Returns the view that shows the whole raster in `width` by `height` pixels.
    pub(super) fn whole(&self, width: usize, height: usize) -> View {
        let step = |samples: usize, pixels: usize| samples as i64 * ONE / pixels.max(1) as i64;
        let step = (step(self.width, width), step(self.height, height));
        // Centres of pixels meet centres of samples.
        View {
            left: (step.0 - ONE) / 2,
            top: (step.1 - ONE) / 2,
            step,
        }
    }

    /// Calls `put` with every row of the enlarged view, in 64ths.
    pub(super) fn enlarge(
        &self,
        view: View,
        (width, height): (usize, usize),
        mut put: impl FnMut(usize, &[i32]),
    ) {
        let columns: Vec<(usize, i32)> = (0..width)
            .map(|x| split(view.left + x as i64 * view.step.0, self.width))
            .collect();
        let mut mixed = vec![0; self.width];
        let mut row = vec![0; width];
        for y in 0..height {
            let (upper, share) = split(view.top + y as i64 * view.step.1, self.height);
            self.mix_rows(upper, share, &mut mixed);
            for (value, (left, share)) in row.iter_mut().zip(&columns) {
                let (a, b) = (mixed[*left], mixed[left + 1]);
                *value = a + (((b - a) * share) >> 8);
            }
            put(y, &row);
        }
    }

    fn mix_rows(&self, upper: usize, share: i32, mixed: &mut [i32]) {
        let a = &self.samples[upper * self.width..][..self.width];
        let b = &self.samples[(upper + 1) * self.width..][..self.width];
        for ((value, a), b) in mixed.iter_mut().zip(a).zip(b) {
            let (a, b) = (i32::from(*a), i32::from(*b));
            *value = a + (((b - a) * share) >> 8);
        }
    }
}

/// Splits a position into a sample that has a next one and the share of that next one in 256ths.
fn split(position: i64, samples: usize) -> (usize, i32) {
    let last = samples as i64 - 2;
    let whole = position >> 16;
    if whole < 0 {
        return (0, 0);
    }
    if whole > last {
        return (last as usize, 256);
    }
    (whole as usize, ((position & 0xffff) >> 8) as i32)
}

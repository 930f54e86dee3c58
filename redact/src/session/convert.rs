//! Colours of one standard in the samples of another.

use super::scale::Planes;
use crate::colour::ColourSpace;

/// Bits behind the point of a coefficient.
const BITS: u32 = 14;

/// A linear map of samples, and what is added to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Conversion {
    /// Luma from luma, U and V, each less its offset.
    luma: [i32; 3],
    u: [i32; 2],
    v: [i32; 2],
    from_offset: i32,
    to_offset: i32,
}

impl Conversion {
    /// Returns what has to be done; nothing where the two are the same.
    pub(super) fn between(from: ColourSpace, to: ColourSpace) -> Option<Self> {
        if from == to {
            return None;
        }
        // A colour is linear in its samples, so three of them say everything.
        let image = |sample: [f64; 3]| to.of_rgb(from.to_rgb(sample));
        let [luma, u, v] = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(image);
        let fixed = |value: f64| (value * f64::from(1 << BITS)).round() as i32;
        Some(Self {
            luma: [fixed(luma[0]), fixed(u[0]), fixed(v[0])],
            u: [fixed(u[1]), fixed(v[1])],
            v: [fixed(u[2]), fixed(v[2])],
            from_offset: from.luma_offset(),
            to_offset: to.luma_offset(),
        })
    }

    /// Changes a picture in place. Chroma has half the samples of luma in each direction; `width` is
    /// that of the luma.
    pub(super) fn apply(&self, planes: &mut Planes, width: usize) {
        let [luma, us, vs] = &mut planes.0;
        let half = width.div_ceil(2);
        for (row, line) in luma.chunks_exact_mut(width.max(1)).enumerate() {
            let first = row / 2 * half;
            let (us, vs) = (&us[first..first + half], &vs[first..first + half]);
            for ((pair, u), v) in line.chunks_mut(2).zip(us).zip(vs) {
                let (u, v) = (i32::from(*u) - 128, i32::from(*v) - 128);
                let shift = self.luma[1] * u + self.luma[2] * v;
                for y in pair {
                    let old = i32::from(*y) - self.from_offset;
                    *y = rounded(self.luma[0] * old + shift, self.to_offset);
                }
            }
        }
        for (u, v) in us.iter_mut().zip(vs) {
            let (old_u, old_v) = (i32::from(*u) - 128, i32::from(*v) - 128);
            *u = rounded(self.u[0] * old_u + self.u[1] * old_v, 128);
            *v = rounded(self.v[0] * old_u + self.v[1] * old_v, 128);
        }
    }
}

fn rounded(fixed: i32, offset: i32) -> u8 {
    let value = ((fixed + (1 << (BITS - 1))) >> BITS) + offset;
    value.clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use scrim_policy::Colour;

    use super::*;
    use crate::{colour::Matrix, session::scale::Planes};

    #[test]
    fn a_colour_looks_the_same_in_the_other_standard() {
        let to = ColourSpace::default();
        for from in [
            ColourSpace {
                matrix: Matrix::Bt601,
                full_range: false,
            },
            ColourSpace {
                matrix: Matrix::Bt601,
                full_range: true,
            },
        ] {
            let conversion = Conversion::between(from, to).unwrap();
            for (red, green, blue) in [
                (255, 0, 0),
                (0, 200, 0),
                (10, 30, 220),
                (255, 255, 255),
                (0, 0, 0),
                (200, 120, 90),
            ] {
                let colour = Colour { red, green, blue };
                let mut picture = Planes::filled((4, 2), from.samples(colour));
                conversion.apply(&mut picture, 4);
                let wanted = to.samples(colour);
                for (plane, wanted) in picture.0.iter().zip([wanted.y, wanted.u, wanted.v]) {
                    let near = plane.iter().all(|sample| sample.abs_diff(wanted) <= 1);
                    assert!(near, "{colour:?}: {plane:?} {wanted}");
                }
            }
        }
        assert_eq!(Conversion::between(to, to), None);
    }
}

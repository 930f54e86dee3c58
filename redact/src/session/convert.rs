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

    /// Changes a picture in place, whose rows have `width` samples of luma. Width and height are even.
    pub(super) fn apply(&self, planes: &mut Planes, width: usize) {
        let [luma, us, vs] = &mut planes.0;
        let (width, half) = (width.max(2), (width / 2).max(1));
        let offset = (self.to_offset << BITS) - self.luma[0] * self.from_offset;
        // What luma gets from the chroma of its square: the same in two rows, so it is counted once.
        let mut added = vec![0; half];
        let chroma = us.chunks_exact_mut(half).zip(vs.chunks_exact_mut(half));
        for (lines, (us, vs)) in luma.chunks_exact_mut(2 * width).zip(chroma) {
            for ((added, u), v) in added.iter_mut().zip(us).zip(vs) {
                let (old_u, old_v) = (i32::from(*u) - 128, i32::from(*v) - 128);
                *added = self.luma[1] * old_u + self.luma[2] * old_v + offset;
                *u = rounded(self.u[0] * old_u + self.u[1] * old_v, 128);
                *v = rounded(self.v[0] * old_u + self.v[1] * old_v, 128);
            }
            for line in lines.chunks_exact_mut(width) {
                for (pair, added) in line.chunks_exact_mut(2).zip(&added) {
                    pair[0] = rounded(self.luma[0] * i32::from(pair[0]) + added, 0);
                    pair[1] = rounded(self.luma[0] * i32::from(pair[1]) + added, 0);
                }
            }
        }
    }
}

fn rounded(fixed: i32, offset: i32) -> u8 {
    let value = ((fixed + (1 << (BITS - 1))) >> BITS) + offset;
    value.clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use scrim_policy::Colour;

    use super::*;
    use crate::{colour::Matrix, session::scale::Planes};

    #[test]
    fn a_colour_looks_the_same_in_the_other_standard() {
        let spaces = [Matrix::Bt601, Matrix::Bt709]
            .map(|matrix| [false, true].map(|full_range| ColourSpace { matrix, full_range }));
        for from in spaces.as_flattened() {
            for to in spaces.as_flattened() {
                let conversion = Conversion::between(*from, *to);
                assert_eq!(conversion.is_none(), from == to);
                for (red, green, blue) in [
                    (255, 0, 0),
                    (0, 200, 0),
                    (10, 30, 220),
                    (255, 255, 0),
                    (0, 255, 255),
                    (255, 0, 255),
                    (255, 255, 255),
                    (0, 0, 0),
                    (200, 120, 90),
                ] {
                    let colour = Colour { red, green, blue };
                    let mut picture = Planes::filled((4, 4), from.samples(colour));
                    if let Some(conversion) = conversion {
                        conversion.apply(&mut picture, 4);
                    }
                    let wanted = to.samples(colour);
                    for (plane, wanted) in picture.0.iter().zip([wanted.y, wanted.u, wanted.v]) {
                        let near = plane.iter().all(|sample| sample.abs_diff(wanted) <= 1);
                        assert!(near, "{from:?} {to:?} {colour:?}: {plane:?} {wanted}");
                    }
                }
            }
        }
    }

    #[test]
    fn each_square_gets_the_luma_of_its_own_chroma() {
        let from = ColourSpace {
            matrix: Matrix::Bt601,
            full_range: false,
        };
        let to = ColourSpace::default();
        let (red, grey) = (
            Colour {
                red: 255,
                green: 0,
                blue: 0,
            },
            Colour {
                red: 90,
                green: 90,
                blue: 90,
            },
        );
        // Red is the square at the right below, and all else is grey.
        let mut picture = Planes::filled((4, 4), from.samples(grey));
        let square = from.samples(red);
        for index in [10, 11, 14, 15] {
            picture.0[0][index] = square.y;
        }
        (picture.0[1][3], picture.0[2][3]) = (square.u, square.v);
        if let Some(conversion) = Conversion::between(from, to) {
            conversion.apply(&mut picture, 4);
        }
        for (index, luma) in picture.0[0].iter().enumerate() {
            let is_red = [10, 11, 14, 15].contains(&index);
            let wanted = to.samples(if is_red { red } else { grey }).y;
            assert!(luma.abs_diff(wanted) <= 1, "{index}: {luma} {wanted}");
        }
    }
}

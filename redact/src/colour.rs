//! From a colour to luma and chroma.

use scrim_policy::Colour;

/// The weights of red, green and blue in luma.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Matrix {
    /// Rec. ITU-R BT.601, standard definition.
    Bt601,
    /// Rec. ITU-R BT.709, high definition.
    #[default]
    Bt709,
}

/// How the samples of a picture are to be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ColourSpace {
    /// The weights of red, green and blue.
    pub matrix: Matrix,
    /// Whether samples use 0..=255 rather than 16..=235 (luma) and 16..=240 (chroma).
    pub full_range: bool,
}

/// A colour as samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Samples {
    pub(crate) y: u8,
    pub(crate) u: u8,
    pub(crate) v: u8,
}

impl ColourSpace {
    const fn red_and_blue_weight(self) -> (f64, f64) {
        match self.matrix {
            Matrix::Bt601 => (0.299, 0.114),
            Matrix::Bt709 => (0.2126, 0.0722),
        }
    }

    /// Offset and range of luma, and range of chroma.
    const fn ranges(self) -> (f64, f64, f64) {
        if self.full_range {
            (0.0, 255.0, 255.0)
        } else {
            (16.0, 219.0, 224.0)
        }
    }

    pub(crate) fn samples(self, colour: Colour) -> Samples {
        let [red, green, blue] =
            [colour.red, colour.green, colour.blue].map(|channel| f64::from(channel) / 255.0);
        let (red_weight, blue_weight) = self.red_and_blue_weight();
        let luma = red_weight * red + (1.0 - red_weight - blue_weight) * green + blue_weight * blue;
        let (offset, luma_range, chroma_range) = self.ranges();
        let chroma = |channel: f64, weight: f64| {
            (128.0 + chroma_range * (channel - luma) / (2.0 * (1.0 - weight))).round() as u8
        };
        Samples {
            y: (offset + luma_range * luma).round() as u8,
            u: chroma(blue, blue_weight),
            v: chroma(red, red_weight),
        }
    }

    /// Offset of luma, in steps.
    pub(crate) const fn luma_offset(self) -> i32 {
        self.ranges().0 as i32
    }

    /// Returns red, green and blue, where white is 1, of samples less their offsets.
    pub(crate) fn to_rgb(self, [y, u, v]: [f64; 3]) -> [f64; 3] {
        let (red_weight, blue_weight) = self.red_and_blue_weight();
        let (_, luma_range, chroma_range) = self.ranges();
        let luma = y / luma_range;
        let blue = luma + u / chroma_range * 2.0 * (1.0 - blue_weight);
        let red = luma + v / chroma_range * 2.0 * (1.0 - red_weight);
        let green =
            (luma - red_weight * red - blue_weight * blue) / (1.0 - red_weight - blue_weight);
        [red, green, blue]
    }

    /// Returns the samples less their offsets of red, green and blue, where white is 1.
    pub(crate) fn of_rgb(self, [red, green, blue]: [f64; 3]) -> [f64; 3] {
        let (red_weight, blue_weight) = self.red_and_blue_weight();
        let (_, luma_range, chroma_range) = self.ranges();
        let luma = red_weight * red + (1.0 - red_weight - blue_weight) * green + blue_weight * blue;
        let chroma =
            |channel: f64, weight: f64| chroma_range * (channel - luma) / (2.0 * (1.0 - weight));
        [
            luma * luma_range,
            chroma(blue, blue_weight),
            chroma(red, red_weight),
        ]
    }

    pub(crate) fn rgb(self, Samples { y, u, v }: Samples) -> [u8; 3] {
        let (red_weight, blue_weight) = self.red_and_blue_weight();
        let (offset, luma_range, chroma_range) = self.ranges();
        let luma = (f64::from(y) - offset) / luma_range;
        let difference = |sample: u8, weight: f64| {
            (f64::from(sample) - 128.0) / chroma_range * 2.0 * (1.0 - weight)
        };
        let blue = luma + difference(u, blue_weight);
        let red = luma + difference(v, red_weight);
        let green =
            (luma - red_weight * red - blue_weight * blue) / (1.0 - red_weight - blue_weight);
        [red, green, blue].map(|channel| (channel.clamp(0.0, 1.0) * 255.0).round() as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: Colour = Colour {
        red: 255,
        green: 255,
        blue: 255,
    };
    const RED: Colour = Colour {
        red: 255,
        green: 0,
        blue: 0,
    };

    #[test]
    fn white_and_red_have_the_samples_of_the_standards() {
        let hd = ColourSpace::default();
        assert_eq!(
            hd.samples(WHITE),
            Samples {
                y: 235,
                u: 128,
                v: 128
            }
        );
        assert_eq!(
            hd.samples(RED),
            Samples {
                y: 63,
                u: 102,
                v: 240
            }
        );
        let sd = ColourSpace {
            matrix: Matrix::Bt601,
            full_range: false,
        };
        assert_eq!(
            sd.samples(RED),
            Samples {
                y: 81,
                u: 90,
                v: 240
            }
        );
        let full = ColourSpace {
            full_range: true,
            ..hd
        };
        assert_eq!(full.samples(WHITE).y, 255);
    }

    #[test]
    fn colours_survive_the_way_there_and_back() {
        for matrix in [Matrix::Bt601, Matrix::Bt709] {
            let space = ColourSpace {
                matrix,
                full_range: false,
            };
            let colour = Colour::BACKGROUND;
            let [red, green, blue] = space.rgb(space.samples(colour));
            for (got, wanted) in [
                (red, colour.red),
                (green, colour.green),
                (blue, colour.blue),
            ] {
                assert!(got.abs_diff(wanted) <= 3, "{got} {wanted}");
            }
        }
    }
}

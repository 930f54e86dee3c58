//! The picture as it is encoded: I420, BT.709, limited range.

use scrim_policy::PixelRect;

use super::canvas::{Canvas, Colour};

/// A picture of three planes without padding: full luma, quarter chroma. Both sides are even.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planes {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Planes {
    /// Makes a black picture.
    pub fn black(width: u32, height: u32) -> Self {
        let (width, height) = (width as usize, height as usize);
        let mut bytes = vec![128; width * height * 3 / 2];
        bytes[..width * height].fill(16);
        Self {
            width,
            height,
            bytes,
        }
    }

    /// Width in pixels.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels.
    pub const fn height(&self) -> usize {
        self.height
    }

    /// All three planes, one after the other: Y, U, V.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Luma, `width` bytes per row.
    pub fn luma(&self) -> &[u8] {
        &self.bytes[..self.width * self.height]
    }

    /// Both chroma planes, half as many bytes per row and half as many rows.
    pub fn chroma(&self) -> (&[u8], &[u8]) {
        let chroma = &self.bytes[self.width * self.height..];
        chroma.split_at(chroma.len() / 2)
    }

    /// Luma and both chroma planes for writing.
    pub(crate) fn split_mut(&mut self) -> (&mut [u8], &mut [u8], &mut [u8]) {
        let (luma, chroma) = self.bytes.split_at_mut(self.width * self.height);
        let (u, v) = chroma.split_at_mut(luma.len() / 4);
        (luma, u, v)
    }

    /// Converts a canvas of the same size.
    pub(crate) fn of_canvas(canvas: &Canvas) -> Self {
        let mut planes = Self::black(canvas.width(), canvas.height());
        let width = planes.width;
        let (luma, u, v) = planes.split_mut();
        for (pair, rows) in luma.chunks_exact_mut(width * 2).enumerate() {
            let upper = canvas.row(pair as u32 * 2);
            let lower = canvas.row(pair as u32 * 2 + 1);
            for (x, (a, b)) in upper.iter().zip(lower).enumerate() {
                rows[x] = luma_of(*a);
                rows[width + x] = luma_of(*b);
            }
            let blocks = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            for (x, (a, b)) in blocks.enumerate() {
                let at = pair * (width / 2) + x;
                (u[at], v[at]) = chroma_of([a[0], a[1], b[0], b[1]]);
            }
        }
        planes
    }

    /// Copies a rectangle with even corners from another picture of the same size.
    pub(crate) fn restore(&mut self, from: &Self, rect: PixelRect) {
        let (width, height) = (self.width, self.height);
        let (x, y) = (rect.x as usize, rect.y as usize);
        let (right, bottom) = (rect.right() as usize, rect.bottom() as usize);
        let mut copy =
            |start: usize, stride: usize, columns: (usize, usize), rows: (usize, usize)| {
                for row in rows.0..rows.1 {
                    let row = start + row * stride;
                    let (first, last) = (row + columns.0, row + columns.1);
                    self.bytes[first..last].copy_from_slice(&from.bytes[first..last]);
                }
            };
        let size = width * height;
        copy(0, width, (x, right), (y, bottom));
        for start in [size, size + size / 4] {
            copy(start, width / 2, (x / 2, right / 2), (y / 2, bottom / 2));
        }
    }

    /// Returns the picture turned counter-clockwise by a multiple of 90 degrees.
    pub(crate) fn turned_left(&self, quarters: u32) -> Self {
        let mut turned = self.clone();
        for _ in 0..quarters % 4 {
            turned = turned.turned_left_once();
        }
        turned
    }

    fn turned_left_once(&self) -> Self {
        let mut turned = Self::black(self.height as u32, self.width as u32);
        let (luma, u, v) = turned.split_mut();
        let (from_u, from_v) = self.chroma();
        turn_plane(self.luma(), self.width, luma);
        turn_plane(from_u, self.width / 2, u);
        turn_plane(from_v, self.width / 2, v);
        turned
    }
}

/// The right-hand column of `from` becomes the first row of `to`.
fn turn_plane(from: &[u8], width: usize, to: &mut [u8]) {
    let height = from.len() / width;
    for (row, line) in to.chunks_exact_mut(height).enumerate() {
        let column = width - 1 - row;
        for (y, sample) in line.iter_mut().enumerate() {
            *sample = from[y * width + column];
        }
    }
}

/// ITU-R BT.709 luma in 16..=235, with 16 fractional bits.
fn luma_of(Colour([r, g, b]): Colour) -> u8 {
    let sum = 11_966 * i32::from(r) + 40_254 * i32::from(g) + 4_064 * i32::from(b);
    ((sum + (16 << 16) + (1 << 15)) >> 16) as u8
}

/// ITU-R BT.709 chroma in 16..=240 of two by two pixels.
fn chroma_of(pixels: [Colour; 4]) -> (u8, u8) {
    let sum = |channel: usize| {
        pixels
            .iter()
            .map(|pixel| i32::from(pixel.0[channel]))
            .sum::<i32>()
    };
    let (r, g, b) = (sum(0), sum(1), sum(2));
    let middle = (128 << 18) + (1 << 17);
    let u = -6_596 * r - 22_189 * g + 28_785 * b + middle;
    let v = 28_785 * r - 26_145 * g - 2_640 * b + middle;
    ((u >> 18) as u8, (v >> 18) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_white_and_grey_have_the_values_of_limited_range() {
        for (colour, luma, chroma) in [
            (0x00_00_00, 16, (128, 128)),
            (0xff_ff_ff, 235, (128, 128)),
            (0xff_00_00, 63, (102, 240)),
            (0x00_00_ff, 32, (240, 118)),
        ] {
            let colour = Colour::hex(colour);
            assert_eq!(
                (luma_of(colour), chroma_of([colour; 4])),
                (luma, chroma),
                "{colour:?}"
            );
        }
    }

    #[test]
    fn four_turns_give_the_picture_back() {
        let mut picture = Planes::black(6, 4);
        for (index, byte) in picture.bytes.iter_mut().enumerate() {
            *byte = index as u8;
        }
        let turned = picture.turned_left(1);
        assert_eq!((turned.width(), turned.height()), (4, 6));
        // The right upper corner becomes the left upper one.
        assert_eq!(turned.luma()[0], picture.luma()[5]);
        assert_eq!(turned.turned_left(3), picture);
    }
}

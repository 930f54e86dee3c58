//! Rectangles: fractions in a policy, pixels in a plan.

use serde::{Deserialize, Serialize};

/// A rectangle as fractions of the picture: `[x, y, width, height]`, each in `0..=1`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 4]", into = "[f64; 4]")]
pub struct Fractions {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl From<[f64; 4]> for Fractions {
    fn from([x, y, width, height]: [f64; 4]) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }
}

impl From<Fractions> for [f64; 4] {
    fn from(rect: Fractions) -> Self {
        [rect.x, rect.y, rect.width, rect.height]
    }
}

/// Slack for sums such as `0.16 + 0.84`, far below one pixel of any picture.
const EPSILON: f64 = 1e-6;

impl Fractions {
    /// Whether the rectangle has an area and lies inside the picture.
    pub fn is_inside_picture(&self) -> bool {
        let numbers = [self.x, self.y, self.width, self.height];
        numbers.iter().all(|number| number.is_finite())
            && self.x >= 0.0
            && self.y >= 0.0
            && self.width > 0.0
            && self.height > 0.0
            && self.x + self.width <= 1.0 + EPSILON
            && self.y + self.height <= 1.0 + EPSILON
    }

    /// Whether two rectangles share an area; touching edges do not count.
    pub fn overlaps(&self, other: &Self) -> bool {
        let apart = |start: f64, length: f64, other_start: f64, other_length: f64| {
            start + length <= other_start + EPSILON || other_start + other_length <= start + EPSILON
        };
        !apart(self.x, self.width, other.x, other.width)
            && !apart(self.y, self.height, other.y, other.height)
    }

    /// Returns the pixels that lie wholly inside; empty when there are none.
    pub fn inner_pixels(&self, width: u32, height: u32) -> PixelRect {
        let (x0, x1) = inner(self.x, self.width, width);
        let (y0, y1) = inner(self.y, self.height, height);
        PixelRect::between(x0, y0, x1, y1)
    }

    /// Returns the largest rectangle of even numbers that lies wholly inside; empty when there is none.
    pub fn inner_even_pixels(&self, width: u32, height: u32) -> PixelRect {
        let inner = self.inner_pixels(width, height);
        PixelRect::between(
            inner.x.next_multiple_of(2),
            inner.y.next_multiple_of(2),
            inner.right() & !1,
            inner.bottom() & !1,
        )
    }

    /// Returns all pixels that are touched.
    pub fn outer_pixels(&self, width: u32, height: u32) -> PixelRect {
        let (x0, x1) = outer(self.x, self.width, width);
        let (y0, y1) = outer(self.y, self.height, height);
        PixelRect::between(x0, y0, x1, y1)
    }
}

fn inner(start: f64, length: f64, pixels: u32) -> (u32, u32) {
    let scale = f64::from(pixels);
    let first = ((start - EPSILON) * scale).ceil().max(0.0) as u32;
    let last = ((start + length + EPSILON) * scale).floor().min(scale) as u32;
    (first, last)
}

fn outer(start: f64, length: f64, pixels: u32) -> (u32, u32) {
    let scale = f64::from(pixels);
    let first = (start * scale).floor().max(0.0) as u32;
    let last = ((start + length) * scale).ceil().min(scale) as u32;
    (first, last)
}

/// A rectangle of whole pixels. A width or height of zero means empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PixelRect {
    /// Left edge.
    pub x: u32,
    /// Upper edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl PixelRect {
    /// Returns the rectangle at `x`, `y`.
    pub const fn new(x: u32, y: u32, width: u32, height: u32) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    /// Returns the rectangle from the left upper to the right lower corner; an inverted one is
    /// empty.
    pub const fn between(x0: u32, y0: u32, x1: u32, y1: u32) -> Self {
        Self {
            x: x0,
            y: y0,
            width: x1.saturating_sub(x0),
            height: y1.saturating_sub(y0),
        }
    }

    /// First column to the right of the rectangle.
    pub const fn right(&self) -> u32 {
        self.x + self.width
    }

    /// First row below the rectangle.
    pub const fn bottom(&self) -> u32 {
        self.y + self.height
    }

    /// Whether no pixel is inside.
    pub const fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Number of pixels.
    pub const fn area(&self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// Returns what both rectangles share.
    pub fn intersection(&self, other: &Self) -> Self {
        Self::between(
            self.x.max(other.x),
            self.y.max(other.y),
            self.right().min(other.right()),
            self.bottom().min(other.bottom()),
        )
    }

    /// Whether the rectangles share a pixel.
    pub fn overlaps(&self, other: &Self) -> bool {
        !self.intersection(other).is_empty()
    }

    /// Whether all of `other` is inside.
    pub fn contains(&self, other: &Self) -> bool {
        self.intersection(other) == *other
    }

    /// Returns the rectangle grown by `pixels` on every side, clipped to a picture.
    pub fn grown(&self, pixels: u32, width: u32, height: u32) -> Self {
        Self::between(
            self.x.saturating_sub(pixels),
            self.y.saturating_sub(pixels),
            (self.right() + pixels).min(width),
            (self.bottom() + pixels).min(height),
        )
    }

    /// Returns the smallest rectangle on a grid of `step` pixels that contains this one, clipped
    /// to a picture.
    pub fn aligned_outward(&self, step: u32, width: u32, height: u32) -> Self {
        Self::between(
            self.x / step * step,
            self.y / step * step,
            (self.right().div_ceil(step) * step).min(width),
            (self.bottom().div_ceil(step) * step).min(height),
        )
    }

    /// Returns what is left of this rectangle without `hole`: up to four disjoint rectangles.
    pub fn without(&self, hole: &Self) -> impl Iterator<Item = Self> + use<> {
        let hole = self.intersection(hole);
        let parts = if hole.is_empty() {
            [*self, Self::default(), Self::default(), Self::default()]
        } else {
            [
                Self::between(self.x, self.y, self.right(), hole.y),
                Self::between(self.x, hole.bottom(), self.right(), self.bottom()),
                Self::between(self.x, hole.y, hole.x, hole.bottom()),
                Self::between(hole.right(), hole.y, self.right(), hole.bottom()),
            ]
        };
        parts.into_iter().filter(|part| !part.is_empty())
    }

    /// Whether the rectangle is covered by the union of `covers`.
    pub fn is_covered_by(&self, covers: &[Self]) -> bool {
        let mut bare = vec![*self];
        for cover in covers {
            bare = bare.iter().flat_map(|part| part.without(cover)).collect();
            if bare.is_empty() {
                return true;
            }
        }
        bare.iter().all(Self::is_empty)
    }
}

//! Where a cleared picture lands on the output canvas.

use serde::{Deserialize, Serialize};

use super::{Geometry, mask::BlockMask};
use crate::rect::PixelRect;

/// A run of source columns or rows that is carried over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strip {
    /// First column or row; even.
    pub start: u32,
    /// Number of columns or rows; even.
    pub length: u32,
}

/// The columns and rows of the source that are carried over, and where they land together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Columns that are carried over, from left to right. Empty means a blank canvas.
    pub columns: Vec<Strip>,
    /// Rows that are carried over, from top to bottom. Empty means a blank canvas.
    pub rows: Vec<Strip>,
    /// Where they land on the canvas, scaled to fit; all four numbers are even.
    pub target: PixelRect,
}

impl Layout {
    /// Carries over the whole picture.
    pub(crate) fn whole(source: &Geometry, output: [u32; 2]) -> Self {
        let all = |length: u32| {
            vec![Strip {
                start: 0,
                length: length & !1,
            }]
        };
        Self::fitted(all(source.width), all(source.height), source, output)
    }

    /// Drops columns and rows in which nothing is kept or painted.
    pub(super) fn recomposed(
        mask: &BlockMask,
        painted: &[PixelRect],
        source: &Geometry,
        output: [u32; 2],
    ) -> Self {
        let is_used = |column: u32, row: u32| {
            let block = mask.block(column, row);
            mask.is_kept(column, row) || painted.iter().any(|rect| rect.overlaps(&block))
        };
        let columns = strips(
            (0..mask.columns())
                .filter(|&column| (0..mask.rows()).any(|row| is_used(column, row)))
                .map(|column| (mask.block(column, 0).x, mask.block(column, 0).width)),
        );
        let rows = strips(
            (0..mask.rows())
                .filter(|&row| (0..mask.columns()).any(|column| is_used(column, row)))
                .map(|row| (mask.block(0, row).y, mask.block(0, row).height)),
        );
        Self::fitted(columns, rows, source, output)
    }

    fn fitted(
        columns: Vec<Strip>,
        rows: Vec<Strip>,
        source: &Geometry,
        [canvas_width, canvas_height]: [u32; 2],
    ) -> Self {
        let (numerator, denominator) = source.pixel_aspect;
        let width = u64::from(total(&columns)) * u64::from(numerator);
        let height = u64::from(total(&rows)) * u64::from(denominator);
        if width == 0 || height == 0 {
            return Self {
                columns: Vec::new(),
                rows: Vec::new(),
                target: PixelRect::default(),
            };
        }
        let (wide, high) = (u64::from(canvas_width), u64::from(canvas_height));
        let (target_width, target_height) = if wide * height <= high * width {
            (wide, rounded(height * wide, width))
        } else {
            (rounded(width * high, height), high)
        };
        let even = |edge: u64, canvas: u32| ((edge as u32) & !1).clamp(2, canvas);
        let target_width = even(target_width, canvas_width);
        let target_height = even(target_height, canvas_height);
        let target = PixelRect::new(
            ((canvas_width - target_width) / 2) & !1,
            ((canvas_height - target_height) / 2) & !1,
            target_width,
            target_height,
        );
        Self {
            columns,
            rows,
            target,
        }
    }

    /// Number of source columns that are carried over.
    pub fn source_width(&self) -> u32 {
        total(&self.columns)
    }

    /// Number of source rows that are carried over.
    pub fn source_height(&self) -> u32 {
        total(&self.rows)
    }

    /// Whether the output is the cleared picture itself, pixel by pixel.
    pub fn is_identity(&self, source: &Geometry, output: [u32; 2]) -> bool {
        let size = [source.width, source.height];
        size == output
            && [self.source_width(), self.source_height()] == size
            && self.target == PixelRect::new(0, 0, output[0], output[1])
    }

    /// Returns the rectangle on the canvas that a source rectangle lands on, as fractions of
    /// pixels rounded outward; empty when it is not carried over.
    pub fn project(&self, rect: &PixelRect) -> PixelRect {
        let (x0, x1) = span(&self.columns, rect.x, rect.right());
        let (y0, y1) = span(&self.rows, rect.y, rect.bottom());
        if x0 >= x1 || y0 >= y1 {
            return PixelRect::default();
        }
        let across = |at: u32, total: u32, length: u32, up: bool| {
            let product = u64::from(at) * u64::from(length);
            let total = u64::from(total.max(1));
            (if up {
                product.div_ceil(total)
            } else {
                product / total
            }) as u32
        };
        let (width, height) = (self.source_width(), self.source_height());
        PixelRect::between(
            self.target.x + across(x0, width, self.target.width, false),
            self.target.y + across(y0, height, self.target.height, false),
            self.target.x + across(x1, width, self.target.width, true),
            self.target.y + across(y1, height, self.target.height, true),
        )
    }
}

/// Start and end of a source interval after dropped strips were taken out.
fn span(strips: &[Strip], start: u32, end: u32) -> (u32, u32) {
    let before = |at: u32| {
        strips
            .iter()
            .map(|strip| at.clamp(strip.start, strip.start + strip.length) - strip.start)
            .sum()
    };
    (before(start), before(end))
}

fn total(strips: &[Strip]) -> u32 {
    strips.iter().map(|strip| strip.length).sum()
}

fn rounded(numerator: u64, denominator: u64) -> u64 {
    (numerator + denominator / 2) / denominator
}

/// Joins neighbouring blocks; an odd last column or row is dropped, since chroma has half the
/// resolution.
fn strips(blocks: impl Iterator<Item = (u32, u32)>) -> Vec<Strip> {
    let mut joined: Vec<Strip> = Vec::new();
    for (start, length) in blocks {
        match joined.last_mut() {
            Some(strip) if strip.start + strip.length == start => strip.length += length,
            _ => joined.push(Strip { start, length }),
        }
    }
    for strip in &mut joined {
        strip.length &= !1;
    }
    joined.retain(|strip| strip.length > 0);
    joined
}

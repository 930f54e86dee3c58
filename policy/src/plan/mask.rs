//! Which blocks of a picture are kept.

use crate::rect::PixelRect;

/// Edge of a mask block in pixels: a macroblock of H.264, so that no block of the encoder holds
/// both kept and hidden pixels.
pub const BLOCK_PX: u32 = 16;

/// How far kept pixels stay away from anything hidden, in pixels. Decoders and scalers smear over
/// a few pixels (deblocking 3, chroma 2, filters 4), and people draw rectangles a little too small.
pub const PADDING_PX: u32 = 16;

/// One flag per block of [`BLOCK_PX`] pixels; blocks at the right and lower edge may be partial.
pub(super) struct BlockMask {
    width: u32,
    height: u32,
    columns: u32,
    kept: Vec<bool>,
}

impl BlockMask {
    /// Keeps each block that, grown by [`PADDING_PX`] within the picture, is covered by kept
    /// rectangles and touches no hidden one.
    pub(super) fn new(width: u32, height: u32, keep: &[PixelRect], hidden: &[PixelRect]) -> Self {
        let columns = width.div_ceil(BLOCK_PX);
        let rows = height.div_ceil(BLOCK_PX);
        let mut mask = Self {
            width,
            height,
            columns,
            kept: Vec::new(),
        };
        mask.kept = (0..rows)
            .flat_map(|row| (0..columns).map(move |column| (column, row)))
            .map(|(column, row)| {
                let grown = mask.block(column, row).grown(PADDING_PX, width, height);
                !hidden.iter().any(|rect| rect.overlaps(&grown)) && grown.is_covered_by(keep)
            })
            .collect();
        mask
    }

    pub(super) fn columns(&self) -> u32 {
        self.columns
    }

    pub(super) fn rows(&self) -> u32 {
        self.height.div_ceil(BLOCK_PX)
    }

    pub(super) fn is_kept(&self, column: u32, row: u32) -> bool {
        self.kept[(row * self.columns + column) as usize]
    }

    /// The pixels of a block.
    pub(super) fn block(&self, column: u32, row: u32) -> PixelRect {
        let (x, y) = (column * BLOCK_PX, row * BLOCK_PX);
        PixelRect::between(
            x,
            y,
            (x + BLOCK_PX).min(self.width),
            (y + BLOCK_PX).min(self.height),
        )
    }

    pub(super) fn kept_rects(&self) -> Vec<PixelRect> {
        self.rects(true)
    }

    pub(super) fn filled_rects(&self) -> Vec<PixelRect> {
        self.rects(false)
    }

    /// Returns disjoint rectangles over all blocks with the given flag: runs of a row, joined with
    /// equal runs of the row above.
    fn rects(&self, wanted: bool) -> Vec<PixelRect> {
        let mut done = Vec::new();
        let mut open: Vec<PixelRect> = Vec::new();
        for row in 0..self.rows() {
            let runs = self.runs(row, wanted);
            let (continued, ended): (Vec<_>, Vec<_>) = open.into_iter().partition(|rect| {
                runs.iter()
                    .any(|run| run.x == rect.x && run.width == rect.width)
            });
            done.extend(ended);
            open = runs
                .into_iter()
                .map(|run| {
                    let above = continued
                        .iter()
                        .find(|rect| rect.x == run.x && rect.width == run.width);
                    above.map_or(run, |rect| PixelRect {
                        height: run.bottom() - rect.y,
                        ..*rect
                    })
                })
                .collect();
        }
        done.extend(open);
        done
    }

    fn runs(&self, row: u32, wanted: bool) -> Vec<PixelRect> {
        let mut runs: Vec<PixelRect> = Vec::new();
        for column in (0..self.columns).filter(|&column| self.is_kept(column, row) == wanted) {
            let block = self.block(column, row);
            match runs.last_mut() {
                Some(run) if run.right() == block.x => run.width += block.width,
                _ => runs.push(block),
            }
        }
        runs
    }
}

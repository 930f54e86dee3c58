//! Where tiles lie on a canvas. All numbers are even, and no two tiles overlap.

use std::cmp::Reverse;

use crate::PixelRect;

/// Space between tiles and around them, in pixels.
const GAP_PX: u32 = 8;

/// Shortest edge of a tile, in pixels. On a canvas that is too small there are fewer tiles.
const TILE_EDGE: u32 = 16;

/// Places of a strip.
pub(super) const STRIP: u32 = 4;

/// A large tile, and a strip of small ones: at its right, or below it where the canvas is higher than
/// wide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Beside {
    pub(super) large: PixelRect,
    pub(super) strip: Vec<PixelRect>,
}

/// Returns the whole canvas as a tile.
pub(super) const fn whole([width, height]: [u32; 2]) -> PixelRect {
    PixelRect::new(0, 0, width, height)
}

/// Returns a large tile and a strip, where the canvas is large enough for both.
///
/// The strip is as high as a picture of 16:9 in the large tile: with `w` and `h` of a small tile,
/// `4h + 3 gaps = (width - w - 3 gaps) * 9/16` and `w = h * 16/9`.
pub(super) fn beside(canvas: [u32; 2]) -> Option<Beside> {
    let [width, height] = canvas;
    let gaps = GAP_PX * (STRIP - 1);
    if height > width {
        return below(canvas);
    }
    let beside_picture = (width.checked_sub(3 * GAP_PX)? * 9 / 16).checked_sub(gaps)? / (STRIP + 1);
    let in_canvas = height.checked_sub(gaps + 2 * GAP_PX)? / STRIP;
    let high = beside_picture.min(in_canvas) & !1;
    let wide = even(high * 16, 9);
    if high < TILE_EDGE {
        return None;
    }
    let large = PixelRect::between(GAP_PX, GAP_PX, width - wide - 2 * GAP_PX, height - GAP_PX);
    let top = ((height - STRIP * high - gaps) / 2) & !1;
    let place = |index| {
        let y = top + index * (high + GAP_PX);
        PixelRect::new(width - wide - GAP_PX, y, wide, high)
    };
    Some(Beside {
        large,
        strip: (0..STRIP).map(place).collect(),
    })
}

fn below([width, height]: [u32; 2]) -> Option<Beside> {
    let gaps = GAP_PX * (STRIP - 1);
    let wide = (width.checked_sub(gaps + 2 * GAP_PX)? / STRIP) & !1;
    let high = even(wide * 9, 16);
    if high < TILE_EDGE {
        return None;
    }
    let large = PixelRect::between(GAP_PX, GAP_PX, width - GAP_PX, height - high - 2 * GAP_PX);
    let left = ((width - STRIP * wide - gaps) / 2) & !1;
    let place = |index| {
        let x = left + index * (wide + GAP_PX);
        PixelRect::new(x, height - high - GAP_PX, wide, high)
    };
    Some(Beside {
        large,
        strip: (0..STRIP).map(place).collect(),
    })
}

/// Returns tiles of 16:9 in rows, as large as so many can be, from the left and from the top. The last
/// row is in the middle. One alone has the whole canvas. Where so many do not fit, there are fewer.
pub(super) fn grid(canvas: [u32; 2], count: usize) -> Vec<PixelRect> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    match count {
        0 => Vec::new(),
        1 => vec![whole(canvas)],
        _ => rows(canvas, count).unwrap_or_else(|| grid(canvas, count as usize - 1)),
    }
}

fn rows(canvas: [u32; 2], count: u32) -> Option<Vec<PixelRect>> {
    let [width, height] = canvas;
    let (wide, high, columns) = (1..=count)
        .filter_map(|columns| {
            let (wide, high) = cell(canvas, columns, count.div_ceil(columns))?;
            Some((wide, high, columns))
        })
        // Of equal ones, that with fewer columns: it has fewer empty places.
        .min_by_key(|(wide, high, columns)| (Reverse(wide * high), *columns))?;
    let length = |cells: u32, edge: u32| cells * edge + (cells - 1) * GAP_PX;
    let centred = |canvas: u32, length: u32| ((canvas - length) / 2) & !1;
    let top = centred(height, length(count.div_ceil(columns), high));
    let place = |index: u32| {
        let (row, column) = (index / columns, index % columns);
        let in_row = columns.min(count - row * columns);
        let left = centred(width, length(in_row, wide));
        let x = left + column * (wide + GAP_PX);
        PixelRect::new(x, top + row * (high + GAP_PX), wide, high)
    };
    Some((0..count).map(place).collect())
}

/// Returns the size of a tile of 16:9, if so many rows and columns of them fit.
fn cell([width, height]: [u32; 2], columns: u32, rows: u32) -> Option<(u32, u32)> {
    let wide = width.checked_sub((columns + 1) * GAP_PX)? / columns;
    let high = height.checked_sub((rows + 1) * GAP_PX)? / rows;
    let wide = wide.min(high * 16 / 9) & !1;
    let high = even(wide * 9, 16).min(high & !1);
    (wide >= TILE_EDGE && high >= TILE_EDGE).then_some((wide, high))
}

/// Returns the even number that is nearest to a fraction.
const fn even(numerator: u32, denominator: u32) -> u32 {
    (numerator + denominator) / (2 * denominator) * 2
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_strip_is_as_high_as_the_picture_beside_it() {
        for canvas in [[1280, 720], [1920, 1080], [640, 360]] {
            let Beside { large, strip } = beside(canvas).unwrap();
            let strip_height = strip[3].bottom() - strip[0].y;
            assert!(
                strip_height.abs_diff(large.width * 9 / 16) <= 8,
                "{canvas:?}"
            );
            assert_eq!(strip.len(), 4);
        }
        let narrow = beside([720, 1280]).unwrap();
        assert!(narrow.strip[0].y > narrow.large.bottom());
        assert_eq!(beside([64, 36]), None);
    }

    const CANVASES: [[u32; 2]; 6] = [
        [1280, 720],
        [1920, 1080],
        [640, 360],
        [720, 1280],
        [1280, 400],
        [800, 800],
    ];

    #[test]
    fn tiles_of_a_grid_are_equal_and_even_and_never_overlap() {
        for [width, height] in CANVASES {
            for count in 1..=16 {
                let tiles = grid([width, height], count);
                assert_eq!(tiles.len(), count, "{width}x{height}");
                for (index, tile) in tiles.iter().enumerate() {
                    let numbers = [tile.x, tile.y, tile.width, tile.height];
                    assert!(numbers.iter().all(|number| number % 2 == 0), "{tile:?}");
                    assert!(whole([width, height]).contains(tile) && !tile.is_empty());
                    assert_eq!((tile.width, tile.height), (tiles[0].width, tiles[0].height));
                    let mut before = tiles[..index].iter();
                    assert!(before.all(|other| !other.overlaps(tile)), "{tiles:?}");
                }
            }
        }
    }

    #[test]
    fn no_other_rows_and_columns_have_larger_tiles() {
        for [width, height] in CANVASES {
            for count in 2..=16_u32 {
                let tile = grid([width, height], count as usize)[0];
                assert!(
                    (tile.width * 9).abs_diff(tile.height * 16) <= 16,
                    "{tile:?}"
                );
                // Two steps of two pixels: one of them may be lost where numbers are made even.
                let wide = tile.width + 4;
                for columns in 1..=count {
                    let rows = count.div_ceil(columns);
                    let fits_across = columns * wide + (columns + 1) * GAP_PX <= width;
                    let fits_down = rows * wide * 9 + (rows + 1) * GAP_PX * 16 <= height * 16;
                    assert!(
                        !(fits_across && fits_down),
                        "{count} in {width}x{height}: {columns} columns, {tile:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_row_of_a_grid_is_in_the_middle() {
        for [width, height] in CANVASES {
            for count in 2..=16 {
                let tiles = grid([width, height], count);
                let below = height - tiles[count - 1].bottom();
                assert!(tiles[0].y.abs_diff(below) <= 2, "{tiles:?}");
                for row in tiles.chunk_by(|one, next| one.y == next.y) {
                    let right = width - row[row.len() - 1].right();
                    assert!(row[0].x.abs_diff(right) <= 2, "{tiles:?}");
                }
            }
        }
    }

    #[test]
    fn two_people_leave_no_places_for_others() {
        let [left, right] = grid([1280, 720], 2)[..] else {
            panic!("two people have two tiles")
        };
        assert_eq!(left, PixelRect::new(8, 182, 628, 354));
        assert_eq!(right, PixelRect::new(644, 182, 628, 354));
        let above = grid([720, 1280], 2);
        assert_eq!((above[0].x, above[0].width), (8, 704));
        assert_eq!(above[1].y, above[0].bottom() + GAP_PX);
    }

    #[test]
    fn a_grid_has_as_large_tiles_as_fit() {
        let rows = |count: usize| {
            let mut tops: Vec<u32> = grid([1280, 720], count).iter().map(|one| one.y).collect();
            tops.dedup();
            tops.len()
        };
        assert_eq!(
            [1, 2, 3, 4, 5, 9, 12, 16].map(rows),
            [1, 1, 2, 2, 2, 3, 3, 4]
        );
        assert_eq!(grid([1280, 720], 1), [PixelRect::new(0, 0, 1280, 720)]);
        assert_eq!(grid([1280, 720], 0), []);
        assert!(grid([64, 36], 16).len() < 16);
    }
}

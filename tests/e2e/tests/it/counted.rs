//! What a recording shows of a camera that counts: see `tests/peers/browser/counted.mjs`. Somebody with
//! such a camera has the whole picture.

use std::{ops::Range, path::Path};

use image::RgbImage;

use crate::media::{picture_times, pictures};

/// Numbers a second.
pub(crate) const RATE: f64 = 15.0;

/// Cells of a picture. Below them is a row in which recordings write initials.
const COLUMNS: u32 = 16;
const ROWS: u32 = 8;

/// Edge of a cell where it is looked at, in pixels, and what is looked at of it.
const EDGE: u32 = 20;
const MIDDLE: Range<u32> = 6..14;

/// Light cells are lighter than the one, and dark cells darker than the other: coding changes them a little.
const DARKEST_LIGHT: u32 = 170;
const LIGHTEST_DARK: u32 = 85;

/// By how much cells may differ where there is no picture.
const PLAIN: u32 = 20;

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// A number, in a picture of which every cell is right.
    Number(u32),
    /// No picture.
    Nothing,
    /// A picture that is not as it was sent.
    Damaged,
}

/// Returns what a recording shows, and from when on in seconds.
pub(crate) fn shown(movie: &Path) -> Vec<(f64, Shown)> {
    let all = pictures(movie, [COLUMNS * EDGE, (ROWS + 1) * EDGE]);
    let times = picture_times(movie);
    assert_eq!(all.len(), times.len());
    times.into_iter().zip(all.iter().map(read)).collect()
}

/// Returns from when on each number was shown, in seconds.
pub(crate) fn numbers(shown: &[(f64, Shown)]) -> Vec<(f64, u32)> {
    let numbers = shown.iter().filter_map(|(at, what)| match what {
        Shown::Number(number) => Some((*at, *number)),
        Shown::Nothing | Shown::Damaged => None,
    });
    let mut numbers: Vec<_> = numbers.collect();
    numbers.dedup_by_key(|(_, number)| *number);
    numbers
}

fn read(picture: &RgbImage) -> Shown {
    let cells: Vec<u32> = (0..COLUMNS * ROWS)
        .map(|cell| luma(picture, cell))
        .collect();
    let (darkest, lightest) = (cells.iter().min(), cells.iter().max());
    if let (Some(darkest), Some(lightest)) = (darkest, lightest)
        && lightest - darkest < PLAIN
    {
        return Shown::Nothing;
    }
    let first = cells.iter().take(COLUMNS as usize);
    let number = first.fold(0, |number, luma| number * 2 + u32::from(*luma > 127));
    let is_right = |(cell, luma): (u32, &u32)| {
        if is_light(number, cell) {
            *luma > DARKEST_LIGHT
        } else {
            *luma < LIGHTEST_DARK
        }
    };
    if (0..).zip(&cells).all(is_right) {
        Shown::Number(number)
    } else {
        Shown::Damaged
    }
}

/// How light the middle of a cell is on average, from 0 to 255.
fn luma(picture: &RgbImage, cell: u32) -> u32 {
    let (left, top) = (cell % COLUMNS * EDGE, cell / COLUMNS * EDGE);
    let places = MIDDLE.flat_map(|y| MIDDLE.map(move |x| (x, y)));
    let lumas = places.map(|(x, y)| {
        let [r, g, b] = picture.get_pixel(left + x, top + y).0.map(u32::from);
        (2 * r + 5 * g + b) / 8
    });
    lumas.sum::<u32>() / (MIDDLE.len() * MIDDLE.len()) as u32
}

/// The rule of the camera: the number in the first row, and a pattern that follows from it in the others.
fn is_light(number: u32, cell: u32) -> bool {
    if cell < COLUMNS {
        return (number >> (COLUMNS - 1 - cell)) & 1 == 1;
    }
    let of_number = (number + 1).wrapping_mul(0x9e37_79b1);
    let mixed = of_number ^ (cell + 1).wrapping_mul(0x85eb_ca6b);
    let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d);
    (mixed ^ (mixed >> 13)) & 1 == 1
}

#[test]
fn a_number_is_read_where_every_cell_is_right_and_nowhere_else() {
    let drawn = |number: u32, wrong: Option<u32>| {
        RgbImage::from_fn(COLUMNS * EDGE, (ROWS + 1) * EDGE, |x, y| {
            let cell = y / EDGE * COLUMNS + x / EDGE;
            let luma = if y / EDGE == ROWS {
                128
            } else if is_light(number, cell) == (wrong != Some(cell)) {
                224
            } else {
                32
            };
            image::Rgb([luma; 3])
        })
    };
    for number in [0, 1, 899, 65_535] {
        assert_eq!(read(&drawn(number, None)), Shown::Number(number));
    }
    for cell in 0..COLUMNS * ROWS {
        assert_eq!(read(&drawn(899, Some(cell))), Shown::Damaged, "{cell}");
    }
    let plain = RgbImage::from_pixel(COLUMNS * EDGE, (ROWS + 1) * EDGE, image::Rgb([24; 3]));
    assert_eq!(read(&plain), Shown::Nothing);
}

//! Text of any size, from a font that has four.

use fast_image_resize::Resizer;
use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};

use super::scale::resized;

/// The sizes of the font, the largest first.
const SIZES: [RasterHeight; 4] = [
    RasterHeight::Size32,
    RasterHeight::Size24,
    RasterHeight::Size20,
    RasterHeight::Size16,
];

/// How much of each pixel is covered by ink: 255 is all of it.
#[derive(Debug)]
pub(super) struct Ink {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) coverage: Vec<u8>,
}

/// Returns the largest size of the font that is not higher, or the smallest.
pub(super) fn size_of(height: u32) -> RasterHeight {
    let fits = |size: &RasterHeight| size.val() as u32 <= height;
    SIZES.into_iter().find(fits).unwrap_or(RasterHeight::Size16)
}

/// Width of a letter, in pixels.
pub(super) const fn advance(size: RasterHeight) -> u32 {
    get_raster_width(FontWeight::Bold, size) as u32
}

/// Writes a line in a size of the font.
pub(super) fn written(text: &str, size: RasterHeight) -> Ink {
    let advance = advance(size) as usize;
    let (width, height) = (advance * text.chars().count(), size.val());
    let mut coverage = vec![0; width * height];
    for (index, letter) in text.chars().enumerate() {
        let raster = get_raster(letter, FontWeight::Bold, size)
            .or_else(|| get_raster('\u{fffd}', FontWeight::Bold, size));
        let Some(raster) = raster else { continue };
        for (row, line) in raster.rows().enumerate().take(height) {
            let start = row * width + index * advance;
            let count = line.len().min(advance);
            coverage[start..start + count].copy_from_slice(&line[..count]);
        }
    }
    Ink {
        width,
        height,
        coverage,
    }
}

/// Writes a line as high as wanted, and not wider than `most`. Letters that are larger than the font are
/// drawn from its largest size: the edges of that are smoothed, and then sharpened as much as they were
/// smoothed.
pub(super) fn written_within(text: &str, height: u32, most: u32) -> Ink {
    let largest = RasterHeight::Size32;
    let letters = (text.chars().count() as u32).max(1);
    let natural = (advance(largest) * letters, largest.val() as u32);
    let height = height.min(most * natural.1 / natural.0);
    if height <= natural.1 || text.is_empty() {
        return written(text, size_of(height));
    }
    let small = written(text, largest);
    let (width, height) = ((natural.0 * height / natural.1) as usize, height as usize);
    let size = (small.width, small.height);
    let source = (
        small.coverage.as_slice(),
        size,
        [small.width as f64, small.height as f64],
    );
    let mut coverage = resized(&mut Resizer::new(), source, (width, height));
    for ink in &mut coverage {
        let sharpened = (i32::from(*ink) - 128) * height as i32 / small.height as i32 + 128;
        *ink = sharpened.clamp(0, 255) as u8;
    }
    Ink {
        width,
        height,
        coverage,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_as_high_as_wanted_and_not_wider_than_allowed() {
        for (text, height, most) in [
            ("A.K.", 120, 400),
            ("A.K. 12", 120, 200),
            ("A.K.", 33, 400),
            ("A.K.", 20, 400),
        ] {
            let Ink {
                width,
                height: high,
                coverage,
            } = written_within(text, height, most);
            assert!(high as u32 <= height && width as u32 <= most, "{text}");
            assert_eq!(coverage.len(), width * high);
            assert!(coverage.contains(&255) && coverage.contains(&0), "{text}");
        }
        assert_eq!(written_within("A.K.", 120, 400).height, 120);
    }

    #[test]
    fn large_letters_have_sharp_edges() {
        let ink = written_within("H", 128, 200);
        let between = |ink: &&u8| (1..255).contains(*ink);
        let soft = ink.coverage.iter().filter(between).count();
        let full = ink.coverage.iter().filter(|ink| **ink == 255).count();
        assert!(full > 2 * soft, "{full} {soft}");
    }

    #[test]
    fn what_is_called_nothing_has_no_ink() {
        let ink = written_within("", 100, 100);
        assert_eq!((ink.width, ink.coverage.len()), (0, 0));
    }
}

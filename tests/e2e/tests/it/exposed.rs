//! What a published recording shows, against its source.

use std::path::Path;

use image::RgbImage;

use crate::media::{Area, similarity, still};

/// In the middle of five equal shares of the short webinar, in seconds.
pub(crate) const TIMES: [f64; 5] = [1.6, 4.8, 8.0, 11.2, 14.4];

/// What is kept must be as good as this.
const LEAST_SIMILARITY: f64 = 0.95;

/// Colour of what is painted over.
const PAINT: [u8; 3] = [32, 35, 42];

/// Lossy coding may change a painted pixel by so much.
const LARGEST_DEVIATION: u8 = 24;

/// How much painted areas may deviate on average.
const LARGEST_MEAN_DEVIATION: f64 = 3.0;

/// Fails the test unless an area of the source is seen in an area of the result, always.
#[track_caller]
pub(crate) fn assert_kept(source: (&Path, Area), result: (&Path, Area)) {
    for seconds in TIMES {
        let similarity = similarity(source, result, seconds);
        assert!(
            similarity >= LEAST_SIMILARITY,
            "only {similarity} alike at {seconds} s"
        );
    }
}

/// Fails the test unless areas of a picture have nothing but the colour of the paint.
#[track_caller]
pub(crate) fn assert_painted(picture: &RgbImage, areas: &[Area]) {
    for area in areas {
        let (largest, mean) = deviation(picture, *area, |_, _| PAINT);
        assert!(
            largest <= LARGEST_DEVIATION && mean <= LARGEST_MEAN_DEVIATION,
            "{area:?} deviates by {mean:.1}, at most by {largest}"
        );
    }
}

/// Returns the largest and the mean deviation of an area from what is expected there.
pub(crate) fn deviation(
    picture: &RgbImage,
    area: Area,
    expected: impl Fn(u32, u32) -> [u8; 3],
) -> (u8, f64) {
    let mut largest = 0;
    let mut sum = 0;
    for y in area.y..area.y + area.height {
        for x in area.x..area.x + area.width {
            let pairs = picture.get_pixel(x, y).0.into_iter().zip(expected(x, y));
            for (found, expected) in pairs {
                let difference = found.abs_diff(expected);
                largest = largest.max(difference);
                sum += u64::from(difference);
            }
        }
    }
    let samples = u64::from(area.width) * u64::from(area.height) * 3;
    (largest, sum as f64 / samples as f64)
}

#[test]
fn the_source_itself_is_not_painted() {
    let source = scrim_testkit::committed_sample().media;
    let picture = still(&source, TIMES[2]);
    let panels = [Area::new(0, 96, 200, 600), Area::new(980, 96, 300, 600)];
    for panel in panels {
        let (largest, _) = deviation(&picture, panel, |_, _| PAINT);
        assert!(largest > LARGEST_DEVIATION);
    }
}

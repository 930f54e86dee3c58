//! The picture of a live session.

use proptest::prelude::*;
use scrim_policy::{
    Colour, PixelRect, TrackId,
    session::{Shows, Tile},
};
use scrim_redact::{ColourSpace, FrameMut, FrameRef, Matrix, PixelFormat, session::Canvas};
use uuid::Uuid;

const SIZE: [u32; 2] = [320, 180];

fn track(number: u128) -> TrackId {
    TrackId::from_uuid(Uuid::from_u128(number))
}

fn tile(number: u128, rect: PixelRect) -> Tile {
    Tile {
        rect,
        shows: Shows::Track(track(number)),
        label: None,
    }
}

/// A picture of one colour, as samples.
struct Plain {
    size: (u32, u32),
    planes: [Vec<u8>; 3],
}

impl Plain {
    fn new(width: u32, height: u32, [y, u, v]: [u8; 3]) -> Self {
        let half = (width.div_ceil(2) * height.div_ceil(2)) as usize;
        Self {
            size: (width, height),
            planes: [
                vec![y; (width * height) as usize],
                vec![u; half],
                vec![v; half],
            ],
        }
    }

    fn frame(&self) -> FrameRef<'_> {
        let (width, height) = self.size;
        let [y, u, v] = &self.planes;
        let half = width.div_ceil(2) as usize;
        let planes = vec![
            (y.as_slice(), width as usize),
            (u.as_slice(), half),
            (v.as_slice(), half),
        ];
        FrameRef::new(PixelFormat::I420, width, height, planes).unwrap()
    }
}

/// What is seen: luma and chroma of every pixel.
fn seen(canvas: &Canvas) -> Vec<(u8, (u8, u8))> {
    let [width, height] = SIZE;
    let mut out = Plain::new(width, height, [0; 3]);
    let half = (width / 2) as usize;
    let [y, u, v] = &mut out.planes;
    let planes = vec![
        (y.as_mut_slice(), width as usize),
        (u.as_mut_slice(), half),
        (v.as_mut_slice(), half),
    ];
    let frame = FrameMut::new(PixelFormat::I420, width, height, planes).unwrap();
    let cleared = canvas.paint(frame).unwrap();
    let frame = cleared.frame();
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    pixels
        .map(|(x, y)| (frame.luma(x, y), frame.chroma(x, y)))
        .collect()
}

fn at(pixels: &[(u8, (u8, u8))], x: u32, y: u32) -> (u8, (u8, u8)) {
    pixels[(y * SIZE[0] + x) as usize]
}

fn canvas(tiles: &[Tile]) -> Canvas {
    let mut canvas = Canvas::new(SIZE, Colour::BACKGROUND);
    canvas.set_scene(tiles);
    canvas
}

#[test]
fn a_picture_keeps_its_shape_in_the_middle_of_its_tile() {
    let mut canvas = canvas(&[tile(1, PixelRect::new(20, 20, 200, 100))]);
    let empty = seen(&canvas);
    assert!(canvas.draw(
        track(1),
        &Plain::new(64, 64, [200, 90, 90]).frame(),
        ColourSpace::default()
    ));
    let pixels = seen(&canvas);
    let is_drawn = |x, y| at(&pixels, x, y) != at(&empty, x, y);
    // 100 by 100 in the middle of 200 by 100.
    assert!(is_drawn(70, 20) && is_drawn(169, 119) && is_drawn(120, 70));
    assert!(!is_drawn(68, 70) && !is_drawn(171, 70) && !is_drawn(120, 18) && !is_drawn(120, 121));
    assert_eq!(at(&pixels, 120, 70), (200, (90, 90)));
}

#[test]
fn a_wide_picture_after_a_high_one_leaves_nothing_of_it() {
    let mut canvas = canvas(&[tile(1, PixelRect::new(0, 0, 160, 160))]);
    let empty = seen(&canvas);
    canvas.draw(
        track(1),
        &Plain::new(40, 160, [200, 60, 60]).frame(),
        ColourSpace::default(),
    );
    canvas.draw(
        track(1),
        &Plain::new(160, 40, [220, 128, 128]).frame(),
        ColourSpace::default(),
    );
    let pixels = seen(&canvas);
    assert_eq!(at(&pixels, 80, 10), at(&empty, 80, 10));
    assert_eq!(at(&pixels, 10, 80), (220, (128, 128)));
}

#[test]
fn the_same_again_changes_nothing_and_says_so() {
    let mut canvas = canvas(&[tile(1, PixelRect::new(0, 0, 160, 90))]);
    let picture = Plain::new(320, 180, [120, 100, 140]);
    assert!(canvas.draw(track(1), &picture.frame(), ColourSpace::default()));
    assert!(!canvas.draw(track(1), &picture.frame(), ColourSpace::default()));
    assert!(canvas.blank(track(1)) && !canvas.blank(track(1)));
    assert!(canvas.draw(track(1), &picture.frame(), ColourSpace::default()));
}

#[test]
fn red_of_a_browser_is_red() {
    let mut canvas = canvas(&[tile(1, PixelRect::new(0, 0, 320, 180))]);
    let browser = ColourSpace {
        matrix: Matrix::Bt601,
        full_range: false,
    };
    canvas.draw(
        track(1),
        &Plain::new(320, 180, [81, 90, 240]).frame(),
        browser,
    );
    let (luma, (u, v)) = at(&seen(&canvas), 100, 100);
    assert!(luma.abs_diff(63) <= 1 && u.abs_diff(102) <= 1 && v.abs_diff(240) <= 1);
}

#[test]
fn plates_and_labels_are_drawn_without_any_picture() {
    let plate = |text: &str| Tile {
        rect: PixelRect::new(160, 0, 160, 90),
        shows: Shows::Plate {
            text: text.to_owned(),
            colour: 0,
        },
        label: None,
    };
    let labelled = Tile {
        label: Some("A.K.".to_owned()),
        ..tile(1, PixelRect::new(0, 0, 160, 90))
    };
    let blank = seen(&canvas(&[plate("")]));
    let lettered = seen(&canvas(&[plate("Ż.Ł. 2")]));
    assert_ne!(blank, lettered);
    let mut canvas = canvas(&[labelled, plate("M.Z.")]);
    let before = seen(&canvas);
    // The label stays over the picture.
    canvas.draw(
        track(1),
        &Plain::new(160, 90, [16, 128, 128]).frame(),
        ColourSpace::default(),
    );
    let after = seen(&canvas);
    let bright =
        |pixels: &[(u8, (u8, u8))]| (60..90).any(|y| (0..80).any(|x| at(pixels, x, y).0 > 180));
    assert!(bright(&before) && bright(&after));
}

#[test]
fn a_tile_beyond_the_canvas_is_left_out() {
    let mut canvas = canvas(&[tile(1, PixelRect::new(200, 100, 200, 100))]);
    assert!(!canvas.draw(
        track(1),
        &Plain::new(64, 64, [200, 90, 90]).frame(),
        ColourSpace::default()
    ));
}

fn rects() -> impl Strategy<Value = PixelRect> {
    (0u32..80, 0u32..40, 8u32..80, 8u32..50)
        .prop_map(|(x, y, width, height)| PixelRect::new(2 * x, 2 * y, 2 * width, 2 * height))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever a picture is like, it changes nothing outside of its tile, and nothing at all where the
    /// scene does not show its track.
    #[test]
    fn a_picture_lands_in_its_tile_or_nowhere(
        rect in rects(), width in 1u32..200, height in 1u32..200, luma in 0u8..255, chroma in 0u8..255,
        full_range: bool,
    ) {
        prop_assume!(rect.right() <= SIZE[0] && rect.bottom() <= SIZE[1]);
        let mut canvas = canvas(&[tile(1, rect)]);
        let before = seen(&canvas);
        let picture = Plain::new(width, height, [luma, chroma, 255 - chroma]);
        let space = ColourSpace { matrix: Matrix::Bt601, full_range };
        prop_assert!(!canvas.draw(track(2), &picture.frame(), space));
        prop_assert_eq!(&seen(&canvas), &before);
        canvas.draw(track(1), &picture.frame(), space);
        let after = seen(&canvas);
        for y in 0..SIZE[1] {
            for x in 0..SIZE[0] {
                let inside = (rect.x..rect.right()).contains(&x) && (rect.y..rect.bottom()).contains(&y);
                prop_assert!(inside || at(&after, x, y) == at(&before, x, y), "{} {}", x, y);
            }
        }
        canvas.blank(track(1));
        prop_assert_eq!(seen(&canvas), before);
    }
}

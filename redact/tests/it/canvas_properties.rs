//! What must never be on the canvas of a session, whatever the pictures and the tiles are.

use proptest::prelude::*;
use scrim_policy::{
    Colour, PixelRect, TrackId,
    session::{Shows, Tile},
};
use scrim_redact::{ColourSpace, Matrix, PixelFormat, session::Canvas};
use uuid::Uuid;

use crate::{
    pixels_picture::{COMPONENTS, Picture, Random, Shape},
    pixels_plans::shape,
};

const SIZE: [u32; 2] = [320, 180];
const HD: ColourSpace = ColourSpace {
    matrix: Matrix::Bt709,
    full_range: false,
};

fn track(number: u128) -> TrackId {
    TrackId::from_uuid(Uuid::from_u128(number))
}

fn tile(rect: PixelRect, number: u128, label: Option<&str>) -> Tile {
    Tile {
        rect,
        shows: Shows::Track(track(number)),
        label: label.map(str::to_owned),
    }
}

fn canvas(tiles: &[Tile]) -> Canvas {
    let mut canvas = Canvas::new(SIZE, Colour::BACKGROUND);
    canvas.set_scene(tiles);
    canvas
}

/// What an encoder would get, in memory with spare bytes.
fn painted(canvas: &Canvas) -> Picture {
    let shape = Shape {
        spare: [3, 1, 2],
        ..Shape::tight(PixelFormat::I420, SIZE[0], SIZE[1])
    };
    let mut out = Picture::random(shape, &mut Random(1));
    canvas.paint(out.frame_mut()).unwrap();
    out
}

fn background() -> [u8; 3] {
    let empty = painted(&canvas(&[]));
    COMPONENTS.map(|component| empty.get(component, 0, 0))
}

fn is_in(rect: &PixelRect, component: usize, column: usize, row: usize) -> bool {
    let step = if component == 0 { 1 } else { 2 };
    let (x, y) = ((column * step) as u32, (row * step) as u32);
    (rect.x..rect.right()).contains(&x) && (rect.y..rect.bottom()).contains(&y)
}

/// Calls for every sample of the canvas.
fn for_all(mut action: impl FnMut(usize, usize, usize)) {
    let shape = Shape::tight(PixelFormat::I420, SIZE[0], SIZE[1]);
    for component in COMPONENTS {
        let (columns, rows) = shape.component_size(component);
        for row in 0..rows {
            for column in 0..columns {
                action(component, column, row);
            }
        }
    }
}

/// Up to four tiles in the cells of a grid, of random size.
fn tiles() -> impl Strategy<Value = Vec<Tile>> {
    let cell = (any::<bool>(), 0..60_u32, 0..30_u32, any::<bool>());
    prop::collection::vec(cell, 4).prop_map(|cells| {
        let places = cells
            .into_iter()
            .enumerate()
            .filter(|(_, (is_there, ..))| *is_there);
        let tiles = places.map(|(index, (_, right, down, has_label))| {
            let (column, row) = (index as u32 % 2, index as u32 / 2);
            let rect = PixelRect::new(
                column * 160 + right / 2 * 2,
                row * 90 + down / 2 * 2,
                (160 - right) & !1,
                (90 - down) & !1,
            );
            tile(rect, index as u128, has_label.then_some("A.K. 12"))
        });
        tiles.collect()
    })
}

fn source() -> impl Strategy<Value = Shape> {
    (1..400_u32, 1..300_u32).prop_flat_map(|(width, height)| shape(width, height))
}

fn space() -> impl Strategy<Value = ColourSpace> {
    (any::<bool>(), any::<bool>()).prop_map(|(is_hd, full_range)| ColourSpace {
        matrix: if is_hd { Matrix::Bt709 } else { Matrix::Bt601 },
        full_range,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_picture_is_nowhere_but_in_the_tile_of_its_track(
        tiles in tiles(), memory in source(), space in space(), seed in any::<u64>(), number in 0..5_u128,
    ) {
        let mut canvas = canvas(&tiles);
        let before = painted(&canvas);
        let has_changed = canvas.draw(track(number), &Picture::random(memory, &mut Random(seed)).frame(), space);
        let after = painted(&canvas);
        let place = tiles.iter().find(|tile| tile.shows == Shows::Track(track(number)));
        let rect = place.map_or(PixelRect::default(), |tile| tile.rect);
        let mut wrong = None;
        for_all(|component, column, row| {
            let is_same = after.get(component, column, row) == before.get(component, column, row);
            if !is_same && !is_in(&rect, component, column, row) {
                wrong = Some((component, column, row));
            }
        });
        prop_assert_eq!(wrong, None);
        prop_assert_eq!(has_changed, place.is_some());
        prop_assert!(has_changed || after.visible() == before.visible());
    }

    #[test]
    fn what_no_tile_shows_has_no_influence(
        tiles in tiles(), memory in source(), space in space(), seeds in any::<[u64; 3]>(),
    ) {
        let shown = Picture::random(memory, &mut Random(seeds[0]));
        let drawn = |hidden: u64| {
            let mut canvas = canvas(&tiles);
            let hidden = Picture::random(memory, &mut Random(hidden));
            assert!(!canvas.draw(track(77), &hidden.frame(), space));
            canvas.draw(track(0), &shown.frame(), space);
            assert!(!canvas.draw(track(77), &hidden.frame(), space));
            painted(&canvas).visible()
        };
        prop_assert!(drawn(seeds[1]) == drawn(seeds[2]));
    }

    #[test]
    fn nothing_is_left_of_what_was_drawn_before(
        tiles in tiles(), memories in (source(), source()), space in space(), seeds in any::<[u64; 2]>(),
    ) {
        let first = Picture::random(memories.0, &mut Random(seeds[0]));
        let second = Picture::random(memories.1, &mut Random(seeds[1]));
        let plain = painted(&canvas(&tiles)).visible();
        let mut once = canvas(&tiles);
        once.draw(track(0), &second.frame(), space);
        let mut twice = canvas(&tiles);
        twice.draw(track(0), &first.frame(), space);
        twice.draw(track(0), &second.frame(), space);
        prop_assert!(painted(&once).visible() == painted(&twice).visible());
        once.blank(track(0));
        twice.set_scene(&tiles);
        prop_assert!(painted(&once).visible() == plain);
        prop_assert!(painted(&twice).visible() == plain);
        prop_assert!(!once.blank(track(0)), "there is nothing left to blank");
    }

    #[test]
    fn both_pixel_formats_give_the_same_picture(
        tiles in tiles(), memory in source(), space in space(), seed in any::<u64>(),
    ) {
        let planar = Picture::random(Shape { format: PixelFormat::I420, ..memory }, &mut Random(seed));
        let packed = Shape { format: PixelFormat::Nv12, ..memory };
        let packed = planar.copied_into(Picture::random(packed, &mut Random(seed)));
        let drawn = |picture: &Picture| {
            let mut canvas = canvas(&tiles);
            canvas.draw(track(0), &picture.frame(), space);
            painted(&canvas).visible()
        };
        prop_assert!(drawn(&planar) == drawn(&packed));
    }

    #[test]
    fn a_label_stays_over_its_picture(
        tiles in tiles(), memory in source(), space in space(), seeds in any::<[u64; 2]>(),
    ) {
        prop_assume!(tiles.iter().any(|tile| tile.label.is_some()));
        let labelled: Vec<&Tile> = tiles.iter().filter(|tile| tile.label.is_some()).collect();
        let background = background();
        let drawn = |seed: u64| {
            let mut canvas = canvas(&tiles);
            for number in 0..4 {
                canvas.draw(track(number), &Picture::random(memory, &mut Random(seed)).frame(), space);
            }
            painted(&canvas)
        };
        let (empty, one, other) = (painted(&canvas(&tiles)), drawn(seeds[0]), drawn(seeds[1]));
        let mut wrong = None;
        for_all(|component, column, row| {
            let is_label = empty.get(component, column, row) != background[component];
            let is_same = [&one, &other].iter().all(|picture| {
                picture.get(component, column, row) == empty.get(component, column, row)
            });
            if is_label && !is_same {
                wrong = Some((component, column, row));
            }
        });
        prop_assert!(wrong.is_none(), "{:?} of {:?}", wrong, labelled);
    }
}

#[test]
fn of_equal_size_a_picture_is_copied() {
    let rect = PixelRect::new(40, 20, 160, 90);
    let shape = Shape::tight(PixelFormat::Nv12, rect.width, rect.height);
    let picture = Picture::random(shape, &mut Random(5));
    let mut canvas = canvas(&[tile(rect, 1, None)]);
    assert!(canvas.draw(track(1), &picture.frame(), HD));
    assert!(
        !canvas.draw(track(1), &picture.frame(), HD),
        "nothing changed"
    );
    let out = painted(&canvas);
    for component in COMPONENTS {
        let step = if component == 0 { 1 } else { 2 };
        let (columns, rows) = shape.component_size(component);
        for row in 0..rows {
            for column in 0..columns {
                let at = (40 / step + column, 20 / step + row);
                assert_eq!(
                    out.get(component, at.0, at.1),
                    picture.get(component, column, row)
                );
            }
        }
    }
}

#[test]
fn one_colour_is_one_colour_in_every_size() {
    let rect = PixelRect::new(0, 0, SIZE[0], SIZE[1]);
    for (width, height) in [(1920, 1080), (160, 90), (333, 187), (16, 9)] {
        let source = Picture::plain(
            Shape::tight(PixelFormat::I420, width, height),
            [90, 70, 200],
        );
        let mut canvas = canvas(&[tile(rect, 1, None)]);
        canvas.draw(track(1), &source.frame(), HD);
        let [luma, u, v] = painted(&canvas).visible();
        for (samples, value) in [(luma, 90), (u, 70), (v, 200)] {
            assert!(
                samples.iter().all(|sample| *sample == value),
                "{width}x{height}"
            );
        }
    }
}

#[test]
fn a_plate_says_what_it_has_to_and_nothing_where_nobody_is_called_anything() {
    let plate = |text: &str, colour| {
        let shows = Shows::Plate {
            text: text.to_owned(),
            colour,
        };
        let rect = PixelRect::new(0, 0, SIZE[0], SIZE[1]);
        painted(&canvas(&[Tile {
            rect,
            shows,
            label: None,
        }]))
        .visible()
    };
    let white = |picture: &[Vec<u8>; 3]| picture[0].iter().filter(|luma| **luma > 225).count();
    assert_eq!(white(&plate("", 0)), 0);
    assert!(white(&plate("A.K.", 0)) > 30);
    assert!(plate("A.K.", 0) != plate("B.L.", 0));
    assert!(plate("A.K.", 0) != plate("A.K.", 1));
    assert!(
        plate("A.K.", 0) == plate("A.K.", 6),
        "there are six colours"
    );
}

#[test]
fn a_tile_over_another_one_is_left_out() {
    let tiles = [
        tile(PixelRect::new(0, 0, 160, 90), 1, None),
        tile(PixelRect::new(80, 0, 160, 90), 2, None),
        tile(PixelRect::new(160, 0, 160, 90), 3, None),
    ];
    let mut canvas = canvas(&tiles);
    let white = Picture::plain(Shape::tight(PixelFormat::I420, 160, 90), [235, 128, 128]);
    let before = painted(&canvas).visible();
    assert!(!canvas.draw(track(2), &white.frame(), HD));
    assert!(painted(&canvas).visible() == before);
    assert!(canvas.draw(track(1), &white.frame(), HD));
    assert!(canvas.draw(track(3), &white.frame(), HD));
}

#[test]
fn colours_of_an_odd_picture_stay_where_its_edges_are() {
    let rect = PixelRect::new(0, 0, 300, 180);
    // Both luma and chroma change at four fifths of the width. Half of the last chroma is outside.
    let mut source = Picture::plain(Shape::tight(PixelFormat::I420, 15, 9), [50, 100, 128]);
    for (component, first, value) in [(0, 12, 200), (1, 6, 180)] {
        let (columns, rows) = source.shape.component_size(component);
        for row in 0..rows {
            for column in first..columns {
                source.set(component, column, row, value);
            }
        }
    }
    let mut canvas = canvas(&[tile(rect, 1, None)]);
    assert!(canvas.draw(track(1), &source.frame(), HD));
    let out = painted(&canvas);
    let luma = (0..300).find(|x| out.get(0, *x, 90) > 125).unwrap();
    let chroma = 2 * (0..150).find(|x| out.get(1, *x, 45) > 140).unwrap();
    assert!(luma.abs_diff(240) <= 2, "{luma}");
    assert!(chroma.abs_diff(240) <= 4, "{chroma}");
}

#[test]
fn memory_for_a_picture_of_another_size_is_refused_and_left_alone() {
    let canvas = canvas(&[]);
    let shape = Shape::tight(PixelFormat::I420, 180, 320);
    let mut out = Picture::random(shape, &mut Random(2));
    let before = out.visible();
    let error = canvas.paint(out.frame_mut()).unwrap_err();
    assert_eq!((error.expected, error.actual), (SIZE, [180, 320]));
    assert!(out.visible() == before);
}

#[test]
fn odd_sizes_are_rounded_down_and_never_nothing() {
    for (size, expected) in [([321, 181], (320, 180)), ([0, 1], (2, 2))] {
        let canvas = Canvas::new(size, Colour::BACKGROUND);
        let shape = Shape::tight(PixelFormat::I420, expected.0, expected.1);
        let mut out = Picture::random(shape, &mut Random(2));
        assert!(canvas.paint(out.frame_mut()).is_ok());
    }
}

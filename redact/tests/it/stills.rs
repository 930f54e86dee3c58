//! Pictures for people: exact colours, and what each action looks like.

use std::{env, fs, path::Path};

use image::{ImageFormat, RgbImage};
use scrim_policy::{Geometry, Moment, PixelRect, Plan, Policy, Roster};
use scrim_redact::{ColourSpace, Matrix, PixelFormat, Redactor, still::Still};

use crate::{
    pixels_drawing::{INK, PANEL, Tone, WHITE, camera, fill, write},
    pixels_picture::{Picture, Shape},
};

const BT601: ColourSpace = ColourSpace {
    matrix: Matrix::Bt601,
    full_range: false,
};
const BT709: ColourSpace = ColourSpace {
    matrix: Matrix::Bt709,
    full_range: false,
};
const FULL_RANGE: ColourSpace = ColourSpace {
    matrix: Matrix::Bt601,
    full_range: true,
};

fn pixels(still: &Still) -> RgbImage {
    image::load_from_memory(&still.png().unwrap())
        .unwrap()
        .into_rgb8()
}

fn plain(width: u32, height: u32, tone: Tone) -> Picture {
    Picture::plain(Shape::tight(PixelFormat::I420, width, height), tone)
}

fn assert_close(actual: [u8; 3], expected: [u8; 3]) {
    let is_close = actual
        .iter()
        .zip(expected)
        .all(|(left, right)| left.abs_diff(right) <= 2);
    assert!(is_close, "{actual:?} is not {expected:?}");
}

#[test]
fn samples_become_the_colours_of_their_standard() {
    // The bars of Rec. ITU-R BT.601 and BT.709 at full saturation.
    for (space, tone, colour) in [
        (BT601, [16, 128, 128], [0, 0, 0]),
        (BT601, [235, 128, 128], [255, 255, 255]),
        (BT601, [81, 90, 240], [255, 0, 0]),
        (BT601, [145, 54, 34], [0, 255, 0]),
        (BT601, [41, 240, 110], [0, 0, 255]),
        (BT709, [63, 102, 240], [255, 0, 0]),
        (BT709, [173, 42, 26], [0, 255, 0]),
        (BT709, [32, 240, 118], [0, 0, 255]),
        (FULL_RANGE, [0, 128, 128], [0, 0, 0]),
        (FULL_RANGE, [255, 128, 128], [255, 255, 255]),
        (FULL_RANGE, [76, 85, 255], [255, 0, 0]),
    ] {
        let picture = plain(2, 2, tone);
        assert_close(
            pixels(&Still::new(&picture.frame(), space))
                .get_pixel(1, 1)
                .0,
            colour,
        );
    }
}

#[test]
fn every_pixel_gets_its_own_luma_and_the_chroma_of_its_square() {
    for format in [PixelFormat::I420, PixelFormat::Nv12] {
        let mut picture = Picture::plain(Shape::tight(format, 5, 3), [16, 128, 128]);
        picture.set(0, 4, 2, 235);
        picture.set(1, 0, 0, 240);
        let still = pixels(&Still::new(&picture.frame(), BT601));
        assert_eq!(still.dimensions(), (5, 3));
        assert_close(still.get_pixel(4, 2).0, [255, 255, 255]);
        assert_close(still.get_pixel(3, 2).0, [0, 0, 0]);
        let [_, _, blue] = still.get_pixel(1, 1).0;
        assert!(blue > 200, "{blue}");
        assert_close(still.get_pixel(2, 1).0, [0, 0, 0]);
    }
}

#[test]
fn an_outline_is_three_pixels_inside_the_rectangle() {
    const RED: [u8; 3] = [255, 0, 0];
    let mut still = Still::new(&plain(32, 24, [16, 128, 128]).frame(), BT601);
    still.outline(&PixelRect::new(4, 4, 20, 16), RED);
    let picture = pixels(&still);
    for (x, y, pixel) in picture.enumerate_pixels() {
        let is_inside = (4..24).contains(&x) && (4..20).contains(&y);
        let is_inner = (7..21).contains(&x) && (7..17).contains(&y);
        let expected = if is_inside && !is_inner {
            RED
        } else {
            [0, 0, 0]
        };
        assert_eq!(pixel.0, expected, "{x} {y}");
    }
}

#[test]
fn an_outline_over_the_edge_or_of_nothing_is_cut() {
    let mut still = Still::new(&plain(16, 16, [16, 128, 128]).frame(), BT601);
    still.outline(&PixelRect::new(12, 12, 100, 100), [0, 255, 0]);
    still.outline(&PixelRect::new(50, 50, 4, 4), [255, 0, 0]);
    still.outline(&PixelRect::default(), [255, 0, 0]);
    let picture = pixels(&still);
    let green = picture
        .pixels()
        .filter(|pixel| pixel.0 == [0, 255, 0])
        .count();
    // Four pixels each way are thinner than two borders: all of it is border but one pixel's worth.
    assert!((12..=16).contains(&green), "{green}");
    assert!(picture.pixels().all(|pixel| pixel.0 != [255, 0, 0]));
}

#[test]
fn two_stills_stand_beside_each_other_at_the_same_height() {
    let left = Still::new(&plain(40, 20, [235, 128, 128]).frame(), BT601);
    let right = Still::new(&plain(80, 80, [16, 128, 128]).frame(), BT601);
    let both = left.beside(&right);
    assert_eq!(both.size(), (40 + 16 + 20, 20));
    assert_eq!(pixels(&both).get_pixel(75, 19).0, [0, 0, 0]);
    assert_eq!(right.scaled_to_height(8).size(), (8, 8));
    let tall = Still::new(&plain(2, 200, [16, 128, 128]).frame(), BT601);
    assert_eq!(tall.scaled_to_height(10).size(), (1, 10));
}

#[test]
fn a_still_can_be_a_jpeg() {
    let still = Still::new(&plain(32, 32, [81, 90, 240]).frame(), BT601);
    let bytes = still.jpeg().unwrap();
    let picture = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).unwrap();
    assert_close(picture.into_rgb8().get_pixel(16, 16).0, [254, 0, 0]);
}

/// A small meeting: participants to the left, a stage with a camera, a chat to the right.
fn meeting(width: u32, height: u32) -> Picture {
    let mut picture = plain(width, height, WHITE);
    fill(
        &mut picture,
        &PixelRect::new(0, 0, width / 4, height),
        PANEL,
    );
    fill(
        &mut picture,
        &PixelRect::new(width * 3 / 4, 0, width - width * 3 / 4, height),
        PANEL,
    );
    for (row, name) in ["A. Król", "Ł. Żak", "Ö. Weiß", "É. Roux", "N. Rossi"]
        .iter()
        .enumerate()
    {
        write(&mut picture, 6, 8 + 24 * row as u32, name, INK);
    }
    for (row, line) in ["Hello!", "Dzień", "dobry", "Grüezi"].iter().enumerate() {
        write(
            &mut picture,
            width * 3 / 4 + 6,
            8 + 24 * row as u32,
            line,
            [70, 128, 128],
        );
    }
    let stage = PixelRect::new(width / 4 + 8, 8, width / 2 - 16, height / 8);
    fill(&mut picture, &stage, [96, 150, 108]);
    write(
        &mut picture,
        stage.x + 6,
        stage.y + 3,
        "Minimum wage",
        WHITE,
    );
    camera(
        &mut picture,
        &PixelRect::new(width / 4 + 8, height / 4, width / 2 - 16, height * 5 / 8),
    );
    picture
}

fn policy(list: [f64; 4], list_action: &str, chat_action: &str) -> Policy {
    let text = format!(
        r##"
        schema = 1
        name = "golden"
        [[region]]
        name = "stage"
        kind = "stage"
        rect = [{left}, 0.0, {width}, 1.0]
        action = "keep"
        [[region]]
        name = "people"
        kind = "participant_list"
        rect = {list:?}
        action = "{list_action}"
        [[region]]
        name = "chat"
        kind = "chat"
        rect = [0.75, 0.0, 0.25, 1.0]
        action = "{chat_action}"
        "##,
        left = list[0] + list[2],
        width = 0.75 - list[0] - list[2],
    );
    Policy::parse("golden.toml", &text).unwrap()
}

fn published(mut picture: Picture, policy: &Policy, roster: &Roster) -> Still {
    let geometry = Geometry::square(picture.shape.width, picture.shape.height);
    let plan = Plan::compile(policy, &geometry, roster).unwrap();
    let [width, height] = plan.output;
    let mut redactor = Redactor::new(plan, BT709);
    let mut canvas = plain(width, height, [0; 3]);
    let cleared = redactor.clear(picture.frame_mut(), Moment::START);
    redactor
        .compose(&cleared, Moment::START, canvas.frame_mut())
        .unwrap();
    Still::new(&canvas.frame(), BT709)
}

/// Compares a still with the committed one, pixel by pixel. `SCRIM_RENEW_GOLDEN=1` writes it anew.
pub(crate) fn check_golden(name: &str, still: &Still) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let golden = root.join("tests/golden").join(name);
    if env::var_os("SCRIM_RENEW_GOLDEN").is_some_and(|value| value == "1") {
        fs::create_dir_all(golden.parent().unwrap()).unwrap();
        fs::write(&golden, still.png().unwrap()).unwrap();
        return;
    }
    let expected = fs::read(&golden)
        .ok()
        .and_then(|bytes| image::load_from_memory(&bytes).ok())
        .map(image::DynamicImage::into_rgb8);
    if expected.is_some_and(|expected| expected == pixels(still)) {
        return;
    }
    let actual = root.join("../target/golden").join(name);
    fs::create_dir_all(actual.parent().unwrap()).unwrap();
    fs::write(&actual, still.png().unwrap()).unwrap();
    panic!("{name} is not the committed still; the actual one is in target/golden");
}

const SMALL: (u32, u32) = (320, 180);
const LIST: [f64; 4] = [0.0, 0.0, 0.25, 1.0];

fn small_roster() -> Roster {
    let names = "Anna Kowalska\nAdam Król\nŁukasz Żak\nÖzlem Weiß\nÉlodie Roux\nNiccolò Rossi\n";
    Roster::parse_csv(&format!("name\n{names}")).unwrap()
}

#[test]
fn the_meeting_before_redaction_looks_as_committed() {
    let picture = meeting(SMALL.0, SMALL.1);
    check_golden("before.png", &Still::new(&picture.frame(), BT709));
}

#[test]
fn each_action_looks_as_committed() {
    for (name, list_action, chat_action) in [
        ("fill.png", "fill", "fill"),
        ("blur.png", "blur", "blur"),
        ("initials.png", "initials", "fill"),
        ("hide-one.png", "initials", "hide"),
    ] {
        let policy = policy(LIST, list_action, chat_action);
        let still = published(meeting(SMALL.0, SMALL.1), &policy, &small_roster());
        assert_eq!(still.size(), SMALL);
        check_golden(name, &still);
    }
}

#[test]
fn a_stage_that_alone_is_left_looks_as_committed() {
    let text = r#"
        schema = 1
        name = "golden"
        [[region]]
        name = "stage"
        kind = "stage"
        rect = [0.25, 0.2, 0.5, 0.8]
        action = "keep"
        [[region]]
        name = "all above"
        kind = "other"
        rect = [0.0, 0.0, 1.0, 0.2]
        action = "hide"
    "#;
    let policy = Policy::parse("golden.toml", text).unwrap();
    let still = published(meeting(SMALL.0, SMALL.1), &policy, &Roster::default());
    check_golden("hide.png", &still);
}

#[test]
fn more_people_than_fit_look_as_committed() {
    let rows: Vec<String> = (0..40)
        .map(|index| format!("Anna Kowalska,a{index}@example.org"))
        .collect();
    let others = "Łukasz Żak,\nŚwiętosława Ćwikła,\nÖzlem Weiß,\nÆsa Ólafsdóttir,\nŞule Ěmil,\n";
    let csv = format!("name,email\n{others}{}\n", rows.join("\n"));
    let roster = Roster::parse_csv(&csv).unwrap();
    let wide = [0.0, 0.0, 0.5, 1.0];
    let policy = policy(wide, "initials", "blur");
    check_golden("crowd.png", &published(meeting(640, 360), &policy, &roster));
}

//! Frames: where text is, what moves and what does not.

use scrim_policy::PixelRect;
use scrim_samples::{Film, PanelKind, Planes, Scenario, TextKind};

fn luma(planes: &Planes, x: u32, y: u32) -> u8 {
    planes.luma()[y as usize * planes.width() + x as usize]
}

/// Lightest and darkest luma of a rectangle.
fn range(planes: &Planes, rect: PixelRect) -> (u8, u8) {
    let pixels = (rect.y..rect.bottom()).flat_map(|y| (rect.x..rect.right()).map(move |x| (x, y)));
    pixels.fold((255, 0), |(low, high), (x, y)| {
        let value = luma(planes, x, y);
        (low.min(value), high.max(value))
    })
}

/// The four lines of pixels right around a rectangle.
fn surroundings(rect: PixelRect) -> [PixelRect; 4] {
    let (x, y) = (rect.x - 1, rect.y - 1);
    let (width, height) = (rect.width + 2, rect.height + 2);
    [
        PixelRect::new(x, y, width, 1),
        PixelRect::new(x, rect.bottom(), width, 1),
        PixelRect::new(x, y, 1, height),
        PixelRect::new(rect.right(), y, 1, height),
    ]
}

#[test]
fn every_text_rectangle_holds_ink_and_has_plain_ground_around() {
    for name in ["webinar-short", "webinar-slides", "webinar-relayout"] {
        let scenario = Scenario::builtin(name).unwrap();
        let mut film = Film::new(&scenario).unwrap();
        let (_, mut texts) = film.panels_and_texts();
        texts.sort_by(|a, b| a.from.total_cmp(&b.from));
        let mut tight = 0;
        for text in &texts {
            let frame = (text.from * f64::from(scenario.rate)).round() as u32;
            let planes = film.frame(frame);
            let (low, high) = range(planes, text.rect);
            assert!(high - low > 25, "{name}: no ink for {text:?}");
            // Initials lie on discs and labels fill their ground.
            let stands_free = match text.kind {
                TextKind::ParticipantName => text.text.chars().count() > 3,
                TextKind::Chat | TextKind::Toast => true,
                _ => false,
            };
            if stands_free {
                let around = surroundings(text.rect).map(|line| range(planes, line));
                let plain = around
                    .iter()
                    .all(|(low, high)| low == high && *low == around[0].0);
                assert!(plain, "{name}: ink outside of {text:?}: {around:?}");
                tight += 1;
            }
        }
        assert!(tight > 30, "{name}: only {tight} texts stand free");
    }
}

#[test]
fn nothing_but_cameras_changes_between_two_events() {
    let scenario = Scenario::builtin("webinar-short").unwrap();
    let mut film = Film::new(&scenario).unwrap();
    let (panels, _) = film.panels_and_texts();
    let cameras: Vec<PixelRect> = panels
        .iter()
        .filter(|panel| panel.kind == PanelKind::Camera)
        .map(|panel| panel.rect)
        .collect();
    let first = film.frame(30).clone();
    let second = film.frame(31).clone();
    let in_camera = |x, y| {
        let pixel = PixelRect::new(x, y, 1, 1);
        cameras.iter().any(|camera| camera.overlaps(&pixel))
    };
    let (mut moved, mut inside) = (0, 0);
    for y in 0..scenario.size.1 {
        for x in 0..scenario.size.0 {
            let same = luma(&first, x, y) == luma(&second, x, y);
            if in_camera(x, y) {
                inside += 1;
                moved += u32::from(!same);
            } else {
                assert!(same, "pixel {x},{y} changed");
            }
        }
    }
    assert!(
        moved * 10 > inside * 7,
        "only {moved} of {inside} camera pixels changed"
    );
}

#[test]
fn sensor_noise_is_as_strong_as_that_of_a_webcam() {
    let scenario = Scenario::builtin("webinar-mixed").unwrap();
    let mut film = Film::new(&scenario).unwrap();
    let (panels, _) = film.panels_and_texts();
    let camera = panels
        .iter()
        .find(|panel| panel.kind == PanelKind::Camera)
        .unwrap()
        .rect;
    // A corner of the wall, where nothing moves but the noise.
    let wall = PixelRect::new(camera.x + 4, camera.y + 4, 40, 20);
    let first = film.frame(10).clone();
    let second = film.frame(11).clone();
    let pixels: Vec<(u32, u32)> = (wall.y..wall.bottom())
        .flat_map(|y| (wall.x..wall.right()).map(move |x| (x, y)))
        .collect();
    let squares = pixels.iter().map(|(x, y)| {
        let change = f64::from(luma(&first, *x, *y)) - f64::from(luma(&second, *x, *y));
        change * change
    });
    // The difference of two independent noises is stronger by the square root of two.
    let deviation = (squares.sum::<f64>() / pixels.len() as f64 / 2.0).sqrt();
    assert!((1.8..3.2).contains(&deviation), "{deviation}");
}

#[test]
fn frames_are_the_same_in_any_order_and_in_every_run() {
    for name in ["webinar-short", "webinar-motion"] {
        let mut scenario = Scenario::builtin(name).unwrap();
        scenario.size = (640, 360);
        scenario.scale = None;
        let mut forwards = Film::new(&scenario).unwrap();
        let mut backwards = Film::new(&scenario).unwrap();
        let last = forwards.frame_count() - 1;
        let numbers = [0, 1, last / 3, last / 2, last / 2 + 1, last - 1, last];
        let drawn: Vec<Planes> = numbers.map(|number| forwards.frame(number).clone()).into();
        for (number, expected) in numbers.iter().zip(&drawn).rev() {
            assert!(
                backwards.frame(*number) == expected,
                "{name}: frame {number} differs"
            );
        }
    }
}

#[test]
fn another_seed_gives_another_camera_picture() {
    let scenario = Scenario::builtin("webinar-short").unwrap();
    let mut other = scenario.clone();
    other.seed += 1;
    let mut film = Film::new(&scenario).unwrap();
    let mut other = Film::new(&other).unwrap();
    assert!(film.frame(0) != other.frame(0));
}

//! Two recordings that differ only where a policy hides.

use scrim_samples::{Film, PanelKind, RenderOptions, Scenario, Truth, render};

use crate::decode::decoded;

fn short() -> Scenario {
    let mut scenario = Scenario::builtin("webinar-short").unwrap();
    scenario.size = (640, 360);
    scenario
}

#[test]
fn other_people_change_list_chat_and_toasts_only() {
    let scenario = short();
    let other = scenario.with_other_people(9);
    assert_eq!(scenario.speech, other.speech);
    assert_eq!(scenario.slides, other.slides);
    let mut film = Film::new(&scenario).unwrap();
    let mut other_film = Film::new(&other).unwrap();
    let (panels, _) = film.panels_and_texts();
    let stage = panels
        .iter()
        .find(|panel| panel.kind == PanelKind::Stage)
        .unwrap()
        .rect;
    for number in [0, 60, 175, 300] {
        let (one, two) = (film.frame(number), other_film.frame(number));
        assert!(one != two, "frame {number} is the same");
        for y in stage.y..stage.bottom() {
            let start = y as usize * one.width();
            let row = start + stage.x as usize..start + stage.right() as usize;
            assert_eq!(
                one.luma()[row.clone()],
                two.luma()[row],
                "row {y} of frame {number}"
            );
        }
    }
}

#[test]
fn nobody_who_is_renamed_is_seen_or_heard_on_stage() {
    let scenario = short();
    let other = scenario.with_other_people(1);
    let renamed = scenario
        .people
        .iter()
        .filter(|person| other.person(&person.name).is_none());
    let names: Vec<&str> = renamed.map(|person| person.name.as_str()).collect();
    assert!(names.len() >= 6, "{names:?}");
    assert!(!names.contains(&"Jürgen Müller"), "he is spoken of");
    for camera in &scenario.cameras {
        assert!(!names.contains(&camera.person.as_str()));
    }
}

#[test]
fn other_people_are_chosen_by_the_seed() {
    let scenario = short();
    assert_eq!(scenario.with_other_people(3), scenario.with_other_people(3));
    assert_ne!(scenario.with_other_people(3), scenario.with_other_people(4));
}

#[test]
fn a_lossless_recording_gives_back_every_pixel() {
    let folder = tempfile::tempdir().unwrap();
    let mut scenario = short();
    scenario.duration = "1s".parse().unwrap();
    scenario.speech.clear();
    let options = RenderOptions {
        lossless: true,
        ..RenderOptions::default()
    };
    let rendered = render(&scenario, &options, folder.path()).unwrap();
    let frames = decoded(&rendered.media).frames;
    let mut film = Film::new(&scenario).unwrap();
    assert_eq!(frames.len(), film.frame_count() as usize);
    for (number, bytes) in frames.iter().enumerate() {
        let same = film.frame(number as u32).bytes() == bytes;
        assert!(same, "frame {number} differs");
    }
    let truth = std::fs::read_to_string(&rendered.truth).unwrap();
    assert!(Truth::parse(&truth).unwrap().media.lossless);
}

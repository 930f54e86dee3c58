//! Picture and sound of one participant come together, whatever the network did to each.

use scrim_ingest::log::Codec;
use scrim_policy::TrackSource;

use crate::{
    media::{self, Area, Media, centre_of_sound},
    session_media::{H264, Sent, VP8, greys, samples_sent},
    session_support::{LEFT, MS, Meeting, Recorded, SECOND, film, plan, sound, tile},
};

/// Picture and sound may be so far apart, in seconds (EBU R37 allows a presenter 40 ms and 60 ms).
const APART: f64 = 0.045;

const IN_LEFT: Area = [60, 70, 40, 40];

/// Flashes and beeps of 80 ms begin so often, in seconds.
const EVERY: usize = 2;

const SECONDS: usize = 40;

/// White for the first two of fifty pictures.
fn flashes(encoder: &str) -> Vec<Sent> {
    let grey = |picture: usize| if picture % (25 * EVERY) < 2 { 235 } else { 16 };
    greys((0..25 * SECONDS).map(grey), (160, 120), encoder)
}

/// A tone as long.
fn beeps() -> Vec<Sent> {
    let sample = |index: usize| {
        let angle = std::f64::consts::TAU * 1_000.0 * index as f64 / 48_000.0;
        let is_on = index % (48_000 * EVERY) < 3_840;
        if is_on {
            (20_000.0 * angle.sin()) as i16
        } else {
            0
        }
    };
    samples_sent(&(0..48_000 * SECONDS).map(sample).collect::<Vec<_>>())
}

/// When pictures turn white, in seconds.
fn turns(file: &Media) -> Vec<f64> {
    let pictures = media::pictures(file.path());
    // Where nothing changes there is no picture, so the first one may be white.
    let mut was_white = false;
    let mut turns = Vec::new();
    // The first reports come after half a second.
    for picture in pictures.iter().filter(|picture| picture.at > 1.0) {
        let is_white = picture.mean(IN_LEFT) > 128.0;
        if is_white && !was_white {
            turns.push(picture.at);
        }
        was_white = is_white;
    }
    turns
}

fn check(codec: Codec, encoder: &str) {
    // Its pictures take 150 ms longer than its sound, and both clocks are wrong.
    let camera = Recorded {
        delay: 190 * MS,
        jitter: 30 * MS,
        reports: true,
        ..Recorded::new(11, TrackSource::Camera, codec, flashes(encoder))
    };
    let microphone = Recorded {
        jitter: 60 * MS,
        reports: true,
        ..Recorded::microphone(12, beeps())
    };
    let meeting = Meeting::of(&[camera, microphone]);
    let plan = plan(SECONDS as u64 * SECOND, &[(0, vec![tile(LEFT, 11)])], &[12]);
    let file = film(&meeting, &plan).and(sound(&meeting, &plan)).file();
    let heard = media::sound(file.path());
    let turns = turns(&file);
    assert_eq!(turns.len(), SECONDS / EVERY - 1, "{turns:?}");
    for turn in turns {
        let beep = centre_of_sound(&heard, turn - 0.5, turn + 0.6) - 0.04;
        let apart = beep - turn;
        assert!(apart.abs() < APART, "{apart} s apart at {turn} s");
    }
}

#[test]
fn flash_and_beep_of_a_camera_in_vp8_come_together() {
    check(Codec::Vp8, VP8);
}

#[test]
fn flash_and_beep_of_a_camera_in_h264_come_together() {
    check(Codec::H264, H264);
}

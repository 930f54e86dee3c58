//! Only what the plan shows is in the pictures of a session, when it shows it, whatever the tracks do.

use std::thread;

use scrim_ingest::log::Codec;
use scrim_pipeline::{
    render::{Part, RenderError},
    session::Film,
};
use scrim_policy::{
    Moment, TrackSource,
    session::{Shows, Take, Tile},
};

use crate::{
    session_media::{H264, Seen, Sent, colour, samples, seen, sent, tone},
    session_support::{
        Beside, LEFT, MS, Meeting, RIGHT, Recorded, Rendered, SECOND, START, film, film_spec, plan,
        tile, track,
    },
};

const RED: u32 = 0x00d0_2020;
const GREEN: u32 = 0x0020_b020;
const BLUE: u32 = 0x0020_20d0;

/// The middle of each half.
const IN_LEFT: [u32; 2] = [80, 90];
const IN_RIGHT: [u32; 2] = [240, 90];

fn is(picture: &Seen, [x, y]: [u32; 2], rgb: u32) -> bool {
    let pairs = picture.pixel(x, y).into_iter().zip(samples(rgb));
    pairs
        .into_iter()
        .all(|(seen, wanted)| seen.abs_diff(wanted) < 24)
}

/// The picture that is seen at a time in seconds.
fn at(pictures: &[Seen], time: f64) -> &Seen {
    let shown = pictures
        .iter()
        .rev()
        .find(|picture| picture.at <= time + 1e-4);
    shown.unwrap()
}

fn count(pictures: &[Seen], rgb: u32) -> usize {
    pictures
        .iter()
        .map(|picture| picture.count_near(samples(rgb)))
        .sum()
}

#[test]
fn who_is_not_in_the_plan_is_in_no_picture() {
    let red = Recorded::camera(11, colour(RED, (320, 240), 75));
    let green = Recorded::camera(21, colour(GREEN, (320, 240), 75));
    let both = plan(
        3 * SECOND,
        &[(0, vec![tile(LEFT, 11), tile(RIGHT, 21)])],
        &[],
    );
    let meeting = Meeting::of(&[red.clone(), green]);
    let pictures = seen(&film(&meeting, &both).file());
    assert!(is(at(&pictures, 2.0), IN_LEFT, RED) && is(at(&pictures, 2.0), IN_RIGHT, GREEN));
    assert!(count(&pictures, GREEN) > 0);

    let plate = Tile {
        rect: RIGHT,
        shows: Shows::Plate {
            text: String::new(),
            colour: 0,
        },
        label: None,
    };
    let one = plan(3 * SECOND, &[(0, vec![tile(LEFT, 11), plate])], &[]);
    let rendered = film(&meeting, &one);
    let pictures = seen(&rendered.file());
    assert!(is(at(&pictures, 2.0), IN_LEFT, RED));
    assert_eq!(count(&pictures, GREEN), 0);
    // It makes no difference whether the other one was there.
    assert_eq!(rendered, film(&Meeting::of(&[red]), &one));
}

#[test]
fn a_tile_that_ends_is_in_no_picture_from_that_moment_on() {
    let red = Recorded::camera(11, colour(RED, (320, 240), 75));
    let green = Recorded::camera(21, colour(GREEN, (320, 240), 75));
    // On no regular picture, right behind one, and right before one.
    for border in [1_013, 1_040, 1_000, 1_079] {
        let scenes = [
            (0, vec![tile(LEFT, 11), tile(RIGHT, 21)]),
            (border, vec![tile(LEFT, 11)]),
        ];
        let plan = plan(3 * SECOND, &scenes, &[]);
        let meeting = Meeting::of(&[red.clone(), green.clone()]);
        let pictures = seen(&film(&meeting, &plan).file());
        let border = border as f64 / 1e3;
        let shows_green = |picture: &&Seen| picture.count_near(samples(GREEN)) > 0;
        let last = pictures
            .iter()
            .rposition(|picture| shows_green(&picture))
            .unwrap();
        assert!(pictures[last].at < border);
        // What follows it replaces it in time.
        assert!(pictures[last + 1].at <= border + 2e-5, "{border}");
        assert!(
            pictures
                .iter()
                .all(|picture| picture.at < 0.2 || is(picture, IN_LEFT, RED))
        );
    }
}

#[test]
fn what_is_shown_again_is_shown_as_it_is_then() {
    // Its colour changes while nobody sees it.
    let mut packets = colour(RED, (320, 240), 50);
    append(&mut packets, colour(GREEN, (320, 240), 100));
    let camera = Recorded::camera(11, packets);
    let scenes = [
        (0, vec![tile(LEFT, 11)]),
        (1_000, vec![]),
        (4_500, vec![tile(RIGHT, 11)]),
    ];
    let plan = plan(6 * SECOND, &scenes, &[]);
    let pictures = seen(&film(&Meeting::of(&[camera]), &plan).file());
    assert!(is(at(&pictures, 0.5), IN_LEFT, RED));
    assert_eq!(at(&pictures, 2.0).count_near(samples(RED)), 0);
    assert!(is(at(&pictures, 4.5), IN_RIGHT, GREEN));
    assert!(
        !pictures
            .iter()
            .any(|picture| picture.at > 1.0 && picture.count_near(samples(RED)) > 0)
    );
}

/// Adds packets of the same codec as if one sender had gone on.
fn append(packets: &mut Vec<Sent>, more: Vec<Sent>) {
    let (last, first) = (packets.last().unwrap().clone(), more[0].clone());
    for mut packet in more {
        let sequence = packet.sequence().wrapping_sub(first.sequence());
        let timestamp = packet.timestamp().wrapping_sub(first.timestamp());
        packet.renumber(
            last.sequence().wrapping_add(1).wrapping_add(sequence),
            last.timestamp().wrapping_add(3_600).wrapping_add(timestamp),
        );
        packet.at += last.at + 40 * MS;
        packets.push(packet);
    }
}

#[test]
fn pictures_may_change_their_size() {
    let mut packets = colour(RED, (320, 240), 50);
    append(&mut packets, colour(GREEN, (640, 360), 50));
    append(&mut packets, colour(BLUE, (160, 90), 50));
    let camera = Recorded::camera(11, packets);
    let plan = plan(6 * SECOND, &[(0, vec![tile(LEFT, 11)])], &[]);
    let pictures = seen(&film(&Meeting::of(&[camera]), &plan).file());
    for (time, rgb) in [(1.0, RED), (3.0, GREEN), (5.0, BLUE)] {
        assert!(is(at(&pictures, time), IN_LEFT, rgb), "{time}");
    }
}

#[test]
fn pictures_in_h264_are_shown_as_well() {
    let packets = sent(&format!(
        "videotestsrc pattern=solid-color foreground-color={} num-buffers=75 \
         ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 ! {H264}",
        0xff00_0000 | GREEN
    ));
    let camera = Recorded::new(11, TrackSource::Camera, Codec::H264, packets);
    let plan = plan(3 * SECOND, &[(0, vec![tile(LEFT, 11)])], &[]);
    let pictures = seen(&film(&Meeting::of(&[camera]), &plan).file());
    // Nothing is held back: the first picture is there when it was sent.
    let first = pictures
        .iter()
        .find(|picture| is(picture, IN_LEFT, GREEN))
        .unwrap();
    assert!(first.at < 0.1, "{}", first.at);
}

#[test]
fn lost_pictures_are_held_for_a_second_and_blank_until_the_next_keyframe() {
    // A ball that moves, and a keyframe every four seconds.
    let packets = sent(
        "videotestsrc pattern=solid-color foreground-color=0xffd02020 num-buffers=200 \
         ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 \
         ! vp8enc deadline=1 cpu-used=8 keyframe-max-dist=100 ! rtpvp8pay pt=96 mtu=400",
    );
    let lost = packets
        .iter()
        .position(|packet| packet.at >= SECOND)
        .unwrap();
    for is_told in [false, true] {
        let mut camera = Recorded::camera(11, packets.clone());
        camera.packets.remove(lost);
        if is_told {
            camera.beside.push((lost, Beside::Gap));
        }
        let plan = plan(8 * SECOND, &[(0, vec![tile(LEFT, 11)])], &[]);
        let pictures = seen(&film(&Meeting::of(&[camera]), &plan).file());
        for (time, is_shown) in [
            (0.9, true),
            (1.9, true),
            (2.2, false),
            (3.9, false),
            (4.2, true),
        ] {
            assert_eq!(is(at(&pictures, time), IN_LEFT, RED), is_shown, "{time}");
        }
    }
}

#[test]
fn nothing_is_shown_of_a_pause() {
    let mut camera = Recorded::camera(11, colour(RED, (320, 240), 200));
    let pause = camera.packets.iter().position(|packet| packet.at >= SECOND);
    let resume = camera
        .packets
        .iter()
        .position(|packet| packet.at >= 3 * SECOND + 200 * MS);
    camera.packets.drain(pause.unwrap()..resume.unwrap());
    camera.beside.push((pause.unwrap(), Beside::Pause));
    let plan = plan(8 * SECOND, &[(0, vec![tile(LEFT, 11)])], &[]);
    let pictures = seen(&film(&Meeting::of(&[camera]), &plan).file());
    // The pause is told when it ends; until then the camera might only be slow.
    for (time, is_shown) in [(0.9, true), (3.5, false), (4.2, true)] {
        assert_eq!(is(at(&pictures, time), IN_LEFT, RED), is_shown, "{time}");
    }
}

#[test]
fn garbage_of_one_track_does_not_end_the_others() {
    let mut dice = 7_u32;
    let mut broken = colour(GREEN, (320, 240), 75);
    for packet in broken.iter_mut().filter(|packet| packet.at >= SECOND) {
        // The descriptor and the first bytes stay, so that it is taken for pictures.
        for byte in packet.bytes.iter_mut().skip(12 + 4 + 10) {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *byte = (dice >> 24) as u8;
        }
    }
    let mut nonsense = colour(BLUE, (320, 240), 75);
    for packet in &mut nonsense {
        packet.bytes.truncate(12);
        packet.bytes.extend([0x10, 0x00, 0xff, 0xff]);
    }
    let good = Recorded::camera(11, colour(RED, (320, 240), 75));
    let tracks = [
        good,
        Recorded::camera(21, broken),
        Recorded::camera(31, nonsense),
    ];
    let scenes = [
        (0, vec![tile(LEFT, 11), tile(RIGHT, 21)]),
        (1_500, vec![tile(LEFT, 11), tile(RIGHT, 31)]),
    ];
    let plan = plan(3 * SECOND, &scenes, &[]);
    let meeting = Meeting::of(&tracks);
    let mut film = Film::new(&meeting, film_spec());
    let rendered = Rendered::by(|events| film.render(&plan, &[0], events));
    let pictures = seen(&rendered.unwrap().file());
    assert!(
        pictures
            .iter()
            .all(|picture| picture.at < 0.2 || is(picture, IN_LEFT, RED))
    );
    assert!(is(at(&pictures, 0.9), IN_RIGHT, GREEN));
    assert_eq!(at(&pictures, 2.5).count_near(samples(BLUE)), 0);
}

#[test]
fn a_track_that_was_destroyed_is_blank() {
    let meeting = Meeting::of(&[
        Recorded::camera(11, colour(RED, (320, 240), 500)),
        Recorded::camera(21, colour(GREEN, (320, 240), 500)),
    ]);
    let plan = plan(
        20 * SECOND,
        &[(0, vec![tile(LEFT, 11), tile(RIGHT, 21)])],
        &[],
    );
    let mut film = Film::new(&meeting, film_spec());
    let rendered = Rendered::by(|events| {
        film.render(&plan, &[0], events)?;
        // While it is read.
        meeting.destroy(track(21));
        film.render(&plan, &[1], events)
    });
    let pictures = seen(&rendered.unwrap().file());
    assert!(is(at(&pictures, 7.0), IN_RIGHT, GREEN));
    let after = || pictures.iter().filter(|picture| picture.at >= 8.0);
    assert!(after().all(|picture| is(picture, IN_LEFT, RED)));
    assert!(after().all(|picture| picture.count_near(samples(GREEN)) == 0));
    // And before it is opened.
    let rendered =
        Rendered::by(|events| Film::new(&meeting, film_spec()).render(&plan, &[0], events));
    assert_eq!(count(&seen(&rendered.unwrap().file()), GREEN), 0);
}

/// Pictures that differ all the time, for 20 seconds, of which some packets are missing.
fn moving(number: u8, pattern: &str, keyframes: u32) -> Recorded {
    let mut packets = sent(&format!(
        "videotestsrc pattern={pattern} num-buffers=600 \
         ! video/x-raw,format=I420,width=160,height=120,framerate=30/1 \
         ! vp8enc deadline=1 cpu-used=8 keyframe-max-dist={keyframes} ! rtpvp8pay pt=96 mtu=300"
    ));
    let mut index = 0;
    packets.retain(|_| {
        index += 1;
        index % 1_500 != 0
    });
    Recorded {
        jitter: 30 * MS,
        reports: true,
        ..Recorded::camera(number, packets)
    }
}

/// A meeting of 20 seconds, with tracks that come and go on the picture.
fn lively() -> (Vec<Recorded>, scrim_policy::SessionPlan) {
    let voice = tone(440, 1_000);
    let voice = Recorded {
        delay: 110 * MS,
        jitter: 40 * MS,
        drift_ppm: 60.0,
        reports: true,
        ..Recorded::microphone(12, voice)
    };
    let tracks = vec![moving(11, "ball", 90), moving(21, "smpte", 1_000), voice];
    let scenes = [
        (0, vec![tile(LEFT, 11)]),
        (3_017, vec![tile(LEFT, 21), tile(RIGHT, 11)]),
        (5_000, vec![tile(RIGHT, 11)]),
        (15_990, vec![tile(LEFT, 11), tile(RIGHT, 21)]),
    ];
    (tracks, plan(20 * SECOND, &scenes, &[]))
}

#[test]
fn segments_are_the_same_one_by_one_all_at_once_and_out_of_order() {
    let (tracks, plan) = lively();
    let meeting = Meeting::of(&tracks);
    let at_once = film(&meeting, &plan);
    assert_eq!(at_once.parts.len(), 3);
    let mut film = Film::new(&meeting, film_spec());
    let one_by_one = Rendered::by(|events| {
        (0..3).try_for_each(|segment| film.render(&plan, &[segment], events))
    });
    assert_eq!(one_by_one.unwrap(), at_once);
    let back = Rendered::by(|events| {
        [2, 0, 1]
            .into_iter()
            .try_for_each(|segment| film.render(&plan, &[segment], events))
    });
    assert_eq!(back.unwrap(), at_once);
    // Rendered alone, far from the front.
    let alone = Rendered::by(|events| Film::new(&meeting, film_spec()).render(&plan, &[2], events));
    let alone = alone.unwrap();
    assert_eq!(
        alone.parts[&Part::Segment(2)],
        at_once.parts[&Part::Segment(2)]
    );
    let digests = at_once
        .parts
        .values()
        .map(|(facts, _)| facts.codec_data.clone());
    assert!(digests.collect::<std::collections::HashSet<_>>().len() == 1);
}

#[test]
fn a_session_that_grows_gives_the_same_as_one_that_is_over() {
    let (tracks, plan) = lively();
    let kept = film(&Meeting::of(&tracks), &plan);
    let meeting = Meeting::running(&tracks);
    let mut film = Film::new(&meeting, film_spec());
    let growing = Rendered::by(|events| {
        thread::scope(|scope| {
            scope.spawn(|| {
                for step in 0..12 {
                    meeting.until_waited_for();
                    meeting.go_on_to(START + step * 2 * SECOND + 77 * MS);
                }
                meeting.go_on_to(START + 25 * SECOND);
                meeting.end();
            });
            film.render(&plan, &[0, 1, 2], events)
        })
    });
    assert_eq!(growing.unwrap(), kept);
}

#[test]
fn a_segment_says_how_far_the_session_has_to_be() {
    let (tracks, plan) = lively();
    let meeting = Meeting::running(&tracks);
    let film = Film::new(&meeting, film_spec());
    let needed = film.needs(&plan, 0).unwrap();
    assert!(needed >= Moment(START + 8 * SECOND));
    assert!(needed <= Moment(START + 14 * SECOND));
    // The last one is not whole, and there is no other.
    assert_eq!(film.needs(&plan, 2), None);
    assert_eq!(film.needs(&plan, 3), None);
    // It is enough.
    meeting.go_on_to(needed.0);
    let mut film = film;
    let rendered = Rendered::by(|events| film.render(&plan, &[0], events));
    assert_eq!(rendered.unwrap().parts.len(), 1);
}

#[test]
fn whoever_waits_for_a_session_can_be_stopped() {
    let (tracks, plan) = lively();
    let meeting = Meeting::running(&tracks);
    let spec = film_spec();
    let cancel = spec.cancel.clone();
    let mut film = Film::new(&meeting, spec);
    let stopped = thread::scope(|scope| {
        scope.spawn(|| {
            meeting.until_waited_for();
            cancel.cancel();
        });
        Rendered::by(|events| film.render(&plan, &[0], events))
    });
    assert!(matches!(stopped, Err(RenderError::Stopped)));
}

#[test]
fn what_was_not_recorded_is_cut_out() {
    let mut camera = Recorded::camera(11, colour(RED, (320, 240), 150));
    let first = camera
        .packets
        .iter()
        .position(|packet| packet.at >= 2 * SECOND)
        .unwrap();
    let second = camera
        .packets
        .iter()
        .position(|packet| packet.at >= 4 * SECOND)
        .unwrap();
    camera.packets.drain(first..second);
    let mut cut = plan(4 * SECOND, &[(0, vec![tile(LEFT, 11)])], &[]);
    cut.takes = vec![
        Take {
            from: Moment(START),
            to: Moment(START + 2 * SECOND),
            at: Moment::START,
        },
        Take {
            from: Moment(START + 4 * SECOND),
            to: Moment(START + 6 * SECOND),
            at: Moment(2 * SECOND),
        },
    ];
    let pictures = seen(&film(&Meeting::of(&[camera]), &cut).file());
    // The last picture of the first take is not in the second one.
    assert!(is(at(&pictures, 1.99), IN_LEFT, RED));
    assert!(!is(at(&pictures, 2.0), IN_LEFT, RED));
    assert!(is(at(&pictures, 2.2), IN_LEFT, RED));
}

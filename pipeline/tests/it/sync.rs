//! Picture and sound stay together, measured by a foreign decoder at both ends.

use scrim_pipeline::render::{AudioEncoder, VideoEncoder};

use crate::{
    media::{
        Area, HEIGHT, Media, Picture, RATE, WIDTH, centre_of_sound, lag, picture_times, pictures,
        sound, stored_sound,
    },
    support::{EVERYTHING, render_file, render_with},
};

const MIDDLE: Area = [120, 60, 80, 60];

/// Largest distance that is allowed, in seconds.
const APART: f64 = 0.020;

/// Flashes and beeps of 80 ms begin every two seconds up to 18 s, and at 60 s.
const WHEN: &str = "lt(mod(t,2),0.08)*lt(t,19)+between(t,60,60.0799)";

fn starts() -> impl Iterator<Item = f64> {
    (0..10).map(|pair| f64::from(pair) * 2.0).chain([60.0])
}

fn clapper(name: &str, codecs: &str) -> Media {
    let escaped = WHEN.replace(',', "\\,");
    Media::made(
        name,
        &format!(
            "-f lavfi -i color=black:size={WIDTH}x{HEIGHT}:rate=10:duration=62,\
             drawbox=color=white:t=fill:enable={escaped} \
             -f lavfi -i aevalsrc=0.7*sin(2*PI*1000*t)*({escaped}):s={RATE}:d=62 \
             {codecs} -pix_fmt yuv420p"
        ),
    )
}

/// When the picture turns white.
fn flashes(pictures: &[Picture]) -> Vec<f64> {
    let is_white = |picture: &Picture| picture.mean(MIDDLE) > 128.0;
    let mut dark = true;
    let mut starts = Vec::new();
    for picture in pictures {
        if dark && is_white(picture) {
            starts.push(picture.at);
        }
        dark = !is_white(picture);
    }
    starts
}

fn check(name: &str, codecs: &str, encoders: &[AudioEncoder]) {
    let source = clapper(name, codecs);
    for &encoder in encoders {
        let output = render_with(source.path(), EVERYTHING, |spec| {
            spec.audio_encoder = encoder;
        })
        .file();
        let (seen, heard) = (flashes(&pictures(output.path())), sound(output.path()));
        assert_eq!(seen.len(), 11, "{codecs}: {seen:?}");
        let origin = seen[0];
        let mut worst: f64 = 0.0;
        for (start, flash) in starts().zip(seen) {
            let beep = centre_of_sound(&heard, flash - 0.5, flash + 0.6) - 0.04;
            let apart = beep - flash;
            if apart.abs() > worst.abs() {
                worst = apart;
            }
            assert!(
                (flash - origin - start).abs() < 0.002,
                "{codecs}: the flash of {start} s is shown at {flash} s"
            );
        }
        println!("{name}, {codecs}, {encoder:?}: {:.1} ms", worst * 1e3);
        assert!(worst.abs() <= APART, "{codecs}, {encoder:?}: {worst} s");
    }
}

const X264: &str = "-c:v libx264 -preset ultrafast -g 20";

const LIBAV: &[AudioEncoder] = &[AudioEncoder::Libav];

#[test]
fn flash_and_beep_of_an_mp4_with_aac_stay_together() {
    let both = [AudioEncoder::Libav, AudioEncoder::VisualOn];
    check("a.mp4", &format!("{X264} -c:a aac"), &both);
}

#[test]
fn flash_and_beep_of_a_webm_with_opus_stay_together() {
    let vp8 = "-c:v libvpx -deadline realtime -cpu-used 8 -g 20";
    check("a.webm", &format!("{vp8} -c:a libopus"), LIBAV);
}

#[test]
fn flash_and_beep_of_an_mkv_with_mp3_or_vorbis_stay_together() {
    for audio in ["libmp3lame", "libvorbis"] {
        check("a.mkv", &format!("{X264} -c:a {audio}"), LIBAV);
    }
}

#[test]
fn flash_and_beep_of_flv_and_mpeg_ts_stay_together() {
    for name in ["a.flv", "a.ts"] {
        check(name, &format!("{X264} -c:a aac"), LIBAV);
    }
}

/// A decoder puts out silence first, and the edit list takes exactly that off again.
#[test]
fn the_delay_of_each_audio_encoder_is_taken_off_to_the_sample() {
    let noise = format!("-f lavfi -i anoisesrc=color=pink:seed=7:r={RATE}:d=2");
    let source = Media::made("a.mp4", &format!("{noise} -c:a aac -b:a 256k"));
    let original = sound(source.path());
    for encoder in [AudioEncoder::Libav, AudioEncoder::VisualOn] {
        let output = render_with(source.path(), EVERYTHING, |spec| {
            spec.audio_encoder = encoder;
        })
        .file();
        let heard = lag(&original, &sound(output.path()), 2048);
        let stored = lag(&original, &stored_sound(output.path()), 2048);
        println!("{encoder:?}: {stored} samples stored, {heard} heard");
        assert_eq!(stored, encoder.priming_samples() as i64, "{encoder:?}");
        assert!(heard.abs() <= 1, "{encoder:?}: {heard} samples late");
    }
}

#[test]
fn the_last_sounds_are_not_cut_off() {
    let tone = format!("-f lavfi -i aevalsrc=0.5*sin(2*PI*700*t):s={RATE}:d=1.003");
    let source = Media::made("a.mp4", &format!("{tone} -c:a aac"));
    for encoder in [AudioEncoder::Libav, AudioEncoder::VisualOn] {
        let output = render_with(source.path(), EVERYTHING, |spec| {
            spec.audio_encoder = encoder;
        })
        .file();
        let heard = sound(output.path());
        let last = &heard[47_000..48_000];
        let power = last.iter().map(|sample| sample * sample).sum::<f32>() / 1000.0;
        assert!(power > 0.1, "{encoder:?}: {power}");
        assert!(heard.len() >= 48_100, "{encoder:?}: {}", heard.len());
    }
}

#[test]
fn sound_and_picture_stay_together_for_four_minutes() {
    let source = Media::made(
        "a.mkv",
        "-f lavfi -i color=black:size=64x48:rate=5:duration=241,\
             drawbox=color=white:t=fill:enable=lt(mod(t\\,60)\\,0.08) \
             -f lavfi -i aevalsrc=0.7*sin(2*PI*1000*t)*lt(mod(t\\,60)\\,0.08):s=16000:d=241 \
             -c:v libx264 -preset ultrafast -c:a libopus -b:a 32k -pix_fmt yuv420p",
    );
    let output = render_with(source.path(), EVERYTHING, |spec| {
        spec.video_encoder = VideoEncoder::X264;
    })
    .file();
    let heard = sound(output.path());
    let shown = picture_times(output.path());
    for minute in 0..=4 {
        let start = shown[0] + f64::from(minute) * 60.0;
        assert!(shown.iter().any(|at| (at - start).abs() < 0.001));
        let beep = centre_of_sound(&heard, start - 0.5, start + 0.6) - 0.04;
        assert!((beep - start).abs() <= APART, "{beep} s instead of {start}");
    }
}

#[test]
fn a_track_that_begins_late_stays_late() {
    // Without this, ffmpeg fills the gap with copies of the first picture.
    let x264 = "-vsync passthrough -c:v libx264 -preset ultrafast -g 25 -c:a aac -pix_fmt yuv420p";
    let picture = format!("-f lavfi -i testsrc2=size={WIDTH}x{HEIGHT}:rate=25:duration=2");
    let beep = format!("-f lavfi -i aevalsrc=0.7*sin(2*PI*1000*t)*lt(t\\,0.08):s={RATE}:d=2");
    for name in ["a.mp4", "a.mkv"] {
        let late_sound = Media::made(name, &format!("{picture} -itsoffset 0.7 {beep} {x264}"));
        let output = render_file(late_sound.path(), EVERYTHING).file();
        let at = centre_of_sound(&sound(output.path()), 0.0, 1.5) - 0.04;
        assert!((at - 0.7).abs() < APART, "{name}: the sound begins at {at}");
        assert_eq!(picture_times(output.path())[0], 0.0, "{name}");

        let late_picture = Media::made(name, &format!("-itsoffset 0.7 {picture} {beep} {x264}"));
        let output = render_file(late_picture.path(), EVERYTHING).file();
        let at = centre_of_sound(&sound(output.path()), 0.0, 0.5) - 0.04;
        let shown = picture_times(output.path())[0];
        assert!((shown - at - 0.7).abs() < APART, "{name}: {shown} and {at}");
    }
}

#[test]
fn every_layout_of_sound_becomes_48_khz_with_at_most_two_channels() {
    let cases = [
        ("-ac 1", 1),
        ("-ac 2 -ar 44100", 2),
        ("-ac 6", 2),
        ("-ac 1 -ar 8000", 1),
    ];
    for (layout, channels) in cases {
        let tone = format!("-f lavfi -i sine=frequency=440:sample_rate={RATE}:duration=1");
        let source = Media::made("a.mp4", &format!("{tone} -c:a aac {layout}"));
        let rendered = render_file(source.path(), EVERYTHING);
        assert!(rendered.plan.is_none());
        let output = rendered.file();
        let probed = crate::media::probe(output.path());
        let stream = &probed["streams"][0];
        assert_eq!(stream["codec_name"], "aac", "{layout}");
        assert_eq!(stream["channels"], channels, "{layout}");
        assert_eq!(stream["sample_rate"], "48000", "{layout}");
        let heard = sound(output.path());
        let power: f32 = heard.iter().map(|sample| sample * sample).sum();
        assert!(power / heard.len() as f32 > 1e-5, "{layout}: it is silent");
        assert!(
            (heard.len() as f64 / RATE as f64 - 1.0).abs() < 0.13,
            "{layout}"
        );
    }
}

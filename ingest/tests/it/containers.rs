//! Every container with every codec that it can hold.

use scrim_ingest::{AudioCodec, Track, VideoCodec};
use scrim_policy::Geometry;

use crate::{
    media::{AAC, Media, X264, both, picture, sound, timed_sound},
    reading::{Reading, read},
};

const X265: &str = "x265enc key-int-max=10 speed-preset=ultrafast ! h265parse";
const VP8: &str = "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=10";
const VP9: &str = "vp9enc deadline=1 cpu-used=8 keyframe-max-dist=10 ! vp9parse";
const AV1: &str = "av1enc cpu-used=8 usage-profile=realtime keyframe-max-dist=10 ! av1parse";
const MP3: &str = "lamemp3enc ! mpegaudioparse";
const OPUS: &str = "opusenc ! opusparse";
const VORBIS: &str = "vorbisenc";

fn made(name: &str, muxer: &str, video: &str, audio: &str) -> Reading {
    let media = Media::make(name, &both(muxer, &picture(video), &sound(audio)));
    read(media.path()).unwrap_or_else(|error| panic!("{name} with {video} and {audio}: {error}"))
}

/// Checks two seconds of 160x96 at 25 frames per second with a key frame every 10, and two
/// channels.
fn check(reading: &Reading, video: VideoCodec, audio: AudioCodec, rate: u32) {
    let what = format!("{video:?} and {audio:?}: {:?}", reading.probe);
    let picture = reading.probe.video.as_ref().unwrap();
    assert_eq!(picture.codec, video, "{what}");
    assert_eq!(picture.geometry, Geometry::square(160, 96), "{what}");
    assert_eq!(picture.frame_rate, Some((25, 1)), "{what}");
    let sound = reading.probe.audio.as_ref().unwrap();
    assert_eq!(
        (sound.codec, sound.rate, sound.channels),
        (audio, rate, 2),
        "{what}"
    );
    assert_eq!(reading.probe.left_out, 0, "{what}");

    assert_eq!(reading.of(Track::Video).count(), 50, "{what}");
    assert_eq!(
        (reading.begin_ms(Track::Video), reading.end_ms(Track::Video)),
        (0, 2000),
        "{what}"
    );
    assert_eq!(reading.entries_ms(), [0, 400, 800, 1200, 1600], "{what}");
    assert_eq!(reading.begin_ms(Track::Audio), 0, "{what}");
    // A whole number of packets, and FLV and MPEG-TS do not know how long the last one is.
    assert!(
        (1970..=2060).contains(&reading.end_ms(Track::Audio)),
        "{what}"
    );
    assert!(
        reading.of(Track::Audio).all(|packet| packet.is_entry),
        "{what}"
    );
}

#[test]
fn mp4_is_read_with_every_codec_that_it_holds() {
    for (encoder, codec) in [
        (X264, VideoCodec::H264),
        (X265, VideoCodec::H265),
        (VP9, VideoCodec::Vp9),
        (AV1, VideoCodec::Av1),
    ] {
        check(
            &made("a.mp4", "mp4mux", encoder, AAC),
            codec,
            AudioCodec::Aac,
            48_000,
        );
    }
    for (encoder, codec) in [(MP3, AudioCodec::Mp3), (OPUS, AudioCodec::Opus)] {
        check(
            &made("a.mp4", "mp4mux", X264, encoder),
            VideoCodec::H264,
            codec,
            48_000,
        );
    }
}

#[test]
fn fragmented_and_faststart_mp4_are_read() {
    for muxer in ["mp4mux fragment-duration=500", "mp4mux faststart=true"] {
        check(
            &made("a.mp4", muxer, X264, AAC),
            VideoCodec::H264,
            AudioCodec::Aac,
            48_000,
        );
    }
}

#[test]
fn mov_is_read() {
    for (encoder, codec) in [(X264, VideoCodec::H264), (X265, VideoCodec::H265)] {
        check(
            &made("a.mov", "qtmux", encoder, AAC),
            codec,
            AudioCodec::Aac,
            48_000,
        );
    }
}

#[test]
fn mkv_is_read_with_every_codec() {
    for (encoder, codec) in [
        (X264, VideoCodec::H264),
        (X265, VideoCodec::H265),
        (VP8, VideoCodec::Vp8),
        (VP9, VideoCodec::Vp9),
        (AV1, VideoCodec::Av1),
    ] {
        check(
            &made("a.mkv", "matroskamux", encoder, AAC),
            codec,
            AudioCodec::Aac,
            48_000,
        );
    }
    for (encoder, codec) in [
        (MP3, AudioCodec::Mp3),
        (OPUS, AudioCodec::Opus),
        (VORBIS, AudioCodec::Vorbis),
    ] {
        check(
            &made("a.mkv", "matroskamux", X264, encoder),
            VideoCodec::H264,
            codec,
            48_000,
        );
    }
}

#[test]
fn webm_is_read_with_every_codec_that_it_holds() {
    for (encoder, codec) in [
        (VP8, VideoCodec::Vp8),
        (VP9, VideoCodec::Vp9),
        (AV1, VideoCodec::Av1),
    ] {
        check(
            &made("a.webm", "webmmux", encoder, OPUS),
            codec,
            AudioCodec::Opus,
            48_000,
        );
    }
    check(
        &made("a.webm", "webmmux", VP8, VORBIS),
        VideoCodec::Vp8,
        AudioCodec::Vorbis,
        48_000,
    );
}

#[test]
fn flv_is_read() {
    check(
        &made("a.flv", "flvmux", X264, AAC),
        VideoCodec::H264,
        AudioCodec::Aac,
        48_000,
    );
    // FLV knows no MP3 at 48 kHz.
    let mp3 = timed_sound(MP3, 44_100, 2, 0);
    let media = Media::make("a.flv", &both("flvmux", &picture(X264), &mp3));
    check(
        &read(media.path()).unwrap(),
        VideoCodec::H264,
        AudioCodec::Mp3,
        44_100,
    );
}

#[test]
fn mpeg_ts_is_read_with_every_codec_that_it_holds() {
    for (encoder, codec) in [(X264, VideoCodec::H264), (X265, VideoCodec::H265)] {
        check(
            &made("a.ts", "mpegtsmux", encoder, AAC),
            codec,
            AudioCodec::Aac,
            48_000,
        );
    }
    for (encoder, codec) in [(MP3, AudioCodec::Mp3), (OPUS, AudioCodec::Opus)] {
        check(
            &made("a.ts", "mpegtsmux", X264, encoder),
            VideoCodec::H264,
            codec,
            48_000,
        );
    }
}

#[test]
fn a_picture_without_sound_and_sound_without_a_picture_are_read() {
    for (name, muxer) in [
        ("a.mp4", "mp4mux"),
        ("a.mov", "qtmux"),
        ("a.mkv", "matroskamux"),
        ("a.flv", "flvmux"),
        ("a.ts", "mpegtsmux"),
    ] {
        let silent = Media::make(name, &format!("{} ! {muxer} name=mux", picture(X264)));
        let silent = read(silent.path()).unwrap();
        assert!(silent.probe.audio.is_none(), "{name}");
        assert_eq!(silent.of(Track::Video).count(), 50, "{name}");

        let dark = Media::make(name, &format!("{} ! {muxer} name=mux", sound(AAC)));
        let dark = read(dark.path()).unwrap();
        assert!(dark.probe.video.is_none(), "{name}");
        assert!((1970..=2060).contains(&dark.end_ms(Track::Audio)), "{name}");
    }
}

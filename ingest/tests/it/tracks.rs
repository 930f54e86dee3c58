//! Which tracks are used, and how their headers are understood.

use std::fs;

use scrim_ingest::{AudioCodec, Orientation, SourceError, Track};
use scrim_policy::{Geometry, Kind};

use crate::{
    boxes,
    media::{AAC, Media, X264, both, picture, sound},
    reading::read,
};

const SUBTITLES: &str = "1\n00:00:00,000 --> 00:00:02,000\nZofia Wiśniewska joined\n\n";

#[test]
fn a_second_language_and_subtitles_are_left_out_and_counted() {
    let subtitles = Media::of_bytes("a.srt", SUBTITLES.as_bytes());
    for (name, muxer) in [("a.mp4", "mp4mux"), ("a.mkv", "matroskamux")] {
        let pipeline = format!(
            "{} {} ! mux. filesrc location={} ! subparse ! mux.",
            both(muxer, &picture(X264), &sound(AAC)),
            sound("opusenc ! opusparse"),
            subtitles.path().display(),
        );
        let media = Media::make(name, &pipeline);
        let written = media.bytes();
        let needle = "Wiśniewska".as_bytes();
        assert!(
            written.windows(needle.len()).any(|window| window == needle),
            "{name}"
        );

        let reading = read(media.path()).unwrap();
        assert_eq!(reading.probe.left_out, 2, "{name}");
        assert_eq!(
            reading.probe.audio.as_ref().unwrap().codec,
            AudioCodec::Aac,
            "{name}"
        );
        // 95 packets of 1024 samples at 48 kHz: one track, not two.
        assert_eq!(reading.of(Track::Audio).count(), 95, "{name}");
    }
}

#[test]
fn a_second_picture_is_left_out() {
    let pipeline = format!(
        "{} {} ! mux.",
        both("matroskamux", &picture(X264), &sound(AAC)),
        picture(X264)
    );
    let reading = read(Media::make("a.mkv", &pipeline).path()).unwrap();
    assert_eq!(reading.probe.left_out, 1);
    assert_eq!(reading.of(Track::Video).count(), 50);
}

fn with_matrix(matrix: [i32; 4]) -> Media {
    let upright = Media::make("a.mp4", &format!("{} ! mp4mux name=mux", picture(X264)));
    let mut bytes = upright.bytes();
    boxes::set_matrix(&mut bytes, matrix);
    Media::of_bytes("turned.mp4", &bytes)
}

#[test]
fn pictures_that_were_recorded_sideways_are_turned() {
    for (matrix, orientation, (width, height)) in [
        ([1, 0, 0, 1], Orientation::Upright, (160, 96)),
        ([0, 1, -1, 0], Orientation::Right, (96, 160)),
        ([-1, 0, 0, -1], Orientation::Half, (160, 96)),
        ([0, -1, 1, 0], Orientation::Left, (96, 160)),
    ] {
        let video = read(with_matrix(matrix).path())
            .unwrap()
            .probe
            .video
            .unwrap();
        assert_eq!(video.orientation, orientation);
        assert_eq!(video.geometry, Geometry::square(width, height));
    }
}

#[test]
fn a_mirrored_picture_is_refused() {
    let error = read(with_matrix([-1, 0, 0, 1]).path()).unwrap_err();
    assert!(
        matches!(error, SourceError::Header { track: "video", .. }),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::Damaged);
}

#[test]
fn pixels_that_are_not_square_are_known() {
    let source = "videotestsrc num-buffers=5 \
        ! video/x-raw,format=I420,width=160,height=96,pixel-aspect-ratio=4/3";
    for (name, muxer) in [("a.mp4", "mp4mux"), ("a.ts", "mpegtsmux")] {
        let media = Media::make(name, &format!("{source} ! {X264} ! {muxer} name=mux"));
        let geometry = read(media.path()).unwrap().probe.video.unwrap().geometry;
        assert_eq!((geometry.width, geometry.height), (160, 96), "{name}");
        assert_eq!(geometry.pixel_aspect, (4, 3), "{name}");
        assert_eq!(geometry.display_size(), [212, 96], "{name}");
    }
}

#[test]
fn a_picture_of_one_pixel_is_told_as_it_is() {
    let source = "videotestsrc num-buffers=5 ! video/x-raw,width=1,height=1 ! videoconvert";
    let pipeline = format!("{source} ! vp9enc deadline=1 ! matroskamux name=mux");
    let media = Media::make("a.mkv", &pipeline);
    let geometry = read(media.path()).unwrap().probe.video.unwrap().geometry;
    assert_eq!(geometry, Geometry::square(1, 1));
}

#[test]
fn a_codec_that_is_not_on_the_list_is_named_and_refused() {
    for (name, pipeline, track, caps) in [
        (
            "a.mp4",
            format!("{} ! mp4mux name=mux", picture("avenc_mpeg4")),
            "video",
            "video/mpeg",
        ),
        (
            "a.mkv",
            format!("{} ! matroskamux name=mux", picture("identity")),
            "video",
            "video/x-raw",
        ),
        (
            "a.mkv",
            both("matroskamux", &picture(X264), &sound("flacenc")),
            "audio",
            "audio/x-flac",
        ),
        (
            "a.mkv",
            both("matroskamux", &picture(X264), &sound("identity")),
            "audio",
            "audio/x-raw",
        ),
    ] {
        let error = read(Media::make(name, &pipeline).path()).unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid);
        let SourceError::Codec {
            track: found_track,
            caps: found_caps,
            ..
        } = &error
        else {
            panic!("{error}");
        };
        assert_eq!((*found_track, found_caps.as_str()), (track, caps));
    }
}

#[test]
fn subtitles_alone_are_no_recording() {
    let subtitles = Media::of_bytes("a.srt", SUBTITLES.as_bytes());
    let pipeline = format!(
        "filesrc location={} ! subparse ! matroskamux name=mux",
        subtitles.path().display()
    );
    let error = read(Media::make("a.mkv", &pipeline).path()).unwrap_err();
    assert!(matches!(error, SourceError::NoTracks), "{error}");
}

#[test]
fn a_file_that_is_replaced_while_it_is_read_does_not_matter() {
    let media = Media::make("a.mp4", &both("mp4mux", &picture(X264), &sound(AAC)));
    let mut archive = scrim_ingest::Archive::open(fs::File::open(media.path()).unwrap()).unwrap();
    fs::remove_file(media.path()).unwrap();
    fs::write(media.path(), "not a recording any more").unwrap();
    let mut packets = 0;
    while archive.next().unwrap().is_some() {
        packets += 1;
    }
    assert_eq!(packets, 50 + 95);
}

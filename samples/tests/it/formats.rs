//! Containers, codecs and what they declare.

use std::{fs, path::Path};

use scrim_samples::{
    AudioCodec, Container, Film, MediaError, RenderError, RenderOptions, Rendered, Scenario,
    VideoCodec, render,
};

use crate::decode::decoded;

/// One second of a small picture.
fn scenario() -> Scenario {
    let mut scenario = Scenario::builtin("webinar-short").unwrap();
    scenario.size = (320, 180);
    scenario.duration = "1s".parse().unwrap();
    scenario.speech.clear();
    scenario
}

fn rendered(options: &RenderOptions, folder: &Path) -> Rendered {
    render(&scenario(), options, folder).unwrap()
}

#[test]
fn every_container_holds_the_codecs_that_people_use_in_it() {
    use {AudioCodec as A, Container as C, VideoCodec as V};
    let folder = tempfile::tempdir().unwrap();
    for (container, video, audio) in [
        (C::Mp4, V::H264, A::Aac),
        (C::Mp4, V::H265, A::Mp3),
        (C::Mp4, V::Vp9, A::Opus),
        (C::Mp4, V::Av1, A::Opus),
        (C::Mov, V::H264, A::Aac),
        (C::Mkv, V::H265, A::Vorbis),
        (C::Mkv, V::Vp8, A::Mp3),
        (C::Webm, V::Vp8, A::Vorbis),
        (C::Webm, V::Vp9, A::Opus),
        (C::Webm, V::Av1, A::Opus),
        (C::Flv, V::H264, A::Aac),
        (C::Ts, V::H264, A::Aac),
        (C::Ts, V::H265, A::Mp3),
    ] {
        let name = format!("{}-{}-{}", container.name(), video.name(), audio.name());
        let options = RenderOptions {
            container,
            video: Some(video),
            audio: Some(audio),
            stem: Some(name.clone()),
            ..RenderOptions::default()
        };
        let decoded = decoded(&rendered(&options, folder.path()).media);
        assert_eq!(decoded.size, (320, 180), "{name}");
        assert_eq!(decoded.frames.len(), 25, "{name}");
        let seconds = decoded.samples.len() as f64 / 48_000.0;
        assert!(
            (0.95..1.15).contains(&seconds),
            "{name}: {seconds} s of sound"
        );
    }
}

#[test]
fn a_recording_may_lack_picture_or_sound_but_not_both() {
    let folder = tempfile::tempdir().unwrap();
    let silent = RenderOptions {
        audio: Some(AudioCodec::None),
        ..RenderOptions::default()
    };
    let decoded_silent = decoded(&rendered(&silent, folder.path()).media);
    assert_eq!(
        (decoded_silent.frames.len(), decoded_silent.samples.len()),
        (25, 0)
    );
    let blind = RenderOptions {
        video: Some(VideoCodec::None),
        ..RenderOptions::default()
    };
    let decoded_blind = decoded(&rendered(&blind, folder.path()).media);
    assert!(decoded_blind.frames.is_empty() && decoded_blind.samples.len() > 47_000);
    let nothing = RenderOptions {
        audio: Some(AudioCodec::None),
        ..blind
    };
    let refused = render(&scenario(), &nothing, folder.path());
    assert!(matches!(
        refused,
        Err(RenderError::Option {
            option: "audio",
            ..
        })
    ));
}

#[test]
fn a_codec_that_does_not_fit_is_refused_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let options = RenderOptions {
        container: Container::Webm,
        video: Some(VideoCodec::H264),
        ..RenderOptions::default()
    };
    let refused = render(&scenario(), &options, folder.path()).unwrap_err();
    assert_eq!(refused.to_string(), "webm cannot hold h264");
    assert!(matches!(
        refused,
        RenderError::Media(MediaError::DoesNotFit { .. })
    ));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn variable_frame_rate_leaves_out_what_does_not_change() {
    let folder = tempfile::tempdir().unwrap();
    let mut scenario = scenario();
    scenario.duration = "8s".parse().unwrap();
    scenario.cameras.clear();
    let options = RenderOptions {
        variable_rate: true,
        ..RenderOptions::default()
    };
    let files = render(&scenario, &options, folder.path()).unwrap();
    let decoded = decoded(&files.media);
    assert!(
        (6..40).contains(&decoded.times.len()),
        "{:?}",
        decoded.times
    );
    assert_eq!(decoded.times[0], 0.0);
    let gaps: Vec<f64> = decoded
        .times
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .collect();
    assert!(
        gaps.iter().all(|gap| *gap > 0.039 && *gap < 2.001),
        "{gaps:?}"
    );
    assert!(gaps.iter().any(|gap| *gap > 1.0), "{gaps:?}");
    // The toast at 2 s has its own frame.
    assert!(
        decoded.times.iter().any(|time| (time - 2.0).abs() < 1e-6),
        "{:?}",
        decoded.times
    );
}

#[test]
fn a_rotated_recording_is_stored_on_its_side() {
    let folder = tempfile::tempdir().unwrap();
    let upright = Film::new(&scenario()).unwrap().frame(0).clone();
    for rotation in [90, 180, 270] {
        let options = RenderOptions {
            rotation,
            lossless: true,
            ..RenderOptions::default()
        };
        let files = rendered(&options, folder.path());
        let decoded = decoded(&files.media);
        let stored = &decoded.frames[0];
        let (width, height) = (decoded.size.0 as usize, decoded.size.1 as usize);
        // Where the left upper corner of the upright picture has to be found.
        let (x, y, size) = match rotation {
            90 => (0, height - 1, (180, 320)),
            180 => (width - 1, height - 1, (320, 180)),
            _ => (width - 1, 0, (180, 320)),
        };
        assert_eq!(decoded.size, size, "{rotation}");
        assert_eq!(stored[y * width + x], upright.luma()[0], "{rotation}");
        let bytes = fs::read(&files.media).unwrap();
        let one = 1_i32 << 16;
        let turn: [i32; 5] = match rotation {
            90 => [0, one, 0, -one, 0],
            180 => [-one, 0, 0, 0, -one],
            _ => [0, -one, 0, one, 0],
        };
        let matrix: Vec<u8> = turn.iter().flat_map(|value| value.to_be_bytes()).collect();
        let found = bytes.windows(matrix.len()).any(|window| window == matrix);
        assert!(found, "{rotation} is not declared");
    }
}

#[test]
fn pixels_that_are_not_square_are_declared() {
    let folder = tempfile::tempdir().unwrap();
    let options = RenderOptions {
        pixel_aspect: Some((4, 3)),
        ..RenderOptions::default()
    };
    assert_eq!(
        decoded(&rendered(&options, folder.path()).media).pixel_aspect,
        (4, 3)
    );
}

#[test]
fn a_planted_text_is_in_the_file_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    // Plain ASCII: the Matroska muxer of GStreamer 1.22 escapes other letters in tags.
    let canary = "Kanarek-4711";
    let count = |options: &RenderOptions| {
        let bytes = fs::read(rendered(options, folder.path()).media).unwrap();
        bytes
            .windows(canary.len())
            .filter(|window| *window == canary.as_bytes())
            .count()
    };
    for (container, least) in [
        (Container::Mp4, 5),
        (Container::Mkv, 5),
        (Container::Webm, 4),
    ] {
        let plain = RenderOptions {
            container,
            ..RenderOptions::default()
        };
        assert_eq!(count(&plain), 0, "{container:?}");
        let planted = RenderOptions {
            canary: Some(canary.to_owned()),
            ..plain
        };
        let found = count(&planted);
        assert!(found >= least, "{container:?}: {found}");
    }
}

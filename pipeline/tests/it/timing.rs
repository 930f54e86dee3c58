//! Display times of pictures: irregular, reordered, repeated, and across the seams of segments.

use scrim_pipeline::render::VideoEncoder;

use crate::{
    media::{
        Area, HEIGHT, Media, WIDTH, duration, intra_pictures, moving, picture_times, pictures,
    },
    support::{EVERYTHING, Rendered, SHORT_SEGMENTS, STAGE_ONLY, failed, render_file, render_with},
};

const MIDDLE: Area = [96, 16, 112, 144];

/// A millisecond, and what floating point needs.
const EXACT: f64 = 0.0011;

fn in_short_segments(source: &Media) -> Rendered {
    render_with(source.path(), EVERYTHING, |spec| {
        spec.segment = SHORT_SEGMENTS;
    })
}

/// Checks that every picture of the source is shown, once, when the source shows it.
fn check_times(what: &str, source: &Media, rendered: &Rendered) {
    let expected = picture_times(source.path());
    let first = expected[0];
    let shown = picture_times(rendered.file().path());
    assert_eq!(shown.len(), expected.len(), "{what}: {shown:?}");
    for (shown, expected) in shown.iter().zip(&expected) {
        let off = shown - (expected - first);
        assert!(off.abs() < EXACT, "{what}: {shown} instead of {expected}");
    }
}

/// Checks that the picture at each time is the one that the source shows.
fn check_pictures(what: &str, source: &Media, rendered: &Rendered) {
    let output = rendered.file();
    for (before, after) in pictures(source.path()).iter().zip(pictures(output.path())) {
        let off = after.difference(before, MIDDLE);
        assert!(off < 6.0, "{what}: another picture at {}: {off}", before.at);
    }
}

#[test]
fn irregular_times_and_a_long_still_are_kept() {
    // About a third of the pictures is missing, and three seconds in the middle.
    let select = "select=gt(mod(n*7\\,5)\\,1)*not(between(t\\,2\\,5))";
    for name in ["a.mp4", "a.mkv", "a.webm"] {
        let codec = if name == "a.webm" {
            "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 2M -g 30"
        } else {
            "-c:v libx264 -preset veryfast -bf 2 -g 30"
        };
        let source = Media::made(
            name,
            &format!(
                "-f lavfi -i testsrc2=size={WIDTH}x{HEIGHT}:rate=30:duration=7,{select} \
                 -vsync vfr -video_track_timescale 90000 {codec}"
            )
            .replace(
                "-video_track_timescale 90000",
                if name == "a.mp4" {
                    "-video_track_timescale 90000"
                } else {
                    ""
                },
            ),
        );
        let rendered = in_short_segments(&source);
        check_times(name, &source, &rendered);
        check_pictures(name, &source, &rendered);
        let lasts = duration(rendered.file().path());
        let first = picture_times(source.path())[0];
        assert!((lasts - (7.0 - first)).abs() < 0.1, "{name}: {lasts} s");
    }
}

fn check_seams(name: &str, codec: &str) {
    let source = Media::made(name, &format!("{} {codec} -pix_fmt yuv420p", moving(3)));
    let rendered = in_short_segments(&source);
    // In H.264 with open groups of pictures only the first picture can be entered at.
    let is_open_h264 = codec.contains("x264-params");
    assert_eq!(rendered.facts().len() > 2, !is_open_h264, "{name}, {codec}");
    check_times(codec, &source, &rendered);
    check_pictures(codec, &source, &rendered);
}

#[test]
fn no_picture_of_h264_is_lost_or_doubled_where_segments_meet() {
    let x264 = "-c:v libx264 -preset veryfast -bf 3 -b_strategy 0 -g 25";
    check_seams("a.mp4", x264);
    check_seams("a.mp4", &format!("{x264} -x264-params open-gop=1"));
}

#[test]
fn no_picture_of_h265_is_lost_or_doubled_where_segments_meet() {
    let x265 = "-c:v libx265 -preset ultrafast -x265-params \
                log-level=error:keyint=25:min-keyint=25:bframes=4:b-adapt=0";
    check_seams("a.mkv", &format!("{x265}:open-gop=0"));
    // Here pictures that are shown before an entry refer to it and to the segment before.
    check_seams("a.mp4", &format!("{x265}:open-gop=1"));
    check_seams("a.ts", &format!("{x265}:open-gop=1"));
}

#[test]
fn no_picture_of_vp8_vp9_and_av1_is_lost_or_doubled_where_segments_meet() {
    let ahead = "-cpu-used 8 -lag-in-frames 16 -b:v 2M -g 25";
    for codec in ["libvpx", "libvpx-vp9"] {
        let codec = format!("-c:v {codec} -deadline good -auto-alt-ref 1 {ahead}");
        check_seams("a.webm", &codec);
    }
    check_seams("a.mkv", &format!("-c:v libaom-av1 {ahead}"));
}

#[test]
fn every_segment_begins_with_a_key_frame_at_its_first_moment() {
    let source = Media::made("a.mp4", &format!("{} -g 25 -bf 2", moving(4)));
    let rendered = in_short_segments(&source);
    let segments = rendered.segments();
    assert_eq!(segments.len(), 4);
    for segment in segments {
        let (facts, first) = (&segment.facts, segment.units[0]);
        assert!(first.is_key);
        assert_eq!(first.at, facts.from);
    }
}

#[test]
fn a_picture_that_needs_others_before_it_is_no_key_frame_though_it_is_intra() {
    // Of a cut so soon x264 makes an intra picture that is no IDR picture: those after it may refer to those
    // before it.
    let cut = "-filter_complex [0][1]overlay=enable='lt(t,0.9)'";
    let plain = format!("-f lavfi -i color=darkgreen:size={WIDTH}x{HEIGHT}:rate=25:duration=2");
    let source = Media::made(
        "a.mp4",
        &format!(
            "{} {plain} {cut} -c:v libx264 -qp 0 -pix_fmt yuv420p",
            moving(2)
        ),
    );
    let nearly_everything = EVERYTHING.replace("0.0, 0.0, 1.0", "0.1, 0.0, 0.9");
    for encoder in [VideoEncoder::X264, VideoEncoder::OpenH264] {
        let rendered = render_with(source.path(), &nearly_everything, |spec| {
            spec.video_encoder = encoder;
        });
        let file = rendered.file();
        let intra = intra_pictures(file.path());
        let needs_no_other = intra.iter().filter(|(_, is_key)| *is_key);
        let (seen, said) = (needs_no_other.map(|(at, _)| *at), rendered.key_times());
        let said = said.iter().map(|at| at.seconds());
        assert!(
            seen.clone().count() == said.len()
                && seen.zip(said.clone()).all(|(a, b)| (a - b).abs() < EXACT),
            "{encoder:?}: {intra:?}, {:?}",
            said.collect::<Vec<f64>>()
        );
        if encoder == VideoEncoder::X264 {
            assert!(intra.iter().any(|(_, is_key)| !is_key), "{intra:?}");
        }
        let checks = rendered.inspect(&file.bytes());
        assert!(failed(&checks).is_empty(), "{encoder:?}: {checks:?}");
    }
}

#[test]
fn a_still_is_shown_by_few_pictures_but_by_one_every_two_seconds() {
    for rate in ["25", "30000/1001", "7"] {
        let source = Media::made(
            "a.mp4",
            &format!(
                "-f lavfi -i smptebars=size={WIDTH}x{HEIGHT}:rate={rate}:duration=21 \
                 -c:v libx264 -preset veryfast -qp 0 -g 50 -pix_fmt yuv420p"
            ),
        );
        let rendered = render_file(source.path(), STAGE_ONLY);
        let shown = picture_times(rendered.file().path());
        let frames = picture_times(source.path());
        assert_eq!(rendered.frames() as usize, frames.len(), "{rate}");
        assert_eq!(
            rendered.repeats() as usize,
            frames.len() - shown.len(),
            "{rate}"
        );
        assert!(shown.len() * 5 < frames.len(), "{rate}: {shown:?}");
        assert!(shown.len() >= 11, "{rate}: {shown:?}");
        let lasts = duration(rendered.file().path());
        assert!(
            (lasts - duration(source.path())).abs() < 0.05,
            "{rate}: {lasts}"
        );
        let gaps = shown.windows(2).map(|pair| pair[1] - pair[0]);
        let longest = gaps
            .chain([lasts - shown.last().unwrap()])
            .fold(0.0, f64::max);
        assert!(
            longest <= 2.0 + EXACT,
            "{rate}: {longest} s without a picture"
        );
        for at in &shown {
            let is_of_source = frames.iter().any(|frame| (frame - at).abs() < EXACT);
            assert!(is_of_source, "{rate}: nothing begins at {at}");
        }
    }
}

/// What moves only where it is hidden does not make the output grow.
#[test]
fn motion_in_hidden_areas_is_a_repeat() {
    let source = Media::made(
        "a.mp4",
        &format!(
            "-f lavfi -i color=gray:size={WIDTH}x{HEIGHT}:rate=25:duration=4 \
             -f lavfi -i testsrc2=size=48x{HEIGHT}:rate=25:duration=4 \
             -filter_complex overlay=0:0 -c:v libx264 -preset veryfast -qp 0 -pix_fmt yuv420p"
        ),
    );
    let rendered = render_file(source.path(), STAGE_ONLY);
    assert_eq!((rendered.frames(), rendered.repeats()), (100, 98));
}

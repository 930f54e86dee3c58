//! Every container with the codecs that it usually holds, from end to end.

use crate::{
    media::{Area, Media, duration, moving, pictures, probe, tone},
    support::{STAGE_ONLY, failed, render_file},
};

/// Well inside what [`STAGE_ONLY`] keeps.
const KEPT: Area = [96, 16, 112, 144];
/// Well inside what it hides, to the left and to the right.
const HIDDEN: [Area; 2] = [[0, 0, 64, 180], [256, 0, 64, 180]];

const X264: &str = "-c:v libx264 -preset veryfast -g 25";
const X265: &str = "-c:v libx265 -preset ultrafast -x265-params log-level=error:keyint=25";
const VP8: &str = "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -g 25";
const VP9: &str = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 1M -g 25";
const AV1: &str = "-c:v libaom-av1 -usage realtime -cpu-used 8 -b:v 1M -g 25";
const AAC: &str = "-c:a aac";
const OPUS: &str = "-c:a libopus";
const MP3: &str = "-c:a libmp3lame";
const VORBIS: &str = "-c:a libvorbis";

fn check(name: &str, video: &str, audio: &str) {
    let what = format!("{name}: {video} {audio}");
    let source = Media::made(
        name,
        &format!("{} {} {video} {audio} -pix_fmt yuv420p", moving(2), tone(2)),
    );
    let rendered = render_file(source.path(), STAGE_ONLY);
    let (assembled, bytes) = rendered.assemble();
    assert!(
        failed(&rendered.inspect(&bytes)).is_empty(),
        "{what}: {:?}",
        rendered.inspect(&bytes)
    );
    assert_eq!(rendered.frames(), 50, "{what}");
    assert_eq!(assembled.pictures as u64 + rendered.repeats(), 50, "{what}");

    let output = rendered.file();
    let codecs: Vec<String> = probe(output.path())["streams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stream| stream["codec_name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(codecs, ["h264", "aac"], "{what}");
    let lasts = duration(output.path());
    assert!((lasts - 2.0).abs() < 0.1, "{what}: {lasts} s");

    let (before, after) = (pictures(source.path()), pictures(output.path()));
    assert_eq!(after.len(), assembled.pictures, "{what}");
    let (from_before, from_after) = (before[0].at, after[0].at);
    // The demuxer of Matroska moves a first picture that begins some milliseconds late to zero.
    for picture in &after {
        let at = picture.at - from_after;
        let original = before
            .iter()
            .find(|original| (original.at - from_before - at).abs() < 0.008)
            .unwrap_or_else(|| panic!("{what}: no picture of the source is shown at {at}"));
        let off = picture.difference(original, KEPT);
        assert!(off < 6.0, "{what}: kept pixels are {off} off at {at}");
        let (least, most) = (
            HIDDEN.map(|area| picture.range(area).0),
            HIDDEN.map(|area| picture.range(area).1),
        );
        let spread = most.iter().max().unwrap() - least.iter().min().unwrap();
        assert!(spread <= 6, "{what}: hidden pixels differ by {spread}");
    }
}

#[test]
fn mp4_is_rendered_with_the_codecs_that_it_holds() {
    check("a.mp4", X264, AAC);
    check("a.mp4", X265, AAC);
    check("a.mp4", VP9, OPUS);
    check("a.mp4", AV1, OPUS);
    check("a.mp4", X264, MP3);
}

#[test]
fn fragmented_mp4_and_mov_are_rendered() {
    check("a.mp4", &format!("{X264} -movflags frag_keyframe"), AAC);
    check("a.mov", X264, AAC);
    check("a.mov", &format!("{X265} -tag:v hvc1"), AAC);
}

#[test]
fn mkv_is_rendered_with_every_codec() {
    check("a.mkv", X264, VORBIS);
    check("a.mkv", X265, OPUS);
    check("a.mkv", VP8, MP3);
    check("a.mkv", VP9, AAC);
    check("a.mkv", AV1, VORBIS);
}

#[test]
fn webm_is_rendered_with_every_codec() {
    check("a.webm", VP8, VORBIS);
    check("a.webm", VP9, OPUS);
    check("a.webm", AV1, OPUS);
}

#[test]
fn flv_and_mpeg_ts_are_rendered() {
    check("a.flv", X264, AAC);
    check("a.flv", X264, &format!("{MP3} -ar 44100"));
    check("a.ts", X264, AAC);
    check("a.ts", X265, MP3);
    check("a.ts", X264, OPUS);
}

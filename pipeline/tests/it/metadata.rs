//! Nothing of a source gets into the output but pictures and sound.

use scrim_ingest::SourceError;
use scrim_pipeline::render::RenderError;

use crate::{
    media::{HEIGHT, Media, WIDTH, holds, moving, probe, side_data, tone},
    support::{EVERYTHING, STAGE_ONLY, failed, policy, render_file, try_render},
};

/// An invented name, long enough to be found by accident never.
const CANARY: &str = "Zbigniewa-Wróblewska-Schönfließ";

fn words(folder: &str, text: &str) -> Media {
    Media::of_bytes(folder, text.as_bytes())
}

fn check_silent(what: &str, source: &Media, canary: &[u8]) {
    assert!(
        holds(&source.bytes(), canary),
        "{what}: the source holds it"
    );
    let rendered = render_file(source.path(), STAGE_ONLY);
    let bytes = rendered.assemble().1;
    assert!(!holds(&bytes, canary), "{what}");
    assert!(failed(&rendered.inspect(&bytes)).is_empty(), "{what}");
    let probed = probe(rendered.file().path());
    assert!(probed["chapters"].as_array().unwrap().is_empty(), "{what}");
    for stream in probed["streams"].as_array().unwrap() {
        let kind = stream["codec_type"].as_str().unwrap();
        assert!(["video", "audio"].contains(&kind), "{what}: {kind}");
    }
}

#[test]
fn titles_chapters_and_subtitles_are_left_out() {
    let chapters = words(
        "chapters.txt",
        &format!(
            ";FFMETADATA1\ntitle={CANARY}\nartist={CANARY}\ncomment={CANARY}\n\
             [CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle={CANARY}\n"
        ),
    );
    let subtitles = words(
        "a.srt",
        &format!("1\n00:00:00,000 --> 00:00:01,500\n{CANARY}\n\n"),
    );
    for (name, text) in [
        ("a.mp4", "mov_text"),
        ("a.mov", "mov_text"),
        ("a.mkv", "srt"),
    ] {
        let source = Media::made(
            name,
            &format!(
                "{} {} -i {} -i {} -map 0 -map 1 -map 2 -map_metadata 3 -map_chapters 3 \
                 -metadata:s:v:0 title={CANARY} -metadata:s:a:0 handler_name={CANARY} \
                 -c:v libx264 -preset veryfast -c:a aac -c:s {text}",
                moving(2),
                tone(2),
                subtitles.path().display(),
                chapters.path().display(),
            ),
        );
        check_silent(name, &source, CANARY.as_bytes());
    }
}

#[test]
fn user_data_in_the_video_stream_is_left_out() {
    let sei =
        format!("-bsf:v h264_metadata=sei_user_data=086f3693b7b34f2c965321492feee5b8+{CANARY}");
    for name in ["a.mp4", "a.mkv", "a.ts", "a.flv"] {
        let x264 = format!("{} -c:v libx264 -preset veryfast -g 25 {sei}", moving(2));
        check_silent(name, &Media::made(name, &x264), CANARY.as_bytes());
    }
}

/// Puts a message with closed captions before every slice (ANSI/SCTE 128, 8.1; CTA-708, 4.3).
fn with_captions(stream: &[u8]) -> Vec<u8> {
    // ITU-T T.35 message: country, provider, "GA94", caption data with one pair of letters.
    let mut message = vec![0xb5, 0x00, 0x31];
    message.extend(b"GA94");
    message.extend([0x03, 0xc1, 0xff, 0xfc, b'Q', b'Z', 0xff]);
    let mut sei = vec![0, 0, 0, 1, 0x06, 0x04, message.len() as u8];
    sei.extend(message);
    sei.push(0x80);
    let mut out = Vec::new();
    let mut rest = stream;
    while let Some(at) = rest
        .windows(4)
        .position(|window| window[..3] == [0, 0, 1] && matches!(window[3] & 0x1f, 1 | 5))
    {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(&sei);
        out.extend_from_slice(&rest[at..at + 4]);
        rest = &rest[at + 4..];
    }
    out.extend_from_slice(rest);
    out
}

#[test]
fn closed_captions_in_the_video_stream_are_left_out() {
    let plain = Media::made(
        "a.h264",
        &format!(
            "{} -c:v libx264 -preset veryfast -bf 0 -x264-params slices=1",
            moving(1)
        ),
    );
    let captioned = Media::of_bytes("a.h264", &with_captions(&plain.bytes()));
    let source = Media::made(
        "a.ts",
        &format!("-r 25 -i {} -c copy", captioned.path().display()),
    );
    assert!(
        side_data(source.path()).contains("Closed Captions"),
        "ffmpeg sees them"
    );
    check_silent("captions", &source, b"GA94");
    let output = render_file(source.path(), STAGE_ONLY).file();
    assert!(!side_data(output.path()).contains("Closed Captions"));
}

#[test]
fn cover_art_is_never_taken_for_the_video() {
    let cover = Media::made(
        "cover.png",
        &format!("-f lavfi -i testsrc2=size={WIDTH}x{HEIGHT} -frames:v 1"),
    );
    let with_cover = |name: &str, codec: &str| {
        Media::made(
            name,
            &format!(
                "{} -i {} -map 0 -map 1 -c:a {codec} -c:v copy -disposition:v:0 attached_pic",
                tone(1),
                cover.path().display()
            ),
        )
    };
    for (name, codec) in [("a.m4a", "aac"), ("a.mp4", "aac"), ("a.mp3", "libmp3lame")] {
        let rendered = render_file(with_cover(name, codec).path(), EVERYTHING);
        assert!(rendered.plan.is_none(), "{name} is sound alone");
        assert_eq!(rendered.parts.len(), 1, "{name}");
        assert!(!holds(&rendered.assemble().1, b"IHDR"), "{name}");
    }
}

#[test]
fn an_attachment_is_left_out() {
    let cover = Media::made(
        "cover.jpg",
        &format!("-f lavfi -i testsrc2=size={WIDTH}x{HEIGHT} -frames:v 1"),
    );
    let source = Media::made(
        "a.mkv",
        &format!(
            "{} {} -attach {} -metadata:s:t mimetype=image/jpeg -metadata:s:t title={CANARY} \
             -c:v libx264 -preset veryfast -c:a libopus",
            moving(1),
            tone(1),
            cover.path().display()
        ),
    );
    check_silent("attachment", &source, CANARY.as_bytes());
}

#[test]
fn a_video_codec_that_is_not_on_the_list_is_refused() {
    let source = Media::made(
        "a.mkv",
        &format!("{} {} -c:v mpeg4 -c:a aac", moving(1), tone(1)),
    );
    let refused = try_render(source.path(), &policy(EVERYTHING), |_| {}).unwrap_err();
    assert!(
        matches!(
            &refused,
            RenderError::Source(SourceError::Codec { track: "video", .. })
        ),
        "{refused}"
    );
}

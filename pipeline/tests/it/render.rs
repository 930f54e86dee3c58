//! The whole way in memory, and that it always goes the same way.

use scrim_pipeline::render::{Part, VideoEncoder};

use crate::{
    media::{Media, moving, tone},
    support::{SHORT_SEGMENTS, STAGE_ONLY, failed, render_file, render_with, short_sample},
};

#[test]
fn a_webinar_becomes_a_progressive_mp4_of_the_same_length() {
    let rendered = render_file(&short_sample(), STAGE_ONLY);
    let (assembled, bytes) = rendered.assemble();
    assert_eq!(&bytes[4..8], b"ftyp");
    assert!(failed(&rendered.inspect(&bytes)).is_empty());
    let mp4 = re_mp4::Mp4::read_bytes(&bytes).unwrap();
    assert_eq!(mp4.tracks().len(), 2);
    assert_eq!(rendered.frames(), 400);
    let seconds = assembled.duration as f64 / 1e9;
    assert!((seconds - 16.0).abs() < 0.05, "{seconds} s");
}

#[test]
fn the_same_source_always_gives_the_same_bytes() {
    let source = Media::made(
        "a.mp4",
        &format!("{} {} -g 25 -bf 2 -c:a aac", moving(4), tone(4)),
    );
    for encoder in [VideoEncoder::X264, VideoEncoder::OpenH264] {
        let [alone, together] = [1, 2].map(|workers| {
            render_with(source.path(), STAGE_ONLY, |spec| {
                spec.video_encoder = encoder;
                spec.segment = SHORT_SEGMENTS;
                spec.workers = workers;
            })
        });
        assert_eq!(alone.facts().len(), 4, "{encoder:?}");
        assert_eq!(alone.facts(), together.facts(), "{encoder:?}");
        assert!(alone.assemble() == together.assemble(), "{encoder:?}");
    }
}

#[test]
fn parts_that_are_skipped_are_not_rendered_again_and_the_others_come_out_the_same() {
    let source = Media::made(
        "a.mp4",
        &format!("{} {} -g 25 -c:a aac", moving(3), tone(3)),
    );
    let all = render_with(source.path(), STAGE_ONLY, |spec| {
        spec.segment = SHORT_SEGMENTS;
    });
    let rest = render_with(source.path(), STAGE_ONLY, |spec| {
        spec.segment = SHORT_SEGMENTS;
        spec.skip = [Part::Segment(1), Part::Audio].into();
    });
    let parts: Vec<Part> = rest.parts.keys().copied().collect();
    assert_eq!(parts, [Part::Segment(0), Part::Segment(2)]);
    assert!(parts.iter().all(|part| rest.parts[part] == all.parts[part]));
}

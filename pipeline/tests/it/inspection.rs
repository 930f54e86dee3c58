//! Inspection passes what is good and finds what was planted.

use std::io::Cursor;

use scrim_pipeline::{
    inspect::{Expected, Verdict, structure},
    render::VideoEncoder,
};
use scrim_policy::{Geometry, Plan, Roster};

use crate::{
    media::{HEIGHT, Media, WIDTH, moving, tone},
    support::{EVERYTHING, Rendered, STAGE_ONLY, failed, policy, render_file, render_with},
};

fn rendered() -> Rendered {
    let source = Media::made(
        "a.mp4",
        &format!(
            "{} {} -c:v libx264 -preset veryfast -c:a aac",
            moving(2),
            tone(2)
        ),
    );
    render_file(source.path(), STAGE_ONLY)
}

/// Where a box begins, found by the names on the way to it.
fn find(bytes: &[u8], path: &[&[u8; 4]]) -> usize {
    path.iter().fold(0, |from, name| {
        let mut windows = bytes[from..].windows(4);
        from + windows.position(|window| window == *name).unwrap()
    }) - 4
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn add(bytes: &mut [u8], at: usize, more: u32) {
    let sum = number(bytes, at) + more;
    bytes[at..at + 4].copy_from_slice(&sum.to_be_bytes());
}

/// Puts a box at the end of the boxes on a path and makes everything else fit again.
fn plant(bytes: &[u8], path: &[&[u8; 4]], name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut planted = (8 + content.len() as u32).to_be_bytes().to_vec();
    planted.extend_from_slice(name);
    planted.extend_from_slice(content);
    let more = planted.len() as u32;
    let mut out = bytes.to_vec();
    for depth in 1..=path.len() {
        let at = find(&out, &path[..depth]);
        add(&mut out, at, more);
    }
    let moov = find(&out, &[b"moov"]);
    let end = moov + number(bytes, moov) as usize;
    let tables: Vec<usize> = (moov..end)
        .filter(|at| &out[*at..at + 4] == b"stco")
        .collect();
    for table in tables {
        for entry in 0..number(&out, table + 8) as usize {
            add(&mut out, table + 12 + 4 * entry, more);
        }
    }
    let parent = find(bytes, path);
    let place = parent + number(bytes, parent) as usize;
    out.splice(place..place, planted);
    out
}

#[test]
fn a_good_recording_passes_with_every_action_and_encoder() {
    let source = Media::made(
        "a.mp4",
        &format!(
            "{} {} -c:v libx264 -preset veryfast -g 25 -c:a aac",
            moving(2),
            tone(2)
        ),
    );
    for action in ["fill", "hide", "blur", "initials"] {
        let regions = format!(
            "{EVERYTHING}[[region]]\nname = \"list\"\nkind = \"participant_list\"\n\
             rect = [0.0, 0.0, 0.25, 1.0]\naction = \"{action}\"\n"
        )
        .replace(
            "rect = [0.0, 0.0, 1.0, 1.0]",
            "rect = [0.25, 0.0, 0.75, 1.0]",
        );
        for encoder in [VideoEncoder::X264, VideoEncoder::OpenH264] {
            let rendered = render_with(source.path(), &regions, |spec| {
                spec.video_encoder = encoder;
                let roster = "name,email,role\nŻaneta Wójcik,z@example.org,organiser\n\
                              Jürgen Groß,j@example.org,attendee\n";
                let roster = Roster::parse_csv(roster).unwrap();
                let geometry = Geometry::square(WIDTH as u32, HEIGHT as u32);
                spec.plan = Some(Plan::compile(&policy(&regions), &geometry, &roster).unwrap());
            });
            let checks = rendered.inspect(&rendered.assemble().1);
            assert_eq!(checks.len(), 4);
            assert!(
                failed(&checks).is_empty(),
                "{action}, {encoder:?}: {checks:?}"
            );
            println!("{action}, {encoder:?}: {}", checks[3].found);
        }
    }
}

#[test]
fn user_data_is_found_at_any_depth() {
    let rendered = rendered();
    let bytes = rendered.assemble().1;
    let paths: [&[&[u8; 4]]; 4] = [
        &[b"moov"],
        &[b"moov", b"trak"],
        &[b"moov", b"trak", b"mdia"],
        &[b"moov", b"trak", b"mdia", b"minf", b"stbl"],
    ];
    for path in paths {
        for name in [b"udta", b"meta", b"free", b"uuid"] {
            let planted = plant(&bytes, path, name, b"Wojciech");
            let checks = rendered.inspect(&planted);
            assert!(
                failed(&checks).contains(&"metadata"),
                "{path:?} {name:?}: {checks:?}"
            );
        }
    }
}

#[test]
fn a_name_in_a_field_of_the_index_is_found() {
    let rendered = rendered();
    let bytes = rendered.assemble().1;
    let compressor = find(&bytes, &[b"stsd", b"avc1"]) + 8 + 42;
    let mut named = bytes.clone();
    named[compressor..compressor + 8].copy_from_slice(b"Wojciech");
    assert_eq!(failed(&rendered.inspect(&named)), ["metadata"]);
}

#[test]
fn boxes_beside_type_index_and_media_are_found() {
    let rendered = rendered();
    let bytes = rendered.assemble().1;
    let mut behind = bytes.clone();
    behind.extend(b"\0\0\0\x10freeWojciech");
    assert_eq!(failed(&rendered.inspect(&behind)), ["container"]);
    let mut scrap = bytes.clone();
    scrap.extend(b"Wojci");
    assert!(failed(&rendered.inspect(&scrap)).contains(&"container"));
}

#[test]
fn bytes_of_the_media_that_belong_to_no_sample_are_found() {
    let rendered = rendered();
    let mut bytes = rendered.assemble().1;
    let mdat = find(&bytes, &[b"mdat"]);
    add(&mut bytes, mdat, 8);
    bytes.extend(b"Wojciech");
    assert_eq!(failed(&rendered.inspect(&bytes)), ["tracks"]);
}

#[test]
fn a_sample_outside_the_file_is_found() {
    let rendered = rendered();
    let mut bytes = rendered.assemble().1;
    let table = find(&bytes, &[b"moov", b"stco"]);
    let last = table + 16 + 4 * (number(&bytes, table + 12) as usize - 1);
    add(&mut bytes, last, 1 << 24);
    assert!(failed(&rendered.inspect(&bytes)).contains(&"tracks"));
}

#[test]
fn a_wrong_duration_and_lost_samples_are_found() {
    let rendered = rendered();
    let (assembled, bytes) = rendered.assemble();
    let good = Expected {
        pictures: assembled.pictures,
        audio_frames: assembled.audio_frames,
        duration: assembled.duration,
    };
    let wrong = [
        Expected {
            duration: good.duration + 100_000_000,
            ..good
        },
        Expected {
            duration: good.duration - 100_000_000,
            ..good
        },
        Expected {
            pictures: good.pictures + 1,
            ..good
        },
        Expected {
            audio_frames: good.audio_frames - 1,
            ..good
        },
    ];
    for expected in wrong {
        let checks = structure(&mut Cursor::new(&bytes), bytes.len() as u64, &expected).unwrap();
        assert_eq!(failed(&checks), ["tracks"], "{expected:?}");
    }
}

#[test]
fn a_file_that_is_cut_off_fails_without_a_panic() {
    let rendered = rendered();
    let bytes = rendered.assemble().1;
    for tenth in 0..10 {
        let cut = &bytes[..bytes.len() * tenth / 10];
        assert!(!failed(&rendered.inspect(cut)).is_empty(), "{tenth}");
    }
}

/// A picture with a name in the hidden area, as a fault of redaction would leave it.
#[test]
fn text_in_a_hidden_area_is_found() {
    let text = "drawtext=text=Wojciech:fontcolor=white:fontsize=14:x=4:y=80";
    for encoder in [VideoEncoder::X264, VideoEncoder::OpenH264] {
        let source = Media::made(
            "a.mp4",
            &format!(
                "-f lavfi -i color=0x202830:size={WIDTH}x{HEIGHT}:rate=25:duration=1,{text} \
                 -c:v libx264 -preset veryfast -pix_fmt yuv420p"
            ),
        );
        let geometry = Geometry::square(WIDTH as u32, HEIGHT as u32);
        let meant = Plan::compile(&policy(STAGE_ONLY), &geometry, &Roster::default()).unwrap();
        let leaky = render_with(source.path(), EVERYTHING, |spec| {
            spec.video_encoder = encoder
        });
        let check = leaky.hidden_areas(&leaky.assemble().1, &meant);
        assert_eq!(check.verdict, Verdict::Failed, "{encoder:?}: {check:?}");
        assert!(!check.found.contains("Wojciech"));
    }
}

#[test]
fn a_file_with_other_key_frames_than_were_encoded_is_found() {
    let (first, second) = (rendered(), rendered());
    let plan = first.plan.clone().unwrap();
    let bytes = second.assemble().1;
    assert_eq!(first.hidden_areas(&bytes, &plan).verdict, Verdict::Passed);
    let longer = Media::made("a.mp4", &format!("{} -g 25", moving(4)));
    let longer = render_with(longer.path(), STAGE_ONLY, |spec| {
        spec.segment = 1_000_000_000
    });
    assert_eq!(longer.hidden_areas(&bytes, &plan).verdict, Verdict::Failed);
}

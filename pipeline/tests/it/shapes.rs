//! Pictures that are turned, stretched, of odd size, or change their size on the way.

use crate::{
    media::{
        Area, HEIGHT, Media, WIDTH, filtered_pictures, moving, picture_times, pictures, probe,
    },
    support::{EVERYTHING, Rendered, SHORT_SEGMENTS, failed, render_file, render_with},
};

fn size(rendered: &Rendered) -> (u64, u64) {
    let probed = probe(rendered.file().path());
    let stream = &probed["streams"][0];
    assert!(
        stream["sample_aspect_ratio"]
            .as_str()
            .is_none_or(|ratio| ratio == "1:1")
    );
    assert!(
        stream["side_data_list"].is_null(),
        "no turning is left over"
    );
    (
        stream["width"].as_u64().unwrap(),
        stream["height"].as_u64().unwrap(),
    )
}

#[test]
fn turned_pictures_come_out_upright() {
    let flat = Media::made(
        "a.mp4",
        &format!("{} -c:v libx264 -preset veryfast", moving(1)),
    );
    for degrees in [90, 180, 270] {
        let copy = format!(
            "-i {} -c copy -metadata:s:v:0 rotate={degrees}",
            flat.path().display()
        );
        let source = Media::made("a.mp4", &copy);
        let rendered = render_file(source.path(), EVERYTHING);
        let (width, height) = if degrees == 180 {
            (WIDTH, HEIGHT)
        } else {
            (HEIGHT, WIDTH)
        };
        assert_eq!(size(&rendered), (width as u64, height as u64), "{degrees}");
        // ffmpeg turns the source as the file says.
        let before = filtered_pictures(source.path(), "", (width, height));
        let after = filtered_pictures(rendered.file().path(), "", (width, height));
        assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            let off = after.difference(before, [0, 0, width, height]);
            assert!(off < 6.0, "{degrees}: {off} off at {}", after.at);
        }
    }
}

#[test]
fn oblong_pixels_become_square() {
    for (stored, ratio) in [("240x180", "4/3"), ("320x180", "1/1"), ("360x180", "8/9")] {
        let source = Media::made(
            "a.mp4",
            &format!(
                "-f lavfi -i testsrc2=size={stored}:rate=25:duration=1,gblur=sigma=3,setsar={ratio} \
                 -c:v libx264 -preset veryfast -pix_fmt yuv420p"
            ),
        );
        let rendered = render_file(source.path(), EVERYTHING);
        assert_eq!(size(&rendered), (320, 180), "{ratio}");
        let before = filtered_pictures(
            source.path(),
            "scale=320:180,format=yuv420p",
            (WIDTH, HEIGHT),
        );
        let after = pictures(rendered.file().path());
        for (before, after) in before.iter().zip(&after) {
            let off = after.difference(before, [0, 0, WIDTH, HEIGHT]);
            assert!(off < 6.0, "{ratio}: {off} off at {}", after.at);
        }
    }
}

#[test]
fn odd_sizes_lose_at_most_the_last_column_and_row() {
    let codecs = [
        (
            "a.webm",
            "-c:v libvpx -b:v 2M -deadline realtime -cpu-used 8 -pix_fmt yuv420p",
        ),
        (
            "a.webm",
            "-c:v libvpx-vp9 -b:v 2M -deadline realtime -cpu-used 8 -pix_fmt yuv420p",
        ),
        (
            "a.mkv",
            "-c:v libaom-av1 -usage realtime -cpu-used 8 -b:v 2M -pix_fmt yuv420p",
        ),
        ("a.mkv", "-c:v libx264 -preset veryfast -pix_fmt yuv444p"),
    ];
    for (name, codec) in codecs {
        let odd = format!("-f lavfi -i testsrc2=size=321x181:rate=25:duration=1 {codec}");
        let source = Media::made(name, &odd);
        let rendered = render_file(source.path(), EVERYTHING);
        assert_eq!(size(&rendered), (320, 180), "{codec}");
        let crop = "crop=320:180:0:0:exact=1";
        let before = filtered_pictures(source.path(), crop, (WIDTH, HEIGHT));
        let after = pictures(rendered.file().path());
        assert_eq!(before.len(), after.len(), "{codec}");
        for (before, after) in before.iter().zip(&after) {
            let off = after.difference(before, [0, 0, WIDTH, HEIGHT]);
            assert!(off < 6.0, "{codec}: {off} off at {}", after.at);
        }
    }
}

#[test]
fn a_recording_without_sound_has_one_track() {
    let source = Media::made("a.mkv", &format!("{} -c:v libx264", moving(1)));
    let rendered = render_file(source.path(), EVERYTHING);
    let bytes = rendered.assemble().1;
    assert!(failed(&rendered.inspect(&bytes)).is_empty());
    assert_eq!(
        probe(rendered.file().path())["streams"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

const ALL: Area = [0, 0, 320, 180];

/// Joins recordings of different size in one MPEG-TS, as some recorders write them.
fn joined(sizes: [&str; 3]) -> Media {
    let mut bytes = Vec::new();
    for (size, offset) in sizes.into_iter().zip([10, 12, 14]) {
        let piece = Media::made(
            "a.ts",
            &format!(
                "-f lavfi -i testsrc2=size={size}:rate=25:duration=2 -c:v libx264 -preset veryfast \
                 -g 25 -bf 0 -pix_fmt yuv420p -output_ts_offset {offset} -muxdelay 0 -muxpreload 0"
            ),
        );
        bytes.extend(piece.bytes());
    }
    Media::of_bytes("joined.ts", &bytes)
}

#[test]
fn pictures_of_another_size_are_hidden_as_a_whole_and_listed() {
    // The second size is one that decoders take other colours for.
    let source = joined(["320x180", "1280x720", "320x180"]);
    for segment in [SHORT_SEGMENTS, 8 * SHORT_SEGMENTS] {
        let rendered = render_with(source.path(), EVERYTHING, |spec| spec.segment = segment);
        let bytes = rendered.assemble().1;
        assert!(
            failed(&rendered.inspect(&bytes)).is_empty(),
            "{:?}",
            rendered.inspect(&bytes)
        );
        let hidden: u64 = rendered
            .facts()
            .iter()
            .flat_map(|facts| facts.wholly_hidden.clone())
            .map(|(from, to)| to.0 - from.0)
            .sum();
        assert!(hidden.abs_diff(2_000_000_000) < 100_000_000, "{hidden} ns");
        let shown = pictures(rendered.file().path());
        for picture in &shown {
            let (least, most) = picture.range(ALL);
            let is_blank = most - least <= 6;
            let should_be = (2.0..3.99).contains(&picture.at);
            assert_eq!(is_blank, should_be, "at {}", picture.at);
        }
        assert!(
            picture_times(rendered.file().path())
                .iter()
                .any(|at| (2.0..3.9).contains(at))
        );
    }
}

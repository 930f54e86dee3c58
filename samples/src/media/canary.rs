//! A text that is planted wherever a container can carry one beside picture and sound.
//!
//! Whoever drops all metadata of a recording can be tested with it: the text must not survive.

use gstreamer as gst;
use gstreamer::prelude::*;

use super::{Container, MediaError};

/// A picture of one pixel, used as cover art.
const COVER: [u8; 67] = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52,
    0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0x3a, 0x7e, 0x9b,
    0x55, 0x00, 0x00, 0x00, 0x0a, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x68, 0x00, 0x00, 0x00,
    0x82, 0x00, 0x81, 0xda, 0x45, 0x08, 0x3b, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae,
    0x42, 0x60, 0x82,
];

/// Plants the text in tags, cover art and chapters of a muxer.
pub(super) fn plant(
    muxer: &gst::Element,
    container: Container,
    text: &str,
    duration: gst::ClockTime,
) -> Result<(), MediaError> {
    let Some(tags) = muxer.dynamic_cast_ref::<gst::TagSetter>() else {
        let needs = "a container with tags: mp4, mov, mkv, webm or flv";
        return Err(MediaError::NeedsOther {
            option: "canary",
            needs,
        });
    };
    let mode = gst::TagMergeMode::Append;
    tags.add_tag::<gst::tags::Title>(&text, mode);
    tags.add_tag::<gst::tags::Artist>(&text, mode);
    tags.add_tag::<gst::tags::Comment>(&text, mode);
    tags.add_tag::<gst::tags::Description>(&text, mode);
    tags.add_tag::<gst::tags::Copyright>(&text, mode);
    if matches!(container, Container::Mp4 | Container::Mov | Container::Mkv) {
        tags.add_tag::<gst::tags::Image>(&cover(), mode);
    }
    if let Some(chapters) = muxer.dynamic_cast_ref::<gst::TocSetter>() {
        chapters.set_toc(Some(&table_of_contents(text, duration)));
    }
    Ok(())
}

fn cover() -> gst::Sample {
    let caps = gst::Caps::builder("image/png").build();
    gst::Sample::builder()
        .buffer(&gst::Buffer::from_slice(COVER))
        .caps(&caps)
        .build()
}

/// Two chapters of the same length.
fn table_of_contents(text: &str, duration: gst::ClockTime) -> gst::Toc {
    let mut edition = gst::TocEntry::new(gst::TocEntryType::Edition, "edition");
    let half = duration.nseconds() as i64 / 2;
    for (number, start) in [(1, 0), (2, half)] {
        let uid = format!("chapter{number}");
        let mut chapter = gst::TocEntry::new(gst::TocEntryType::Chapter, &uid);
        let mut tags = gst::TagList::new();
        let title = format!("{text} {number}");
        if let (Some(chapter), Some(tags)) = (chapter.get_mut(), tags.get_mut()) {
            tags.add::<gst::tags::Title>(&title.as_str(), gst::TagMergeMode::Append);
            chapter.set_start_stop_times(start, start + half);
        }
        if let Some(chapter) = chapter.get_mut() {
            chapter.set_tags(Some(tags));
        }
        if let Some(edition) = edition.get_mut() {
            edition.append_sub_entry(chapter);
        }
    }
    let mut contents = gst::Toc::new(gst::TocScope::Global);
    if let Some(contents) = contents.get_mut() {
        contents.append_entry(edition);
    }
    contents
}

/// Returns the lines of a subtitle track that repeats the text every few seconds.
pub(super) fn subtitles(text: &str, duration: gst::ClockTime) -> Vec<gst::Buffer> {
    let step = gst::ClockTime::from_seconds(4);
    let starts = (0..)
        .map(|line| step * line)
        .take_while(|start| *start < duration);
    let lines = starts.map(|start| {
        let mut buffer = gst::Buffer::from_slice(text.to_owned().into_bytes());
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(start);
            buffer.set_duration(gst::ClockTime::from_seconds(2));
        }
        buffer
    });
    lines.collect()
}

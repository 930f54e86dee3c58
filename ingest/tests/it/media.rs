//! Media files, made with GStreamer while a test runs.

use std::{
    fs,
    path::{Path, PathBuf},
};

use gstreamer as gst;
use gstreamer::prelude::*;
use tempfile::TempDir;

pub(crate) const X264: &str = "x264enc key-int-max=10 speed-preset=ultrafast ! h264parse";
pub(crate) const AAC: &str = "avenc_aac ! aacparse";

/// Frames of [`picture`] per second.
const FRAME_RATE: u32 = 25;
/// Samples of one buffer of [`sound`].
const SOUND_BUFFER: u32 = 480;

/// A file in a folder of its own.
pub(crate) struct Media {
    _folder: TempDir,
    path: PathBuf,
}

impl Media {
    /// Runs a pipeline whose last element is called `mux`, and keeps what it puts out.
    pub(crate) fn make(name: &str, pipeline: &str) -> Self {
        let media = Self::empty(name);
        gst::init().unwrap();
        let pipeline = gst::parse::launch(&format!(
            "{pipeline} mux. ! filesink location={}",
            media.path.display()
        ))
        .unwrap();
        pipeline.set_state(gst::State::Playing).unwrap();
        let messages = [gst::MessageType::Eos, gst::MessageType::Error];
        let last = pipeline
            .bus()
            .unwrap()
            .timed_pop_filtered(gst::ClockTime::from_seconds(60), &messages);
        pipeline.set_state(gst::State::Null).unwrap();
        match last.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Eos(_)) => media,
            other => panic!("{name} could not be made: {other:?}"),
        }
    }

    /// Writes a file of given content.
    pub(crate) fn of_bytes(name: &str, bytes: &[u8]) -> Self {
        let media = Self::empty(name);
        fs::write(&media.path, bytes).unwrap();
        media
    }

    fn empty(name: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join(name);
        Self {
            _folder: folder,
            path,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).unwrap()
    }
}

/// A moving picture of 160x96 at 25 frames per second, two seconds long, to follow a `!`.
pub(crate) fn picture(encoder: &str) -> String {
    timed_picture(encoder, 2, 0)
}

/// A moving picture that begins after some milliseconds.
pub(crate) fn timed_picture(encoder: &str, seconds: u32, from_ms: u32) -> String {
    format!(
        "videotestsrc pattern=ball num-buffers={} timestamp-offset={from_ms}000000 \
         ! video/x-raw,format=I420,width=160,height=96,framerate={FRAME_RATE}/1 \
         ! {encoder} ! queue",
        seconds * FRAME_RATE,
    )
}

/// Two channels of sound at 48 kHz, two seconds long.
pub(crate) fn sound(encoder: &str) -> String {
    timed_sound(encoder, 48_000, 2, 0)
}

/// Two channels of sound that begin after some milliseconds.
pub(crate) fn timed_sound(encoder: &str, rate: u32, seconds: u32, from_ms: u32) -> String {
    format!(
        "audiotestsrc num-buffers={} samplesperbuffer={SOUND_BUFFER} \
         timestamp-offset={from_ms}000000 \
         ! audio/x-raw,rate={rate},channels=2 ! audioconvert ! {encoder} ! queue",
        (seconds * rate).div_ceil(SOUND_BUFFER),
    )
}

/// A muxer with a picture and sound.
pub(crate) fn both(muxer: &str, picture: &str, sound: &str) -> String {
    format!("{muxer} name=mux {picture} ! mux. {sound} ! mux.")
}

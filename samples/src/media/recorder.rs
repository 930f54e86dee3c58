//! Writes frames and sound into a file.

use std::path::Path;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::AppSrc;
use gstreamer_video as video;

use super::{
    AudioCodec, Container, MediaError, VideoCodec, canary,
    elements::{audio_chain, make, muxer, pad_for, video_chain},
};
use crate::{draw::Planes, speech::SAMPLE_RATE};

/// Frames that may wait for the encoder.
const WAITING: u64 = 8;
/// Samples per buffer of sound: a tenth of a second.
const PORTION: usize = SAMPLE_RATE as usize / 10;

/// How long nothing may happen before the pipeline counts as stuck.
const PATIENCE: gst::ClockTime = gst::ClockTime::from_seconds(120);

/// Everything about the file but its contents.
#[derive(Clone, Debug)]
pub(crate) struct MediaFormat {
    pub(crate) container: Container,
    pub(crate) video: VideoCodec,
    pub(crate) audio: AudioCodec,
    pub(crate) lossless: bool,
    /// Size of the stored picture.
    pub(crate) size: (u32, u32),
    pub(crate) rate: u32,
    /// Whether frames last differently long.
    pub(crate) variable: bool,
    /// Clockwise degrees by which a player has to turn the picture.
    pub(crate) rotation: u32,
    pub(crate) pixel_aspect: (u32, u32),
    pub(crate) canary: Option<String>,
    pub(crate) duration: gst::ClockTime,
}

/// A file that is being written.
pub(crate) struct Recorder {
    pipeline: gst::Pipeline,
    bus: gst::Bus,
    picture: Option<AppSrc>,
    sound: Option<AppSrc>,
    size: (u32, u32),
}

impl Recorder {
    /// Starts a file.
    pub(crate) fn start(path: &Path, format: &MediaFormat) -> Result<Self, MediaError> {
        gst::init().map_err(|source| MediaError::NoGstreamer { source })?;
        let turns = matches!(format.container, Container::Mp4 | Container::Mov);
        if format.rotation != 0 && !turns {
            let needs = "mp4 or mov";
            return Err(MediaError::NeedsOther {
                option: "rotation",
                needs,
            });
        }
        let pipeline = gst::Pipeline::new();
        let muxer = muxer(format.container)?;
        let sink = make("filesink")?;
        sink.set_property("location", path.as_os_str().to_string_lossy().as_ref());
        pipeline.add_many([&muxer, &sink])?;
        muxer.link(&sink)?;

        let picture = add_picture(&pipeline, &muxer, format)?;
        let sound = add_sound(&pipeline, &muxer, format)?;
        if let Some(text) = &format.canary {
            canary::plant(&muxer, format.container, text, format.duration)?;
            add_subtitles(&pipeline, &muxer, format, text)?;
        }
        let bus = pipeline.bus().expect("a pipeline has a bus");
        let recorder = Self {
            pipeline,
            bus,
            picture,
            sound,
            size: format.size,
        };
        if recorder.pipeline.set_state(gst::State::Playing).is_err() {
            return Err(recorder.failure());
        }
        Ok(recorder)
    }

    /// Adds the whole sound.
    pub(crate) fn add_sound(&self, samples: &[i16]) -> Result<(), MediaError> {
        let Some(sound) = &self.sound else {
            return Ok(());
        };
        let time = |sample: usize| {
            gst::ClockTime::from_nseconds(sample as u64 * 1_000_000_000 / u64::from(SAMPLE_RATE))
        };
        let mut first = 0;
        for portion in samples.chunks(PORTION) {
            let bytes: Vec<u8> = portion
                .iter()
                .flat_map(|sample| sample.to_le_bytes())
                .collect();
            let mut buffer = gst::Buffer::from_slice(bytes);
            let last = first + portion.len();
            if let Some(buffer) = buffer.get_mut() {
                buffer.set_pts(time(first));
                buffer.set_duration(time(last) - time(first));
            }
            first = last;
            sound.push_buffer(buffer).map_err(|_| self.failure())?;
        }
        sound.end_of_stream().map_err(|_| self.failure())?;
        Ok(())
    }

    /// Adds a frame that is shown from `start` for `duration`.
    pub(crate) fn add_frame(
        &self,
        planes: &Planes,
        start: gst::ClockTime,
        duration: gst::ClockTime,
    ) -> Result<(), MediaError> {
        let Some(picture) = &self.picture else {
            return Ok(());
        };
        self.wait_for_room(picture)?;
        let mut buffer = gst::Buffer::from_slice(planes.bytes().to_vec());
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(start);
            buffer.set_duration(duration);
            let (width, height) = self.size;
            let (luma, chroma) = ((width * height) as usize, (width * height / 4) as usize);
            // The planes have no padding, which GStreamer expects at some widths.
            video::VideoMeta::add_full(
                buffer,
                video::VideoFrameFlags::empty(),
                video::VideoFormat::I420,
                width,
                height,
                &[0, luma, luma + chroma],
                &[width as i32, width as i32 / 2, width as i32 / 2],
            )?;
        }
        picture.push_buffer(buffer).map_err(|_| self.failure())?;
        Ok(())
    }

    /// Ends the file.
    pub(crate) fn finish(self) -> Result<(), MediaError> {
        if let Some(picture) = &self.picture {
            picture.end_of_stream().map_err(|_| self.failure())?;
        }
        let wanted = [gst::MessageType::Eos, gst::MessageType::Error];
        match self.bus.timed_pop_filtered(PATIENCE, &wanted) {
            Some(message) if message.type_() == gst::MessageType::Eos => Ok(()),
            message => Err(failure_of(message)),
        }
    }

    /// Waits until the encoder has caught up. A blocking push would never notice a failure.
    fn wait_for_room(&self, source: &AppSrc) -> Result<(), MediaError> {
        let moment = gst::ClockTime::from_mseconds(4);
        let mut waited = gst::ClockTime::ZERO;
        while source.current_level_buffers() >= WAITING {
            let message = self
                .bus
                .timed_pop_filtered(moment, &[gst::MessageType::Error]);
            waited += moment;
            if message.is_some() || waited > PATIENCE {
                return Err(failure_of(message));
            }
        }
        Ok(())
    }

    /// Returns why the pipeline stopped.
    fn failure(&self) -> MediaError {
        failure_of(self.bus.pop_filtered(&[gst::MessageType::Error]))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // Stopping cannot fail in a way that anybody could act on.
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

fn failure_of(message: Option<gst::Message>) -> MediaError {
    let unknown = || MediaError::Failed {
        element: "pipeline".to_owned(),
        said: "it stopped without saying why".to_owned(),
    };
    let Some(message) = message else {
        return unknown();
    };
    match message.view() {
        gst::MessageView::Error(error) => MediaError::Failed {
            element: message
                .src()
                .map_or_else(String::new, |source| source.name().to_string()),
            said: error.error().message().to_owned(),
        },
        _ => unknown(),
    }
}

fn add_picture(
    pipeline: &gst::Pipeline,
    muxer: &gst::Element,
    format: &MediaFormat,
) -> Result<Option<AppSrc>, MediaError> {
    let chain = video_chain(format)?;
    if chain.is_empty() {
        return Ok(None);
    }
    let caps = gst::Caps::builder("video/x-raw")
        .field("format", "I420")
        .field("width", format.size.0 as i32)
        .field("height", format.size.1 as i32)
        .field("framerate", gst::Fraction::new(format.rate as i32, 1))
        .field("pixel-aspect-ratio", aspect(format.pixel_aspect))
        .field("colorimetry", "bt709")
        // Without it, the MP4 muxer of GStreamer 1.22 crashes on VP9.
        .field("chroma-site", "mpeg2")
        .field("interlace-mode", "progressive")
        .build();
    let source = source("picture", &caps);
    let pad = pad_for(muxer, format.container, format.video.name())?;
    add_chain(pipeline, &source, &chain, &pad)?;
    Ok(Some(source))
}

fn aspect((width, height): (u32, u32)) -> gst::Fraction {
    gst::Fraction::new(width as i32, height as i32)
}

fn add_sound(
    pipeline: &gst::Pipeline,
    muxer: &gst::Element,
    format: &MediaFormat,
) -> Result<Option<AppSrc>, MediaError> {
    let chain = audio_chain(format.audio)?;
    if chain.is_empty() {
        return Ok(None);
    }
    let caps = gst::Caps::builder("audio/x-raw")
        .field("format", "S16LE")
        .field("layout", "interleaved")
        .field("rate", SAMPLE_RATE as i32)
        .field("channels", 1_i32)
        .build();
    let source = source("sound", &caps);
    let pad = pad_for(muxer, format.container, format.audio.name())?;
    add_chain(pipeline, &source, &chain, &pad)?;
    Ok(Some(source))
}

/// Adds a subtitle track with the canary where the container has one.
fn add_subtitles(
    pipeline: &gst::Pipeline,
    muxer: &gst::Element,
    format: &MediaFormat,
    text: &str,
) -> Result<(), MediaError> {
    if !matches!(
        format.container,
        Container::Mp4 | Container::Mov | Container::Mkv
    ) {
        return Ok(());
    }
    let caps = gst::Caps::builder("text/x-raw")
        .field("format", "utf8")
        .build();
    let source = source("subtitles", &caps);
    let pad = pad_for(muxer, format.container, "subtitles")?;
    add_chain(pipeline, &source, &[], &pad)?;
    for line in canary::subtitles(text, format.duration) {
        // Nothing runs yet, so that nothing can refuse a buffer.
        let _ = source.push_buffer(line);
    }
    let _ = source.end_of_stream();
    Ok(())
}

/// Makes a source without limit; [`Recorder::wait_for_room`] is the limit.
fn source(name: &str, caps: &gst::Caps) -> AppSrc {
    AppSrc::builder()
        .name(name)
        .caps(caps)
        .format(gst::Format::Time)
        .max_bytes(0)
        .max_buffers(0)
        .max_time(gst::ClockTime::ZERO)
        .build()
}

fn add_chain(
    pipeline: &gst::Pipeline,
    source: &AppSrc,
    chain: &[gst::Element],
    end: &gst::Pad,
) -> Result<(), MediaError> {
    let queue = make("queue")?;
    let mut elements: Vec<&gst::Element> = vec![source.upcast_ref()];
    elements.extend(chain);
    elements.push(&queue);
    pipeline.add_many(&elements)?;
    gst::Element::link_many(&elements)?;
    let pad = queue.static_pad("src").expect("a queue has a source pad");
    pad.link(end).map_err(|error| {
        let said = format!("{error}");
        MediaError::Failed {
            element: "queue".to_owned(),
            said,
        }
    })?;
    Ok(())
}

//! The pipeline that takes a file apart.
//!
//! ```text
//! the bytes ! parsebin ─┬─ first video pad ─ appsink ─┐
//!                     ├─ first audio pad ─ appsink ─┼─ one bounded channel ─ Archive::next
//!                     └─ every other pad ─ fakesink ┘  (only its end time is looked at)
//! ```
//!
//! All pads feed one channel in the order in which the demuxer hands packets out. So a badly
//! interleaved file needs no more memory than a good one, and nothing can wait for itself.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
    mpsc::SyncSender,
};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use super::Track;
use crate::{elements::bytes::BytesSource, error::SourceError, probe::Orientation};

/// What a callback of the pipeline has to say.
pub(super) enum Note {
    Packet(Track, gst::Sample),
    End,
    Failed(gst::glib::Error),
}

/// What the callbacks of the pipeline found, beside packets.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) video: Option<gst::Caps>,
    pub(super) audio: Option<gst::Caps>,
    pub(super) orientation: Option<Orientation>,
    /// Whether the picture is to be shown in a way that is no [`Orientation`].
    pub(super) is_mirrored: bool,
    pub(super) left_out: usize,
}

fn make(factory: &'static str) -> Result<gst::Element, SourceError> {
    gst::ElementFactory::make(factory)
        .build()
        .map_err(|_| SourceError::MissingElement { element: factory })
}

pub(super) fn build(
    source: &BytesSource,
    sender: &SyncSender<Note>,
    findings: &Arc<Mutex<Findings>>,
    left_out_end: &Arc<AtomicU64>,
) -> Result<gst::Pipeline, SourceError> {
    let parsebin = make("parsebin")?;
    let pipeline = gst::Pipeline::new();
    let not_built = |_| SourceError::MissingElement {
        element: "parsebin",
    };
    pipeline
        .add_many([source.upcast_ref(), &parsebin])
        .map_err(not_built)?;
    source.link(&parsebin).map_err(not_built)?;

    let weak = pipeline.downgrade();
    let (packets, found, ends) = (
        sender.clone(),
        Arc::clone(findings),
        Arc::clone(left_out_end),
    );
    parsebin.connect_pad_added(move |_, pad| {
        if let Some(pipeline) = weak.upgrade()
            && connect(&pipeline, pad, &packets, &found, &ends).is_none()
        {
            let error =
                gst::glib::Error::new(gst::CoreError::Pad, "a track could not be connected");
            let _ = packets.send(Note::Failed(error));
        }
    });
    let outcome = sender.clone();
    let bus = pipeline.bus().ok_or(SourceError::MissingElement {
        element: "parsebin",
    })?;
    bus.set_sync_handler(move |_, message| {
        match message.view() {
            gst::MessageView::Eos(_) => {
                let _ = outcome.send(Note::End);
            }
            gst::MessageView::Error(error) => {
                let _ = outcome.send(Note::Failed(error.error()));
            }
            _ => {}
        }
        gst::BusSyncReply::Drop
    });
    Ok(pipeline)
}

/// Whether the thread that reads the file came to its end. `parsebin` swallows errors that a demuxer
/// posts while it is being plugged in, so a file without any track can end in silence.
pub(super) fn is_at_rest(pipeline: &gst::Pipeline) -> bool {
    let elements = pipeline.iterate_recurse().into_iter().flatten();
    let states: Vec<gst::TaskState> = elements
        .flat_map(|element| element.sink_pads())
        .map(|pad| pad.task_state())
        .collect();
    states.contains(&gst::TaskState::Paused) && !states.contains(&gst::TaskState::Started)
}

/// Connects a new pad of the demuxer to where it belongs.
fn connect(
    pipeline: &gst::Pipeline,
    pad: &gst::Pad,
    sender: &SyncSender<Note>,
    findings: &Arc<Mutex<Findings>>,
    left_out_end: &Arc<AtomicU64>,
) -> Option<()> {
    let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
    let media = caps.structure(0)?.name().split('/').next()?.to_owned();
    let track = {
        let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
        match media.as_str() {
            "video" if findings.video.is_none() => {
                findings.video = Some(caps);
                Some(Track::Video)
            }
            "audio" if findings.audio.is_none() => {
                findings.audio = Some(caps);
                Some(Track::Audio)
            }
            _ => {
                findings.left_out += 1;
                None
            }
        }
    };
    let sink = match track {
        Some(track) => packet_sink(track, sender.clone()).upcast::<gst::Element>(),
        None => gst::ElementFactory::make("fakesink")
            .property("async", false)
            .property("sync", false)
            .build()
            .ok()?,
    };
    let sink_pad = sink.static_pad("sink")?;
    watch(
        &sink_pad,
        track,
        Arc::clone(findings),
        Arc::clone(left_out_end),
    );
    pipeline.add(&sink).ok()?;
    sink.sync_state_with_parent().ok()?;
    pad.link(&sink_pad).ok()?;
    Some(())
}

fn packet_sink(track: Track, sender: SyncSender<Note>) -> gst_app::AppSink {
    gst_app::AppSink::builder()
        .sync(false)
        .async_(false)
        .enable_last_sample(false)
        .callbacks(
            gst_app::AppSinkCallbacks::builder()
                .new_sample(move |sink| {
                    let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                    if is_stream_header(&sample) {
                        return Ok(gst::FlowSuccess::Ok);
                    }
                    sender
                        .send(Note::Packet(track, sample))
                        .map(|()| gst::FlowSuccess::Ok)
                        .map_err(|_| gst::FlowError::Flushing)
                })
                .build(),
        )
        .build()
}

/// Whether a packet only repeats the decoder configuration that its caps hold, as Vorbis does at the
/// start. Such packets have no place in time.
fn is_stream_header(sample: &gst::Sample) -> bool {
    sample.buffer().is_some_and(|buffer| {
        buffer.flags().contains(gst::BufferFlags::HEADER) && buffer.pts().or(buffer.dts()).is_none()
    })
}

/// Takes note of the orientation of the video, and of the end of tracks that are left out.
fn watch(
    pad: &gst::Pad,
    track: Option<Track>,
    findings: Arc<Mutex<Findings>>,
    left_out_end: Arc<AtomicU64>,
) {
    match track {
        Some(Track::Video) => {
            pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
                if let Some(gst::EventView::Tag(event)) = info.event().map(|event| event.view())
                    && let Some(tag) = event.tag().get::<gst::tags::ImageOrientation>()
                {
                    let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
                    findings.orientation = Orientation::from_tag(tag.get());
                    findings.is_mirrored = findings.orientation.is_none();
                }
                gst::PadProbeReturn::Ok
            });
        }
        Some(Track::Audio) => {}
        None => {
            pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
                if let Some(buffer) = info.buffer()
                    && let Some(start) = buffer.pts()
                {
                    let end = start + buffer.duration().unwrap_or(gst::ClockTime::ZERO);
                    left_out_end.fetch_max(end.nseconds(), Ordering::Relaxed);
                }
                gst::PadProbeReturn::Ok
            });
        }
    }
}

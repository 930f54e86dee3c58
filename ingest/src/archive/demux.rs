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

/// What a callback of the pipeline has to say. Packets and the end come with the number of times that
/// the pipeline was sent to another place before.
pub(super) enum Note {
    Packet(Track, gst::Sample, u64),
    End(u64),
    Failed(gst::glib::Error),
}

/// What the callbacks of the pipeline found, beside packets.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) video: Option<Found>,
    pub(super) audio: Option<Found>,
    pub(super) left_out: usize,
    announced: Vec<(Track, String)>,
    pads: Vec<Track>,
}

/// The track of its kind that is read: the first one of the file. `parsebin` hands out pads in any
/// order, packets of one before the next; the demuxer inside it announces the tracks that its header
/// lists before it hands out anything, in their order.
pub(super) struct Found {
    id: String,
    /// Where its packets come out.
    pub(super) pad: Option<gst::Pad>,
    pub(super) caps: gst::Caps,
    pub(super) orientation: Option<Orientation>,
    /// Whether the picture is to be shown in a way that is no [`Orientation`].
    pub(super) is_mirrored: bool,
}

impl Findings {
    fn slot(&mut self, track: Track) -> &mut Option<Found> {
        match track {
            Track::Video => &mut self.video,
            Track::Audio => &mut self.audio,
        }
    }

    /// Takes note of a track that a demuxer knows of.
    fn announce(&mut self, track: Track, id: String) {
        self.announced.push((track, id));
    }

    /// The first track of its kind, as far as a demuxer has said.
    fn first(&self, track: Track) -> Option<&str> {
        let first = self.announced.iter().find(|(kind, _)| *kind == track);
        first.map(|(_, id)| id.as_str())
    }

    /// Takes note of a track whose packets are about to come.
    fn offer(&mut self, track: Track, id: &str, caps: gst::Caps) {
        let is_first = self.first(track).is_none_or(|first| first == id);
        self.left_out += usize::from(self.pads.contains(&track));
        self.pads.push(track);
        let slot = self.slot(track);
        if is_first && slot.is_none() {
            *slot = Some(Found {
                id: id.to_owned(),
                pad: None,
                caps,
                orientation: None,
                is_mirrored: false,
            });
        }
    }

    /// Says whether packets of this track are wanted.
    fn takes(&mut self, track: Track, id: &str) -> bool {
        let found = self.slot(track).as_ref();
        found.is_some_and(|found| found.id == id)
    }

    fn come_out(&mut self, track: Track, id: &str, pad: &gst::Pad) {
        if let Some(found) = self.slot(track).as_mut().filter(|found| found.id == id) {
            found.pad = Some(pad.clone());
        }
    }

    fn orient(&mut self, id: &str, tag: &str) {
        if let Some(found) = self.video.as_mut().filter(|found| found.id == id) {
            found.orientation = Orientation::from_tag(tag);
            found.is_mirrored = found.orientation.is_none();
        }
    }
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
    seeks: &Arc<AtomicU64>,
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
    let (packets, found, ends, sought) = (
        sender.clone(),
        Arc::clone(findings),
        Arc::clone(left_out_end),
        Arc::clone(seeks),
    );
    parsebin.connect_pad_added(move |_, pad| {
        if let Some(pipeline) = weak.upgrade()
            && connect(&pipeline, pad, &packets, &found, (&ends, &sought)).is_none()
        {
            let error =
                gst::glib::Error::new(gst::CoreError::Pad, "a track could not be connected");
            let _ = packets.send(Note::Failed(error));
        }
    });
    announce_tracks(&parsebin, findings);
    let outcome = sender.clone();
    let seeks = Arc::clone(seeks);
    let bus = pipeline.bus().ok_or(SourceError::MissingElement {
        element: "parsebin",
    })?;
    bus.set_sync_handler(move |_, message| {
        match message.view() {
            gst::MessageView::Eos(_) => {
                let _ = outcome.send(Note::End(seeks.load(Ordering::Relaxed)));
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

/// Takes note of the tracks that demuxers announce.
fn announce_tracks(parsebin: &gst::Element, findings: &Arc<Mutex<Findings>>) {
    let Some(bin) = parsebin.dynamic_cast_ref::<gst::Bin>() else {
        return;
    };
    let findings = Arc::clone(findings);
    bin.connect_deep_element_added(move |_, _, element| {
        let class = element
            .factory()
            .and_then(|factory| factory.metadata("klass").map(str::to_owned));
        if !class.is_some_and(|class| class.contains("Demux")) {
            return;
        }
        let findings = Arc::clone(&findings);
        element.connect_pad_added(move |_, pad| {
            let track = pad.current_caps().as_deref().and_then(track_of);
            if let (Some(track), Some(id)) = (track, pad.stream_id()) {
                let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
                findings.announce(track, id.to_string());
            }
        });
    });
}

fn track_of(caps: &gst::CapsRef) -> Option<Track> {
    match caps.structure(0)?.name().split('/').next()? {
        "video" => Some(Track::Video),
        "audio" => Some(Track::Audio),
        _ => None,
    }
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
    (left_out_end, seeks): (&Arc<AtomicU64>, &Arc<AtomicU64>),
) -> Option<()> {
    let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
    let id = pad.stream_id().unwrap_or_else(|| pad.name()).to_string();
    let track = track_of(&caps);
    {
        let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
        match track {
            Some(track) => findings.offer(track, &id, caps),
            None => findings.left_out += 1,
        }
    }
    let sink = match track {
        Some(track) => {
            let taken = Taken {
                track,
                id: id.clone(),
                findings: Arc::clone(findings),
                left_out_end: Arc::clone(left_out_end),
                seeks: Arc::default(),
            };
            packet_sink(taken, sender.clone(), seeks).upcast::<gst::Element>()
        }
        None => gst::ElementFactory::make("fakesink")
            .property("async", false)
            .property("sync", false)
            .build()
            .ok()?,
    };
    let sink_pad = sink.static_pad("sink")?;
    if let Some(track) = track {
        let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
        findings.come_out(track, &id, &sink_pad);
    }
    match track {
        Some(Track::Video) => watch_orientation(&sink_pad, id, Arc::clone(findings)),
        Some(Track::Audio) => {}
        None => watch_end(&sink_pad, Arc::clone(left_out_end)),
    }
    pipeline.add(&sink).ok()?;
    sink.sync_state_with_parent().ok()?;
    pad.link(&sink_pad).ok()?;
    Some(())
}

/// What the packets of one track are told apart by.
struct Taken {
    track: Track,
    id: String,
    findings: Arc<Mutex<Findings>>,
    left_out_end: Arc<AtomicU64>,
    /// How often the track was sent to another place.
    seeks: Arc<AtomicU64>,
}

impl Taken {
    /// Says whether a packet is wanted, and takes note of where the track ends if it is not.
    fn takes(&self, sample: &gst::Sample) -> bool {
        let mut findings = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
        let is_taken = findings.takes(self.track, &self.id);
        if !is_taken && let Some(buffer) = sample.buffer() {
            note_end(buffer, &self.left_out_end);
        }
        is_taken
    }
}

fn packet_sink(taken: Taken, sender: SyncSender<Note>, seeks: &Arc<AtomicU64>) -> gst_app::AppSink {
    let (of_track, of_all) = (Arc::clone(&taken.seeks), Arc::clone(seeks));
    let sink = gst_app::AppSink::builder()
        .sync(false)
        .async_(false)
        .enable_last_sample(false)
        .callbacks(
            gst_app::AppSinkCallbacks::builder()
                .new_sample(move |sink| {
                    let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                    if is_stream_header(&sample) || !taken.takes(&sample) {
                        return Ok(gst::FlowSuccess::Ok);
                    }
                    let seeks = taken.seeks.load(Ordering::Relaxed);
                    // After a flush the sink of GStreamer 1.22 writes into the sample that it gave
                    // out last, whoever holds it. The copy shares the bytes.
                    let own = sample.copy();
                    drop(sample);
                    sender
                        .send(Note::Packet(taken.track, own, seeks))
                        .map(|()| gst::FlowSuccess::Ok)
                        .map_err(|_| gst::FlowError::Flushing)
                })
                .build(),
        )
        .build();
    if let Some(pad) = sink.static_pad("sink") {
        // By then everything from the place before has been handed out.
        pad.add_probe(gst::PadProbeType::EVENT_FLUSH, move |_, info| {
            if info
                .event()
                .is_some_and(|event| event.type_() == gst::EventType::FlushStop)
            {
                let count = of_track.fetch_add(1, Ordering::Relaxed) + 1;
                of_all.fetch_max(count, Ordering::Relaxed);
            }
            gst::PadProbeReturn::Ok
        });
    }
    sink
}

/// Whether a packet only repeats the decoder configuration that its caps hold, as Vorbis does at the
/// start. Such packets have no place in time.
fn is_stream_header(sample: &gst::Sample) -> bool {
    sample.buffer().is_some_and(|buffer| {
        buffer.flags().contains(gst::BufferFlags::HEADER) && buffer.pts().or(buffer.dts()).is_none()
    })
}

/// Takes note of the orientation of a picture.
fn watch_orientation(pad: &gst::Pad, id: String, findings: Arc<Mutex<Findings>>) {
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
        if let Some(gst::EventView::Tag(event)) = info.event().map(|event| event.view())
            && let Some(tag) = event.tag().get::<gst::tags::ImageOrientation>()
        {
            let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
            findings.orient(&id, tag.get());
        }
        gst::PadProbeReturn::Ok
    });
}

/// Takes note of the end of a track that is left out.
fn watch_end(pad: &gst::Pad, left_out_end: Arc<AtomicU64>) {
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        if let Some(buffer) = info.buffer() {
            note_end(buffer, &left_out_end);
        }
        gst::PadProbeReturn::Ok
    });
}

fn note_end(buffer: &gst::BufferRef, left_out_end: &AtomicU64) {
    if let Some(start) = buffer.pts() {
        let end = start + buffer.duration().unwrap_or(gst::ClockTime::ZERO);
        left_out_end.fetch_max(end.nseconds(), Ordering::Relaxed);
    }
}

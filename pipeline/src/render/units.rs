//! The end of the way of one segment: pictures are encoded, and their units collected and reported.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc::SyncSender},
};

use gst::prelude::*;
use gstreamer as gst;
use gstreamer_video as gst_video;
use scrim_ingest::{Access, VideoCodec};
use scrim_policy::Moment;
use scrim_redact::Matrix;

use super::{
    Event, Part, PartFacts, Unit, VideoEncoder,
    chain::{ChainEnd, app_sink, element},
    decode::HEADROOM_NS,
    error::RenderError,
};
use crate::elements::clear::colour_space;

/// Encoded bytes that are collected before they are reported.
const REPORT_BYTES: usize = 256 << 10;

/// Units that were encoded and not yet reported, and what is known so far.
#[derive(Default)]
struct Collected {
    units: Vec<Unit>,
    data: Vec<u8>,
    facts: PartFacts,
    rendered_to: Moment,
}

/// Collects the units of one segment.
#[derive(Clone)]
pub(crate) struct Units {
    index: u32,
    collected: Arc<Mutex<Collected>>,
    events: SyncSender<Event>,
}

impl Units {
    /// Begins a segment.
    pub(crate) fn new(index: u32, from: Moment, events: &SyncSender<Event>) -> Self {
        let collected = Collected {
            facts: PartFacts {
                from,
                ..PartFacts::default()
            },
            rendered_to: from,
            ..Collected::default()
        };
        Self {
            index,
            collected: Arc::new(Mutex::new(collected)),
            events: events.clone(),
        }
    }

    /// Builds what encodes pictures and hands the units over: elements to be linked in this order.
    pub(crate) fn elements(&self, encoder: VideoEncoder) -> Result<[gst::Element; 3], RenderError> {
        let encoder = encoder.build()?;
        let parser = element(&["h264parse"])?;
        let caps = gst::Caps::builder("video/x-h264")
            .field("stream-format", "avc")
            .field("alignment", "au")
            .build();
        self.note_colours(&encoder);
        let units = self.clone();
        let sink = app_sink(Some(&caps), move |sample| units.take(&sample));
        Ok([encoder, parser, sink.upcast()])
    }

    /// Reports what is left, and that the segment is complete. `complete` adds what is known about
    /// the pictures.
    pub(crate) fn finish(&self, complete: impl FnOnce(PartFacts) -> PartFacts) -> ChainEnd {
        let part = Part::Segment(self.index);
        let mut collected = self.lock();
        let facts = complete(mem::take(&mut collected.facts));
        let rest = Event::Units {
            part,
            units: mem::take(&mut collected.units),
            data: mem::take(&mut collected.data),
        };
        let rendered = facts.to.0.saturating_sub(collected.rendered_to.0);
        drop(collected);
        let all = [
            rest,
            Event::Progress { rendered },
            Event::Done { part, facts },
        ];
        if all.into_iter().all(|event| self.events.send(event).is_ok()) {
            ChainEnd::Complete
        } else {
            ChainEnd::Stopped
        }
    }

    /// Remembers how the encoder is told to understand the samples.
    fn note_colours(&self, encoder: &gst::Element) {
        let units = self.clone();
        let Some(pad) = encoder.static_pad("sink") else {
            return;
        };
        pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
            if let Some(gst::EventView::Caps(event)) = info.event().map(|event| event.view())
                && let Ok(info) = gst_video::VideoInfo::from_caps(event.caps())
            {
                let space = colour_space(&info);
                let mut collected = units.lock();
                collected.facts.is_bt601 = space.matrix == Matrix::Bt601;
                collected.facts.is_full_range = space.full_range;
            }
            gst::PadProbeReturn::Ok
        });
    }

    fn take(&self, sample: &gst::Sample) -> Result<(), gst::FlowError> {
        let buffer = sample.buffer().ok_or(gst::FlowError::Error)?;
        let at = moment(sample).ok_or(gst::FlowError::Error)?;
        let bytes = buffer.map_readable().map_err(|_| gst::FlowError::Error)?;
        let caps = sample.caps().and_then(|caps| caps.structure(0));
        let caps = caps.ok_or(gst::FlowError::NotNegotiated)?;
        let is_key = Access::new(VideoCodec::H264, caps).is_entry(&bytes, buffer.flags());
        let mut collected = self.lock();
        if collected.facts.codec_data.is_empty() {
            collected.facts.codec_data = codec_data(sample).ok_or(gst::FlowError::NotNegotiated)?;
        }
        collected.units.push(Unit {
            at,
            is_key,
            length: u32::try_from(bytes.len()).map_err(|_| gst::FlowError::Error)?,
        });
        collected.data.extend_from_slice(&bytes);
        let rendered = at.0.saturating_sub(collected.rendered_to.0);
        if collected.data.len() < REPORT_BYTES && rendered < 1_000_000_000 {
            return Ok(());
        }
        collected.rendered_to = collected.rendered_to.max(at);
        let units = Event::Units {
            part: Part::Segment(self.index),
            units: mem::take(&mut collected.units),
            data: mem::take(&mut collected.data),
        };
        drop(collected);
        let is_heard = self.events.send(units).is_ok()
            && self.events.send(Event::Progress { rendered }).is_ok();
        if is_heard {
            Ok(())
        } else {
            Err(gst::FlowError::Eos)
        }
    }

    fn lock(&self) -> MutexGuard<'_, Collected> {
        self.collected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the decoder configuration in the caps of a sample.
pub(crate) fn codec_data(sample: &gst::Sample) -> Option<Vec<u8>> {
    let buffer = sample
        .caps()?
        .structure(0)?
        .get::<gst::Buffer>("codec_data")
        .ok()?;
    Some(buffer.map_readable().ok()?.to_vec())
}

/// The moment of an encoded picture. Encoders shift times and say so in the segment.
fn moment(sample: &gst::Sample) -> Option<Moment> {
    let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
    let time = segment.to_running_time(sample.buffer()?.pts()?)?;
    let at = i64::try_from(time.nseconds()).ok()? - HEADROOM_NS;
    u64::try_from(at).ok().map(Moment)
}

//! One segment of the video: packets in, cleared and encoded units out.

use std::sync::{
    Arc, Mutex, PoisonError,
    mpsc::{Receiver, SyncSender},
};

use gst::prelude::*;
use gstreamer as gst;
use gstreamer_video as gst_video;
use scrim_ingest::{Packet, VideoCodec};
use scrim_policy::Moment;
use scrim_redact::{Matrix, still::StillError};

use super::{
    Event, Part, PartFacts, RenderSpec, StillPair, Unit,
    budget::Budget,
    chain::{Chain, ChainEnd, app_sink, element},
    decode::{Front, HEADROOM_NS, clearing, timed},
    error::RenderError,
};
use crate::elements::clear::{Capture, Clear, colour_space};

/// Encoded bytes that are collected before they are reported.
const REPORT_BYTES: usize = 256 << 10;

/// What the dispatcher tells a worker.
#[derive(Debug)]
pub(super) enum Order {
    /// Decode this.
    Packet(Packet),
    /// Pictures from this moment on belong to the next segment. Packets that still come are
    /// pictures that precede it in time, and the entry picture they may refer to.
    EndsAt(Moment),
}

/// The work on one segment.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) index: u32,
    pub(super) from: Moment,
    pub(super) codec: VideoCodec,
    pub(super) orders: Receiver<Order>,
}

/// Units that were encoded and not yet reported, and what is known so far.
#[derive(Default)]
struct Collected {
    units: Vec<Unit>,
    data: Vec<u8>,
    facts: PartFacts,
    rendered_to: Moment,
}

/// Renders one segment. Returns whether anybody still listens.
pub(super) fn render(
    segment: &Segment,
    spec: &RenderSpec,
    budget: &Arc<Budget>,
    events: &SyncSender<Event>,
) -> Result<ChainEnd, RenderError> {
    let part = Part::Segment(segment.index);
    let what = format!("segment {} from {}", segment.index, segment.from);
    let mut running: Option<(Chain, Clear)> = None;
    let collected = Arc::new(Mutex::new(Collected {
        facts: PartFacts {
            from: segment.from,
            ..PartFacts::default()
        },
        rendered_to: segment.from,
        ..Collected::default()
    }));
    let mut caps: Option<gst::Caps> = None;
    while let Ok(order) = segment.orders.recv() {
        match order {
            Order::EndsAt(moment) => {
                if let Some((_, clear)) = &running {
                    clear.set_property("to", moment.0);
                }
            }
            Order::Packet(packet) => {
                let (chain, _) = match &running {
                    Some(running) => running,
                    None => {
                        let started =
                            start(segment, spec, &packet.caps, budget, &collected, events)?;
                        caps = Some(packet.caps.clone());
                        running.insert(started)
                    }
                };
                if caps.as_ref() != Some(&packet.caps) {
                    chain.set_caps(&packet.caps);
                    caps = Some(packet.caps.clone());
                }
                match chain.push(timed(packet)) {
                    Err(RenderError::Stopped) => return Ok(ChainEnd::Stopped),
                    other => other?,
                }
            }
        }
    }
    let Some((chain, clear)) = running else {
        return Err(RenderError::NoPictures { what });
    };
    if chain.finish()? == ChainEnd::Stopped {
        return Ok(ChainEnd::Stopped);
    }
    let counters = clear.counters();
    let mut collected = collected.lock().unwrap_or_else(PoisonError::into_inner);
    if counters.frames == 0 {
        return Err(RenderError::NoPictures { what });
    }
    let facts = PartFacts {
        frames: counters.frames,
        repeats: counters.repeats,
        wholly_hidden: counters.wholly_hidden,
        digest: counters.digest,
        to: counters.end,
        stills: stills(&clear)?,
        ..std::mem::take(&mut collected.facts)
    };
    let rest = Event::Units {
        part,
        units: std::mem::take(&mut collected.units),
        data: std::mem::take(&mut collected.data),
    };
    let rendered = facts.to.0.saturating_sub(collected.rendered_to.0);
    let all = [
        rest,
        Event::Progress { rendered },
        Event::Done { part, facts },
    ];
    let heard = all.into_iter().all(|event| events.send(event).is_ok());
    Ok(if heard {
        ChainEnd::Complete
    } else {
        ChainEnd::Stopped
    })
}

fn stills(clear: &Clear) -> Result<Vec<StillPair>, RenderError> {
    let failed = |_| RenderError::Failed {
        what: "a still".to_owned(),
        reason: "jpeg".to_owned(),
    };
    let pair = |capture: Capture| {
        let (before, after) = (capture.before.jpeg()?, capture.after.jpeg()?);
        Ok(StillPair {
            at: capture.at,
            before,
            after,
        })
    };
    clear
        .take_captures()
        .into_iter()
        .map(pair)
        .collect::<Result<_, StillError>>()
        .map_err(failed)
}

fn start(
    segment: &Segment,
    spec: &RenderSpec,
    caps: &gst::Caps,
    budget: &Arc<Budget>,
    collected: &Arc<Mutex<Collected>>,
    events: &SyncSender<Event>,
) -> Result<(Chain, Clear), RenderError> {
    let clear = clear(segment, spec)?;
    let front = Front::new(segment.codec, spec.orientation)?;
    // The frame rate is a hint for rate control only. It has to be the same in all segments, so
    // that all of them have the same parameter sets.
    let rate = element(&["capssetter"])?;
    let fraction = gst::Fraction::new(spec.frame_rate.0 as i32, spec.frame_rate.1 as i32);
    rate.set_property(
        "caps",
        gst::Caps::builder("video/x-raw")
            .field("framerate", fraction)
            .build(),
    );
    let encoder = spec.video_encoder.build()?;
    let parser = element(&["h264parse"])?;
    let out = gst::Caps::builder("video/x-h264")
        .field("stream-format", "avc")
        .field("alignment", "au")
        .build();
    note_colours(&encoder, collected);
    let sink = collect(segment, &out, collected, events);

    let mut elements = front.elements();
    elements.extend([
        clear.upcast_ref(),
        &rate,
        &encoder,
        &parser,
        sink.upcast_ref(),
    ]);
    let what = format!("segment {} from {}", segment.index, segment.from);
    let budget = Arc::clone(budget);
    let chain = Chain::start(what, caps, &elements, move |bytes| budget.free(bytes))?;
    Ok((chain, clear))
}

fn clear(segment: &Segment, spec: &RenderSpec) -> Result<Clear, RenderError> {
    let plan = spec
        .plan
        .as_ref()
        .ok_or(RenderError::Build { what: "redaction" })?;
    let clear = clearing(plan, segment.from)?;
    clear.set_property("digest", spec.digest);
    clear.capture(
        spec.stills
            .iter()
            .copied()
            .filter(|at| *at >= segment.from)
            .collect(),
    );
    Ok(clear)
}

/// Remembers how the encoder is told to understand the samples.
fn note_colours(encoder: &gst::Element, collected: &Arc<Mutex<Collected>>) {
    let collected = Arc::clone(collected);
    let Some(pad) = encoder.static_pad("sink") else {
        return;
    };
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
        if let Some(gst::EventView::Caps(event)) = info.event().map(|event| event.view())
            && let Ok(info) = gst_video::VideoInfo::from_caps(event.caps())
        {
            let space = colour_space(&info);
            let mut collected = collected.lock().unwrap_or_else(PoisonError::into_inner);
            collected.facts.is_bt601 = space.matrix == Matrix::Bt601;
            collected.facts.is_full_range = space.full_range;
        }
        gst::PadProbeReturn::Ok
    });
}

fn collect(
    segment: &Segment,
    caps: &gst::Caps,
    collected: &Arc<Mutex<Collected>>,
    events: &SyncSender<Event>,
) -> gstreamer_app::AppSink {
    let (collected, events, index) = (Arc::clone(collected), events.clone(), segment.index);
    app_sink(Some(caps), move |sample| {
        let buffer = sample.buffer().ok_or(gst::FlowError::Error)?;
        let at = moment(&sample).ok_or(gst::FlowError::Error)?;
        let bytes = buffer.map_readable().map_err(|_| gst::FlowError::Error)?;
        let mut collected = collected.lock().unwrap_or_else(PoisonError::into_inner);
        if collected.facts.codec_data.is_empty() {
            collected.facts.codec_data =
                codec_data(&sample).ok_or(gst::FlowError::NotNegotiated)?;
        }
        collected.units.push(Unit {
            at,
            is_key: !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT),
            length: u32::try_from(bytes.len()).map_err(|_| gst::FlowError::Error)?,
        });
        collected.data.extend_from_slice(&bytes);
        let rendered = at.0.saturating_sub(collected.rendered_to.0);
        if collected.data.len() < REPORT_BYTES && rendered < 1_000_000_000 {
            return Ok(());
        }
        collected.rendered_to = collected.rendered_to.max(at);
        let units = Event::Units {
            part: Part::Segment(index),
            units: std::mem::take(&mut collected.units),
            data: std::mem::take(&mut collected.data),
        };
        drop(collected);
        let heard = events.send(units).is_ok() && events.send(Event::Progress { rendered }).is_ok();
        if heard {
            Ok(())
        } else {
            Err(gst::FlowError::Eos)
        }
    })
}

/// Returns the decoder configuration in the caps of a sample.
pub(super) fn codec_data(sample: &gst::Sample) -> Option<Vec<u8>> {
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

//! One segment of the video: packets in, cleared and encoded units out.

use std::sync::{
    Arc,
    mpsc::{Receiver, SyncSender},
};

use gst::prelude::*;
use gstreamer as gst;
use scrim_ingest::{Packet, VideoCodec};
use scrim_policy::Moment;
use scrim_redact::still::StillError;

use super::{
    Event, PartFacts, RenderSpec, StillPair,
    budget::Budget,
    chain::{Chain, ChainEnd, element},
    decode::{Front, clearing, timed},
    error::RenderError,
    units::Units,
};
use crate::elements::clear::{Capture, Clear};

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

/// Renders one segment. Returns whether anybody still listens.
pub(super) fn render(
    segment: &Segment,
    spec: &RenderSpec,
    budget: &Arc<Budget>,
    events: &SyncSender<Event>,
) -> Result<ChainEnd, RenderError> {
    let what = format!("segment {} from {}", segment.index, segment.from);
    let mut running: Option<(Chain, Clear)> = None;
    let units = Units::new(segment.index, segment.from, events);
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
                        let started = start(segment, spec, &packet.caps, budget, &units)?;
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
    if counters.frames == 0 {
        return Err(RenderError::NoPictures { what });
    }
    let stills = stills(&clear)?;
    Ok(units.finish(|facts| PartFacts {
        frames: counters.frames,
        repeats: counters.repeats,
        wholly_hidden: counters.wholly_hidden,
        digest: counters.digest,
        to: counters.end,
        stills,
        ..facts
    }))
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
    units: &Units,
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
    let encoding = units.elements(spec.video_encoder)?;
    let mut elements = front.elements();
    elements.extend([clear.upcast_ref(), &rate]);
    elements.extend(&encoding);
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

//! Elements that run on the thread that pushes into them.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use gst::prelude::*;
use gstreamer as gst;

use crate::render::{RenderError, app_sink};

/// A pipeline without a thread of its own: what has been pushed has come out, or never will, when
/// the push returns. That makes a decoder a function, whose results depend on nothing but what
/// went in.
///
/// It only works with elements that have no queue and, where they could have threads, use one.
#[derive(Debug)]
pub(super) struct Line {
    pipeline: gst::Pipeline,
    /// Belongs to no element.
    inlet: gst::Pad,
    out: Arc<Mutex<Vec<gst::Sample>>>,
    what: &'static str,
}

impl Line {
    /// Links `elements` one after another, for buffers of these caps, and starts them. Only samples
    /// of the caps `out` come out.
    pub(super) fn start(
        what: &'static str,
        caps: &gst::Caps,
        elements: &[&gst::Element],
        out: &gst::Caps,
    ) -> Result<Self, RenderError> {
        let build = || RenderError::Build { what };
        let taken: Arc<Mutex<Vec<gst::Sample>>> = Arc::default();
        let keep = Arc::clone(&taken);
        let sink = app_sink(Some(out), move |sample| {
            lock(&keep).push(sample);
            Ok(())
        });
        let pipeline = gst::Pipeline::new();
        let all: Vec<&gst::Element> = elements
            .iter()
            .copied()
            .chain([sink.upcast_ref::<gst::Element>()])
            .collect();
        pipeline.add_many(&all).map_err(|_| build())?;
        gst::Element::link_many(&all).map_err(|_| build())?;
        let outlet = all
            .first()
            .and_then(|first| first.static_pad("sink"))
            .ok_or_else(build)?;
        let inlet = gst::Pad::builder(gst::PadDirection::Src).build();
        inlet.set_active(true).map_err(|_| build())?;
        // The pad belongs to no element, so there is no hierarchy to check.
        inlet
            .link_full(&outlet, gst::PadLinkCheck::empty())
            .map_err(|_| build())?;
        let line = Self {
            pipeline,
            inlet,
            out: taken,
            what,
        };
        line.pipeline
            .set_state(gst::State::Playing)
            .map_err(|_| build())?;
        let segment = gst::FormattedSegment::<gst::ClockTime>::new();
        let is_begun = line.inlet.push_event(gst::event::StreamStart::new(what))
            && line.inlet.push_event(gst::event::Caps::new(caps))
            && line.inlet.push_event(gst::event::Segment::new(&segment));
        if is_begun { Ok(line) } else { Err(build()) }
    }

    /// Runs a buffer through, and returns what came out.
    pub(super) fn push(&self, buffer: gst::Buffer) -> Result<Vec<gst::Sample>, RenderError> {
        let flow = self.inlet.push(buffer);
        let out = self.take();
        match flow {
            Ok(_) => Ok(out),
            Err(_) => Err(self.failed()),
        }
    }

    /// Runs a hole through: so much is missing from this time on.
    pub(super) fn push_hole(&self, at: gst::ClockTime, lasts: gst::ClockTime) -> Vec<gst::Sample> {
        self.inlet
            .push_event(gst::event::Gap::builder(at).duration(lasts).build());
        self.take()
    }

    /// Ends the stream, and returns what had been held back. Nothing can be pushed any more.
    pub(super) fn finish(&self) -> Vec<gst::Sample> {
        self.inlet.push_event(gst::event::Eos::new());
        self.take()
    }

    fn take(&self) -> Vec<gst::Sample> {
        mem::take(&mut *lock(&self.out))
    }

    /// The reason that an element gave, if any.
    fn failed(&self) -> RenderError {
        let bus = self.pipeline.bus();
        let message = bus.and_then(|bus| bus.pop_filtered(&[gst::MessageType::Error]));
        let reason = message.and_then(|message| match message.view() {
            gst::MessageView::Error(error) => Some(error.error().message().to_owned()),
            _ => None,
        });
        RenderError::Failed {
            what: self.what.to_owned(),
            reason: reason.unwrap_or_else(|| "flow".to_owned()),
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let _ = self.inlet.set_active(false);
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

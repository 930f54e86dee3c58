//! The encoder of one segment.

use std::sync::{Arc, mpsc::SyncSender};

use gstreamer as gst;
use scrim_policy::Moment;

use crate::render::{
    Budget, Chain, ChainEnd, Event, HEADROOM_NS, PartFacts, RenderError, Units, VideoEncoder,
};

/// A segment that is being encoded, on a thread of its own.
pub(super) struct Encoding {
    chain: Chain,
    units: Units,
    budget: Arc<Budget>,
    to: Moment,
    frames: u64,
    repeats: u64,
}

impl Encoding {
    /// Starts an encoder for the pictures of a segment, which are of these caps.
    pub(super) fn start(
        index: u32,
        (from, to): (Moment, Moment),
        encoder: VideoEncoder,
        caps: &gst::Caps,
        budget: &Arc<Budget>,
        events: &SyncSender<Event>,
    ) -> Result<Self, RenderError> {
        let units = Units::new(index, from, events);
        let elements = units.elements(encoder)?;
        let freed = Arc::clone(budget);
        let chain = Chain::start(
            format!("segment {index} from {from}"),
            caps,
            &elements.each_ref(),
            move |bytes| freed.free(bytes),
        )?;
        Ok(Self {
            chain,
            units,
            budget: Arc::clone(budget),
            to,
            frames: 0,
            repeats: 0,
        })
    }

    /// Hands over a picture that is shown from a moment on, once there is room for it.
    pub(super) fn push(
        &mut self,
        at: Moment,
        mut picture: gst::Buffer,
        is_cancelled: impl Fn() -> bool,
    ) -> Result<(), RenderError> {
        let time = at.0.saturating_add(HEADROOM_NS.unsigned_abs());
        picture
            .make_mut()
            .set_pts(gst::ClockTime::from_nseconds(time));
        let is_stopped = || is_cancelled() || self.chain.is_over();
        self.budget.take(picture.size(), is_stopped);
        self.frames += 1;
        self.chain.push(picture)?;
        if self.chain.is_over() {
            return Err(RenderError::Stopped);
        }
        Ok(())
    }

    /// Counts a picture that is the same as the one before.
    pub(super) const fn repeat(&mut self) {
        self.frames += 1;
        self.repeats += 1;
    }

    /// No picture follows. The encoder goes on with what it has.
    pub(super) fn end(&self) {
        self.chain.end();
    }

    /// Waits until all pictures are encoded, and reports it.
    pub(super) fn finish(self) -> Result<(), RenderError> {
        if self.chain.finish()? == ChainEnd::Stopped {
            return Err(RenderError::Stopped);
        }
        let end = self.units.finish(|facts| PartFacts {
            frames: self.frames,
            repeats: self.repeats,
            to: self.to,
            ..facts
        });
        match end {
            ChainEnd::Complete => Ok(()),
            ChainEnd::Stopped => Err(RenderError::Stopped),
        }
    }
}

//! The clock of a room: media, timeline and timers share it.

use std::time::Duration;

use gstreamer as gst;
use gstreamer::prelude::*;
use scrim_policy::Moment;

use super::MediaError;

/// The clock of a room. It begins when the room is opened, and all pipelines of the room run on it, so
/// that the time of a packet is a moment of the room.
#[derive(Clone, Debug)]
pub struct RoomClock {
    clock: gst::Clock,
    base: gst::ClockTime,
}

impl RoomClock {
    /// Starts the clock.
    ///
    /// # Errors
    /// [`MediaError`] where GStreamer is not usable.
    pub fn start() -> Result<Self, MediaError> {
        gst::init().map_err(|source| MediaError::Start { source })?;
        let clock = gst::SystemClock::obtain();
        let base = clock.time();
        Ok(Self { clock, base })
    }

    /// Returns how long the room has been open.
    pub fn now(&self) -> Moment {
        Moment(self.clock.time().saturating_sub(self.base).nseconds())
    }

    /// Returns the same as a span.
    pub fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.now().0)
    }

    /// Lets a pipeline run on this clock.
    pub(super) fn drive(&self, pipeline: &gst::Pipeline) {
        pipeline.use_clock(Some(&self.clock));
        pipeline.set_start_time(gst::ClockTime::NONE);
        pipeline.set_base_time(self.base);
    }
}

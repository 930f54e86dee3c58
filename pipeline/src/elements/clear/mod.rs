//! `scrimclear`: raw video in, cleared video out.
//!
//! The element applies a [`Plan`](scrim_policy::Plan) to every frame and lays the result out on a
//! canvas of the plan's output size. Frames whose kept pixels repeat the frame before are dropped,
//! so the output has a variable frame rate. Nothing but pixels and times goes through: tags, metas
//! such as closed captions, and events other than segment, gap, flush and end of stream stop here.
//!
//! Without a plan it refuses to negotiate. To try it by hand, with a plan from
//! `scrim policy plan`:
//!
//! ```text
//! gst-launch-1.0 filesrc location=in.mp4 ! decodebin ! videoconvert ! \
//!     scrimclear plan="$(cat plan.json)" ! autovideosink
//! ```

mod frames;
mod imp;
mod running;
mod settings;

use gstreamer::{glib, prelude::*, subclass::prelude::ObjectSubclassIsExt};
use scrim_policy::Moment;

pub use imp::{Capture, Counters};

pub(crate) use frames::{colour_space, readable, writable};

glib::wrapper! {
    /// The element; see the [module](self).
    pub struct Clear(ObjectSubclass<imp::Clear>)
        @extends gstreamer::Element, gstreamer::Object;
}

impl Clear {
    /// Returns what the element did so far.
    pub fn counters(&self) -> Counters {
        self.imp().counters()
    }

    /// Asks for the first frames that are shown at or after some moments, before and after.
    pub fn capture(&self, moments: Vec<Moment>) {
        self.imp().capture(moments);
    }

    /// Returns the frames that were asked for and have come.
    pub fn take_captures(&self) -> Vec<Capture> {
        self.imp().take_captures()
    }
}

pub(super) fn register() -> Result<(), glib::BoolError> {
    gstreamer::Element::register(
        None,
        "scrimclear",
        gstreamer::Rank::NONE,
        Clear::static_type(),
    )
}

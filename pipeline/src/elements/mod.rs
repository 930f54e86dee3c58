//! Scrim's own GStreamer elements, registered once per process.

pub mod clear;

use std::sync::OnceLock;

use gst::prelude::*;
use gstreamer as gst;

/// Registers all elements of this crate. Later calls do nothing.
///
/// # Errors
/// GStreamer could not be initialised, or it refused an element.
pub fn register() -> Result<(), gst::glib::Error> {
    static DONE: OnceLock<Result<(), gst::glib::Error>> = OnceLock::new();
    DONE.get_or_init(|| {
        gst::init()?;
        clear::register()
            .map_err(|error| gst::glib::Error::new(gst::CoreError::StateChange, &error.to_string()))
    })
    .clone()
}

/// Returns the version of the plugin that an element comes from, or "missing".
pub fn plugin_version(factory: &str) -> String {
    gst::ElementFactory::find(factory)
        .and_then(|factory| factory.plugin())
        .map_or_else(
            || "missing".to_owned(),
            |plugin| plugin.version().to_string(),
        )
}

/// Returns the version of GStreamer that is running.
pub fn framework_version() -> String {
    let (major, minor, micro, _) = gst::version();
    format!("{major}.{minor}.{micro}")
}

//! What the user of the element sets, as properties.

use std::sync::LazyLock;

use gst::{glib, prelude::*};
use gstreamer as gst;
use scrim_policy::{Moment, Plan};

/// How long a repeated frame may be left out. Players show a still as long as they are told, but
/// a seek lands on the frame before, and some readers distrust longer gaps.
const DEFAULT_REPEAT_LIMIT_NS: u64 = 2_000_000_000;

/// What the user set.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) plan: Option<Plan>,
    pub(super) origin: i64,
    pub(super) from: Moment,
    pub(super) to: Moment,
    pub(super) repeat_limit: u64,
    pub(super) digest: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            plan: None,
            origin: 0,
            from: Moment::START,
            to: Moment::END,
            repeat_limit: DEFAULT_REPEAT_LIMIT_NS,
            digest: false,
        }
    }
}

impl Settings {
    pub(super) fn set(&mut self, name: &str, value: &glib::Value) {
        let matches = "the property system checks the type";
        match name {
            "plan" => {
                let json = value.get::<Option<&str>>().expect(matches);
                // An unreadable plan is no plan, and without a plan nothing passes.
                self.plan = json.and_then(|json| serde_json::from_str(json).ok());
            }
            "origin" => self.origin = value.get().expect(matches),
            "from" => self.from = Moment(value.get().expect(matches)),
            "to" => self.to = Moment(value.get().expect(matches)),
            "repeat-limit" => self.repeat_limit = value.get().expect(matches),
            "digest" => self.digest = value.get().expect(matches),
            _ => {}
        }
    }

    pub(super) fn get(&self, name: &str) -> glib::Value {
        match name {
            "plan" => self
                .plan
                .as_ref()
                .and_then(|plan| serde_json::to_string(plan).ok())
                .to_value(),
            "origin" => self.origin.to_value(),
            "from" => self.from.0.to_value(),
            "to" => self.to.0.to_value(),
            "repeat-limit" => self.repeat_limit.to_value(),
            _ => self.digest.to_value(),
        }
    }
}

pub(super) fn properties() -> &'static [glib::ParamSpec] {
    static PROPERTIES: LazyLock<Vec<glib::ParamSpec>> = LazyLock::new(|| {
        vec![
            glib::ParamSpecString::builder("plan")
                .nick("Plan")
                .blurb("What is kept when, as JSON")
                .mutable_ready()
                .build(),
            glib::ParamSpecInt64::builder("origin")
                .nick("Origin")
                .blurb("Added to buffer times to get moments of the recording, in ns")
                .mutable_ready()
                .build(),
            glib::ParamSpecUInt64::builder("from")
                .nick("From")
                .blurb("Frames before this moment are dropped, in ns")
                .mutable_ready()
                .build(),
            glib::ParamSpecUInt64::builder("to")
                .nick("To")
                .blurb("Frames from this moment on are dropped, in ns")
                .default_value(u64::MAX)
                .mutable_playing()
                .build(),
            glib::ParamSpecUInt64::builder("repeat-limit")
                .nick("Repeat limit")
                .blurb("How long repeated frames may be left out, in ns; 0 keeps every frame")
                .default_value(DEFAULT_REPEAT_LIMIT_NS)
                .mutable_ready()
                .build(),
            glib::ParamSpecBoolean::builder("digest")
                .nick("Digest")
                .blurb("Compute a SHA-256 over all cleared frames, for tests and audits")
                .mutable_ready()
                .build(),
        ]
    });
    &PROPERTIES
}

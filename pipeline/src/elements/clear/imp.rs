//! The element itself. One mutex, `state`, is held while a frame is worked on, and never while
//! something is pushed downstream; `settings` is only held to read or write it.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use gst::{glib, prelude::*, subclass::prelude::*};
use gstreamer as gst;
use gstreamer_video as gst_video;
use scrim_policy::Moment;
use scrim_redact::still::Still;
use sha2::{Digest, Sha256};

use super::{
    running::Running,
    settings::{self, Settings},
};

pub(super) static CAT: LazyLock<gst::DebugCategory> = LazyLock::new(|| {
    gst::DebugCategory::new(
        "scrimclear",
        gst::DebugColorFlags::empty(),
        Some("Scrim redaction"),
    )
});

/// What the element did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames inside the window.
    pub frames: u64,
    /// Frames that were left out because they repeat the one before.
    pub repeats: u64,
    /// End of the last frame.
    pub end: Moment,
    /// Spans in which the whole picture was hidden because it has another shape than the plan.
    pub wholly_hidden: Vec<(Moment, Moment)>,
    /// SHA-256 over all frames that went out, when `digest` is set.
    pub digest: Option<[u8; 32]>,
}

/// A frame as it came in and as it went out, for people to compare.
#[derive(Debug)]
pub struct Capture {
    /// When it is shown.
    pub at: Moment,
    /// The source picture. It shows what is to be hidden.
    pub before: Still,
    /// The cleared picture.
    pub after: Still,
}

/// What is true while running.
#[derive(Debug, Default)]
struct State {
    running: Option<Running>,
    counters: Counters,
    digest: Option<Sha256>,
    /// Moments to capture, the latest first.
    wanted: Vec<Moment>,
    captures: Vec<Capture>,
}

/// The element.
#[derive(Debug)]
pub struct Clear {
    sink: gst::Pad,
    source: gst::Pad,
    settings: Mutex<Settings>,
    state: Mutex<State>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Clear {
    pub(super) fn counters(&self) -> Counters {
        let state = lock(&self.state);
        let digest = state.digest.clone().map(|digest| digest.finalize().into());
        Counters {
            digest,
            ..state.counters.clone()
        }
    }

    pub(super) fn capture(&self, mut moments: Vec<Moment>) {
        moments.sort_unstable_by(|left, right| right.cmp(left));
        lock(&self.state).wanted = moments;
    }

    pub(super) fn take_captures(&self) -> Vec<Capture> {
        std::mem::take(&mut lock(&self.state).captures)
    }

    fn chain(&self, buffer: gst::Buffer) -> Result<gst::FlowSuccess, gst::FlowError> {
        let out = {
            let mut state = lock(&self.state);
            self.work(&mut state, buffer).map_err(|error| {
                gst::error!(CAT, imp = self, "{error}");
                gst::element_imp_error!(self, gst::StreamError::Failed, ["{error}"]);
                gst::FlowError::Error
            })?
        };
        match out {
            Some(out) => self.source.push(out),
            None => Ok(gst::FlowSuccess::Ok),
        }
    }

    /// Returns the cleared frame, or nothing when it is outside the window or repeats the last.
    fn work(
        &self,
        state: &mut State,
        buffer: gst::Buffer,
    ) -> Result<Option<gst::Buffer>, gst::LoggableError> {
        let State {
            running,
            counters,
            digest,
            wanted,
            captures,
        } = state;
        let running = running
            .as_mut()
            .ok_or_else(|| gst::loggable_error!(CAT, "a frame came before its caps"))?;
        let time = buffer
            .pts()
            .ok_or_else(|| gst::loggable_error!(CAT, "a frame has no time"))?;
        let Some(at) = moment(time, running.settings.origin) else {
            return Ok(None);
        };
        // The end of the window becomes known while frames are on their way.
        if at < running.settings.from || at >= lock(&self.settings).to {
            return Ok(None);
        }
        counters.frames += 1;
        let lasts = running.lasts(&buffer, at);
        counters.end = at.later(lasts);
        let is_wanted = wanted.pop_if(|moment| *moment <= at).is_some();
        if !is_wanted && running.is_repeat(&buffer, at, lasts)? {
            counters.repeats += 1;
            return Ok(None);
        }
        let (mut out, wholly_hidden) = running.clear(&buffer, at)?;
        if wholly_hidden {
            note_hidden(&mut counters.wholly_hidden, at, at.later(lasts));
        }
        if is_wanted {
            captures.push(running.capture(&buffer, &out, at)?);
        }
        if let Some(digest) = digest {
            running.absorb(digest, &out, at)?;
        }
        {
            let out = out.make_mut();
            out.set_pts(time);
            out.set_dts(gst::ClockTime::NONE);
            out.set_duration(buffer.duration());
        }
        running.last = Some((buffer, at));
        Ok(Some(out))
    }

    fn sink_event(&self, event: gst::Event) -> bool {
        use gst::EventView;
        match event.view() {
            EventView::Caps(caps) => match self.configure(caps.caps()) {
                Ok(Some(caps)) => self.source.push_event(gst::event::Caps::new(&caps)),
                Ok(None) => true,
                Err(error) => {
                    gst::error!(CAT, imp = self, "{error}");
                    gst::element_imp_error!(self, gst::CoreError::Negotiation, ["{error}"]);
                    false
                }
            },
            EventView::StreamStart(_)
            | EventView::Segment(_)
            | EventView::Gap(_)
            | EventView::FlushStart(_)
            | EventView::FlushStop(_)
            | EventView::Eos(_) => gst::Pad::event_default(&self.sink, Some(&*self.obj()), event),
            // Tags, tables of contents, protection data and whatever may come: not known, not let
            // through.
            _ => true,
        }
    }

    /// Takes new input caps. Returns the output caps the first time; they never change after.
    fn configure(&self, caps: &gst::CapsRef) -> Result<Option<gst::Caps>, gst::LoggableError> {
        let input = gst_video::VideoInfo::from_caps(caps)
            .map_err(|_| gst::loggable_error!(CAT, "unusable video caps"))?;
        let mut state = lock(&self.state);
        if let Some(running) = &mut state.running {
            running.change_input(input)?;
            return Ok(None);
        }
        let settings = lock(&self.settings).clone();
        let digest = settings.digest.then(Sha256::new);
        let started = Running::start(settings, input)?;
        let caps = started.output_caps()?;
        state.running = Some(started);
        state.digest = digest;
        Ok(Some(caps))
    }
}

/// The moment of a buffer time; `None` before the start of the recording.
fn moment(time: gst::ClockTime, origin: i64) -> Option<Moment> {
    let at = i64::try_from(time.nseconds()).ok()?.checked_add(origin)?;
    u64::try_from(at).ok().map(Moment)
}

/// Extends the last span when the frame follows it closely, else opens a new one.
fn note_hidden(spans: &mut Vec<(Moment, Moment)>, at: Moment, end: Moment) {
    match spans.last_mut() {
        Some((_, last)) if last.later(1_000_000_000) >= at => *last = end,
        _ => spans.push((at, end)),
    }
}

#[glib::object_subclass]
impl ObjectSubclass for Clear {
    const NAME: &'static str = "ScrimClear";
    type Type = super::Clear;
    type ParentType = gst::Element;

    fn with_class(class: &Self::Class) -> Self {
        let template = |name: &str| {
            class
                .pad_template(name)
                .expect("both templates are declared in pad_templates")
        };
        let sink = gst::Pad::builder_from_template(&template("sink"))
            .chain_function(|_, parent, buffer| {
                Self::catch_panic_pad_function(
                    parent,
                    || Err(gst::FlowError::Error),
                    |clear| clear.chain(buffer),
                )
            })
            .event_function(|_, parent, event| {
                Self::catch_panic_pad_function(parent, || false, |clear| clear.sink_event(event))
            })
            .build();
        let source = gst::Pad::builder_from_template(&template("src")).build();
        Self {
            sink,
            source,
            settings: Mutex::default(),
            state: Mutex::default(),
        }
    }
}

impl ObjectImpl for Clear {
    fn properties() -> &'static [glib::ParamSpec] {
        settings::properties()
    }

    fn set_property(&self, _id: usize, value: &glib::Value, spec: &glib::ParamSpec) {
        lock(&self.settings).set(spec.name(), value);
    }

    fn property(&self, _id: usize, spec: &glib::ParamSpec) -> glib::Value {
        lock(&self.settings).get(spec.name())
    }

    fn constructed(&self) {
        self.parent_constructed();
        let element = self.obj();
        let fresh = "a new element has no pads yet";
        element.add_pad(&self.sink).expect(fresh);
        element.add_pad(&self.source).expect(fresh);
    }
}

impl GstObjectImpl for Clear {}

impl ElementImpl for Clear {
    fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
        static METADATA: LazyLock<gst::subclass::ElementMetadata> = LazyLock::new(|| {
            gst::subclass::ElementMetadata::new(
                "Scrim redaction",
                "Filter/Effect/Video",
                "Lets through only the pixels that a plan keeps",
                "The Scrim developers",
            )
        });
        Some(&METADATA)
    }

    fn pad_templates() -> &'static [gst::PadTemplate] {
        static TEMPLATES: LazyLock<Vec<gst::PadTemplate>> = LazyLock::new(|| {
            let caps = gst_video::VideoCapsBuilder::new()
                .format_list([gst_video::VideoFormat::I420, gst_video::VideoFormat::Nv12])
                .build();
            let template = |name: &str, direction| {
                gst::PadTemplate::new(name, direction, gst::PadPresence::Always, &caps)
                    .expect("the caps are fixed at compile time")
            };
            vec![
                template("sink", gst::PadDirection::Sink),
                template("src", gst::PadDirection::Src),
            ]
        });
        &TEMPLATES
    }

    fn change_state(
        &self,
        transition: gst::StateChange,
    ) -> Result<gst::StateChangeSuccess, gst::StateChangeError> {
        if transition == gst::StateChange::ReadyToPaused {
            let mut state = lock(&self.state);
            *state = State {
                wanted: std::mem::take(&mut state.wanted),
                ..State::default()
            };
        }
        let success = self.parent_change_state(transition)?;
        if transition == gst::StateChange::PausedToReady {
            // The counters stay readable; memory and the last frame go.
            lock(&self.state).running = None;
        }
        Ok(success)
    }
}

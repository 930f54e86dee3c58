//! The element itself. One mutex, `state`, is held while a frame is worked on, and never while
//! something is pushed downstream; `settings` is only held to read or write it.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use gst::{glib, prelude::*, subclass::prelude::*};
use gst_video::prelude::*;
use gstreamer as gst;
use gstreamer_video as gst_video;
use scrim_policy::{Moment, Plan};
use scrim_redact::{Redactor, still::Still};
use sha2::{Digest, Sha256};

use super::frames::{self, Pool};

static CAT: LazyLock<gst::DebugCategory> = LazyLock::new(|| {
    gst::DebugCategory::new("scrimclear", gst::DebugColorFlags::empty(), Some("Scrim redaction"))
});

/// How long a repeated frame may be left out. Players show a still as long as they are told, but
/// a seek lands on the frame before, and some readers distrust longer gaps.
const DEFAULT_REPEAT_LIMIT_NS: u64 = 2_000_000_000;

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

/// What the user set.
#[derive(Clone, Debug)]
struct Settings {
    plan: Option<Plan>,
    origin: i64,
    from: Moment,
    to: Moment,
    repeat_limit: u64,
    digest: bool,
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

#[derive(Debug)]
struct Running {
    redactor: Redactor,
    input: gst_video::VideoInfo,
    /// For copies that are cleared before they are laid out.
    scratch: Pool,
    output: Pool,
    /// The last frame that went out, as it came in.
    last: Option<(gst::Buffer, Moment)>,
    settings: Settings,
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
        Counters { digest, ..state.counters.clone() }
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
        let State { running, counters, digest, wanted, captures } = state;
        let running = running
            .as_mut()
            .ok_or_else(|| gst::loggable_error!(CAT, "a frame came before its caps"))?;
        let time = buffer.pts().ok_or_else(|| gst::loggable_error!(CAT, "a frame has no time"))?;
        let Some(at) = moment(time, running.settings.origin) else {
            return Ok(None);
        };
        // The end of the window becomes known while frames are on their way.
        if at < running.settings.from || at >= lock(&self.settings).to {
            return Ok(None);
        }
        counters.frames += 1;
        counters.end = at.later(buffer.duration().map_or(0, gst::ClockTime::nseconds));
        let is_wanted = wanted.pop_if(|moment| *moment <= at).is_some();
        if !is_wanted && running.is_repeat(&buffer, at)? {
            counters.repeats += 1;
            return Ok(None);
        }
        let (mut out, wholly_hidden) = running.clear(&buffer, at)?;
        if wholly_hidden {
            note_hidden(&mut counters.wholly_hidden, at, buffer.duration());
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
            | EventView::Eos(_) => {
                gst::Pad::event_default(&self.sink, Some(&*self.obj()), event)
            }
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
        let plan = settings
            .plan
            .clone()
            .ok_or_else(|| gst::loggable_error!(CAT, "no plan is set: nothing may pass"))?;
        let output = output_info(&input, plan.output)?;
        if settings.digest {
            state.digest = Some(Sha256::new());
        }
        let pool = |info: &gst_video::VideoInfo| {
            Pool::new(info).map_err(|_| gst::loggable_error!(CAT, "no memory for pictures"))
        };
        state.running = Some(Running {
            redactor: Redactor::new(plan, frames::colour_space(&input)),
            scratch: pool(&input)?,
            output: pool(&output)?,
            input,
            last: None,
            settings,
        });
        let caps = output.to_caps().map_err(|_| gst::loggable_error!(CAT, "impossible output"))?;
        Ok(Some(caps))
    }
}

impl Running {
    fn change_input(&mut self, input: gst_video::VideoInfo) -> Result<(), gst::LoggableError> {
        self.scratch =
            Pool::new(&input).map_err(|_| gst::loggable_error!(CAT, "no memory for pictures"))?;
        self.input = input;
        self.last = None;
        Ok(())
    }

    fn is_repeat(&self, buffer: &gst::Buffer, at: Moment) -> Result<bool, gst::LoggableError> {
        let Some((last, last_at)) = &self.last else {
            return Ok(false);
        };
        if at >= last_at.later(self.settings.repeat_limit) {
            return Ok(false);
        }
        let last = map(last, &self.input)?;
        let current = map(buffer, &self.input)?;
        let (earlier, current) = (frames::readable(&last)?, frames::readable(&current)?);
        Ok(self.redactor.is_repeat((&earlier, *last_at), (&current, at)))
    }

    /// Clears a copy of a frame. The decoder still refers to the frame itself.
    fn clear(
        &mut self,
        buffer: &gst::Buffer,
        at: Moment,
    ) -> Result<(gst::Buffer, bool), gst::LoggableError> {
        let fits = self.input.width() == self.output.info().width()
            && self.input.height() == self.output.info().height()
            && self.input.format() == self.output.info().format();
        let in_place = fits && self.redactor.is_in_place(at);
        let no_memory = |_| gst::loggable_error!(CAT, "no memory for a picture");
        let mut copy =
            if in_place { &self.output } else { &self.scratch }.acquire().map_err(no_memory)?;
        let source = map(buffer, &self.input)?;
        let mut target = map_writable(copy.make_mut(), &self.input)?;
        source.copy(&mut target).map_err(|_| gst::loggable_error!(CAT, "a copy failed"))?;
        drop(source);
        let cleared = self.redactor.clear(frames::writable(&mut target)?, at);
        let wholly_hidden = cleared.is_wholly_hidden();
        if in_place {
            drop(target);
            return Ok((copy, wholly_hidden));
        }
        let mut canvas = self.output.acquire().map_err(no_memory)?;
        let info = self.output.info().clone();
        let mut mapped = map_writable(canvas.make_mut(), &info)?;
        self.redactor
            .compose(&cleared, at, frames::writable(&mut mapped)?)
            .map_err(|error| gst::loggable_error!(CAT, "{error}"))?;
        drop(mapped);
        Ok((canvas, wholly_hidden))
    }

    fn capture(
        &self,
        before: &gst::Buffer,
        after: &gst::Buffer,
        at: Moment,
    ) -> Result<Capture, gst::LoggableError> {
        let still = |buffer: &gst::Buffer, info: &gst_video::VideoInfo| {
            let frame = map(buffer, info)?;
            frames::readable(&frame).map(|frame| Still::new(&frame, frames::colour_space(&self.input)))
        };
        Ok(Capture {
            at,
            before: still(before, &self.input)?,
            after: still(after, self.output.info())?,
        })
    }

    /// Adds a frame to the digest: its time and its visible samples.
    fn absorb(
        &self,
        digest: &mut Sha256,
        buffer: &gst::Buffer,
        at: Moment,
    ) -> Result<(), gst::LoggableError> {
        let frame = map(buffer, self.output.info())?;
        digest.update(at.0.to_le_bytes());
        for (plane, data) in frame.planes_data().into_iter().enumerate().take(frame.n_planes() as usize) {
            let stride = frame.plane_stride()[plane] as usize;
            let row = frame.info().comp_width(plane as u8) as usize;
            let rows = frame.info().comp_height(plane as u8) as usize;
            data.chunks(stride).take(rows).for_each(|line| digest.update(&line[..row]));
        }
        Ok(())
    }
}

fn map<'a>(
    buffer: &'a gst::Buffer,
    info: &gst_video::VideoInfo,
) -> Result<gst_video::VideoFrameRef<&'a gst::BufferRef>, gst::LoggableError> {
    gst_video::VideoFrameRef::from_buffer_ref_readable(buffer.as_ref(), info)
        .map_err(|_| gst::loggable_error!(CAT, "a frame is smaller than its caps say"))
}

fn map_writable<'a>(
    buffer: &'a mut gst::BufferRef,
    info: &gst_video::VideoInfo,
) -> Result<gst_video::VideoFrameRef<&'a mut gst::BufferRef>, gst::LoggableError> {
    gst_video::VideoFrameRef::from_buffer_ref_writable(buffer, info)
        .map_err(|_| gst::loggable_error!(CAT, "a picture could not be written"))
}

/// The moment of a buffer time; `None` before the start of the recording.
fn moment(time: gst::ClockTime, origin: i64) -> Option<Moment> {
    let at = i64::try_from(time.nseconds()).ok()?.checked_add(origin)?;
    u64::try_from(at).ok().map(Moment)
}

/// Extends the last span when the frame follows it closely, else opens a new one.
fn note_hidden(spans: &mut Vec<(Moment, Moment)>, at: Moment, duration: Option<gst::ClockTime>) {
    let end = at.later(duration.map_or(0, gst::ClockTime::nseconds));
    match spans.last_mut() {
        Some((_, last)) if last.later(1_000_000_000) >= at => *last = end,
        _ => spans.push((at, end)),
    }
}

/// Square pixels, progressive, the colours and the frame rate of the input.
fn output_info(
    input: &gst_video::VideoInfo,
    [width, height]: [u32; 2],
) -> Result<gst_video::VideoInfo, gst::LoggableError> {
    gst_video::VideoInfo::builder(input.format(), width, height)
        .fps(input.fps())
        .par((1, 1))
        .colorimetry(&input.colorimetry())
        .chroma_site(input.chroma_site())
        .build()
        .map_err(|_| gst::loggable_error!(CAT, "impossible output size {width}x{height}"))
}

#[glib::object_subclass]
impl ObjectSubclass for Clear {
    const NAME: &'static str = "ScrimClear";
    type Type = super::Clear;
    type ParentType = gst::Element;

    fn with_class(class: &Self::Class) -> Self {
        let template = |name: &str| {
            class.pad_template(name).expect("both templates are declared in pad_templates")
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
        Self { sink, source, settings: Mutex::default(), state: Mutex::default() }
    }
}

impl ObjectImpl for Clear {
    fn properties() -> &'static [glib::ParamSpec] {
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

    fn set_property(&self, _id: usize, value: &glib::Value, spec: &glib::ParamSpec) {
        let mut settings = lock(&self.settings);
        let matches = "the property system checks the type";
        match spec.name() {
            "plan" => {
                let json = value.get::<Option<&str>>().expect(matches);
                // An unreadable plan is no plan, and without a plan nothing passes.
                settings.plan = json.and_then(|json| serde_json::from_str(json).ok());
            }
            "origin" => settings.origin = value.get().expect(matches),
            "from" => settings.from = Moment(value.get().expect(matches)),
            "to" => settings.to = Moment(value.get().expect(matches)),
            "repeat-limit" => settings.repeat_limit = value.get().expect(matches),
            "digest" => settings.digest = value.get().expect(matches),
            _ => {}
        }
    }

    fn property(&self, _id: usize, spec: &glib::ParamSpec) -> glib::Value {
        let settings = lock(&self.settings);
        match spec.name() {
            "plan" => {
                settings.plan.as_ref().and_then(|plan| serde_json::to_string(plan).ok()).to_value()
            }
            "origin" => settings.origin.to_value(),
            "from" => settings.from.0.to_value(),
            "to" => settings.to.0.to_value(),
            "repeat-limit" => settings.repeat_limit.to_value(),
            _ => settings.digest.to_value(),
        }
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
            vec![template("sink", gst::PadDirection::Sink), template("src", gst::PadDirection::Src)]
        });
        &TEMPLATES
    }

    fn change_state(
        &self,
        transition: gst::StateChange,
    ) -> Result<gst::StateChangeSuccess, gst::StateChangeError> {
        if transition == gst::StateChange::ReadyToPaused {
            let mut state = lock(&self.state);
            *state = State { wanted: std::mem::take(&mut state.wanted), ..State::default() };
        }
        let success = self.parent_change_state(transition)?;
        if transition == gst::StateChange::PausedToReady {
            // The counters stay readable; memory and the last frame go.
            lock(&self.state).running = None;
        }
        Ok(success)
    }
}

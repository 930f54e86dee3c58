//! A pipeline from packets to encoded units: pushing, pulling, waiting, giving up.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use gst::prelude::*;
use gstreamer as gst;
use gstreamer_app as gst_app;

use super::error::RenderError;

/// How long a pipeline may stand still. A frame of 4K takes well under a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes that [`Chain::push_slowly`] lets wait.
const WAITING_BYTES: u64 = 1 << 20;

/// Builds the first of several elements that is installed.
pub(crate) fn element(names: &[&str]) -> Result<gst::Element, RenderError> {
    names
        .iter()
        .find_map(|name| gst::ElementFactory::make(name).build().ok())
        .ok_or_else(|| RenderError::MissingElement {
            names: names.join(" or "),
        })
}

/// Builds a sink that hands every sample to a function, on the streaming thread.
pub(crate) fn app_sink(
    caps: Option<&gst::Caps>,
    mut take: impl FnMut(gst::Sample) -> Result<(), gst::FlowError> + Send + 'static,
) -> gst_app::AppSink {
    let sink = gst_app::AppSink::builder()
        .sync(false)
        .async_(false)
        .enable_last_sample(false)
        .callbacks(
            gst_app::AppSinkCallbacks::builder()
                .new_sample(move |sink| {
                    let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
                    take(sample).map(|()| gst::FlowSuccess::Ok)
                })
                .build(),
        )
        .build();
    sink.set_caps(caps);
    sink
}

/// A running pipeline with one source for packets. Dropping it stops its threads.
#[derive(Debug)]
pub(crate) struct Chain {
    pipeline: gst::Pipeline,
    source: gst_app::AppSrc,
    bus: gst::Bus,
    what: String,
    /// Counts buffers that left the source, as a sign of life.
    moved: Arc<AtomicU64>,
    patience: Duration,
    /// The reason of the first failure; the message on the bus can be read only once.
    broken: Mutex<Option<String>>,
    /// Whether the message that everything went through was read.
    has_ended: AtomicBool,
}

/// How a chain ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChainEnd {
    /// Everything went through.
    Complete,
    /// A callback stopped it, since nobody listens any more.
    Stopped,
}

impl Chain {
    /// Links `elements` one after another behind a source with the given caps, and starts them.
    ///
    /// `consumed` is told the size of every buffer that leaves the source.
    pub(crate) fn start(
        what: String,
        caps: &gst::Caps,
        elements: &[&gst::Element],
        consumed: impl Fn(usize) + Send + Sync + 'static,
    ) -> Result<Self, RenderError> {
        let build = |_| RenderError::Build { what: "media" };
        let source = gst_app::AppSrc::builder()
            .caps(caps)
            .format(gst::Format::Time)
            .is_live(false)
            .max_bytes(0)
            .max_buffers(0)
            .build();
        let pipeline = gst::Pipeline::new();
        let first: &gst::Element = source.upcast_ref();
        let all: Vec<&gst::Element> = std::iter::once(first)
            .chain(elements.iter().copied())
            .collect();
        pipeline.add_many(&all).map_err(build)?;
        gst::Element::link_many(&all).map_err(build)?;

        let moved = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&moved);
        let pad = source
            .static_pad("src")
            .ok_or(RenderError::Build { what: "media" })?;
        pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
            if let Some(buffer) = info.buffer() {
                consumed(buffer.size());
            }
            counter.fetch_add(1, Ordering::Relaxed);
            gst::PadProbeReturn::Ok
        });
        let bus = pipeline.bus().ok_or(RenderError::Build { what: "media" })?;
        // A failure is posted on the bus as well, with its reason; it is read there.
        let _ = pipeline.set_state(gst::State::Playing);
        Ok(Self {
            pipeline,
            source,
            bus,
            what,
            moved,
            patience: PATIENCE,
            broken: Mutex::new(None),
            has_ended: AtomicBool::new(false),
        })
    }

    /// Allows the receiver of the output to take its time.
    pub(crate) fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Hands over a packet.
    pub(crate) fn push(&self, buffer: gst::Buffer) -> Result<(), RenderError> {
        self.check()?;
        match self.source.push_buffer(buffer) {
            Ok(_) => Ok(()),
            Err(gst::FlowError::Flushing | gst::FlowError::Eos) => {
                self.check()?;
                Err(RenderError::Stopped)
            }
            Err(_) => {
                self.check()?;
                Err(RenderError::Failed {
                    what: self.what.clone(),
                    reason: "flow".to_owned(),
                })
            }
        }
    }

    /// Hands over a packet once only a few others wait.
    pub(crate) fn push_slowly(&self, buffer: gst::Buffer) -> Result<(), RenderError> {
        self.wait_below(WAITING_BYTES)?;
        self.push(buffer)
    }

    fn wait_below(&self, bytes: u64) -> Result<(), RenderError> {
        let mut waited = Duration::ZERO;
        let step = Duration::from_millis(2);
        while self.source.current_level_bytes() >= bytes {
            self.check()?;
            if waited >= self.patience {
                return Err(self.stalled());
            }
            std::thread::sleep(step);
            waited += step;
        }
        Ok(())
    }

    /// Changes the media type of the packets that follow.
    pub(crate) fn set_caps(&self, caps: &gst::Caps) {
        self.source.set_caps(Some(caps));
    }

    /// Ends the stream. What was handed over goes through in its own time.
    pub(crate) fn end(&self) {
        // When the pipeline is broken already, its error is on the bus.
        let _ = self.source.end_of_stream();
    }

    /// Whether nothing that is handed over goes through any more: it is broken, or everything has
    /// gone through, or nobody takes what comes out.
    pub(crate) fn is_over(&self) -> bool {
        self.check().is_err() || self.has_ended.load(Ordering::Relaxed)
    }

    /// Ends the stream and waits until everything has gone through.
    pub(crate) fn finish(&self) -> Result<ChainEnd, RenderError> {
        self.end();
        let mut seen = self.moved.load(Ordering::Relaxed);
        let mut idle = Duration::ZERO;
        let step = gst::ClockTime::from_mseconds(500);
        while idle < self.patience {
            self.read_bus(step)?;
            if self.has_ended.load(Ordering::Relaxed) {
                return Ok(ChainEnd::Complete);
            }
            let now = self.moved.load(Ordering::Relaxed);
            idle = if now == seen {
                idle + Duration::from_millis(500)
            } else {
                Duration::ZERO
            };
            seen = now;
        }
        Err(self.stalled())
    }

    fn stalled(&self) -> RenderError {
        RenderError::Stalled {
            what: self.what.clone(),
            seconds: self.patience.as_secs(),
        }
    }

    /// Returns the error that the pipeline posted, if there is one.
    fn check(&self) -> Result<(), RenderError> {
        self.read_bus(gst::ClockTime::ZERO)
    }

    /// Takes the next message off the bus, if one comes in time, and remembers what it says: an
    /// end that is read while an error is looked for must not get lost.
    fn read_bus(&self, patience: gst::ClockTime) -> Result<(), RenderError> {
        if let Some(reason) = self
            .broken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
        {
            return Err(RenderError::Failed {
                what: self.what.clone(),
                reason,
            });
        }
        let kinds = [gst::MessageType::Eos, gst::MessageType::Error];
        let Some(message) = self.bus.timed_pop_filtered(patience, &kinds) else {
            return Ok(());
        };
        let gst::MessageView::Error(error) = message.view() else {
            self.has_ended.store(true, Ordering::Relaxed);
            return Ok(());
        };
        let element = error
            .src()
            .and_then(|source| source.downcast_ref::<gst::Element>())
            .and_then(gst::Element::factory)
            .map_or_else(
                || "pipeline".to_owned(),
                |factory| factory.name().to_string(),
            );
        let reason = format!("{element}: {}", error.error().message());
        self.broken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert_with(|| reason.clone());
        Err(RenderError::Failed {
            what: self.what.clone(),
            reason,
        })
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

//! Frames in, cleared frames out: everything that is kept from one frame to the next.

use gst_video::prelude::*;
use gstreamer as gst;
use gstreamer_video as gst_video;
use scrim_policy::{Moment, Plan};
use scrim_redact::{Redactor, still::Still};
use sha2::{Digest, Sha256};

use super::{
    frames::{self, Pool},
    imp::{CAT, Capture},
    settings::Settings,
};

/// What is needed to clear one frame after another.
#[derive(Debug)]
pub(super) struct Running {
    redactor: Redactor,
    input: gst_video::VideoInfo,
    /// For copies that are cleared before they are laid out.
    scratch: Pool,
    output: Pool,
    /// The last frame that went out, as it came in.
    pub(super) last: Option<(gst::Buffer, Moment)>,
    /// When the frame before was shown, whether it went out or not.
    shown: Option<Moment>,
    pub(super) settings: Settings,
}

impl Running {
    /// Gets ready for frames of `input`.
    pub(super) fn start(
        settings: Settings,
        input: gst_video::VideoInfo,
    ) -> Result<Self, gst::LoggableError> {
        let plan = settings
            .plan
            .clone()
            .ok_or_else(|| gst::loggable_error!(CAT, "no plan is set: nothing may pass"))?;
        let output = output_info(&input, &plan)?;
        Ok(Self {
            redactor: Redactor::new(plan, frames::colour_space(&output)),
            scratch: pool(&input)?,
            output: pool(&output)?,
            input,
            last: None,
            shown: None,
            settings,
        })
    }

    /// The caps of everything that goes out; they never change.
    pub(super) fn output_caps(&self) -> Result<gst::Caps, gst::LoggableError> {
        let caps = self.output.info().to_caps();
        caps.map_err(|_| gst::loggable_error!(CAT, "impossible output"))
    }

    /// How long a frame is shown, in nanoseconds. When nobody says, as long as the one before, but
    /// at most a second.
    pub(super) fn lasts(&mut self, buffer: &gst::BufferRef, at: Moment) -> u64 {
        let before = self.shown.replace(at);
        let since = before.map_or(0, |before| at.0.saturating_sub(before.0));
        buffer
            .duration()
            .map_or(since.min(1_000_000_000), gst::ClockTime::nseconds)
    }

    pub(super) fn change_input(
        &mut self,
        input: gst_video::VideoInfo,
    ) -> Result<(), gst::LoggableError> {
        self.scratch = pool(&input)?;
        self.input = input;
        self.last = None;
        Ok(())
    }

    pub(super) fn is_repeat(
        &self,
        buffer: &gst::Buffer,
        at: Moment,
        lasts: u64,
    ) -> Result<bool, gst::LoggableError> {
        let Some((last, last_at)) = &self.last else {
            return Ok(false);
        };
        // No frame is shown longer than the limit, so one that would end after it goes out.
        if at.later(lasts) > last_at.later(self.settings.repeat_limit) {
            return Ok(false);
        }
        let last = map(last, &self.input)?;
        let current = map(buffer, &self.input)?;
        let (earlier, current) = (frames::readable(&last)?, frames::readable(&current)?);
        Ok(self
            .redactor
            .is_repeat((&earlier, *last_at), (&current, at)))
    }

    /// Clears a copy of a frame. The decoder still refers to the frame itself.
    pub(super) fn clear(
        &mut self,
        buffer: &gst::Buffer,
        at: Moment,
    ) -> Result<(gst::Buffer, bool), gst::LoggableError> {
        let fits = self.input.width() == self.output.info().width()
            && self.input.height() == self.output.info().height()
            && self.input.format() == self.output.info().format();
        let in_place = fits && self.redactor.is_in_place(at);
        let no_memory = |_| gst::loggable_error!(CAT, "no memory for a picture");
        let mut copy = if in_place {
            &self.output
        } else {
            &self.scratch
        }
        .acquire()
        .map_err(no_memory)?;
        let source = map(buffer, &self.input)?;
        let mut target = map_writable(copy.make_mut(), &self.input)?;
        source
            .copy(&mut target)
            .map_err(|_| gst::loggable_error!(CAT, "a copy failed"))?;
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

    pub(super) fn capture(
        &self,
        before: &gst::Buffer,
        after: &gst::Buffer,
        at: Moment,
    ) -> Result<Capture, gst::LoggableError> {
        let still = |buffer: &gst::Buffer, info: &gst_video::VideoInfo| {
            let frame = map(buffer, info)?;
            frames::readable(&frame).map(|frame| Still::new(&frame, frames::colour_space(info)))
        };
        Ok(Capture {
            at,
            before: still(before, &self.input)?,
            after: still(after, self.output.info())?,
        })
    }

    /// Adds a frame to the digest: its time and its visible samples.
    pub(super) fn absorb(
        &self,
        digest: &mut Sha256,
        buffer: &gst::Buffer,
        at: Moment,
    ) -> Result<(), gst::LoggableError> {
        let frame = map(buffer, self.output.info())?;
        digest.update(at.0.to_le_bytes());
        for (plane, data) in frame
            .planes_data()
            .into_iter()
            .enumerate()
            .take(frame.n_planes() as usize)
        {
            let stride = frame.plane_stride()[plane] as usize;
            let row = frame.info().comp_width(plane as u8) as usize;
            let rows = frame.info().comp_height(plane as u8) as usize;
            data.chunks(stride)
                .take(rows)
                .for_each(|line| digest.update(&line[..row]));
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

fn pool(info: &gst_video::VideoInfo) -> Result<Pool, gst::LoggableError> {
    Pool::new(info).map_err(|_| gst::loggable_error!(CAT, "no memory for pictures"))
}

/// Square pixels, progressive, the colours and the frame rate of the input.
///
/// A picture of another shape than the plan's source is hidden as a whole, so its colours do not
/// matter; then the output has those that the source would have by its size, and a segment that
/// begins with such a picture can be joined with the others.
fn output_info(
    input: &gst_video::VideoInfo,
    plan: &Plan,
) -> Result<gst_video::VideoInfo, gst::LoggableError> {
    let [width, height] = plan.output;
    let impossible = |_| gst::loggable_error!(CAT, "impossible output size {width}x{height}");
    let (source_width, source_height) = (plan.source.width, plan.source.height);
    let coloured = if (input.width(), input.height()) == (source_width, source_height) {
        input.clone()
    } else {
        gst_video::VideoInfo::builder(input.format(), source_width, source_height)
            .build()
            .map_err(impossible)?
    };
    gst_video::VideoInfo::builder(input.format(), width, height)
        .fps(input.fps())
        .par((1, 1))
        .colorimetry(&coloured.colorimetry())
        .chroma_site(coloured.chroma_site())
        .build()
        .map_err(impossible)
}

//! From packets to cleared pictures: what rendering and previews share.

use std::{
    num::NonZero,
    sync::{Arc, Mutex, PoisonError},
};

use gst::prelude::*;
use gstreamer as gst;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;
use scrim_ingest::{Orientation, Packet, Track, VideoCodec, VideoTrack};
use scrim_policy::{Moment, Plan};
use scrim_redact::still::Still;

use super::{
    chain::{Chain, app_sink, element},
    error::RenderError,
};
use crate::elements::clear::{Capture, Clear, colour_space, readable};

/// Added to packet times inside a pipeline, so that packets before the start of the recording have
/// times too. A day is more than any decoder needs.
pub(crate) const HEADROOM_NS: i64 = 86_400_000_000_000;

/// Threads of a decoder that takes one picture: more cost memory and hardly help.
const MOST_THREADS: usize = 8;

/// A decoder and what makes its pictures ready to be cleared: I420, upright.
pub(super) struct Front {
    decoder: gst::Element,
    convert: gst::Element,
    filter: gst::Element,
    turn: Option<gst::Element>,
}

impl Front {
    pub(super) fn new(codec: VideoCodec, orientation: Orientation) -> Result<Self, RenderError> {
        Self::with_threads(codec, orientation, 1)
    }

    fn with_threads(
        codec: VideoCodec,
        orientation: Orientation,
        threads: usize,
    ) -> Result<Self, RenderError> {
        let convert = element(&["videoconvert"])?;
        convert.set_property("n-threads", 1u32);
        let raw = gst_video::VideoCapsBuilder::new()
            .format(gst_video::VideoFormat::I420)
            .build();
        let filter = element(&["capsfilter"])?;
        filter.set_property("caps", &raw);
        Ok(Self {
            decoder: picture_decoder(codec, threads)?,
            convert,
            filter,
            turn: turn(orientation)?,
        })
    }

    /// The elements in the order in which they are linked.
    pub(super) fn elements(&self) -> Vec<&gst::Element> {
        let first = [&self.decoder, &self.convert, &self.filter];
        first.into_iter().chain(self.turn.as_ref()).collect()
    }
}

/// Builds the decoder of a codec.
pub(crate) fn picture_decoder(
    codec: VideoCodec,
    threads: usize,
) -> Result<gst::Element, RenderError> {
    let decoder = element(codec.decoders())?;
    let threads = threads.to_string();
    // No pictures that miss what they refer to.
    for (property, value) in [
        ("max-threads", threads.as_str()),
        ("threads", threads.as_str()),
        ("output-corrupt", "false"),
    ] {
        if decoder.find_property(property).is_some() {
            decoder.set_property_from_str(property, value);
        }
    }
    Ok(decoder)
}

fn turn(orientation: Orientation) -> Result<Option<gst::Element>, RenderError> {
    let method = match orientation {
        Orientation::Upright => return Ok(None),
        Orientation::Right => "90r",
        Orientation::Half => "180",
        Orientation::Left => "90l",
    };
    let flip = element(&["videoflip"])?;
    flip.set_property_from_str("video-direction", method);
    Ok(Some(flip))
}

/// Builds the redaction for packets that went through [`timed`].
pub(super) fn clearing(plan: &Plan, from: Moment) -> Result<Clear, RenderError> {
    let build = RenderError::Build { what: "redaction" };
    let element = element(&["scrimclear"])?;
    element.set_property("plan", serde_json::to_string(plan).ok());
    element.set_property("origin", -HEADROOM_NS);
    element.set_property("from", from.0);
    element.downcast::<Clear>().map_err(|_| build)
}

/// The bytes of a packet with its place on the timeline as time. Decoders sort by it; decoding
/// times would only confuse them after a shift.
///
/// In MPEG-TS a picture may come without a display time. Its decoding time must not stand in for
/// it, since that would put it before pictures that precede it; decoders know its place.
pub(super) fn timed(packet: Packet) -> gst::Buffer {
    let is_timeless = packet.track == Track::Video && packet.data.pts().is_none();
    let mut buffer = packet.data;
    let time = u64::try_from(packet.timing.start.saturating_add(HEADROOM_NS)).unwrap_or(0);
    let timed = buffer.make_mut();
    timed.set_pts((!is_timeless).then(|| gst::ClockTime::from_nseconds(time)));
    timed.set_dts(gst::ClockTime::NONE);
    timed.set_duration(packet.timing.duration.map(gst::ClockTime::from_nseconds));
    buffer
}

/// How one picture is taken out of a recording.
#[derive(Debug)]
enum Taking {
    /// Cleared, and as it was.
    Cleared(Clear),
    /// As it was.
    Source(Arc<Mutex<Option<Still>>>),
}

/// Decodes packets to take one picture.
#[derive(Debug)]
pub(crate) struct PictureDecoder {
    chain: Chain,
    taking: Taking,
}

/// A picture that was taken.
#[derive(Debug)]
pub(crate) enum Taken {
    /// Cleared, and as it was.
    Cleared(Capture),
    /// As it was.
    Source(Still),
}

impl PictureDecoder {
    /// Gets ready to take the first picture that is shown at or after a moment: with a plan it is
    /// cleared, without one it is the source.
    pub(crate) fn start(
        plan: Option<&Plan>,
        video: &VideoTrack,
        caps: &gst::Caps,
        at: Moment,
    ) -> Result<Self, RenderError> {
        // Somebody waits for this one picture, so all cores are good for it.
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let front = Front::with_threads(video.codec, video.orientation, threads.min(MOST_THREADS))?;
        let mut elements = front.elements();
        let (taking, sink) = match plan {
            Some(plan) => {
                let clear = clearing(plan, at)?;
                clear.capture(vec![at]);
                (Taking::Cleared(clear), app_sink(None, |_| Ok(())))
            }
            None => {
                let taken = Arc::default();
                let sink = take_first(&taken, at);
                (Taking::Source(taken), sink)
            }
        };
        if let Taking::Cleared(clear) = &taking {
            elements.push(clear.upcast_ref());
        }
        elements.push(sink.upcast_ref());
        let chain = Chain::start(format!("the picture at {at}"), caps, &elements, |_| {})?;
        Ok(Self { chain, taking })
    }

    pub(crate) fn push(&self, packet: Packet) -> Result<(), RenderError> {
        self.chain.push_slowly(timed(packet))
    }

    /// Returns the picture, if it came.
    pub(crate) fn finish(self) -> Result<Option<Taken>, RenderError> {
        self.chain.finish()?;
        Ok(match self.taking {
            Taking::Cleared(clear) => clear.take_captures().pop().map(Taken::Cleared),
            Taking::Source(taken) => {
                let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
                taken.take().map(Taken::Source)
            }
        })
    }
}

/// A sink that keeps the first picture that is shown at or after a moment.
fn take_first(taken: &Arc<Mutex<Option<Still>>>, at: Moment) -> gst_app::AppSink {
    let taken = Arc::clone(taken);
    let from = at.0.saturating_add(HEADROOM_NS.unsigned_abs());
    app_sink(None, move |sample| {
        let is_early = |time: gst::ClockTime| time.nseconds() < from;
        let time = sample.buffer().and_then(gst::BufferRef::pts);
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.is_some() || time.is_none_or(is_early) {
            return Ok(());
        }
        let still = still_of(&sample).ok_or(gst::FlowError::Error)?;
        *taken = Some(still);
        Ok(())
    })
}

fn still_of(sample: &gst::Sample) -> Option<Still> {
    let info = gst_video::VideoInfo::from_caps(sample.caps()?).ok()?;
    let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(sample.buffer()?, &info).ok()?;
    let picture = readable(&frame).ok()?;
    Some(Still::new(&picture, colour_space(&info)))
}

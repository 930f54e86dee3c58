//! From packets to cleared pictures: what rendering and previews share.

use gst::prelude::*;
use gstreamer as gst;
use gstreamer_video as gst_video;
use scrim_ingest::{Orientation, Packet, Track, VideoCodec, VideoTrack};
use scrim_policy::{Moment, Plan};

use super::{
    chain::{Chain, app_sink, element},
    error::RenderError,
};
use crate::elements::clear::{Capture, Clear};

/// Added to packet times inside a pipeline, so that packets before the start of the recording have
/// times too. A day is more than any decoder needs.
pub(super) const HEADROOM_NS: i64 = 86_400_000_000_000;

/// A decoder and what makes its pictures ready to be cleared: I420, upright.
pub(super) struct Front {
    decoder: gst::Element,
    convert: gst::Element,
    filter: gst::Element,
    turn: Option<gst::Element>,
}

impl Front {
    pub(super) fn new(codec: VideoCodec, orientation: Orientation) -> Result<Self, RenderError> {
        let convert = element(&["videoconvert"])?;
        convert.set_property("n-threads", 1u32);
        let raw = gst_video::VideoCapsBuilder::new()
            .format(gst_video::VideoFormat::I420)
            .build();
        let filter = element(&["capsfilter"])?;
        filter.set_property("caps", &raw);
        Ok(Self {
            decoder: decoder(codec)?,
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

fn decoder(codec: VideoCodec) -> Result<gst::Element, RenderError> {
    let decoder = element(codec.decoders())?;
    // One thread, as everywhere in a segment; and no pictures that miss what they refer to.
    for (property, value) in [
        ("max-threads", "1"),
        ("threads", "1"),
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

/// Decodes and clears packets to capture one picture.
#[derive(Debug)]
pub(crate) struct ClearingDecoder {
    chain: Chain,
    clear: Clear,
}

impl ClearingDecoder {
    /// Gets ready to capture the first picture that is shown at or after a moment.
    pub(crate) fn start(
        plan: &Plan,
        video: &VideoTrack,
        caps: &gst::Caps,
        at: Moment,
    ) -> Result<Self, RenderError> {
        let clear = clearing(plan, Moment::START)?;
        clear.capture(vec![at]);
        let front = Front::new(video.codec, video.orientation)?;
        let sink = app_sink(None, |_| Ok(()));
        let mut elements = front.elements();
        elements.extend([clear.upcast_ref::<gst::Element>(), sink.upcast_ref()]);
        let chain = Chain::start(format!("the picture at {at}"), caps, &elements, |_| {})?;
        Ok(Self { chain, clear })
    }

    pub(crate) fn push(&self, packet: Packet) -> Result<(), RenderError> {
        self.chain.push_slowly(timed(packet))
    }

    /// Returns the picture, if it came.
    pub(crate) fn finish(self) -> Result<Option<Capture>, RenderError> {
        self.chain.finish()?;
        Ok(self.clear.take_captures().pop())
    }
}

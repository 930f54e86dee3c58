//! The decoder of one track of pictures.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use gst::prelude::*;
use gstreamer as gst;
use gstreamer_video as gst_video;
use scrim_ingest::{
    VideoCodec,
    log::{Codec, TrackHeader},
};

use super::{gather::Encoded, line::Line};
use crate::render::{RenderError, element, picture_decoder};

/// No picture has more columns or rows.
const MOST_EDGE: i32 = 4096;

/// Added to the times of pictures, so that those before the room was opened have one: a day.
const HEADROOM: i64 = 86_400_000_000_000;

/// Decodes the pictures of one track, one after another, from a keyframe on.
#[derive(Debug)]
pub(super) struct Decoder {
    line: Line,
    /// Whether pictures come that are too large.
    is_too_large: Arc<AtomicBool>,
}

impl Decoder {
    /// Gets ready for the pictures of a track.
    pub(super) fn new(track: &TrackHeader) -> Result<Self, RenderError> {
        let (encoding, depay, codec) = match track.codec {
            Codec::H264 => ("H264", "rtph264depay", VideoCodec::H264),
            Codec::Vp8 | Codec::Opus => ("VP8", "rtpvp8depay", VideoCodec::Vp8),
        };
        let caps = gst::Caps::builder("application/x-rtp")
            .field("media", "video")
            .field("encoding-name", encoding)
            .field(
                "clock-rate",
                i32::try_from(track.clock_rate).unwrap_or(90_000),
            )
            .field("payload", i32::from(track.payload_type))
            .build();
        let raw = gst_video::VideoCapsBuilder::new()
            .format(gst_video::VideoFormat::I420)
            .build();
        let decoder = picture_decoder(codec, 1)?;
        for (property, value) in [
            // The first mistake ends it; see `Pictures`.
            ("max-errors", "0"),
            // A decoder that expects pictures in another order holds them back.
            ("std-compliance", "normal"),
        ] {
            if decoder.find_property(property).is_some() {
                decoder.set_property_from_str(property, value);
            }
        }
        let is_too_large = refuse_large(&decoder);
        let convert = element(&["videoconvert"])?;
        convert.set_property("n-threads", 1u32);
        let depay = element(&[depay])?;
        let parse = match codec {
            VideoCodec::H264 => Some(element(&["h264parse"])?),
            _ => None,
        };
        let elements: Vec<&gst::Element> = [&depay]
            .into_iter()
            .chain(parse.as_ref())
            .chain([&decoder, &convert])
            .collect();
        let line = Line::start("the pictures of a track", &caps, &elements, &raw)?;
        Ok(Self { line, is_too_large })
    }

    /// Decodes a picture that belongs to a moment of the room. Returns what came out, which may be
    /// nothing, or an earlier picture.
    pub(super) fn decode(
        &self,
        at: i64,
        picture: Encoded,
    ) -> Result<Option<gst::Sample>, RenderError> {
        let time = u64::try_from(at.saturating_add(HEADROOM)).unwrap_or(0);
        let mut last = None;
        for packet in picture.packets {
            let mut buffer = gst::Buffer::from_mut_slice(packet);
            let timed = buffer.make_mut();
            timed.set_pts(gst::ClockTime::from_nseconds(time));
            last = self.line.push(buffer)?.pop().or(last);
        }
        if self.is_too_large.load(Ordering::Relaxed) {
            return Err(RenderError::Failed {
                what: "the pictures of a track".to_owned(),
                reason: "too large".to_owned(),
            });
        }
        Ok(last)
    }
}

/// Lets no picture into the decoder that is too large: memory is taken before anybody could look.
fn refuse_large(decoder: &gst::Element) -> Arc<AtomicBool> {
    let is_too_large = Arc::new(AtomicBool::new(false));
    let Some(pad) = decoder.static_pad("sink") else {
        return is_too_large;
    };
    let found = Arc::clone(&is_too_large);
    let kinds = gst::PadProbeType::EVENT_DOWNSTREAM | gst::PadProbeType::BUFFER;
    pad.add_probe(kinds, move |_, info| {
        if let Some(gst::EventView::Caps(caps)) = info.event().map(|event| event.view())
            && let Some(caps) = caps.caps().structure(0)
        {
            let is_over = |edge| caps.get::<i32>(edge).is_ok_and(|edge| edge > MOST_EDGE);
            found.store(is_over("width") || is_over("height"), Ordering::Relaxed);
        }
        if found.load(Ordering::Relaxed) {
            gst::PadProbeReturn::Drop
        } else {
            gst::PadProbeReturn::Ok
        }
    });
    is_too_large
}

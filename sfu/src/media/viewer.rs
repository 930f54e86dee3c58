//! What a participant is shown: Scrim offers slots, the peer answers.

use crate::codec::Named;
use std::{collections::BTreeMap, sync::Arc};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_webrtc::{WebRTCRTPTransceiver, WebRTCRTPTransceiverDirection, WebRTCSDPType};
use tokio::sync::mpsc::UnboundedSender;

use super::{
    MediaError, MediaSettings, RoomClock,
    connection::Connection,
    events::{ConnectionNumber, MediaEvent},
    fanout::Outlet,
    reports::Reports,
    shortcut::shorten,
};
use crate::{
    codec::Codec,
    rtp::Rewriter,
    sdp::{self, Candidate, Fingerprint, SectionShape, read_answer, rework_offer, shapes},
};

/// The payload type of each codec towards viewers, whatever the sender uses.
const PAYLOAD_TYPES: [(Codec, u8); 3] = [(Codec::Opus, 111), (Codec::Vp8, 96), (Codec::H264, 102)];

/// The connection of a participant who is shown something.
pub(super) struct Viewer {
    connection: Connection,
    expected: Arc<std::sync::OnceLock<Fingerprint>>,
    shapes: Vec<SectionShape>,
    slots: usize,
    /// The SSRC of retransmissions that is used on, by the SSRC of the media.
    first_rtx: BTreeMap<u32, u32>,
    reports: Reports,
}

impl Viewer {
    /// Makes the connection with a slot for each codec, and returns where packets go. Blocks for some
    /// milliseconds.
    pub(super) fn open(
        settings: &MediaSettings,
        clock: &RoomClock,
        number: ConnectionNumber,
        codecs: &[Codec],
        events: &UnboundedSender<MediaEvent>,
    ) -> Result<(Self, Vec<Outlet>), MediaError> {
        let connection = Connection::open(settings, clock)?;
        connection.send_at_once();
        let expected = Arc::new(std::sync::OnceLock::<Fingerprint>::new());
        let awaited = expected.clone();
        connection.judge(number, events, move || awaited.get().copied());
        connection.play()?;
        let outlets = codecs.iter().enumerate().map(|(slot, codec)| {
            let ssrc = random_u32();
            let place = Place {
                viewer: number,
                slot,
                // It reaches the page, and means nothing.
                stream: format!("slot-{slot}"),
            };
            let is_repaired = codec.is_video();
            let caps = caps(*codec, ssrc);
            let pad = outlet(&connection.webrtc, &caps, is_repaired, place, events)?;
            let payload_type = payload_type(*codec);
            let rewriter = Rewriter::new(ssrc, payload_type, random_u32() as u16, random_u32());
            Ok(Outlet { pad, rewriter })
        });
        let outlets: Vec<Outlet> = outlets.collect::<Result<_, MediaError>>()?;
        let viewer = Self {
            connection,
            expected,
            shapes: Vec::new(),
            slots: codecs.len(),
            first_rtx: BTreeMap::new(),
            reports: Reports::default(),
        };
        Ok((viewer, outlets))
    }

    /// Offers the slots.
    pub(super) async fn offer(&mut self, settings: &MediaSettings) -> Result<String, MediaError> {
        let offer = self.connection.describe(WebRTCSDPType::Offer).await?;
        let shapes = shapes(&offer).map_err(|source| MediaError::Description { source })?;
        if shapes.len() != self.slots {
            return Err(MediaError::Sections {
                wanted: self.slots,
                found: shapes.len(),
            });
        }
        self.shapes = shapes;
        let rework = settings.rework(false);
        Ok(rework_offer(&offer, &rework, &mut self.first_rtx))
    }

    /// Takes the answer of the peer.
    pub(super) async fn answer(&self, text: &str, limits: &sdp::Limits) -> Result<(), MediaError> {
        let answer = read_answer(text, &self.shapes, limits)
            .map_err(|source| MediaError::Description { source })?;
        // Known before the peer can be connected, and never changed.
        if self.expected.set(answer.transport.fingerprint).is_err() {
            return Err(MediaError::Step {
                step: "take a second answer",
            });
        }
        self.connection
            .set_remote(WebRTCSDPType::Answer, &answer.to_sdp())
            .await?;
        shorten(&self.connection.webrtc);
        Ok(())
    }

    /// Returns what the receiver has lost, by its last report; see [`Reports::lost`].
    pub(super) fn lost(&mut self) -> Option<f64> {
        self.reports.lost(&self.connection)
    }

    pub(super) fn add_candidate(&self, candidate: &Candidate) {
        self.connection.add_candidate(candidate);
    }
}

/// Where a slot is, and what the peer calls its stream.
pub(super) struct Place {
    pub(super) viewer: ConnectionNumber,
    pub(super) slot: usize,
    pub(super) stream: String,
}

/// Makes a slot: a pad of webrtcbin, and the pad of ours that pushes into it. Where it is repaired, what
/// the peer has lost is sent again.
///
/// Caps are there before the offer or the answer is made: webrtcbin silently leaves out a section whose
/// caps it does not know.
pub(super) fn outlet(
    webrtc: &gst::Element,
    caps: &gst::Caps,
    is_repaired: bool,
    place: Place,
    events: &UnboundedSender<MediaEvent>,
) -> Result<gst::Pad, MediaError> {
    let step = "make a slot";
    let failed = || MediaError::Step { step };
    let template = webrtc.pad_template("sink_%u").ok_or_else(failed)?;
    let inlet = webrtc
        .request_pad(&template, None, Some(caps))
        .ok_or_else(failed)?;
    let transceiver = inlet.property::<WebRTCRTPTransceiver>("transceiver");
    transceiver.set_direction(WebRTCRTPTransceiverDirection::Sendonly);
    transceiver.set_codec_preferences(Some(caps));
    // Chromium refuses retransmissions of sound.
    transceiver.set_property("do-nack", is_repaired);
    let Place {
        viewer,
        slot,
        stream,
    } = place;
    inlet.set_property("msid", &stream);

    let asks = events.clone();
    let pad = gst::Pad::builder(gst::PadDirection::Src)
        .name("outlet")
        .event_function(move |_, _, event| {
            let is_wish = event
                .structure()
                .is_some_and(|one| one.name() == "GstForceKeyUnit");
            if is_wish {
                let _ = asks.send(MediaEvent::KeyframeAsked { viewer, slot });
            }
            true
        })
        .build();
    pad.set_active(true).map_err(|_| failed())?;
    // The pad belongs to no element, so there is no hierarchy to check.
    pad.link_full(&inlet, gst::PadLinkCheck::empty())
        .map_err(|_| failed())?;
    let stream = gst::event::StreamStart::new(&format!("slot-{slot}"));
    let segment = gst::FormattedSegment::<gst::ClockTime>::new();
    let is_begun = pad.push_event(stream)
        && pad.push_event(gst::event::Caps::new(caps))
        && pad.push_event(gst::event::Segment::new(&segment));
    if is_begun { Ok(pad) } else { Err(failed()) }
}

/// What all caps of a slot have.
pub(super) fn least_caps(
    codec: Codec,
    payload_type: u8,
    ssrc: u32,
) -> gst::caps::Builder<gst::caps::NoFeature> {
    let media = if codec.is_video() { "video" } else { "audio" };
    gst::Caps::builder("application/x-rtp")
        .field("media", media)
        .field("encoding-name", codec.caps_name())
        .field("payload", i32::from(payload_type))
        .field("clock-rate", codec.clock_rate() as i32)
        .field("ssrc", ssrc)
}

fn caps(codec: Codec, ssrc: u32) -> gst::Caps {
    let caps = least_caps(codec, payload_type(codec), ssrc);
    let caps = match codec {
        Codec::Opus => caps
            .field("encoding-params", "2")
            .field("minptime", "10")
            .field("useinbandfec", "1"),
        Codec::Vp8 => caps
            .field("rtcp-fb-nack-pli", true)
            .field("rtcp-fb-ccm-fir", true),
        Codec::H264 => caps
            .field("rtcp-fb-nack-pli", true)
            .field("rtcp-fb-ccm-fir", true)
            .field("packetization-mode", "1")
            .field("profile-level-id", "42e01f")
            .field("level-asymmetry-allowed", "1"),
    };
    caps.build()
}

fn payload_type(codec: Codec) -> u8 {
    let mut all = PAYLOAD_TYPES.iter();
    all.find(|(of, _)| *of == codec)
        .map_or(0, |(_, payload)| *payload)
}

/// For SSRCs and first sequence numbers. They need not be secret: SRTP authenticates packets.
pub(super) fn random_u32() -> u32 {
    gst::glib::random_int().max(1)
}

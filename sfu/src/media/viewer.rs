//! What a participant is shown: Scrim offers slots, the peer answers.

use crate::codec::Named;
use std::{collections::BTreeMap, sync::Arc};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_webrtc::{WebRTCRTPTransceiver, WebRTCRTPTransceiverDirection, WebRTCSDPType};
use tokio::sync::mpsc::UnboundedSender;

use super::{
    MediaError, MediaSettings, RoomClock,
    connection::{Connection, shown_certificate},
    events::{ConnectionNumber, MediaEvent},
    fanout::Outlet,
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
    number: ConnectionNumber,
    events: UnboundedSender<MediaEvent>,
    expected: Arc<std::sync::OnceLock<Fingerprint>>,
    shapes: Vec<SectionShape>,
    slots: usize,
    /// The SSRC of retransmissions that is used on, by the SSRC of the media.
    first_rtx: BTreeMap<u32, u32>,
    /// How far the receiver's last report was.
    reported: u64,
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
        let expected = Arc::new(std::sync::OnceLock::new());
        let watch = (
            expected.clone(),
            events.clone(),
            connection.webrtc.downgrade(),
        );
        connection.on_state(move |state| {
            let (expected, events, webrtc) = &watch;
            let event = match state {
                "failed" | "closed" => MediaEvent::Broken(number),
                "connected" => {
                    let shown = webrtc.upgrade().as_ref().and_then(shown_certificate);
                    if shown.is_some() && shown == expected.get().copied() {
                        MediaEvent::Ready(number)
                    } else {
                        MediaEvent::Impostor(number)
                    }
                }
                _ => return,
            };
            let _ = events.send(event);
        });
        connection.play()?;
        let outlets = codecs.iter().enumerate().map(|(slot, codec)| {
            let ssrc = random_u32();
            let pad = outlet(&connection.webrtc, *codec, ssrc, number, slot, events)?;
            let payload_type = payload_type(*codec);
            let rewriter = Rewriter::new(ssrc, payload_type, random_u32() as u16, random_u32());
            Ok(Outlet { pad, rewriter })
        });
        let outlets: Vec<Outlet> = outlets.collect::<Result<_, MediaError>>()?;
        let viewer = Self {
            connection,
            number,
            events: events.clone(),
            expected,
            shapes: Vec::new(),
            slots: codecs.len(),
            first_rtx: BTreeMap::new(),
            reported: 0,
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
        let taken = self
            .connection
            .set_remote(WebRTCSDPType::Answer, &answer.to_sdp())
            .await;
        if taken.is_err() {
            let _ = self.events.send(MediaEvent::Broken(self.number));
        }
        taken
    }

    /// Returns the greatest share of packets that was lost, by what the receiver has reported since the
    /// last time.
    pub(super) fn lost(&mut self) -> Option<f64> {
        let bin = self.connection.webrtc.downcast_ref::<gst::Bin>()?;
        let rtpbin = bin.by_name("rtpbin")?;
        let session =
            rtpbin.emit_by_name::<Option<gst::glib::Object>>("get-internal-session", &[&0_u32])?;
        let stats = session.property::<gst::Structure>("stats");
        let sources = stats.get::<gst::glib::ValueArray>("source-stats").ok()?;
        let reports = sources.iter().filter_map(|source| {
            let source = source.get::<gst::Structure>().ok()?;
            let has_report = source.get::<bool>("have-rb").ok()?;
            let lost = source.get::<u32>("rb-fractionlost").ok()?;
            let highest = source.get::<u32>("rb-exthighestseq").ok()?;
            has_report.then_some((f64::from(lost) / 256.0, u64::from(highest)))
        });
        let reports: Vec<_> = reports.collect();
        // The same report is not looked at twice.
        let highest = reports.iter().map(|(_, highest)| highest).sum();
        if std::mem::replace(&mut self.reported, highest) == highest {
            return None;
        }
        reports
            .into_iter()
            .map(|(lost, _)| lost)
            .max_by(f64::total_cmp)
    }

    pub(super) fn add_candidate(&self, candidate: &Candidate) {
        self.connection.add_candidate(candidate);
    }
}

/// Makes a slot: a pad of webrtcbin, and the pad of ours that pushes into it.
///
/// Caps are there before the offer is made: webrtcbin silently leaves out a section whose caps it does
/// not know.
fn outlet(
    webrtc: &gst::Element,
    codec: Codec,
    ssrc: u32,
    viewer: ConnectionNumber,
    slot: usize,
    events: &UnboundedSender<MediaEvent>,
) -> Result<gst::Pad, MediaError> {
    let step = "make a slot";
    let failed = || MediaError::Step { step };
    let caps = caps(codec, ssrc);
    let template = webrtc.pad_template("sink_%u").ok_or_else(failed)?;
    let inlet = webrtc
        .request_pad(&template, None, Some(&caps))
        .ok_or_else(failed)?;
    let transceiver = inlet.property::<WebRTCRTPTransceiver>("transceiver");
    transceiver.set_direction(WebRTCRTPTransceiverDirection::Sendonly);
    transceiver.set_codec_preferences(Some(&caps));
    // Chromium refuses retransmissions of sound.
    transceiver.set_property("do-nack", codec.is_video());
    // It reaches the page, and means nothing.
    inlet.set_property("msid", format!("slot-{slot}"));

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
        && pad.push_event(gst::event::Caps::new(&caps))
        && pad.push_event(gst::event::Segment::new(&segment));
    if is_begun { Ok(pad) } else { Err(failed()) }
}

fn caps(codec: Codec, ssrc: u32) -> gst::Caps {
    let media = if codec.is_video() { "video" } else { "audio" };
    let caps = gst::Caps::builder("application/x-rtp")
        .field("media", media)
        .field("encoding-name", codec.caps_name())
        .field("payload", i32::from(payload_type(codec)))
        .field("clock-rate", codec.clock_rate() as i32)
        .field("ssrc", ssrc);
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
fn random_u32() -> u32 {
    gst::glib::random_int().max(1)
}

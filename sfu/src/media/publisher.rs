//! What a participant sends: the peer offers, Scrim answers.

use crate::codec::Named;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_webrtc::{WebRTCRTPTransceiver, WebRTCRTPTransceiverDirection, WebRTCSDPType};
use scrim_policy::TrackSource;

use super::{
    MediaError, MediaSettings, RoomClock,
    connection::{Connection, shown_certificate},
    events::{ConnectionNumber, MediaEvent},
    ingress::Ingress,
};
use crate::{
    rtp::sender_reports,
    sdp::{Candidate, Fingerprint, Format, Offer, Section, rework_answer},
};

/// The header extension that tells how loud a packet is, RFC 6464.
const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// The connection of a participant who sends.
pub(super) struct Publisher {
    connection: Connection,
}

/// One section of an offer that is taken.
pub(super) struct Taken {
    pub(super) source: TrackSource,
    pub(super) ingress: Arc<Ingress>,
}

/// What comes of a pad, and where it goes.
struct Desk {
    number: ConnectionNumber,
    expected: Fingerprint,
    /// By the position of the section.
    taken: BTreeMap<u32, Taken>,
    /// Where streams end that nobody has announced: no more than a connection receives.
    ends: Mutex<Vec<gst::Pad>>,
    events: tokio::sync::mpsc::UnboundedSender<MediaEvent>,
}

impl Publisher {
    /// Makes the connection. Blocks for some milliseconds.
    pub(super) fn open(
        settings: &MediaSettings,
        clock: &RoomClock,
        number: ConnectionNumber,
        offer: &Offer,
        taken: BTreeMap<u32, Taken>,
        events: &tokio::sync::mpsc::UnboundedSender<MediaEvent>,
    ) -> Result<Self, MediaError> {
        let connection = Connection::open(settings, clock)?;
        let desk = Arc::new(Desk {
            number,
            expected: offer.transport.fingerprint,
            taken,
            ends: Mutex::default(),
            events: events.clone(),
        });
        let pads = desk.clone();
        connection
            .webrtc
            .connect_pad_added(move |webrtc, pad| pads.take(webrtc, pad));
        let reports = desk.clone();
        connection.on_rtcp(move |bytes| reports.take_reports(bytes));
        let expected = desk.expected;
        connection.judge(number, events, move || Some(expected));
        connection.play()?;
        for section in &offer.sections {
            receive(&connection.webrtc, section)?;
        }
        Ok(Self { connection })
    }

    /// Answers the offer.
    pub(super) async fn answer(
        &self,
        offer: &Offer,
        settings: &MediaSettings,
    ) -> Result<String, MediaError> {
        let connection = &self.connection;
        connection
            .set_remote(WebRTCSDPType::Offer, &offer.to_sdp())
            .await?;
        let answer = connection.describe(WebRTCSDPType::Answer).await?;
        Ok(rework_answer(&answer, &settings.rework(true)))
    }

    pub(super) fn add_candidate(&self, candidate: &Candidate) {
        self.connection.add_candidate(candidate);
    }

    /// Asks the sender of a pad for a keyframe.
    pub(super) fn ask_keyframe(pad: &gst::Pad) {
        let wish = gst::Structure::builder("GstForceKeyUnit")
            .field("all-headers", true)
            .build();
        // Where the peer has not offered PLI nobody takes the event.
        if !pad.send_event(gst::event::CustomUpstream::new(wish)) {
            tracing::debug!("nobody took the request for a keyframe");
        }
    }
}

/// Prepares to receive a section, in the one format that was chosen.
fn receive(webrtc: &gst::Element, section: &Section) -> Result<(), MediaError> {
    let step = "receive a section";
    let format = section.formats.first().ok_or(MediaError::Step { step })?;
    let caps = caps(section, format);
    let transceiver = webrtc.emit_by_name::<Option<WebRTCRTPTransceiver>>(
        "add-transceiver",
        &[&WebRTCRTPTransceiverDirection::Recvonly, &caps],
    );
    let transceiver = transceiver.ok_or(MediaError::Step { step })?;
    // Of sound only pictures are repaired: Chromium would send far more again than was lost.
    transceiver.set_property("do-nack", format.codec().is_video());
    Ok(())
}

fn caps(section: &Section, format: &Format) -> gst::Caps {
    let codec = format.codec();
    let mut caps = gst::Caps::builder("application/x-rtp")
        .field("media", section.media.name())
        .field("encoding-name", codec.caps_name())
        .field("payload", i32::from(format.payload))
        .field("clock-rate", codec.clock_rate() as i32);
    if let Some(id) = section.audio_level {
        caps = caps.field(format!("extmap-{id}"), AUDIO_LEVEL);
    }
    caps.build()
}

impl Desk {
    /// Takes what the peer says about time. It is told apart from that of others by its source.
    fn take_reports(&self, rtcp: &[u8]) {
        for report in sender_reports(rtcp) {
            for taken in self.taken.values() {
                taken.ingress.report(report);
            }
        }
    }

    /// Takes a pad of webrtcbin. Pads come when the peer is connected, so its certificate is known.
    ///
    /// > **A pad is linked only when the certificate is the one of the offer**, and to a place only where
    /// > the offer has announced its stream. What is not linked goes nowhere.
    fn take(&self, webrtc: &gst::Element, pad: &gst::Pad) {
        if pad.direction() != gst::PadDirection::Src {
            return;
        }
        if shown_certificate(webrtc) != Some(self.expected) {
            let _ = self.events.send(MediaEvent::Impostor(self.number));
            return;
        }
        let Some(taken) = self.announced(pad) else {
            tracing::debug!("a stream that was not announced is thrown away");
            // One without an end would stop the whole connection.
            let end = link(pad, |_| ());
            let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
            ends.extend(end);
            return;
        };
        let ingress = taken.ingress.clone();
        let Some(sink) = link(pad, move |buffer| ingress.packet(&buffer)) else {
            let _ = self.events.send(MediaEvent::Broken(self.number));
            return;
        };
        taken.ingress.state.link(pad.clone(), sink);
        let _ = self.events.send(MediaEvent::Opened {
            connection: self.number,
            source: taken.source,
            track: taken.ingress.track,
        });
    }

    /// Returns what a pad brings, where that was announced.
    fn announced(&self, pad: &gst::Pad) -> Option<&Taken> {
        let transceiver = pad.property::<Option<WebRTCRTPTransceiver>>("transceiver")?;
        let taken = self.taken.get(&transceiver.mlineindex())?;
        let is_announced = |(ssrc, payload_type)| taken.ingress.is_announced(ssrc, payload_type);
        // Where a pad does not say yet what it is, its packets are looked at alone.
        stream(pad).is_none_or(is_announced).then_some(taken)
    }
}

/// Gives what comes out of a pad to somebody. None where that is not possible.
fn link(pad: &gst::Pad, give: impl Fn(gst::Buffer) + Send + Sync + 'static) -> Option<gst::Pad> {
    let sink = gst::Pad::builder(gst::PadDirection::Sink)
        .name("ingress")
        .chain_function(move |_, _, buffer| {
            give(buffer);
            Ok(gst::FlowSuccess::Ok)
        })
        .event_function(|_, _, _| true)
        .build();
    // The pad belongs to no element, so there is no hierarchy to check.
    let is_linked =
        sink.set_active(true).is_ok() && pad.link_full(&sink, gst::PadLinkCheck::empty()).is_ok();
    is_linked.then_some(sink)
}

/// Returns SSRC and payload type of what comes out of a pad.
fn stream(pad: &gst::Pad) -> Option<(u32, u8)> {
    let caps = pad.current_caps()?;
    let structure = caps.structure(0)?;
    let payload_type = structure.get::<i32>("payload").ok()?;
    let ssrc = structure.get("ssrc").ok()?;
    Some((ssrc, u8::try_from(payload_type).ok()?))
}

//! What a player is sent: the peer offers, Scrim answers.

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_webrtc::WebRTCSDPType;
use tokio::sync::mpsc::UnboundedSender;

use super::{
    MediaError, MediaSettings, RoomClock,
    connection::Connection,
    events::{ConnectionNumber, MediaEvent},
    fanout::Outlet,
    reports::{Heard, Reports},
    shortcut::shorten,
    viewer::{Place, least_caps, outlet, random_u32},
};
use crate::{
    codec::Codec,
    rtp::Rewriter,
    sdp::{Candidate, Format, Offer, Played, rework_play_answer},
};

/// The stream that a player gets. Sound and pictures belong together, and it means nothing else.
const STREAM: &str = "programme";

/// What a player wants, as it was understood.
pub(super) struct Play {
    /// Its offer, with one format in each section.
    pub(super) offer: Offer,
    /// What it is sent, a slot for each.
    pub(super) played: Vec<Played>,
    /// When something was heard of it.
    pub(super) heard: Heard,
}

/// The connection of a player.
pub(super) struct Player {
    connection: Connection,
    reports: Reports,
}

impl Player {
    /// Makes the connection, and returns where packets go. Blocks for some milliseconds.
    pub(super) fn open(
        settings: &MediaSettings,
        clock: &RoomClock,
        number: ConnectionNumber,
        play: &Play,
        events: &UnboundedSender<MediaEvent>,
    ) -> Result<(Self, Vec<Outlet>), MediaError> {
        let connection = Connection::open(settings, clock)?;
        connection.send_at_once();
        let expected = play.offer.transport.fingerprint;
        connection.judge(number, events, move || Some(expected));
        connection.play()?;
        let outlets = play.played.iter().enumerate().map(|(slot, played)| {
            let place = Place {
                viewer: number,
                slot,
                stream: STREAM.to_owned(),
            };
            let step = "make a slot";
            let (first, others) = played
                .formats
                .split_first()
                .ok_or(MediaError::Step { step })?;
            let ssrc = random_u32();
            let caps = caps(first, ssrc);
            let pad = outlet(
                &connection.webrtc,
                &caps,
                first.rtx.is_some(),
                place,
                events,
            )?;
            let mut rewriter =
                Rewriter::new(ssrc, first.payload, random_u32() as u16, random_u32());
            for format in others {
                rewriter = rewriter.with_type(format.codec(), format.payload);
            }
            Ok(Outlet { pad, rewriter })
        });
        let outlets: Vec<Outlet> = outlets.collect::<Result<_, MediaError>>()?;
        let player = Self {
            connection,
            reports: Reports::default(),
        };
        Ok((player, outlets))
    }

    /// Answers the offer.
    pub(super) async fn answer(
        &self,
        play: &Play,
        settings: &MediaSettings,
        clock: &RoomClock,
    ) -> Result<String, MediaError> {
        let connection = &self.connection;
        connection
            .set_remote(WebRTCSDPType::Offer, &play.offer.to_sdp())
            .await?;
        let answer = connection.describe(WebRTCSDPType::Answer).await?;
        // Where webrtcbin sees no codec in common, it says that nothing is sent.
        let (wanted, found) = (
            play.played.len(),
            answer.lines().filter(|line| *line == "a=sendonly").count(),
        );
        if wanted != found {
            return Err(MediaError::Sections { wanted, found });
        }
        self.repair(&play.played);
        shorten(&connection.webrtc);
        play.heard.listen(connection, clock);
        let rework = settings.rework(false);
        Ok(rework_play_answer(&answer, &rework, &play.played))
    }

    /// Lets packets of all codecs be sent again, also of those that webrtcbin has not negotiated.
    fn repair(&self, played: &[Played]) {
        let mut types = gst::Structure::new_empty("application/x-rtp-pt-map");
        for format in played.iter().flat_map(|one| &one.formats) {
            if let Some(rtx) = format.rtx {
                types.set(format.payload.to_string(), u32::from(rtx));
            }
        }
        let Some(bin) = self.connection.webrtc.downcast_ref::<gst::Bin>() else {
            return;
        };
        let is_it = |one: &gst::Element| {
            one.factory()
                .is_some_and(|factory| factory.name() == "rtprtxsend")
        };
        let elements = bin.iterate_recurse().into_iter().flatten();
        for element in elements.filter(is_it) {
            element.set_property("payload-type-map", &types);
        }
    }

    /// Returns what the receiver has lost, by its last report; see [`Reports::lost`].
    pub(super) fn lost(&mut self) -> Option<f64> {
        self.reports.lost(&self.connection)
    }

    pub(super) fn add_candidate(&self, candidate: &Candidate) {
        self.connection.add_candidate(candidate);
    }
}

/// The caps of a slot in the format of the player. Parameters of the codec are not in them, so that those
/// of the offer hold.
fn caps(format: &Format, ssrc: u32) -> gst::Caps {
    let codec = format.codec();
    let mut caps = least_caps(codec, format.payload, ssrc);
    if codec == Codec::Opus {
        caps = caps.field("encoding-params", "2");
    }
    if format.feedback.pli {
        caps = caps.field("rtcp-fb-nack-pli", true);
    }
    if format.feedback.fir {
        caps = caps.field("rtcp-fb-ccm-fir", true);
    }
    caps.build()
}

//! One webrtcbin in a pipeline of its own.
//!
//! Settings and the order of steps were measured with GStreamer 1.22 and Chromium 156. Signal handlers
//! hold weak references only: a strong one keeps eight descriptors and a thread after the end.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use gstreamer as gst;
use gstreamer::{glib, prelude::*};
use gstreamer_sdp::SDPMessage;
use gstreamer_webrtc::{WebRTCRTPTransceiver, WebRTCSDPType, WebRTCSessionDescription};
use tokio::sync::{mpsc::UnboundedSender, oneshot};

use super::{
    MediaError, MediaSettings, RoomClock,
    events::{ConnectionNumber, MediaEvent},
};
use crate::sdp::{Candidate, Fingerprint};

/// How long a missing packet is waited for. Packets in order pass at once.
const LATENCY_MS: u32 = 300;

/// From how many packets in a row on a stream begins, without waiting for the latency.
const FAST_START: u32 = 3;

/// Most streams that a connection receives. An offer has eight sections at most. A stream costs two
/// threads, and whoever is connected can begin as many as there are numbers for them.
const MOST_STREAMS: u32 = 16;

/// How long candidates are gathered. Without STUN it takes no time.
const GATHER_WITHIN: Duration = Duration::from_secs(1);

/// How long webrtcbin may take for a step.
const STEP_WITHIN: Duration = Duration::from_secs(5);

/// Connections of this program that are there, or are ending.
static ALIVE: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

/// Waits until all connections of this program have ended, which goes on beside everything else, and says
/// whether they have. A program that ends before takes away what their threads use.
pub fn wait_for_ends(within: Duration) -> bool {
    let waited = ENDED.wait_timeout_while(alive(), within, |alive| *alive > 0);
    let (alive, _) = waited.unwrap_or_else(PoisonError::into_inner);
    *alive == 0
}

fn alive() -> MutexGuard<'static, usize> {
    ALIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts among those that are there.
struct Alive;

impl Alive {
    fn new() -> Self {
        *alive() += 1;
        Self
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        *alive() -= 1;
        ENDED.notify_all();
    }
}

/// One webrtcbin in a pipeline of its own. It ends when it is dropped.
pub(super) struct Connection {
    pub(super) pipeline: gst::Pipeline,
    pub(super) webrtc: gst::Element,
    /// Until its end is over.
    alive: Option<Alive>,
}

impl Connection {
    /// Makes a connection and lets it run. Blocks for some milliseconds.
    pub(super) fn open(settings: &MediaSettings, clock: &RoomClock) -> Result<Self, MediaError> {
        let missing = |element| move |_| MediaError::MissingElement { element };
        let webrtc = gst::ElementFactory::make("webrtcbin")
            .property_from_str("bundle-policy", "max-bundle")
            .property("latency", LATENCY_MS)
            .build()
            .map_err(missing("webrtcbin"))?;
        let pipeline = gst::Pipeline::new();
        clock.drive(&pipeline);
        pipeline.add(&webrtc).map_err(|_| MediaError::Step {
            step: "join a pipeline",
        })?;
        let connection = Self {
            pipeline,
            webrtc,
            alive: Some(Alive::new()),
        };
        connection.set_up_ice(settings);
        connection.set_up_receiving();
        Ok(connection)
    }

    fn set_up_ice(&self, settings: &MediaSettings) {
        // The reference is kept while it is used: webrtcbin gives a new one out each time.
        let ice = self.webrtc.property::<glib::Object>("ice-agent");
        ice.set_property("min-rtp-port", u32::from(*settings.ports.start()));
        ice.set_property("max-rtp-port", u32::from(*settings.ports.end()));
        ice.set_property("ice-tcp", false);
        let agent = ice.property::<glib::Object>("agent");
        // It would send multicast into the network, and take 200 ms for it.
        agent.set_property("upnp", false);
        for address in &settings.addresses {
            let _ = ice.emit_by_name::<bool>("add-local-ip-address", &[&address.to_string()]);
        }
    }

    fn rtpbin(&self) -> Option<gst::Element> {
        let bin = self.webrtc.downcast_ref::<gst::Bin>();
        bin.and_then(|bin| bin.by_name("rtpbin"))
    }

    /// Calls back with every packet of RTCP that comes, decrypted, on a thread of the connection.
    pub(super) fn on_rtcp(&self, came: impl Fn(&[u8]) + Send + Sync + 'static) {
        let Some(rtpbin) = self.rtpbin() else { return };
        let came = Arc::new(came);
        rtpbin.connect_pad_added(move |_, pad| {
            if !pad.name().starts_with("recv_rtcp_sink") {
                return;
            }
            let came = came.clone();
            pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
                if let Some(gst::PadProbeData::Buffer(buffer)) = &info.data
                    && let Ok(bytes) = buffer.map_readable()
                {
                    came(&bytes);
                }
                gst::PadProbeReturn::Ok
            });
        });
    }

    /// Lets packets pass when they are given, and not when their time has come. webrtcbin would wait for
    /// it on the thread that gives them, which has other viewers to serve; and it asks the clock about
    /// every packet.
    pub(super) fn send_at_once(&self) {
        let Some(bin) = self.webrtc.downcast_ref::<gst::Bin>() else {
            return;
        };
        bin.connect_element_added(|_, element| {
            let factory = element.factory();
            if factory.is_some_and(|factory| factory.name() == "clocksync") {
                element.set_property("sync", false);
            }
        });
    }

    fn set_up_receiving(&self) {
        let Some(rtpbin) = self.rtpbin() else { return };
        rtpbin.set_property("max-streams", MOST_STREAMS);
        // What comes late is repaired by then, and lost otherwise.
        rtpbin.set_property("drop-on-latency", false);
        rtpbin.connect("new-jitterbuffer", false, |values| {
            if let Some(Ok(buffer)) = values.get(1).map(|value| value.get::<gst::Element>()) {
                buffer.set_property("faststart-min-packets", FAST_START);
            }
            None
        });
    }

    /// Lets it run. Whatever listens to it has to be connected before.
    pub(super) fn play(&self) -> Result<(), MediaError> {
        // Nobody reads the bus, so nothing may gather there.
        if let Some(bus) = self.pipeline.bus() {
            bus.set_sync_handler(|_, message| {
                if let gst::MessageView::Error(error) = message.view() {
                    tracing::debug!(error = %error.error(), "a connection for media has an error");
                }
                gst::BusSyncReply::Drop
            });
        }
        let started = self.pipeline.set_state(gst::State::Playing);
        started
            .map(|_| ())
            .map_err(|_| MediaError::Step { step: "start" })
    }

    /// Says when the peer is there, judged by its certificate, and when the connection broke. Which one is
    /// expected has to be known before the peer can be connected.
    ///
    /// > **Whoever shows another certificate, or none, is an impostor.**
    pub(super) fn judge(
        &self,
        number: ConnectionNumber,
        events: &UnboundedSender<MediaEvent>,
        expected: impl Fn() -> Option<Fingerprint> + Send + Sync + 'static,
    ) {
        let (webrtc, events) = (self.webrtc.downgrade(), events.clone());
        self.on_state(move |state| {
            let event = match state {
                "failed" | "closed" => MediaEvent::Broken(number),
                "connected" => {
                    let shown = webrtc.upgrade().as_ref().and_then(shown_certificate);
                    if shown.is_some() && shown == expected() {
                        MediaEvent::Ready(number)
                    } else {
                        MediaEvent::Impostor(number)
                    }
                }
                _ => return,
            };
            let _ = events.send(event);
        });
    }

    /// Calls back whenever the state of the connection changes.
    fn on_state(&self, changed: impl Fn(&str) + Send + Sync + 'static) {
        self.webrtc
            .connect_notify(Some("connection-state"), move |webrtc, _| {
                let value = webrtc.property_value("connection-state");
                let state = glib::EnumValue::from_value(&value);
                changed(state.map_or("", |(_, state)| state.nick()));
            });
    }

    /// Takes the description of the peer, which Scrim has written itself.
    pub(super) async fn set_remote(
        &self,
        kind: WebRTCSDPType,
        text: &str,
    ) -> Result<(), MediaError> {
        let step = "take a description";
        let sdp =
            SDPMessage::parse_buffer(text.as_bytes()).map_err(|_| MediaError::Step { step })?;
        let description = WebRTCSessionDescription::new(kind, sdp);
        let (promise, reply) = promise();
        self.webrtc
            .emit_by_name::<()>("set-remote-description", &[&description, &promise]);
        answered(reply, step).await.map(|_| ())
    }

    /// Makes an offer or an answer, takes it as its own, gathers candidates, and returns the text.
    pub(super) async fn describe(&self, kind: WebRTCSDPType) -> Result<String, MediaError> {
        let (signal, field, step) = match kind {
            WebRTCSDPType::Offer => ("create-offer", "offer", "make an offer"),
            _ => ("create-answer", "answer", "make an answer"),
        };
        let (first, reply) = promise();
        self.webrtc
            .emit_by_name::<()>(signal, &[&None::<gst::Structure>, &first]);
        let reply = answered(reply, step).await?;
        let description = reply
            .and_then(|reply| reply.get::<WebRTCSessionDescription>(field).ok())
            .ok_or(MediaError::Step { step })?;
        let gathered = self.gathered();
        let (second, reply) = promise();
        self.webrtc
            .emit_by_name::<()>("set-local-description", &[&description, &second]);
        answered(reply, "take its own description").await?;
        let _ = tokio::time::timeout(GATHER_WITHIN, gathered).await;
        let local = self
            .webrtc
            .property::<Option<WebRTCSessionDescription>>("local-description");
        let text = local.and_then(|local| local.sdp().as_text().ok());
        text.ok_or(MediaError::Step { step })
    }

    /// Waits until all candidates are known.
    fn gathered(&self) -> oneshot::Receiver<()> {
        let (done, wait) = oneshot::channel();
        let done = Mutex::new(Some(done));
        self.webrtc
            .connect_notify(Some("ice-gathering-state"), move |webrtc, _| {
                let value = webrtc.property_value("ice-gathering-state");
                let state = glib::EnumValue::from_value(&value);
                if state.is_some_and(|(_, state)| state.nick() == "complete") {
                    let done = done.lock().unwrap_or_else(PoisonError::into_inner).take();
                    if let Some(done) = done {
                        let _ = done.send(());
                    }
                }
            });
        wait
    }

    /// Takes one more way to reach the peer. With one bundle the section does not matter.
    pub(super) fn add_candidate(&self, candidate: &Candidate) {
        let candidate = candidate.to_string();
        self.webrtc
            .emit_by_name::<()>("add-ice-candidate", &[&0_u32, &candidate]);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let (pipeline, alive) = (self.pipeline.clone(), self.alive.take());
        let end = move || {
            let _ = pipeline.set_state(gst::State::Null);
            drop(pipeline);
            drop(alive);
        };
        // It blocks, and must not run on a thread of the pipeline itself. A runtime that is stopping
        // would forget it.
        let thread = std::thread::Builder::new().name("scrim-hang-up".to_owned());
        if let Err(error) = thread.spawn(end) {
            tracing::warn!(%error, "a connection for media stays until the program ends");
            std::mem::forget(self.pipeline.clone());
        }
    }
}

/// Returns the digest of the certificate that the peer has shown.
pub(super) fn shown_certificate(webrtc: &gst::Element) -> Option<Fingerprint> {
    let transceiver =
        webrtc.emit_by_name::<Option<WebRTCRTPTransceiver>>("get-transceiver", &[&0_i32])?;
    let transport = match transceiver.receiver() {
        Some(receiver) => receiver.transport(),
        None => transceiver.sender()?.transport(),
    };
    digest_of_pem(transport?.remote_certificate()?.as_str())
}

/// Returns SHA-256 of a certificate, RFC 8122: over its DER form.
fn digest_of_pem(pem: &str) -> Option<Fingerprint> {
    let body = pem.split("-----BEGIN CERTIFICATE-----").nth(1)?;
    let body = body.split("-----END CERTIFICATE-----").next()?;
    let body: String = body.split_ascii_whitespace().collect();
    let der = glib::base64_decode(&body);
    if der.is_empty() {
        return None;
    }
    let mut sum = glib::Checksum::new(glib::ChecksumType::Sha256)?;
    sum.update(&der);
    sum.digest().try_into().ok().map(Fingerprint)
}

type Reply = Result<Option<gst::Structure>, gst::PromiseError>;

fn promise() -> (gst::Promise, oneshot::Receiver<Reply>) {
    let (send, receive) = oneshot::channel();
    let promise = gst::Promise::with_change_func(move |reply| {
        let _ = send.send(reply.map(|reply| reply.map(ToOwned::to_owned)));
    });
    (promise, receive)
}

async fn answered(
    reply: oneshot::Receiver<Reply>,
    step: &'static str,
) -> Result<Option<gst::Structure>, MediaError> {
    match tokio::time::timeout(STEP_WITHIN, reply).await {
        Ok(Ok(Ok(reply))) => match &reply {
            Some(reply) if reply.has_field("error") => Err(MediaError::Step { step }),
            _ => Ok(reply),
        },
        _ => Err(MediaError::Step { step }),
    }
}

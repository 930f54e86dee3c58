//! A peer made of webrtcbin, as a browser would be: it publishes, or it watches.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use gstreamer as gst;
use gstreamer::{glib, prelude::*};
use gstreamer_sdp::SDPMessage;
use gstreamer_webrtc::{
    WebRTCRTPTransceiver, WebRTCRTPTransceiverDirection, WebRTCSDPType, WebRTCSessionDescription,
};

/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// SSRC and payload type of what [`Peer::silent`] announces.
pub(crate) const ANNOUNCED: (u32, u8) = (0x5eed_0001, 111);

/// What is in packets that nobody may ever be given.
pub(crate) const FORGED: &[u8] = b"forged words";

/// One webrtcbin of a peer.
pub(crate) struct Peer {
    pipeline: gst::Pipeline,
    pub(crate) webrtc: gst::Element,
    pub(crate) counts: Arc<Mutex<Vec<Stream>>>,
    /// What a silent peer sends by.
    outlet: Option<gst::Pad>,
    network: Arc<Mutex<Network>>,
}

/// What came over the network, since it is looked at. The header of a packet is not encrypted.
#[derive(Default)]
struct Network {
    /// How many RTP packets of each payload type.
    types: BTreeMap<u8, u64>,
    /// The newest sequence number of each SSRC.
    newest: BTreeMap<[u8; 4], u16>,
    /// Sequence numbers that did not follow the one before.
    holes: u64,
}

impl Network {
    /// Takes note of a packet, and says whether it is one of RTP: RFC 7983, and RFC 5761 for RTCP.
    fn note(&mut self, bytes: &[u8]) -> bool {
        let (head, kind) = match bytes {
            [128..=191, kind, ..] if bytes.len() >= 12 && !(192..=223).contains(kind) => {
                (&bytes[2..12], *kind)
            }
            _ => return false,
        };
        *self.types.entry(kind & 0x7f).or_default() += 1;
        let sequence = u16::from_be_bytes([head[0], head[1]]);
        let ssrc = [head[6], head[7], head[8], head[9]];
        let before = self.newest.insert(ssrc, sequence);
        if before.is_some_and(|before| before.wrapping_add(1) != sequence) {
            self.holes += 1;
        }
        true
    }
}

/// What came of one stream.
pub(crate) struct Stream {
    pub(crate) section: u32,
    pub(crate) ssrc: u32,
    pub(crate) payload_type: u8,
    pub(crate) packets: Arc<AtomicU64>,
    /// Sequence numbers that did not follow the one before.
    pub(crate) holes: Arc<AtomicU64>,
    /// Packets with [`FORGED`] in them.
    pub(crate) forged: Arc<AtomicU64>,
}

/// What a peer sends.
pub(crate) enum Sends {
    Voice,
    VoiceAndVp8,
    VoiceAndH264,
}

impl Peer {
    fn new(pipeline: gst::Pipeline, webrtc: gst::Element) -> Self {
        let ice = webrtc.property::<glib::Object>("ice-agent");
        ice.set_property("ice-tcp", false);
        let agent = ice.property::<glib::Object>("agent");
        agent.set_property("upnp", false);
        let _ = ice.emit_by_name::<bool>("add-local-ip-address", &[&"127.0.0.1".to_owned()]);
        Self {
            pipeline,
            webrtc,
            counts: Arc::default(),
            outlet: None,
            network: Arc::default(),
        }
    }

    /// A webrtcbin in a pipeline, and nothing else.
    fn bare() -> Self {
        gst::init().unwrap();
        let webrtc = gst::ElementFactory::make("webrtcbin")
            .property_from_str("bundle-policy", "max-bundle")
            .build()
            .unwrap();
        let pipeline = gst::Pipeline::new();
        pipeline.add(&webrtc).unwrap();
        Self::new(pipeline, webrtc)
    }

    /// A peer that announces sound and sends nothing by itself.
    pub(crate) fn silent() -> Self {
        let mut peer = Self::bare();
        let caps = gst::Caps::builder("application/x-rtp")
            .field("media", "audio")
            .field("encoding-name", "OPUS")
            .field("payload", i32::from(ANNOUNCED.1))
            .field("clock-rate", 48_000)
            .field("encoding-params", "2")
            .field("ssrc", ANNOUNCED.0)
            .build();
        peer.pipeline.set_state(gst::State::Playing).unwrap();
        let template = peer.webrtc.pad_template("sink_%u").unwrap();
        let inlet = peer.webrtc.request_pad(&template, None, Some(&caps));
        let inlet = inlet.unwrap();
        let transceiver = inlet.property::<WebRTCRTPTransceiver>("transceiver");
        transceiver.set_direction(WebRTCRTPTransceiverDirection::Sendonly);
        let outlet = gst::Pad::builder(gst::PadDirection::Src).build();
        outlet.set_active(true).unwrap();
        // The pad belongs to no element, so there is no hierarchy to check.
        outlet
            .link_full(&inlet, gst::PadLinkCheck::empty())
            .unwrap();
        let segment = gst::FormattedSegment::<gst::ClockTime>::new();
        assert!(outlet.push_event(gst::event::StreamStart::new("silence")));
        assert!(outlet.push_event(gst::event::Caps::new(&caps)));
        assert!(outlet.push_event(gst::event::Segment::new(&segment)));
        peer.outlet = Some(outlet);
        peer
    }

    /// A peer that sends.
    pub(crate) fn publisher(sends: &Sends) -> Self {
        gst::init().unwrap();
        let voice = "audiotestsrc is-live=true wave=sine freq=440 \
            ! audio/x-raw,rate=48000,channels=1 ! opusenc ! rtpopuspay pt=111 \
            ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000 ! w.";
        let camera = "videotestsrc is-live=true pattern=ball \
            ! video/x-raw,width=160,height=120,framerate=20/1";
        let camera = match sends {
            Sends::Voice => String::new(),
            Sends::VoiceAndVp8 => format!(
                "{camera} ! vp8enc deadline=1 keyframe-max-dist=3000 \
                 ! rtpvp8pay pt=96 picture-id-mode=15-bit ! application/x-rtp,media=video,\
                 encoding-name=VP8,payload=96,clock-rate=90000 ! w."
            ),
            Sends::VoiceAndH264 => format!(
                "{camera} ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=3000 \
                 ! video/x-h264,profile=constrained-baseline ! rtph264pay pt=102 config-interval=-1 \
                 ! application/x-rtp,media=video,encoding-name=H264,payload=102,clock-rate=90000,\
                 packetization-mode=(string)1 ! w."
            ),
        };
        let description = format!("webrtcbin name=w bundle-policy=max-bundle {voice} {camera}");
        let pipeline = gst::parse::launch(&description).unwrap();
        let pipeline = pipeline.downcast::<gst::Pipeline>().unwrap();
        let webrtc = pipeline.by_name("w").unwrap();
        let peer = Self::new(pipeline, webrtc);
        peer.pipeline.set_state(gst::State::Playing).unwrap();
        peer
    }

    /// A player, which offers to take this: the first of sound, all others of pictures.
    pub(crate) fn player(takes: &[&str]) -> Self {
        let peer = Self::viewer();
        let (sound, pictures) = takes.split_first().unwrap();
        for caps in [sound, &pictures.join(";").as_str()] {
            let caps: gst::Caps = caps.parse().unwrap();
            let transceiver = peer.webrtc.emit_by_name::<WebRTCRTPTransceiver>(
                "add-transceiver",
                &[&WebRTCRTPTransceiverDirection::Recvonly, &caps],
            );
            let is_video = caps.to_string().contains("video");
            transceiver.set_property("do-nack", is_video);
        }
        peer
    }

    /// A peer that is shown something.
    pub(crate) fn viewer() -> Self {
        let peer = Self::bare();
        let counts = peer.counts.clone();
        let bin = peer.pipeline.downgrade();
        peer.webrtc.connect_pad_added(move |_, pad| {
            let Some(pipeline) = bin.upgrade() else {
                return;
            };
            if pad.direction() != gst::PadDirection::Src {
                return;
            }
            let transceiver = pad.property::<WebRTCRTPTransceiver>("transceiver");
            let caps = pad.current_caps().unwrap();
            let caps = caps.structure(0).unwrap();
            let stream = Stream {
                section: transceiver.mlineindex(),
                ssrc: caps.get("ssrc").unwrap(),
                payload_type: caps.get::<i32>("payload").unwrap().try_into().unwrap(),
                packets: Arc::default(),
                holes: Arc::default(),
                forged: Arc::default(),
            };
            let (packets, holes) = (stream.packets.clone(), stream.holes.clone());
            let forged = stream.forged.clone();
            let last = AtomicU64::new(u64::MAX);
            pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
                if let Some(buffer) = info.buffer() {
                    let bytes = buffer.map_readable().unwrap();
                    let sequence = u64::from(u16::from_be_bytes([bytes[2], bytes[3]]));
                    let before = last.swap(sequence, Ordering::Relaxed);
                    if before != u64::MAX && (before + 1) % 65_536 != sequence {
                        holes.fetch_add(1, Ordering::Relaxed);
                    }
                    if bytes.windows(FORGED.len()).any(|words| words == FORGED) {
                        forged.fetch_add(1, Ordering::Relaxed);
                    }
                    packets.fetch_add(1, Ordering::Relaxed);
                }
                gst::PadProbeReturn::Ok
            });
            counts.lock().unwrap().push(stream);
            let sink = gst::ElementFactory::make("fakesink")
                .property("sync", false)
                .property("async", false)
                .build()
                .unwrap();
            pipeline.add(&sink).unwrap();
            pad.link(&sink.static_pad("sink").unwrap()).unwrap();
            sink.sync_state_with_parent().unwrap();
        });
        peer.pipeline.set_state(gst::State::Playing).unwrap();
        peer
    }

    /// Makes an offer with all its candidates.
    pub(crate) fn offer(&self) -> String {
        self.describe("create-offer", "offer")
    }

    /// Takes an offer and answers it.
    pub(crate) fn answer(&self, offer: &str) -> String {
        self.take(WebRTCSDPType::Offer, offer);
        self.describe("create-answer", "answer")
    }

    /// Takes the description of the other side.
    pub(crate) fn take(&self, kind: WebRTCSDPType, text: &str) {
        let sdp = SDPMessage::parse_buffer(text.as_bytes()).unwrap();
        let description = WebRTCSessionDescription::new(kind, sdp);
        let promise = gst::Promise::new();
        self.webrtc
            .emit_by_name::<()>("set-remote-description", &[&description, &promise]);
        assert_eq!(promise.wait(), gst::PromiseResult::Replied);
    }

    fn describe(&self, signal: &str, field: &str) -> String {
        // Caps have to be there, or sections are missing.
        let begin = Instant::now();
        while self
            .webrtc
            .sink_pads()
            .iter()
            .any(|pad| pad.current_caps().is_none())
        {
            assert!(begin.elapsed() < PATIENCE, "no caps came");
            std::thread::yield_now();
        }
        let promise = gst::Promise::new();
        self.webrtc
            .emit_by_name::<()>(signal, &[&None::<gst::Structure>, &promise]);
        promise.wait();
        let reply = promise.get_reply().unwrap().to_owned();
        let description = reply.get::<WebRTCSessionDescription>(field).unwrap();
        let promise = gst::Promise::new();
        self.webrtc
            .emit_by_name::<()>("set-local-description", &[&description, &promise]);
        promise.wait();
        let begin = Instant::now();
        loop {
            if nick(&self.webrtc, "ice-gathering-state") == "complete" {
                break;
            }
            assert!(begin.elapsed() < PATIENCE, "gathering takes too long");
            std::thread::yield_now();
        }
        let local = self
            .webrtc
            .property::<WebRTCSessionDescription>("local-description");
        local.sdp().as_text().unwrap()
    }

    /// Returns how many packets came in a section.
    pub(crate) fn packets(&self, section: u32) -> u64 {
        let counts = self.counts.lock().unwrap();
        let streams = counts.iter().filter(|one| one.section == section);
        streams.map(|one| one.packets.load(Ordering::Relaxed)).sum()
    }

    /// Returns how many packets of a payload type came.
    pub(crate) fn packets_of(&self, payload_type: u8) -> u64 {
        let counts = self.counts.lock().unwrap();
        let streams = counts.iter().filter(|one| one.payload_type == payload_type);
        streams.map(|one| one.packets.load(Ordering::Relaxed)).sum()
    }

    /// Returns how many packets of a payload type came over the network since it is looked at.
    pub(crate) fn arrived(&self, payload_type: u8) -> u64 {
        let network = self.network.lock().unwrap();
        network.types.get(&payload_type).copied().unwrap_or(0)
    }

    /// Returns how many holes the sequence numbers on the network had since it is looked at.
    pub(crate) fn holes_on_the_way(&self) -> u64 {
        self.network.lock().unwrap().holes
    }

    /// Returns how many holes the sequence numbers of all streams had.
    pub(crate) fn holes(&self) -> u64 {
        let counts = self.counts.lock().unwrap();
        counts
            .iter()
            .map(|one| one.holes.load(Ordering::Relaxed))
            .sum()
    }

    /// Returns how many packets had [`FORGED`] in them.
    pub(crate) fn forged(&self) -> u64 {
        let counts = self.counts.lock().unwrap();
        let forged = counts.iter().map(|one| one.forged.load(Ordering::Relaxed));
        forged.sum()
    }

    /// Sends a packet of what a silent peer has announced, once it is connected.
    pub(crate) fn send(&self, packet: Vec<u8>) {
        let outlet = self.outlet.as_ref().unwrap();
        outlet.push(gst::Buffer::from_mut_slice(packet)).unwrap();
    }

    /// Returns the SSRC of what comes in a section.
    pub(crate) fn ssrc(&self, section: u32) -> u32 {
        let counts = self.counts.lock().unwrap();
        let stream = counts.iter().find(|one| one.section == section);
        stream.unwrap().ssrc
    }

    /// Counts from now on how often its encoder is asked for a keyframe.
    pub(crate) fn keyframe_requests(&self) -> Arc<AtomicU64> {
        let count = Arc::new(AtomicU64::new(0));
        let counts = count.clone();
        let encoder = self.elements("vp8enc").swap_remove(0);
        let pad = encoder.static_pad("src").unwrap();
        pad.add_probe(gst::PadProbeType::EVENT_UPSTREAM, move |_, info| {
            let is_one = info
                .event()
                .and_then(|event| event.structure())
                .is_some_and(|one| one.name() == "GstForceKeyUnit");
            counts.fetch_add(is_one.into(), Ordering::Relaxed);
            gst::PadProbeReturn::Ok
        });
        count
    }

    /// Returns its elements of a kind, of which there is one at least.
    pub(crate) fn elements(&self, kind: &str) -> Vec<gst::Element> {
        let all = self.pipeline.iterate_recurse().into_iter().flatten();
        let found = all.filter(|element| element.factory().is_some_and(|one| one.name() == kind));
        let found: Vec<_> = found.collect();
        assert!(!found.is_empty(), "there is no {kind}");
        found
    }

    /// Looks at all that comes over the network from now on.
    pub(crate) fn look_at_the_network(&self) {
        self.lose_one_of(u64::MAX);
    }

    /// Looks at all that comes over the network from now on, and loses one of so many RTP packets.
    pub(crate) fn lose_one_of(&self, every: u64) {
        let count = Arc::new(AtomicU64::new(1));
        for source in self.elements("nicesrc") {
            let (count, network) = (count.clone(), self.network.clone());
            let pad = source.static_pad("src").unwrap();
            pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
                let is_rtp = info.buffer().is_some_and(|buffer| {
                    let bytes = buffer.map_readable().unwrap();
                    network.lock().unwrap().note(&bytes)
                });
                if is_rtp && count.fetch_add(1, Ordering::Relaxed).is_multiple_of(every) {
                    return gst::PadProbeReturn::Drop;
                }
                gst::PadProbeReturn::Ok
            });
        }
    }

    /// Whether the connection is there.
    pub(crate) fn is_connected(&self) -> bool {
        nick(&self.webrtc, "connection-state") == "connected"
    }

    /// Whether the other side has shown a certificate, which it does before it has seen one.
    pub(crate) fn was_shown_certificate(&self) -> bool {
        let first = [&0_i32 as &dyn glib::value::ToValue];
        let transceiver = self
            .webrtc
            .emit_by_name::<Option<WebRTCRTPTransceiver>>("get-transceiver", &first);
        let transport = transceiver.and_then(|one| match one.sender() {
            Some(sender) if sender.transport().is_some() => sender.transport(),
            _ => one.receiver()?.transport(),
        });
        transport.is_some_and(|one| one.remote_certificate().is_some())
    }

    /// Whether it looks for a way to the other side.
    pub(crate) fn is_checking(&self) -> bool {
        nick(&self.webrtc, "ice-connection-state") == "checking"
    }
}

/// Returns the short name of a value.
fn nick(webrtc: &gst::Element, property: &str) -> String {
    let value = webrtc.property_value(property);
    let (_, value) = glib::EnumValue::from_value(&value).unwrap();
    value.nick().to_owned()
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

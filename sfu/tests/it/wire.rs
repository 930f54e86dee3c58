//! What goes over the wire beside what a peer would send.

use std::{
    cell::Cell,
    io::ErrorKind,
    net::{Ipv4Addr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use gstreamer as gst;
use gstreamer::prelude::*;

use crate::peer::Peer;

/// How much a stranger sends before it looks for answers, and for how long it looks.
const BURST: usize = 200;
const LISTENS: Duration = Duration::from_millis(1);

/// Returns the ports of all candidates of a description.
pub(crate) fn ports(sdp: &str) -> Vec<u16> {
    let candidates = sdp.lines().filter(|line| line.starts_with("a=candidate:"));
    let ports = candidates.map(|line| line.split(' ').nth(5).unwrap().parse().unwrap());
    let ports: Vec<u16> = ports.collect();
    assert!(!ports.is_empty(), "{sdp}");
    ports
}

/// Whether a datagram is of DTLS, of RFC 7983.
pub(crate) fn is_dtls(datagram: &[u8]) -> bool {
    matches!(datagram.first(), Some(20..=63))
}

/// Whether a datagram is of RTP or RTCP, of RFC 7983.
pub(crate) fn is_media(datagram: &[u8]) -> bool {
    matches!(datagram.first(), Some(128..=191))
}

impl Peer {
    /// Sends more from its own socket: before each of its datagrams, those that are made of it.
    pub(crate) fn send_along(&self, make: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + Sync + 'static) {
        thread_local! {
            /// Whether this thread sends what was made just now.
            static IS_ALONG: Cell<bool> = const { Cell::new(false) };
        }
        let make = Arc::new(make);
        for sink in self.elements("nicesink") {
            let make = make.clone();
            let pad = sink.static_pad("sink").unwrap();
            pad.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
                if let Some(buffer) = info.buffer()
                    && !IS_ALONG.replace(true)
                {
                    let made = make(&buffer.map_readable().unwrap());
                    for datagram in made {
                        let _ = pad.chain(gst::Buffer::from_mut_slice(datagram));
                    }
                    IS_ALONG.set(false);
                }
                gst::PadProbeReturn::Ok
            });
        }
    }

    /// Returns a way past everything that makes packets: what is put there is encrypted and sent.
    pub(crate) fn inlet(&self, of: Inlet) -> gst::Pad {
        let name = match of {
            Inlet::Rtp => "rtp_sink",
            Inlet::Rtcp => "rtcp_sink",
        };
        let encrypts = self.elements("dtlssrtpenc").swap_remove(0);
        let pads = encrypts.sink_pads().into_iter();
        let mut pads = pads.filter(|pad| pad.name().starts_with(name));
        pads.next().unwrap()
    }
}

/// What is encrypted.
#[derive(Clone, Copy)]
pub(crate) enum Inlet {
    Rtp,
    Rtcp,
}

/// Sends so many packets, no more than so many in a second, and returns how long it took.
pub(crate) fn flood(
    inlet: &gst::Pad,
    count: u32,
    a_second: u32,
    packet: impl Fn(u32) -> Vec<u8>,
) -> Duration {
    let began = Instant::now();
    for number in 0..count {
        let _ = inlet.chain(gst::Buffer::from_mut_slice(packet(number)));
        let due = Duration::from_secs(1) * number / a_second;
        if let Some(early) = due.checked_sub(began.elapsed()) {
            thread::park_timeout(early);
        }
    }
    began.elapsed()
}

/// A packet of RTP, whose time runs as that of 16,000 packets in a second does.
pub(crate) fn rtp(ssrc: u32, payload_type: u8, number: u32, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, payload_type];
    packet.extend((number as u16).to_be_bytes());
    packet.extend((number * 3).to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend(payload);
    packet
}

/// Somebody who sends to the ports of others from a socket of their own, again and again.
pub(crate) struct Stranger {
    sent: Arc<AtomicU64>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<Vec<Vec<u8>>>>,
}

impl Stranger {
    /// Sends these datagrams in turn to all ports of a description.
    pub(crate) fn before(sdp: &str, datagrams: Vec<Vec<u8>>) -> Self {
        let ports = ports(sdp);
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.set_read_timeout(Some(LISTENS)).unwrap();
        let (sent, is_over) = (Arc::new(AtomicU64::new(0)), Arc::default());
        let (count, end) = (sent.clone(), Arc::<AtomicBool>::clone(&is_over));
        let thread = thread::spawn(move || {
            let mut answers = Vec::new();
            let mut datagrams = datagrams.iter().cycle();
            while !end.load(Ordering::Relaxed) {
                for datagram in datagrams.by_ref().take(BURST) {
                    for port in &ports {
                        // A port that is closed again by now says so.
                        let _ = socket.send_to(datagram, (Ipv4Addr::LOCALHOST, *port));
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                }
                let mut bytes = [0; 2048];
                loop {
                    match socket.recv(&mut bytes) {
                        Ok(length) => answers.push(bytes[..length].to_vec()),
                        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
                        Err(_) => break,
                    }
                }
            }
            answers
        });
        Self {
            sent,
            is_over,
            thread: Some(thread),
        }
    }

    /// Returns how many datagrams it has sent so far.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Ends, and returns all that it was answered.
    pub(crate) fn answers(mut self) -> Vec<Vec<u8>> {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

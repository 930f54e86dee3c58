//! Packets on their way from one publisher to many viewers.
//!
//! Each worker serves some of the viewers, and knows alone which slots they have: nothing is locked per
//! packet. A packet is rewritten for a slot and pushed right into its webrtcbin, without a queue and a
//! thread of its own per slot.
//!
//! ```text
//! ingress ─► gate ─► queue ─► worker ─┬─ lateness   what is too late is left out, pictures first
//!                                     └─ audience   the others: a head for each slot, pushed as a list
//! ```
//!
//! A worker that is late leaves packets out, and where that is not enough pictures of some viewers. They see
//! that as a picture that stands still until the next keyframe; sequence numbers have no hole. Recordings are made before, and miss nothing.
//!
//! > **Nothing goes to a viewer before its certificate was compared with its fingerprint.** Until it is
//! > activated, a viewer has slots and gets no packet.

mod audience;
mod gate;
mod lateness;
mod left_out;
mod load;
mod outgoing;
mod share;
#[cfg(test)]
mod tests;
mod worker;

use std::{
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use gstreamer as gst;
use tokio::sync::mpsc::UnboundedSender;

pub(super) use self::audience::Outlet;
pub use self::left_out::LeftOut;
use self::{audience::Order, gate::Gate, worker::Worker};
use super::{RoomClock, events::MediaEvent};
use crate::codec::Codec;

/// Most workers.
const MOST_WORKERS: usize = 8;

/// Number of a track within its room's media.
pub(super) type TrackNumber = u64;

/// Number of a viewer within its room's media. One who comes again gets a new one.
pub(super) type ViewerNumber = u64;

/// A packet that came in.
#[derive(Clone)]
pub(super) struct Incoming {
    pub(super) track: TrackNumber,
    pub(super) codec: Codec,
    /// Its time, as its sender counts it.
    pub(super) timestamp: u32,
    /// When it came, by the clock of the room.
    pub(super) came: Duration,
    pub(super) buffer: gst::Buffer,
}

impl Incoming {
    /// Whether both belong to one picture. All packets of a picture have one timestamp. A list in
    /// GStreamer has one as well: what is sent about time is made from its first packet.
    fn is_of_same_picture(&self, other: &Self) -> bool {
        self.track == other.track && self.timestamp == other.timestamp
    }
}

/// All workers of a room.
pub(super) struct Fanout {
    sender: FanoutSender,
    threads: Vec<JoinHandle<()>>,
}

/// Gives work to the workers. Cheap to clone.
#[derive(Clone)]
pub(super) struct FanoutSender(Arc<[Lane]>);

/// The way to one worker.
struct Lane {
    jobs: mpsc::Sender<Job>,
    gate: Arc<Gate>,
}

enum Job {
    Packet(Incoming),
    Order(Order),
    Stop,
}

impl Fanout {
    /// Starts the workers, one per core.
    pub(super) fn start(events: &UnboundedSender<MediaEvent>, clock: &RoomClock) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut threads = Vec::new();
        let lanes: Vec<_> = (0..cores.clamp(1, MOST_WORKERS))
            .map(|_| {
                let (jobs, receiver) = mpsc::channel();
                let gate = Arc::new(Gate::default());
                let worker = Worker::new(receiver, gate.clone(), clock.clone(), events.clone());
                let thread = std::thread::Builder::new().name("scrim-fanout".to_owned());
                threads.extend(thread.spawn(move || worker.run()));
                Lane { jobs, gate }
            })
            .collect();
        Self {
            sender: FanoutSender(lanes.into()),
            threads,
        }
    }

    pub(super) fn sender(&self) -> FanoutSender {
        self.sender.clone()
    }
}

impl Drop for Fanout {
    fn drop(&mut self) {
        for lane in self.sender.0.iter() {
            let _ = lane.jobs.send(Job::Stop);
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl FanoutSender {
    /// Gives a packet to all workers that have room for it.
    pub(super) fn packet(&self, packet: &Incoming) {
        let is_picture = packet.codec.is_video();
        let bytes = packet.buffer.size();
        for lane in self.0.iter() {
            if lane.gate.enter(packet.track, is_picture, bytes) {
                let _ = lane.jobs.send(Job::Packet(packet.clone()));
            }
        }
    }

    /// A viewer is being made. What is put into its slots meanwhile is remembered.
    pub(super) fn expect(&self, viewer: ViewerNumber, slots: usize) {
        self.tell(viewer, Order::Expect { viewer, slots });
    }

    pub(super) fn attach(&self, viewer: ViewerNumber, outlets: Vec<Outlet>) {
        self.tell(viewer, Order::Attach { viewer, outlets });
    }

    pub(super) fn activate(&self, viewer: ViewerNumber) {
        self.tell(viewer, Order::Activate(viewer));
    }

    pub(super) fn fill(&self, viewer: ViewerNumber, slot: usize, track: Option<TrackNumber>) {
        let order = Order::Fill {
            viewer,
            slot,
            track,
        };
        self.tell(viewer, order);
    }

    pub(super) fn detach(&self, viewer: ViewerNumber) {
        self.tell(viewer, Order::Detach(viewer));
    }

    fn tell(&self, viewer: ViewerNumber, order: Order) {
        let at = usize::try_from(viewer).unwrap_or(0) % self.0.len();
        let _ = self.0[at].jobs.send(Job::Order(order));
    }
}

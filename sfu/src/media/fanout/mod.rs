//! Packets on their way from one publisher to many viewers.
//!
//! Each worker serves some of the viewers, and knows alone which slots they have: nothing is locked per
//! packet. A packet is rewritten for a slot and pushed right into its webrtcbin, without a queue and a
//! thread of its own per slot.
//!
//! > **Nothing goes to a viewer before its certificate was compared with its fingerprint.** Until it is
//! > activated, a viewer has slots and gets no packet.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

use gstreamer as gst;
use gstreamer::prelude::*;
use tokio::sync::mpsc::UnboundedSender;

use super::events::MediaEvent;
use crate::codec::Codec;
use crate::rtp::{HEADER_BYTES, Packet, Rewriter, SourceId, Verdict};

/// Packets that may wait for a worker. What is more is dropped, as if it had been lost before.
const MOST_WAITING: usize = 4096;

/// Most workers.
const MOST_WORKERS: usize = 8;

/// Number of a track within its room's media.
pub(super) type TrackNumber = u64;

/// Number of a viewer within its room's media. One who comes again gets a new one.
pub(super) type ViewerNumber = u64;

/// Where the packets of one slot go.
pub(super) struct Outlet {
    pub(super) pad: gst::Pad,
    pub(super) rewriter: Rewriter,
}

/// All workers of a room.
pub(super) struct Fanout {
    sender: FanoutSender,
    threads: Vec<JoinHandle<()>>,
}

/// Gives work to the workers. Cheap to clone.
#[derive(Clone)]
pub(super) struct FanoutSender(Arc<[Worker]>);

struct Worker {
    jobs: mpsc::Sender<Job>,
    waiting: Arc<AtomicUsize>,
}

enum Job {
    Packet {
        track: TrackNumber,
        codec: Codec,
        buffer: gst::Buffer,
    },
    Expect {
        viewer: ViewerNumber,
        slots: usize,
    },
    Attach {
        viewer: ViewerNumber,
        outlets: Vec<Outlet>,
    },
    Activate(ViewerNumber),
    Fill {
        viewer: ViewerNumber,
        slot: usize,
        track: Option<TrackNumber>,
    },
    Detach(ViewerNumber),
    Stop,
}

impl Fanout {
    /// Starts the workers, one per core.
    pub(super) fn start(events: &UnboundedSender<MediaEvent>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut threads = Vec::new();
        let workers: Vec<_> = (0..cores.clamp(1, MOST_WORKERS))
            .map(|_| {
                let (jobs, receiver) = mpsc::channel();
                let waiting = Arc::new(AtomicUsize::new(0));
                let mut state = State::new(events.clone());
                let count = waiting.clone();
                let thread = std::thread::Builder::new().name("scrim-fanout".to_owned());
                let run = move || {
                    while let Ok(job) = receiver.recv() {
                        if let Job::Packet { .. } = job {
                            count.fetch_sub(1, Ordering::Relaxed);
                        }
                        if !state.work(job) {
                            break;
                        }
                    }
                };
                threads.extend(thread.spawn(run));
                Worker { jobs, waiting }
            })
            .collect();
        Self {
            sender: FanoutSender(workers.into()),
            threads,
        }
    }

    pub(super) fn sender(&self) -> FanoutSender {
        self.sender.clone()
    }
}

impl Drop for Fanout {
    fn drop(&mut self) {
        for worker in self.sender.0.iter() {
            let _ = worker.jobs.send(Job::Stop);
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl FanoutSender {
    /// Gives a packet to all workers.
    pub(super) fn packet(&self, track: TrackNumber, codec: Codec, buffer: &gst::Buffer) {
        for worker in self.0.iter() {
            if worker.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
                worker.waiting.fetch_sub(1, Ordering::Relaxed);
                continue;
            }
            let _ = worker.jobs.send(Job::Packet {
                track,
                codec,
                buffer: buffer.clone(),
            });
        }
    }

    /// A viewer is being made. What is put into its slots meanwhile is remembered.
    pub(super) fn expect(&self, viewer: ViewerNumber, slots: usize) {
        self.tell(viewer, Job::Expect { viewer, slots });
    }

    pub(super) fn attach(&self, viewer: ViewerNumber, outlets: Vec<Outlet>) {
        self.tell(viewer, Job::Attach { viewer, outlets });
    }

    pub(super) fn activate(&self, viewer: ViewerNumber) {
        self.tell(viewer, Job::Activate(viewer));
    }

    pub(super) fn fill(&self, viewer: ViewerNumber, slot: usize, track: Option<TrackNumber>) {
        self.tell(
            viewer,
            Job::Fill {
                viewer,
                slot,
                track,
            },
        );
    }

    pub(super) fn detach(&self, viewer: ViewerNumber) {
        self.tell(viewer, Job::Detach(viewer));
    }

    fn tell(&self, viewer: ViewerNumber, job: Job) {
        let at = usize::try_from(viewer).unwrap_or(0) % self.0.len();
        let _ = self.0[at].jobs.send(job);
    }
}

/// What one worker knows.
struct State {
    events: UnboundedSender<MediaEvent>,
    viewers: HashMap<ViewerNumber, Viewer>,
    /// Who is shown a track, in which slot.
    shown: HashMap<TrackNumber, Vec<(ViewerNumber, usize)>>,
}

struct Viewer {
    is_active: bool,
    outlets: Vec<Outlet>,
    /// What is in each slot.
    tracks: Vec<Option<TrackNumber>>,
}

impl State {
    fn new(events: UnboundedSender<MediaEvent>) -> Self {
        Self {
            events,
            viewers: HashMap::new(),
            shown: HashMap::new(),
        }
    }

    /// Does one thing, and says whether to go on.
    fn work(&mut self, job: Job) -> bool {
        match job {
            Job::Packet {
                track,
                codec,
                buffer,
            } => self.packet(track, codec, &buffer),
            Job::Expect { viewer, slots } => {
                self.viewers.insert(
                    viewer,
                    Viewer {
                        is_active: false,
                        outlets: Vec::new(),
                        tracks: vec![None; slots],
                    },
                );
            }
            Job::Attach { viewer, outlets } => self.attach(viewer, outlets),
            Job::Activate(viewer) => self.activate(viewer),
            Job::Fill {
                viewer,
                slot,
                track,
            } => self.fill(viewer, slot, track),
            Job::Detach(viewer) => {
                if let Some(gone) = self.viewers.remove(&viewer) {
                    for track in gone.tracks.into_iter().flatten() {
                        self.hide(track, viewer);
                    }
                }
            }
            Job::Stop => return false,
        }
        true
    }

    fn attach(&mut self, viewer: ViewerNumber, outlets: Vec<Outlet>) {
        // One that is gone already gets no pads.
        if let Some(viewer) = self.viewers.get_mut(&viewer) {
            viewer.outlets = outlets;
            for (outlet, track) in viewer.outlets.iter_mut().zip(&viewer.tracks) {
                if let Some(track) = track {
                    outlet.rewriter.switch_to(SourceId(*track));
                }
            }
        }
    }

    fn activate(&mut self, viewer: ViewerNumber) {
        if let Some(viewer) = self.viewers.get_mut(&viewer) {
            viewer.is_active = true;
            for track in viewer.tracks.iter().flatten() {
                let _ = self.events.send(MediaEvent::KeyframeWanted(*track));
            }
        }
    }

    fn fill(&mut self, number: ViewerNumber, slot: usize, track: Option<TrackNumber>) {
        let Some(viewer) = self.viewers.get_mut(&number) else {
            return;
        };
        let Some(place) = viewer.tracks.get_mut(slot) else {
            return;
        };
        let before = std::mem::replace(place, track);
        if before == track {
            return;
        }
        if let Some(outlet) = viewer.outlets.get_mut(slot) {
            match track {
                Some(track) => {
                    outlet.rewriter.switch_to(SourceId(track));
                    outlet.rewriter.resume();
                }
                None => outlet.rewriter.pause(),
            }
        }
        if let Some(before) = before
            && let Some(shown) = self.shown.get_mut(&before)
        {
            shown.retain(|place| *place != (number, slot));
        }
        if let Some(track) = track {
            self.shown.entry(track).or_default().push((number, slot));
            let _ = self.events.send(MediaEvent::KeyframeWanted(track));
        }
    }

    fn hide(&mut self, track: TrackNumber, viewer: ViewerNumber) {
        if let Some(shown) = self.shown.get_mut(&track) {
            shown.retain(|(of, _)| *of != viewer);
            if shown.is_empty() {
                self.shown.remove(&track);
            }
        }
    }

    fn packet(&mut self, track: TrackNumber, codec: Codec, buffer: &gst::Buffer) {
        let Some(shown) = self.shown.get(&track) else {
            return;
        };
        let Ok(bytes) = buffer.map_readable() else {
            return;
        };
        let (Some(packet), Some(pts)) = (Packet::read(&bytes), buffer.pts()) else {
            return;
        };
        let source = SourceId(track);
        for (number, slot) in shown {
            let Some(viewer) = self.viewers.get_mut(number).filter(|one| one.is_active) else {
                continue;
            };
            let Some(outlet) = viewer.outlets.get_mut(*slot) else {
                continue;
            };
            let mut out = Vec::with_capacity(HEADER_BYTES + packet.payload().len());
            let verdict = outlet
                .rewriter
                .rewrite(source, codec, &packet, pts.nseconds(), &mut out);
            match verdict {
                Verdict::Forward => {
                    let mut buffer = gst::Buffer::from_mut_slice(out);
                    if let Some(buffer) = buffer.get_mut() {
                        buffer.set_pts(pts);
                    }
                    // A connection that is ending takes nothing, which is no error of others.
                    let _ = outlet.pad.push(buffer);
                }
                Verdict::Hold {
                    needs_keyframe: true,
                } => {
                    let _ = self.events.send(MediaEvent::KeyframeWanted(track));
                }
                Verdict::Hold { .. } | Verdict::Drop => {}
            }
        }
    }
}

//! The viewers of one worker, and what goes into their slots.

use std::collections::HashMap;

use gstreamer as gst;
use gstreamer::prelude::*;
use tokio::sync::mpsc::UnboundedSender;

use super::{Incoming, TrackNumber, ViewerNumber, outgoing::Outgoing, share::Share};
use crate::media::events::MediaEvent;
use crate::rtp::{Rewriter, SourceId, Verdict};

/// Where the packets of one slot go.
pub(in crate::media) struct Outlet {
    pub(in crate::media) pad: gst::Pad,
    pub(in crate::media) rewriter: Rewriter,
}

/// What changes among viewers.
pub(super) enum Order {
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
}

/// The viewers of one worker.
pub(super) struct Audience {
    events: UnboundedSender<MediaEvent>,
    viewers: HashMap<ViewerNumber, Viewer>,
    /// Who is shown a track, in which slot.
    shown: HashMap<TrackNumber, Vec<(ViewerNumber, usize)>>,
    /// What was written last for a slot. Used again and again.
    head: Vec<u8>,
    /// What goes into a slot next. Used again and again.
    ready: Vec<gst::Buffer>,
}

struct Viewer {
    is_active: bool,
    /// Which part of the viewers it belongs to.
    part: u32,
    outlets: Vec<Outlet>,
    /// What is in each slot.
    tracks: Vec<Option<TrackNumber>>,
}

impl Outlet {
    /// Pushes what is for the slot. A list takes the locks on the way once, and not for each packet. An
    /// element without a function for lists gets its packets one by one.
    fn push(&self, ready: &mut Vec<gst::Buffer>) {
        // A connection that is ending takes nothing, which is no error of others.
        if ready.len() > 1 {
            let _ = self.pad.push_list(ready.drain(..).collect());
        } else if let Some(buffer) = ready.pop() {
            let _ = self.pad.push(buffer);
        }
    }
}

impl Audience {
    pub(super) fn new(events: UnboundedSender<MediaEvent>) -> Self {
        Self {
            events,
            viewers: HashMap::new(),
            shown: HashMap::new(),
            head: Vec::new(),
            ready: Vec::new(),
        }
    }

    pub(super) fn follow(&mut self, order: Order) {
        match order {
            Order::Expect { viewer, slots } => {
                let part = Share::place(self.viewers.values().map(|one| one.part));
                self.viewers.insert(
                    viewer,
                    Viewer {
                        is_active: false,
                        part,
                        outlets: Vec::new(),
                        tracks: vec![None; slots],
                    },
                );
            }
            Order::Attach { viewer, outlets } => self.attach(viewer, outlets),
            Order::Activate(viewer) => self.activate(viewer),
            Order::Fill {
                viewer,
                slot,
                track,
            } => self.fill(viewer, slot, track),
            Order::Detach(viewer) => {
                if let Some(gone) = self.viewers.remove(&viewer) {
                    for track in gone.tracks.into_iter().flatten() {
                        self.hide(track, viewer);
                    }
                }
            }
        }
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
        let is_active = viewer.is_active;
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
            // Whoever is not connected would not get it, and the next one would have to wait for its turn.
            if is_active {
                let _ = self.events.send(MediaEvent::KeyframeWanted(track));
            }
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

    /// Whether anybody is shown a track.
    pub(super) fn sees(&self, track: TrackNumber) -> bool {
        self.shown
            .get(&track)
            .is_some_and(|shown| !shown.is_empty())
    }

    /// Forwards packets of one picture, or a packet of sound, to whoever is shown the track. Pictures go to a
    /// share of the viewers.
    pub(super) fn forward(&mut self, packets: &[Incoming], share: Share) {
        let Some(Incoming { track, codec, .. }) = packets.first() else {
            return;
        };
        let Some(shown) = self.shown.get(track) else {
            return;
        };
        let mapped = packets
            .iter()
            .filter_map(|one| Some((one, one.buffer.map_readable().ok()?)));
        let mapped: Vec<_> = mapped.collect();
        let outgoing = mapped
            .iter()
            .filter_map(|(one, bytes)| Outgoing::read(*codec, &one.buffer, bytes));
        let outgoing: Vec<_> = outgoing.collect();
        let source = SourceId(*track);
        let mut is_keyframe_wanted = false;
        for (number, slot) in shown {
            let is_served = |one: &&mut Viewer| {
                one.is_active && (!codec.is_video() || share.includes(one.part))
            };
            let Some(viewer) = self.viewers.get_mut(number).filter(is_served) else {
                continue;
            };
            let Some(outlet) = viewer.outlets.get_mut(*slot) else {
                continue;
            };
            for one in &outgoing {
                let pts_ns = one.pts.nseconds();
                let (rewriter, head) = (&mut outlet.rewriter, &mut self.head);
                match rewriter.rewrite_head(source, *codec, &one.packet, pts_ns, head) {
                    Verdict::Forward => self.ready.extend(one.with_head(head)),
                    Verdict::Hold { needs_keyframe } => is_keyframe_wanted |= needs_keyframe,
                    Verdict::Drop => {}
                }
            }
            outlet.push(&mut self.ready);
        }
        // Asked for once, for however many slots.
        if is_keyframe_wanted {
            let _ = self.events.send(MediaEvent::KeyframeWanted(*track));
        }
    }
}

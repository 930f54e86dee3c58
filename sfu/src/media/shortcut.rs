//! A shorter way through webrtcbin for what is sent.
//!
//! Before the place where all slots meet, webrtcbin has three elements for each of them: one that could hold
//! packets back, and two that add redundancy (ULPFEC and RED), which Scrim never offers. They cost time for
//! every packet, and the latter two take lists apart, so that all elements behind them lock for each packet
//! and not for each picture.
//!
//! ```text
//! slot ─► sink_%u ─► clocksync ─► rtpulpfecenc ─► rtpredenc ─┐
//!   │                                                        ▼
//!   └────────────────────── shortened ──────────────────► rtpfunnel ─► rtprtxsend ─► rtpsession ─► …
//! ```
//!
//! A webrtcbin that looks different is left as it is, and works all the same.

use gstreamer as gst;
use gstreamer::prelude::*;

/// What is passed by.
const PASSED: [&str; 3] = ["clocksync", "rtpulpfecenc", "rtpredenc"];

/// Where all slots meet.
const MEETING: &str = "rtpfunnel";

/// Shortens the way of all slots of a webrtcbin whose negotiation is over. Nothing may be on its way.
pub(super) fn shorten(webrtc: &gst::Element) {
    let inlets = webrtc.sink_pads();
    let is_short = |inlet: &&gst::Pad| shorten_one(inlet).is_some();
    let shortened = inlets.iter().filter(is_short).count();
    if shortened < inlets.len() {
        tracing::debug!(shortened, of = inlets.len(), "some slots take the long way");
    }
}

fn shorten_one(inlet: &gst::Pad) -> Option<()> {
    let slot = inlet.peer()?;
    let end = meeting(inlet)?;
    let before = end.peer()?;
    before.unlink(&end).ok()?;
    // The pad of the slot belongs to no element, so there is no hierarchy to check.
    let link = |to: &gst::Pad| slot.link_full(to, gst::PadLinkCheck::empty()).ok();
    let moved = slot.unlink(inlet).ok().and_then(|()| link(&end));
    if moved.is_none() {
        // The long way, as before.
        let _ = before.link_full(&end, gst::PadLinkCheck::empty());
        let _ = link(inlet);
    }
    moved.map(drop)
}

/// Returns the pad by which what comes into a pad of webrtcbin comes to the meeting.
fn meeting(inlet: &gst::Pad) -> Option<gst::Pad> {
    let mut pad = behind(inlet.clone())?;
    for _ in 0..=PASSED.len() {
        let element = pad.parent_element()?;
        let kind = element.factory()?.name();
        if kind == MEETING {
            return Some(pad);
        }
        if !PASSED.contains(&kind.as_str()) {
            return None;
        }
        pad = behind(element.static_pad("src")?.peer()?)?;
    }
    None
}

/// Returns the pad of an element behind the pads of bins.
fn behind(mut pad: gst::Pad) -> Option<gst::Pad> {
    loop {
        pad = if let Some(ghost) = pad.downcast_ref::<gst::GhostPad>() {
            ghost.target()?
        } else if let Some(proxy) = pad.downcast_ref::<gst::ProxyPad>() {
            proxy.internal()?.peer()?
        } else {
            return Some(pad);
        };
    }
}

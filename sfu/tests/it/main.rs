//! Live rooms with real peers: webrtcbin against the room's own.
#![allow(clippy::unwrap_used)]

mod forwarding;
mod impostors;
mod peer;
mod room;
mod taps;
mod teardown;

//! Live rooms with real peers: webrtcbin against the room's own.
#![allow(clippy::unwrap_used)]

mod ciphers;
mod floods;
mod forwarding;
mod hello;
mod impostors;
mod peer;
mod players;
mod raw;
mod recorder;
mod room;
mod stun;
mod taps;
mod teardown;
mod wire;

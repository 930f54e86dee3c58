//! What a page of a room and the server say to each other, as JSON over a WebSocket.
//!
//! ```text
//! page                                    server
//! knock ─────────────────────────────────►           or come_back, within 10 s of a lost connection
//!       ◄──────────────────────── waiting             where there is a waiting room
//!       ◄──────────────────────── welcome             who I am, the room, whom I see, slots
//! publish {sdp, sources} ────────────────►            the page offers what it sends
//!       ◄───────────────────────── answer
//!       ◄───────────────────────── offer {sdp}        the server offers what it can show, once
//! answer {sdp} ──────────────────────────►
//! candidate ◄────────────────────────────► candidate
//!       ◄───────────────────────── slots              what is in which slot now, without any SDP
//! ping ──────────────────────────────────► pong       every 2 s
//! ```
//!
//! A line may break with messages on it. `pong` and `welcome` say how many of the page's have arrived:
//! after `come_back` it says the others again, so that a no to being recorded is never lost, and a line
//! of chat is never there twice.
//!
//! Every message is an object with `type`. Unknown types, unknown fields and values out of their
//! limits are refused: the sender is told, and nothing is done.

mod client;
mod server;
#[cfg(test)]
mod tests;

pub use client::{Assignment, ClientMessage, MOST_BYTES, MessageError};
pub use server::{
    BreakoutView, ChatLine, HostView, IceServer, NoticeView, PersonView, Refusal, RoomView,
    ServerMessage, SlotView,
};

use serde::{Deserialize, Serialize};

/// Which of the two connections of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leg {
    /// What the page sends. The page offers.
    Publish,
    /// What the page shows. The server offers.
    Subscribe,
}

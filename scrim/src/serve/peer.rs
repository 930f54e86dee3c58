//! From which address somebody asks.

use std::net::IpAddr;

use axum::http::HeaderMap;

use super::app::App;

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Returns the address of whoever asks. What a header says of it counts only where a proxy on this
/// machine is said to write it, and then what it wrote itself: the last entry.
pub(crate) fn client(app: &App, peer: Peer, headers: &HeaderMap) -> IpAddr {
    if !app.settings.behind_proxy || !peer.0.is_loopback() {
        return peer.0;
    }
    let all = headers.get_all("x-forwarded-for").iter();
    let last = all.filter_map(|value| value.to_str().ok()).next_back();
    let entry = last.and_then(|text| text.rsplit(',').next());
    entry
        .and_then(|entry| entry.trim().parse().ok())
        .unwrap_or(peer.0)
}

//! What a worker leaves out, and what its viewers get.
#![allow(clippy::unwrap_used)]

mod audience;
mod lateness;
mod viewer;

use std::time::Duration;

use super::TrackNumber;

const CAMERA: TrackNumber = 1;
const SCREEN: TrackNumber = 2;
const VOICE: TrackNumber = 3;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A packet as a sender makes it.
fn rtp(sequence: u16, timestamp: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x80, 108];
    bytes.extend(sequence.to_be_bytes());
    bytes.extend(timestamp.to_be_bytes());
    bytes.extend(0xfeed_beef_u32.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// Payloads of VP8: the start of a keyframe, the start of another picture, and the rest of one.
const KEYFRAME: &[u8] = &[0x10, 0x50, 1, 2, 3];
const PICTURE: &[u8] = &[0x10, 0x51, 4, 5, 6];
const REST: &[u8] = &[0x00, 7, 8, 9];

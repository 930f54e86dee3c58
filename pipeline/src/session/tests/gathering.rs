//! Only pictures that a decoder can show without a mistake go on.

use scrim_ingest::log::Codec;

use super::{
    super::{
        feed::{Came, Packet, Timed},
        gather::{Change, Gathering, Step},
    },
    rtp,
};

/// A VP8 payload that begins a frame: a keyframe or not.
const fn begins(is_key: bool) -> [u8; 4] {
    [0x10, if is_key { 0 } else { 1 }, 0, 0]
}

const GOES_ON: [u8; 2] = [0x00, 0xff];

/// A packet at a time in milliseconds.
fn packet(at: i64, sequence: u16, rtp_time: i64, is_marked: bool, payload: &[u8]) -> Timed {
    let bytes = rtp(96, sequence, rtp_time as u32, is_marked, payload);
    Timed {
        at,
        what: Came::Packet(Packet {
            rtp: rtp_time,
            bytes,
        }),
    }
}

/// What becomes of it: `K` and `P` with the number of packets, `lost` and `paused`, each with its time.
fn gathered(codec: Codec, timed: impl IntoIterator<Item = Timed>) -> Vec<String> {
    let mut gathering = Gathering::new(codec);
    let mut steps: Vec<Step> = Vec::new();
    for timed in timed {
        gathering.take(timed, &mut steps);
    }
    let told = |step: &Step| match &step.what {
        Change::Picture(picture) => {
            let kind = if picture.is_key { "K" } else { "P" };
            format!("{}:{kind}{}", step.at, picture.packets.len())
        }
        Change::Lost => format!("{}:lost", step.at),
        Change::Paused => format!("{}:paused", step.at),
    };
    steps.iter().map(told).collect()
}

#[test]
fn pictures_begin_with_a_keyframe_and_are_whole() {
    let steps = gathered(
        Codec::Vp8,
        [
            packet(0, 65_534, 100, true, &begins(false)),
            packet(40, 65_535, 200, false, &begins(true)),
            packet(41, 0, 200, true, &GOES_ON),
            packet(80, 1, 300, true, &begins(false)),
        ],
    );
    assert_eq!(steps, ["40:K2", "80:P1"]);
}

#[test]
fn a_picture_ends_where_the_next_begins() {
    let steps = gathered(
        Codec::Vp8,
        [
            packet(0, 1, 100, false, &begins(true)),
            packet(40, 2, 200, false, &begins(false)),
            packet(80, 3, 300, false, &begins(false)),
        ],
    );
    assert_eq!(steps, ["0:K1", "40:P1"]);
}

#[test]
fn after_a_hole_nothing_goes_on_before_a_whole_keyframe() {
    let steps = gathered(
        Codec::Vp8,
        [
            packet(0, 1, 100, true, &begins(true)),
            packet(80, 3, 300, true, &begins(false)),
            packet(120, 4, 400, true, &begins(false)),
            // The first packet of this keyframe is lost.
            packet(160, 6, 500, true, &GOES_ON),
            packet(200, 7, 600, true, &begins(true)),
            packet(240, 8, 700, true, &begins(false)),
        ],
    );
    assert_eq!(steps, ["0:K1", "80:lost", "200:K1", "240:P1"]);
}

#[test]
fn a_hole_within_a_picture_drops_it() {
    let steps = gathered(
        Codec::Vp8,
        [
            packet(0, 1, 100, false, &begins(true)),
            packet(1, 3, 100, true, &GOES_ON),
            packet(40, 4, 200, true, &begins(true)),
        ],
    );
    assert_eq!(steps, ["40:K1"]);
}

#[test]
fn a_gap_that_is_told_is_a_hole_and_what_comes_twice_is_none() {
    let steps = gathered(
        Codec::Vp8,
        [
            packet(0, 1, 100, true, &begins(true)),
            packet(1, 1, 100, true, &begins(true)),
            packet(40, 2, 200, true, &begins(false)),
            Timed {
                at: 60,
                what: Came::Lost,
            },
            packet(80, 3, 300, true, &begins(false)),
        ],
    );
    assert_eq!(steps, ["0:K1", "40:P1", "60:lost"]);
}

#[test]
fn packets_that_only_probe_the_network_are_counted_and_left_out() {
    let steps = gathered(
        Codec::Vp8,
        [
            packet(0, 1, 100, true, &begins(true)),
            packet(5, 2, 100, false, &[]),
            packet(40, 3, 200, true, &begins(false)),
        ],
    );
    assert_eq!(steps, ["0:K1", "40:P1"]);
}

#[test]
fn after_a_pause_a_keyframe_comes_first_whatever_its_number() {
    let steps = gathered(
        Codec::Vp8,
        [
            packet(0, 60_000, 100, true, &begins(true)),
            Timed {
                at: 20,
                what: Came::Paused,
            },
            packet(900, 20_000, 5_000, true, &begins(false)),
            packet(940, 20_001, 5_100, true, &begins(true)),
        ],
    );
    assert_eq!(steps, ["0:K1", "20:paused", "940:K1"]);
}

#[test]
fn times_never_go_back() {
    let steps = gathered(
        Codec::Vp8,
        [
            packet(100, 1, 100, true, &begins(true)),
            packet(60, 2, 200, true, &begins(false)),
        ],
    );
    assert_eq!(steps, ["100:K1", "100:P1"]);
}

#[test]
fn a_keyframe_of_h264_needs_its_parameters() {
    const SPS: u8 = 0x67;
    const IDR: u8 = 0x65;
    let together: Vec<u8> = vec![0x78, 0, 2, SPS, 1, 0, 2, 0x68, 1];
    let piece = [0x7c, 0x80 | 5, 0x88];
    let steps = gathered(
        Codec::H264,
        [
            packet(0, 1, 100, true, &[IDR, 0x88]),
            packet(40, 2, 200, false, &together),
            packet(41, 3, 200, false, &piece),
            packet(42, 4, 200, true, &[0x7c, 0x40 | 5, 0]),
            packet(80, 5, 300, true, &[0x41, 0x9a]),
            // It needs nothing before it, but whoever begins here has no parameters.
            packet(120, 6, 400, true, &[IDR, 0x88]),
        ],
    );
    assert_eq!(steps, ["40:K3", "80:P1", "120:P1"]);
}

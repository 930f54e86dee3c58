//! Whatever arrives: nothing panics, and what goes out is one stream that can be decoded.

use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    packets::{Sent, h264},
    viewer::{FIRST_TIMESTAMP, Viewer},
};
use crate::codec::Codec;
use crate::rtp::{
    Packet, Rewriter, SourceId, Speakers, Verdict, Vp8Descriptor, head_of_payload, starts_keyframe,
};

const CODECS: [Codec; 3] = [Codec::Opus, Codec::Vp8, Codec::H264];
const SOURCES: usize = 3;

/// What happens to a slot.
#[derive(Clone, Debug)]
enum Step {
    /// A source sends a frame of so many packets.
    Frame {
        source: usize,
        is_keyframe: bool,
        packets: usize,
        /// The packet that gets lost on the way to the server, where there is such a one.
        lost: Option<usize>,
    },
    /// A source sends padding.
    Padding {
        source: usize,
    },
    /// The last packet comes again.
    Repeat,
    /// Time passes without anything.
    Silence {
        millis: u64,
    },
    Switch {
        source: usize,
    },
    Pause,
    Resume,
}

fn step() -> impl Strategy<Value = Step> {
    let source = 0..SOURCES;
    let lost = prop_oneof![3 => Just(None), 1 => (0..4usize).prop_map(Some)];
    let frame = (source.clone(), any::<bool>(), 1..4usize, lost).prop_map(
        |(source, is_keyframe, packets, lost)| Step::Frame {
            source,
            is_keyframe,
            packets,
            lost,
        },
    );
    prop_oneof![
        20 => frame,
        1 => source.clone().prop_map(|source| Step::Padding { source }),
        1 => Just(Step::Repeat),
        1 => (1..100_000u64).prop_map(|millis| Step::Silence { millis }),
        2 => source.prop_map(|source| Step::Switch { source }),
        1 => Just(Step::Pause),
        1 => Just(Step::Resume),
    ]
}

/// One sender: its numbers run on whoever looks.
#[derive(Clone, Debug)]
struct Sender {
    sequence: u16,
    /// What its clock says at the start.
    start: u32,
    picture: u16,
    /// How many packets of padding it sent.
    paddings: u16,
}

fn sender() -> impl Strategy<Value = Sender> {
    (any::<u16>(), any::<u32>(), 0..0x8000u16).prop_map(|(sequence, start, picture)| Sender {
        sequence,
        start,
        picture,
        paddings: 0,
    })
}

/// Where a forwarded packet came from.
#[derive(Clone, Copy, Debug)]
struct Origin {
    source: usize,
    /// Its place in what the source sent, padding not counted.
    place: u16,
    millis: u64,
    picture: u16,
    is_start: bool,
}

struct Play {
    codec: Codec,
    millis: u64,
    senders: Vec<Sender>,
    viewer: Viewer,
    origins: Vec<Origin>,
    /// The last packet: of whom and when.
    last: Option<(usize, Sent, u64)>,
}

impl Play {
    fn run(codec: Codec, senders: Vec<Sender>, steps: &[Step]) -> Self {
        let mut play = Self {
            codec,
            millis: 1_000_000,
            senders,
            viewer: Viewer::of(codec),
            origins: Vec::new(),
            last: None,
        };
        play.viewer.slot.switch_to(SourceId(0));
        for step in steps {
            play.step(step);
        }
        play
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Frame {
                source,
                is_keyframe,
                packets,
                lost,
            } => self.frame(source, is_keyframe, packets, lost),
            Step::Padding { source } => {
                let padding = self.next_packet(source, &[]).padded(9);
                self.send(source, padding);
                self.senders[source].paddings += 1;
            }
            Step::Repeat => {
                if let Some((source, last, millis)) = self.last.clone() {
                    self.give(source, &last, millis);
                }
            }
            Step::Silence { millis } => self.millis += millis,
            Step::Switch { source } => self.viewer.slot.switch_to(SourceId(source as u64)),
            Step::Pause => self.viewer.slot.pause(),
            Step::Resume => self.viewer.slot.resume(),
        }
    }

    fn frame(&mut self, source: usize, is_keyframe: bool, packets: usize, lost: Option<usize>) {
        self.millis += 20;
        let sender = &mut self.senders[source];
        sender.picture = sender.picture.wrapping_add(1) & 0x7fff;
        let picture = sender.picture;
        for index in 0..packets {
            let payload = payload(self.codec, is_keyframe, index, picture);
            let mut sent = self.next_packet(source, &payload);
            sent.marker = index + 1 == packets;
            if lost == Some(index) {
                self.senders[source].sequence = sent.sequence.wrapping_add(1);
            } else {
                self.send(source, sent);
            }
        }
    }

    /// A packet of now. All clocks run as fast as the one that they share.
    fn next_packet(&self, source: usize, payload: &[u8]) -> Sent {
        let sender = &self.senders[source];
        let ticks = self.ticks(self.millis);
        Sent::new(sender.sequence, sender.start.wrapping_add(ticks), payload)
    }

    fn ticks(&self, millis: u64) -> u32 {
        (millis * u64::from(self.codec.clock_rate() / 1000)) as u32
    }

    fn send(&mut self, source: usize, sent: Sent) {
        self.give(source, &sent, self.millis);
        let sender = &mut self.senders[source];
        sender.sequence = sent.sequence.wrapping_add(1);
        self.last = Some((source, sent, self.millis));
    }

    fn give(&mut self, source: usize, sent: &Sent, millis: u64) {
        let verdict = self.viewer.give(SourceId(source as u64), sent, millis);
        if verdict == Verdict::Forward {
            self.origins.push(Origin {
                source,
                place: sent.sequence.wrapping_sub(self.senders[source].paddings),
                millis,
                picture: self.senders[source].picture,
                is_start: starts_keyframe(self.codec, &sent.payload),
            });
        }
    }
}

/// The payload of a packet of a frame.
fn payload(codec: Codec, is_keyframe: bool, index: usize, picture: u16) -> Vec<u8> {
    match (codec, is_keyframe, index) {
        (Codec::Opus, ..) => vec![0xfc, 1, 2],
        (Codec::Vp8, ..) => super::packets::vp8(index == 0, is_keyframe, picture, 0),
        (Codec::H264, true, 0) => h264::stap_a(&[h264::SPS, h264::PPS]),
        (Codec::H264, true, 1) => h264::IDR.to_vec(),
        (Codec::H264, true, _) => h264::IDR_LATER.to_vec(),
        (Codec::H264, false, _) => h264::SLICE.to_vec(),
    }
}

/// The number of a VP8 frame.
fn picture(payload: &[u8]) -> u16 {
    let descriptor = Vp8Descriptor::read(payload).unwrap();
    descriptor.picture_id.unwrap().value
}

/// Numbers, payload, presentation time and source of a packet of somebody who means harm.
fn hostile() -> impl Strategy<Value = (u16, u32, Vec<u8>, u64, u64)> {
    let payload = vec(any::<u8>(), 0..12);
    (any::<u16>(), any::<u32>(), payload, any::<u64>(), 0..3u64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// What a viewer gets is one stream, whatever happens to its sources: it begins with a
    /// keyframe, and every other packet follows the one that it followed at its sender. So no rest
    /// of a frame gets through, and no picture whose reference is missing.
    #[test]
    fn what_goes_out_is_one_stream_that_can_be_decoded(
        codec in select(&CODECS[..]),
        senders in vec(sender(), SOURCES),
        steps in vec(step(), 0..120),
    ) {
        let play = Play::run(codec, senders, &steps);
        play.viewer.assert_contiguous();
        if let (Some(got), Some(origin)) = (play.viewer.got.first(), play.origins.first()) {
            prop_assert_eq!(got.timestamp, FIRST_TIMESTAMP);
            prop_assert!(origin.is_start);
        }
        let pairs = play.viewer.got.windows(2).zip(play.origins.windows(2));
        for (got, origin) in pairs {
            let ([before, got], [earlier, origin]) = (got, origin) else { continue };
            let is_same = earlier.source == origin.source;
            if codec.is_video() && !origin.is_start {
                prop_assert!(is_same, "{origin:?} after {earlier:?}");
                prop_assert_eq!(origin.place, earlier.place.wrapping_add(1));
            }
            let ticks = got.timestamp.wrapping_sub(before.timestamp);
            let elapsed = play.ticks(origin.millis - earlier.millis);
            // Another beginning at the same time is one tick later, of the same source as well.
            prop_assert!(
                ticks == elapsed.max(1) || is_same && ticks == elapsed,
                "{ticks} instead of {elapsed}",
            );
            if codec == Codec::Vp8 {
                let (got, before) = (picture(&got.payload), picture(&before.payload));
                let moved = got.wrapping_sub(before) & 0x7fff;
                let sent = origin.picture.wrapping_sub(earlier.picture) & 0x7fff;
                prop_assert!(moved == 1 || is_same && moved == sent, "{moved} and {sent}");
            }
        }
    }

    /// Without losses, every frame from the first keyframe on gets through.
    #[test]
    fn without_gaps_nothing_is_held_after_the_first_keyframe(
        codec in select(&CODECS[..]),
        senders in vec(sender(), SOURCES),
        frames in vec((any::<bool>(), 2..5usize), 1..60),
    ) {
        let expected: usize = frames
            .iter()
            .skip_while(|(is_keyframe, _)| codec.is_video() && !is_keyframe)
            .map(|(_, packets)| packets)
            .sum();
        let frame = |(is_keyframe, packets)| Step::Frame {
            source: 0,
            is_keyframe,
            packets,
            lost: None,
        };
        let steps: Vec<Step> = frames.into_iter().map(frame).collect();
        let play = Play::run(codec, senders, &steps);
        prop_assert_eq!(play.viewer.got.len(), expected);
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes in vec(any::<u8>(), 0..200), flags in any::<u8>()) {
        let mut packet = bytes.clone();
        // Most are to be taken for a packet.
        if let Some(first) = packet.first_mut() {
            *first = 0x80 | flags & 0x33;
        }
        for bytes in [&bytes, &packet] {
            if let Some(packet) = Packet::read(bytes) {
                prop_assert!(packet.payload().len() <= bytes.len() - 12);
                for id in 0..=255 {
                    let _ = (packet.extension(id), packet.audio_level(id));
                }
            }
            let _ = Vp8Descriptor::read(bytes);
            for codec in CODECS {
                let _ = starts_keyframe(codec, bytes);
            }
        }
    }

    #[test]
    fn no_extension_makes_reading_panic(
        profile in select(&[0xbedeu16, 0x1000, 0x1007, 0][..]),
        elements in vec(any::<u8>(), 0..40),
    ) {
        let bytes = Sent::new(1, 2, b"words").extended(profile, &elements).bytes();
        let packet = Packet::read(&bytes).unwrap();
        prop_assert_eq!(packet.payload(), b"words");
        for id in 0..=255 {
            if let Some(data) = packet.extension(id) {
                prop_assert!(data.len() < elements.len().next_multiple_of(4));
            }
        }
    }

    /// Also senders that mean harm cannot make a hole, only a stream that is of no use.
    #[test]
    fn no_packets_make_a_hole(
        codec in select(&CODECS[..]),
        packets in vec(hostile(), 0..60),
    ) {
        let mut slot = Rewriter::new(1, 96, 60_000, 0);
        let mut out = Vec::new();
        let mut expected = 60_000u16;
        for (sequence, timestamp, payload, pts_ns, source) in packets {
            // Some follow each other, and some do not.
            let sequence = if sequence % 4 == 0 { sequence } else { expected };
            slot.switch_to(SourceId(source / 2));
            let bytes = Sent::new(sequence, timestamp, &payload).bytes();
            let packet = Packet::read(&bytes).unwrap();
            let (mut same, mut shared) = (slot.clone(), Vec::new());
            let verdict = slot.rewrite(SourceId(source / 2), codec, &packet, pts_ns, &mut out);
            let of_head =
                same.rewrite_head(SourceId(source / 2), codec, &packet, pts_ns, &mut shared);
            prop_assert_eq!(of_head, verdict);
            if verdict == Verdict::Forward {
                shared.extend(&payload[head_of_payload(codec, &payload)..]);
                prop_assert_eq!(&shared, &out);
                let got = Packet::read(&out).unwrap();
                prop_assert_eq!(got.sequence(), expected);
                prop_assert_eq!(got.payload().len(), payload.len());
                expected = expected.wrapping_add(1);
            }
        }
    }

    /// Somebody has the floor as soon as anybody spoke, and it is somebody who spoke.
    #[test]
    fn the_floor_is_with_somebody_who_spoke(
        heard in vec((0..4u64, 0..128u8, 0..300u64), 0..300),
    ) {
        let mut speakers = Speakers::default();
        let mut now = std::time::Duration::ZERO;
        let mut spoke = std::collections::BTreeSet::new();
        for (key, below_loudest, millis) in heard {
            now += std::time::Duration::from_millis(millis);
            let level = crate::rtp::Level { is_voice: false, below_loudest };
            speakers.observe(key, level, now);
            spoke.extend(speakers.speaking(now));
            prop_assert_eq!(speakers.active().is_some(), !spoke.is_empty());
            prop_assert!(speakers.active().is_none_or(|active| spoke.contains(&active)));
        }
    }
}

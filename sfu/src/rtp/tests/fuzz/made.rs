//! Scripts in which senders, viewers and the network do as they like.

use super::{SLOTS, SOURCES, line};
use crate::{
    codec::Codec,
    rtp::tests::packets::{Sent, h264, vp8},
    tests::fuzz::{Random, with_other_bytes},
};

/// One sender: its numbers run on whoever looks.
struct Sender {
    sequence: u16,
    timestamp: u32,
    picture: u16,
}

impl Sender {
    fn new(random: &mut Random) -> Self {
        Self {
            sequence: random.bits() as u16,
            timestamp: random.bits() as u32,
            picture: random.bits() as u16 & 0x7fff,
        }
    }
}

pub(super) fn script(random: &mut Random) -> String {
    let (codec, word) = *random.pick(&[
        (Codec::Opus, "opus"),
        (Codec::Vp8, "vp8"),
        (Codec::H264, "h264"),
    ]);
    let mut script = format!("codec {word}\n");
    for slot in 0..SLOTS {
        let source = random.below(SOURCES);
        script += &format!("slot {slot} switch {source}\n");
    }
    let mut senders: Vec<Sender> = (0..SOURCES).map(|_| Sender::new(random)).collect();
    for _ in 0..20 + random.below(60) {
        let slot = random.below(SLOTS);
        match random.below(16) {
            0 => script += &format!("slot {slot} switch {}\n", random.below(SOURCES)),
            1 => script += &format!("slot {slot} pause\n"),
            2 => script += &format!("slot {slot} resume\n"),
            _ => {
                let source = random.below(SOURCES);
                script += &frame(random, codec, source, &mut senders[source]);
            }
        }
    }
    script
}

/// A frame of a few packets. Some get lost, come late or twice, or are damaged.
fn frame(random: &mut Random, codec: Codec, source: usize, sender: &mut Sender) -> String {
    disturb(random, sender);
    sender.picture = sender.picture.wrapping_add(1) & 0x7fff;
    sender.timestamp = sender.timestamp.wrapping_add(3000);
    let (count, is_keyframe) = (1 + random.below(3), random.one_in(4));
    let mut lines: Vec<String> = Vec::new();
    for index in 0..count {
        let payload = payload(codec, is_keyframe, index, sender.picture);
        let mut sent = Sent::new(sender.sequence, sender.timestamp, &payload);
        sender.sequence = sender.sequence.wrapping_add(1);
        sent.marker = index + 1 == count;
        if random.one_in(8) {
            sent = dressed(random, sent);
        }
        let mut bytes = sent.bytes();
        if random.one_in(12) {
            bytes = with_other_bytes(random, bytes);
        }
        let millis = match random.one_in(30) {
            true => random.bits() % 120_000,
            false => 10,
        };
        match random.below(20) {
            0 => {}
            1 => lines.extend([line(source, millis, &bytes), line(source, 0, &bytes)]),
            2 => lines.insert(0, line(source, millis, &bytes)),
            _ => lines.push(line(source, millis, &bytes)),
        }
    }
    lines.concat()
}

/// Now and then a sender counts otherwise than before.
fn disturb(random: &mut Random, sender: &mut Sender) {
    match random.below(40) {
        0 => *sender = Sender::new(random),
        1 => sender.sequence = sender.sequence.wrapping_add(random.below(300) as u16),
        2 => sender.sequence = sender.sequence.wrapping_sub(random.below(300) as u16),
        3 => sender.timestamp = random.bits() as u32,
        4 => sender.picture = random.bits() as u16 & 0x7fff,
        _ => {}
    }
}

/// A packet with what a viewer never gets to see.
fn dressed(random: &mut Random, sent: Sent) -> Sent {
    match random.below(4) {
        0 => Sent::new(sent.sequence, sent.timestamp, &[]).padded(255),
        1 => sent.padded(1 + random.below(8) as u8),
        2 => sent.extended(0xbede, &[0x10, random.bits() as u8, 0xff]),
        _ => Sent {
            contributing: vec![1; random.below(16)],
            ..sent
        },
    }
}

fn payload(codec: Codec, is_keyframe: bool, index: usize, picture: u16) -> Vec<u8> {
    match (codec, is_keyframe, index) {
        (Codec::Opus, ..) => vec![0xfc, 1, 2],
        (Codec::Vp8, ..) => vp8(index == 0, is_keyframe, picture, picture as u8),
        (Codec::H264, true, 0) => h264::stap_a(&[h264::SPS, h264::PPS]),
        (Codec::H264, true, 1) => h264::IDR_START.to_vec(),
        (Codec::H264, true, _) => h264::IDR_END.to_vec(),
        (Codec::H264, false, _) => h264::SLICE.to_vec(),
    }
}

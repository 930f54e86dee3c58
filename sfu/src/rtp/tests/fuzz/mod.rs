//! Packets of senders who mean harm, in slots that switch and pause at random: what a viewer gets
//! stays one stream that is the slot's own.
//!
//! An input is a script, one step a line:
//!
//! ```text
//! codec vp8             at the beginning; opus and h264 are the others
//! slot 1 switch 2       the second slot shows the third source
//! slot 1 pause
//! slot 1 resume
//! rtp 2 20 80e0…        20 ms later, the third source sends this
//! ```

mod made;
mod slot;

use std::str::SplitAsciiWhitespace;

use self::slot::Slot;
use super::packets::{Sent, h264, vp8};
use crate::{
    codec::Codec,
    rtp::{Packet, SourceId},
    tests::fuzz::{Fuzz, Grammar, Random},
};

/// Slots that look at the same sources.
const SLOTS: usize = 3;
const SOURCES: usize = 3;

/// Steps of a script; more are not taken.
const MOST_STEPS: usize = 200;

/// The longest time between two steps. All steps together stay below half of all timestamps.
const MOST_MILLIS: u64 = 100_000;

const GRAMMAR: Grammar = Grammar {
    separators: &[b"\n", b"\n", b" \n"],
    words: &[
        "codec opus",
        "codec vp8",
        "codec h264",
        "slot 0 switch 1",
        "slot 0 switch 0",
        "slot 1 pause",
        "slot 1 resume",
        "slot 2 switch 2",
        "rtp 0 20 80e0000000000000feedbeef9080010150",
        "rtp 1 0 90e0ffffffffffff00000001bede000110ff000065b800",
        "rtp 0 100000 a0600001000000000000000100",
        "0",
        "1",
    ],
};

#[test]
fn whatever_sources_send_a_viewer_gets_streams_of_the_slots() {
    let seeds: Vec<Vec<u8>> = [Codec::Opus, Codec::Vp8, Codec::H264]
        .map(|codec| orderly(codec).into_bytes())
        .into();
    let make = |random: &mut Random| {
        let script = match random.one_in(3) {
            true => random.pick(&seeds).clone(),
            false => made::script(random).into_bytes(),
        };
        match random.one_in(3) {
            true => GRAMMAR.changed(random, &script, &seeds),
            false => script,
        }
    };
    Fuzz::as_asked().run(&seeds, make, |input| {
        let script = String::from_utf8_lossy(input);
        play(&script) > 0
    });
}

/// Plays a script, and returns how many packets the viewers got.
fn play(script: &str) -> usize {
    let mut slots: Vec<Slot> = (0..SLOTS).map(Slot::new).collect();
    let (mut codec, mut now_ns) = (Codec::Vp8, 0);
    for line in script.lines().take(MOST_STEPS) {
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            // Later it would be another stream.
            Some("codec") if now_ns == 0 => codec = codec_of(&mut words).unwrap_or(codec),
            Some("slot") => {
                let _ = order(&mut slots, &mut words);
            }
            Some("rtp") => {
                let Some((source, millis, bytes)) = sent(&mut words) else {
                    continue;
                };
                now_ns += 1 + millis.min(MOST_MILLIS) * 1_000_000;
                let Some(packet) = Packet::read(&bytes) else {
                    continue;
                };
                for slot in &mut slots {
                    slot.take(source, codec, &packet, now_ns);
                }
            }
            _ => {}
        }
    }
    slots.iter().map(|slot| slot.got).sum()
}

fn codec_of(words: &mut SplitAsciiWhitespace<'_>) -> Option<Codec> {
    match words.next()? {
        "opus" => Some(Codec::Opus),
        "vp8" => Some(Codec::Vp8),
        "h264" => Some(Codec::H264),
        _ => None,
    }
}

fn order(slots: &mut [Slot], words: &mut SplitAsciiWhitespace<'_>) -> Option<()> {
    let slot = slots.get_mut(words.next()?.parse::<usize>().ok()?)?;
    match words.next()? {
        "switch" => slot.switch_to(source(words)?),
        "pause" => slot.pause(),
        "resume" => slot.resume(),
        _ => {}
    }
    Some(())
}

fn source(words: &mut SplitAsciiWhitespace<'_>) -> Option<SourceId> {
    words.next()?.parse().ok().map(SourceId)
}

/// Source, milliseconds since the step before, and the packet.
fn sent(words: &mut SplitAsciiWhitespace<'_>) -> Option<(SourceId, u64, Vec<u8>)> {
    let (source, millis) = (source(words)?, words.next()?.parse().ok()?);
    let digits = words.next()?.chars().map(|digit| digit.to_digit(16));
    let digits: Vec<u32> = digits.collect::<Option<_>>()?;
    let bytes = digits.chunks_exact(2);
    let bytes = bytes.map(|pair| (pair[0] << 4 | pair[1]) as u8).collect();
    Some((source, millis, bytes))
}

/// Two sources in the shape of browsers, a switch between them, and a pause.
fn orderly(codec: Codec) -> String {
    let mut script = match codec {
        Codec::Opus => "codec opus\n",
        Codec::Vp8 => "codec vp8\n",
        Codec::H264 => "codec h264\n",
    }
    .to_owned();
    for slot in 0..SLOTS {
        script += &format!("slot {slot} switch {}\n", slot % 2);
    }
    for number in 0..20_u16 {
        for source in 0..2_u16 {
            let payload = match codec {
                Codec::Opus => vec![0xfc, 0xff, 0xfe],
                Codec::Vp8 => vp8(true, number % 5 == 0, number, number as u8),
                Codec::H264 if number % 5 == 0 => h264::stap_a(&[h264::SPS, h264::PPS, h264::IDR]),
                Codec::H264 => h264::SLICE.to_vec(),
            };
            let sequence = 65_530_u16.wrapping_add(100 * source + number);
            let timestamp = u32::from(source) * 77_777 + u32::from(number) * 1800;
            let level = [0x10, 0x80 | number as u8];
            let sent = Sent::new(sequence, timestamp, &payload).marked();
            script += &line(source.into(), 10, &sent.extended(0xbede, &level).bytes());
        }
        script += match number {
            8 => "slot 0 switch 1\n",
            12 => "slot 1 pause\n",
            14 => "slot 1 resume\n",
            _ => "",
        };
    }
    script
}

/// A packet as a step of a script.
fn line(source: usize, millis: u64, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("rtp {source} {millis} {hex}\n")
}

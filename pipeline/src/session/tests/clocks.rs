//! Hours of packets with clocks that drift, networks that tremble, stand still and jump.

use scrim_ingest::log::Codec;
use scrim_policy::{Moment, TimelineEntry, TimelineEvent, TrackSource};

use super::{
    super::{
        feed::{Came, Feed, Timed},
        leaders::Leaders,
        placing::{Placing, sample_at},
    },
    Dice, Kept, MS, SECOND, Writing, participant, track,
};

const HOUR: u64 = 3_600 * SECOND;
const START: u64 = 30 * SECOND;

/// A sender and its network. Times are nanoseconds.
#[derive(Clone, Copy)]
struct Sender {
    codec: Codec,
    /// From one packet to the next, by the clock of the sender.
    every: u64,
    /// What the room gains on the clock of the sender.
    drift_ppm: f64,
    delay: u64,
    jitter: u64,
}

const MICROPHONE: Sender = Sender {
    codec: Codec::Opus,
    every: 20 * MS,
    drift_ppm: 0.0,
    delay: 35 * MS,
    jitter: 60 * MS,
};

const CAMERA: Sender = Sender {
    codec: Codec::Vp8,
    every: 40 * MS,
    drift_ppm: 0.0,
    delay: 155 * MS,
    jitter: 60 * MS,
};

impl Sender {
    /// When something of this time of the sender is in the room, without the delay.
    fn room(&self, sent: u64) -> u64 {
        START + (sent as f64 * (1.0 + self.drift_ppm * 1e-6)) as u64
    }

    fn timestamp(&self, sent: u64) -> u32 {
        let ticks = u128::from(sent) * u128::from(self.codec.clock_rate()) / u128::from(SECOND);
        0xfff0_0000_u32.wrapping_add(ticks as u32)
    }

    /// The log of so long. `late` says how much later than the least delayed packet one comes.
    fn chunks(&self, duration: u64, mut late: impl FnMut(u64) -> u64) -> Vec<Vec<u8>> {
        let mut log = Writing::new(TrackSource::Microphone, self.codec);
        let mut dice = Dice(3);
        let mut sequence = 65_000_u16;
        for sent in (0..duration).step_by(self.every as usize) {
            let pts = self.room(sent) + self.delay;
            let arrival = pts + late(sent) + dice.below(self.jitter);
            log.packet(pts, arrival, sequence, self.timestamp(sent), &[0xf8]);
            sequence = sequence.wrapping_add(1);
        }
        log.end()
    }
}

/// Reads a track to the end: for each packet, when it was sent, and when it belongs.
fn read(session: &Kept, sender: &Sender, duration: u64) -> Vec<(u64, i64)> {
    let mut feed = Feed::new(track(1));
    let mut packets = Vec::new();
    let mut first = None;
    let end = (START + duration + 10 * SECOND) as i64;
    let take = |timed: Timed| {
        if let Came::Packet(packet) = timed.what {
            let rtp = packet.rtp - *first.get_or_insert(packet.rtp);
            let rate = i64::from(sender.codec.clock_rate());
            let sent = rtp as u64 * SECOND / rate as u64;
            packets.push((sent, timed.at));
        }
    };
    feed.advance(session, end, take).unwrap();
    packets
}

/// How far the placed sound is from where it should be: the most of the first two minutes, and of the
/// rest, in milliseconds.
fn two_hours(drift_ppm: f64) -> (f64, f64) {
    let sender = Sender {
        drift_ppm,
        ..MICROPHONE
    };
    let session = Kept(vec![(track(1), sender.chunks(2 * HOUR, |_| 0))]);
    let packets = read(&session, &sender, 2 * HOUR);
    assert_eq!(packets.len(), 360_000);
    let mut placing = Placing::default();
    let (mut early, mut late) = (0.0_f64, 0.0_f64);
    for (index, (sent, at)) in packets.into_iter().enumerate() {
        let place = placing.place(sample_at(at), index > 0, 960);
        assert_eq!(place.skip, 0);
        assert!(place.length.abs_diff(960) <= 9, "{place:?}");
        let truth = sample_at((sender.room(sent) + sender.delay) as i64);
        let off = (place.at - truth).abs() as f64 / 48.0;
        if sent < 120 * SECOND {
            early = early.max(off);
        } else {
            late = late.max(off);
        }
    }
    (early, late)
}

#[test]
fn two_hours_of_a_slow_clock_stay_in_place() {
    let (early, late) = two_hours(80.0);
    assert!(early < 10.0 && late < 5.0, "{early} ms, then {late} ms");
}

#[test]
fn two_hours_of_a_fast_clock_stay_in_place() {
    let (early, late) = two_hours(-120.0);
    assert!(early < 10.0 && late < 5.0, "{early} ms, then {late} ms");
}

#[test]
fn a_network_that_stands_still_moves_nothing() {
    // For a second and a half everything waits, and then comes at once.
    let stall = |sent: u64| {
        let into = sent % (20 * SECOND);
        if sent > 20 * SECOND && into < 1_500 * MS {
            1_500 * MS - into
        } else {
            0
        }
    };
    let chunks = MICROPHONE.chunks(120 * SECOND, stall);
    let session = Kept(vec![(track(1), chunks)]);
    for (sent, at) in read(&session, &MICROPHONE, 120 * SECOND) {
        let truth = (MICROPHONE.room(sent) + MICROPHONE.delay) as i64;
        assert!(
            (at - truth).abs() < 15 * MS as i64,
            "{} ms",
            (at - truth) / MS as i64
        );
    }
}

#[test]
fn a_clock_that_stood_still_is_followed_within_two_seconds() {
    // The sender was muted for seven seconds, and its clock did not go on.
    let mut log = Writing::new(TrackSource::Microphone, Codec::Opus);
    let mut truth = Vec::new();
    for index in 0..1_500_u64 {
        let sent = index * 20 * MS;
        let muted = if index < 750 { 0 } else { 7 * SECOND };
        let arrival = MICROPHONE.room(sent) + muted;
        let timestamp = MICROPHONE.timestamp(sent);
        log.packet(arrival, arrival, index as u16, timestamp, &[0xf8]);
        truth.push((arrival as i64, (750..850).contains(&index)));
    }
    let session = Kept(vec![(track(1), log.end())]);
    let packets = read(&session, &MICROPHONE, 40 * SECOND);
    for ((_, at), (truth, is_found_out)) in packets.into_iter().zip(truth) {
        if is_found_out {
            // Never before everything that was said before.
            assert!(at >= truth - 2 * SECOND as i64);
            continue;
        }
        assert!(
            (at - truth).abs() < 5 * MS as i64,
            "{} ms",
            (at - truth) / MS as i64
        );
    }
}

#[test]
fn a_clock_that_was_set_anew_falls_back_to_the_jitterbuffer() {
    let mut log = Writing::new(TrackSource::Microphone, Codec::Opus);
    for index in 0..1_500_u64 {
        let arrival = START + index * 20 * MS;
        let anew = if index < 700 { 0 } else { 0x7000_0000 };
        let timestamp = (index as u32 * 960).wrapping_sub(anew);
        log.packet(arrival, arrival, index as u16, timestamp, &[0xf8]);
    }
    let session = Kept(vec![(track(1), log.end())]);
    let mut feed = Feed::new(track(1));
    let mut expected = START as i64;
    let take = |timed: Timed| {
        assert!(
            (timed.at - expected).abs() < 5 * MS as i64,
            "{} {expected}",
            timed.at
        );
        expected += 20 * MS as i64;
    };
    feed.advance(&session, (START + 60 * SECOND) as i64, take)
        .unwrap();
}

#[test]
fn pictures_come_with_the_sound_of_their_participant() {
    let sound = Sender {
        drift_ppm: 40.0,
        ..MICROPHONE
    };
    let pictures = Sender {
        drift_ppm: -30.0,
        ..CAMERA
    };
    // The clock of the machine is right, those of both devices are not.
    let duration = 300 * SECOND;
    let shared = |sender: &Sender, source| {
        let mut log = Writing::new(source, sender.codec);
        let mut dice = Dice(9);
        for room in (0..duration).step_by(sender.every as usize) {
            let sent = (room as f64 / (1.0 + sender.drift_ppm * 1e-6)) as u64;
            let pts = START + room + sender.delay;
            let arrival = pts + dice.below(sender.jitter);
            let sequence = (room / sender.every) as u16;
            log.packet(pts, arrival, sequence, sender.timestamp(sent), &[0xf8]);
            if room.is_multiple_of(SECOND) {
                log.report(
                    arrival,
                    (3_900_000_000 + room / SECOND) << 32,
                    sender.timestamp(sent),
                );
            }
        }
        log.end()
    };
    let session = Kept(vec![
        (track(1), shared(&pictures, TrackSource::Camera)),
        (track(2), shared(&sound, TrackSource::Microphone)),
    ]);
    let opened = |number, source| TimelineEntry {
        at: Moment(START),
        event: TimelineEvent::TrackOpened {
            track: track(number),
            participant: participant(1),
            source,
        },
    };
    let mut leaders = Leaders::default();
    leaders.learn(&[
        opened(1, TrackSource::Camera),
        opened(2, TrackSource::Microphone),
    ]);
    let mut feed = Feed::new(track(1));
    let mut index = 0;
    while feed.complete_to() < (START + duration) as i64 {
        let mut lead = |epoch| leaders.fit(&session, track(1), epoch);
        feed.step(&session, Some(&mut lead), |timed| {
            // When the sound of the same moment is heard.
            let truth = (START + index * pictures.every + sound.delay) as i64;
            let off = (timed.at - truth) / MS as i64;
            assert!(off.abs() < 20, "{off} ms at picture {index}");
            index += 1;
        })
        .unwrap();
    }
    assert!(index > 7_000);
}

#[test]
fn what_has_been_handed_out_is_complete() {
    // Packets that come up to two seconds late.
    let sender = Sender {
        jitter: 2 * SECOND,
        ..MICROPHONE
    };
    let chunks = sender.chunks(60 * SECOND, |_| 0);
    let session = Kept(vec![(track(1), chunks)]);
    for second in (30..90_u64).step_by(7) {
        let to = (second * SECOND) as i64;
        let mut feed = Feed::new(track(1));
        feed.advance(&session, to, |_| {}).unwrap();
        assert!(feed.complete_to() >= to);
        // Nothing that comes later belongs before it.
        let later = to + 5 * SECOND as i64;
        feed.advance(&session, later, |timed| assert!(timed.at >= to))
            .unwrap();
    }
}

//! Only the voices of the plan are in the sound of a session, in their spans and in their places.

use std::{collections::HashMap, thread};

use scrim_pipeline::{
    render::{Part, RenderError},
    session::{Heard, Sound, SoundSpec},
};
use scrim_policy::{Moment, SessionPlan, TrackId, session::Take};

use crate::{
    media,
    session_media::{OPUS, Sent, samples_sent, sent, strength, tone},
    session_support::{
        Beside, MS, Meeting, Recorded, Rendered, SECOND, START, participant, plan, sound,
        sound_and, sound_spec, track, voice,
    },
};

const LOW: f64 = 440.0;
const HIGH: f64 = 1_250.0;

fn low(pieces: u32) -> Recorded {
    Recorded::microphone(12, tone(LOW as u32, pieces))
}

fn high(pieces: u32) -> Recorded {
    Recorded::microphone(22, tone(HIGH as u32, pieces))
}

/// What is heard in a recording, both channels mixed, at 48 kHz.
fn heard(rendered: &Rendered) -> Vec<f32> {
    media::sound(rendered.file().path())
}

/// How strong a tone is between two times in seconds.
fn between(sound: &[f32], from: f64, to: f64, frequency: f64) -> f64 {
    let [from, to] = [from, to].map(|time| (time * media::RATE as f64) as usize);
    strength(&sound[from..to], media::RATE as f64, frequency)
}

#[test]
fn who_is_not_in_the_plan_is_not_heard() {
    let meeting = Meeting::of(&[low(150), high(150)]);
    let both = heard(&sound(&meeting, &plan(3 * SECOND, &[], &[12, 22])));
    assert!(between(&both, 0.5, 2.5, LOW) > 0.02 && between(&both, 0.5, 2.5, HIGH) > 0.02);
    let only_low = plan(3 * SECOND, &[], &[12]);
    let one = sound(&meeting, &only_low);
    // It makes no difference whether the other one was there.
    assert_eq!(one, sound(&Meeting::of(&[low(150)]), &only_low));
    let one = heard(&one);
    assert!(between(&one, 0.5, 2.5, LOW) > 0.02);
    // In no tenth of a second.
    for step in 0..29 {
        let from = f64::from(step) / 10.0;
        assert!(between(&one, from, from + 0.1, HIGH) < 1e-4, "{from}");
    }
    let nobody = heard(&sound(&meeting, &plan(3 * SECOND, &[], &[])));
    assert!(nobody.iter().all(|sample| sample.abs() < 1e-4));
}

#[test]
fn sound_lasts_as_long_as_the_recording() {
    let meeting = Meeting::of(&[low(50)]);
    let plan = plan(5_013 * MS, &[], &[12]);
    let rendered = sound(&meeting, &plan);
    let (facts, _) = &rendered.parts[&Part::Audio];
    assert_eq!((facts.frames, facts.channels), (5_013 * 48, 2));
    assert!((media::duration(rendered.file().path()) - 5.013).abs() < 0.03);
    let heard = heard(&rendered);
    assert!(between(&heard, 0.2, 0.9, LOW) > 0.02);
    assert!(heard[60_000..].iter().all(|sample| sample.abs() < 1e-3));
}

/// What somebody says, by track: when it begins in samples of 16 kHz, and all of it.
fn written(meeting: &Meeting, plan: &SessionPlan) -> HashMap<TrackId, Vec<(u64, Vec<i16>)>> {
    let mut pieces: HashMap<TrackId, Vec<(u64, Vec<i16>)>> = HashMap::new();
    sound_and(meeting, plan, |heard: Heard<'_>| {
        assert_eq!(
            heard.participant,
            participant(if heard.track == track(12) { 1 } else { 2 })
        );
        let at = (heard.at.0 * 16_000).div_ceil(SECOND);
        let all = pieces.entry(heard.track).or_default();
        match all.last_mut() {
            Some((from, samples)) if *from + samples.len() as u64 == at => {
                samples.extend(heard.samples);
            }
            _ => all.push((at, heard.samples.to_vec())),
        }
    });
    pieces
}

#[test]
fn a_voice_is_heard_in_its_spans_only() {
    let meeting = Meeting::of(&[low(250)]);
    let mut spans = plan(5 * SECOND, &[], &[]);
    spans.voices = vec![
        voice(12, SECOND + 1, 2 * SECOND),
        voice(12, 3 * SECOND, 3_500 * MS),
    ];
    spans.voices[1].is_transcribed = false;
    let all = heard(&sound(&meeting, &spans));
    assert!(between(&all, 1.1, 1.9, LOW) > 0.02 && between(&all, 3.1, 3.4, LOW) > 0.02);
    // AAC smears a frame over its neighbours, so to the sample it is told in what is written down.
    for (from, to) in [(0.0, 0.95), (2.05, 2.95), (3.55, 4.95)] {
        assert!(between(&all, from, to, LOW) < 1e-6, "{from} to {to}");
    }
    let pieces = written(&meeting, &spans);
    let [(at, samples)] = &pieces[&track(12)][..] else {
        panic!("one span is written down");
    };
    // The first sample within is the one after a second.
    assert_eq!((*at, samples.len()), (16_001, 15_999));
    assert!(
        samples[..8]
            .iter()
            .all(|sample| sample.unsigned_abs() < 2_000)
    );
    assert!(
        samples[1_000..2_000]
            .iter()
            .any(|sample| sample.unsigned_abs() > 12_000)
    );
}

#[test]
fn what_is_written_down_is_one_voice_alone() {
    let meeting = Meeting::of(&[low(100), high(100)]);
    let pieces = written(&meeting, &plan(2 * SECOND, &[], &[12, 22]));
    for (number, own, other) in [(12, LOW, HIGH), (22, HIGH, LOW)] {
        let [(0, samples)] = &pieces[&track(number)][..] else {
            panic!("each voice is one span from the start");
        };
        assert_eq!(samples.len(), 32_000);
        let samples: Vec<f32> = samples
            .iter()
            .map(|sample| f32::from(*sample) / 32_767.0)
            .collect();
        let of = |frequency| strength(&samples[8_000..24_000], 16_000.0, frequency);
        assert!(
            of(own) > 0.1 && of(other) < 1e-5,
            "{} and {}",
            of(own),
            of(other)
        );
    }
}

#[test]
fn many_voices_at_once_are_bent_and_not_cut_off() {
    let loud = |number, frequency| {
        Recorded::microphone(
            number,
            sent(&format!(
                "audiotestsrc wave=sine freq={frequency} volume=0.9 samplesperbuffer=960 \
                 num-buffers=100 ! audio/x-raw,rate=48000,channels=1 ! {OPUS}"
            )),
        )
    };
    let meeting = Meeting::of(&[loud(12, 440), loud(22, 554), loud(32, 659), loud(42, 880)]);
    let all = heard(&sound(&meeting, &plan(2 * SECOND, &[], &[12, 22, 32, 42])));
    let loudest = all[10_000..80_000]
        .iter()
        .fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
    // Where a wave is nearly square, AAC goes beyond it.
    assert!(loudest > 0.8 && loudest < 1.5, "{loudest}");
}

#[test]
fn short_losses_are_made_up_and_long_ones_are_silent() {
    let mut recorded = low(250);
    let lost = |packet: &Sent, from: u64, to: u64| packet.at >= from * MS && packet.at < to * MS;
    recorded.packets.retain(|packet| {
        !lost(packet, 1_000, 1_040) && !lost(packet, 2_000, 2_600) && !lost(packet, 3_000, 4_000)
    });
    let gap = recorded
        .packets
        .iter()
        .position(|packet| packet.at >= SECOND)
        .unwrap();
    recorded.beside.push((gap, Beside::Gap));
    let pause = recorded
        .packets
        .iter()
        .position(|packet| packet.at >= 3 * SECOND)
        .unwrap();
    recorded.beside.push((pause, Beside::Pause));
    let all = heard(&sound(
        &Meeting::of(&[recorded]),
        &plan(5 * SECOND, &[], &[12]),
    ));
    // A sine is easy to make up.
    assert!(between(&all, 1.025, 1.055, LOW) > 0.02);
    assert!(between(&all, 2.15, 2.55, LOW) < 1e-4);
    assert!(between(&all, 3.15, 3.95, LOW) < 1e-4);
    // What follows is where it was.
    for (from, to) in [(0.2, 0.9), (1.1, 1.9), (2.7, 2.95), (4.1, 4.9)] {
        assert!(between(&all, from, to, LOW) > 0.02, "{from} to {to}");
    }
}

#[test]
fn garbage_is_silent_and_ends_nothing() {
    let mut recorded = low(150);
    for (index, packet) in recorded.packets.iter_mut().enumerate().skip(50).take(50) {
        match index % 3 {
            0 => packet.bytes.truncate(12),
            1 => packet.bytes.splice(12.., [0xff, 0xff, 0xff]).for_each(drop),
            _ => packet
                .bytes
                .splice(12.., [0x7b, 0x83, 0xfe, 1])
                .for_each(drop),
        }
    }
    let meeting = Meeting::of(&[recorded, high(150)]);
    let all = heard(&sound(&meeting, &plan(3 * SECOND, &[], &[12, 22])));
    assert!(between(&all, 0.2, 0.9, LOW) > 0.02 && between(&all, 2.2, 2.9, LOW) > 0.02);
    assert!(between(&all, 1.2, 1.8, HIGH) > 0.02);
}

/// A second of sound: a pip of 20 ms at its start.
fn pip() -> Vec<Sent> {
    let sample = |index: usize| {
        let angle = std::f64::consts::TAU * 1_500.0 * index as f64 / 48_000.0;
        let is_on = index % 48_000 < 960;
        if is_on {
            (20_000.0 * angle.sin()) as i16
        } else {
            0
        }
    };
    let packets = samples_sent(&(0..96_000).map(sample).collect::<Vec<_>>());
    packets[50..100].to_vec()
}

/// The same second again and again.
fn pips(seconds: u64) -> Vec<Sent> {
    let second = pip();
    let first = second[0].clone();
    (0..seconds)
        .flat_map(|number| second.iter().map(move |packet| (number, packet.clone())))
        .map(|(number, mut packet)| {
            let sequence = packet.sequence().wrapping_sub(first.sequence());
            let timestamp = packet.timestamp().wrapping_sub(first.timestamp());
            packet.renumber(
                sequence.wrapping_add((number * 50) as u16),
                timestamp.wrapping_add((number * 48_000) as u32),
            );
            packet.at = packet.at - first.at + number * SECOND;
            packet
        })
        .collect()
}

#[test]
fn sound_of_a_clock_that_drifts_stays_in_its_place() {
    for drift_ppm in [80.0, -120.0] {
        let recorded = Recorded {
            drift_ppm,
            jitter: 60 * MS,
            ..Recorded::microphone(12, pips(240))
        };
        let mut plan = plan(241 * SECOND, &[], &[12]);
        plan.output = None;
        let mut all: Vec<i16> = Vec::new();
        let meeting = Meeting::of(&[recorded]);
        let spec = SoundSpec {
            encoder: None,
            ..sound_spec()
        };
        let listened = Rendered::by(|events| {
            let sound = Sound::new(&meeting, spec)?;
            sound.finish(&plan, events, &mut |heard| all.extend(heard.samples))
        });
        assert!(listened.unwrap().parts.is_empty());
        let all: Vec<f32> = all
            .iter()
            .map(|sample| f32::from(*sample) / 32_767.0)
            .collect();
        let mut first = None;
        for second in 1..239_u64 {
            let truth = second as f64 * (1.0 + drift_ppm * 1e-6) + 0.020;
            let around = |time: f64| (time * 16_000.0) as usize;
            let piece = &all[around(truth - 0.1)..around(truth + 0.2)];
            let power: f64 = piece.iter().map(|sample| f64::from(*sample).powi(2)).sum();
            let moment: f64 = piece
                .iter()
                .enumerate()
                .map(|(index, sample)| f64::from(*sample).powi(2) * index as f64)
                .sum();
            let centre = truth - 0.1 + moment / power / 16_000.0;
            // The middle of a pip, behind what Opus looks ahead.
            let off = centre - truth - 0.0165;
            let first = *first.get_or_insert(off);
            assert!(off.abs() < 0.012, "{off} s at {second} s, {drift_ppm} ppm");
            assert!(
                (off - first).abs() < 0.012,
                "{off} s at {second} s, {drift_ppm} ppm"
            );
        }
    }
}

/// A meeting of 12 seconds: two voices that come and go, with a loss each.
fn lively() -> (Vec<Recorded>, SessionPlan) {
    let shaken = |mut recorded: Recorded| {
        recorded.jitter = 30 * MS;
        recorded.drift_ppm = 90.0;
        recorded
            .packets
            .retain(|packet| packet.at / MS % 3_000 > 25);
        recorded
    };
    let mut plan = plan(12 * SECOND, &[], &[]);
    plan.takes = vec![
        Take {
            from: Moment(START),
            to: Moment(START + 5_011 * MS),
            at: Moment::START,
        },
        Take {
            from: Moment(START + 6 * SECOND),
            to: Moment(START + 13 * SECOND - 11 * MS),
            at: Moment(5_011 * MS),
        },
    ];
    plan.voices = vec![
        voice(12, 300 * MS, 4 * SECOND),
        voice(12, 4 * SECOND, 9 * SECOND),
        voice(22, 2 * SECOND, 12 * SECOND),
    ];
    (vec![shaken(low(650)), shaken(high(650))], plan)
}

/// A plan as it was when it was shorter.
fn until(plan: &SessionPlan, end: Moment) -> SessionPlan {
    let mut plan = plan.clone();
    plan.takes.retain(|take| take.at < end);
    for take in &mut plan.takes {
        take.to = take.to.min(take.from.later(end.0 - take.at.0));
    }
    plan.voices.retain(|voice| voice.from < end);
    for voice in &mut plan.voices {
        voice.to = voice.to.min(end);
    }
    plan
}

#[test]
fn sound_is_the_same_step_by_step_and_at_once() {
    let (tracks, plan) = lively();
    let meeting = Meeting::of(&tracks);
    let mut at_once = Vec::new();
    let mut note = |heard: Heard<'_>| {
        at_once.push((heard.track, heard.at, heard.samples.to_vec()));
    };
    let whole = sound_and(&meeting, &plan, &mut note);
    let running = Meeting::running(&tracks);
    let mut steps = Vec::new();
    let growing = Rendered::by(|events| {
        let mut sound = Sound::new(&running, sound_spec())?;
        let mut note = |heard: Heard<'_>| {
            steps.push((heard.track, heard.at, heard.samples.to_vec()));
        };
        for end in [1_234, 4_000, 4_001, 7_700, 11_000] {
            let end = Moment(end * MS);
            let plan = until(&plan, end);
            thread::scope(|scope| {
                scope.spawn(|| running.go_on_to(START + end.0 + 12 * SECOND));
                sound.advance(&plan, end, events, &mut note)
            })?;
            assert!(sound.position() <= end && sound.agrees_with(&plan));
        }
        running.end();
        running.go_on_to(u64::MAX);
        sound.finish(&plan, events, &mut note)
    });
    assert_eq!(growing.unwrap(), whole);
    assert_eq!(joined(steps), joined(at_once));
}

type Pieces = Vec<(TrackId, Moment, Vec<i16>)>;

/// Pieces that follow each other as one.
fn joined(pieces: Pieces) -> HashMap<TrackId, Vec<i16>> {
    let mut joined: HashMap<TrackId, Vec<i16>> = HashMap::new();
    for (track, _, samples) in pieces {
        joined.entry(track).or_default().extend(samples);
    }
    joined
}

#[test]
fn what_is_not_in_the_plan_any_more_ends_the_sound() {
    let (tracks, plan) = lively();
    let meeting = Meeting::of(&tracks);
    let refused = Rendered::by(|events| {
        let mut sound = Sound::new(&meeting, sound_spec())?;
        sound.advance(&plan, Moment(6 * SECOND), events, &mut |_| {})?;
        let mut other = plan.clone();
        // What is still to come may change.
        other.voices[1].to = Moment(8 * SECOND);
        assert!(sound.agrees_with(&other));
        other.voices.retain(|voice| voice.track != track(22));
        assert!(!sound.agrees_with(&other));
        sound.finish(&other, events, &mut |_| {})
    });
    assert!(matches!(refused, Err(RenderError::Outdated)));
}

#[test]
fn a_voice_that_was_destroyed_is_silent() {
    let meeting = Meeting::of(&[low(300), high(300)]);
    let plan = plan(6 * SECOND, &[], &[12, 22]);
    let rendered = Rendered::by(|events| {
        let mut sound = Sound::new(&meeting, sound_spec())?;
        sound.advance(&plan, Moment(2 * SECOND), events, &mut |_| {})?;
        meeting.destroy(track(22));
        sound.finish(&plan, events, &mut |_| {})
    });
    let all = heard(&rendered.unwrap());
    assert!(between(&all, 0.5, 1.5, HIGH) > 0.02);
    assert!(between(&all, 2.5, 5.5, HIGH) < 1e-5);
    assert!(between(&all, 2.5, 5.5, LOW) > 0.02);
}

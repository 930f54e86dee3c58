//! A voice is heard in its spans and not a sample beside them.

use scrim_policy::{
    Moment, SessionPlan,
    session::{Take, Voice},
};

use super::{
    super::voices::{Past, first_sample, moment_of, spans},
    MS, SECOND, participant, track,
};

fn voice(from: u64, to: u64, is_transcribed: bool) -> Voice {
    Voice {
        track: track(1),
        participant: participant(1),
        from: Moment(from),
        to: Moment(to),
        is_transcribed,
    }
}

fn plan(voices: &[Voice]) -> SessionPlan {
    SessionPlan {
        takes: vec![
            Take {
                from: Moment(5 * SECOND),
                to: Moment(6 * SECOND),
                at: Moment(0),
            },
            Take {
                from: Moment(9 * SECOND),
                to: Moment(12 * SECOND),
                at: Moment(SECOND),
            },
        ],
        voices: voices.to_vec(),
        ..SessionPlan::default()
    }
}

/// The gains of two seconds, of which the first sample is `from`, masked in pieces.
fn gains(plan: &SessionPlan, pieces: &[usize]) -> Vec<f32> {
    let spans = &spans(plan)[&track(1)];
    let mut all = Vec::new();
    for piece in pieces {
        let mut samples = vec![[1.0; 2]; *piece];
        spans.mask(all.len() as i64, &mut samples);
        all.extend(samples.iter().map(|sample| sample[0]));
    }
    all
}

#[test]
fn a_span_begins_and_ends_softly_and_within_itself() {
    // Not on a sample: the first one within is 4 801.
    let plan = plan(&[voice(100 * MS + 1, 300 * MS + 1, true)]);
    let gains = gains(&plan, &[96_000]);
    let heard: Vec<usize> = (0..gains.len())
        .filter(|index| gains[*index] > 0.0)
        .collect();
    assert_eq!((heard[0], heard[heard.len() - 1]), (4_801, 14_400));
    assert_eq!(heard.len(), 9_600);
    assert!(gains[4_801] < 0.01 && gains[14_400] < 0.01);
    assert!((gains[4_801 + 120] - 0.5).abs() < 0.01);
    assert!(
        gains[4_801 + 240..14_400 - 240]
            .iter()
            .all(|gain| *gain == 1.0)
    );
}

#[test]
fn pieces_make_no_difference() {
    let plan = plan(&[
        voice(100 * MS, 300 * MS, true),
        voice(400 * MS, 1_500 * MS, false),
    ]);
    let whole = gains(&plan, &[96_000]);
    assert_eq!(gains(&plan, &[4_900, 100, 9_300, 1, 33_699, 48_000]), whole);
}

#[test]
fn spans_that_follow_each_other_are_one() {
    let plan = plan(&[voice(0, 500 * MS, true), voice(500 * MS, SECOND, false)]);
    let gains = gains(&plan, &[96_000]);
    assert!(gains[240..48_000 - 240].iter().all(|gain| *gain == 1.0));
    let spans = &spans(&plan)[&track(1)];
    assert_eq!(spans.transcribed(0, 96_000), [(0..24_000, 0..24_000)]);
    assert!(spans.transcribed(24_000, 96_000).is_empty());
}

#[test]
fn spans_lie_in_the_room_where_takes_say() {
    let plan = plan(&[voice(500 * MS, 1_500 * MS, true)]);
    let spans = &spans(&plan)[&track(1)];
    let seconds = |seconds: f64| (seconds * 1e9) as i64;
    assert_eq!(
        spans.in_room,
        [seconds(5.5)..seconds(6.0), seconds(9.0)..seconds(9.5)]
    );
}

#[test]
fn samples_and_moments_are_told_from_each_other() {
    for sample in [0, 1, 2, 3, 47_999, 48_000, 345_600_001] {
        assert_eq!(first_sample(moment_of(sample).later(1)), sample + 1);
    }
    assert_eq!(first_sample(Moment(0)), 0);
    assert_eq!(first_sample(Moment(SECOND)), 48_000);
}

#[test]
fn a_plan_that_goes_on_has_the_same_past_and_a_refusal_has_not() {
    let short = plan(&[voice(0, 2 * SECOND, true)]);
    let longer = plan(&[
        voice(0, 3 * SECOND, true),
        voice(3 * SECOND, 4 * SECOND, false),
    ]);
    let refused = plan(&[]);
    let silent = plan(&[voice(0, SECOND, true)]);
    let past = |plan: &SessionPlan| Past::of(plan, 90_000);
    assert_eq!(past(&short), past(&longer));
    assert_ne!(past(&short), past(&refused));
    assert_ne!(past(&short), past(&silent));
    assert_eq!(Past::of(&refused, 0), Past::of(&longer, 0));
    let mut cut = longer.clone();
    cut.takes[1].to = Moment(20 * SECOND);
    assert_eq!(past(&longer), past(&cut));
    cut.takes[1].from = Moment(9 * SECOND + 1);
    assert_ne!(past(&longer), past(&cut));
}

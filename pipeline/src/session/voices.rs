//! Who is heard when, in samples of the recording.

use std::{collections::BTreeMap, ops::Range};

use scrim_policy::{
    Moment, ParticipantId, SessionPlan, TrackId,
    session::{Take, Voice},
};

use super::{placing::sample_at, runs::Stereo};
use crate::render::AUDIO_RATE;

/// Sound begins and ends softly within its span, over so many samples: 5 ms.
const FADE: i64 = AUDIO_RATE as i64 / 200;

/// A span of a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) to: i64,
    /// Whether what is said may be written down.
    pub(super) is_transcribed: bool,
}

/// All spans of one track, in order.
#[derive(Clone, Debug)]
pub(super) struct Spans {
    pub(super) participant: ParticipantId,
    spans: Vec<Span>,
    /// Where the spans lie in the room, in nanoseconds.
    pub(super) in_room: Vec<Range<i64>>,
}

/// Returns the spans of all tracks. The order is always the same, so that sums are.
pub(super) fn spans(plan: &SessionPlan) -> BTreeMap<TrackId, Spans> {
    let mut all: BTreeMap<TrackId, Spans> = BTreeMap::new();
    for voice in &plan.voices {
        let spans = all.entry(voice.track).or_insert_with(|| Spans {
            participant: voice.participant,
            spans: Vec::new(),
            in_room: Vec::new(),
        });
        let (from, to) = (first_sample(voice.from), first_sample(voice.to));
        let is_transcribed = voice.is_transcribed;
        spans.spans.push(Span {
            from,
            to,
            is_transcribed,
        });
        spans.in_room.extend(in_room(plan, voice));
    }
    for spans in all.values_mut() {
        spans.spans.sort_unstable_by_key(|span| span.from);
        spans.in_room.sort_unstable_by_key(|span| span.start);
    }
    all
}

/// The first sample at or after a moment.
pub(super) fn first_sample(moment: Moment) -> i64 {
    let samples = u128::from(moment.0) * u128::from(AUDIO_RATE);
    i64::try_from(samples.div_ceil(1_000_000_000)).unwrap_or(i64::MAX)
}

/// When a sample is heard.
pub(super) fn moment_of(sample: i64) -> Moment {
    let sample = u128::from(sample.unsigned_abs());
    Moment((sample * 1_000_000_000 / u128::from(AUDIO_RATE)) as u64)
}

/// How much later a sample of a take is in the room than in the recording.
pub(super) fn offset(take: &Take) -> i64 {
    let nanoseconds = i128::from(take.from.0) - i128::from(take.at.0);
    sample_at(i64::try_from(nanoseconds).unwrap_or(i64::MAX))
}

fn in_room(plan: &SessionPlan, voice: &Voice) -> Vec<Range<i64>> {
    let nanoseconds = |moment: u64| i64::try_from(moment).unwrap_or(i64::MAX);
    let part = |take: &Take| {
        let end = take.at.later(take.to.0.saturating_sub(take.from.0));
        let (from, to) = (voice.from.max(take.at), voice.to.min(end));
        let room = |moment: Moment| nanoseconds(take.from.later(moment.0 - take.at.0).0);
        (from < to).then(|| room(from)..room(to))
    };
    plan.takes.iter().filter_map(part).collect()
}

impl Spans {
    /// Whether anything is heard in a part of the recording.
    pub(super) fn are_heard(&self, from: i64, to: i64) -> bool {
        self.within(from, to).next().is_some()
    }

    /// Takes out of some samples, the first of which is `from`, whatever is not to be heard.
    pub(super) fn mask(&self, from: i64, samples: &mut [Stereo]) {
        let to = from + samples.len() as i64;
        let mut done = from;
        for span in self.joined(from, to) {
            let (first, last) = (span.start.clamp(done, to), span.end.clamp(done, to));
            samples[(done - from) as usize..(first - from) as usize].fill([0.0; 2]);
            for place in first..last {
                let edge = (place - span.start).min(span.end - 1 - place);
                if edge < FADE {
                    let gain = (edge + 1) as f32 / (FADE + 1) as f32;
                    let sample = &mut samples[(place - from) as usize];
                    *sample = sample.map(|value| value * gain);
                }
            }
            done = last;
        }
        samples[(done - from) as usize..].fill([0.0; 2]);
    }

    /// Returns the parts between `from` and `to` of which words may be written down, each with the
    /// span that it belongs to. Spans that follow each other are one.
    pub(super) fn transcribed(&self, from: i64, to: i64) -> Vec<(Range<i64>, Range<i64>)> {
        let spans = self.spans.iter().filter(|span| span.is_transcribed);
        joined(spans)
            .into_iter()
            .filter(|span| span.start < to && span.end > from)
            .map(|span| (span.start.max(from)..span.end.min(to), span))
            .collect()
    }

    fn within(&self, from: i64, to: i64) -> impl Iterator<Item = &Span> {
        self.spans
            .iter()
            .filter(move |span| span.from < to && span.to > from && span.from < span.to)
    }

    /// Spans around a part of the recording. Those that follow each other are one.
    fn joined(&self, from: i64, to: i64) -> Vec<Range<i64>> {
        let mut all = joined(self.spans.iter());
        all.retain(|span| span.start < to && span.end > from);
        all
    }
}

fn joined<'a>(spans: impl Iterator<Item = &'a Span>) -> Vec<Range<i64>> {
    let mut joined: Vec<Range<i64>> = Vec::new();
    for span in spans.filter(|span| span.from < span.to) {
        match joined.last_mut() {
            Some(last) if span.from <= last.end => last.end = last.end.max(span.to),
            _ => joined.push(span.from..span.to),
        }
    }
    joined
}

/// What a plan says about sound before a sample of the recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Past {
    takes: Vec<Take>,
    voices: Vec<Voice>,
}

impl Past {
    /// Looks at a plan up to a sample.
    pub(super) fn of(plan: &SessionPlan, until: i64) -> Self {
        let end = moment_of(until);
        let takes = plan.takes.iter().filter(|take| take.at < end);
        let cut_take = |take: &Take| Take {
            to: take.to.min(take.from.later(end.0 - take.at.0)),
            ..*take
        };
        let voices = plan.voices.iter().filter(|voice| voice.from < end);
        let cut_voice = |voice: &Voice| Voice {
            to: voice.to.min(end),
            ..*voice
        };
        Self {
            takes: takes.map(cut_take).collect(),
            voices: voices.map(cut_voice).collect(),
        }
    }
}

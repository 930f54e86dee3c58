//! The sound of a session: voices in their places, mixed and encoded, and each by itself for whoever
//! writes it down.

use std::{
    collections::{BTreeMap, HashMap},
    sync::mpsc::SyncSender,
    time::Duration,
};

use rayon::prelude::*;
use scrim_ingest::SessionSource;
use scrim_policy::{Moment, ParticipantId, SessionPlan, TrackId, session::Take};

use super::{
    aac::Aac,
    ear::Ear,
    feed::BEHIND,
    lane::{AHEAD, Lane},
    mix::limited,
    runs::Stereo,
    voices::{Past, Spans, first_sample, moment_of, offset, spans},
};
use crate::{
    render::{AUDIO_RATE, AudioEncoder, Event, RenderError, SPEECH_RATE},
    transcribe::CancelFlag,
};

/// What is worked on at a time, in samples: 1 s.
const PIECE: i64 = AUDIO_RATE as i64;

/// Sound is not rendered closer to the end of a plan that may go on, in nanoseconds: 2.5 s. There a
/// plan may say something else later, and nobody knows yet whether a voice ends.
const HELD_BACK: u64 = 2_500_000_000;

/// How long is waited for a session before somebody looks whether to go on.
const PATIENCE: Duration = Duration::from_millis(500);

/// How sound is rendered.
#[derive(Clone, Debug)]
pub struct SoundSpec {
    /// The encoder. None where somebody only listens to [`Heard`].
    pub encoder: Option<AudioEncoder>,
    /// Ends the work with [`RenderError::Stopped`].
    pub cancel: CancelFlag,
}

/// What one participant says, of which words may be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard<'a> {
    /// The track.
    pub track: TrackId,
    /// Whose it is.
    pub participant: ParticipantId,
    /// When the first sample is heard, in the recording. It lies on the grid of 16 kHz.
    pub at: Moment,
    /// 16 kHz, one channel. Within a span of a voice pieces follow each other without a hole; where
    /// nothing is said they are silent.
    pub samples: &'a [i16],
}

/// The sound of one session, from its first sample on.
///
/// There is one encoder for all of it. It only goes forward: where what was rendered is not in a
/// plan any more, it has to be thrown away, and another one begun.
pub struct Sound<'a> {
    session: &'a dyn SessionSource,
    cancel: CancelFlag,
    encoder: Option<Aac>,
    lanes: HashMap<TrackId, Lane>,
    ears: HashMap<TrackId, Ear>,
    /// The next sample of the recording.
    position: i64,
    /// What the plan said before that.
    past: Past,
}

impl<'a> Sound<'a> {
    /// Begins before the first sample.
    ///
    /// # Errors
    /// An element is missing.
    pub fn new(session: &'a dyn SessionSource, spec: SoundSpec) -> Result<Self, RenderError> {
        crate::elements::register().map_err(|source| RenderError::Start { source })?;
        Ok(Self {
            session,
            cancel: spec.cancel,
            encoder: spec.encoder.map(Aac::new).transpose()?,
            lanes: HashMap::new(),
            ears: HashMap::new(),
            position: 0,
            past: Past::default(),
        })
    }

    /// Returns up to where sound was rendered.
    pub fn position(&self) -> Moment {
        moment_of(self.position)
    }

    /// Whether a plan says the same as those before it about all that was rendered. If not, begin
    /// anew.
    pub fn agrees_with(&self, plan: &SessionPlan) -> bool {
        Past::of(plan, self.position) == self.past
    }

    /// Renders up to a moment of the recording, or to two and a half seconds before the end of the plan
    /// where that is earlier. What is encoded goes to `events`, what may be written down to `heard`, in
    /// order for each track. Where the session has not come so far, it waits for it.
    ///
    /// # Errors
    /// [`RenderError::Outdated`] where the plan does not agree with what was rendered. Otherwise a log
    /// cannot be read, an element is missing, somebody asked to stop, or nobody listens to the events
    /// any more.
    pub fn advance(
        &mut self,
        plan: &SessionPlan,
        to: Moment,
        events: &SyncSender<Event>,
        heard: &mut dyn FnMut(Heard<'_>),
    ) -> Result<(), RenderError> {
        let end = plan.duration().earlier(HELD_BACK);
        self.render(plan, first_sample(to.min(end)), events, heard)
    }

    /// Renders the rest, to the end of the plan, and reports that the sound is complete.
    ///
    /// # Errors
    /// Those of [`Self::advance`].
    pub fn finish(
        mut self,
        plan: &SessionPlan,
        events: &SyncSender<Event>,
        heard: &mut dyn FnMut(Heard<'_>),
    ) -> Result<(), RenderError> {
        self.render(plan, first_sample(plan.duration()), events, heard)?;
        match self.encoder {
            Some(encoder) => encoder.finish(events),
            None => Ok(()),
        }
    }

    fn render(
        &mut self,
        plan: &SessionPlan,
        to: i64,
        events: &SyncSender<Event>,
        heard: &mut dyn FnMut(Heard<'_>),
    ) -> Result<(), RenderError> {
        if !self.agrees_with(plan) {
            return Err(RenderError::Outdated);
        }
        for lane in self.lanes.values_mut() {
            lane.look(self.session)?;
        }
        let spans = spans(plan);
        while self.position < to {
            let take = take_at(plan, self.position);
            let next_take = plan
                .takes
                .iter()
                .map(|take| first_sample(take.at))
                .find(|from| *from > self.position)
                .unwrap_or(i64::MAX);
            // The same pieces wherever one stops in between.
            let whole = (self.position / PIECE + 1) * PIECE;
            let end = whole.min(next_take).min(to);
            let mixed = self.piece(take, end, &spans, heard)?;
            if let Some(encoder) = &mut self.encoder {
                encoder.push(&mixed, events)?;
            }
            self.position = end;
            self.past = Past::of(plan, end);
        }
        Ok(())
    }

    /// Mixes the samples up to `end`, all of one take.
    fn piece(
        &mut self,
        take: Option<&Take>,
        end: i64,
        spans: &BTreeMap<TrackId, Spans>,
        heard: &mut dyn FnMut(Heard<'_>),
    ) -> Result<Vec<Stereo>, RenderError> {
        let from = self.position;
        let mut mixed: Vec<Stereo> = vec![[0.0; 2]; (end - from) as usize];
        let Some(take) = take else {
            return Ok(mixed);
        };
        let offset = offset(take);
        let room = moment_of(end + offset);
        self.wait_for(room)?;
        let to = i64::try_from(room.0).unwrap_or(i64::MAX);
        for (track, spans) in spans {
            if spans.are_heard(from, end) {
                let lane = || Lane::new(*track);
                self.lanes.entry(*track).or_insert_with(lane);
            }
        }
        let mut voices: Vec<(TrackId, &Spans, &mut Lane)> = self
            .lanes
            .iter_mut()
            .filter_map(|(track, lane)| {
                let spans = spans.get(track)?;
                spans.are_heard(from, end).then_some((*track, spans, lane))
            })
            .collect();
        // Sums of numbers that are rounded depend on their order.
        voices.sort_unstable_by_key(|(track, ..)| *track);
        let session = self.session;
        let length = mixed.len();
        let heard_of: Vec<Vec<Stereo>> = voices
            .par_iter_mut()
            .map(|(_, spans, lane)| {
                lane.advance(session, to, &spans.in_room)?;
                let mut samples = vec![[0.0; 2]; length];
                lane.add_to(from + offset, &mut samples);
                spans.mask(from, &mut samples);
                Ok(samples)
            })
            .collect::<Result<_, RenderError>>()?;
        for ((track, spans, _), samples) in voices.iter().zip(&heard_of) {
            for (part, span) in spans.transcribed(from, end) {
                let of_part = (part.start - from) as usize..(part.end - from) as usize;
                let ear = self.ears.entry(*track).or_default();
                let (first, out) = ear.hear(span, part.start, &samples[of_part]);
                if !out.is_empty() {
                    let at = first.unsigned_abs() * 1_000_000_000 / u64::from(SPEECH_RATE);
                    heard(Heard {
                        track: *track,
                        participant: spans.participant,
                        at: Moment(at),
                        samples: &out,
                    });
                }
            }
            for (mixed, sample) in mixed.iter_mut().zip(samples) {
                mixed[0] += sample[0];
                mixed[1] += sample[1];
            }
        }
        for sample in &mut mixed {
            *sample = sample.map(limited);
        }
        Ok(mixed)
    }

    /// Waits until all that belongs before a moment of the room is there.
    fn wait_for(&self, room: Moment) -> Result<(), RenderError> {
        let wanted = room.later(BEHIND).later(AHEAD.unsigned_abs());
        let mut state = self.session.state();
        loop {
            if self.cancel.is_cancelled() {
                return Err(RenderError::Stopped);
            }
            if state.is_over || state.complete_to >= wanted {
                return Ok(());
            }
            state = self.session.wait(state.complete_to, PATIENCE);
        }
    }
}

/// The take that a sample of the recording is in.
fn take_at(plan: &SessionPlan, sample: i64) -> Option<&Take> {
    let mut takes = plan.takes.iter().rev();
    takes.find(|take| first_sample(take.at) <= sample)
}

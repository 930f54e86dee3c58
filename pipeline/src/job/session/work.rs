//! Rendering, mixing and listening, side by side, as far as the session has come.

use std::{
    sync::mpsc::{Receiver, SyncSender, channel, sync_channel},
    thread,
    time::Duration,
};

use scrim_ingest::SessionState;
use scrim_policy::{Moment, SessionPlan};

use super::{
    super::{
        Context, JobError, SessionInput, Stage,
        rendering::{EVENTS, Sealing},
    },
    script::Script,
    segments::{self, Segments},
    voices::{self, Piece, Spoken},
};
use crate::{
    render::{Event, Part, RenderError, SEGMENT_NS},
    session::{Film, FilmSpec, Heard, Sound, SoundSpec},
    transcribe::TranscribeError,
};

/// How long a session that does not move is waited for, before somebody is asked whether to stop.
const PATIENCE: Duration = Duration::from_millis(500);

/// Pieces of voices that may wait to be listened to: some minutes of one speaker.
const PIECES: usize = 4096;

/// How far the sound stays behind a session that goes on, in nanoseconds, so that nothing waits for it.
const SOUND_BEHIND_NS: u64 = 4_000_000_000;

/// Segments that are rendered before it is asked again what the session has come to.
const BATCH: usize = 8;

/// What goes on beside each other.
pub(super) struct Work<'a> {
    context: &'a Context<'a>,
    session: &'a SessionInput,
    film: Film<'a>,
    /// None once it is complete.
    sound: Option<Sound<'a>>,
    sealing: Sealing,
    segments: Segments,
    pieces: Option<SyncSender<Piece>>,
    spoken: Receiver<Spoken>,
    written: Vec<Spoken>,
    /// How often somebody had refused something when the words were last looked at.
    refusals: usize,
}

impl<'a> Work<'a> {
    /// Works until the session is over and everything is rendered. Returns the last script, and what
    /// was said.
    pub(super) fn run(
        context: &'a Context<'a>,
        session: &'a SessionInput,
        write: &dyn Fn(&SessionState) -> Result<Script, JobError>,
    ) -> Result<(Script, Option<Vec<Spoken>>), JobError> {
        let written = match context.spec.speech {
            Some(_) => voices::written(context)?,
            None => Vec::new(),
        };
        let is_written = written.last().is_some_and(|one| one.participant.is_none());
        let speech = context.spec.speech.as_ref().filter(|_| !is_written);
        let before = written.clone();
        let (pieces, heard) = sync_channel(PIECES);
        let (sender, spoken) = channel();
        let cancel = context.spec.cancel.clone();
        // Threads of the recogniser spin while they wait for each other, see the job over a file.
        let threads = context.spec.workers.div_ceil(2);
        thread::scope(|scope| {
            let listening = speech.map(|speech| {
                scope.spawn(move || {
                    voices::listen(speech, threads, cancel, &before, &heard, &sender)
                })
            });
            let mut work = Self {
                context,
                session,
                film: film(context, session),
                sound: Some(sound(context, session)?),
                sealing: Sealing::default(),
                segments: Segments::find(context)?,
                pieces: speech.map(|_| pieces),
                spoken,
                written,
                refusals: 0,
            };
            let script = work.follow(write);
            let heard_all = work.hear_out(listening, script.as_ref().ok());
            let script = script?;
            heard_all?;
            let spoken = context.spec.speech.as_ref().map(|_| work.written);
            Ok((script, spoken))
        })
    }

    /// Follows the session to its end.
    fn follow(
        &mut self,
        write: &dyn Fn(&SessionState) -> Result<Script, JobError>,
    ) -> Result<Script, JobError> {
        let mut after = Moment::START;
        loop {
            self.context.go_on(Stage::Render)?;
            let state = self.session.source.wait(after, PATIENCE);
            after = state.complete_to;
            let script = write(&state)?;
            self.forget_refused(&script)?;
            let complete = self.complete(&script.plan, &state);
            let missing = self
                .segments
                .missing(self.context, &script.plan, complete)?;
            let is_last = state.is_over && missing.len() <= BATCH;
            let now = &missing[..missing.len().min(BATCH)];
            self.render(&script, now, is_last)?;
            self.tell(&script, state.is_over);
            if is_last {
                return Ok(script);
            }
        }
    }

    /// Destroys words that must not be written any more, as soon as somebody has refused something.
    fn forget_refused(&mut self, script: &Script) -> Result<(), JobError> {
        let refusals = script.refusals();
        if std::mem::replace(&mut self.refusals, refusals) == refusals {
            return Ok(());
        }
        for (index, spoken) in (0..).zip(&mut self.written) {
            if script.leave_out(spoken) {
                voices::replace(self.context, index, spoken)?;
            }
        }
        Ok(())
    }

    /// Returns how many segments can be rendered by now.
    fn complete(&self, plan: &SessionPlan, state: &SessionState) -> u32 {
        let Some(_) = plan.output else {
            return 0;
        };
        let segments = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        if state.is_over {
            return segments(plan.duration().0.div_ceil(SEGMENT_NS));
        }
        let is_there = |segment: &u32| {
            let needed = self.film.needs(plan, *segment);
            needed.is_some_and(|needed| needed <= state.complete_to)
        };
        let whole = segments(plan.duration().0 / SEGMENT_NS);
        (0..whole).rev().find(is_there).map_or(0, |last| last + 1)
    }

    /// Renders some segments and mixes the sound as far as there is some, side by side.
    fn render(&mut self, script: &Script, missing: &[u32], is_last: bool) -> Result<(), JobError> {
        let plan = &script.plan;
        let to = plan.duration().earlier(SOUND_BEHIND_NS);
        if self
            .sound
            .as_ref()
            .is_none_or(|sound| !sound.agrees_with(plan))
        {
            // Somebody was heard who must not be. What was mixed is thrown away.
            self.sealing.forget(Part::Audio);
            self.sound = Some(sound(self.context, self.session)?);
        }
        let sound = self.sound.take();
        let Self {
            context,
            film,
            sealing,
            segments,
            pieces,
            spoken,
            written,
            ..
        } = self;
        let (sender, events) = sync_channel::<Event>(EVENTS);
        let outcome = thread::scope(|scope| {
            let for_film = sender.clone();
            let filming = scope.spawn(move || film.render(plan, missing, &for_film));
            let mixing = scope.spawn(move || {
                let mut hear = |heard: Heard<'_>| {
                    let Some(pieces) = pieces else { return };
                    // Whoever listens has failed, and says so.
                    let _ = pieces.send(Piece {
                        participant: heard.participant,
                        at: heard.at,
                        samples: heard.samples.to_vec(),
                    });
                };
                let Some(mut sound) = sound else {
                    return Ok(None);
                };
                if is_last {
                    return sound.finish(plan, &sender, &mut hear).map(|()| None);
                }
                sound.advance(plan, to, &sender, &mut hear)?;
                Ok(Some(sound))
            });
            let sealed = seal(context, plan, sealing, segments, &events, || {
                keep_spoken(context, script, spoken, written)
            });
            // Rendering stops when nobody listens any more.
            drop(events);
            let filmed = filming
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let mixed = mixing
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            sealed?;
            filmed?;
            Ok(mixed?)
        });
        match outcome {
            Ok(sound) => {
                self.sound = sound;
                Ok(())
            }
            Err(JobError::Render(RenderError::Stopped)) => {
                self.context.go_on(Stage::Render)?;
                Err(JobError::Render(RenderError::Stopped))
            }
            Err(error) => Err(error),
        }
    }

    /// Waits for the last words, which are there some time after the sound.
    fn hear_out(
        &mut self,
        listening: Option<thread::ScopedJoinHandle<'_, Result<(), TranscribeError>>>,
        script: Option<&Script>,
    ) -> Result<(), JobError> {
        self.pieces = None;
        let Some(listening) = listening else {
            return Ok(());
        };
        if script.is_none() {
            self.context.spec.cancel.cancel();
        }
        let mut kept = Ok(());
        for spoken in self.spoken.iter() {
            if let (Ok(()), Some(script)) = (&kept, script) {
                kept = keep_one(self.context, script, spoken, &mut self.written);
            }
        }
        let heard = listening
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        kept?;
        heard?;
        match script {
            Some(script) => {
                let end = voices::end_mark(self.written.len());
                keep_one(self.context, script, end, &mut self.written)
            }
            None => Ok(()),
        }
    }

    fn tell(&self, script: &Script, is_over: bool) {
        let duration = script.plan.duration().0;
        let done = self.segments.rendered_to().min(duration);
        self.context
            .report(Stage::Render, done, is_over.then_some(duration));
    }
}

fn film<'a>(context: &Context<'_>, session: &'a SessionInput) -> Film<'a> {
    let background = context.spec.policy.background;
    let cancel = context.spec.cancel.clone();
    let spec = FilmSpec {
        workers: context.spec.workers,
        ..FilmSpec::new(context.video_encoder, background, cancel)
    };
    Film::new(session.source.as_ref(), spec)
}

fn sound<'a>(context: &Context<'_>, session: &'a SessionInput) -> Result<Sound<'a>, JobError> {
    let spec = SoundSpec {
        encoder: Some(context.audio_encoder),
        cancel: context.spec.cancel.clone(),
    };
    Ok(Sound::new(session.source.as_ref(), spec)?)
}

fn seal(
    context: &Context<'_>,
    plan: &SessionPlan,
    sealing: &mut Sealing,
    segments: &mut Segments,
    events: &Receiver<Event>,
    mut meanwhile: impl FnMut() -> Result<(), JobError>,
) -> Result<(), JobError> {
    for event in events {
        context.go_on(Stage::Render)?;
        let done = sealing.take(context, event, &|part| segments::part(context, part, plan))?;
        if let Some((Part::Segment(index), key)) = done {
            segments.rendered(index, key);
        }
        meanwhile()?;
    }
    Ok(())
}

fn keep_spoken(
    context: &Context<'_>,
    script: &Script,
    spoken: &Receiver<Spoken>,
    written: &mut Vec<Spoken>,
) -> Result<(), JobError> {
    spoken
        .try_iter()
        .try_for_each(|one| keep_one(context, script, one, written))
}

/// Keeps what somebody said, without what they have refused since.
fn keep_one(
    context: &Context<'_>,
    script: &Script,
    mut spoken: Spoken,
    written: &mut Vec<Spoken>,
) -> Result<(), JobError> {
    script.leave_out(&mut spoken);
    let index = u32::try_from(written.len()).unwrap_or(u32::MAX);
    voices::keep(context, index, &spoken)?;
    written.push(spoken);
    Ok(())
}

//! The pictures of a session, segment by segment.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, mpsc::SyncSender},
    time::Duration,
};

use gstreamer as gst;
use rayon::prelude::*;
use scrim_ingest::{SessionSource, SessionState, log::Codec};
use scrim_policy::{
    Colour, Moment, SessionPlan, TrackId,
    session::{Shows, Tile},
};

use super::{
    canvas::Stage,
    encode::Encoding,
    feed::BEHIND,
    leaders::Leaders,
    moments::{moments, tiles},
    pictures::Pictures,
};
use crate::{
    render::{Budget, Event, RenderError, SEGMENT_NS, VideoEncoder},
    transcribe::CancelFlag,
};

/// How long a picture may stand, in nanoseconds: 5 s. Players show a still as long as they are told,
/// but a seek lands on the picture before.
const STILL: u64 = 5_000_000_000;

/// How long is waited for a session before somebody looks whether to go on.
const PATIENCE: Duration = Duration::from_millis(500);

/// How pictures are rendered.
#[derive(Clone, Debug)]
pub struct FilmSpec {
    /// The encoder.
    pub encoder: VideoEncoder,
    /// The colour of what no tile covers.
    pub background: Colour,
    /// Segments that are encoded at once, at least one.
    pub workers: usize,
    /// Length of a segment, in nanoseconds; see [`SEGMENT_NS`]. Parts of different lengths cannot be
    /// mixed.
    pub segment: u64,
    /// Ends the work with [`RenderError::Stopped`].
    pub cancel: CancelFlag,
}

impl FilmSpec {
    /// The usual way.
    pub const fn new(encoder: VideoEncoder, background: Colour, cancel: CancelFlag) -> Self {
        Self {
            encoder,
            background,
            workers: 1,
            segment: SEGMENT_NS,
            cancel,
        }
    }
}

/// The pictures of one session.
///
/// It keeps its place, with decoders and what they last showed, so that the next segment costs only
/// itself. To go on further ahead, logs are read and nothing is decoded but what comes after the
/// last keyframes; to go back, it begins again at the front.
///
/// A segment depends on the session, the plan and the spec alone: rendered with others or by itself,
/// now or a week later, it has the same bytes.
pub struct Film<'a> {
    session: &'a dyn SessionSource,
    spec: FilmSpec,
    tracks: HashMap<TrackId, Pictures>,
    leaders: Leaders,
    stage: Option<([u32; 2], Stage)>,
    /// What is laid out on the stage, and when the take began whose pictures are on it.
    scene: (Vec<Tile>, i64),
    /// Up to where tracks were followed, in nanoseconds of the room.
    position: i64,
}

impl<'a> Film<'a> {
    /// Begins before the first picture.
    pub fn new(session: &'a dyn SessionSource, spec: FilmSpec) -> Self {
        Self {
            session,
            spec,
            tracks: HashMap::new(),
            leaders: Leaders::default(),
            stage: None,
            scene: (Vec::new(), 0),
            position: 0,
        }
    }

    /// Returns up to where the session has to be complete, by the clock of the room, and the plan
    /// compiled, before a segment can be rendered that will not change any more. Nothing where the plan
    /// has no such segment, or not all of it yet; the last one is shorter, and complete once the session
    /// is over.
    pub fn needs(&self, plan: &SessionPlan, segment: u32) -> Option<Moment> {
        let (from, to) = self.span(plan, segment)?;
        let is_whole = to.0 - from.0 == self.spec.segment;
        let last = plan.in_room(to.earlier(1))?;
        is_whole.then(|| last.later(BEHIND))
    }

    /// Renders some segments, in the order of time, and reports them to `events`. What the plan has
    /// not is left out. Where the session has not come so far, it waits for it.
    ///
    /// # Errors
    /// A log cannot be read, an element is missing, somebody asked to stop, or nobody listens to the
    /// events any more. No segment is reported that is not complete.
    pub fn render(
        &mut self,
        plan: &SessionPlan,
        segments: &[u32],
        events: &SyncSender<Event>,
    ) -> Result<(), RenderError> {
        crate::elements::register().map_err(|source| RenderError::Start { source })?;
        let Some(size) = plan.output else {
            return Ok(());
        };
        let mut segments = segments.to_vec();
        segments.sort_unstable();
        segments.dedup();
        // Pictures that wait for encoders; an encoder that fails keeps its share.
        let budget = Arc::new(Budget::default());
        let mut encodings = VecDeque::new();
        for segment in segments {
            let Some((from, to)) = self.span(plan, segment) else {
                continue;
            };
            while encodings.len() >= self.spec.workers.max(1) {
                encodings.pop_front().map_or(Ok(()), Encoding::finish)?;
            }
            self.go_to(plan, size, from)?;
            let caps = self.stage(size)?.caps()?;
            let span = (from, to);
            let mut encoding =
                Encoding::start(segment, span, self.spec.encoder, &caps, &budget, events)?;
            self.compose(plan, span, &mut encoding)?;
            encoding.end();
            encodings.push_back(encoding);
        }
        encodings.into_iter().try_for_each(Encoding::finish)
    }

    /// First moment and end of a segment in the recording.
    fn span(&self, plan: &SessionPlan, segment: u32) -> Option<(Moment, Moment)> {
        let from = Moment(u64::from(segment).saturating_mul(self.spec.segment));
        let to = from.later(self.spec.segment).min(plan.duration());
        (from < to).then_some((from, to))
    }

    fn stage(&mut self, size: [u32; 2]) -> Result<&mut Stage, RenderError> {
        if !matches!(&self.stage, Some((sized, _)) if *sized == size) {
            self.scene.0.clear();
            self.stage = Some((size, Stage::new(size, self.spec.background)?));
        }
        let stage = self.stage.as_mut().map(|(_, stage)| stage);
        stage.ok_or(RenderError::Build { what: "a picture" })
    }

    /// Gets ready for a segment that begins here.
    fn go_to(
        &mut self,
        plan: &SessionPlan,
        size: [u32; 2],
        from: Moment,
    ) -> Result<(), RenderError> {
        let room = plan.in_room(from).unwrap_or(from);
        if nanoseconds(room) < self.position {
            self.tracks.clear();
            self.position = 0;
        }
        // Pictures of tracks that have been off the stage must not be on it.
        self.stage = None;
        self.stage(size)?;
        Ok(())
    }

    /// Waits until all that belongs before a moment of the room is there.
    fn wait_for(&mut self, room: Moment) -> Result<(), RenderError> {
        let wanted = room.later(BEHIND);
        let mut state: SessionState = self.session.state();
        loop {
            if self.spec.cancel.is_cancelled() {
                return Err(RenderError::Stopped);
            }
            if state.is_over || state.complete_to >= wanted {
                self.leaders.learn(&state.timeline);
                return Ok(());
            }
            state = self.session.wait(state.complete_to, PATIENCE);
        }
    }

    /// Draws the pictures of a segment and hands over those that differ from the one before.
    fn compose(
        &mut self,
        plan: &SessionPlan,
        (from, to): (Moment, Moment),
        encoding: &mut Encoding,
    ) -> Result<(), RenderError> {
        let last = plan.in_room(to.earlier(1)).unwrap_or(to);
        self.wait_for(last)?;
        self.look_round(plan, (from, to))?;
        let moments = moments(plan, from, to);
        let mut before: Option<Moment> = None;
        for (index, &at) in moments.iter().enumerate() {
            let until = moments.get(index + 1).copied().unwrap_or(to);
            let has_changed = self.draw(plan, at, until)?;
            let is_due = before.is_none_or(|before| at.0 - before.0 >= STILL);
            if has_changed || is_due {
                let picture = self.picture()?;
                let cancel = self.spec.cancel.clone();
                encoding.push(at, picture, || cancel.is_cancelled())?;
                before = Some(at);
            } else {
                encoding.repeat();
            }
            if self.spec.cancel.is_cancelled() {
                return Err(RenderError::Stopped);
            }
        }
        Ok(())
    }

    fn picture(&mut self) -> Result<gst::Buffer, RenderError> {
        let stage = self.stage.as_mut().map(|(_, stage)| stage);
        stage
            .ok_or(RenderError::Build { what: "a picture" })?
            .picture()
    }

    /// Brings the stage to what is seen from `at` on until `until`, and returns whether that may
    /// differ from what was seen before.
    fn draw(&mut self, plan: &SessionPlan, at: Moment, until: Moment) -> Result<bool, RenderError> {
        let seen = tiles(plan, at, until);
        let taken_from = taken_from(plan, at);
        let Some((_, stage)) = &mut self.stage else {
            return Ok(false);
        };
        let (scene, drawn_from) = &mut self.scene;
        let is_new = *scene != *seen || *drawn_from != taken_from;
        if is_new {
            stage.set_scene(&seen);
            *scene = seen.into_owned();
            *drawn_from = taken_from;
        }
        let Some(room) = plan.in_room(at) else {
            return Ok(is_new);
        };
        let to = nanoseconds(room);
        self.position = to;
        let shown: Vec<TrackId> = scene.iter().filter_map(track_of).collect();
        for &track in &shown {
            let pictures = self
                .tracks
                .entry(track)
                .or_insert_with(|| Pictures::new(track));
            let mut lead = |epoch| self.leaders.fit(self.session, track, epoch);
            pictures.advance(self.session, &mut lead, to)?;
        }
        // Decoders of several tracks work side by side; what comes out does not depend on it.
        let mut seen: Vec<(TrackId, &mut Pictures)> = self
            .tracks
            .iter_mut()
            .filter(|(track, _)| shown.contains(track))
            .map(|(track, pictures)| (*track, pictures))
            .collect();
        let changed: Vec<bool> = seen
            .par_iter_mut()
            .map(|(_, pictures)| pictures.decode(to))
            .collect();
        let mut has_changed = is_new;
        for ((track, pictures), changed) in seen.into_iter().zip(changed) {
            if !changed && !is_new {
                continue;
            }
            let codec = pictures.header().map_or(Codec::Vp8, |header| header.codec);
            // What was shown before the take began is not in it.
            let shown = pictures.shown().filter(|shown| shown.at >= taken_from);
            has_changed |= match shown {
                Some(shown) => stage.draw(track, codec, &shown.sample),
                None => stage.blank(track),
            };
        }
        Ok(has_changed)
    }

    /// Looks whether the tracks that are seen in a segment are still there, and goes on with those that
    /// are not seen and have a decoder, until they do not need it any more.
    fn look_round(
        &mut self,
        plan: &SessionPlan,
        (from, to): (Moment, Moment),
    ) -> Result<(), RenderError> {
        let Some(room) = plan.in_room(from) else {
            return Ok(());
        };
        let scenes = plan.scenes.iter();
        let scenes = scenes.filter(|scene| scene.from < to && scene.to > from);
        let seen: HashSet<TrackId> = scenes
            .flat_map(|scene| scene.tiles.iter().filter_map(track_of))
            .collect();
        for (track, pictures) in &mut self.tracks {
            if seen.contains(track) {
                pictures.look(self.session)?;
            } else if pictures.is_decoding() {
                let mut lead = |epoch| self.leaders.fit(self.session, *track, epoch);
                pictures.advance(self.session, &mut lead, nanoseconds(room))?;
            }
        }
        Ok(())
    }
}

fn track_of(tile: &Tile) -> Option<TrackId> {
    match tile.shows {
        Shows::Track(track) => Some(track),
        Shows::Plate { .. } => None,
    }
}

/// The moment of the room at which the take began that a moment of the recording is in.
fn taken_from(plan: &SessionPlan, at: Moment) -> i64 {
    let take = plan.takes.iter().rev().find(|take| take.at <= at);
    take.map_or(0, |take| nanoseconds(take.from))
}

fn nanoseconds(moment: Moment) -> i64 {
    i64::try_from(moment.0).unwrap_or(i64::MAX)
}

//! The pictures of one track, decoded only while somebody sees them.

use std::{collections::VecDeque, mem};

use gstreamer as gst;
use scrim_ingest::{SessionSource, log::TrackHeader};
use scrim_policy::TrackId;

use super::{
    decoder::Decoder,
    feed::{Feed, Lead, epochs_before},
    gather::{Change, Encoded, Gathering, Step},
};
use crate::render::RenderError;

/// How long the last good picture is shown after others were lost, in nanoseconds: 1 s. A picture
/// that stands still for longer would be taken for the truth.
const HOLD: i64 = 1_000_000_000;

/// Bytes of pictures that wait to be decoded: 16 MiB. A camera without a keyframe for a minute and a
/// half has so many.
const MOST_WAITING: usize = 16 << 20;

/// One track of pictures.
///
/// Pictures that nobody sees are not decoded. Those since the last keyframe are kept, so that it can
/// be made up for at any time; what is shown is the same either way.
pub(super) struct Pictures {
    feed: Feed,
    gathering: Option<Gathering>,
    /// What comes later than where it stands.
    coming: VecDeque<Step>,
    /// What was passed and not decoded.
    waiting: Vec<(i64, Encoded)>,
    waiting_bytes: usize,
    decoder: Option<Decoder>,
    shown: Option<Shown>,
    /// Since when pictures are missing.
    lost_at: Option<i64>,
    /// Whether what comes next has to be a keyframe.
    needs_key: bool,
    /// Whether what is decoded next has to be a keyframe.
    is_broken: bool,
    /// Whether what is shown may be another picture than when it was asked for last.
    has_changed: bool,
}

/// A picture that is shown.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    /// From when on, in nanoseconds of the room.
    pub(super) at: i64,
    pub(super) sample: gst::Sample,
}

impl Pictures {
    pub(super) const fn new(track: TrackId) -> Self {
        Self {
            feed: Feed::new(track),
            gathering: None,
            coming: VecDeque::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            decoder: None,
            shown: None,
            lost_at: None,
            needs_key: true,
            is_broken: true,
            has_changed: false,
        }
    }

    /// Returns what the track is, once something of it was read.
    pub(super) const fn header(&self) -> Option<&TrackHeader> {
        self.feed.header()
    }

    /// Whether a decoder is kept, since somebody has seen the track.
    pub(super) const fn is_decoding(&self) -> bool {
        self.decoder.is_some()
    }

    /// Looks whether the track is still there. If not, nothing of it is shown any more.
    pub(super) fn look(&mut self, session: &dyn SessionSource) -> Result<(), RenderError> {
        self.feed.look(session)?;
        self.forget_if_gone();
        Ok(())
    }

    /// Goes on to a moment of the room, in nanoseconds, without decoding more than it must.
    pub(super) fn advance(
        &mut self,
        session: &dyn SessionSource,
        lead: &mut Lead<'_>,
        to: i64,
    ) -> Result<(), RenderError> {
        self.feed.begin(session, epochs_before(to))?;
        while self.feed.complete_to() < to {
            let (gathering, coming) = (&mut self.gathering, &mut self.coming);
            let mut came = Vec::new();
            self.feed
                .step(session, Some(lead), |timed| came.push(timed))?;
            if let Some(header) = self.feed.header() {
                let gathering = gathering.get_or_insert_with(|| Gathering::new(header.codec));
                for timed in came {
                    gathering.take(timed, coming);
                }
            }
            // Nothing more comes before this, and what is passed need not be kept.
            self.pass(to.min(self.feed.complete_to()));
        }
        self.forget_if_gone();
        self.pass(to);
        Ok(())
    }

    /// Decodes what was passed, up to the moment `to`, and returns whether what is shown may have
    /// changed since.
    pub(super) fn decode(&mut self, to: i64) -> bool {
        self.catch_up();
        if self.lost_at.is_some_and(|lost| is_stale(lost, to)) {
            self.put(None);
        }
        mem::take(&mut self.has_changed)
    }

    /// Returns what is shown, after [`Self::decode`].
    pub(super) const fn shown(&self) -> Option<&Shown> {
        self.shown.as_ref()
    }

    /// Passes everything up to a moment.
    fn pass(&mut self, to: i64) {
        while self.coming.front().is_some_and(|step| step.at <= to) {
            let Some(Step { at, what }) = self.coming.pop_front() else {
                return;
            };
            match what {
                Change::Picture(picture) => self.queue(at, picture),
                Change::Lost => {
                    self.needs_key = true;
                    self.lost_at.get_or_insert(at);
                }
                Change::Paused => self.blank(),
            }
        }
    }

    fn queue(&mut self, at: i64, picture: Encoded) {
        if picture.is_key {
            // What nobody has seen nobody needs any more, and what was seen before it is old.
            let is_passed_over = !self.waiting.is_empty();
            let was_lost = self.lost_at.take();
            if is_passed_over || was_lost.is_some_and(|lost| is_stale(lost, at)) {
                self.put(None);
                self.drop_waiting();
            }
            self.needs_key = false;
        } else if self.needs_key {
            return;
        }
        self.waiting_bytes += picture.bytes();
        self.waiting.push((at, picture));
        if self.waiting_bytes > MOST_WAITING {
            self.catch_up();
        }
    }

    fn catch_up(&mut self) {
        for (at, picture) in mem::take(&mut self.waiting) {
            self.decode_one(at, picture);
        }
        self.waiting_bytes = 0;
    }

    fn decode_one(&mut self, at: i64, picture: Encoded) {
        if self.is_broken && !picture.is_key {
            return;
        }
        self.is_broken = false;
        match self.decoded(at, picture) {
            Ok(Some(sample)) => self.put(Some(Shown { at, sample })),
            Ok(None) => {}
            Err(_) => {
                self.decoder = None;
                self.is_broken = true;
                self.lost_at.get_or_insert(at);
            }
        }
    }

    fn decoded(&mut self, at: i64, picture: Encoded) -> Result<Option<gst::Sample>, RenderError> {
        let decoder = match (&self.decoder, self.feed.header()) {
            (Some(decoder), _) => decoder,
            (None, Some(header)) => self.decoder.insert(Decoder::new(header)?),
            (None, None) => return Ok(None),
        };
        decoder.decode(at, picture)
    }

    fn forget_if_gone(&mut self) {
        if self.feed.is_gone() {
            self.blank();
            self.coming.clear();
        }
    }

    /// Shows nothing before the next keyframe.
    fn blank(&mut self) {
        self.put(None);
        self.drop_waiting();
        self.needs_key = true;
        self.lost_at = None;
    }

    /// Forgets what was not decoded; the next picture is a keyframe.
    fn drop_waiting(&mut self) {
        self.waiting.clear();
        self.waiting_bytes = 0;
        self.decoder = None;
        self.is_broken = true;
    }

    fn put(&mut self, shown: Option<Shown>) {
        self.has_changed |= self.shown.is_some() || shown.is_some();
        self.shown = shown;
    }
}

/// Whether the picture before a loss is no longer shown.
const fn is_stale(lost: i64, at: i64) -> bool {
    lost.saturating_add(HOLD) <= at
}

//! Which sound the pictures of a participant come with, and when that belongs.

use std::{collections::HashMap, sync::Arc};

use scrim_ingest::{SessionSource, log::timing::TrackFit};
use scrim_policy::{Moment, ParticipantId, TimelineEntry, TimelineEvent, TrackId, TrackSource};

use super::{clock::EPOCH, feed::Feed};
use crate::render::RenderError;

/// The tracks of sound of all participants, as far as pictures need them.
#[derive(Default)]
pub(super) struct Leaders {
    /// Whose each track is, and from where.
    owners: HashMap<TrackId, (ParticipantId, TrackSource)>,
    /// Tracks of sound and when they began, in order.
    sounds: HashMap<(ParticipantId, TrackSource), Vec<(Moment, TrackId)>>,
    /// Entries of the timeline that are known.
    known: usize,
    leaders: HashMap<TrackId, Leader>,
}

/// A track of sound of which only the clock counts.
struct Leader {
    feed: Feed,
    /// Each fit, and the first epoch that it holds for.
    fits: Vec<(u64, Arc<TrackFit>)>,
}

impl Leaders {
    /// Learns which tracks there are. A timeline only grows.
    pub(super) fn learn(&mut self, timeline: &[TimelineEntry]) {
        for entry in timeline.get(self.known..).unwrap_or(&[]) {
            let TimelineEvent::TrackOpened {
                track,
                participant,
                source,
            } = entry.event
            else {
                continue;
            };
            self.owners.insert(track, (participant, source));
            let sounds = self.sounds.entry((participant, source)).or_default();
            sounds.push((entry.at, track));
        }
        self.known = self.known.max(timeline.len());
    }

    /// Returns the fit of the sound that belongs to a track of pictures, as it is in an epoch.
    pub(super) fn fit(
        &mut self,
        session: &dyn SessionSource,
        pictures: TrackId,
        epoch: u64,
    ) -> Result<Option<Arc<TrackFit>>, RenderError> {
        let Some(sound) = self.sound_of(pictures, Moment((epoch + 1) * EPOCH)) else {
            return Ok(None);
        };
        let leader = self.leaders.entry(sound).or_insert_with(|| Leader {
            feed: Feed::new(sound),
            fits: Vec::new(),
        });
        leader.fit(session, epoch)
    }

    /// The microphone that was opened last before `until`; for a screen its own sound, if it has
    /// some.
    fn sound_of(&self, pictures: TrackId, until: Moment) -> Option<TrackId> {
        let (participant, source) = *self.owners.get(&pictures)?;
        let last = |source| {
            let sounds = self.sounds.get(&(participant, source))?;
            let (_, track) = sounds.iter().rev().find(|(at, _)| *at < until)?;
            Some(*track)
        };
        match source {
            TrackSource::Camera => last(TrackSource::Microphone),
            TrackSource::Screen => {
                last(TrackSource::ScreenSound).or_else(|| last(TrackSource::Microphone))
            }
            TrackSource::Microphone | TrackSource::ScreenSound => None,
        }
    }
}

impl Leader {
    fn fit(
        &mut self,
        session: &dyn SessionSource,
        epoch: u64,
    ) -> Result<Option<Arc<TrackFit>>, RenderError> {
        self.feed.begin(session, epoch + 1)?;
        while self.feed.epoch() <= epoch {
            let at = self.feed.epoch();
            self.feed.step(session, None, |_| {})?;
            if let Some(fit) = self.feed.fit()
                && !self
                    .fits
                    .last()
                    .is_some_and(|(_, last)| Arc::ptr_eq(last, fit))
            {
                self.fits.push((at, Arc::clone(fit)));
            }
        }
        let after = self.fits.partition_point(|(from, _)| *from <= epoch);
        let fit = after.checked_sub(1).and_then(|last| self.fits.get(last));
        Ok(fit.map(|(_, fit)| Arc::clone(fit)))
    }
}

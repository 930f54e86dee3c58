//! Who is heard when.

use std::collections::BTreeMap;

use super::Voice;
use crate::{Moment, ParticipantId, TrackId};

/// The voices so far. All moments are those of the recording.
#[derive(Debug, Default)]
pub(super) struct Voices {
    ended: Vec<Voice>,
    /// Those that are heard now; their ends are not known yet.
    heard: BTreeMap<TrackId, Voice>,
}

impl Voices {
    /// From now on, exactly these tracks of somebody are heard.
    pub(super) fn hear(
        &mut self,
        participant: ParticipantId,
        tracks: &[(TrackId, bool)],
        now: Moment,
    ) {
        let goes_on = |voice: &Voice| {
            let is_wanted = tracks.contains(&(voice.track, voice.is_transcribed));
            voice.participant != participant || is_wanted
        };
        self.end_unless(goes_on, now);
        for (track, is_transcribed) in tracks {
            self.heard.entry(*track).or_insert(Voice {
                track: *track,
                participant,
                from: now,
                to: now,
                is_transcribed: *is_transcribed,
            });
        }
    }

    /// Nobody is heard any more.
    pub(super) fn hush(&mut self, now: Moment) {
        self.end_unless(|_| false, now);
    }

    /// Returns all voices that have ended, by track and then by time.
    pub(super) fn ended(mut self) -> Vec<Voice> {
        self.ended.sort_by_key(|voice| (voice.track, voice.from));
        self.ended
    }

    fn end_unless(&mut self, goes_on: impl Fn(&Voice) -> bool, now: Moment) {
        let ended = &mut self.ended;
        self.heard.retain(|_, voice| {
            let stays = goes_on(voice);
            if !stays && voice.from < now {
                ended.push(Voice { to: now, ..*voice });
            }
            stays
        });
    }
}

//! What a recording that begins later has to know of before: how everything stands.

use scrim_policy::{ParticipantId, TimelineEntry, TimelineEvent, TrackId};

/// What happened so far, of what still holds. **Whoever has left before a recording began is in none.**
#[derive(Debug, Default)]
pub(super) struct Prelude {
    entries: Vec<TimelineEntry>,
}

impl Prelude {
    /// Takes the next entry in, and lets go of those that hold no more.
    pub(super) fn add(&mut self, entry: &TimelineEntry) {
        match &entry.event {
            // They speak of other recordings.
            TimelineEvent::RecordingStarted
            | TimelineEvent::RecordingStopped
            | TimelineEvent::Ended => return,
            TimelineEvent::Left { participant } => {
                self.forget_participant(*participant);
                return;
            }
            TimelineEvent::TrackClosed { track } => {
                self.forget_track(*track);
                return;
            }
            TimelineEvent::BreakoutsClosed => {
                self.forget(|event| {
                    matches!(
                        event,
                        TimelineEvent::BreakoutsOpened { .. } | TimelineEvent::Placed { .. }
                    )
                });
                return;
            }
            TimelineEvent::Speaks { .. } => {
                self.forget(|event| matches!(event, TimelineEvent::Speaks { .. }));
            }
            TimelineEvent::TrackMuted { track, .. } => {
                let muted = *track;
                self.forget(
                    |event| matches!(event, TimelineEvent::TrackMuted { track, .. } if *track == muted),
                );
            }
            _ => {}
        }
        self.entries.push(entry.clone());
    }

    /// Returns how everything stands, in order.
    pub(super) fn entries(&self) -> Vec<TimelineEntry> {
        self.entries.clone()
    }

    fn forget_participant(&mut self, gone: ParticipantId) {
        let tracks: Vec<TrackId> = self
            .entries
            .iter()
            .filter_map(|entry| match entry.event {
                TimelineEvent::TrackOpened {
                    track, participant, ..
                } => (participant == gone).then_some(track),
                _ => None,
            })
            .collect();
        for track in tracks {
            self.forget_track(track);
        }
        self.forget(|event| participant_of(event) == Some(gone));
    }

    fn forget_track(&mut self, gone: TrackId) {
        self.forget(|event| {
            matches!(
                event,
                TimelineEvent::TrackOpened { track, .. } | TimelineEvent::TrackMuted { track, .. }
                    if *track == gone
            )
        });
    }

    fn forget(&mut self, is_meant: impl Fn(&TimelineEvent) -> bool) {
        self.entries.retain(|entry| !is_meant(&entry.event));
    }
}

/// Returns whom an entry is about, of those who can leave.
const fn participant_of(event: &TimelineEvent) -> Option<ParticipantId> {
    match event {
        TimelineEvent::Joined { participant, .. }
        | TimelineEvent::RoleChanged { participant, .. }
        | TimelineEvent::Placed { participant, .. }
        | TimelineEvent::Left { participant }
        | TimelineEvent::TrackOpened { participant, .. }
        | TimelineEvent::Noticed { participant, .. }
        | TimelineEvent::Consented { participant, .. } => Some(*participant),
        TimelineEvent::Speaks { participant } => *participant,
        TimelineEvent::Opened { .. }
        | TimelineEvent::BreakoutsOpened { .. }
        | TimelineEvent::BreakoutsClosed
        | TimelineEvent::TrackMuted { .. }
        | TimelineEvent::TrackClosed { .. }
        | TimelineEvent::RecordingStarted
        | TimelineEvent::RecordingStopped
        | TimelineEvent::Ended => None,
    }
}

//! A part of a plan.

use super::{SessionPlan, SessionScene, Take, Voice};
use crate::Moment;

impl SessionPlan {
    /// Returns what lies between two moments of the recording, with the times that it has there. Scenes
    /// that show the same and follow each other are one, however the plan has cut them.
    #[must_use]
    pub fn between(&self, from: Moment, to: Moment) -> Self {
        let clip = |one: Moment, other: Moment| {
            let (one, other) = (one.max(from), other.min(to));
            (one < other).then_some((one, other))
        };
        let takes = self.takes.iter().filter_map(|take| {
            let end = take.at.later(take.to.0.saturating_sub(take.from.0));
            let (at, end) = clip(take.at, end)?;
            let begins = take.from.later(at.0 - take.at.0);
            Some(Take {
                from: begins,
                to: begins.later(end.0 - at.0),
                at,
            })
        });
        let mut scenes: Vec<SessionScene> = Vec::new();
        let first = self.scenes.partition_point(|scene| scene.to <= from);
        let inside = self.scenes[first..].iter();
        for scene in inside.take_while(|scene| scene.from < to) {
            let Some((begins, ends)) = clip(scene.from, scene.to) else {
                continue;
            };
            match scenes.last_mut() {
                Some(last) if last.to == begins && last.tiles == scene.tiles => last.to = ends,
                _ => scenes.push(SessionScene {
                    from: begins,
                    to: ends,
                    tiles: scene.tiles.clone(),
                }),
            }
        }
        let mut voices: Vec<Voice> = Vec::new();
        for voice in &self.voices {
            let Some((begins, ends)) = clip(voice.from, voice.to) else {
                continue;
            };
            let clipped = Voice {
                from: begins,
                to: ends,
                ..*voice
            };
            match voices.last_mut() {
                Some(last)
                    if last.to == begins
                        && Voice {
                            from: begins,
                            to: ends,
                            ..*last
                        } == clipped =>
                {
                    last.to = ends;
                }
                _ => voices.push(clipped),
            }
        }
        Self {
            output: self.output,
            takes: takes.collect(),
            scenes,
            voices,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{ParticipantId, TrackId};

    fn voice(from: u64, to: u64) -> Voice {
        Voice {
            track: TrackId::from_uuid(Uuid::from_u128(1)),
            participant: ParticipantId::from_uuid(Uuid::from_u128(2)),
            from: Moment(from),
            to: Moment(to),
            is_transcribed: true,
        }
    }

    #[test]
    fn a_part_has_what_lies_in_it_with_its_times_and_no_seams() {
        let scene = |from, to| SessionScene {
            from: Moment(from),
            to: Moment(to),
            tiles: Vec::new(),
        };
        let plan = SessionPlan {
            output: Some([2, 2]),
            takes: vec![
                Take {
                    from: Moment(100),
                    to: Moment(110),
                    at: Moment(0),
                },
                Take {
                    from: Moment(200),
                    to: Moment(220),
                    at: Moment(10),
                },
            ],
            scenes: vec![scene(0, 10), scene(10, 30)],
            voices: vec![voice(0, 4), voice(4, 12), voice(20, 30)],
        };
        let part = plan.between(Moment(5), Moment(15));
        assert_eq!(part.scenes, [scene(5, 15)]);
        assert_eq!(part.voices, [voice(5, 12)]);
        assert_eq!(
            part.takes,
            [
                Take {
                    from: Moment(105),
                    to: Moment(110),
                    at: Moment(5),
                },
                Take {
                    from: Moment(200),
                    to: Moment(205),
                    at: Moment(10),
                },
            ]
        );
        // What comes later changes nothing.
        let longer = SessionPlan {
            scenes: vec![scene(0, 10), scene(10, 90)],
            voices: vec![voice(0, 12), voice(20, 90)],
            ..plan.clone()
        };
        assert_eq!(longer.between(Moment(5), Moment(15)).scenes, part.scenes);
        assert_eq!(longer.between(Moment(5), Moment(15)).voices, part.voices);
        assert_eq!(plan.between(Moment(30), Moment(40)).takes, []);
    }
}

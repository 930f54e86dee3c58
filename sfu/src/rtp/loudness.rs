//! Who speaks.

use std::{collections::BTreeMap, time::Duration};

use super::packet::Level;

/// Nothing quieter is told apart: how quiet a room is does not say for how long it was quiet.
const QUIETEST_DBOV: f32 = -70.0;
/// From here on somebody speaks.
const SPEAKS_DBOV: f32 = -50.0;
/// Time constant of the smoothing.
const SMOOTHING: Duration = Duration::from_millis(300);
/// For how long somebody has to be louder to get the floor.
const TAKES_FLOOR: Duration = Duration::from_millis(800);
/// A shorter pause does not cost the floor.
const PAUSE: Duration = Duration::from_secs(2);
/// The longest span that one packet stands for (RFC 6716, 2.1.4). What is longer was not sent.
const LONGEST_PACKET: Duration = Duration::from_millis(120);

/// Who speaks, among the tracks of a room.
///
/// Levels are smoothed, so that a cough is no speech and a comma no silence. One track has the
/// **floor**: it is the active speaker, until another one was louder than it for 800 ms. A pause of
/// less than 2 s does not cost the floor, whoever is loud meanwhile, and silence alone never does.
///
/// The voice bit of a level is not used: senders that cannot tell voices set it as they like.
#[derive(Clone, Debug, Default)]
pub struct Speakers {
    voices: BTreeMap<u64, Voice>,
    active: Option<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Voice {
    /// Smoothed level when it was heard last, in dBov.
    loudness: f32,
    /// When it was heard last.
    heard: Duration,
    /// When it spoke last.
    spoke: Option<Duration>,
    /// Since when it is louder than who has the floor.
    louder_since: Option<Duration>,
}

impl Speakers {
    /// Takes note of the level of a packet of a track.
    pub fn observe(&mut self, key: u64, level: Level, now: Duration) {
        let voice = self.voices.entry(key).or_insert(Voice::silent(now));
        let was_silent = !voice.speaks_at(now);
        voice.hear(level, now);
        if !voice.speaks_at(now) {
            voice.louder_since = None;
            return;
        }
        let Some((active, holder)) = self.floor() else {
            self.give_floor(key);
            return;
        };
        if active == key {
            if was_silent {
                // Who was louder than a pause is not yet louder than a voice.
                self.give_floor(key);
            }
            return;
        }
        if let Some(voice) = self.voices.get_mut(&key) {
            let is_louder = voice.loudness > holder.loudness_at(now);
            let since = voice.louder_since.unwrap_or(now);
            voice.louder_since = is_louder.then_some(since);
        }
        if !holder.pauses_at(now)
            && let Some(next) = self.loudest_challenger(now)
        {
            self.give_floor(next);
        }
    }

    /// A track is muted. It speaks no more from now on, and keeps the floor until another one takes
    /// it.
    pub fn silent(&mut self, key: u64) {
        if let Some(voice) = self.voices.get_mut(&key) {
            voice.loudness = QUIETEST_DBOV;
        }
    }

    /// A track is gone, and with it the floor if it had it. Whoever speaks next gets it.
    pub fn forget(&mut self, key: u64) {
        self.voices.remove(&key);
        if self.active == Some(key) {
            self.active = None;
        }
    }

    /// Returns who has the floor, even if it is silent by now; `None` until somebody spoke.
    pub fn active(&self) -> Option<u64> {
        self.active
    }

    /// Returns who speaks now, the loudest first.
    pub fn speaking(&self, now: Duration) -> Vec<u64> {
        let speaks = |(_, voice): &(&u64, &Voice)| voice.speaks_at(now);
        let mut speaking: Vec<_> = self.voices.iter().filter(speaks).collect();
        speaking.sort_by(|(_, one), (_, other)| {
            let (one, other) = (one.loudness_at(now), other.loudness_at(now));
            other.total_cmp(&one)
        });
        speaking.into_iter().map(|(key, _)| *key).collect()
    }

    fn floor(&self) -> Option<(u64, Voice)> {
        let active = self.active?;
        Some((active, *self.voices.get(&active)?))
    }

    /// From now on everybody else has to be louder again.
    fn give_floor(&mut self, key: u64) {
        self.active = Some(key);
        for voice in self.voices.values_mut() {
            voice.louder_since = None;
        }
    }

    fn loudest_challenger(&self, now: Duration) -> Option<u64> {
        let may_take = |(_, voice): &(&u64, &Voice)| {
            let is_long = |since| now.saturating_sub(since) >= TAKES_FLOOR;
            voice.louder_since.is_some_and(is_long) && voice.speaks_at(now)
        };
        let challengers = self.voices.iter().filter(may_take);
        let loudest = challengers.max_by(|(_, one), (_, other)| {
            let (one, other) = (one.loudness_at(now), other.loudness_at(now));
            one.total_cmp(&other)
        });
        loudest.map(|(key, _)| *key)
    }
}

impl Voice {
    const fn silent(now: Duration) -> Self {
        Self {
            loudness: QUIETEST_DBOV,
            heard: now,
            spoke: None,
            louder_since: None,
        }
    }

    fn hear(&mut self, level: Level, now: Duration) {
        let heard = level.dbov().max(QUIETEST_DBOV);
        let span = now.saturating_sub(self.heard).min(LONGEST_PACKET);
        self.loudness = towards(heard, self.loudness_at(now), span);
        self.heard = now;
        if self.speaks_at(now) {
            self.spoke = Some(now);
        }
    }

    /// What was not sent was silent: browsers stop sending in pauses.
    fn loudness_at(&self, now: Duration) -> f32 {
        let missing = now
            .saturating_sub(self.heard)
            .saturating_sub(LONGEST_PACKET);
        towards(QUIETEST_DBOV, self.loudness, missing)
    }

    fn speaks_at(&self, now: Duration) -> bool {
        self.loudness_at(now) >= SPEAKS_DBOV
    }

    /// Whether it is silent, but not for long.
    fn pauses_at(&self, now: Duration) -> bool {
        let is_short = |spoke| now.saturating_sub(spoke) < PAUSE;
        !self.speaks_at(now) && self.spoke.is_some_and(is_short)
    }
}

/// The level after `span` of `goal`.
fn towards(goal: f32, level: f32, span: Duration) -> f32 {
    let left = (-span.as_secs_f32() / SMOOTHING.as_secs_f32()).exp();
    goal + (level - goal) * left
}

//! The sound of one track, decoded and in its place.

use std::{collections::VecDeque, mem, ops::Range};

use scrim_ingest::SessionSource;
use scrim_policy::TrackId;

use super::{
    feed::{Came, Feed, Packet, Timed},
    opus::OpusDecoder,
    payload::opus_samples,
    placing::{Placing, sample_at},
    runs::{Runs, Stereo},
};
use crate::render::{AUDIO_RATE, RenderError};

/// How far packets are looked at before a moment is complete, in nanoseconds: 0.3 s. More than sound
/// may be off and than is concealed.
pub(super) const AHEAD: i64 = 300_000_000;

/// Missing sound is made up for so many samples, 60 ms, and silent after that.
const MOST_CONCEALED: usize = AUDIO_RATE as usize * 60 / 1000;

/// Samples that sound fades in for after silence, 5 ms.
const FADE: usize = AUDIO_RATE as usize / 200;

/// A packet that is so far before the one that should come is of a clock that was set back, in
/// ticks: 1 s.
const SET_BACK: i64 = AUDIO_RATE as i64;

/// A decoder hears so much before anybody else does, in nanoseconds: 0.1 s. Opus needs 80 ms to
/// settle (RFC 7845, 4.6).
const SETTLING: i64 = 100_000_000;

/// One track of sound.
pub(super) struct Lane {
    feed: Feed,
    coming: VecDeque<Timed>,
    decoder: Option<OpusDecoder>,
    placing: Placing,
    /// RTP time at which the next packet should begin.
    next_rtp: Option<i64>,
    /// Whether the last sound may go on.
    is_open: bool,
    runs: Runs,
}

impl Lane {
    pub(super) fn new(track: TrackId) -> Self {
        Self {
            feed: Feed::new(track),
            coming: VecDeque::new(),
            decoder: None,
            placing: Placing::default(),
            next_rtp: None,
            is_open: false,
            runs: Runs::default(),
        }
    }

    /// Looks whether the track is still there. If not, nothing of it is heard any more.
    pub(super) fn look(&mut self, session: &dyn SessionSource) -> Result<(), RenderError> {
        self.feed.look(session)?;
        self.forget_if_gone();
        Ok(())
    }

    fn forget_if_gone(&mut self) {
        if self.feed.is_gone() {
            self.coming.clear();
            self.runs.clear();
            self.is_open = false;
        }
    }

    /// Goes on until everything before a moment of the room is in its place, in nanoseconds. Only
    /// what lies in the spans `heard` is decoded; they are in order.
    pub(super) fn advance(
        &mut self,
        session: &dyn SessionSource,
        to: i64,
        heard: &[Range<i64>],
    ) -> Result<(), RenderError> {
        let until = to.saturating_add(AHEAD);
        let Self { feed, coming, .. } = self;
        feed.advance(session, until, |timed| coming.push_back(timed))?;
        self.forget_if_gone();
        while self.coming.front().is_some_and(|timed| timed.at < until) {
            let Some(Timed { at, what }) = self.coming.pop_front() else {
                break;
            };
            if let Came::Packet(packet) = what {
                self.take(at, &packet, heard)?;
            }
        }
        if self.placing.end().is_some_and(|end| end <= sample_at(to)) {
            // Nothing follows soon enough.
            self.fall_silent();
        }
        Ok(())
    }

    /// Adds the samples of a span of the room to `out`, and forgets what is before its end.
    pub(super) fn add_to(&mut self, from: i64, out: &mut [Stereo]) {
        self.runs.add_to(from, out);
    }

    fn take(&mut self, at: i64, packet: &Packet, heard: &[Range<i64>]) -> Result<(), RenderError> {
        let payload = packet.payload();
        let Some(samples) = opus_samples(payload) else {
            // Empty, or no packet of Opus.
            return Ok(());
        };
        let after = heard.partition_point(|span| span.end <= at);
        let is_heard = heard
            .get(after)
            .is_some_and(|span| span.start.saturating_sub(SETTLING) <= at);
        if !is_heard {
            self.decoder = None;
            self.next_rtp = None;
            self.is_open = false;
            return Ok(());
        }
        if let Some(next) = self.next_rtp
            && packet.rtp < next
            && packet.rtp >= next.saturating_sub(SET_BACK)
        {
            // Twice, or too late.
            return Ok(());
        }
        let follows = self.next_rtp == Some(packet.rtp);
        self.next_rtp = Some(packet.rtp.saturating_add(samples as i64));
        let wanted = sample_at(at);
        let gap = self.placing.gap(wanted, follows);
        if gap > 0 {
            match usize::try_from(gap) {
                Ok(gap) if gap <= MOST_CONCEALED && self.is_open => self.conceal(gap),
                _ => self.fall_silent(),
            }
        }
        let place = self.placing.place(wanted, follows && gap == 0, samples);
        let Some(mut decoded) = self.decode(payload, samples)? else {
            self.is_open = false;
            return Ok(());
        };
        decoded.drain(..place.skip.min(decoded.len()));
        let mut placed = stretched(decoded, place.length);
        if !self.is_open {
            fade_in(&mut placed);
        }
        self.runs.put(place.at, placed);
        self.is_open = true;
        Ok(())
    }

    /// Decodes a packet. Nothing where that cannot be done.
    fn decode(
        &mut self,
        payload: &[u8],
        samples: usize,
    ) -> Result<Option<Vec<Stereo>>, RenderError> {
        let decoder = match &mut self.decoder {
            Some(decoder) => decoder,
            None => self.decoder.insert(OpusDecoder::new()?),
        };
        let decoded = decoder.decode(payload, samples);
        if decoded.is_none() {
            self.decoder = None;
        }
        Ok(decoded)
    }

    /// Makes up what is missing after the last sound.
    fn conceal(&mut self, samples: usize) {
        let Some(end) = self.placing.end() else {
            return;
        };
        let made_up = self.made_up(samples);
        self.placing.made_up(made_up.len());
        self.runs.put(end, made_up);
    }

    /// Lets the last sound fade, unless it did.
    fn fall_silent(&mut self) {
        if !mem::take(&mut self.is_open) {
            return;
        }
        let Some(end) = self.placing.end() else {
            return;
        };
        let mut made_up = self.made_up(MOST_CONCEALED);
        let length = made_up.len() as f32;
        for (index, sample) in made_up.iter_mut().enumerate() {
            *sample = sample.map(|value| value * (1.0 - (index + 1) as f32 / length));
        }
        self.placing.made_up(made_up.len());
        self.runs.put(end, made_up);
    }

    /// What the decoder thinks comes next.
    fn made_up(&mut self, samples: usize) -> Vec<Stereo> {
        match &mut self.decoder {
            Some(decoder) => decoder.conceal(samples),
            None => vec![[0.0; 2]; samples],
        }
    }
}

/// Makes a piece longer or shorter, by straight lines between its samples.
fn stretched(samples: Vec<Stereo>, length: usize) -> Vec<Stereo> {
    let Some(last) = samples
        .len()
        .checked_sub(1)
        .filter(|_| samples.len() != length)
    else {
        return samples;
    };
    let ratio = samples.len() as f64 / length.max(1) as f64;
    let between = |index: usize| {
        let place = index as f64 * ratio;
        let (first, part) = ((place as usize).min(last), place.fract() as f32);
        let (from, to) = (samples[first], samples[(first + 1).min(last)]);
        std::array::from_fn(|channel| from[channel] + (to[channel] - from[channel]) * part)
    };
    (0..length).map(between).collect()
}

fn fade_in(samples: &mut [Stereo]) {
    for (index, sample) in samples.iter_mut().take(FADE).enumerate() {
        *sample = sample.map(|value| value * index as f32 / FADE as f32);
    }
}

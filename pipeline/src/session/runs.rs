//! Sound in pieces, with silence between them that takes no memory.

use std::collections::VecDeque;

/// A sample of both channels, from −1 to 1.
pub(super) type Stereo = [f32; 2];

/// Pieces of sound in order. Samples are counted from when the room was opened.
#[derive(Debug, Default)]
pub(super) struct Runs(VecDeque<(i64, Vec<Stereo>)>);

impl Runs {
    /// Adds a piece. It does not begin before the end of the last one.
    pub(super) fn put(&mut self, at: i64, samples: Vec<Stereo>) {
        match self.0.back_mut() {
            Some((from, last)) if *from + last.len() as i64 == at => last.extend(samples),
            _ => self.0.push_back((at, samples)),
        }
    }

    /// Adds the samples of a span to `out`, and forgets what is before its end.
    pub(super) fn add_to(&mut self, from: i64, out: &mut [Stereo]) {
        let to = from.saturating_add(out.len() as i64);
        while let Some((at, samples)) = self.0.front_mut() {
            let end = at.saturating_add(samples.len() as i64);
            let (first, last) = (from.max(*at), to.min(end));
            if first < last {
                let piece = &samples[(first - *at) as usize..(last - *at) as usize];
                let place = (first - from) as usize;
                for (out, sample) in out[place..].iter_mut().zip(piece) {
                    out[0] += sample[0];
                    out[1] += sample[1];
                }
            }
            if end > to {
                if last > *at {
                    samples.drain(..(last - *at) as usize);
                    *at = last;
                }
                return;
            }
            self.0.pop_front();
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

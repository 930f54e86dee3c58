//! Which speech goes into one pass of the recogniser, and where the recording is cut.
//!
//! Whisper listens to at most 30 s at once. A window is the speech of one part of the recording,
//! put together without the long silences, so that the recogniser neither waits for them nor makes
//! up words in them. Parts end in silence, in the longest pause that is near enough.

use std::ops::Range;

use super::speech::SAMPLE_RATE;

/// The most that is put into a window, below the 30 s that Whisper hears.
pub(super) const LONGEST_WINDOW: usize = 28 * SAMPLE_RATE;
/// Samples that are gathered before a part is cut off.
pub(super) const LOOK_AHEAD: usize = 40 * SAMPLE_RATE;
/// A part that holds as much may end at any pause.
const LONG_ENOUGH: usize = 16 * SAMPLE_RATE;
/// What is kept of the silence on either side of speech: breath, soft beginnings, last consonants.
const MARGIN: usize = SAMPLE_RATE / 4;
/// Speech that ends nearer to the end of what was gathered may go on.
const OPEN_END: usize = SAMPLE_RATE / 2;
/// What is left of gathered silence, so that soft beginnings are not lost: 1 s.
const SILENCE_KEPT: usize = SAMPLE_RATE;
/// Sound is measured over 20 ms when speech has to be cut.
const LOUDNESS: usize = SAMPLE_RATE / 50;

/// The speech of one part, and where the part ends.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    /// Spans of samples with their margins, in order, apart from each other.
    pub(super) pieces: Vec<Range<usize>>,
    /// Samples of speech, margins not counted.
    pub(super) speech: usize,
    /// Where the next part begins.
    pub(super) end: usize,
}

impl Window {
    /// Chooses the window from the speech in the gathered samples.
    pub(super) fn choose(samples: &[f32], speech: &[Range<usize>], is_last: bool) -> Self {
        let complete = match speech.last() {
            Some(last) if !is_last && last.end + OPEN_END > samples.len() => speech.len() - 1,
            _ => speech.len(),
        };
        let fitting = (1..=complete)
            .take_while(|&count| span_of(&speech[..count]) <= LONGEST_WINDOW)
            .max_by_key(|&count| usefulness(speech, count));
        match (fitting, speech.first()) {
            (Some(count), _) if is_last && count == speech.len() => Self::of(speech, samples.len()),
            (Some(count), _) => Self::of(&speech[..count], midway(speech, count, samples.len())),
            (None, Some(first)) if first.len() + 2 * MARGIN > LONGEST_WINDOW => {
                Self::of_endless(samples, first)
            }
            // Speech has just begun: everything before it is silence.
            (None, Some(first)) => Self::silence(first.start.saturating_sub(SILENCE_KEPT)),
            (None, None) if is_last => Self::silence(samples.len()),
            (None, None) => Self::silence(samples.len().saturating_sub(SILENCE_KEPT)),
        }
    }

    fn silence(end: usize) -> Self {
        Self {
            end,
            ..Self::default()
        }
    }

    fn of(speech: &[Range<usize>], end: usize) -> Self {
        let mut pieces: Vec<Range<usize>> = Vec::new();
        for span in speech {
            let piece = span.start.saturating_sub(MARGIN)..(span.end + MARGIN).min(end);
            match pieces.last_mut() {
                Some(before) if before.end >= piece.start => before.end = piece.end,
                _ => pieces.push(piece),
            }
        }
        let heard = |span: &Range<usize>| span.end.min(end).saturating_sub(span.start);
        Self {
            pieces,
            speech: speech.iter().map(heard).sum(),
            end,
        }
    }

    /// The window of the first `count` spans, ending in the pause after them.
    pub(super) fn of_first(speech: &[Range<usize>], count: usize) -> Self {
        Self::of(&speech[..count], midway(speech, count, usize::MAX))
    }

    /// The window of some spans, for a closer look before `end`.
    pub(super) fn of_turn(speech: &[Range<usize>], end: usize) -> Self {
        Self::of(speech, end)
    }

    /// Speech without a pause for longer than a window: cut where it is quietest, late.
    fn of_endless(samples: &[f32], first: &Range<usize>) -> Self {
        let start = first.start.saturating_sub(MARGIN);
        let until = (start + LONGEST_WINDOW).min(first.end);
        let from = start + LONG_ENOUGH;
        let loudness = |step: &[f32]| step.iter().map(|sample| sample.abs()).sum::<f32>();
        let quietest = samples[from..until]
            .chunks_exact(LOUDNESS)
            .enumerate()
            .min_by(|(_, one), (_, other)| loudness(one).total_cmp(&loudness(other)))
            .map_or(until, |(index, _)| from + index * LOUDNESS + LOUDNESS / 2);
        let piece = start..quietest;
        Self {
            speech: quietest - first.start,
            pieces: vec![piece],
            end: quietest,
        }
    }

    /// Returns the samples of all pieces, one after the other.
    pub(super) fn audio(&self, samples: &[f32]) -> Vec<f32> {
        self.pieces
            .iter()
            .flat_map(|piece| &samples[piece.clone()])
            .copied()
            .collect()
    }

    /// Returns where in the gathered samples a sample of [`Window::audio`] is. The end of a piece
    /// is not the beginning of the next.
    pub(super) fn place(&self, mut sample: usize, is_end: bool) -> usize {
        for piece in &self.pieces {
            if sample < piece.len() || (is_end && sample == piece.len()) {
                return piece.start + sample;
            }
            sample -= piece.len();
        }
        self.pieces.last().map_or(0, |piece| piece.end)
    }

    /// Returns the end of the piece that a gathered sample is in.
    pub(super) fn piece_end(&self, sample: usize) -> usize {
        let piece = self.pieces.iter().find(|piece| sample < piece.end);
        piece
            .or(self.pieces.last())
            .map_or(sample, |piece| piece.end)
    }
}

/// How long a window of this speech is.
fn span_of(speech: &[Range<usize>]) -> usize {
    Window::of(speech, usize::MAX - MARGIN)
        .pieces
        .iter()
        .map(ExactSizeIterator::len)
        .sum()
}

/// Longer windows are better, until they are long enough; then it is the pause after them.
fn usefulness(speech: &[Range<usize>], count: usize) -> (usize, usize) {
    let length = span_of(&speech[..count]);
    if length < LONG_ENOUGH {
        return (length, 0);
    }
    let pause = speech
        .get(count)
        .map_or(usize::MAX, |next| next.start - speech[count - 1].end);
    (LONG_ENOUGH, pause)
}

/// The middle of the pause after the first `count` spans, but not far into a long silence.
fn midway(speech: &[Range<usize>], count: usize, samples: usize) -> usize {
    let quiet_from = speech[count - 1].end;
    let quiet_until = speech.get(count).map_or(samples, |next| next.start);
    quiet_from + ((quiet_until - quiet_from) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: usize = SAMPLE_RATE;

    fn seconds(spans: &[(f64, f64)]) -> Vec<Range<usize>> {
        let samples = |time: f64| (time * SECOND as f64) as usize;
        spans
            .iter()
            .map(|(start, end)| samples(*start)..samples(*end))
            .collect()
    }

    #[test]
    fn a_part_ends_in_the_longest_pause_once_it_is_long_enough() {
        let speech = seconds(&[
            (1.0, 9.0),
            (12.0, 18.0),
            (19.5, 24.0),
            (24.5, 26.0),
            (39.0, 40.0),
        ]);
        let window = Window::choose(&vec![0.0; LOOK_AHEAD], &speech, false);
        assert_eq!(window.end, (26 * SECOND + 39 * SECOND) / 2);
        assert_eq!(window.speech, 20 * SECOND);
        assert_eq!(window.pieces.len(), 3);
    }

    #[test]
    fn speech_at_the_open_end_waits_for_the_next_part() {
        let speech = seconds(&[(2.0, 4.0), (38.0, 40.0)]);
        let samples = vec![0.0; LOOK_AHEAD];
        assert_eq!(Window::choose(&samples, &speech, false).end, 21 * SECOND);
        let last = Window::choose(&samples, &speech, true);
        assert_eq!((last.end, last.speech), (LOOK_AHEAD, 4 * SECOND));
    }

    #[test]
    fn silence_is_passed_over_but_for_a_second() {
        let samples = vec![0.0; LOOK_AHEAD];
        let passed = Window::choose(&samples, &[], false);
        assert_eq!(
            passed,
            Window {
                end: 39 * SECOND,
                ..Window::default()
            }
        );
        let begun = Window::choose(&samples, &seconds(&[(39.0, 40.0)]), false);
        assert_eq!(
            begun,
            Window {
                end: 38 * SECOND,
                ..Window::default()
            }
        );
        assert_eq!(Window::choose(&samples, &[], true).end, LOOK_AHEAD);
    }

    #[test]
    fn speech_without_pause_is_cut_where_it_is_quietest() {
        let mut samples = vec![0.5; LOOK_AHEAD];
        samples[20 * SECOND..20 * SECOND + SECOND / 10].fill(0.0);
        let speech = seconds(&[(0.0, 40.0)]);
        let window = Window::choose(&samples, &speech, false);
        assert!((20 * SECOND..20 * SECOND + SECOND / 10).contains(&window.end));
        assert_eq!(window.pieces.len(), 1);
        assert_eq!(
            (window.pieces[0].start, window.pieces[0].end),
            (0, window.end)
        );
    }

    #[test]
    fn places_are_found_again_in_every_piece() {
        let window = Window {
            pieces: vec![10..20, 50..60],
            speech: 20,
            end: 70,
        };
        assert_eq!(window.place(0, false), 10);
        assert_eq!(window.place(10, true), 20);
        assert_eq!(window.place(10, false), 50);
        assert_eq!(window.place(25, true), 60);
        assert_eq!(window.audio(&vec![1.0; 100]).len(), 20);
    }

    prop_compose! {
        fn speech()(gaps in prop::collection::vec((1600..200_000_usize, 2560..500_000_usize), 0..30))
            -> Vec<Range<usize>>
        {
            let mut at = 0;
            let spans = gaps.into_iter().map(|(silence, speech)| {
                let start = at + silence;
                at = start + speech;
                start..at
            });
            spans.take_while(|span| span.end <= LOOK_AHEAD).collect()
        }
    }

    proptest! {
        #[test]
        fn windows_fit_move_on_and_lose_no_speech(speech in speech(), is_last: bool) {
            let samples = vec![0.1; LOOK_AHEAD];
            let window = Window::choose(&samples, &speech, is_last);
            prop_assert!(window.end > 0 && window.end <= samples.len());
            prop_assert!(window.audio(&samples).len() <= LONGEST_WINDOW);
            let inside = speech.iter().filter(|span| span.start < window.end);
            for span in inside {
                let heard = window.pieces.iter().any(|piece| piece.start <= span.start && span.end.min(window.end) <= piece.end);
                prop_assert!(heard, "{span:?} is not in {window:?}");
            }
        }
    }
}

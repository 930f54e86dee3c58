//! Decoding times for pictures whose display times are known.
//!
//! Segments are encoded apart from each other, each with decoding times of its own that would
//! overlap at the seams. Decoding times carry no information beyond the order, so they are made
//! anew: the picture at place `i` of the decoding order is decoded when the picture `delay` places
//! earlier in display order is shown. `delay` is the smallest number for which no picture is shown
//! before it is decoded.

/// Ticks per second of the video track: a multiple of all usual frame rates.
pub(super) const VIDEO_TICKS: u64 = 90_000;

/// Decoding times and how long after them pictures are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    /// From one decoding time to the next, in ticks; the last one up to the end of the track.
    pub(super) deltas: Vec<u32>,
    /// From decoding to display, in ticks.
    pub(super) offsets: Vec<u32>,
    /// Display time of the first picture, counted from the first decoding time.
    pub(super) lead: u64,
    /// Display time of the first picture on the timeline of the recording.
    pub(super) first_shown: u64,
}

/// Returns ticks for a time in nanoseconds.
pub(super) fn ticks(nanoseconds: u64, per_second: u64) -> u64 {
    ((u128::from(nanoseconds) * u128::from(per_second) + 500_000_000) / 1_000_000_000) as u64
}

impl Schedule {
    /// `shown` are display times in decoding order, `end` is the end of the last picture, all in
    /// ticks. `None` when two pictures share a time or a gap is too long for the format.
    pub(super) fn new(shown: &[u64], end: u64) -> Option<Self> {
        let mut order: Vec<usize> = (0..shown.len()).collect();
        order.sort_by_key(|&place| shown[place]);
        if order
            .windows(2)
            .any(|pair| shown[pair[0]] == shown[pair[1]])
        {
            return None;
        }
        let first = *order.first()?;
        let last_shown = shown[*order.last()?];
        let delay = order
            .iter()
            .enumerate()
            .map(|(rank, &place)| place.saturating_sub(rank))
            .max()
            .unwrap_or(0);
        let step = order
            .get(1)
            .map_or(1, |&second| shown[second] - shown[first])
            .min(VIDEO_TICKS / 10);
        // Signed: decoding begins before the first picture is shown.
        let decoded = |place: usize| {
            place.checked_sub(delay).map_or_else(
                || shown[first] as i64 - ((delay - place) as u64 * step) as i64,
                |rank| shown[order[rank]] as i64,
            )
        };
        let total = end.max(last_shown + 1) as i64;
        let deltas = (0..shown.len())
            .map(|place| {
                let next = if place + 1 < shown.len() {
                    decoded(place + 1)
                } else {
                    total
                };
                u32::try_from((next - decoded(place)).max(1)).ok()
            })
            .collect::<Option<Vec<u32>>>()?;
        let offsets = (0..shown.len())
            .map(|place| u32::try_from(shown[place] as i64 - decoded(place)).ok())
            .collect::<Option<Vec<u32>>>()?;
        let lead = (shown[first] as i64 - decoded(0)) as u64;
        Some(Self {
            deltas,
            offsets,
            lead,
            first_shown: shown[first],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Display times as a player computes them, counted from the first picture.
    fn played(schedule: &Schedule) -> Vec<u64> {
        let mut decoded = 0;
        let mut times = Vec::new();
        for (delta, offset) in schedule.deltas.iter().zip(&schedule.offsets) {
            times.push(decoded + u64::from(*offset) - schedule.lead + schedule.first_shown);
            decoded += u64::from(*delta);
        }
        times
    }

    #[test]
    fn pictures_without_reordering_are_decoded_when_shown() {
        let schedule = Schedule::new(&[0, 3600, 7200], 10_800).expect("valid");
        assert_eq!(schedule.offsets, [0, 0, 0]);
        assert_eq!(schedule.deltas, [3600, 3600, 3600]);
    }

    #[test]
    fn reordered_pictures_are_shown_when_they_should() {
        let shown = [
            0, 14_400, 7_200, 3_600, 10_800, 28_800, 21_600, 18_000, 25_200,
        ];
        let schedule = Schedule::new(&shown, 32_400).expect("valid");
        assert_eq!(played(&schedule), shown);
    }

    #[test]
    fn seams_and_long_stills_keep_their_times() {
        // Two segments, each with reordering of its own, and a still of two seconds.
        let shown = [900, 183_600, 3_600, 187_200, 365_000, 190_000, 362_000];
        let schedule = Schedule::new(&shown, 400_000).expect("valid");
        assert_eq!(played(&schedule), shown);
        assert_eq!(schedule.first_shown, 900);
    }

    #[test]
    fn two_pictures_at_one_time_are_refused() {
        assert_eq!(Schedule::new(&[0, 3600, 3600], 7200), None);
    }
}

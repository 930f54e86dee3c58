//! Estimates that a few wrong values do not move.

/// A fit looks at most at this many points: its pairs are the square of it.
const MOST_POINTS: usize = 256;

/// Returns the median, if there are any values. Reorders them.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    let is_even = values.len().is_multiple_of(2);
    if values.is_empty() {
        return None;
    }
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let lower = below.iter().copied().max_by(f64::total_cmp);
    match lower {
        Some(lower) if is_even => Some(f64::midpoint(lower, *upper)),
        _ => Some(*upper),
    }
}

/// Returns the value that one in a hundred lies below, if there are any values. Reorders them.
///
/// Not the least: one packet with a wrong timestamp would be enough to move that.
pub(super) fn floor(values: &mut [f64]) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let rank = values.len().div_ceil(100).min(last);
    let (_, floor, _) = values.select_nth_unstable_by(rank, f64::total_cmp);
    Some(*floor)
}

/// Adds the slopes of all lines through two of the points. Their median is the slope of the points
/// by Theil (1950) and Sen (1968), whatever up to 29 % of the points say.
pub(super) fn add_slopes(points: &[(f64, f64)], slopes: &mut Vec<f64>) {
    let sample: Vec<(f64, f64)> = if points.len() <= MOST_POINTS {
        points.to_vec()
    } else {
        // Evenly over all points, so that the first and last hours count alike.
        (0..MOST_POINTS)
            .map(|index| points[index * points.len() / MOST_POINTS])
            .collect()
    };
    for (index, (x, y)) in sample.iter().enumerate() {
        for (other_x, other_y) in &sample[index + 1..] {
            let width = other_x - x;
            if width != 0.0 {
                slopes.push((other_y - y) / width);
            }
        }
    }
}

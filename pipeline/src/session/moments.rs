//! When the picture of a recording may change, and what may be seen then.

use std::borrow::Cow;

use scrim_policy::{
    Moment, SessionPlan,
    session::{SessionScene, Tile},
};

/// From one regular picture to the next, in nanoseconds: 40 ms.
const TICK: u64 = 40_000_000;

/// Two pictures are never closer, in nanoseconds: 1 ms. A file counts in parts of 11 µs.
const APART: u64 = 1_000_000;

/// Returns the moments of the recording at which a picture may be shown, from `from` on and before
/// `to`: 25 times a second, and wherever a scene or a take begins.
///
/// Where such a beginning is too close to another moment, that one gives way, or it comes up to a
/// millisecond late. [`tiles`] sees to it that nothing is shown too long for that.
pub(super) fn moments(plan: &SessionPlan, from: Moment, to: Moment) -> Vec<Moment> {
    let scenes = plan.scenes.iter().map(|scene| scene.from);
    let borders = scenes.chain(plan.takes.iter().map(|take| take.at));
    let borders = borders.filter(|border| *border > from && *border < to);
    let ticks = (from.0..to.0).step_by(TICK as usize).skip(1);
    // At the same moment a border comes first.
    let mut wanted: Vec<(Moment, bool)> = borders
        .map(|border| (border, false))
        .chain(ticks.map(|tick| (Moment(tick), true)))
        .collect();
    wanted.sort_unstable();
    let mut moments = vec![from];
    let mut last = from;
    let mut gives_way = false;
    for (moment, is_tick) in wanted {
        if moment.later(APART) > to {
            break;
        }
        let moment = if moment >= last.later(APART) {
            moment
        } else if moment <= last || is_tick {
            continue;
        } else if gives_way {
            moments.pop();
            moment
        } else {
            last.later(APART)
        };
        if moment.later(APART) > to {
            break;
        }
        moments.push(moment);
        last = moment;
        gives_way = is_tick;
    }
    moments
}

/// Returns what may be seen from `at` on until the next picture at `until`: the scene, without
/// whatever ends before that.
pub(super) fn tiles(plan: &SessionPlan, at: Moment, until: Moment) -> Cow<'_, [Tile]> {
    let first = plan.scenes.partition_point(|scene| scene.to <= at);
    let scenes = plan.scenes.get(first..).unwrap_or(&[]);
    let Some((scene, later)) = scenes.split_first().filter(|(scene, _)| scene.from <= at) else {
        return Cow::Borrowed(&[]);
    };
    let mut stays = later
        .iter()
        .take_while(|later| later.from < until)
        .collect::<Vec<&SessionScene>>();
    stays.retain(|later| later.tiles != scene.tiles);
    if stays.is_empty() {
        return Cow::Borrowed(&scene.tiles);
    }
    let is_in_all = |tile: &&Tile| stays.iter().all(|later| later.tiles.contains(tile));
    Cow::Owned(scene.tiles.iter().filter(is_in_all).cloned().collect())
}

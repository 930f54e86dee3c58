//! What ends at a moment is not seen from that moment on.

use proptest::prelude::*;
use scrim_policy::{
    Moment, PixelRect, SessionPlan,
    session::{SessionScene, Shows, Take, Tile},
};

use super::{
    super::moments::{moments, tiles},
    MS, SECOND, track,
};

fn tile(number: u8, x: u32) -> Tile {
    Tile {
        rect: PixelRect::new(x, 0, 16, 16),
        shows: Shows::Track(track(number)),
        label: None,
    }
}

/// A plan whose scenes begin at these moments, each with other tiles.
fn plan(borders: &[u64]) -> SessionPlan {
    let mut borders: Vec<u64> = borders.iter().copied().chain([0]).collect();
    borders.sort_unstable();
    borders.dedup();
    let ends = borders.iter().skip(1).copied().chain([20 * SECOND]);
    let scenes = borders
        .iter()
        .zip(ends)
        .enumerate()
        .map(|(index, (from, to))| SessionScene {
            from: Moment(*from),
            to: Moment(to),
            // One tile stays, one changes.
            tiles: vec![tile(1, 0), tile(index as u8 + 2, 16)],
        });
    SessionPlan {
        output: Some([32, 16]),
        scenes: scenes.collect(),
        takes: vec![Take {
            from: Moment(0),
            to: Moment(20 * SECOND),
            at: Moment(0),
        }],
        voices: Vec::new(),
    }
}

fn check(borders: &[u64], from: u64, to: u64) {
    let plan = plan(borders);
    let (from, to) = (Moment(from), Moment(to));
    let all = moments(&plan, from, to);
    assert_eq!(all[0], from);
    let ends = all.iter().skip(1).copied().chain([to]);
    for (at, until) in all.iter().copied().zip(ends) {
        assert!(
            until.0 - at.0 >= MS || all.len() == 1,
            "{at:?} and {until:?} are too close"
        );
        let seen = tiles(&plan, at, until);
        assert!(seen.contains(&tile(1, 0)));
        for scene in &plan.scenes {
            let overlaps = scene.from < until && scene.to > at;
            let is_in = |tile| scene.tiles.contains(tile);
            assert!(!overlaps || seen.iter().all(is_in), "{at:?}: {borders:?}");
        }
    }
    // A scene that is not at an edge is on time, or a millisecond late behind another one.
    for &border in borders {
        let border = Moment(border);
        let is_inside = border > from && border.later(3 * MS) < to;
        let near = borders
            .iter()
            .filter(|other| other.abs_diff(border.0) < 4 * MS)
            .count();
        if is_inside && near == 1 && border.0 >= from.0 + 2 * MS {
            assert!(all.contains(&border), "{border:?} is missing");
        }
    }
}

#[test]
fn pictures_are_regular_where_nothing_ends() {
    let all = moments(&plan(&[]), Moment(8 * SECOND), Moment(16 * SECOND));
    assert_eq!(all.len(), 200);
    assert!(all.windows(2).all(|pair| pair[1].0 - pair[0].0 == 40 * MS));
    let short = moments(&plan(&[]), Moment(16 * SECOND), Moment(16 * SECOND + 1));
    assert_eq!(short, [Moment(16 * SECOND)]);
}

#[test]
fn a_scene_begins_on_time_wherever_it_is() {
    for border in [
        1_013 * MS,
        1_040 * MS,
        1_040 * MS + 1,
        1_040 * MS - 1,
        1_041 * MS,
        1,
        999_999,
        8 * SECOND - 1,
        8 * SECOND - 2 * MS,
    ] {
        check(&[border], 0, 8 * SECOND);
    }
}

proptest! {
    #[test]
    fn nothing_is_seen_before_or_after_its_scene(
        borders in prop::collection::vec(
            prop_oneof![0..20 * SECOND, (0..500_u64).prop_map(|tick| tick * 40 * MS + 1),
                        (0..9_000_u64).prop_map(|near| 8 * SECOND - near * 1_000)],
            0..40,
        ),
        segment in 0..3_u64,
    ) {
        check(&borders, segment * 8 * SECOND, ((segment + 1) * 8 * SECOND).min(20 * SECOND));
    }
}

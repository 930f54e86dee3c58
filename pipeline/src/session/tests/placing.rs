//! Pieces of sound follow each other, whatever their times say.

use super::super::placing::{Place, Placing, sample_at};

#[test]
fn a_first_piece_is_where_it_belongs() {
    let mut placing = Placing::default();
    let place = placing.place(-500, false, 960);
    assert_eq!(
        place,
        Place {
            at: -500,
            skip: 0,
            length: 960
        }
    );
    assert_eq!(placing.end(), Some(460));
}

#[test]
fn what_is_a_little_off_is_left_alone() {
    let mut placing = Placing::default();
    placing.place(0, false, 960);
    for index in 1..100 {
        let tremble = index % 3 * 40 - 40;
        let place = placing.place(index * 960 + tremble, true, 960);
        assert_eq!(
            place,
            Place {
                at: index * 960,
                skip: 0,
                length: 960
            }
        );
    }
}

#[test]
fn what_is_further_off_is_caught_up_with_in_small_steps() {
    for off in [-9_000, 9_000_i64] {
        let mut placing = Placing::default();
        placing.place(0, false, 960);
        let mut left = off;
        for index in 1..2_000 {
            let place = placing.place(index * 960 + off, true, 960);
            assert!(place.length.abs_diff(960) <= 9 && place.skip == 0);
            left = index * 960 + off - place.at;
        }
        assert!(left.abs() <= 48, "{left} samples are left of {off}");
    }
}

#[test]
fn a_hole_is_a_gap_and_not_stretched_over() {
    let mut placing = Placing::default();
    placing.place(0, false, 960);
    assert_eq!(placing.gap(960 + 480, false), 480);
    // Without a hole it would only be stretched.
    assert_eq!(placing.gap(960 + 480, true), 0);
    placing.made_up(480);
    let place = placing.place(960 + 480, false, 960);
    assert_eq!(
        place,
        Place {
            at: 1_440,
            skip: 0,
            length: 960
        }
    );
    // A jump of the clock is a hole as well.
    assert_eq!(placing.gap(2_400 + 9_601, true), 9_601);
    assert_eq!(placing.place(2_400 + 9_601, true, 960).at, 12_001);
}

#[test]
fn what_overlaps_by_much_is_cut() {
    let mut placing = Placing::default();
    placing.place(0, false, 48_000);
    let place = placing.place(48_000 - 10_000, true, 9_000);
    assert_eq!(
        place,
        Place {
            at: 48_000,
            skip: 9_000,
            length: 0
        }
    );
    let place = placing.place(48_000 - 10_000, false, 12_000);
    assert_eq!(
        place,
        Place {
            at: 48_000,
            skip: 10_000,
            length: 2_000
        }
    );
}

#[test]
fn times_become_samples_by_rounding() {
    assert_eq!(sample_at(0), 0);
    assert_eq!(sample_at(10_416), 0);
    assert_eq!(sample_at(10_417), 1);
    assert_eq!(sample_at(-1_000_000_000), -48_000);
    assert_eq!(sample_at(7_200_000_000_000), 345_600_000);
}

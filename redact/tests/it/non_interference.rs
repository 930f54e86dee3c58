//! The promise of the crate: nothing that a plan hides has any influence on what comes out.

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use scrim_policy::plan::Look;
use scrim_redact::Redactor;

use crate::{
    pixels_picture::{COMPONENTS, Picture, Random, Shape},
    pixels_plans::{Situation, format, shape, situation},
};

/// A situation, two shapes of memory for its picture, one for its canvas, and a seed for contents.
fn trial() -> impl Strategy<Value = (Situation, Shape, Shape, Shape, u64)> {
    situation().prop_flat_map(|situation| {
        let (width, height) = (situation.plan.source.width, situation.plan.source.height);
        let [canvas_width, canvas_height] = situation.plan.output;
        (
            Just(situation),
            shape(width, height),
            shape(width, height),
            shape(canvas_width, canvas_height),
            any::<u64>(),
        )
    })
}

/// A random picture, and in other memory one that agrees with it in kept pixels only.
fn pair(situation: &Situation, shapes: [Shape; 2], random: &mut Random) -> [Picture; 2] {
    let first = Picture::random(shapes[0], random);
    let mut second = Picture::random(shapes[1], random);
    for_all_samples(&first, |component, column, row| {
        if situation.keeps(component, column, row) {
            second.set(component, column, row, first.get(component, column, row));
        }
    });
    [first, second]
}

fn for_all_samples(picture: &Picture, mut action: impl FnMut(usize, usize, usize)) {
    for component in COMPONENTS {
        let (columns, rows) = picture.shape.component_size(component);
        for row in 0..rows {
            for column in 0..columns {
                action(component, column, row);
            }
        }
    }
}

fn redactor(situation: &Situation) -> Redactor {
    Redactor::new(situation.plan.clone(), situation.space)
}

fn cleared(situation: &Situation, picture: &Picture) -> Picture {
    let mut copy = picture.clone();
    let done = redactor(situation).clear(copy.frame_mut(), situation.at);
    assert!(!done.is_wholly_hidden());
    copy
}

fn composed(situation: &Situation, picture: &Picture, mut canvas: Picture) -> Picture {
    let mut redactor = redactor(situation);
    let mut copy = picture.clone();
    let done = redactor.clear(copy.frame_mut(), situation.at);
    redactor
        .compose(&done, situation.at, canvas.frame_mut())
        .unwrap();
    canvas
}

/// The background as samples, taken from a picture that is hidden completely.
fn background(situation: &Situation) -> [u8; 3] {
    let other = Shape::tight(
        scrim_redact::PixelFormat::I420,
        situation.plan.source.width + 2,
        situation.plan.source.height,
    );
    let mut picture = Picture::plain(other, [0; 3]);
    let done = redactor(situation).clear(picture.frame_mut(), situation.at);
    assert!(done.is_wholly_hidden());
    COMPONENTS.map(|component| picture.get(component, 0, 0))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn pictures_that_differ_only_where_nothing_is_kept_come_out_equal(
        (situation, one, other, canvas, seed) in trial()
    ) {
        let mut random = Random(seed);
        let [first, second] = pair(&situation, [one, other], &mut random);
        prop_assert!(cleared(&situation, &first).visible() == cleared(&situation, &second).visible());
        let canvases = [Picture::random(canvas, &mut random), Picture::random(canvas, &mut random)];
        let [left, right] = canvases;
        let left = composed(&situation, &first, left);
        let right = composed(&situation, &second, right);
        prop_assert!(left.visible() == right.visible());
    }

    #[test]
    fn kept_pixels_stay_and_all_others_are_background_or_drawn(
        (situation, memory, _, _, seed) in trial()
    ) {
        let before = Picture::random(memory, &mut Random(seed));
        let after = cleared(&situation, &before);
        let background = background(&situation);
        let mut wrong = None;
        for_all_samples(&before, |component, column, row| {
            let value = after.get(component, column, row);
            let is_right = if situation.keeps(component, column, row) {
                value == before.get(component, column, row)
            } else {
                situation.draws(component, column, row) || value == background[component]
            };
            if !is_right {
                wrong = Some((component, column, row));
            }
        });
        prop_assert_eq!(wrong, None);
    }

    #[test]
    fn frosted_glass_stays_close_to_the_background(
        (situation, memory, _, _, seed) in trial()
    ) {
        let only_frosted = |overlay: &scrim_policy::plan::Overlay| overlay.look == Look::Frosted;
        prop_assume!(situation.scene().overlays.iter().all(only_frosted));
        let after = cleared(&situation, &Picture::random(memory, &mut Random(seed)));
        let background = background(&situation);
        let mut farthest = [0; 3];
        for_all_samples(&after, |component, column, row| {
            if situation.draws(component, column, row) {
                let distance = after.get(component, column, row).abs_diff(background[component]);
                farthest[component] = farthest[component].max(distance);
            }
        });
        prop_assert!(farthest[0] <= 40 && farthest[1..] == [0, 0], "{:?}", farthest);
    }

    #[test]
    fn nothing_outside_the_picture_is_written((situation, memory, _, canvas, seed) in trial()) {
        let mut random = Random(seed);
        let before = Picture::random(memory, &mut random);
        prop_assert!(cleared(&situation, &before).outside() == before.outside());
        let blank = Picture::random(canvas, &mut random);
        let outside = blank.outside();
        prop_assert!(composed(&situation, &before, blank).outside() == outside);
    }

    #[test]
    fn a_picture_is_a_repeat_exactly_when_no_kept_sample_changed(
        (situation, one, mut other, _, seed) in trial(), format in format()
    ) {
        other.format = one.format;
        let mut random = Random(seed);
        let [first, second] = pair(&situation, [one, other], &mut random);
        let redactor = redactor(&situation);
        let at = situation.at;
        let repeats = |earlier: &Picture, current: &Picture| {
            redactor.is_repeat((&earlier.frame(), at), (&current.frame(), at))
        };
        prop_assert!(repeats(&first, &second));
        prop_assert!(repeats(&second, &first));

        let mut changed = second.clone();
        let component = random.below(3);
        let (columns, rows) = changed.shape.component_size(component);
        let (column, row) = (random.below(columns), random.below(rows));
        let flipped = changed.get(component, column, row) ^ (1 << random.below(8));
        changed.set(component, column, row, flipped);
        prop_assert_eq!(repeats(&first, &changed), !situation.keeps(component, column, row));

        let elsewhere = situation.plan.scenes.iter().find(|scene| scene.from != situation.scene().from);
        if let Some(scene) = elsewhere {
            let later = (&second.frame(), scene.from);
            prop_assert!(!redactor.is_repeat((&first.frame(), at), later));
        }
        let foreign = second.copied_into(Picture::random(Shape { format, ..other }, &mut random));
        let may_differ = situation.scene().kept.is_empty();
        prop_assert_eq!(repeats(&first, &foreign), may_differ || format == one.format);
    }

    #[test]
    fn a_picture_of_another_shape_is_hidden_completely(
        (situation, memory, _, canvas, seed) in trial(), width in 1..250_u32, height in 1..200_u32
    ) {
        let source = situation.plan.source;
        prop_assume!((width, height) != (source.width, source.height));
        let mut random = Random(seed);
        let mut picture = Picture::random(Shape { width, height, ..memory }, &mut random);
        let outside = picture.outside();
        let mut canvas = Picture::random(canvas, &mut random);
        let mut redactor = redactor(&situation);
        let done = redactor.clear(picture.frame_mut(), situation.at);
        prop_assert!(done.is_wholly_hidden());
        let laid_out = redactor.compose(&done, situation.at, canvas.frame_mut()).unwrap();
        prop_assert!(laid_out.is_wholly_hidden());
        for plain in [&picture, &canvas] {
            let expected = Picture::plain(plain.shape, background(&situation));
            prop_assert!(plain.visible() == expected.visible());
        }
        prop_assert!(picture.outside() == outside);
        let (earlier, current) = ((&picture.frame(), situation.at), (&picture.frame(), situation.at));
        prop_assert!(!redactor.is_repeat(earlier, current));
    }

    #[test]
    fn both_pixel_formats_give_the_same_picture(
        (situation, one, other, canvas, seed) in trial()
    ) {
        use scrim_redact::PixelFormat::{I420, Nv12};
        let mut random = Random(seed);
        let planar = Picture::random(Shape { format: I420, ..one }, &mut random);
        let packed = planar
            .copied_into(Picture::random(Shape { format: Nv12, ..other }, &mut random));
        prop_assert!(cleared(&situation, &planar).visible() == cleared(&situation, &packed).visible());
        let mut canvas_of = |format| Picture::random(Shape { format, ..canvas }, &mut random);
        let left = composed(&situation, &planar, canvas_of(Nv12));
        let right = composed(&situation, &packed, canvas_of(I420));
        prop_assert!(left.visible() == right.visible());
    }

    #[test]
    fn clearing_twice_changes_nothing_more((situation, memory, _, _, seed) in trial()) {
        let once = cleared(&situation, &Picture::random(memory, &mut Random(seed)));
        prop_assert!(cleared(&situation, &once).visible() == once.visible());
    }
}

/// Guards the tests above against plans in which there is nothing to go wrong.
#[test]
fn the_random_plans_have_something_of_everything() {
    let mut runner = TestRunner::deterministic();
    let (mut kept, mut frosted, mut initials, mut cut_out, mut in_place, mut odd) =
        (0, 0, 0, 0, 0, 0);
    for _ in 0..400 {
        let situation = situation().new_tree(&mut runner).unwrap().current();
        let scene = situation.scene();
        let has_both = !scene.kept.is_empty() && !scene.filled.is_empty();
        kept += usize::from(has_both);
        let looks = || scene.overlays.iter().map(|overlay| &overlay.look);
        frosted += usize::from(has_both && looks().any(|look| *look == Look::Frosted));
        initials += usize::from(
            has_both
                && looks().any(|look| matches!(look, Look::Initials(list) if !list.is_empty())),
        );
        let whole = [
            situation.plan.source.width & !1,
            situation.plan.source.height & !1,
        ];
        let carried = [scene.layout.source_width(), scene.layout.source_height()];
        cut_out += usize::from(has_both && carried != whole);
        in_place += usize::from(redactor(&situation).is_in_place(situation.at));
        odd += usize::from(has_both && situation.plan.source.width % 2 == 1);
    }
    let counts = [kept, frosted, initials, cut_out, in_place, odd];
    assert!(counts.iter().all(|count| *count >= 20), "{counts:?}");
}

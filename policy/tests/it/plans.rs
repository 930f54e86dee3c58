use proptest::prelude::*;
use scrim_policy::{
    Geometry, Kind, Moment, PixelRect, Plan, PlanError, Policy, Roster,
    plan::{BLOCK_PX, Look, PADDING_PX},
};

fn policy(head: &str, regions: &[(&str, [f64; 4], &str, &str)]) -> Policy {
    let mut text = format!("schema = 1\nname = \"test\"\n{head}\n");
    for (name, rect, action, more) in regions {
        text += &format!(
            "[[region]]\nname = \"{name}\"\nkind = \"other\"\nrect = {rect:?}\naction = \"{action}\"\n{more}\n"
        );
    }
    Policy::parse("test.toml", &text).unwrap()
}

fn compile(policy: &Policy, width: u32, height: u32) -> Plan {
    Plan::compile(policy, &Geometry::square(width, height), &Roster::default()).unwrap()
}

const STAGE: [f64; 4] = [0.16, 0.0, 0.84, 1.0];
const PEOPLE: [f64; 4] = [0.0, 0.0, 0.16, 1.0];

#[test]
fn kept_pixels_stay_a_block_away_from_the_hidden_panel() {
    let plan = compile(
        &policy(
            "",
            &[("stage", STAGE, "keep", ""), ("people", PEOPLE, "fill", "")],
        ),
        1280,
        720,
    );
    assert_eq!(plan.scenes.len(), 1);
    // 0.16 * 1280 = 204.8: the panel ends at 205, plus 16 of padding is 221, the next block is 224.
    assert_eq!(plan.scenes[0].kept, [PixelRect::between(224, 0, 1280, 720)]);
    assert_eq!(plan.scenes[0].filled, [PixelRect::between(0, 0, 224, 720)]);
    assert!(plan.scenes[0].layout.is_identity(&plan.source, plan.output));
}

#[test]
fn neighbouring_kept_regions_are_joined_without_a_gap() {
    let halves = [
        ("left", [0.0, 0.0, 0.5, 1.0], "keep", ""),
        ("right", [0.5, 0.0, 0.5, 1.0], "keep", ""),
    ];
    let plan = compile(&policy("", &halves), 640, 360);
    assert_eq!(plan.scenes[0].kept, [PixelRect::new(0, 0, 640, 360)]);
}

#[test]
fn hide_moves_the_kept_area_to_the_middle_and_fits_it() {
    let hide = policy(
        "[output]\nsize = [1280, 720]",
        &[("stage", STAGE, "keep", ""), ("people", PEOPLE, "hide", "")],
    );
    let layout = &compile(&hide, 1280, 720).scenes[0].layout;
    assert_eq!(layout.source_width(), 1280 - 224);
    assert_eq!(layout.target, PixelRect::new(112, 0, 1056, 720));
    let large = &compile(&hide, 1920, 1080).scenes[0].layout;
    // 0.16 * 1920 = 307.2: hidden to 308, padded to 324, next block 336; 1584x1080 fits as 1056x720.
    assert_eq!(large.target, PixelRect::new(112, 0, 1056, 720));
}

#[test]
fn filled_panels_keep_their_place_when_another_is_cut_out() {
    let mixed = policy(
        "",
        &[
            ("stage", [0.25, 0.0, 0.5, 1.0], "keep", ""),
            ("people", [0.0, 0.0, 0.25, 1.0], "hide", ""),
            ("chat", [0.75, 0.0, 0.25, 1.0], "blur", ""),
        ],
    );
    let scene = &compile(&mixed, 1280, 720).scenes[0];
    assert_eq!(scene.overlays.len(), 1);
    assert_eq!(scene.overlays[0].look, Look::Frosted);
    // The padding between stage and chat is neither kept nor painted: it goes as well.
    assert_eq!(scene.layout.source_width(), (944 - 336) + (1280 - 960));
}

#[test]
fn both_sides_of_a_change_are_hidden_around_it() {
    let plan = compile(
        &policy(
            "",
            &[
                ("wide", [0.0, 0.0, 1.0, 1.0], "keep", "to = \"30s\""),
                ("narrow", [0.0, 0.0, 0.5, 1.0], "keep", "from = \"30s\""),
            ],
        ),
        640,
        360,
    );
    let kept_at = |seconds: f64| plan.scene_at(Moment::from_seconds(seconds)).kept.clone();
    assert_eq!(kept_at(29.7), [PixelRect::new(0, 0, 640, 360)]);
    assert_eq!(
        kept_at(29.9),
        [],
        "the wide region ends soon, the narrow one has not begun"
    );
    assert_eq!(kept_at(30.1), []);
    assert_eq!(kept_at(30.3), [PixelRect::new(0, 0, 304, 360)]);
}

#[test]
fn a_source_of_another_size_is_refused() {
    let fixed = policy(
        "[source]\nsize = [1280, 720]",
        &[("stage", STAGE, "keep", "")],
    );
    let refused = |width, height| {
        Plan::compile(&fixed, &Geometry::square(width, height), &Roster::default()).unwrap_err()
    };
    let error = refused(1920, 1080);
    assert_eq!(
        error,
        PlanError::OtherSize {
            expected: [1280, 720],
            actual: [1920, 1080]
        }
    );
    assert_eq!(error.kind(), Kind::Refused);
    assert_eq!(
        refused(1, 1),
        PlanError::TooSmall {
            width: 1,
            height: 1
        }
    );
    assert_eq!(
        refused(8192, 8192),
        PlanError::TooLarge {
            width: 8192,
            height: 8192
        }
    );
}

#[test]
fn a_policy_for_sessions_alone_shows_nothing_of_a_file() {
    let error = Plan::compile(
        &policy("[live]", &[]),
        &Geometry::square(1280, 720),
        &Roster::default(),
    )
    .unwrap_err();
    assert_eq!(
        (&error, error.kind()),
        (&PlanError::NoRegion, Kind::Refused)
    );
    assert!(error.to_string().contains("[[region]]"), "{error}");
}

#[test]
fn regions_smaller_than_the_margin_are_refused() {
    let tiny = policy("", &[("dot", [0.5, 0.5, 0.02, 0.02], "keep", "")]);
    let error = Plan::compile(&tiny, &Geometry::square(640, 360), &Roster::default()).unwrap_err();
    assert_eq!(error, PlanError::NothingKept);
}

#[test]
fn wide_pixels_come_out_square() {
    let all = policy("", &[("all", [0.0, 0.0, 1.0, 1.0], "keep", "")]);
    let geometry = Geometry {
        width: 720,
        height: 576,
        pixel_aspect: (64, 45),
    };
    let plan = Plan::compile(&all, &geometry, &Roster::default()).unwrap();
    assert_eq!(plan.output, [1024, 576]);
    assert_eq!(
        plan.scenes[0].layout.target,
        PixelRect::new(0, 0, 1024, 576)
    );
}

fn fractions() -> impl Strategy<Value = [f64; 4]> {
    (0.0..0.95f64, 0.0..0.95f64, 0.01..1.0f64, 0.01..1.0f64)
        .prop_map(|(x, y, width, height)| [x, y, width.min(1.0 - x), height.min(1.0 - y)])
}

proptest! {
    /// The promise of the crate: whatever the rectangles, no kept pixel is near a hidden one, kept
    /// and filled tile the picture, and strips and targets stay inside their pictures.
    #[test]
    fn no_kept_pixel_is_near_a_hidden_one(
        keeps in prop::collection::vec(fractions(), 1..4),
        hides in prop::collection::vec((fractions(), 0..4usize), 0..4),
        width in 16..700u32, height in 16..500u32,
    ) {
        let mut text = "schema = 1\nname = \"random\"\n".to_owned();
        let actions = ["hide", "fill", "blur", "initials"];
        let all = keeps.iter().map(|rect| (rect, "keep"))
            .chain(hides.iter().map(|(rect, action)| (rect, actions[*action])));
        for (index, (rect, action)) in all.enumerate() {
            text += &format!("[[region]]\nname = \"{index}\"\nkind = \"other\"\nrect = {rect:?}\naction = \"{action}\"\n");
        }
        let Ok(policy) = Policy::parse("random.toml", &text) else { return Ok(()) };
        let geometry = Geometry::square(width, height);
        let Ok(plan) = Plan::compile(&policy, &geometry, &Roster::default()) else { return Ok(()) };
        let scene = &plan.scenes[0];
        let picture = PixelRect::new(0, 0, width, height);
        for kept in &scene.kept {
            prop_assert!(picture.contains(kept));
            prop_assert_eq!((kept.x % BLOCK_PX, kept.y % BLOCK_PX), (0, 0));
            let grown = kept.grown(PADDING_PX, width, height);
            for region in &policy.regions {
                let touched = region.rect.outer_pixels(width, height);
                prop_assert!(region.action.shows_source() || !touched.overlaps(&grown));
            }
            let inner: Vec<PixelRect> =
                policy.kept().map(|region| region.rect.inner_pixels(width, height)).collect();
            prop_assert!(grown.is_covered_by(&inner));
            prop_assert!(!scene.overlays.iter().any(|overlay| overlay.rect.overlaps(kept)));
        }
        let tiles: Vec<&PixelRect> = scene.kept.iter().chain(&scene.filled).collect();
        prop_assert_eq!(tiles.iter().map(|tile| tile.area()).sum::<u64>(), picture.area());
        for (index, tile) in tiles.iter().enumerate() {
            prop_assert!(tiles[..index].iter().all(|earlier| !earlier.overlaps(tile)));
        }
        let canvas = PixelRect::new(0, 0, plan.output[0], plan.output[1]);
        prop_assert!(canvas.contains(&scene.layout.target));
        for strip in scene.layout.columns.iter().chain(&scene.layout.rows) {
            prop_assert_eq!((strip.start % 2, strip.length % 2), (0, 0));
        }
    }
}

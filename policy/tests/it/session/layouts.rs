//! Where everybody is, on canvases of every shape.

use scrim_policy::{
    ConsentPurpose::{Screen, Voice},
    PixelRect, Policy, Role, SessionPlan, TrackSource,
    session::{Shows, Tile},
};

use super::tale::{Sender, Tale, moment, pictures, plates, policy, tiles};

const SIZES: [[u32; 2]; 4] = [[1280, 720], [1920, 1080], [640, 360], [720, 1280]];

fn sized(word: &str, [width, height]: [u32; 2]) -> Policy {
    policy(&format!(
        "[output]\nsize = [{width}, {height}]\n[live]\nlayout = \"{word}\""
    ))
}

fn compiled(policy: &Policy, tale: &Tale, until: f64) -> SessionPlan {
    SessionPlan::compile(policy, &tale.timeline, moment(until), None)
}

fn people(tale: &mut Tale, count: usize) -> Vec<Sender> {
    (0..count).map(|_| tale.sender("Ada Krol")).collect()
}

/// Everybody takes the floor for two seconds, one after the other.
fn speak(tale: &mut Tale, people: &[Sender]) {
    for one in people {
        let now = tale.now.seconds();
        tale.speaks(Some(one.id));
        tale.at(now + 2.0);
    }
    tale.speaks(None);
}

fn share(tale: &mut Tale, who: Sender) -> scrim_policy::TrackId {
    tale.agree(who.id, &[Screen]);
    tale.send(who.id, TrackSource::Screen)
}

/// What has to hold of every scene.
fn check_tiles(plan: &SessionPlan, [width, height]: [u32; 2]) {
    let canvas = PixelRect::new(0, 0, width, height);
    for scene in &plan.scenes {
        assert!(scene.tiles.len() <= 17, "{}", scene.tiles.len());
        for (index, tile) in scene.tiles.iter().enumerate() {
            let PixelRect {
                x,
                y,
                width,
                height,
            } = tile.rect;
            assert!([x, y, width, height].iter().all(|number| number % 2 == 0));
            assert!(canvas.contains(&tile.rect) && !tile.rect.is_empty());
            let before = &scene.tiles[..index];
            assert!(before.iter().all(|other| !other.rect.overlaps(&tile.rect)));
        }
    }
}

/// How far tiles are from each other, and from the edge of the canvas.
fn narrowest_gap(tiles: &[Tile], [width, height]: [u32; 2]) -> u32 {
    let canvas = PixelRect::new(0, 0, width, height);
    let is_free = |gap: &u32| {
        tiles.iter().enumerate().all(|(index, tile)| {
            let grown = tile.rect.grown(*gap, width, height);
            let edges = [
                tile.rect.x,
                tile.rect.y,
                width - tile.rect.right(),
                height - tile.rect.bottom(),
            ];
            let others = tiles
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index);
            edges.iter().all(|edge| edge >= gap)
                && canvas.contains(&grown)
                && others
                    .into_iter()
                    .all(|(_, other)| !other.rect.overlaps(&grown))
        })
    };
    (0..64).take_while(is_free).last().unwrap()
}

fn is_wide(rect: &PixelRect) -> bool {
    (rect.width * 9).abs_diff(rect.height * 16) <= 2 * 16
}

#[test]
fn no_tile_is_outside_of_the_canvas_or_over_another_one() {
    for size in SIZES
        .into_iter()
        .chain([[16, 16], [64, 36], [2000, 200], [200, 2000]])
    {
        for word in ["speaker", "presentation", "grid"] {
            for count in [0, 1, 2, 3, 5, 9, 16, 20] {
                let mut tale = Tale::recorded();
                let all = people(&mut tale, count);
                speak(&mut tale, &all);
                if let Some(first) = all.first() {
                    share(&mut tale, *first);
                }
                let until = tale.now.seconds() + 10.0;
                check_tiles(&compiled(&sized(word, size), &tale, until), size);
            }
        }
    }
}

#[test]
fn whoever_speaks_has_the_whole_canvas() {
    for size in SIZES {
        let mut tale = Tale::recorded();
        let all = people(&mut tale, 3);
        tale.at(1.0).speaks(Some(all[1].id));
        let plan = compiled(&sized("speaker", size), &tale, 20.0);
        let [tile] = tiles(&plan, 10.0) else {
            panic!("{plan:?}")
        };
        assert_eq!(tile.shows, Shows::Track(all[1].camera));
        assert_eq!(tile.rect, PixelRect::new(0, 0, size[0], size[1]));
    }
}

#[test]
fn a_screen_is_large_and_at_most_four_are_beside_it() {
    for size in SIZES {
        let mut tale = Tale::recorded();
        let all = people(&mut tale, 7);
        let screen = share(&mut tale, all[0]);
        speak(&mut tale, &all);
        let plan = compiled(&sized("presentation", size), &tale, 60.0);
        let [large, strip @ ..] = tiles(&plan, 50.0) else {
            panic!("{plan:?}")
        };
        assert_eq!(large.shows, Shows::Track(screen));
        assert!(strip.iter().all(|tile| is_wide(&tile.rect)), "{strip:?}");
        assert!(
            strip
                .iter()
                .all(|tile| large.rect.area() > 4 * tile.rect.area())
        );
        let mut last: Vec<_> = pictures(&plan, 50.0)[1..].to_vec();
        last.sort();
        let spoke_last: Vec<_> = all[3..].iter().map(|one| one.camera).collect();
        assert_eq!(last, spoke_last);
        assert_eq!(narrowest_gap(tiles(&plan, 50.0), size), 8);
    }
}

#[test]
fn of_several_screens_the_newest_is_shown_and_then_the_one_before() {
    let mut tale = Tale::recorded();
    let all = people(&mut tale, 2);
    let first = share(&mut tale, all[0]);
    tale.at(10.0);
    let second = share(&mut tale, all[1]);
    tale.at(20.0).close(second);
    let plan = tale.plan("presentation", 30.0);
    for (second_of_plan, screen) in [(5.0, first), (15.0, second), (25.0, first)] {
        assert_eq!(pictures(&plan, second_of_plan)[0], screen);
    }
}

#[test]
fn without_a_screen_whoever_speaks_is_large_and_not_in_the_strip() {
    let mut tale = Tale::recorded();
    let all = people(&mut tale, 3);
    tale.at(1.0).speaks(Some(all[1].id));
    let plan = tale.plan("presentation", 20.0);
    let seen = pictures(&plan, 10.0);
    assert_eq!(seen[0], all[1].camera);
    assert_eq!(seen.len(), 3);
    assert!(!seen[1..].contains(&all[1].camera));
    let mut alone = Tale::recorded();
    let one = alone.sender("Ada Krol");
    let plan = alone.plan("presentation", 20.0);
    assert_eq!(tiles(&plan, 10.0)[0].rect, PixelRect::new(0, 0, 1280, 720));
    assert_eq!(pictures(&plan, 10.0), [one.camera]);
}

#[test]
fn nobody_in_the_strip_moves_while_they_are_shown() {
    let mut tale = Tale::recorded();
    let all = people(&mut tale, 6);
    share(&mut tale, all[0]);
    speak(&mut tale, &all);
    speak(&mut tale, &[all[3], all[0], all[5], all[1]]);
    let plan = tale.plan("presentation", tale.now.seconds() + 5.0);
    for pair in plan.scenes.windows(2) {
        for tile in &pair[0].tiles {
            let same = pair[1].tiles.iter().find(|other| other.shows == tile.shows);
            assert!(same.is_none_or(|other| other.rect == tile.rect), "{pair:?}");
        }
    }
    assert!(plan.scenes.len() > 3, "somebody came into the strip");
}

#[test]
fn whoever_sends_again_at_once_keeps_their_place() {
    let mut tale = Tale::recorded();
    let all = people(&mut tale, 4);
    share(&mut tale, all[0]);
    speak(&mut tale, &all);
    let (before, at) = (all[1], tale.now.seconds());
    tale.at(at + 1.0).close(before.camera);
    tale.close(before.voice);
    tale.at(at + 1.001);
    let camera = tale.send(before.id, TrackSource::Camera);
    let plan = tale.plan("presentation", at + 5.0);
    let rect_of = |second: f64, track| {
        let mut all = tiles(&plan, second).iter();
        all.find(|tile| tile.shows == Shows::Track(track))
            .unwrap()
            .rect
    };
    assert_eq!(rect_of(at + 0.5, before.camera), rect_of(at + 2.0, camera));
}

#[test]
fn a_silent_plate_takes_no_room_in_the_strip() {
    let mut tale = Tale::recorded();
    let host = tale.sender("Hanna Holt");
    share(&mut tale, host);
    let bo = tale.join("Bo Lund");
    tale.agree(bo, &[Voice]);
    tale.send(bo, TrackSource::Microphone);
    tale.at(10.0).speaks(Some(bo));
    let plan = tale.plan("presentation", 20.0);
    assert_eq!(plates(&plan, 9.0), [""; 0]);
    assert_eq!(plates(&plan, 12.0), ["B.L."]);
}

#[test]
fn a_grid_has_everybody_in_the_order_of_joining() {
    for size in SIZES {
        for count in [2, 3, 4, 7, 12, 16] {
            let mut tale = Tale::recorded();
            let all = people(&mut tale, count);
            let backwards: Vec<Sender> = all.iter().rev().copied().collect();
            speak(&mut tale, &backwards);
            let plan = compiled(&sized("grid", size), &tale, 60.0);
            let expected: Vec<_> = all.iter().map(|one| one.camera).collect();
            assert_eq!(pictures(&plan, 50.0), expected);
            let tiles = tiles(&plan, 50.0);
            assert!(tiles.iter().all(|tile| is_wide(&tile.rect)), "{tiles:?}");
            assert!(narrowest_gap(tiles, size) >= 8);
            let areas: Vec<u64> = tiles.iter().map(|tile| tile.rect.area()).collect();
            assert!(areas.iter().all(|area| *area == areas[0]));
        }
    }
}

#[test]
fn in_a_full_grid_are_those_who_spoke_last() {
    let mut tale = Tale::recorded();
    let all = people(&mut tale, 20);
    speak(&mut tale, &all[2..]);
    let plan = tale.plan("grid", 60.0);
    let expected: Vec<_> = all[4..].iter().map(|one| one.camera).collect();
    assert_eq!(pictures(&plan, 50.0), expected);
}

#[test]
fn a_grid_has_shared_screens_as_well() {
    let mut tale = Tale::recorded();
    let all = people(&mut tale, 16);
    let screen = share(&mut tale, all[3]);
    let seen = pictures(&tale.plan("grid", 20.0), 10.0);
    assert_eq!((seen[0], seen.len()), (screen, 16));
}

const CUSTOM: &str = r#"
    [live]
    layout = "custom"
    [[live.tile]]
    name = "slides"
    shows = "screen"
    rect = [0.0, 0.0, 0.75, 0.75]
    [[live.tile]]
    name = "presenter"
    shows = "presenter"
    rect = [0.75, 0.0, 0.25, 0.25]
    [[live.tile]]
    name = "voice"
    shows = "speaker"
    rect = [0.75, 0.25, 0.25, 0.25]
    [[live.tile]]
    name = "one"
    shows = "others"
    rect = [0.0, 0.75, 0.25, 0.25]
    [[live.tile]]
    name = "other"
    shows = "others"
    rect = [0.25, 0.75, 0.25, 0.25]
"#;

#[test]
fn a_layout_of_the_policy_has_exactly_its_tiles() {
    let mut tale = Tale::recorded();
    let all = people(&mut tale, 5);
    let screen = share(&mut tale, all[2]);
    tale.at(1.0).speaks(Some(all[2].id));
    tale.at(10.0).speaks(Some(all[4].id));
    let plan = compiled(&policy(CUSTOM), &tale, 30.0);
    check_tiles(&plan, [1280, 720]);
    let seen: Vec<_> = tiles(&plan, 20.0)
        .iter()
        .map(|tile| (tile.rect, tile.shows.clone()))
        .collect();
    let at = |x, y, width, height| PixelRect::new(x, y, width, height);
    assert_eq!(
        seen,
        [
            (at(0, 0, 960, 540), Shows::Track(screen)),
            (at(960, 0, 320, 180), Shows::Track(all[2].camera)),
            (at(960, 180, 320, 180), Shows::Track(all[4].camera)),
            // She has been in this place from before he spoke.
            (at(0, 540, 320, 180), Shows::Track(all[1].camera)),
            (at(320, 540, 320, 180), Shows::Track(all[0].camera)),
        ]
    );
}

#[test]
fn nobody_is_in_two_tiles_of_the_policy() {
    let mut tale = Tale::recorded();
    let all = people(&mut tale, 2);
    share(&mut tale, all[0]);
    tale.at(1.0).speaks(Some(all[0].id));
    let plan = compiled(&policy(CUSTOM), &tale, 30.0);
    let mut seen = pictures(&plan, 20.0);
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), count), (3, 3));
}

#[test]
fn without_a_screen_the_presenter_is_who_spoke_last_of_those_on_stage() {
    let mut tale = Tale::recorded();
    let ada = tale.sender("Ada Krol");
    let pia = tale.join_as("Pia Post", Role::Presenter);
    tale.agree(pia, &[Voice]);
    tale.send(pia, TrackSource::Microphone);
    tale.at(1.0).speaks(Some(ada.id));
    let plan = compiled(&policy(CUSTOM), &tale, 30.0);
    let [presenter, speaker] = tiles(&plan, 20.0) else {
        panic!("{plan:?}")
    };
    assert!(matches!(&presenter.shows, Shows::Plate { text, .. } if text == "P.P."));
    assert_eq!(speaker.shows, Shows::Track(ada.camera));
}

#[test]
fn a_policy_that_says_nothing_about_sessions_has_the_default_layout() {
    let mut tale = Tale::recorded();
    let all = people(&mut tale, 2);
    share(&mut tale, all[0]);
    let file = "[[region]]\nname = \"a\"\nkind = \"stage\"\nrect = [0, 0, 1, 1]\naction = \"keep\"";
    let plan = compiled(&policy(file), &tale, 10.0);
    assert_eq!(plan, tale.plan("presentation", 10.0));
    assert_eq!(plan.output, Some([1280, 720]));
}

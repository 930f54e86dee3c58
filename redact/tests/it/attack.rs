//! The roster attack: whoever knows the list of participants renders every name, treats it like the
//! recording, and picks the one that looks most like what was published.
//!
//! Against a real blur that works; the last test shows that this attacker would have noticed. After
//! any action of a policy the attacker can only guess.

use scrim_policy::{Geometry, Moment, PixelRect, Plan, Policy, Roster};
use scrim_redact::{ColourSpace, PixelFormat, Redactor};

use crate::{
    pixels_drawing::{INK, PANEL, WHITE, camera, fill, write},
    pixels_picture::{Picture, Random, Shape},
};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 360;

/// Where the list of participants is shown; the policy hides a little more.
const LIST: PixelRect = PixelRect::new(0, 0, 256, HEIGHT);

/// The line of the list in which the name stands, and what a blur of it reaches.
const LINE: PixelRect = PixelRect::new(0, 32, 256, 72);

const GIVEN: [&str; 12] = [
    "Anna",
    "Zofia",
    "Łukasz",
    "Żaneta",
    "Jürgen",
    "Günther",
    "Élodie",
    "François",
    "Niccolò",
    "Perla",
    "Ewa",
    "Paweł",
];
const SURNAMES: [&str; 10] = [
    "Nowak",
    "Wiśniewska",
    "Kowalczyk",
    "Żółkiewski",
    "Großmann",
    "Schäfer",
    "Müller",
    "Lefèvre",
    "Rossi",
    "Weiß",
];

/// 120 invented people.
fn names() -> Vec<String> {
    let pairs = GIVEN
        .iter()
        .flat_map(|given| SURNAMES.iter().map(move |name| (given, name)));
    pairs
        .map(|(given, name)| format!("{given} {name}"))
        .collect()
}

fn roster(names: &[String]) -> Roster {
    Roster::parse_csv(&format!("name\n{}\n", names.join("\n"))).unwrap()
}

/// A meeting before anybody joined.
fn empty_meeting() -> Picture {
    let mut picture = Picture::plain(Shape::tight(PixelFormat::I420, WIDTH, HEIGHT), WHITE);
    fill(&mut picture, &LIST, PANEL);
    camera(&mut picture, &PixelRect::new(320, 64, 256, 120));
    picture
}

/// A meeting with one name in its list, off by some pixels.
fn meeting(empty: &Picture, name: &str, [right, down]: [u32; 2]) -> Picture {
    let mut picture = empty.clone();
    write(&mut picture, 40 + right, 60 + down, name, INK);
    picture
}

/// What the camera or an earlier encoding adds: up to two steps of luma, everywhere in the list.
fn add_noise(picture: &mut Picture, random: &mut Random) {
    for y in 0..LIST.height as usize {
        for x in 0..LIST.width as usize {
            let noisy = i32::from(picture.get(0, x, y)) + random.below(5) as i32 - 2;
            picture.set(0, x, y, noisy.clamp(0, 255) as u8);
        }
    }
}

/// What an attacker looks at, as luma.
type Sight = Vec<u8>;

/// Recordings of everybody as they are published, and what the attacker makes of the roster.
struct Game {
    observed: Vec<Sight>,
    /// The attacker does not know where exactly the name stood, and tries some places.
    templates: Vec<[Sight; 4]>,
}

impl Game {
    fn play(names: &[String], mut publish: impl FnMut(Picture) -> Sight) -> Self {
        let empty = empty_meeting();
        let mut random = Random(7);
        let mut recorded = |name: &String| {
            let mut picture = meeting(&empty, name, [1, 1]);
            add_noise(&mut picture, &mut random);
            publish(picture)
        };
        let observed = names.iter().map(&mut recorded).collect();
        let places = [[0, 0], [0, 1], [1, 0], [1, 1]];
        let templates = names
            .iter()
            .map(|name| places.map(|place| publish(meeting(&empty, name, place))))
            .collect();
        Self {
            observed,
            templates,
        }
    }

    /// How many people the attacker finds. The attacker's own copy is noisy as well; among equally
    /// good names the choice is left to chance.
    fn found(&self) -> usize {
        let mut random = Random(11);
        let mut found = 0;
        for (truth, sight) in self.observed.iter().enumerate() {
            let noisy: Vec<i16> = sight
                .iter()
                .map(|&luma| i16::from(luma) + random.below(5) as i16 - 2)
                .collect();
            // Templates that are equal are equally far.
            let mut last: Option<(&Sight, u64)> = None;
            let mut distance_to = |template| match last {
                Some((same, known)) if same == template => known,
                _ => last.insert((template, distance(&noisy, template))).1,
            };
            let distances: Vec<u64> = self
                .templates
                .iter()
                .map(|places| places.iter().map(&mut distance_to).min().unwrap())
                .collect();
            let best = distances.iter().min().unwrap();
            let nearest: Vec<usize> = (0..distances.len())
                .filter(|&index| distances[index] == *best)
                .collect();
            found += usize::from(nearest[random.below(nearest.len())] == truth);
        }
        found
    }
}

/// The sum of all differences.
fn distance(sight: &[i16], template: &[u8]) -> u64 {
    const ROW: usize = 256;
    let rows = sight.chunks(ROW).zip(template.chunks(ROW));
    rows.map(|(left, right)| {
        let both = left.iter().zip(right);
        let differences = both.map(|(&left, &right)| (left - i16::from(right)).unsigned_abs());
        // 256 differences of at most 257 stay below 2^17.
        u64::from(differences.map(u32::from).sum::<u32>())
    })
    .sum()
}

/// The smallest count that guessing among `count` names reaches with a probability below one in a
/// million.
fn beyond_chance(count: usize) -> usize {
    let chance = 1.0 / count as f64;
    // The probability of exactly no hit, then of one more each time (binomial distribution).
    let mut exactly = (1.0 - chance).powi(count as i32);
    let mut at_least = 1.0;
    let mut hits = 0;
    while at_least >= 1e-6 {
        at_least -= exactly;
        exactly *= (count - hits) as f64 / (hits + 1) as f64 * chance / (1.0 - chance);
        hits += 1;
    }
    hits
}

fn luma_of(picture: &Picture, rect: &PixelRect) -> Sight {
    let rows = rect.y as usize..rect.bottom() as usize;
    rows.flat_map(|y| (rect.x as usize..rect.right() as usize).map(move |x| (x, y)))
        .map(|(x, y)| picture.get(0, x, y))
        .collect()
}

fn redactor(action: &str, roster: &Roster) -> Redactor {
    let policy = format!(
        r#"
        schema = 1
        name = "test"
        [[region]]
        name = "stage"
        kind = "stage"
        rect = [0.4, 0.0, 0.6, 1.0]
        action = "keep"
        [[region]]
        name = "people"
        kind = "participant_list"
        rect = [0.0, 0.0, 0.4, 1.0]
        action = "{action}"
        "#
    );
    let policy = Policy::parse("test.toml", &policy).unwrap();
    let plan = Plan::compile(&policy, &Geometry::square(WIDTH, HEIGHT), roster).unwrap();
    Redactor::new(plan, ColourSpace::default())
}

#[test]
fn no_action_tells_an_attacker_with_the_roster_who_took_part() {
    let names = names();
    assert_eq!(roster(&names).len(), 120);
    let limit = beyond_chance(names.len());
    assert!((5..15).contains(&limit), "{limit}");
    for action in ["fill", "blur", "initials", "hide"] {
        let mut redactor = redactor(action, &roster(&names));
        let mut canvas = Picture::plain(Shape::tight(PixelFormat::I420, WIDTH, HEIGHT), [0; 3]);
        let mut first = None;
        let game = Game::play(&names, |mut picture| {
            let cleared = redactor.clear(picture.frame_mut(), Moment::START);
            redactor
                .compose(&cleared, Moment::START, canvas.frame_mut())
                .unwrap();
            let published = [picture.visible(), canvas.visible()];
            assert!(
                *first.get_or_insert_with(|| published.clone()) == published,
                "{action} leaves a trace"
            );
            [luma_of(&picture, &LINE), luma_of(&canvas, &LINE)].concat()
        });
        let found = game.found();
        assert!(
            found < limit,
            "{action}: {found} of {} were found",
            names.len()
        );
    }
}

#[test]
fn the_same_attack_finds_nearly_everybody_behind_a_gaussian_blur() {
    let names = names();
    let game = Game::play(&names, |picture| {
        gaussian_blur(&luma_of(&picture, &LINE), LINE.width as usize, 8.0)
    });
    let found = game.found();
    assert!(
        found * 10 >= names.len() * 9,
        "only {found} of {} were found",
        names.len()
    );
}

/// Blurs across, then down; edges are repeated.
fn gaussian_blur(luma: &[u8], width: usize, sigma: f32) -> Sight {
    let radius = (3.0 * sigma) as usize;
    let weights: Vec<f32> = (0..=2 * radius)
        .map(|index| index as f32 - radius as f32)
        .map(|offset| (-offset * offset / (2.0 * sigma * sigma)).exp())
        .collect();
    let total: f32 = weights.iter().sum();
    let sharp: Vec<f32> = luma.iter().map(|&luma| f32::from(luma)).collect();
    let across = blur_rows(&sharp, width, &weights);
    let both = blur_rows(&across, luma.len() / width, &weights);
    both.into_iter()
        .map(|luma| (luma / (total * total)).round() as u8)
        .collect()
}

/// Weighs each row and puts it out as a column.
fn blur_rows(luma: &[f32], width: usize, weights: &[f32]) -> Vec<f32> {
    let radius = weights.len() / 2;
    let height = luma.len() / width;
    let mut turned = vec![0.0; luma.len()];
    for (y, row) in luma.chunks(width).enumerate() {
        let padded = [
            vec![row[0]; radius],
            row.to_vec(),
            vec![row[width - 1]; radius],
        ]
        .concat();
        for (x, window) in padded.windows(weights.len()).enumerate() {
            turned[x * height + y] = window
                .iter()
                .zip(weights)
                .map(|(luma, weight)| luma * weight)
                .sum();
        }
    }
    turned
}

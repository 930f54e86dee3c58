//! Random plans: every action, odd sizes, changes in time.

use proptest::prelude::*;
use scrim_policy::{Geometry, Moment, Plan, Policy, Roster, plan::Scene};
use scrim_redact::{ColourSpace, Matrix, PixelFormat};

use crate::pixels_picture::Shape;

const ACTIONS: [&str; 5] = ["keep", "hide", "fill", "blur", "initials"];

const PEOPLE: [&str; 12] = [
    "Łukasz Żółkiewski",
    "Zofia Wiśniewska",
    "Jürgen Großmann",
    "Ève Lefèvre",
    "Òscar Dell'Orto",
    "Anna Kowalska",
    "Adam Król",
    "Şule Öztürk",
    "Æsa Ólafsdóttir",
    "Perla De Rossi",
    "Ānna Kalniņa",
    "Günther von der Ölmühle",
];

/// A plan and a moment of it.
#[derive(Clone, Debug)]
pub(crate) struct Situation {
    pub(crate) plan: Plan,
    pub(crate) at: Moment,
    pub(crate) space: ColourSpace,
}

impl Situation {
    pub(crate) fn scene(&self) -> &Scene {
        self.plan.scene_at(self.at)
    }

    /// Whether a sample of the picture shows a pixel that is kept.
    pub(crate) fn keeps(&self, component: usize, column: usize, row: usize) -> bool {
        let step = if component == 0 { 1 } else { 2 };
        let (width, height) = (
            self.plan.source.width as usize,
            self.plan.source.height as usize,
        );
        let pixels = (0..step).flat_map(|down| (0..step).map(move |right| (right, down)));
        pixels
            .map(|(right, down)| (column * step + right, row * step + down))
            .filter(|&(x, y)| x < width && y < height)
            .any(|(x, y)| contains(self.scene().kept.iter(), x, y))
    }

    /// Whether something is drawn over a sample.
    pub(crate) fn draws(&self, component: usize, column: usize, row: usize) -> bool {
        let step = if component == 0 { 1 } else { 2 };
        let rects = self.scene().overlays.iter().map(|overlay| &overlay.rect);
        contains(rects, column * step, row * step)
    }
}

fn contains<'a>(
    rects: impl Iterator<Item = &'a scrim_policy::PixelRect>,
    x: usize,
    y: usize,
) -> bool {
    rects.into_iter().any(|rect| {
        let across = rect.x as usize..rect.right() as usize;
        let down = rect.y as usize..rect.bottom() as usize;
        across.contains(&x) && down.contains(&y)
    })
}

pub(crate) fn roster(people: usize) -> Roster {
    let rows: Vec<&str> = PEOPLE.into_iter().cycle().take(people).collect();
    // A distinct address for each, so that equal names stay different people.
    let rows: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(index, name)| format!("{name},p{index}@example.org\n"))
        .collect();
    Roster::parse_csv(&format!("name,email\n{}", rows.concat())).unwrap()
}

/// Where a picture of random size is cut into cells, and what happens in each of them.
#[derive(Clone, Debug)]
struct Cell {
    action: usize,
    /// Fraction that is left free on each side.
    margin: f64,
    /// Seconds.
    from: Option<u32>,
    to: Option<u32>,
}

fn cell() -> impl Strategy<Value = Cell> {
    (
        // `keep` as often as all others together, and sometimes no region at all.
        prop_oneof![4 => Just(0_usize), 4 => 1..5_usize, 1 => Just(5)],
        prop_oneof![2 => Just(0.0), 1 => 0.0..0.2_f64],
        prop::option::weighted(0.2, 1..10_u32),
        prop::option::weighted(0.2, 10..20_u32),
    )
        .prop_map(|(action, margin, from, to)| Cell {
            action,
            margin,
            from,
            to,
        })
}

fn cuts(most: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(0.1..0.9_f64, 0..=most).prop_map(|mut inner| {
        inner.sort_by(f64::total_cmp);
        [vec![0.0], inner, vec![1.0]].concat()
    })
}

fn policy_text(columns: &[f64], rows: &[f64], cells: &[Cell], output: &str) -> String {
    let mut text = format!("schema = 1\nname = \"random\"\n[output]\n{output}\n");
    let places = rows
        .windows(2)
        .flat_map(|row| columns.windows(2).map(move |column| (column, row)));
    for (index, ((column, row), cell)) in places.zip(cells).enumerate() {
        let Some(action) = ACTIONS.get(cell.action) else {
            continue;
        };
        let (width, height) = (column[1] - column[0], row[1] - row[0]);
        let rect = [
            column[0] + cell.margin * width,
            row[0] + cell.margin * height,
            width * (1.0 - 2.0 * cell.margin),
            height * (1.0 - 2.0 * cell.margin),
        ];
        text += &format!(
            "[[region]]\nname = \"{index}\"\nkind = \"other\"\nrect = {rect:?}\n\
             action = \"{action}\"\n"
        );
        for (key, seconds) in [("from", cell.from), ("to", cell.to)] {
            text += &seconds.map_or(String::new(), |seconds| format!("{key} = {seconds}\n"));
        }
    }
    text
}

fn colour_space() -> impl Strategy<Value = ColourSpace> {
    (any::<bool>(), any::<bool>()).prop_map(|(standard, full_range)| ColourSpace {
        matrix: if standard {
            Matrix::Bt601
        } else {
            Matrix::Bt709
        },
        full_range,
    })
}

fn output() -> impl Strategy<Value = String> {
    let size = prop_oneof![
        3 => Just(String::new()),
        1 => (8..100_u32, 8..100_u32).prop_map(|(w, h)| format!("size = [{}, {}]\n", 2 * w, 2 * h)),
    ];
    (size, any::<[u8; 3]>()).prop_map(|(size, [red, green, blue])| {
        format!("{size}background = \"#{red:02x}{green:02x}{blue:02x}\"")
    })
}

/// A random plan that keeps something at some time, and a moment in one of its scenes.
pub(crate) fn situation() -> impl Strategy<Value = Situation> {
    let picture = (
        16..=200_u32,
        16..=150_u32,
        prop::sample::select(vec![(1, 1), (4, 3), (8, 9)]),
    );
    let regions = (cuts(2), cuts(1), prop::collection::vec(cell(), 6));
    (
        picture,
        regions,
        output(),
        colour_space(),
        0..40_usize,
        any::<prop::sample::Index>(),
    )
        .prop_filter_map(
            "nothing is kept",
            |(picture, regions, output, space, people, scene)| {
                let (width, height, pixel_aspect) = picture;
                let text = policy_text(&regions.0, &regions.1, &regions.2, &output);
                let policy = Policy::parse("random.toml", &text).ok()?;
                let geometry = Geometry {
                    width,
                    height,
                    pixel_aspect,
                };
                let plan = Plan::compile(&policy, &geometry, &roster(people)).ok()?;
                let at = scene.get(&plan.scenes).from;
                Some(Situation { plan, at, space })
            },
        )
}

pub(crate) fn format() -> impl Strategy<Value = PixelFormat> {
    prop::sample::select(vec![PixelFormat::I420, PixelFormat::Nv12])
}

/// Random memory for a picture of a given size.
pub(crate) fn shape(width: u32, height: u32) -> impl Strategy<Value = Shape> {
    (format(), prop::array::uniform3(0..20_usize), 0..40_usize).prop_map(
        move |(format, spare, tail)| Shape {
            format,
            width,
            height,
            spare,
            tail,
        },
    )
}

//! A policy compiled for one source: which pixels are kept when, and where they land.

mod layout;
mod mask;

use serde::{Deserialize, Serialize};

pub use layout::{Layout, Strip};
pub use mask::{BLOCK_PX, PADDING_PX};

use crate::{
    document::{NamesShown, RegionAction},
    kind::Kind,
    moment::Moment,
    policy::{Colour, Policy, Region},
    rect::PixelRect,
    roster::Roster,
};

/// How long before and after a change of regions both sides are hidden, in nanoseconds.
///
/// A recorder shows a layout change some frames away from where a person wrote it down; 0.2 s are
/// five frames at 25 frames per second.
pub const TRANSITION_NS: u64 = 200_000_000;

/// Largest source picture in pixels: 4096 x 2304. Larger ones need more memory per rendering
/// worker than Scrim promises to use.
pub const MAX_SOURCE_AREA: u64 = 4096 * 2304;

/// Longest edge of a source picture in pixels.
pub const MAX_SOURCE_EDGE: u32 = 8192;

/// Shortest edge of a source picture in pixels: one block of the mask.
pub const MIN_SOURCE_EDGE: u32 = BLOCK_PX;

/// The shape of a decoded picture, after its rotation was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Geometry {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Width of a pixel to its height, as a fraction.
    pub pixel_aspect: (u32, u32),
}

impl Geometry {
    /// Returns the geometry of a picture with square pixels.
    pub const fn square(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            pixel_aspect: (1, 1),
        }
    }

    /// Returns width and height on a screen with square pixels, both even.
    pub fn display_size(&self) -> [u32; 2] {
        let (numerator, denominator) = self.pixel_aspect;
        let width = u64::from(self.width) * u64::from(numerator) / u64::from(denominator.max(1));
        let even = |edge: u64| (edge.clamp(2, u64::from(MAX_SOURCE_EDGE)) as u32) & !1;
        [even(width), even(u64::from(self.height))]
    }
}

/// How a hidden area looks beyond its plain fill.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// A frosted texture, synthesised from nothing inside the area.
    Frosted,
    /// Initials, drawn fresh.
    Initials(Vec<String>),
}

/// Something drawn over a hidden area.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Overlay {
    /// Where, in source pixels. Never overlaps a kept rectangle.
    pub rect: PixelRect,
    /// What.
    pub look: Look,
}

/// A span of time with constant rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// First moment.
    pub from: Moment,
    /// First moment of the next scene.
    pub to: Moment,
    /// Disjoint rectangles whose pixels are kept.
    pub kept: Vec<PixelRect>,
    /// Disjoint rectangles that are filled; together with `kept` they tile the picture.
    pub filled: Vec<PixelRect>,
    /// What is drawn over filled areas.
    pub overlays: Vec<Overlay>,
    /// Where the picture lands on the output canvas.
    pub layout: Layout,
}

/// A policy compiled for one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The picture that the plan applies to. Frames of any other shape are filled completely.
    pub source: Geometry,
    /// Width and height of the output, both even.
    pub output: [u32; 2],
    /// Colour of everything hidden.
    pub background: Colour,
    /// The scenes in order of time, without gaps, from [`Moment::START`] to [`Moment::END`].
    pub scenes: Vec<Scene>,
}

/// Why a policy cannot be applied to a source.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// The policy is for live sessions alone: it says nothing about the picture of a file.
    #[error(
        "the policy is for live sessions alone: it has no region, so nothing of a recording would \
         be shown; add a [[region]] with action = \"keep\""
    )]
    NoRegion,
    /// The policy was drawn for a picture of another size.
    #[error(
        "the policy is made for pictures of {}x{}, this source has {}x{}; draw the regions anew \
         for this size, or remove `size` from [source] if they hold for it as well",
        expected[0], expected[1], actual[0], actual[1]
    )]
    OtherSize {
        /// Size in the policy.
        expected: [u32; 2],
        /// Size of the source.
        actual: [u32; 2],
    },
    /// The picture is too small to mask.
    #[error(
        "a picture of {width}x{height} is too small: at least {MIN_SOURCE_EDGE} pixels each way"
    )]
    TooSmall {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// The picture is too large.
    #[error("a picture of {width}x{height} is too large: at most 4096x2304 pixels in all")]
    TooLarge {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Nothing would be shown at any time.
    #[error(
        "nothing would be kept: every kept region is smaller than the margin of {PADDING_PX} \
         pixels around what is hidden; make the kept regions larger"
    )]
    NothingKept,
}

impl PlanError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::NoRegion | Self::OtherSize { .. } | Self::NothingKept => Kind::Refused,
            Self::TooSmall { .. } | Self::TooLarge { .. } => Kind::Invalid,
        }
    }
}

impl Plan {
    /// Compiles a policy for a source. The roster supplies the initials that are drawn.
    ///
    /// # Errors
    /// The policy does not fit the source, see [`PlanError`].
    pub fn compile(policy: &Policy, source: &Geometry, roster: &Roster) -> Result<Self, PlanError> {
        if policy.regions.is_empty() {
            return Err(PlanError::NoRegion);
        }
        check_size(policy, source)?;
        let output = policy.output_size.unwrap_or_else(|| source.display_size());
        let scenes: Vec<Scene> = spans(&policy.regions)
            .map(|(from, to)| scene(policy, source, roster, output, from, to))
            .collect();
        if scenes.iter().all(|scene| scene.kept.is_empty()) {
            return Err(PlanError::NothingKept);
        }
        Ok(Self {
            source: *source,
            output,
            background: policy.background,
            scenes,
        })
    }

    /// Returns the scene that holds at a moment.
    pub fn scene_at(&self, at: Moment) -> &Scene {
        let index = self.scenes.partition_point(|scene| scene.to <= at);
        &self.scenes[index.min(self.scenes.len() - 1)]
    }
}

fn check_size(policy: &Policy, source: &Geometry) -> Result<(), PlanError> {
    let Geometry { width, height, .. } = *source;
    if width < MIN_SOURCE_EDGE || height < MIN_SOURCE_EDGE {
        return Err(PlanError::TooSmall { width, height });
    }
    let too_long = width > MAX_SOURCE_EDGE || height > MAX_SOURCE_EDGE;
    if too_long || u64::from(width) * u64::from(height) > MAX_SOURCE_AREA {
        return Err(PlanError::TooLarge { width, height });
    }
    match policy.source_size {
        Some(expected) if expected != [width, height] => Err(PlanError::OtherSize {
            expected,
            actual: [width, height],
        }),
        _ => Ok(()),
    }
}

/// Returns spans within which no region begins or ends, not even [`TRANSITION_NS`] away.
fn spans(regions: &[Region]) -> impl Iterator<Item = (Moment, Moment)> {
    let mut borders: Vec<Moment> = regions
        .iter()
        .flat_map(|region| [region.from, region.to])
        .filter(|&at| at != Moment::START && at != Moment::END)
        .flat_map(|at| [at.earlier(TRANSITION_NS), at.later(TRANSITION_NS)])
        .chain([Moment::START, Moment::END])
        .collect();
    borders.sort_unstable();
    borders.dedup();
    (1..borders.len()).map(move |index| (borders[index - 1], borders[index]))
}

fn scene(
    policy: &Policy,
    source: &Geometry,
    roster: &Roster,
    output: [u32; 2],
    from: Moment,
    to: Moment,
) -> Scene {
    let (width, height) = (source.width, source.height);
    let hold_from = from.earlier(TRANSITION_NS);
    let hold_to = to.later(TRANSITION_NS);
    // A kept region has to last through the whole neighbourhood of the span, a hidden one only has
    // to touch it: in doubt, more is hidden.
    let kept_regions = policy
        .regions
        .iter()
        .filter(|region| region.action.shows_source())
        .filter(|region| region.from <= hold_from && region.to >= hold_to)
        .map(|region| region.rect.inner_pixels(width, height))
        .collect::<Vec<_>>();
    let hidden_regions = policy
        .regions
        .iter()
        .filter(|region| !region.action.shows_source())
        .filter(|region| region.from < hold_to && region.to > hold_from)
        .collect::<Vec<_>>();
    let hidden_rects = hidden_regions
        .iter()
        .map(|region| region.rect.outer_pixels(width, height))
        .collect::<Vec<_>>();

    let mask = mask::BlockMask::new(width, height, &kept_regions, &hidden_rects);
    let overlays = overlays(policy, &hidden_regions, roster, width, height);
    let layout = if hidden_regions
        .iter()
        .any(|region| region.action == RegionAction::Hide)
    {
        let painted: Vec<PixelRect> = hidden_regions
            .iter()
            .filter(|region| region.action != RegionAction::Hide)
            .map(|region| painted_rect(region, width, height))
            .collect();
        Layout::recomposed(&mask, &painted, source, output)
    } else {
        Layout::whole(source, output)
    };
    Scene {
        from,
        to,
        kept: mask.kept_rects(),
        filled: mask.filled_rects(),
        overlays,
        layout,
    }
}

/// The blocks that a hidden region touches. None of them is ever kept, since kept blocks stay
/// [`PADDING_PX`] away, which is one whole block.
fn painted_rect(region: &Region, width: u32, height: u32) -> PixelRect {
    region
        .rect
        .outer_pixels(width, height)
        .aligned_outward(BLOCK_PX, width, height)
}

fn overlays(
    policy: &Policy,
    hidden: &[&Region],
    roster: &Roster,
    width: u32,
    height: u32,
) -> Vec<Overlay> {
    let look = |region: &Region| match region.action {
        RegionAction::Blur => Some(Look::Frosted),
        RegionAction::Initials if policy.names != NamesShown::Hidden => Some(Look::Initials(
            roster
                .people()
                .iter()
                .filter(|person| !person.is_erased())
                .map(|person| person.initials().to_owned())
                .collect(),
        )),
        _ => None,
    };
    hidden
        .iter()
        .filter_map(|region| {
            let rect = painted_rect(region, width, height);
            Some(Overlay {
                rect,
                look: look(region)?,
            })
        })
        .collect()
}

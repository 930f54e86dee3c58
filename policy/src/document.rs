//! The policy file as it is written: TOML keys, before any rule is checked.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::rect::Fractions;

/// The newest schema version that this Scrim reads.
pub(crate) const SCHEMA: u32 = 1;

/// What happens to the pixels of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RegionAction {
    /// The region is shown. Everything that no `keep` region covers is hidden.
    Keep,
    /// The region is cut out and the kept regions move together on the output canvas.
    Hide,
    /// The region is painted over with the background colour.
    Fill,
    /// The region is painted over with a frosted texture that depends on nothing inside it.
    Blur,
    /// The region is painted over, then the initials of the roster are drawn on it.
    Initials,
}

impl RegionAction {
    /// Whether the source pixels of the region are shown.
    pub const fn shows_source(self) -> bool {
        matches!(self, Self::Keep)
    }
}

/// What a region of the picture holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RegionKind {
    /// The main area of the window.
    Stage,
    /// Slides or a shared screen.
    Slides,
    /// A camera tile.
    Camera,
    /// The list of participants.
    ParticipantList,
    /// The chat.
    Chat,
    /// Shared notes.
    Notes,
    /// A poll and its results.
    Poll,
    /// Short messages that pop up, such as "… joined".
    Toast,
    /// Anything else.
    Other,
}

/// How people are called in picture and transcript.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NamesShown {
    /// Initials, made distinct within the roster: "A.K.", "A.K. 2".
    #[default]
    Initials,
    /// Not at all: `[removed]`.
    Hidden,
    /// As in the roster. E-mail addresses and phone numbers are removed all the same.
    Full,
}

/// How the recording of a live session is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LayoutWord {
    /// Whoever speaks, alone.
    Speaker,
    /// What is shared of a screen, with those who speak beside it. Without a screen, whoever speaks.
    #[default]
    Presentation,
    /// Everybody, in tiles of one size.
    Grid,
    /// No picture.
    Audio,
    /// The tiles of the policy.
    Custom,
}

/// What a tile of a live session shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TileShows {
    /// What is shared of a screen: the newest in the first such tile, then the one before.
    Screen,
    /// Whoever has the floor. Once in a layout.
    Speaker,
    /// Whoever shares the screen; without a screen, the organiser or presenter who spoke last. Once in
    /// a layout.
    Presenter,
    /// Somebody who is in no other tile, the latest speakers first.
    Others,
}

/// A policy file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Scrim policy")]
pub(crate) struct Document {
    /// Version of this format. Always 1.
    #[schemars(with = "u32", range(min = 1, max = 1))]
    pub(crate) schema: Spanned<u32>,
    /// Name of the policy, for people.
    #[schemars(with = "String")]
    pub(crate) name: Spanned<String>,
    /// The picture that the policy was drawn for.
    #[serde(default)]
    pub(crate) source: SourceTable,
    /// The picture that comes out.
    #[serde(default)]
    pub(crate) output: OutputTable,
    /// Names of people.
    #[serde(default)]
    pub(crate) names: NamesTable,
    /// The regions of the picture. Whatever none of them keeps is hidden. A policy for live sessions
    /// alone has none.
    #[serde(default, rename = "region")]
    pub(crate) regions: Vec<RegionTable>,
    /// The recording of a live session. Without it, the layout is `presentation`.
    pub(crate) live: Option<LiveTable>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourceTable {
    /// Width and height in pixels. When given, a source of any other size is refused.
    #[schemars(with = "Option<[u32; 2]>")]
    pub(crate) size: Option<Spanned<[u32; 2]>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutputTable {
    /// Width and height in pixels, both even. Without it, the size of the source is kept; that of a live
    /// session is 1280 x 720.
    #[schemars(with = "Option<[u32; 2]>")]
    pub(crate) size: Option<Spanned<[u32; 2]>>,
    /// Colour of everything hidden, as `#rrggbb`.
    #[schemars(with = "Option<String>", regex(pattern = "^#[0-9A-Fa-f]{6}$"))]
    pub(crate) background: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamesTable {
    /// How people are called in picture and transcript.
    #[serde(default)]
    pub(crate) show: NamesShown,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RegionTable {
    /// Name of the region, unique within the policy.
    #[schemars(with = "String")]
    pub(crate) name: Spanned<String>,
    /// What the region holds.
    pub(crate) kind: RegionKind,
    /// `[x, y, width, height]` as fractions of the picture, each in 0..1.
    #[schemars(with = "[f64; 4]")]
    pub(crate) rect: Spanned<Fractions>,
    /// What happens to the region.
    pub(crate) action: RegionAction,
    /// When the region begins: seconds, `"1m30s"` or `"0:01:30"`. Without it, at the start.
    #[schemars(with = "Option<TimeText>")]
    pub(crate) from: Option<Spanned<TimeText>>,
    /// When the region ends. Without it, at the end of the recording.
    #[schemars(with = "Option<TimeText>")]
    pub(crate) to: Option<Spanned<TimeText>>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LiveTable {
    /// How people and screens are laid out. Without it, `presentation`.
    #[schemars(with = "Option<LayoutWord>")]
    pub(crate) layout: Option<Spanned<LayoutWord>>,
    /// The tiles, only with the layout `custom`: 1 to 16, none of which overlap.
    #[serde(default, rename = "tile")]
    pub(crate) tiles: Vec<TileTable>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TileTable {
    /// Name of the tile, unique within the policy.
    #[schemars(with = "String")]
    pub(crate) name: Spanned<String>,
    /// What the tile shows.
    #[schemars(with = "TileShows")]
    pub(crate) shows: Spanned<TileShows>,
    /// `[x, y, width, height]` as fractions of the picture, each in 0..1.
    #[schemars(with = "[f64; 4]")]
    pub(crate) rect: Spanned<Fractions>,
}

/// A time as a policy writes it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum TimeText {
    /// Seconds.
    Seconds(f64),
    /// `"1m30s"` or `"0:01:30"`.
    Text(String),
}

/// Returns the JSON Schema of the policy file, for editors that complete and check TOML.
pub fn json_schema() -> schemars::Schema {
    schemars::schema_for!(Document)
}

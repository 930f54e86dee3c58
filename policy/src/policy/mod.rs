//! A checked policy, and what is wrong with one that is not.

mod check;
mod diagnostic;
mod live;

use crate::{
    document::{Document, NamesShown, RegionAction, RegionKind, TileShows},
    moment::Moment,
    rect::Fractions,
};

pub use diagnostic::{Diagnostic, PolicyError};

/// A colour, 8 bits per channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Colour {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

impl Colour {
    /// The default background: dark, so that a filled area reads as absent rather than broken.
    pub const BACKGROUND: Self = Self {
        red: 0x20,
        green: 0x23,
        blue: 0x2a,
    };

    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let channel = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self {
            red: channel(0)?,
            green: channel(2)?,
            blue: channel(4)?,
        })
    }
}

/// One region of a checked policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Name, unique within the policy.
    pub name: String,
    /// What the region holds.
    pub kind: RegionKind,
    /// Where it is.
    pub rect: Fractions,
    /// What happens to it.
    pub action: RegionAction,
    /// When it begins.
    pub from: Moment,
    /// When it ends; the region is not active at this moment any more.
    pub to: Moment,
}

/// How the recording of a live session is laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum LiveLayout {
    /// Whoever has the floor, alone.
    Speaker,
    /// What is shared of a screen, with those who speak beside it. Without a screen, whoever has the
    /// floor is large.
    #[default]
    Presentation,
    /// Everybody and every screen, in tiles of one size.
    Grid,
    /// No picture.
    Audio,
    /// These tiles, in file order. No two overlap; there are 1 to 16.
    Custom(Vec<LiveTile>),
}

impl LiveLayout {
    /// Returns the word for it in policies.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Speaker => "speaker",
            Self::Presentation => "presentation",
            Self::Grid => "grid",
            Self::Audio => "audio",
            Self::Custom(_) => "custom",
        }
    }
}

/// One tile of a layout that a policy draws itself.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveTile {
    /// Name, unique within the policy.
    pub name: String,
    /// What it shows.
    pub shows: TileShows,
    /// Where it is.
    pub rect: Fractions,
}

/// A policy that passed every check.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Name, for people.
    pub name: String,
    /// The only source size that the policy applies to, where it says so.
    pub source_size: Option<[u32; 2]>,
    /// Size of the output; `None` keeps the size of the source. A live session has none of its own, see
    /// [`SessionPlan::OUTPUT`](crate::SessionPlan::OUTPUT).
    pub output_size: Option<[u32; 2]>,
    /// Colour of everything hidden.
    pub background: Colour,
    /// How people are called.
    pub names: NamesShown,
    /// The regions, in file order. Where there are any, at least one of them is kept. Where there are
    /// none, the policy is for live sessions alone, and `live` is there.
    pub regions: Vec<Region>,
    /// How live sessions are laid out, where the policy says so.
    pub live: Option<LiveLayout>,
}

impl Policy {
    /// Parses and checks a policy. `origin` is the file name that errors shall carry.
    ///
    /// # Errors
    /// Every finding at once, each with its line and a remedy.
    pub fn parse(origin: &str, text: &str) -> Result<Self, PolicyError> {
        let document: Document = toml::from_str(text).map_err(|error| {
            PolicyError::new(origin, text, vec![Diagnostic::from_toml(&error, text)])
        })?;
        check::check(&document, text).map_err(|found| PolicyError::new(origin, text, found))
    }

    /// Returns the regions that are kept at some time.
    pub fn kept(&self) -> impl Iterator<Item = &Region> {
        self.regions
            .iter()
            .filter(|region| region.action.shows_source())
    }
}

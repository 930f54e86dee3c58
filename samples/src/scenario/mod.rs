//! What an invented webinar consists of.
//!
//! All rectangles are fractions. Those of a [`Layout`] relate to the window, the window relates to
//! the picture, and slides, cameras and shared screens relate to the content area of the stage, so
//! that they follow when the chat opens or the window is resized.

mod builtin;
mod check;
mod file;
mod other_people;

use std::fmt;

use scrim_policy::{Fractions, Moment};
use serde::{Deserialize, Serialize};

pub use builtin::BUILTIN_NAMES;
pub(crate) use check::size as checked_size;
pub use file::ScenarioError;

/// A webinar that never happened: everything that is seen and heard, and when.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scenario {
    /// Name, used for the files that are written: lower-case letters, digits and `-`.
    pub name: String,
    /// Title of the webinar, shown in the toolbar.
    pub title: String,
    /// Width and height of the picture in pixels, both even.
    pub size: (u32, u32),
    /// Frames per second.
    pub rate: u32,
    /// Length of the recording.
    pub duration: Moment,
    /// Light or dark.
    pub theme: Theme,
    /// Seed of all noise and motion.
    pub seed: u64,
    /// Language of the interface.
    pub language: Language,
    /// Size of the interface: 1.0 draws participant names 13 pixels high. Without it, the interface
    /// grows with the height of the picture and is 1.0 at 720 lines.
    pub scale: Option<f64>,
    /// Wall clock at the start in minutes after midnight, shown in the toolbar and in the chat.
    pub clock: u32,
    /// Where panels are, from when on. Never empty; the first begins at 0.
    pub layouts: Vec<Layout>,
    /// Everybody who is in the participant list or speaks.
    pub people: Vec<Person>,
    /// Cameras on the stage.
    pub cameras: Vec<Camera>,
    /// Slides on the stage.
    pub slides: Vec<Slide>,
    /// Shared screens on the stage, drawn instead of slides.
    pub shares: Vec<Share>,
    /// Messages of the chat.
    pub chat: Vec<ChatMessage>,
    /// Short messages that pop up.
    pub toasts: Vec<Toast>,
    /// What is said.
    pub speech: Vec<Speech>,
}

/// Colours of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

/// A language of interface and speech.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// German.
    De,
    /// English.
    En,
    /// French.
    Fr,
    /// Italian.
    It,
    /// Polish.
    Pl,
}

impl fmt::Display for Language {
    /// Writes the ISO 639-1 code.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::De => "de",
            Self::En => "en",
            Self::Fr => "fr",
            Self::It => "it",
            Self::Pl => "pl",
        })
    }
}

/// A span of the recording: `from` is inside, `to` is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// First moment.
    #[serde(default, with = "file::moment")]
    pub from: Moment,
    /// First moment after the span.
    #[serde(default = "file::end", with = "file::moment")]
    pub to: Moment,
}

impl Span {
    /// Whether the moment lies in the span.
    pub fn contains(&self, moment: Moment) -> bool {
        self.from <= moment && moment < self.to
    }
}

/// Where the panels are, until the next layout begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// When the layout begins.
    #[serde(default, with = "file::moment")]
    pub at: Moment,
    /// The window in the picture. A window that does not fill the picture lies on a desktop and is
    /// drawn smaller as a whole.
    #[serde(default = "file::whole")]
    pub window: Fractions,
    /// The strip with title and clock, in the window.
    pub toolbar: Fractions,
    /// The list of participants, in the window. Closed when absent.
    pub list: Option<Fractions>,
    /// The chat, in the window. Closed when absent.
    pub chat: Option<Fractions>,
    /// The stage, in the window.
    pub stage: Fractions,
    /// Where toasts pop up, in the window.
    pub toast: Fractions,
}

/// An invented person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Full name, as the participant list shows it.
    pub name: String,
    /// Address in a domain that cannot exist.
    pub email: String,
    /// What the person does in the webinar.
    #[serde(default)]
    pub role: Role,
    /// When the person joins.
    #[serde(default, with = "file::moment")]
    pub from: Moment,
    /// When the person leaves.
    #[serde(default = "file::end", with = "file::moment")]
    pub to: Moment,
    /// When the microphone is open. Otherwise the list shows it crossed out.
    #[serde(default)]
    pub unmuted: Vec<Span>,
    /// When the hand is raised.
    #[serde(default)]
    pub hand: Vec<Span>,
    /// Voice, as an espeak-ng variant such as `f2` or `m3`.
    pub voice: Option<String>,
    /// Pitch of the voice, 0 to 99.
    pub pitch: Option<u8>,
}

impl Person {
    /// Whether the person is in the webinar at this moment.
    pub fn is_present(&self, moment: Moment) -> bool {
        self.from <= moment && moment < self.to
    }
}

/// What a person does in the webinar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Runs the webinar.
    Organiser,
    /// Speaks on the stage.
    Presenter,
    /// Watches.
    #[default]
    Attendee,
}

impl fmt::Display for Role {
    /// Writes the word that the roster uses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Organiser => "organiser",
            Self::Presenter => "presenter",
            Self::Attendee => "attendee",
        })
    }
}

/// A camera picture on the stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Camera {
    /// Who is seen; the name is drawn on the tile.
    pub person: String,
    /// Place in the content area of the stage.
    pub rect: Fractions,
    /// Seed of face, clothes and room.
    pub look: u64,
    /// When the camera goes on.
    #[serde(default, with = "file::moment")]
    pub from: Moment,
    /// When the camera goes off.
    #[serde(default = "file::end", with = "file::moment")]
    pub to: Moment,
}

/// A slide on the stage: a title over a list, a chart or code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slide {
    /// Place in the content area of the stage. The slide keeps 16:9 inside it.
    #[serde(default = "file::whole")]
    pub rect: Fractions,
    /// When the slide is shown.
    #[serde(default, with = "file::moment")]
    pub from: Moment,
    /// When it is taken away.
    #[serde(default = "file::end", with = "file::moment")]
    pub to: Moment,
    /// Title.
    pub title: String,
    /// Points of the list.
    #[serde(default)]
    pub bullets: Vec<String>,
    /// A bar chart beside the list.
    pub chart: Option<Chart>,
    /// A block of code below the list.
    pub code: Option<String>,
}

/// A bar chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chart {
    /// What the bars stand for, one word each.
    pub labels: Vec<String>,
    /// Heights, not negative, as many as labels.
    pub values: Vec<f64>,
}

/// A shared screen on the stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Place in the content area of the stage.
    #[serde(default = "file::whole")]
    pub rect: Fractions,
    /// When sharing begins.
    #[serde(default, with = "file::moment")]
    pub from: Moment,
    /// When sharing ends.
    #[serde(default = "file::end", with = "file::moment")]
    pub to: Moment,
    /// What is shared.
    pub content: ShareContent,
    /// Title of the document or of the moving window.
    #[serde(default)]
    pub title: String,
    /// Paragraphs of the document, lines of the moving window. A video has none.
    #[serde(default)]
    pub text: Vec<String>,
}

/// What a shared screen shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ShareContent {
    /// A text that is scrolled.
    Document,
    /// A window that is dragged over a desktop.
    Window,
    /// A film of a landscape, filling the rectangle.
    Video,
}

/// A message of the chat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatMessage {
    /// When it arrives.
    #[serde(with = "file::moment")]
    pub at: Moment,
    /// Who wrote it.
    pub who: String,
    /// What it says.
    pub text: String,
}

/// A short message that pops up and goes away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toast {
    /// When it pops up.
    #[serde(with = "file::moment")]
    pub from: Moment,
    /// When it goes away.
    #[serde(with = "file::moment")]
    pub to: Moment,
    /// What it says.
    pub text: String,
}

/// Something that is said: spoken by a machine from `text`, or played from a real recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Speech {
    /// Who speaks.
    pub speaker: String,
    /// Language of the words.
    pub language: Language,
    /// The words.
    pub text: Option<String>,
    /// Name of a recording of the Debian package `pocketsphinx-testdata`, without `.wav`.
    pub clip: Option<String>,
    /// When it begins. Without it, `pause` after the end of the line before.
    #[serde(default, with = "file::optional_moment")]
    pub at: Option<Moment>,
    /// Seconds of silence before a line without `at`.
    #[serde(default = "file::pause")]
    pub pause: f64,
}

impl Scenario {
    /// Returns the number of frames at the nominal rate.
    pub fn frame_count(&self) -> u32 {
        (self.duration.seconds() * f64::from(self.rate)).round() as u32
    }

    /// Returns the moment at which a frame is shown.
    pub fn moment_of(&self, frame: u32) -> Moment {
        Moment(u64::from(frame) * 1_000_000_000 / u64::from(self.rate))
    }

    /// Returns the first frame that is not before the moment.
    pub fn frame_at(&self, moment: Moment) -> u32 {
        let frame = u128::from(moment.0) * u128::from(self.rate);
        u32::try_from(frame.div_ceil(1_000_000_000)).unwrap_or(u32::MAX)
    }

    /// Returns the layout of a moment.
    pub fn layout_at(&self, moment: Moment) -> &Layout {
        let begun = self.layouts.iter().rev().find(|layout| layout.at <= moment);
        begun.unwrap_or(&self.layouts[0])
    }

    /// Returns the person of this name.
    pub fn person(&self, name: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.name == name)
    }

    /// Returns the size of the interface relative to 13 pixel participant names.
    pub fn interface_scale(&self) -> f32 {
        self.scale.unwrap_or(f64::from(self.size.1) / 720.0) as f32
    }
}

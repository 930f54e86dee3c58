//! What a recording really shows and says: the file `NAME.truth.json`.
//!
//! Times are seconds since the start of the recording; a span ends before its `to`. Rectangles are
//! pixels of the picture as it is meant to be seen, that is after any rotation.

use scrim_policy::PixelRect;
use serde::{Deserialize, Serialize};

use crate::{Language, Role};

/// Version of the file format.
pub const TRUTH_SCHEMA: u32 = 1;

/// Everything that can be known about a rendered recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    /// Version of this format, [`TRUTH_SCHEMA`].
    pub schema: u32,
    /// Name of the scenario.
    pub scenario: String,
    /// SHA-256 over scenario, options and generator, in hexadecimal.
    pub made_from: String,
    /// The picture.
    pub picture: Picture,
    /// The file beside this one.
    pub media: Media,
    /// Length in seconds.
    pub duration: f64,
    /// Everybody of the roster.
    pub people: Vec<KnownPerson>,
    /// Panels and where they are.
    pub panels: Vec<Panel>,
    /// Every text that is drawn.
    pub texts: Vec<Text>,
    /// Everything that is said.
    pub speech: Vec<SpokenLine>,
}

impl Truth {
    /// Reads the file as [`crate::render`] wrote it.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Returns the texts that are seen at a time in seconds.
    pub fn texts_at(&self, seconds: f64) -> impl Iterator<Item = &Text> {
        self.texts
            .iter()
            .filter(move |text| text.from <= seconds && seconds < text.to)
    }

    /// Returns the panels that are seen at a time in seconds.
    pub fn panels_at(&self, seconds: f64) -> impl Iterator<Item = &Panel> {
        self.panels
            .iter()
            .filter(move |panel| panel.from <= seconds && seconds < panel.to)
    }
}

/// The picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// Width in pixels, after rotation.
    pub width: u32,
    /// Height in pixels, after rotation.
    pub height: u32,
    /// Frames per second; the highest rate when `variable` is set.
    pub rate: u32,
    /// Whether unchanged frames were left out.
    pub variable: bool,
    /// Clockwise degrees by which a player has to turn the stored picture.
    pub rotation: u32,
    /// Width to height of a stored pixel.
    pub pixel_aspect: (u32, u32),
}

/// The media file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// Name of the file.
    pub file: String,
    /// Container, as the command line names it.
    pub container: String,
    /// Video codec, as the command line names it; `none` when there is no picture.
    pub video: String,
    /// Audio codec, as the command line names it; `none` when there is no sound.
    pub audio: String,
    /// Whether decoding gives back exactly the pixels that were drawn.
    pub lossless: bool,
    /// Text that was planted in titles, comments, chapters and subtitles.
    pub canary: Option<String>,
}

/// Somebody of the roster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownPerson {
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Role.
    pub role: Role,
    /// When the person joined.
    pub from: f64,
    /// When the person left, at most the end of the recording.
    pub to: f64,
}

/// A part of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelKind {
    /// The whole window.
    Window,
    /// Title and clock.
    Toolbar,
    /// List of participants.
    ParticipantList,
    /// Chat.
    Chat,
    /// The area of slides and cameras.
    Stage,
    /// A slide.
    Slide,
    /// A camera tile.
    Camera,
    /// A shared screen.
    Share,
    /// A short message.
    Toast,
}

/// A panel and where it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// What it is.
    pub kind: PanelKind,
    /// Whose camera it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Where it is.
    pub rect: PixelRect,
    /// Since when.
    pub from: f64,
    /// Until when.
    pub to: f64,
}

/// What a text is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextKind {
    /// A name or its initials in the list of participants.
    ParticipantName,
    /// Writer or line of a chat message.
    Chat,
    /// The name on a camera tile.
    Label,
    /// A line of a short message.
    Toast,
    /// A line of a slide.
    Slide,
    /// A line of a shared screen.
    Document,
    /// A time of day.
    Clock,
    /// A word of the interface, the title of the webinar included.
    Interface,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// What it is part of.
    pub kind: TextKind,
    /// The text as it is drawn, shortened with `…` where there was no room.
    pub text: String,
    /// Whom it names: the participant, the writer of the message, the owner of the camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The smallest rectangle around its ink; around its whole way when it moves.
    pub rect: PixelRect,
    /// Since when it is seen there.
    pub from: f64,
    /// Until when it is seen there.
    pub to: f64,
    /// Whether it moves inside `rect` during this time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moving: bool,
}

/// How the times of words were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordTimes {
    /// Spread over the voiced part of the line by the number of letters. Start and end of the line
    /// are exact.
    Estimated,
}

/// Something that is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpokenLine {
    /// Who speaks.
    pub speaker: String,
    /// In which language.
    pub language: Language,
    /// What is said.
    pub text: String,
    /// When the voice begins.
    pub start: f64,
    /// When the voice ends.
    pub end: f64,
    /// Where the times of the words come from.
    pub times: WordTimes,
    /// The words in order, without punctuation.
    pub words: Vec<Word>,
}

/// A spoken word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// The word.
    pub text: String,
    /// When it begins.
    pub start: f64,
    /// When it ends.
    pub end: f64,
}

//! A canvas that remembers every text drawn on it.

use scrim_policy::PixelRect;

use super::Palette;
use crate::{
    draw::{Area, Canvas, Colour, Face, Fonts},
    truth::TextKind,
};

/// How text looks. The size is in interface units.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub(crate) face: Face,
    pub(crate) size: f32,
    pub(crate) colour: Colour,
}

impl Style {
    pub(crate) const fn new(face: Face, size: f32, colour: Colour) -> Self {
        Self { face, size, colour }
    }
}

/// A text with the pixels of its ink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DrawnText {
    pub(crate) kind: TextKind,
    pub(crate) text: String,
    pub(crate) person: Option<String>,
    pub(crate) rect: PixelRect,
}

/// What parts of the interface are drawn on.
pub(crate) struct Screen<'f> {
    pub(crate) canvas: Canvas,
    pub(crate) palette: Palette,
    /// Pixels per interface unit.
    pub(crate) unit: f32,
    pub(crate) texts: Vec<DrawnText>,
    fonts: &'f mut Fonts,
}

impl<'f> Screen<'f> {
    /// Starts with an empty canvas.
    pub(crate) fn new(fonts: &'f mut Fonts, canvas: Canvas, palette: Palette, unit: f32) -> Self {
        Self {
            canvas,
            palette,
            unit,
            texts: Vec::new(),
            fonts,
        }
    }

    /// Draws with another number of pixels per unit.
    pub(crate) fn with_unit(&mut self, unit: f32, draw: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.unit, unit);
        draw(self);
        self.unit = before;
    }

    /// Draws nothing outside `clip`.
    pub(crate) fn within(&mut self, clip: PixelRect, draw: impl FnOnce(&mut Self)) {
        let before = self.canvas.set_clip(clip);
        draw(self);
        self.canvas.set_clip(before);
    }

    /// Returns the width of a text in pixels.
    pub(crate) fn text_width(&self, text: &str, style: Style) -> f32 {
        self.fonts.width(text, style.face, style.size * self.unit)
    }

    /// Draws text with its base line at `y`, both in pixels.
    pub(crate) fn text(&mut self, kind: TextKind, text: &str, style: Style, at: (f32, f32)) {
        self.text_about(kind, None, text, style, at);
    }

    /// Draws text that names a person.
    pub(crate) fn text_about(
        &mut self,
        kind: TextKind,
        person: Option<&str>,
        text: &str,
        style: Style,
        at: (f32, f32),
    ) {
        let size = style.size * self.unit;
        let look = (style.face, size, style.colour);
        let Some(rect) = self.fonts.draw(&mut self.canvas, text, look, at) else {
            return;
        };
        let person = person.map(str::to_owned);
        self.texts.push(DrawnText {
            kind,
            text: text.to_owned(),
            person,
            rect,
        });
    }

    /// Draws text in the middle of an area.
    pub(crate) fn centred(&mut self, kind: TextKind, text: &str, style: Style, area: Area) {
        let x = area.x + (area.width - self.text_width(text, style)) / 2.0;
        let y = area.y + area.height / 2.0 + style.size * self.unit * 0.36;
        self.text(kind, text, style, (x, y));
    }

    /// Returns the text, shortened with `…` when it is wider than `width` pixels.
    pub(crate) fn fitted(&self, text: &str, style: Style, width: f32) -> String {
        if self.text_width(text, style) <= width {
            return text.to_owned();
        }
        let mut short: Vec<char> = text.chars().collect();
        while short.pop().is_some() {
            let candidate = format!("{}…", short.iter().collect::<String>().trim_end());
            if self.text_width(&candidate, style) <= width {
                return candidate;
            }
        }
        String::new()
    }

    /// Returns the text in lines that are at most `width` pixels wide. A single long word is broken.
    pub(crate) fn wrapped(&self, text: &str, style: Style, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() {
                word.to_owned()
            } else {
                format!("{line} {word}")
            };
            if self.text_width(&longer, style) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = self.broken(word, style, width, &mut lines);
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// Puts full pieces of a word into `lines` and returns the rest.
    fn broken(&self, word: &str, style: Style, width: f32, lines: &mut Vec<String>) -> String {
        let mut piece = String::new();
        for letter in word.chars() {
            piece.push(letter);
            if self.text_width(&piece, style) > width && piece.chars().count() > 1 {
                piece.pop();
                lines.push(std::mem::replace(&mut piece, letter.to_string()));
            }
        }
        piece
    }
}

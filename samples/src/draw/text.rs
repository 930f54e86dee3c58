//! Text, and the exact pixels that it covers.

use std::{collections::HashMap, fs, path::Path, rc::Rc};

use ab_glyph::{Font, FontVec, Glyph, GlyphId, PxScale, ScaleFont, point};
use scrim_policy::{Kind, PixelRect};

use super::canvas::{Canvas, Colour};

/// Where distributions keep the DejaVu fonts.
const FOLDERS: [&str; 4] = [
    "/usr/share/fonts/truetype/dejavu",
    "/usr/share/fonts/dejavu-sans-fonts",
    "/usr/share/fonts/TTF",
    "/usr/share/fonts/dejavu",
];

/// Why text cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FontError {
    /// No folder has the font.
    #[error("font {file} is not installed; install the package fonts-dejavu-core")]
    Missing {
        /// Name of the font file.
        file: &'static str,
    },
    /// The file is no font.
    #[error("font {file} is damaged; install the package fonts-dejavu-core again")]
    Damaged {
        /// Name of the font file.
        file: &'static str,
        /// What the parser said.
        source: ab_glyph::InvalidFont,
    },
}

impl FontError {
    /// What a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Missing { .. } => Kind::Unavailable,
            Self::Damaged { .. } => Kind::Damaged,
        }
    }
}

/// A typeface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Face {
    /// DejaVu Sans.
    Regular,
    /// DejaVu Sans Bold.
    Bold,
    /// DejaVu Sans Mono.
    Mono,
}

/// The shades of a glyph and where they lie relative to the pen.
struct Stencil {
    left: i32,
    top: i32,
    width: usize,
    shades: Vec<u8>,
}

/// Glyphs start at quarters of a pixel, as in most interfaces.
const STEPS: f32 = 4.0;

/// Loaded typefaces with the glyphs that were drawn so far.
pub(crate) struct Fonts {
    regular: FontVec,
    bold: FontVec,
    mono: FontVec,
    stencils: HashMap<(Face, GlyphId, u32, u8), Rc<Stencil>>,
}

impl Fonts {
    /// Loads the typefaces from where the distribution keeps them.
    pub(crate) fn load() -> Result<Self, FontError> {
        Ok(Self {
            regular: load("DejaVuSans.ttf")?,
            bold: load("DejaVuSans-Bold.ttf")?,
            mono: load("DejaVuSansMono.ttf")?,
            stencils: HashMap::new(),
        })
    }

    fn font(&self, face: Face) -> &FontVec {
        match face {
            Face::Regular => &self.regular,
            Face::Bold => &self.bold,
            Face::Mono => &self.mono,
        }
    }

    /// Returns how far the pen moves, in pixels.
    pub(crate) fn width(&self, text: &str, face: Face, size: f32) -> f32 {
        let font = self.font(face);
        let font = font.as_scaled(scale(font, size));
        let mut before = None;
        text.chars().fold(0.0, |pen, letter| {
            let glyph = font.glyph_id(letter);
            let kern = before
                .replace(glyph)
                .map_or(0.0, |before| font.kern(before, glyph));
            pen + kern + font.h_advance(glyph)
        })
    }

    /// Draws text from the pen at `x` on the base line `y` and returns the smallest rectangle that
    /// holds all pixels that changed; `None` when there are none.
    pub(crate) fn draw(
        &mut self,
        canvas: &mut Canvas,
        text: &str,
        (face, size, colour): (Face, f32, Colour),
        (x, y): (f32, f32),
    ) -> Option<PixelRect> {
        let line = y.round() as i32;
        let mut ink = Ink::default();
        let mut pen = x;
        let mut before = None;
        for letter in text.chars() {
            let (glyph, advance) = self.step(face, size, letter, &mut before);
            pen += advance.kern;
            let stencil = self.stencil(face, glyph, size, pen);
            let left = pen.floor() as i32 + stencil.left;
            let rows = stencil.shades.chunks(stencil.width.max(1));
            for (row, shades) in rows.enumerate() {
                for (column, shade) in shades.iter().enumerate().filter(|(_, shade)| **shade > 0) {
                    let at = (left + column as i32, line + stencil.top + row as i32);
                    if canvas.blend(at.0, at.1, colour, *shade) {
                        ink.add(at);
                    }
                }
            }
            pen += advance.width;
        }
        ink.rect()
    }

    fn step(
        &self,
        face: Face,
        size: f32,
        letter: char,
        before: &mut Option<GlyphId>,
    ) -> (GlyphId, Advance) {
        let font = self.font(face);
        let font = font.as_scaled(scale(font, size));
        let glyph = font.glyph_id(letter);
        let kern = before
            .replace(glyph)
            .map_or(0.0, |before| font.kern(before, glyph));
        (
            glyph,
            Advance {
                kern,
                width: font.h_advance(glyph),
            },
        )
    }

    fn stencil(&mut self, face: Face, glyph: GlyphId, size: f32, pen: f32) -> Rc<Stencil> {
        let step = ((pen - pen.floor()) * STEPS) as u8;
        let key = (face, glyph, size.to_bits(), step);
        if let Some(known) = self.stencils.get(&key) {
            return Rc::clone(known);
        }
        let stencil = Rc::new(cut(self.font(face), glyph, size, f32::from(step) / STEPS));
        self.stencils.insert(key, Rc::clone(&stencil));
        stencil
    }
}

struct Advance {
    kern: f32,
    width: f32,
}

fn cut(font: &FontVec, id: GlyphId, size: f32, offset: f32) -> Stencil {
    let glyph = Glyph {
        id,
        scale: scale(font, size),
        position: point(offset, 0.0),
    };
    let Some(outline) = font.outline_glyph(glyph) else {
        return Stencil {
            left: 0,
            top: 0,
            width: 0,
            shades: Vec::new(),
        };
    };
    let bounds = outline.px_bounds();
    let (width, height) = (bounds.width() as usize, bounds.height() as usize);
    let mut shades = vec![0; width * height];
    outline.draw(|x, y, covered| {
        shades[y as usize * width + x as usize] = (covered.clamp(0.0, 1.0) * 255.0).round() as u8;
    });
    Stencil {
        left: bounds.min.x as i32,
        top: bounds.min.y as i32,
        width,
        shades,
    }
}

/// `ab_glyph` scales by the height of the line, designers by the em square.
fn scale(font: &FontVec, size: f32) -> PxScale {
    let em = font.units_per_em().unwrap_or(2048.0);
    PxScale::from(size * font.height_unscaled() / em)
}

fn load(file: &'static str) -> Result<FontVec, FontError> {
    let bytes = FOLDERS
        .iter()
        .find_map(|folder| fs::read(Path::new(folder).join(file)).ok());
    let bytes = bytes.ok_or(FontError::Missing { file })?;
    FontVec::try_from_vec(bytes).map_err(|source| FontError::Damaged { file, source })
}

/// Grows around pixels.
#[derive(Default)]
struct Ink {
    corners: Option<[i32; 4]>,
}

impl Ink {
    fn add(&mut self, (x, y): (i32, i32)) {
        let [left, top, right, bottom] = self.corners.unwrap_or([x, y, x + 1, y + 1]);
        self.corners = Some([left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)]);
    }

    fn rect(&self) -> Option<PixelRect> {
        // Only pixels of the canvas are added, so that no corner is negative.
        let [left, top, right, bottom] = self.corners?.map(i32::unsigned_abs);
        Some(PixelRect::between(left, top, right, bottom))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const PAPER: Colour = Colour::hex(0xff_ff_ff);
    const INK: Colour = Colour::hex(0x00_00_00);

    #[test]
    fn the_ink_rectangle_touches_ink_on_all_sides_and_nothing_lies_outside() {
        let mut fonts = Fonts::load().unwrap();
        for (text, size) in [
            ("Łukasz Żółkiewski", 13.0),
            ("Käthe Groß", 17.5),
            ("i", 13.0),
        ] {
            let mut canvas = Canvas::new(240, 60, PAPER);
            let style = (Face::Regular, size, INK);
            let rect = fonts.draw(&mut canvas, text, style, (10.3, 35.0)).unwrap();
            let dark: Vec<(u32, u32)> = (0..60)
                .flat_map(|y| (0..240).map(move |x| (x, y)))
                .filter(|(x, y)| canvas.row(*y)[*x as usize] != PAPER)
                .collect();
            assert_eq!(dark.iter().map(|(x, _)| *x).min(), Some(rect.x), "{text}");
            assert_eq!(
                dark.iter().map(|(x, _)| *x + 1).max(),
                Some(rect.right()),
                "{text}"
            );
            assert_eq!(dark.iter().map(|(_, y)| *y).min(), Some(rect.y), "{text}");
            assert_eq!(
                dark.iter().map(|(_, y)| *y + 1).max(),
                Some(rect.bottom()),
                "{text}"
            );
        }
    }

    #[test]
    fn clipped_text_counts_only_what_is_seen() {
        let mut fonts = Fonts::load().unwrap();
        let mut canvas = Canvas::new(100, 40, PAPER);
        canvas.set_clip(PixelRect::new(0, 0, 30, 40));
        let style = (Face::Bold, 16.0, INK);
        let rect = fonts
            .draw(&mut canvas, "Zofia Wiśniewska", style, (4.0, 25.0))
            .unwrap();
        assert_eq!(rect.right(), 30);
        assert!(
            fonts
                .draw(&mut canvas, "Zofia", style, (40.0, 25.0))
                .is_none()
        );
    }

    #[test]
    fn every_letter_of_the_five_languages_has_a_glyph() {
        let fonts = Fonts::load().unwrap();
        let letters = "ąćęłńóśźżäöüßÄÖÜéèêëàâçîïôùûœæìòŁŻŹŚĆÉÈÀÇ’…•–";
        for face in [Face::Regular, Face::Bold, Face::Mono] {
            for letter in letters.chars() {
                assert_ne!(
                    fonts.font(face).glyph_id(letter),
                    GlyphId(0),
                    "{letter} {face:?}"
                );
            }
        }
    }
}

//! Shapes with smooth edges on an RGB picture.

use std::ops::Range;

use scrim_policy::PixelRect;

/// A colour of the interface, 8 bits per channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) [u8; 3]);

impl Colour {
    /// Makes a colour from `0xrrggbb`.
    pub(crate) const fn hex(value: u32) -> Self {
        Self([(value >> 16) as u8, (value >> 8) as u8, value as u8])
    }

    /// Returns the colour between this one and another one; `share` of the other one, 0 to 255.
    pub(crate) fn mixed(self, other: Self, share: u8) -> Self {
        let (share, rest) = (u32::from(share), 255 - u32::from(share));
        let mut mixed = [0; 3];
        for (channel, value) in mixed.iter_mut().enumerate() {
            let sum = u32::from(self.0[channel]) * rest + u32::from(other.0[channel]) * share;
            *value = ((sum + 127) / 255) as u8;
        }
        Self(mixed)
    }
}

/// A rectangle in pixels that need not be whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Area {
    pub(crate) const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    pub(crate) const fn right(&self) -> f32 {
        self.x + self.width
    }

    pub(crate) const fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// Returns the area without a margin on every side.
    pub(crate) fn shrunk(&self, margin: f32) -> Self {
        Self::new(
            self.x + margin,
            self.y + margin,
            (self.width - 2.0 * margin).max(0.0),
            (self.height - 2.0 * margin).max(0.0),
        )
    }
}

impl From<PixelRect> for Area {
    fn from(rect: PixelRect) -> Self {
        Self::new(
            rect.x as f32,
            rect.y as f32,
            rect.width as f32,
            rect.height as f32,
        )
    }
}

/// An RGB picture. Everything that is drawn stays inside its clip.
pub(crate) struct Canvas {
    width: u32,
    height: u32,
    clip: PixelRect,
    pixels: Vec<Colour>,
}

impl Canvas {
    /// Makes a picture of one colour.
    pub(crate) fn new(width: u32, height: u32, colour: Colour) -> Self {
        let pixels = vec![colour; width as usize * height as usize];
        Self {
            width,
            height,
            clip: PixelRect::new(0, 0, width, height),
            pixels,
        }
    }

    pub(crate) const fn width(&self) -> u32 {
        self.width
    }

    pub(crate) const fn height(&self) -> u32 {
        self.height
    }

    /// Lets nothing outside `clip` be drawn from now on, and returns the clip so far.
    pub(crate) fn set_clip(&mut self, clip: PixelRect) -> PixelRect {
        let whole = PixelRect::new(0, 0, self.width, self.height);
        std::mem::replace(&mut self.clip, clip.intersection(&whole))
    }

    /// Returns the row of pixels at `y`.
    pub(crate) fn row(&self, y: u32) -> &[Colour] {
        let start = y as usize * self.width as usize;
        &self.pixels[start..start + self.width as usize]
    }

    /// Mixes a colour into one pixel and says whether it is inside the clip.
    pub(crate) fn blend(&mut self, x: i32, y: i32, colour: Colour, share: u8) -> bool {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
            return false;
        };
        let clip = self.clip;
        if x < clip.x || y < clip.y || x >= clip.right() || y >= clip.bottom() {
            return false;
        }
        let pixel = &mut self.pixels[y as usize * self.width as usize + x as usize];
        *pixel = pixel.mixed(colour, share);
        true
    }

    /// Fills whole pixels.
    pub(crate) fn fill(&mut self, rect: PixelRect, colour: Colour) {
        let rect = rect.intersection(&self.clip);
        for y in rect.y..rect.bottom() {
            let start = y as usize * self.width as usize + rect.x as usize;
            self.pixels[start..start + rect.width as usize].fill(colour);
        }
    }

    /// Fills whole pixels with a colour that turns into another one from top to bottom.
    pub(crate) fn fill_gradient(&mut self, rect: PixelRect, top: Colour, bottom: Colour) {
        for y in rect.y..rect.bottom() {
            let share = (y - rect.y) * 255 / rect.height.max(1);
            let row = PixelRect::new(rect.x, y, rect.width, 1);
            self.fill(row, top.mixed(bottom, share as u8));
        }
    }

    /// Fills a rectangle with round corners.
    pub(crate) fn fill_rounded(&mut self, area: Area, radius: f32, colour: Colour) {
        let radius = radius.min(area.width / 2.0).min(area.height / 2.0);
        let middle = (area.x + area.width / 2.0, area.y + area.height / 2.0);
        let inner = (area.width / 2.0 - radius, area.height / 2.0 - radius);
        self.fill_where(area, colour, |x, y| {
            let aside = ((x - middle.0).abs() - inner.0).max(0.0);
            let above = ((y - middle.1).abs() - inner.1).max(0.0);
            aside.hypot(above) - radius
        });
    }

    /// Fills a circle.
    pub(crate) fn fill_circle(&mut self, x: f32, y: f32, radius: f32, colour: Colour) {
        let area = Area::new(x - radius, y - radius, 2.0 * radius, 2.0 * radius);
        self.fill_rounded(area, radius, colour);
    }

    /// Draws a straight line with round ends.
    pub(crate) fn line(
        &mut self,
        (x0, y0): (f32, f32),
        (x1, y1): (f32, f32),
        width: f32,
        colour: Colour,
    ) {
        let half = width / 2.0;
        let area = Area::new(
            x0.min(x1) - half,
            y0.min(y1) - half,
            (x1 - x0).abs() + width,
            (y1 - y0).abs() + width,
        );
        let (dx, dy) = (x1 - x0, y1 - y0);
        let length = (dx * dx + dy * dy).max(1e-6);
        self.fill_where(area, colour, |x, y| {
            let along = (((x - x0) * dx + (y - y0) * dy) / length).clamp(0.0, 1.0);
            (x - x0 - along * dx).hypot(y - y0 - along * dy) - half
        });
    }

    /// Fills all pixels of an area whose centre has a negative distance, with soft edges.
    fn fill_where(&mut self, area: Area, colour: Colour, distance: impl Fn(f32, f32) -> f32) {
        let clip = self.clip;
        for y in touched(area.y, area.bottom(), clip.y, clip.bottom()) {
            for x in touched(area.x, area.right(), clip.x, clip.right()) {
                let inside = 0.5 - distance(x as f32 + 0.5, y as f32 + 0.5);
                let share = (inside.clamp(0.0, 1.0) * 255.0) as u8;
                if share > 0 {
                    self.blend(x as i32, y as i32, colour, share);
                }
            }
        }
    }
}

/// Returns the pixels that the stretch from `start` to `end` touches, its soft edge included.
fn touched(start: f32, end: f32, first: u32, last: u32) -> Range<u32> {
    let first = first.max((start - 1.0).floor().max(0.0) as u32);
    first..last.min((end + 1.0).ceil().max(0.0) as u32).max(first)
}

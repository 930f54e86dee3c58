//! The picture of a live session: tiles on an empty canvas.
//!
//! A [`Canvas`] begins as background. What is drawn on it are pictures of the tracks that a scene
//! names, in the places that it names, and plates and labels that are drawn fresh.
//!
//! > **A picture lands in its tile or nowhere.** A track that the scene does not show changes nothing,
//! > and one that it does changes nothing outside of its tile.

mod convert;
mod letters;
mod plate;
mod scale;

use std::collections::HashMap;

use scrim_policy::{
    Colour, PixelRect, TrackId,
    session::{Shows, Tile},
};

use crate::{
    CanvasError, Cleared, ColourSpace,
    clear::fill,
    colour::Samples,
    frame::{COMPONENTS, FrameMut, FrameRef, PixelFormat},
    patch::Patch,
};
use convert::Conversion;
use scale::{Planes, Scaler};

/// A picture that fills its tile up to so many pixels is stretched over them: a line of background as
/// thin as that would look like a mistake.
const SNAP_PX: u64 = 2;

/// The picture of a session, in I420 and the colours of high definition (Rec. ITU-R BT.709), limited
/// range.
#[derive(Debug)]
pub struct Canvas {
    size: [u32; 2],
    planes: Planes,
    background: Samples,
    /// What plates lie on.
    panel: Samples,
    tiles: Vec<Tile>,
    labels: Vec<Option<Patch>>,
    /// What was last drawn of a track, so that the same again is known to be the same.
    drawn: HashMap<TrackId, (PixelRect, Planes)>,
    scaler: Scaler,
}

impl Canvas {
    /// Begins with an empty canvas. Width and height are even.
    pub fn new(size: [u32; 2], background: Colour) -> Self {
        let [width, height] = size.map(|edge| edge.max(2) & !1);
        let panel = plate::panel(background);
        let background = ColourSpace::default().samples(background);
        Self {
            size: [width, height],
            planes: Planes::filled((width, height), background),
            background,
            panel,
            tiles: Vec::new(),
            labels: Vec::new(),
            drawn: HashMap::new(),
            scaler: Scaler::default(),
        }
    }

    /// Begins a scene: all is background but plates and labels. Tracks have to be drawn again.
    ///
    /// A tile that reaches over the edge, or lies over an earlier one, is left out.
    pub fn set_scene(&mut self, tiles: &[Tile]) {
        let [width, height] = self.size;
        let whole = PixelRect::new(0, 0, width, height);
        self.tiles.clear();
        for tile in tiles {
            let is_place = whole.contains(&tile.rect) && !tile.rect.is_empty();
            let is_over = |other: &Tile| other.rect.overlaps(&tile.rect);
            if is_place && is_even(&tile.rect) && !self.tiles.iter().any(is_over) {
                self.tiles.push(tile.clone());
            }
        }
        self.labels = self.tiles.iter().map(plate::label).collect();
        self.drawn.clear();
        self.fill(&whole, self.background);
        for index in 0..self.tiles.len() {
            let Tile { rect, shows, .. } = &self.tiles[index];
            if let Shows::Plate { text, colour } = shows {
                let (rect, panel) = (*rect, self.panel);
                let plate = plate::plate(&rect, text, *colour, panel);
                self.fill(&rect, panel);
                plate.paint(&mut frame_of(&mut self.planes, self.size));
            }
            self.paint_label(index);
        }
    }

    /// Draws a picture of a track into its tile: as large as it fits, not cut, and not stretched by more
    /// than two pixels. Returns whether anything looks different now; never where the scene does not
    /// show the track.
    ///
    /// `space` is that of the picture; other colours than those of the canvas are converted.
    pub fn draw(&mut self, track: TrackId, picture: &FrameRef<'_>, space: ColourSpace) -> bool {
        let Some(index) = self.place_of(track) else {
            return false;
        };
        let tile = self.tiles[index].rect;
        let target = fitted(picture.size(), &tile);
        let mut scaled = self.scaler.scale(picture, (target.width, target.height));
        if let Some(conversion) = Conversion::between(space, ColourSpace::default()) {
            conversion.apply(&mut scaled, target.width as usize);
        }
        let before = self.drawn.get(&track);
        if before.is_some_and(|(rect, planes)| (rect, planes) == (&target, &scaled)) {
            return false;
        }
        if before.is_none_or(|(rect, _)| *rect != target) {
            self.fill(&tile, self.background);
        }
        scaled.paint(&mut frame_of(&mut self.planes, self.size), &target);
        self.drawn.insert(track, (target, scaled));
        self.paint_label(index);
        true
    }

    /// Shows nothing in the tile of a track any more. Returns whether anything looks different now.
    pub fn blank(&mut self, track: TrackId) -> bool {
        let Some(index) = self.place_of(track) else {
            return false;
        };
        if self.drawn.remove(&track).is_none() {
            return false;
        }
        let tile = self.tiles[index].rect;
        self.fill(&tile, self.background);
        self.paint_label(index);
        true
    }

    /// Copies what is seen into a picture of the same size.
    ///
    /// # Errors
    /// The picture has another size.
    pub fn paint<'a>(&self, mut out: FrameMut<'a>) -> Result<Cleared<'a>, CanvasError> {
        let (width, height) = out.size();
        if [width, height] != self.size {
            return Err(CanvasError {
                expected: self.size,
                actual: [width, height],
            });
        }
        self.planes
            .paint(&mut out, &PixelRect::new(0, 0, width, height));
        Ok(Cleared::of_canvas(out))
    }

    fn place_of(&self, track: TrackId) -> Option<usize> {
        let shows = |tile: &Tile| tile.shows == Shows::Track(track);
        self.tiles.iter().position(shows)
    }

    fn fill(&mut self, rect: &PixelRect, with: Samples) {
        fill(&mut frame_of(&mut self.planes, self.size), rect, with);
    }

    fn paint_label(&mut self, index: usize) {
        if let Some(label) = &self.labels[index] {
            label.paint(&mut frame_of(&mut self.planes, self.size));
        }
    }
}

fn frame_of(planes: &mut Planes, [width, height]: [u32; 2]) -> FrameMut<'_> {
    let strides = COMPONENTS.map(|component| component.size(width, height).0);
    let planes = planes.0.iter_mut().zip(strides);
    let planes = planes.map(|(samples, stride)| (samples.as_mut_slice(), stride));
    FrameMut::new(PixelFormat::I420, width, height, planes.collect())
        .expect("the planes were made for this size")
}

const fn is_even(rect: &PixelRect) -> bool {
    (rect.x | rect.y | rect.width | rect.height) & 1 == 0
}

/// Returns the largest place of the shape of a picture in the middle of a tile, even numbers all.
fn fitted((width, height): (u32, u32), tile: &PixelRect) -> PixelRect {
    let (width, height) = (u64::from(width), u64::from(height));
    let (wide, high) = (u64::from(tile.width), u64::from(tile.height));
    let (fit_wide, fit_high) = if width * high >= wide * height {
        (wide, even_part(wide, height, width, high))
    } else {
        (even_part(high, width, height, wide), high)
    };
    let x = tile.x + (((wide - fit_wide) as u32 / 2) & !1);
    let y = tile.y + (((high - fit_high) as u32 / 2) & !1);
    PixelRect::new(x, y, fit_wide as u32, fit_high as u32)
}

/// Returns `length * part / whole` as the nearest even number, at least 2 and at most `most`; and `most`
/// where next to nothing is missing to it.
fn even_part(length: u64, part: u64, whole: u64, most: u64) -> u64 {
    let even = (length * part + whole) / (2 * whole) * 2;
    let edge = even.clamp(2, most);
    let bare = most - edge;
    if bare <= SNAP_PX && bare * 32 <= most {
        return most;
    }
    edge
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_as_large_as_it_fits_and_in_the_middle() {
        let tile = PixelRect::new(100, 50, 320, 180);
        for (size, target) in [
            ((1280, 720), tile),
            ((320, 180), tile),
            ((640, 480), PixelRect::new(140, 50, 240, 180)),
            ((2000, 500), PixelRect::new(100, 100, 320, 80)),
            ((10, 2000), PixelRect::new(258, 50, 2, 180)),
            ((90_000, 1), PixelRect::new(100, 138, 320, 2)),
            // It would be 178 high, and lines of background above and below look like a mistake.
            ((1280, 712), tile),
        ] {
            assert_eq!(fitted(size, &tile), target, "{size:?}");
        }
    }
}

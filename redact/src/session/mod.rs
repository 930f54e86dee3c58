//! The picture of a live session: tiles on an empty canvas.
//!
//! A [`Canvas`] begins as background. What is drawn on it are pictures of the tracks that a scene
//! names, in the places that it names, and plates and labels that are drawn fresh.
//!
//! > **A picture lands in its tile or nowhere.** A track that the scene does not show changes nothing,
//! > and one that it does changes nothing outside of its tile.

mod convert;
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

/// The picture of a session, in I420 and the colours of high definition (Rec. ITU-R BT.709), limited
/// range.
#[derive(Debug)]
pub struct Canvas {
    size: [u32; 2],
    planes: Planes,
    background: Samples,
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
        let background = ColourSpace::default().samples(background);
        Self {
            size: [width, height],
            planes: Planes::filled((width, height), background),
            background,
            tiles: Vec::new(),
            labels: Vec::new(),
            drawn: HashMap::new(),
            scaler: Scaler::default(),
        }
    }

    /// Begins a scene: all is background but plates and labels. Tracks have to be drawn again.
    pub fn set_scene(&mut self, tiles: &[Tile]) {
        let [width, height] = self.size;
        let whole = PixelRect::new(0, 0, width, height);
        self.tiles = tiles
            .iter()
            .filter(|tile| whole.contains(&tile.rect) && is_even(&tile.rect))
            .cloned()
            .collect();
        self.labels = self.tiles.iter().map(plate::label).collect();
        self.drawn.clear();
        self.fill(&whole);
        for index in 0..self.tiles.len() {
            if let Shows::Plate { text, colour } = &self.tiles[index].shows {
                let plate = plate::plate(self.tiles[index].rect, text, *colour);
                plate.paint(&mut frame_of(&mut self.planes, self.size));
            }
            self.paint_label(index);
        }
    }

    /// Draws a picture of a track into its tile: as large as it fits, not cut and not stretched. Returns
    /// whether anything looks different now; never where the scene does not show the track.
    pub fn draw(&mut self, track: TrackId, picture: &FrameRef<'_>, space: ColourSpace) -> bool {
        let Some(index) = self.place_of(track) else {
            return false;
        };
        let tile = self.tiles[index].rect;
        let target = fitted(picture.size(), &tile);
        if target.is_empty() {
            return self.blank(track);
        }
        let mut scaled = self.scaler.scale(picture, (target.width, target.height));
        if let Some(conversion) = Conversion::between(space, ColourSpace::default()) {
            conversion.apply(&mut scaled, target.width as usize);
        }
        let before = self.drawn.get(&track);
        if before.is_some_and(|(rect, planes)| (rect, planes) == (&target, &scaled)) {
            return false;
        }
        if before.is_none_or(|(rect, _)| *rect != target) {
            self.fill(&tile);
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
        self.fill(&tile);
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

    fn fill(&mut self, rect: &PixelRect) {
        let background = self.background;
        fill(&mut frame_of(&mut self.planes, self.size), rect, background);
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
        (wide & !1, even_part(wide, height, width, high))
    } else {
        (even_part(high, width, height, wide), high & !1)
    };
    let x = tile.x + (((wide - fit_wide) as u32 / 2) & !1);
    let y = tile.y + (((high - fit_high) as u32 / 2) & !1);
    PixelRect::new(x, y, fit_wide as u32, fit_high as u32)
}

/// Returns `length * part / whole` as the nearest even number, at most `most`.
const fn even_part(length: u64, part: u64, whole: u64, most: u64) -> u64 {
    let halves = (length * part + whole) / (2 * if whole == 0 { 1 } else { whole });
    let even = halves * 2;
    if even > most { most & !1 } else { even }
}

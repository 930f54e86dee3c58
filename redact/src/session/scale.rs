//! Pictures made as large as their place.

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use scrim_policy::PixelRect;

use crate::{
    colour::Samples,
    frame::{COMPONENTS, Component, FrameMut, FrameRef},
};

/// Luma and chroma of a picture in I420, without padding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Planes(pub(super) [Vec<u8>; 3]);

impl Planes {
    pub(super) fn filled((width, height): (u32, u32), with: Samples) -> Self {
        let values = [with.y, with.u, with.v];
        Self(std::array::from_fn(|index| {
            let (columns, rows) = COMPONENTS[index].size(width, height);
            vec![values[index]; columns * rows]
        }))
    }

    /// Copies them to their place in a picture.
    pub(super) fn paint(&self, out: &mut FrameMut<'_>, place: &PixelRect) {
        for (component, samples) in COMPONENTS.into_iter().zip(&self.0) {
            let area = component.rect(place);
            let lines = samples.chunks_exact((area.width as usize).max(1));
            for (row, line) in (area.y as usize..).zip(lines) {
                out.write_row(component, row, area.x as usize, line);
            }
        }
    }
}

/// Scales pictures. Keeps its memory from one to the next.
#[derive(Debug, Default)]
pub(super) struct Scaler {
    resizer: Resizer,
    gathered: Vec<u8>,
}

impl Scaler {
    /// Returns a picture in another size, in the colours that it has. Text on a screen stays crisp by
    /// Catmull-Rom, which averages where a picture becomes smaller.
    pub(super) fn scale(&mut self, picture: &FrameRef<'_>, (width, height): (u32, u32)) -> Planes {
        let size = picture.size();
        Planes(COMPONENTS.map(|component| {
            let (columns, rows) = component.size(size.0, size.1);
            self.gathered.clear();
            for row in 0..rows {
                picture.read_row(component, row, 0..columns, &mut self.gathered);
            }
            if size == (width, height) {
                return self.gathered.clone();
            }
            // The last chroma of an odd row or column is half outside of the picture.
            let seen = match component {
                Component::Y => [size.0, size.1].map(f64::from),
                Component::U | Component::V => [size.0, size.1].map(|edge| f64::from(edge) / 2.0),
            };
            let source = (self.gathered.as_slice(), (columns, rows), seen);
            resized(&mut self.resizer, source, component.size(width, height))
        }))
    }
}

/// Returns samples in another size. With the samples are given how many columns and rows there are, and
/// how much of those is to be seen.
pub(super) fn resized(
    resizer: &mut Resizer,
    (samples, (columns, rows), [seen_columns, seen_rows]): (&[u8], (usize, usize), [f64; 2]),
    (wide, high): (usize, usize),
) -> Vec<u8> {
    let source = ImageRef::new(columns as u32, rows as u32, samples, PixelType::U8)
        .expect("there are as many samples as columns and rows hold");
    let mut target = Image::new(wide as u32, high as u32, PixelType::U8);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom))
        .crop(0.0, 0.0, seen_columns, seen_rows);
    resizer
        .resize(&source, &mut target, &options)
        .expect("both pictures have one 8-bit sample per pixel, and what is seen is in the source");
    target.into_vec()
}

//! Pictures made as large as their place.

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use scrim_policy::PixelRect;

use crate::{
    colour::Samples,
    frame::{COMPONENTS, FrameMut, FrameRef},
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
        let (source_width, source_height) = picture.size();
        let options =
            ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
        Planes(COMPONENTS.map(|component| {
            let (columns, rows) = component.size(source_width, source_height);
            self.gathered.clear();
            for row in 0..rows {
                picture.read_row(component, row, 0..columns, &mut self.gathered);
            }
            let (wide, high) = component.size(width, height);
            if (columns, rows) == (wide, high) {
                return self.gathered.clone();
            }
            let source = ImageRef::new(columns as u32, rows as u32, &self.gathered, PixelType::U8)
                .expect("as many samples were gathered as the picture has");
            let mut scaled = Image::new(wide as u32, high as u32, PixelType::U8);
            self.resizer
                .resize(&source, &mut scaled, &options)
                .expect("both pictures have one 8-bit sample per pixel");
            scaled.into_vec()
        }))
    }
}

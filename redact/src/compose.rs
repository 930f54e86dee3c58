//! The kept strips of a cleared picture, moved together and scaled onto a canvas.

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use scrim_policy::{
    PixelRect,
    plan::{Layout, Strip},
};

use crate::frame::{COMPONENTS, Component, FrameMut, FrameRef};

/// Memory that is kept from picture to picture.
#[derive(Debug, Default)]
pub(crate) struct Composer {
    resizer: Resizer,
    gathered: Vec<u8>,
}

impl Composer {
    /// Copies the strips of a layout to its target. The rest of the canvas stays as it is.
    pub(crate) fn lay_out(
        &mut self,
        source: &FrameRef<'_>,
        layout: &Layout,
        canvas: &mut FrameMut<'_>,
    ) {
        if layout.target.is_empty() {
            return;
        }
        for component in COMPONENTS {
            let size = component.size(layout.source_width(), layout.source_height());
            self.gather(source, component, layout);
            let target = component.rect(&layout.target);
            if size == (target.width as usize, target.height as usize) {
                write(canvas, component, &target, &self.gathered);
            } else {
                let scaled = self.scaled(size, &target);
                write(canvas, component, &target, scaled.buffer());
            }
        }
    }

    /// Collects the samples of all strips, row by row.
    fn gather(&mut self, source: &FrameRef<'_>, component: Component, layout: &Layout) {
        self.gathered.clear();
        let rows = layout
            .rows
            .iter()
            .flat_map(|strip| samples(component, strip));
        for row in rows {
            for strip in &layout.columns {
                source.read_row(
                    component,
                    row,
                    samples(component, strip),
                    &mut self.gathered,
                );
            }
        }
    }

    /// Scales the gathered samples. Catmull-Rom keeps text crisp without visible ringing.
    fn scaled(&mut self, (columns, rows): (usize, usize), target: &PixelRect) -> Image<'static> {
        let source = ImageRef::new(columns as u32, rows as u32, &self.gathered, PixelType::U8)
            .expect("as many samples were gathered as the strips hold");
        let mut scaled = Image::new(target.width, target.height, PixelType::U8);
        let options =
            ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
        self.resizer
            .resize(&source, &mut scaled, &options)
            .expect("both pictures have one 8-bit sample per pixel");
        scaled
    }
}

/// The samples of a component in a strip; strips are even, so chroma has exactly half of them.
fn samples(component: Component, strip: &Strip) -> std::ops::Range<usize> {
    let divisor = if component == Component::Y { 1 } else { 2 };
    let start = (strip.start / divisor) as usize;
    start..start + (strip.length / divisor) as usize
}

fn write(canvas: &mut FrameMut<'_>, component: Component, target: &PixelRect, samples: &[u8]) {
    for (row, line) in samples.chunks_exact(target.width as usize).enumerate() {
        canvas.write_row(component, target.y as usize + row, target.x as usize, line);
    }
}

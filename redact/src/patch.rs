//! A small picture that is drawn once and then copied onto every frame of a scene.

use scrim_policy::PixelRect;

use crate::{
    colour::Samples,
    frame::{COMPONENTS, Component, FrameMut},
};

/// Samples for a rectangle whose left upper corner is even.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Patch {
    rect: PixelRect,
    samples: [Vec<u8>; 3],
}

impl Patch {
    pub(crate) fn filled(rect: PixelRect, with: Samples) -> Self {
        let plane = |component: Component, value: u8| {
            let (columns, rows) = component.size(rect.width, rect.height);
            vec![value; columns * rows]
        };
        Self {
            rect,
            samples: [
                plane(Component::Y, with.y),
                plane(Component::U, with.u),
                plane(Component::V, with.v),
            ],
        }
    }

    /// Returns where it belongs.
    #[cfg(test)]
    pub(crate) const fn rect(&self) -> PixelRect {
        self.rect
    }

    /// Returns the luma of a pixel, counted from the corner of the patch.
    pub(crate) fn luma(&mut self, x: u32, y: u32) -> Option<&mut u8> {
        self.sample(Component::Y, x, y)
    }

    /// Returns a sample of a component, counted in its samples from the corner of the patch.
    pub(crate) fn sample(
        &mut self,
        component: Component,
        column: u32,
        row: u32,
    ) -> Option<&mut u8> {
        let (columns, rows) = component.size(self.rect.width, self.rect.height);
        let (column, row) = (column as usize, row as usize);
        if column >= columns || row >= rows {
            return None;
        }
        self.samples[component as usize].get_mut(row * columns + column)
    }

    /// Sets all samples of a rectangle, counted from the corner of the patch; its left upper
    /// corner is even.
    pub(crate) fn fill(&mut self, rect: &PixelRect, with: Samples) {
        let inside = PixelRect::new(0, 0, self.rect.width, self.rect.height);
        let rect = rect.intersection(&inside);
        for (component, value) in COMPONENTS.into_iter().zip([with.y, with.u, with.v]) {
            let (columns, _) = component.size(self.rect.width, self.rect.height);
            let area = component.rect(&rect);
            let plane = &mut self.samples[component as usize];
            for row in area.y as usize..area.bottom() as usize {
                plane[row * columns + area.x as usize..row * columns + area.right() as usize]
                    .fill(value);
            }
        }
    }

    /// Copies the patch to its place in a picture.
    pub(crate) fn paint(&self, frame: &mut FrameMut<'_>) {
        for component in COMPONENTS {
            let (columns, rows) = component.size(self.rect.width, self.rect.height);
            let corner = component.rect(&self.rect);
            for row in 0..rows {
                let samples = &self.samples[component as usize][row * columns..(row + 1) * columns];
                frame.write_row(
                    component,
                    corner.y as usize + row,
                    corner.x as usize,
                    samples,
                );
            }
        }
    }
}

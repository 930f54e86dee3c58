//! Pictures in memory, with strides and spare bytes like those of decoders.

use scrim_redact::{FrameMut, FrameRef, PixelFormat};

/// Y, U and V.
pub(crate) const COMPONENTS: [usize; 3] = [0, 1, 2];

/// A small generator of pseudo-random numbers (SplitMix64), the same on every machine.
#[derive(Clone)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next() as u8
    }
}

/// How a picture lies in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) format: PixelFormat,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Bytes between the end of a row and the next one, per plane.
    pub(crate) spare: [usize; 3],
    /// Bytes behind the last row of each plane.
    pub(crate) tail: usize,
}

impl Shape {
    pub(crate) fn tight(format: PixelFormat, width: u32, height: u32) -> Self {
        Self {
            format,
            width,
            height,
            spare: [0; 3],
            tail: 0,
        }
    }

    /// Columns and rows of a component; chroma has half of them, rounded up.
    pub(crate) fn component_size(&self, component: usize) -> (usize, usize) {
        let (width, height) = (self.width as usize, self.height as usize);
        if component == 0 {
            (width, height)
        } else {
            (width.div_ceil(2), height.div_ceil(2))
        }
    }

    /// Bytes from one chroma sample to the next.
    fn chroma_step(&self) -> usize {
        match self.format {
            PixelFormat::I420 => 1,
            PixelFormat::Nv12 => 2,
        }
    }

    /// Stride and number of rows of each plane.
    fn planes(&self) -> Vec<(usize, usize)> {
        let (chroma_columns, chroma_rows) = self.component_size(1);
        let rows = match self.format {
            PixelFormat::I420 => vec![
                (self.width as usize, self.height as usize),
                (chroma_columns, chroma_rows),
                (chroma_columns, chroma_rows),
            ],
            PixelFormat::Nv12 => vec![
                (self.width as usize, self.height as usize),
                (2 * chroma_columns, chroma_rows),
            ],
        };
        rows.into_iter()
            .zip(self.spare)
            .map(|((row, rows), spare)| (row + spare, rows))
            .collect()
    }
}

/// A picture that owns its memory.
#[derive(Clone)]
pub(crate) struct Picture {
    pub(crate) shape: Shape,
    planes: Vec<(Vec<u8>, usize)>,
}

impl Picture {
    /// All bytes random, spare ones included.
    pub(crate) fn random(shape: Shape, random: &mut Random) -> Self {
        let planes = shape
            .planes()
            .into_iter()
            .map(|(stride, rows)| {
                let length = stride * rows + shape.tail;
                ((0..length).map(|_| random.byte()).collect(), stride)
            })
            .collect();
        Self { shape, planes }
    }

    /// One colour.
    pub(crate) fn plain(shape: Shape, [y, u, v]: [u8; 3]) -> Self {
        let mut picture = Self::random(shape, &mut Random(0));
        for (component, value) in [(0, y), (1, u), (2, v)] {
            let (columns, rows) = shape.component_size(component);
            for row in 0..rows {
                for column in 0..columns {
                    picture.set(component, column, row, value);
                }
            }
        }
        picture
    }

    /// The same picture in other memory.
    pub(crate) fn copied_into(&self, mut other: Self) -> Self {
        for component in COMPONENTS {
            let (columns, rows) = self.shape.component_size(component);
            for row in 0..rows {
                for column in 0..columns {
                    other.set(component, column, row, self.get(component, column, row));
                }
            }
        }
        other
    }

    fn place(&self, component: usize, column: usize, row: usize) -> (usize, usize) {
        let (plane, offset) = match (self.shape.format, component) {
            (_, 0) | (PixelFormat::I420, _) => (component, column),
            (PixelFormat::Nv12, _) => (1, 2 * column + component - 1),
        };
        (plane, row * self.planes[plane].1 + offset)
    }

    pub(crate) fn get(&self, component: usize, column: usize, row: usize) -> u8 {
        let (plane, at) = self.place(component, column, row);
        self.planes[plane].0[at]
    }

    pub(crate) fn set(&mut self, component: usize, column: usize, row: usize, value: u8) {
        let (plane, at) = self.place(component, column, row);
        self.planes[plane].0[at] = value;
    }

    /// All samples that are part of the picture, component by component.
    pub(crate) fn visible(&self) -> [Vec<u8>; 3] {
        COMPONENTS.map(|component| {
            let (columns, rows) = self.shape.component_size(component);
            let step = if component == 0 {
                1
            } else {
                self.shape.chroma_step()
            };
            let mut samples = Vec::with_capacity(columns * rows);
            for row in 0..rows {
                let (plane, first) = self.place(component, 0, row);
                let bytes = self.planes[plane].0[first..].iter();
                samples.extend(bytes.step_by(step).take(columns));
            }
            samples
        })
    }

    /// All bytes, those of the picture set to zero.
    pub(crate) fn outside(&self) -> Vec<Vec<u8>> {
        let mut rest = self.clone();
        for component in COMPONENTS {
            let (columns, rows) = self.shape.component_size(component);
            for row in 0..rows {
                for column in 0..columns {
                    rest.set(component, column, row, 0);
                }
            }
        }
        rest.planes.into_iter().map(|(bytes, _)| bytes).collect()
    }

    pub(crate) fn frame(&self) -> FrameRef<'_> {
        let planes = self.planes.iter();
        let planes = planes.map(|(bytes, stride)| (bytes.as_slice(), *stride));
        let Shape {
            format,
            width,
            height,
            ..
        } = self.shape;
        FrameRef::new(format, width, height, planes.collect()).unwrap()
    }

    pub(crate) fn frame_mut(&mut self) -> FrameMut<'_> {
        let planes = self.planes.iter_mut();
        let planes = planes.map(|(bytes, stride)| (bytes.as_mut_slice(), *stride));
        let Shape {
            format,
            width,
            height,
            ..
        } = self.shape;
        FrameMut::new(format, width, height, planes.collect()).unwrap()
    }
}

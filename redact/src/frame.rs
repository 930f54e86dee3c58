//! Pictures in memory that belongs to somebody else: planes with strides, odd sizes included.

use scrim_policy::{Kind, PixelRect};

/// How the three components lie in memory. Chroma has half the resolution, rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// Three planes: Y, U, V.
    I420,
    /// Two planes: Y, and U and V in turn.
    Nv12,
}

/// Memory that cannot hold the picture it is said to hold.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// The number of planes is not that of the format.
    #[error("a {format:?} picture has {expected} planes, got {actual}")]
    Planes {
        /// The format.
        format: PixelFormat,
        /// Planes of that format.
        expected: usize,
        /// Planes that were given.
        actual: usize,
    },
    /// A plane is too short for its rows.
    #[error("plane {plane} has {actual} bytes with a stride of {stride}, it needs {expected}")]
    TooShort {
        /// Index of the plane.
        plane: usize,
        /// Bytes from one row to the next.
        stride: usize,
        /// Bytes that are needed.
        expected: usize,
        /// Bytes that were given.
        actual: usize,
    },
    /// The picture has no pixels.
    #[error("a picture of {width}x{height} has no pixels")]
    Empty {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
}

impl FrameError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Internal
    }
}

/// One of the three components of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Component {
    Y,
    U,
    V,
}

pub(crate) const COMPONENTS: [Component; 3] = [Component::Y, Component::U, Component::V];

impl Component {
    /// Size of the component of a picture.
    pub(crate) const fn size(self, width: u32, height: u32) -> (usize, usize) {
        match self {
            Self::Y => (width as usize, height as usize),
            Self::U | Self::V => (width.div_ceil(2) as usize, height.div_ceil(2) as usize),
        }
    }

    /// The samples of a rectangle whose inner edges are even.
    pub(crate) const fn rect(self, rect: &PixelRect) -> PixelRect {
        match self {
            Self::Y => *rect,
            Self::U | Self::V => PixelRect::between(
                rect.x / 2,
                rect.y / 2,
                rect.right().div_ceil(2),
                rect.bottom().div_ceil(2),
            ),
        }
    }

    /// Plane, first byte in a row, and bytes from sample to sample.
    const fn place(self, format: PixelFormat) -> (usize, usize, usize) {
        match (format, self) {
            (_, Self::Y) => (0, 0, 1),
            (PixelFormat::I420, Self::U) => (1, 0, 1),
            (PixelFormat::I420, Self::V) => (2, 0, 1),
            (PixelFormat::Nv12, Self::U) => (1, 0, 2),
            (PixelFormat::Nv12, Self::V) => (1, 1, 2),
        }
    }
}

impl PixelFormat {
    /// The component that gives each plane its shape.
    const fn planes(self) -> &'static [Component] {
        match self {
            Self::I420 => &COMPONENTS,
            Self::Nv12 => &[Component::Y, Component::U],
        }
    }

    fn check(
        self,
        width: u32,
        height: u32,
        planes: impl ExactSizeIterator<Item = (usize, usize)>,
    ) -> Result<(), FrameError> {
        if width == 0 || height == 0 {
            return Err(FrameError::Empty { width, height });
        }
        let wanted = self.planes();
        if planes.len() != wanted.len() {
            return Err(FrameError::Planes {
                format: self,
                expected: wanted.len(),
                actual: planes.len(),
            });
        }
        for (plane, (component, (bytes, stride))) in wanted.iter().zip(planes).enumerate() {
            let (samples, rows) = component.size(width, height);
            let row = samples * component.place(self).2;
            let expected = stride.saturating_mul(rows - 1).saturating_add(row);
            if stride < row || bytes < expected {
                return Err(FrameError::TooShort {
                    plane,
                    stride,
                    expected,
                    actual: bytes,
                });
            }
        }
        Ok(())
    }
}

/// A picture to read.
#[derive(Clone, Debug)]
pub struct FrameRef<'a> {
    format: PixelFormat,
    width: u32,
    height: u32,
    planes: Vec<(&'a [u8], usize)>,
}

impl<'a> FrameRef<'a> {
    /// Describes a picture by its planes and their strides in bytes.
    ///
    /// # Errors
    /// The planes cannot hold such a picture.
    pub fn new(
        format: PixelFormat,
        width: u32,
        height: u32,
        planes: Vec<(&'a [u8], usize)>,
    ) -> Result<Self, FrameError> {
        format.check(
            width,
            height,
            planes.iter().map(|(data, stride)| (data.len(), *stride)),
        )?;
        Ok(Self {
            format,
            width,
            height,
            planes,
        })
    }

    /// Columns and rows.
    pub const fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// How the components lie in memory.
    pub const fn format(&self) -> PixelFormat {
        self.format
    }

    /// Returns the luma of a pixel; `x` and `y` must be inside the picture.
    pub fn luma(&self, x: u32, y: u32) -> u8 {
        let (data, stride) = self.planes[0];
        data[y as usize * stride + x as usize]
    }

    /// Returns the chroma at a pixel, U and V; `x` and `y` must be inside the picture.
    pub fn chroma(&self, x: u32, y: u32) -> (u8, u8) {
        let at = |component: Component| {
            let (plane, first, step) = component.place(self.format);
            let (data, stride) = self.planes[plane];
            data[(y / 2) as usize * stride + first + (x / 2) as usize * step]
        };
        (at(Component::U), at(Component::V))
    }

    /// Whether both pictures hold the same samples in a rectangle. Pictures of different shape
    /// never do.
    pub(crate) fn equals_in(&self, other: &Self, rect: &PixelRect) -> bool {
        if (self.format, self.size()) != (other.format, other.size()) {
            return false;
        }
        let planes = self.format.planes();
        planes.iter().enumerate().all(|(plane, component)| {
            let samples = component.rect(rect);
            let step = component.place(self.format).2;
            let (first, last) = (samples.x as usize * step, samples.right() as usize * step);
            let ((mine, my_stride), (theirs, their_stride)) =
                (self.planes[plane], other.planes[plane]);
            (samples.y as usize..samples.bottom() as usize).all(|row| {
                mine[row * my_stride + first..row * my_stride + last]
                    == theirs[row * their_stride + first..row * their_stride + last]
            })
        })
    }

    /// Copies columns of one row of a component to the end of `out`.
    pub(crate) fn read_row(
        &self,
        component: Component,
        row: usize,
        columns: std::ops::Range<usize>,
        out: &mut Vec<u8>,
    ) {
        let (plane, first, step) = component.place(self.format);
        let (data, stride) = self.planes[plane];
        let start = row * stride + first + columns.start * step;
        if step == 1 {
            out.extend_from_slice(&data[start..start + columns.len()]);
        } else {
            out.extend(data[start..].iter().step_by(step).take(columns.len()));
        }
    }
}

/// A picture to change in place.
#[derive(Debug)]
pub struct FrameMut<'a> {
    format: PixelFormat,
    width: u32,
    height: u32,
    planes: Vec<(&'a mut [u8], usize)>,
}

impl<'a> FrameMut<'a> {
    /// Describes a picture by its planes and their strides in bytes.
    ///
    /// # Errors
    /// The planes cannot hold such a picture.
    pub fn new(
        format: PixelFormat,
        width: u32,
        height: u32,
        planes: Vec<(&'a mut [u8], usize)>,
    ) -> Result<Self, FrameError> {
        format.check(
            width,
            height,
            planes.iter().map(|(data, stride)| (data.len(), *stride)),
        )?;
        Ok(Self {
            format,
            width,
            height,
            planes,
        })
    }

    /// Columns and rows.
    pub const fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Returns a view to read.
    pub fn as_ref(&self) -> FrameRef<'_> {
        FrameRef {
            format: self.format,
            width: self.width,
            height: self.height,
            planes: self
                .planes
                .iter()
                .map(|(data, stride)| (&**data, *stride))
                .collect(),
        }
    }

    /// Sets all samples of a component inside a rectangle, which may reach over the edge.
    pub(crate) fn fill(&mut self, component: Component, rect: &PixelRect, value: u8) {
        let rect =
            component.rect(&rect.intersection(&PixelRect::new(0, 0, self.width, self.height)));
        for row in rect.y as usize..rect.bottom() as usize {
            let samples = rect.x as usize..rect.right() as usize;
            self.row(
                component,
                row,
                samples,
                |out| out.fill(value),
                |out| *out = value,
            );
        }
    }

    /// Writes samples into one row of a component, from a column on; what reaches over the right
    /// edge is dropped.
    pub(crate) fn write_row(
        &mut self,
        component: Component,
        row: usize,
        column: usize,
        samples: &[u8],
    ) {
        let (columns, rows) = component.size(self.width, self.height);
        if row >= rows || column >= columns {
            return;
        }
        let samples = &samples[..samples.len().min(columns - column)];
        let mut next = samples.iter();
        self.row(
            component,
            row,
            column..column + samples.len(),
            |out| out.copy_from_slice(samples),
            |out| *out = *next.next().unwrap_or(out),
        );
    }

    fn row(
        &mut self,
        component: Component,
        row: usize,
        samples: std::ops::Range<usize>,
        packed: impl FnOnce(&mut [u8]),
        mut spread: impl FnMut(&mut u8),
    ) {
        let (plane, first, step) = component.place(self.format);
        let (data, stride) = &mut self.planes[plane];
        let start = row * *stride + first + samples.start * step;
        if step == 1 {
            packed(&mut data[start..start + samples.len()]);
        } else {
            data[start..]
                .iter_mut()
                .step_by(step)
                .take(samples.len())
                .for_each(&mut spread);
        }
    }
}

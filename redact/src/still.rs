//! Pictures for people: stills of a recording, with regions drawn on them.

use std::{fmt, io::Cursor};

use image::{ImageFormat, Rgb, RgbImage, imageops};
use scrim_policy::{Kind, PixelRect};

use crate::{
    colour::{ColourSpace, Samples},
    frame::FrameRef,
};

/// A still in RGB.
///
/// A still of a source shows what is to be hidden; it is for the eyes of whoever may see the
/// source, and never part of what is published.
#[derive(Clone)]
pub struct Still {
    picture: RgbImage,
}

/// A still that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("could not encode a still of {width}x{height}")]
pub struct StillError {
    width: u32,
    height: u32,
    source: image::ImageError,
}

impl StillError {
    /// Returns what a caller can do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Internal
    }
}

/// Prints the size only: the picture may show what is hidden.
impl fmt::Debug for Still {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (width, height) = self.picture.dimensions();
        write!(f, "Still({width}x{height})")
    }
}

impl Still {
    /// Converts a picture.
    pub fn new(frame: &FrameRef<'_>, space: ColourSpace) -> Self {
        let (width, height) = frame.size();
        let picture = RgbImage::from_fn(width, height, |x, y| {
            let (u, v) = frame.chroma(x, y);
            Rgb(space.rgb(Samples {
                y: frame.luma(x, y),
                u,
                v,
            }))
        });
        Self { picture }
    }

    /// Columns and rows.
    pub fn size(&self) -> (u32, u32) {
        self.picture.dimensions()
    }

    /// Draws the border of a rectangle, three pixels wide and inside of it.
    pub fn outline(&mut self, rect: &PixelRect, colour: [u8; 3]) {
        let (width, height) = self.picture.dimensions();
        let rect = rect.intersection(&PixelRect::new(0, 0, width, height));
        let inner = PixelRect::between(
            rect.x + 3,
            rect.y + 3,
            rect.right().saturating_sub(3),
            rect.bottom().saturating_sub(3),
        );
        for border in rect.without(&inner) {
            for y in border.y..border.bottom() {
                for x in border.x..border.right() {
                    self.picture.put_pixel(x, y, Rgb(colour));
                }
            }
        }
    }

    /// Returns both stills in one picture, this one to the left, scaled to the same height.
    #[must_use]
    pub fn beside(&self, other: &Self) -> Self {
        const GAP: u32 = 16;
        let other = other.scaled_to_height(self.picture.height());
        let width = self.picture.width() + GAP + other.picture.width();
        let mut both = RgbImage::from_pixel(width, self.picture.height(), Rgb([0xff, 0xff, 0xff]));
        imageops::replace(&mut both, &self.picture, 0, 0);
        imageops::replace(
            &mut both,
            &other.picture,
            i64::from(self.picture.width() + GAP),
            0,
        );
        Self { picture: both }
    }

    /// Returns the still with a given height and the same aspect.
    #[must_use]
    pub fn scaled_to_height(&self, height: u32) -> Self {
        let (old_width, old_height) = self.picture.dimensions();
        if old_height == height {
            return self.clone();
        }
        let width =
            (u64::from(old_width) * u64::from(height) / u64::from(old_height)).max(1) as u32;
        let filter = imageops::FilterType::Triangle;
        Self {
            picture: imageops::resize(&self.picture, width, height.max(1), filter),
        }
    }

    /// Returns the still with sides of at most `longest` pixels and the same aspect. It is never made
    /// larger.
    #[must_use]
    pub fn scaled_to_fit(&self, longest: u32) -> Self {
        let (width, height) = self.picture.dimensions();
        let is_wide = width >= height;
        if width.max(height) <= longest.max(1) {
            return self.clone();
        }
        let short = u64::from(width.min(height)) * u64::from(longest.max(1));
        let short = (short / u64::from(width.max(height))).max(1) as u32;
        let (width, height) = match is_wide {
            true => (longest.max(1), short),
            false => (short, longest.max(1)),
        };
        Self {
            picture: imageops::thumbnail(&self.picture, width, height),
        }
    }

    /// Returns the still as a PNG file.
    ///
    /// # Errors
    /// The encoder refused it.
    pub fn png(&self) -> Result<Vec<u8>, StillError> {
        self.encoded(ImageFormat::Png)
    }

    /// Returns the still as a JPEG file, smaller than PNG for camera pictures.
    ///
    /// # Errors
    /// The encoder refused it.
    pub fn jpeg(&self) -> Result<Vec<u8>, StillError> {
        self.encoded(ImageFormat::Jpeg)
    }

    fn encoded(&self, format: ImageFormat) -> Result<Vec<u8>, StillError> {
        let mut bytes = Cursor::new(Vec::new());
        let (width, height) = self.picture.dimensions();
        self.picture
            .write_to(&mut bytes, format)
            .map_err(|source| StillError {
                width,
                height,
                source,
            })?;
        Ok(bytes.into_inner())
    }
}

//! GStreamer buffers as the pictures of `scrim-redact`, and memory for new ones.

use gst_video::prelude::*;
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_video as gst_video;
use scrim_redact::{ColourSpace, FrameMut, FrameRef, Matrix, PixelFormat};

/// Returns the pixel format of the pictures, if it is one that can be cleared.
pub(super) fn pixel_format(info: &gst_video::VideoInfo) -> Option<PixelFormat> {
    match info.format() {
        gst_video::VideoFormat::I420 => Some(PixelFormat::I420),
        gst_video::VideoFormat::Nv12 => Some(PixelFormat::Nv12),
        _ => None,
    }
}

/// Returns the colour space that the background has to be painted in.
pub(crate) fn colour_space(info: &gst_video::VideoInfo) -> ColourSpace {
    let colorimetry = info.colorimetry();
    ColourSpace {
        matrix: match colorimetry.matrix() {
            gst_video::VideoColorMatrix::Bt601 | gst_video::VideoColorMatrix::Smpte240m => {
                Matrix::Bt601
            }
            _ => Matrix::Bt709,
        },
        full_range: colorimetry.range() == gst_video::VideoColorRange::Range0_255,
    }
}

/// Views a mapped frame as a picture to read.
pub(crate) fn readable<'a, T>(
    frame: &'a gst_video::VideoFrameRef<T>,
) -> Result<FrameRef<'a>, gst::LoggableError>
where
    T: std::ops::Deref<Target = gst::BufferRef>,
{
    let format = pixel_format(frame.info());
    let format = format.ok_or_else(|| gst::loggable_error!(gst::CAT_RUST, "not I420 or NV12"))?;
    let planes = frame.planes_data();
    let count = frame.n_planes() as usize;
    let planes = planes
        .into_iter()
        .take(count)
        .zip(strides(frame.plane_stride()))
        .collect();
    FrameRef::new(format, frame.width(), frame.height(), planes)
        .map_err(|error| gst::loggable_error!(gst::CAT_RUST, "unusable frame: {error}"))
}

/// Views a mapped frame as a picture to change.
pub(crate) fn writable<'a>(
    frame: &'a mut gst_video::VideoFrameRef<&mut gst::BufferRef>,
) -> Result<FrameMut<'a>, gst::LoggableError> {
    let format = pixel_format(frame.info());
    let format = format.ok_or_else(|| gst::loggable_error!(gst::CAT_RUST, "not I420 or NV12"))?;
    let (width, height, count) = (frame.width(), frame.height(), frame.n_planes() as usize);
    let strides: Vec<usize> = strides(frame.plane_stride()).collect();
    let planes = frame
        .planes_data_mut()
        .into_iter()
        .take(count)
        .zip(strides)
        .collect();
    FrameMut::new(format, width, height, planes)
        .map_err(|error| gst::loggable_error!(gst::CAT_RUST, "unusable frame: {error}"))
}

/// A negative stride would mean a picture upside down, which no decoder here makes; it becomes too
/// short a plane and is refused.
fn strides(strides: &[i32]) -> impl Iterator<Item = usize> {
    strides
        .iter()
        .map(|stride| usize::try_from(*stride).unwrap_or(0))
}

/// Memory for pictures of one size, used again and again.
#[derive(Debug)]
pub(super) struct Pool {
    pool: gst::BufferPool,
    info: gst_video::VideoInfo,
}

impl Pool {
    pub(super) fn new(info: &gst_video::VideoInfo) -> Result<Self, gst::glib::BoolError> {
        let pool = gst_video::VideoBufferPool::new().upcast::<gst::BufferPool>();
        let mut config = pool.config();
        config.set_params(Some(&info.to_caps()?), info.size() as u32, 2, 0);
        pool.set_config(config)?;
        pool.set_active(true)?;
        Ok(Self {
            pool,
            info: info.clone(),
        })
    }

    pub(super) const fn info(&self) -> &gst_video::VideoInfo {
        &self.info
    }

    pub(super) fn acquire(&self) -> Result<gst::Buffer, gst::FlowError> {
        self.pool.acquire_buffer(None)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // Buffers that are still on their way are freed when they come back.
        let _ = self.pool.set_active(false);
    }
}

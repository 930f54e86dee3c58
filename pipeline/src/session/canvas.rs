//! The canvas of `scrim-redact` with the pictures of GStreamer: the only place of this module where
//! pixels go in, and the only one where they come out, cleared.

use gstreamer as gst;
use gstreamer_video as gst_video;
use scrim_ingest::log::Codec;
use scrim_policy::{Colour, TrackId, session::Tile};
use scrim_redact::{ColourSpace, Matrix, session::Canvas};

use crate::{
    elements::clear::{colour_space, readable, writable},
    render::RenderError,
};

/// Pictures a second at most.
pub const FRAME_RATE: (u32, u32) = (25, 1);

const FAILED: RenderError = RenderError::Build {
    what: "the picture of a session",
};

/// What is seen now.
#[derive(Debug)]
pub(super) struct Stage {
    canvas: Canvas,
    info: gst_video::VideoInfo,
}

impl Stage {
    /// Begins with an empty canvas.
    pub(super) fn new([width, height]: [u32; 2], background: Colour) -> Result<Self, RenderError> {
        Ok(Self {
            canvas: Canvas::new([width, height], background),
            info: info(width, height)?,
        })
    }

    /// The caps of the pictures that come out. They are the same for all segments.
    pub(super) fn caps(&self) -> Result<gst::Caps, RenderError> {
        self.info.to_caps().map_err(|_| FAILED)
    }

    /// Lays out other tiles. What was shown in a tile has to be drawn again.
    pub(super) fn set_scene(&mut self, tiles: &[Tile]) {
        self.canvas.set_scene(tiles);
    }

    /// Draws the picture of a track into its tile, and returns whether that changed anything.
    pub(super) fn draw(&mut self, track: TrackId, codec: Codec, sample: &gst::Sample) -> bool {
        let drawn = || {
            let info = gst_video::VideoInfo::from_caps(sample.caps()?).ok()?;
            let buffer = sample.buffer()?;
            let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, &info).ok()?;
            let space = match codec {
                // The only one that VP8 knows (RFC 6386, 9.2).
                Codec::Vp8 => ColourSpace {
                    matrix: Matrix::Bt601,
                    full_range: false,
                },
                Codec::H264 | Codec::Opus => colour_space(&info),
            };
            Some(self.canvas.draw(track, &readable(&frame).ok()?, space))
        };
        let drawn: Option<bool> = { drawn }();
        drawn.unwrap_or_else(|| self.canvas.blank(track))
    }

    /// Shows nothing in the tile of a track, and returns whether that changed anything.
    pub(super) fn blank(&mut self, track: TrackId) -> bool {
        self.canvas.blank(track)
    }

    /// Returns what is seen, as a picture of its own.
    pub(super) fn picture(&mut self) -> Result<gst::Buffer, RenderError> {
        let mut buffer = gst::Buffer::with_size(self.info.size()).map_err(|_| FAILED)?;
        let mut frame =
            gst_video::VideoFrameRef::from_buffer_ref_writable(buffer.make_mut(), &self.info)
                .map_err(|_| FAILED)?;
        let out = writable(&mut frame).map_err(|_| FAILED)?;
        self.canvas.paint(out).map_err(|_| FAILED)?;
        drop(frame);
        Ok(buffer)
    }
}

/// Square pixels in the colours of high definition, whatever the size.
fn info(width: u32, height: u32) -> Result<gst_video::VideoInfo, RenderError> {
    let rate = gst::Fraction::new(FRAME_RATE.0 as i32, FRAME_RATE.1 as i32);
    gst_video::VideoInfo::builder(gst_video::VideoFormat::I420, width, height)
        .fps(rate)
        .par((1, 1))
        .colorimetry(&gst_video::VideoColorimetry::new(
            gst_video::VideoColorRange::Range16_235,
            gst_video::VideoColorMatrix::Bt709,
            gst_video::VideoTransferFunction::Bt709,
            gst_video::VideoColorPrimaries::Bt709,
        ))
        .build()
        .map_err(|_| FAILED)
}

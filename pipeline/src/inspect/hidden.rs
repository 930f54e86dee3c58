//! Whether hidden areas show only what was painted there.
//!
//! Key frames of the finished file are decoded again. What they have to show where something is
//! hidden is known without the source: the plan applied to a blank picture. Coding moves samples a
//! little; whatever moves them more than that is a finding.

use std::{
    io::{Read, Seek, SeekFrom},
    sync::{Arc, Mutex, PoisonError},
};

use gst::prelude::*;
use gstreamer as gst;
use gstreamer_video as gst_video;
use re_mp4::{Mp4, TrackKind};
use scrim_policy::{Moment, PixelRect, Plan};
use scrim_redact::{ColourSpace, FrameMut, FrameRef, Matrix, PixelFormat, Redactor};

use super::{Check, InspectError};
use crate::{
    elements::clear::readable,
    render::{Chain, PartFacts, app_sink, element},
};

/// Largest mean deviation of a block, in 8-bit steps. Measured on the samples: below 2.
const MEAN_LIMIT: f64 = 8.0;

/// Largest deviation of one pixel, in 8-bit steps. Text on a background is 150 and more away.
const PIXEL_LIMIT: u8 = 72;

/// Pixels along kept areas that are not looked at: deblocking and scaling mix them. They lie
/// within the margin that was hidden beyond the policy.
const RIM_PX: u32 = 8;

/// Edge of the blocks that deviations are averaged over.
const BLOCK_PX: u32 = 16;

/// Most key frames that are looked at, evenly spread.
const MOST_PICTURES: usize = 400;

/// Compares hidden areas of the key frames with what was painted there.
///
/// # Errors
/// The file cannot be read or decoded.
pub fn hidden_areas<R: Read + Seek>(
    file: &mut R,
    length: u64,
    plan: &Plan,
    facts: &PartFacts,
    key_times: &[Moment],
    wholly_hidden: &[(Moment, Moment)],
) -> Result<Check, InspectError> {
    let keys = key_frames(file, length)?;
    let step = keys.len().div_ceil(MOST_PICTURES).max(1);
    let how = format!(
        "luma of hidden areas in {} of {} key frames, decoded again, against the plan painted on \
         a blank picture; at most {MEAN_LIMIT} on average in any block and {PIXEL_LIMIT} in any pixel",
        keys.len().div_ceil(step),
        keys.len(),
    );
    if keys.len() != key_times.len() || keys.is_empty() {
        let found = Err("the file has other key frames than were encoded".to_owned());
        return Ok(Check::new("hidden_areas", how, found));
    }
    let pictures: Vec<Place> = keys.into_iter().step_by(step).collect();
    let times: Vec<Moment> = key_times.iter().copied().step_by(step).collect();
    let comparison = Arc::new(Mutex::new(Comparison {
        painted: Painted::new(plan, facts),
        times,
        wholly_hidden: wholly_hidden.to_vec(),
        next: 0,
        worst: Deviation::default(),
    }));
    decode(file, &pictures, facts, &comparison)?;
    let comparison = comparison.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Check::new("hidden_areas", how, comparison.verdict()))
}

/// Where the bytes of a picture lie in the file. They are read when their turn comes: the key frames
/// of some hours have more than fits into memory.
#[derive(Clone, Copy, Debug)]
struct Place {
    offset: u64,
    bytes: u64,
}

/// Finds the key frames of the video track.
fn key_frames<R: Read + Seek>(file: &mut R, length: u64) -> Result<Vec<Place>, InspectError> {
    file.rewind()
        .map_err(|source| InspectError::Read { source })?;
    let Ok(mp4) = Mp4::read(&mut *file, length) else {
        return Ok(Vec::new());
    };
    let video = mp4
        .tracks()
        .values()
        .find(|track| track.kind == Some(TrackKind::Video));
    let samples = video.map_or(&[][..], |track| track.samples.as_slice());
    let keys = samples.iter().filter(|sample| sample.is_sync);
    Ok(keys
        .map(|sample| Place {
            offset: sample.offset,
            bytes: sample.size,
        })
        .collect())
}

fn read<R: Read + Seek>(file: &mut R, place: Place) -> Result<Vec<u8>, InspectError> {
    let read = |source| InspectError::Read { source };
    file.seek(SeekFrom::Start(place.offset)).map_err(read)?;
    let mut bytes = Vec::new();
    file.take(place.bytes)
        .read_to_end(&mut bytes)
        .map_err(read)?;
    Ok(bytes)
}

fn decode<R: Read + Seek>(
    file: &mut R,
    pictures: &[Place],
    facts: &PartFacts,
    comparison: &Arc<Mutex<Comparison>>,
) -> Result<(), InspectError> {
    let failed = |source| InspectError::Decode { source };
    let caps = gst::Caps::builder("video/x-h264")
        .field("stream-format", "avc")
        .field("alignment", "au")
        .field(
            "codec_data",
            gst::Buffer::from_slice(facts.codec_data.clone()),
        )
        .build();
    let parser = element(&["h264parse"]).map_err(failed)?;
    let decoder = element(&["avdec_h264", "openh264dec"]).map_err(failed)?;
    let raw = gst_video::VideoCapsBuilder::new()
        .format(gst_video::VideoFormat::I420)
        .build();
    let comparison = Arc::clone(comparison);
    let sink = app_sink(Some(&raw), move |sample| {
        let buffer = sample.buffer().ok_or(gst::FlowError::Error)?;
        let caps = sample.caps().ok_or(gst::FlowError::Error)?;
        let info =
            gst_video::VideoInfo::from_caps(caps).map_err(|_| gst::FlowError::NotNegotiated)?;
        let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(buffer, &info)
            .map_err(|_| gst::FlowError::Error)?;
        let frame = readable(&frame).map_err(|_| gst::FlowError::Error)?;
        comparison
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(&frame);
        Ok(())
    });
    let elements = [&parser, &decoder, sink.upcast_ref()];
    let chain =
        Chain::start("the recording".to_owned(), &caps, &elements, |_| {}).map_err(failed)?;
    for (index, place) in pictures.iter().enumerate() {
        let mut buffer = gst::Buffer::from_mut_slice(read(file, *place)?);
        buffer
            .make_mut()
            .set_pts(gst::ClockTime::from_seconds(index as u64));
        chain.push_slowly(buffer).map_err(failed)?;
    }
    chain.finish().map(|_| ()).map_err(failed)
}

/// The largest deviations that were seen.
#[derive(Clone, Copy, Debug, Default)]
struct Deviation {
    mean: f64,
    pixel: u8,
    /// Picture with the largest one.
    picture: usize,
    pictures: usize,
    blocks: usize,
    strange: bool,
}

struct Comparison {
    painted: Painted,
    times: Vec<Moment>,
    wholly_hidden: Vec<(Moment, Moment)>,
    next: usize,
    worst: Deviation,
}

impl Comparison {
    fn add(&mut self, frame: &FrameRef<'_>) {
        let Some(&at) = self.times.get(self.next) else {
            self.worst.strange = true;
            return;
        };
        let index = self.next;
        self.next += 1;
        let is_whole = self
            .wholly_hidden
            .iter()
            .any(|(from, to)| (*from..*to).contains(&at));
        let (width, height) = (self.painted.width, self.painted.height);
        let (areas, expected) = self.painted.at(at, is_whole);
        if frame.size() != (width, height) {
            self.worst.strange = true;
            return;
        }
        self.worst.pictures += 1;
        for area in areas {
            for block in blocks(area) {
                let (mean, pixel) = deviation(frame, expected, width, &block);
                self.worst.blocks += 1;
                if mean > self.worst.mean || pixel > self.worst.pixel {
                    self.worst.picture = index;
                }
                self.worst.mean = self.worst.mean.max(mean);
                self.worst.pixel = self.worst.pixel.max(pixel);
            }
        }
    }

    fn verdict(&self) -> Result<String, String> {
        let Deviation {
            mean,
            pixel,
            picture,
            pictures,
            blocks,
            strange,
        } = self.worst;
        if strange || pictures != self.times.len() {
            return Err(format!(
                "{pictures} of {} key frames could be compared",
                self.times.len()
            ));
        }
        let found = format!(
            "{blocks} blocks in {pictures} pictures; largest mean deviation {mean:.1}, largest of \
             a pixel {pixel}"
        );
        if mean > MEAN_LIMIT || pixel > PIXEL_LIMIT {
            let at = self.times.get(picture).copied().unwrap_or_default();
            return Err(format!("{found}, at {at}"));
        }
        Ok(found)
    }
}

/// What hidden areas have to look like: the plan painted on a blank picture, scene by scene.
struct Painted {
    redactor: Redactor,
    width: u32,
    height: u32,
    /// The picture of the scene that was asked for last.
    scene: Option<(Moment, bool)>,
    areas: Vec<PixelRect>,
    canvas: Vec<u8>,
}

impl Painted {
    fn new(plan: &Plan, facts: &PartFacts) -> Self {
        let space = ColourSpace {
            matrix: if facts.is_bt601 {
                Matrix::Bt601
            } else {
                Matrix::Bt709
            },
            full_range: facts.is_full_range,
        };
        let [width, height] = plan.output;
        Self {
            redactor: Redactor::new(plan.clone(), space),
            width,
            height,
            scene: None,
            areas: Vec::new(),
            canvas: Vec::new(),
        }
    }

    /// Returns the areas to compare and the luma of the whole canvas.
    fn at(&mut self, at: Moment, is_whole: bool) -> (&[PixelRect], &[u8]) {
        let plan = self.redactor.plan();
        let scene = plan.scene_at(at);
        let key = (scene.from, is_whole);
        if self.scene != Some(key) {
            let canvas = PixelRect::new(0, 0, self.width, self.height);
            let shown = |rect: &PixelRect| {
                scene
                    .layout
                    .project(rect)
                    .grown(RIM_PX, self.width, self.height)
            };
            let kept: Vec<PixelRect> = if is_whole {
                Vec::new()
            } else {
                scene.kept.iter().map(shown).collect()
            };
            self.areas = kept.iter().fold(vec![canvas], |areas, rect| {
                areas.iter().flat_map(|area| area.without(rect)).collect()
            });
            let (width, height) = (plan.source.width, plan.source.height);
            // Any blank picture will do; one of another shape is hidden as a whole.
            let source = if is_whole {
                (width + 2, height)
            } else {
                (width, height)
            };
            self.canvas = self.paint(source, at);
            self.scene = Some(key);
        }
        (&self.areas, &self.canvas)
    }

    fn paint(&mut self, (width, height): (u32, u32), at: Moment) -> Vec<u8> {
        let mut blank = planes(width, height);
        let mut canvas = planes(self.width, self.height);
        let sized = "the planes were made for this size";
        let cleared = self
            .redactor
            .clear(picture(&mut blank, width, height).expect(sized), at);
        self.redactor
            .compose(
                &cleared,
                at,
                picture(&mut canvas, self.width, self.height).expect(sized),
            )
            .expect("the canvas has the size of the plan's output");
        let [luma, _, _] = canvas;
        luma
    }
}

fn planes(width: u32, height: u32) -> [Vec<u8>; 3] {
    let luma = width as usize * height as usize;
    let chroma = width.div_ceil(2) as usize * height.div_ceil(2) as usize;
    [vec![128; luma], vec![128; chroma], vec![128; chroma]]
}

fn picture(
    planes: &mut [Vec<u8>; 3],
    width: u32,
    height: u32,
) -> Result<FrameMut<'_>, scrim_redact::FrameError> {
    let strides = [width, width.div_ceil(2), width.div_ceil(2)].map(|stride| stride as usize);
    let planes = planes
        .iter_mut()
        .map(Vec::as_mut_slice)
        .zip(strides)
        .collect();
    FrameMut::new(PixelFormat::I420, width, height, planes)
}

fn blocks(area: &PixelRect) -> impl Iterator<Item = PixelRect> {
    let area = *area;
    (area.y..area.bottom())
        .step_by(BLOCK_PX as usize)
        .flat_map(move |y| {
            (area.x..area.right())
                .step_by(BLOCK_PX as usize)
                .map(move |x| PixelRect::new(x, y, BLOCK_PX, BLOCK_PX).intersection(&area))
        })
}

/// Mean and largest difference in a block.
fn deviation(frame: &FrameRef<'_>, expected: &[u8], width: u32, block: &PixelRect) -> (f64, u8) {
    let (mut sum, mut largest) = (0_u64, 0_u8);
    for y in block.y..block.bottom() {
        for x in block.x..block.right() {
            let painted = expected[y as usize * width as usize + x as usize];
            let difference = frame.luma(x, y).abs_diff(painted);
            sum += u64::from(difference);
            largest = largest.max(difference);
        }
    }
    (sum as f64 / block.area() as f64, largest)
}

//! The mixed sound, encoded.

use std::{mem, sync::mpsc::SyncSender};

use gstreamer as gst;
use scrim_policy::Moment;

use super::{line::Line, runs::Stereo};
use crate::render::{
    AAC_FRAME, AUDIO_RATE, AudioEncoder, Event, Part, PartFacts, REPORT_UNITS, RenderError, TAIL,
    Unit, codec_data, element, raw_caps, stamp,
};

const CHANNELS: u32 = 2;

/// Bytes of a sample of all channels.
const FRAME_BYTES: usize = 4 * CHANNELS as usize;

/// Encodes the sound of a recording in one go: AAC frames overlap, so a cut would be heard.
#[derive(Debug)]
pub(super) struct Aac {
    line: Line,
    /// Samples that were taken.
    position: u64,
    codec_data: Vec<u8>,
    units: Vec<Unit>,
    data: Vec<u8>,
    /// Frames that came out.
    count: u64,
}

impl Aac {
    pub(super) fn new(encoder: AudioEncoder) -> Result<Self, RenderError> {
        let encoder = encoder.build(CHANNELS)?;
        let convert = element(&["audioconvert"])?;
        let out = gst::Caps::builder("audio/mpeg")
            .field("mpegversion", 4)
            .field("stream-format", "raw")
            .build();
        let elements = [&convert, &encoder];
        Ok(Self {
            line: Line::start("audio", &raw_caps(CHANNELS), &elements, &out)?,
            position: 0,
            codec_data: Vec::new(),
            units: Vec::new(),
            data: Vec::new(),
            count: 0,
        })
    }

    /// Encodes the samples that follow.
    pub(super) fn push(
        &mut self,
        samples: &[Stereo],
        events: &SyncSender<Event>,
    ) -> Result<(), RenderError> {
        let bytes: Vec<u8> = samples
            .iter()
            .flat_map(|sample| sample.iter().flat_map(|value| value.to_le_bytes()))
            .collect();
        let mut buffer = gst::Buffer::from_mut_slice(bytes);
        stamp(&mut buffer, self.position, FRAME_BYTES);
        self.position += samples.len() as u64;
        let frames = self.line.push(buffer)?;
        self.collect(&frames)?;
        if self.units.len() >= REPORT_UNITS {
            self.report(events)?;
        }
        Ok(())
    }

    /// Ends the sound and reports that it is complete.
    pub(super) fn finish(mut self, events: &SyncSender<Event>) -> Result<(), RenderError> {
        let samples = self.position;
        // An encoder keeps its last frames to itself unless something follows them.
        self.push(&[[0.0; 2]; TAIL as usize], events)?;
        let rest = self.line.finish();
        self.collect(&rest)?;
        self.report(events)?;
        let facts = PartFacts {
            codec_data: mem::take(&mut self.codec_data),
            to: Moment(samples * 1_000_000_000 / u64::from(AUDIO_RATE)),
            frames: samples,
            channels: CHANNELS,
            ..PartFacts::default()
        };
        let part = Part::Audio;
        let done = events.send(Event::Done { part, facts });
        done.map_err(|_| RenderError::Stopped)
    }

    fn collect(&mut self, frames: &[gst::Sample]) -> Result<(), RenderError> {
        let failed = || RenderError::Failed {
            what: "audio".to_owned(),
            reason: "the encoder put out an unusable frame".to_owned(),
        };
        for frame in frames {
            if self.codec_data.is_empty() {
                self.codec_data = codec_data(frame).ok_or_else(failed)?;
            }
            let buffer = frame.buffer().ok_or_else(failed)?;
            let bytes = buffer.map_readable().map_err(|_| failed())?;
            self.units.push(Unit {
                at: Moment(self.count * AAC_FRAME * 1_000_000_000 / u64::from(AUDIO_RATE)),
                is_key: true,
                length: u32::try_from(bytes.len()).map_err(|_| failed())?,
            });
            self.data.extend_from_slice(&bytes);
            self.count += 1;
        }
        Ok(())
    }

    fn report(&mut self, events: &SyncSender<Event>) -> Result<(), RenderError> {
        let units = Event::Units {
            part: Part::Audio,
            units: mem::take(&mut self.units),
            data: mem::take(&mut self.data),
        };
        events.send(units).map_err(|_| RenderError::Stopped)
    }
}

//! The decoder of one track of sound.

use gst::prelude::*;
use gstreamer as gst;
use gstreamer_audio as gst_audio;
use scrim_ingest::AudioCodec;

use super::{line::Line, runs::Stereo};
use crate::render::{AUDIO_RATE, RenderError, element};

/// What is made up at a time, in samples: 20 ms.
const PIECE: usize = AUDIO_RATE as usize / 50;

/// Decodes packets of Opus, of one channel or two, to two.
#[derive(Debug)]
pub(super) struct OpusDecoder {
    line: Line,
    /// Samples so far. They are only counted so that time goes on.
    samples: u64,
}

impl OpusDecoder {
    /// Gets ready.
    pub(super) fn new() -> Result<Self, RenderError> {
        let decoder = element(AudioCodec::Opus.decoders())?;
        for (property, value) in [("plc", "true"), ("max-errors", "0")] {
            if decoder.find_property(property).is_some() {
                decoder.set_property_from_str(property, value);
            }
        }
        let caps = gst::Caps::builder("audio/x-opus")
            .field("channel-mapping-family", 0)
            .field("channels", 2)
            .field("rate", AUDIO_RATE as i32)
            .build();
        let raw = gst_audio::AudioCapsBuilder::new_interleaved()
            .format(gst_audio::AudioFormat::S16le)
            .rate(AUDIO_RATE as i32)
            .channels(2)
            .build();
        let convert = element(&["audioconvert"])?;
        let elements = [&decoder, &convert];
        Ok(Self {
            line: Line::start("the sound of a track", &caps, &elements, &raw)?,
            samples: 0,
        })
    }

    /// Decodes a packet that plays for so many samples. Nothing where it is damaged; then this
    /// decoder is of no use any more.
    pub(super) fn decode(&mut self, payload: &[u8], samples: usize) -> Option<Vec<Stereo>> {
        let mut buffer = gst::Buffer::from_mut_slice(payload.to_vec());
        let timed = buffer.make_mut();
        timed.set_pts(time(self.samples));
        timed.set_duration(time(samples as u64));
        let mut decoded = stereo(&self.line.push(buffer).ok()?);
        decoded.resize(samples, [0.0; 2]);
        self.samples += samples as u64;
        Some(decoded)
    }

    /// Makes up what could come next.
    pub(super) fn conceal(&mut self, samples: usize) -> Vec<Stereo> {
        let mut made_up = Vec::new();
        while made_up.len() < samples {
            let more = stereo(&self.line.push_hole(time(self.samples), time(PIECE as u64)));
            if more.is_empty() {
                break;
            }
            self.samples += more.len() as u64;
            made_up.extend(more);
        }
        made_up.resize(samples, [0.0; 2]);
        made_up
    }
}

fn time(samples: u64) -> gst::ClockTime {
    gst::ClockTime::from_nseconds(samples * 1_000_000_000 / u64::from(AUDIO_RATE))
}

fn stereo(samples: &[gst::Sample]) -> Vec<Stereo> {
    let mut out = Vec::new();
    for sample in samples {
        let Some(bytes) = sample
            .buffer()
            .and_then(|buffer| buffer.map_readable().ok())
        else {
            continue;
        };
        let value = |low, high| f32::from(i16::from_le_bytes([low, high])) / 32_768.0;
        let (frames, _) = bytes.as_chunks::<4>();
        out.extend(
            frames
                .iter()
                .map(|&[a, b, c, d]| [value(a, b), value(c, d)]),
        );
    }
    out
}

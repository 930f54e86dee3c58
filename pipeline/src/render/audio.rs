//! The audio of a recording, in one pass: AAC frames overlap, so a cut would be heard.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender},
    },
    time::Duration,
};

use gst::prelude::*;
use gstreamer as gst;
use gstreamer_audio as gst_audio;
use scrim_ingest::{AudioTrack, Packet};
use scrim_policy::Moment;

use super::{
    Event, Part, PartFacts, RenderSpec, Unit,
    chain::{Chain, ChainEnd, app_sink, element},
    decode::{HEADROOM_NS, timed},
    error::RenderError,
    timeline::Timeline,
    units::codec_data,
};

/// Samples per second and channel of the published audio, in Hz.
pub const AUDIO_RATE: u32 = 48_000;

/// Samples per channel of an AAC frame.
pub(crate) const AAC_FRAME: u64 = 1024;

/// Samples of silence after the last sound: more than any encoder holds back.
pub(crate) const TAIL: u64 = 4 * AAC_FRAME;

/// Samples per second that speech recognition takes, in Hz.
pub(crate) const SPEECH_RATE: u32 = 16_000;

/// How long the recogniser may think about one piece of sound.
const RECOGNISER_PATIENCE: Duration = Duration::from_secs(1800);

/// AAC frames that are collected before they are reported: about five seconds.
pub(crate) const REPORT_UNITS: usize = 240;

#[derive(Default)]
struct Collected {
    units: Vec<Unit>,
    data: Vec<u8>,
    codec_data: Vec<u8>,
    count: u64,
}

pub(super) fn render(
    track: &AudioTrack,
    spec: &RenderSpec,
    packets: &Receiver<Packet>,
    events: &SyncSender<Event>,
) -> Result<ChainEnd, RenderError> {
    let channels = track.channels.clamp(1, 2);
    let collected = Arc::new(Mutex::new(Collected::default()));
    let encoder = Arc::new(encoder(spec, channels, &collected, events)?);
    let timeline = Arc::new(Mutex::new(Timeline::new(AUDIO_RATE)));
    let Ok(first) = packets.recv() else {
        return Ok(ChainEnd::Complete);
    };
    let mut caps = first.caps.clone();
    let decoder = decoder(track, &caps, channels, &encoder, &timeline)?;
    for packet in std::iter::once(first).chain(packets) {
        if packet.caps != caps {
            caps = packet.caps.clone();
            decoder.set_caps(&caps);
        }
        match decoder.push_slowly(timed(packet)) {
            Err(RenderError::Stopped) => return Ok(ChainEnd::Stopped),
            other => other?,
        }
    }
    if decoder.finish()? == ChainEnd::Stopped {
        return Ok(ChainEnd::Stopped);
    }
    let samples = timeline
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .position();
    // An encoder keeps its last frames to itself unless something follows them; the edit list
    // takes off what is too much.
    push_silence(&encoder, samples, TAIL, 4 * channels as usize)?;
    if encoder.finish()? == ChainEnd::Stopped {
        return Ok(ChainEnd::Stopped);
    }
    let mut collected = collected.lock().unwrap_or_else(PoisonError::into_inner);
    let facts = PartFacts {
        codec_data: std::mem::take(&mut collected.codec_data),
        to: Moment(samples * 1_000_000_000 / u64::from(AUDIO_RATE)),
        frames: samples,
        channels,
        ..PartFacts::default()
    };
    let rest = take_units(&mut collected);
    let heard = events.send(rest).is_ok()
        && events
            .send(Event::Done {
                part: Part::Audio,
                facts,
            })
            .is_ok();
    Ok(if heard {
        ChainEnd::Complete
    } else {
        ChainEnd::Stopped
    })
}

/// The samples that are encoded: floats, the channels in turn.
pub(crate) fn raw_caps(channels: u32) -> gst::Caps {
    gst_audio::AudioCapsBuilder::new_interleaved()
        .format(gst_audio::AudioFormat::F32le)
        .rate(AUDIO_RATE as i32)
        .channels(channels as i32)
        .build()
}

/// Decodes packets and hands their samples, placed on the timeline, to the encoder.
fn decoder(
    track: &AudioTrack,
    caps: &gst::Caps,
    channels: u32,
    encoder: &Arc<Chain>,
    timeline: &Arc<Mutex<Timeline>>,
) -> Result<Chain, RenderError> {
    let decoder = element(track.codec.decoders())?;
    let convert = element(&["audioconvert"])?;
    let resample = element(&["audioresample"])?;
    let (encoder, timeline) = (Arc::clone(encoder), Arc::clone(timeline));
    let frame_bytes = 4 * channels as usize;
    let sink = app_sink(Some(&raw_caps(channels)), move |sample| {
        let buffer = sample.buffer_owned().ok_or(gst::FlowError::Error)?;
        let mut timeline = timeline.lock().unwrap_or_else(PoisonError::into_inner);
        let samples = (buffer.size() / frame_bytes) as u64;
        let position = timeline.position();
        let placement = timeline.place(start(&sample).unwrap_or(0), samples);
        let stopped = |_| gst::FlowError::Eos;
        if placement.silence > 0 {
            push_silence(&encoder, position, placement.silence, frame_bytes).map_err(stopped)?;
        }
        if placement.skip < samples {
            let first = placement.skip as usize * frame_bytes;
            let mut kept = buffer
                .copy_region(gst::BufferCopyFlags::MEMORY, first..)
                .map_err(|_| gst::FlowError::Error)?;
            stamp(&mut kept, position + placement.silence, frame_bytes);
            encoder.push_slowly(kept).map_err(stopped)?;
        }
        Ok(())
    });
    let elements = [&decoder, &convert, &resample, sink.upcast_ref()];
    Chain::start("audio".to_owned(), caps, &elements, |_| {})
}

fn encoder(
    spec: &RenderSpec,
    channels: u32,
    collected: &Arc<Mutex<Collected>>,
    events: &SyncSender<Event>,
) -> Result<Chain, RenderError> {
    let convert = element(&["audioconvert"])?;
    let encoder = spec.audio_encoder.build(channels)?;
    let (collected, events) = (Arc::clone(collected), events.clone());
    let caps = gst::Caps::builder("audio/mpeg")
        .field("mpegversion", 4)
        .field("stream-format", "raw")
        .build();
    let sink = app_sink(Some(&caps), move |sample| {
        let buffer = sample.buffer().ok_or(gst::FlowError::Error)?;
        let bytes = buffer.map_readable().map_err(|_| gst::FlowError::Error)?;
        let mut collected = collected.lock().unwrap_or_else(PoisonError::into_inner);
        if collected.codec_data.is_empty() {
            collected.codec_data = codec_data(&sample).ok_or(gst::FlowError::NotNegotiated)?;
        }
        let at = Moment(collected.count * AAC_FRAME * 1_000_000_000 / u64::from(AUDIO_RATE));
        let length = u32::try_from(bytes.len()).map_err(|_| gst::FlowError::Error)?;
        collected.units.push(Unit {
            at,
            is_key: true,
            length,
        });
        collected.data.extend_from_slice(&bytes);
        collected.count += 1;
        if collected.units.len() < REPORT_UNITS {
            return Ok(());
        }
        let event = take_units(&mut collected);
        drop(collected);
        events.send(event).map_err(|_| gst::FlowError::Eos)
    });
    let elements = [&convert, &encoder, sink.upcast_ref()];
    Chain::start("audio".to_owned(), &raw_caps(channels), &elements, |_| {})
}

fn take_units(collected: &mut Collected) -> Event {
    Event::Units {
        part: Part::Audio,
        units: std::mem::take(&mut collected.units),
        data: std::mem::take(&mut collected.data),
    }
}

/// Pushes silence in pieces of at most a second, so that a long gap needs no memory.
fn push_silence(
    encoder: &Chain,
    position: u64,
    samples: u64,
    frame_bytes: usize,
) -> Result<(), RenderError> {
    let mut done = 0;
    while done < samples {
        let count = (samples - done).min(u64::from(AUDIO_RATE));
        let mut buffer = gst::Buffer::from_mut_slice(vec![0_u8; count as usize * frame_bytes]);
        stamp(&mut buffer, position + done, frame_bytes);
        encoder.push_slowly(buffer)?;
        done += count;
    }
    Ok(())
}

/// Gives samples their time by counting, which is exact.
pub(crate) fn stamp(buffer: &mut gst::Buffer, position: u64, frame_bytes: usize) {
    let time = |samples: u64| {
        gst::ClockTime::from_nseconds(samples * 1_000_000_000 / u64::from(AUDIO_RATE))
    };
    let end = position + (buffer.size() / frame_bytes) as u64;
    let buffer = buffer.make_mut();
    buffer.set_pts(time(position));
    buffer.set_duration(time(end) - time(position));
}

/// When the first sample of a decoded buffer is heard, in nanoseconds.
fn start(sample: &gst::Sample) -> Option<i64> {
    i64::try_from(sample.buffer()?.pts()?.nseconds())
        .ok()
        .map(|time| time - HEADROOM_NS)
}

/// Decodes rendered AAC frames to what speech recognition takes: 16 kHz, one channel, 16 bits.
/// `frames` yields the frames in order, `take` gets the samples and says whether to go on.
///
/// # Errors
/// The frames cannot be decoded.
pub fn speech_samples(
    facts: &PartFacts,
    priming: u64,
    frames: impl Iterator<Item = Vec<u8>>,
    mut take: impl FnMut(&[i16]) -> bool + Send + 'static,
) -> Result<(), RenderError> {
    let caps = gst::Caps::builder("audio/mpeg")
        .field("mpegversion", 4)
        .field("stream-format", "raw")
        .field("framed", true)
        .field("rate", AUDIO_RATE as i32)
        .field("channels", facts.channels as i32)
        .field(
            "codec_data",
            gst::Buffer::from_slice(facts.codec_data.clone()),
        )
        .build();
    let decoder = element(&["avdec_aac", "faad"])?;
    let convert = element(&["audioconvert"])?;
    let resample = element(&["audioresample"])?;
    let speech = gst_audio::AudioCapsBuilder::new_interleaved()
        .format(gst_audio::AudioFormat::S16le)
        .rate(SPEECH_RATE as i32)
        .channels(1)
        .build();
    let mut skip = (priming * u64::from(SPEECH_RATE) / u64::from(AUDIO_RATE)) as usize;
    let sink = app_sink(Some(&speech), move |sample| {
        let buffer = sample.buffer().ok_or(gst::FlowError::Error)?;
        let bytes = buffer.map_readable().map_err(|_| gst::FlowError::Error)?;
        let samples: Vec<i16> = bytes
            .chunks_exact(2)
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        let kept = samples.get(skip..).unwrap_or(&[]);
        skip -= skip.min(samples.len());
        if kept.is_empty() || take(kept) {
            Ok(())
        } else {
            Err(gst::FlowError::Eos)
        }
    });
    let chain = Chain::start(
        "speech".to_owned(),
        &caps,
        &[&decoder, &convert, &resample, sink.upcast_ref()],
        |_| {},
    )?
    .with_patience(RECOGNISER_PATIENCE);
    for (index, frame) in frames.enumerate() {
        let mut buffer = gst::Buffer::from_mut_slice(frame);
        let at = index as u64 * AAC_FRAME * 1_000_000_000 / u64::from(AUDIO_RATE);
        buffer.make_mut().set_pts(gst::ClockTime::from_nseconds(at));
        match chain.push_slowly(buffer) {
            // Nobody wants more samples.
            Err(RenderError::Stopped) => return Ok(()),
            other => other?,
        }
    }
    match chain.finish() {
        Err(RenderError::Stopped) => Ok(()),
        other => other.map(|_| ()),
    }
}

//! What tracks of a session send, encoded by GStreamer, and what is seen and heard of it in the end.

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app as gst_app;

use crate::{
    media::{self, Media},
    session_support::{MS, SIZE},
};

/// A packet, and when it was sent, in nanoseconds since the first one by the clock of the sender.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) at: u64,
    pub(crate) bytes: Vec<u8>,
}

impl Sent {
    fn number(&self, at: usize, bytes: usize) -> u32 {
        self.bytes[at..at + bytes]
            .iter()
            .fold(0, |number, byte| (number << 8) | u32::from(*byte))
    }

    pub(crate) fn sequence(&self) -> u16 {
        self.number(2, 2) as u16
    }

    pub(crate) fn timestamp(&self) -> u32 {
        self.number(4, 4)
    }

    /// Makes it follow other packets.
    pub(crate) fn renumber(&mut self, sequence: u16, timestamp: u32) {
        self.bytes[2..4].copy_from_slice(&sequence.to_be_bytes());
        self.bytes[4..8].copy_from_slice(&timestamp.to_be_bytes());
    }
}

/// Runs a source, an encoder and a payloader to the end.
pub(crate) fn sent(description: &str) -> Vec<Sent> {
    run(description, |_| {})
}

/// Encodes pictures of a size, 25 a second, each of one grey.
pub(crate) fn greys(
    greys: impl Iterator<Item = u8>,
    (width, height): (usize, usize),
    encoder: &str,
) -> Vec<Sent> {
    let caps = format!("video/x-raw,format=I420,width={width},height={height},framerate=25/1");
    let luma = width * height;
    let picture = |grey| [vec![grey; luma], vec![128; luma / 2]].concat();
    let pictures = (0..).zip(greys.map(picture));
    let pictures = pictures.map(|(index, bytes)| (index * 40 * MS, bytes));
    encoded(&caps, pictures, encoder)
}

/// Encodes samples of one channel at 48 kHz.
pub(crate) fn samples_sent(samples: &[i16]) -> Vec<Sent> {
    let bytes = |piece: &[i16]| -> Vec<u8> {
        let bytes = piece.iter().flat_map(|sample| sample.to_le_bytes());
        bytes.collect()
    };
    let pieces = (0..).zip(samples.chunks(960).map(bytes));
    let pieces = pieces.map(|(index, bytes)| (index * 20 * MS, bytes));
    let caps = "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved";
    encoded(caps, pieces, OPUS)
}

fn encoded(caps: &str, buffers: impl Iterator<Item = (u64, Vec<u8>)>, encoder: &str) -> Vec<Sent> {
    let description = format!("appsrc name=in format=time max-bytes=0 caps=\"{caps}\" ! {encoder}");
    run(&description, |pipeline| {
        let input = pipeline.by_name("in").unwrap();
        let input = input.downcast::<gst_app::AppSrc>().unwrap();
        for (at, bytes) in buffers {
            let mut buffer = gst::Buffer::from_mut_slice(bytes);
            let timed = buffer.get_mut().unwrap();
            timed.set_pts(gst::ClockTime::from_nseconds(at));
            input.push_buffer(buffer).unwrap();
        }
        input.end_of_stream().unwrap();
    })
}

fn run(description: &str, feed: impl FnOnce(&gst::Pipeline)) -> Vec<Sent> {
    gst::init().unwrap();
    let pipeline = gst::parse::launch(&format!("{description} ! appsink name=out sync=false"));
    let pipeline = pipeline.unwrap().downcast::<gst::Pipeline>().unwrap();
    let out = pipeline.by_name("out").unwrap();
    let out = out.downcast::<gst_app::AppSink>().unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    feed(&pipeline);
    let mut packets = Vec::new();
    while let Ok(sample) = out.pull_sample() {
        let buffer = sample.buffer().unwrap();
        // Encoders may shift times, and say so in the segment.
        let segment = sample.segment().unwrap();
        let segment = segment.downcast_ref::<gst::ClockTime>().unwrap();
        let at = segment.to_running_time(buffer.pts().unwrap()).unwrap();
        packets.push(Sent {
            at: at.nseconds(),
            bytes: buffer.map_readable().unwrap().to_vec(),
        });
    }
    pipeline.set_state(gst::State::Null).unwrap();
    assert!(!packets.is_empty(), "{description} sends nothing");
    packets
}

/// A camera that shows one colour, 25 pictures a second.
pub(crate) fn colour(rgb: u32, (width, height): (u32, u32), pictures: u32) -> Vec<Sent> {
    sent(&format!(
        "videotestsrc pattern=solid-color foreground-color={} num-buffers={pictures} \
         ! video/x-raw,format=I420,width={width},height={height},framerate=25/1 ! {VP8}",
        0xff00_0000 | rgb
    ))
}

/// What makes pictures VP8 in RTP, with a keyframe every two seconds.
pub(crate) const VP8: &str = "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=50 \
    ! rtpvp8pay pt=96 picture-id-mode=15-bit mtu=400 timestamp-offset=4294900000 \
    seqnum-offset=65500";

/// What makes pictures H.264 in RTP, as a browser sends it.
pub(crate) const H264: &str = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=50 \
    threads=1 ! video/x-h264,profile=constrained-baseline ! rtph264pay pt=102 config-interval=-1 \
    mtu=400 aggregate-mode=zero-latency timestamp-offset=7000 seqnum-offset=9";

/// What makes sound Opus in RTP.
pub(crate) const OPUS: &str = "opusenc frame-size=20 bitrate=64000 \
    ! rtpopuspay pt=111 timestamp-offset=4294960000 seqnum-offset=65530";

/// A microphone that hears one tone.
pub(crate) fn tone(frequency: u32, pieces: u32) -> Vec<Sent> {
    sent(&format!(
        "audiotestsrc wave=sine freq={frequency} volume=0.5 samplesperbuffer=960 \
         num-buffers={pieces} ! audio/x-raw,rate=48000,channels=1 ! {OPUS}"
    ))
}

/// How strong a tone is in some sound, as the share of it in the power of a full sine (Goertzel,
/// 1958).
pub(crate) fn strength(sound: &[f32], rate: f64, frequency: f64) -> f64 {
    let step = 2.0 * (std::f64::consts::TAU * frequency / rate).cos();
    let (mut before, mut last) = (0.0, 0.0);
    for sample in sound {
        (before, last) = (last, f64::from(*sample) + step * last - before);
    }
    let power = before * before + last * last - step * before * last;
    4.0 * power / (sound.len() as f64).powi(2)
}

/// A decoded picture with its colours.
pub(crate) struct Seen {
    pub(crate) at: f64,
    /// Y, U and V.
    pub(crate) planes: [Vec<u8>; 3],
}

impl Seen {
    /// The colour of a pixel: luma and both chromas.
    pub(crate) fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let at = |plane: usize, factor: u32| {
            let columns = SIZE[0] / factor;
            self.planes[plane][(y / factor * columns + x / factor) as usize]
        };
        [at(0, 1), at(1, 2), at(2, 2)]
    }

    /// How many pixels have about this colour, counted in chroma samples.
    pub(crate) fn count_near(&self, [_, u, v]: [u8; 3]) -> usize {
        let pairs = self.planes[1].iter().zip(&self.planes[2]);
        pairs
            .filter(|(their_u, their_v)| their_u.abs_diff(u) < 24 && their_v.abs_diff(v) < 24)
            .count()
    }
}

/// Decodes all pictures of a recording.
pub(crate) fn seen(file: &Media) -> Vec<Seen> {
    let times = media::picture_times(file.path());
    let bytes = media::raw_pictures(file.path());
    let [width, height] = SIZE.map(|edge| edge as usize);
    let luma = width * height;
    let pictures: Vec<&[u8]> = bytes.chunks(luma * 3 / 2).collect();
    assert_eq!(pictures.len(), times.len(), "ffmpeg and ffprobe agree");
    times
        .into_iter()
        .zip(pictures)
        .map(|(at, bytes)| Seen {
            at,
            planes: [
                bytes[..luma].to_vec(),
                bytes[luma..luma * 5 / 4].to_vec(),
                bytes[luma * 5 / 4..].to_vec(),
            ],
        })
        .collect()
}

/// The samples of a colour in the colours of high definition (Rec. ITU-R BT.709).
pub(crate) fn samples(rgb: u32) -> [u8; 3] {
    let [_, red, green, blue] = rgb.to_be_bytes().map(|value| f64::from(value) / 255.0);
    let luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    [
        (16.0 + 219.0 * luma).round() as u8,
        (128.0 + 224.0 * (blue - luma) / 1.8556).round() as u8,
        (128.0 + 224.0 * (red - luma) / 1.5748).round() as u8,
    ]
}

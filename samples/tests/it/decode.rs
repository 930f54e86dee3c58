//! Decodes a recording with GStreamer.

use std::path::Path;

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::AppSink;
use gstreamer_video as video;

/// What a recording holds.
#[derive(Default)]
pub(crate) struct Decoded {
    /// I420 without padding.
    pub(crate) frames: Vec<Vec<u8>>,
    /// When each frame is shown, in seconds.
    pub(crate) times: Vec<f64>,
    /// Width and height of the stored picture.
    pub(crate) size: (u32, u32),
    /// Width to height of a pixel.
    pub(crate) pixel_aspect: (i32, i32),
    /// Decoded samples of one channel at 48 kHz.
    pub(crate) samples: Vec<i16>,
}

/// Decodes all of a recording.
pub(crate) fn decoded(path: &Path) -> Decoded {
    gst::init().unwrap();
    let location = path.to_str().unwrap();
    let pipeline = gst::parse::launch(&format!(
        "filesrc location=\"{location}\" ! decodebin name=d"
    ));
    let pipeline = pipeline.unwrap().downcast::<gst::Pipeline>().unwrap();
    let weak = pipeline.downgrade();
    let sinks = std::sync::Arc::new(std::sync::Mutex::new((None, None)));
    let found = sinks.clone();
    let decoder = pipeline.by_name("d").unwrap();
    decoder.connect_pad_added(move |_, pad| {
        let caps = pad.current_caps().unwrap();
        let kind = caps.structure(0).unwrap().name().to_string();
        let pipeline = weak.upgrade().unwrap();
        let wanted = match kind.as_str() {
            "video/x-raw" => "video/x-raw,format=I420",
            "audio/x-raw" => "audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved",
            _ => return,
        };
        let is_video = kind == "video/x-raw";
        let convert = match is_video {
            true => "queue max-size-buffers=0 max-size-bytes=0 max-size-time=0 ! videoconvert",
            false => "queue max-size-buffers=0 max-size-bytes=0 max-size-time=0 ! audioconvert ! audioresample",
        };
        let description = format!("{convert} ! appsink name=s sync=false caps=\"{wanted}\"");
        let bin = gst::parse::bin_from_description(&description, true).unwrap();
        let sink = bin.by_name("s").unwrap().downcast::<AppSink>().unwrap();
        pipeline.add(&bin).unwrap();
        bin.sync_state_with_parent().unwrap();
        pad.link(&bin.static_pad("sink").unwrap()).unwrap();
        let mut found = found.lock().unwrap();
        if is_video { found.0 = Some(sink) } else { found.1 = Some(sink) }
    });
    pipeline.set_state(gst::State::Playing).unwrap();
    let bus = pipeline.bus().unwrap();
    let end = [gst::MessageType::Eos, gst::MessageType::Error];
    let mut decoded = Decoded::default();
    loop {
        let message = bus.timed_pop_filtered(gst::ClockTime::from_mseconds(2), &end);
        let (picture, sound) = {
            let found = sinks.lock().unwrap();
            (found.0.clone(), found.1.clone())
        };
        let (mut pictures, mut sounds) = (Vec::new(), Vec::new());
        drain(picture.as_ref(), &mut pictures);
        drain(sound.as_ref(), &mut sounds);
        pictures
            .iter()
            .for_each(|sample| add_frame(&mut decoded, sample));
        sounds
            .iter()
            .for_each(|sample| add_samples(&mut decoded, sample));
        if let Some(message) = message {
            if let gst::MessageView::Error(error) = message.view() {
                panic!("{location}: {error:?}");
            }
            break;
        }
    }
    pipeline.set_state(gst::State::Null).unwrap();
    decoded
}

fn drain(sink: Option<&AppSink>, into: &mut Vec<gst::Sample>) {
    let Some(sink) = sink else { return };
    while let Some(sample) = sink.try_pull_sample(gst::ClockTime::ZERO) {
        into.push(sample);
    }
}

fn add_frame(decoded: &mut Decoded, sample: &gst::Sample) {
    let info = video::VideoInfo::from_caps(sample.caps().unwrap()).unwrap();
    let buffer = sample.buffer().unwrap();
    let frame = video::VideoFrameRef::from_buffer_ref_readable(buffer, &info).unwrap();
    let mut bytes = Vec::new();
    for plane in 0..3 {
        let shrink = if plane == 0 { 1 } else { 2 };
        let (width, height) = (
            info.width() as usize / shrink,
            info.height() as usize / shrink,
        );
        let stride = info.stride()[plane as usize] as usize;
        let data = frame.plane_data(plane).unwrap();
        for row in 0..height {
            bytes.extend_from_slice(&data[row * stride..row * stride + width]);
        }
    }
    decoded.frames.push(bytes);
    decoded
        .times
        .push(buffer.pts().unwrap().nseconds() as f64 / 1e9);
    decoded.size = (info.width(), info.height());
    decoded.pixel_aspect = (info.par().numer(), info.par().denom());
}

fn add_samples(decoded: &mut Decoded, sample: &gst::Sample) {
    let map = sample.buffer().unwrap().map_readable().unwrap();
    let pairs = map.chunks_exact(2);
    decoded
        .samples
        .extend(pairs.map(|pair| i16::from_le_bytes([pair[0], pair[1]])));
}

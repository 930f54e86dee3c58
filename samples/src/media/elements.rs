//! The GStreamer elements for every format, with the settings of a usual screen recorder.

use gstreamer as gst;
use gstreamer::prelude::*;

use super::{AudioCodec, Container, MediaError, MediaFormat, VideoCodec};

/// Seconds between two key frames, at most.
const KEY_FRAME_DISTANCE: u32 = 10;

/// Makes an element.
pub(super) fn make(name: &str) -> Result<gst::Element, MediaError> {
    first_of(&[name])
}

/// Makes the first element of several that is installed.
fn first_of(names: &[&str]) -> Result<gst::Element, MediaError> {
    let made = names
        .iter()
        .find_map(|name| gst::ElementFactory::make(name).build().ok());
    let elements = || names.join(" and no ");
    made.ok_or_else(|| MediaError::Missing {
        elements: elements(),
        package: package(names[0]),
    })
}

/// The Debian package of an element.
fn package(element: &str) -> &'static str {
    match element {
        "x264enc" => "gstreamer1.0-plugins-ugly",
        "avenc_aac" => "gstreamer1.0-libav",
        "x265enc" | "av1enc" | "mpegtsmux" | "h264parse" | "h265parse" | "av1parse" => {
            "gstreamer1.0-plugins-bad"
        }
        "opusenc" | "vorbisenc" | "audioconvert" | "audioresample" => "gstreamer1.0-plugins-base",
        _ => "gstreamer1.0-plugins-good",
    }
}

/// Makes the muxer of a container.
pub(super) fn muxer(container: Container) -> Result<gst::Element, MediaError> {
    make(match container {
        Container::Mp4 => "mp4mux",
        Container::Mov => "qtmux",
        Container::Mkv => "matroskamux",
        Container::Webm => "webmmux",
        Container::Flv => "flvmux",
        Container::Ts => "mpegtsmux",
    })
}

/// Asks a muxer for a pad that takes a codec.
pub(super) fn pad_for(
    muxer: &gst::Element,
    container: Container,
    codec: &'static str,
) -> Result<gst::Pad, MediaError> {
    let does_not_fit = || MediaError::DoesNotFit {
        container: container.name(),
        codec,
    };
    let caps = media_type(codec)
        .parse::<gst::Caps>()
        .map_err(MediaError::from)?;
    let takes = |template: &gst::PadTemplate| {
        template.direction() == gst::PadDirection::Sink && template.caps().can_intersect(&caps)
    };
    let template = muxer
        .pad_template_list()
        .into_iter()
        .find(takes)
        .ok_or_else(does_not_fit)?;
    muxer
        .request_pad(&template, None, None)
        .ok_or_else(does_not_fit)
}

fn media_type(codec: &str) -> &'static str {
    match codec {
        "h264" => "video/x-h264",
        "h265" => "video/x-h265",
        "vp8" => "video/x-vp8",
        "vp9" => "video/x-vp9",
        "av1" => "video/x-av1",
        "aac" => "audio/mpeg,mpegversion=4",
        "mp3" => "audio/mpeg,mpegversion=1,layer=3",
        "opus" => "audio/x-opus",
        "vorbis" => "audio/x-vorbis",
        _ => "text/x-raw,format=utf8",
    }
}

/// Makes encoder and parser of the picture.
pub(super) fn video_chain(format: &MediaFormat) -> Result<Vec<gst::Element>, MediaError> {
    if format.lossless && format.video != VideoCodec::H264 {
        return Err(MediaError::NeedsOther {
            option: "lossless",
            needs: "h264",
        });
    }
    let distance = format.rate * KEY_FRAME_DISTANCE;
    match format.video {
        VideoCodec::H264 => Ok(vec![h264(distance, format)?, make("h264parse")?]),
        VideoCodec::H265 => {
            let encoder = make("x265enc")?;
            encoder.set_property_from_str("speed-preset", "superfast");
            encoder.set_property("key-int-max", distance as i32);
            encoder.set_property("qp", 24_i32);
            Ok(vec![encoder, make("h265parse")?])
        }
        VideoCodec::Vp8 => Ok(vec![vpx("vp8enc", distance)?]),
        VideoCodec::Vp9 => Ok(vec![
            vpx("vp9enc", distance)?,
            make("vp9parse")?,
            vp9_caps()?,
        ]),
        VideoCodec::Av1 => {
            let encoder = make("av1enc")?;
            encoder.set_property_from_str("usage-profile", "realtime");
            encoder.set_property("cpu-used", 8_i32);
            encoder.set_property("threads", 4_u32);
            encoder.set_property_from_str("end-usage", "cq");
            encoder.set_property("target-bitrate", 4_000_u32);
            encoder.set_property("keyframe-max-dist", distance as i32);
            Ok(vec![encoder, make("av1parse")?])
        }
        VideoCodec::None => Ok(Vec::new()),
    }
}

fn h264(distance: u32, format: &MediaFormat) -> Result<gst::Element, MediaError> {
    let encoder = first_of(&["x264enc", "openh264enc"])?;
    let lossless = format.lossless;
    if encoder
        .factory()
        .is_some_and(|factory| factory.name() == "openh264enc")
    {
        if lossless {
            return Err(MediaError::NeedsOther {
                option: "lossless",
                needs: "x264enc",
            });
        }
        encoder.set_property("gop-size", distance);
        encoder.set_property("qp-min", 18_u32);
        encoder.set_property("qp-max", 24_u32);
        return Ok(encoder);
    }
    encoder.set_property_from_str("speed-preset", "faster");
    encoder.set_property_from_str("pass", if lossless { "quant" } else { "qual" });
    encoder.set_property("quantizer", if lossless { 0_u32 } else { 21 });
    encoder.set_property("key-int-max", distance);
    // B frames between frames of different length make the muxer overestimate the duration.
    let between = if lossless || format.variable {
        0_u32
    } else {
        2
    };
    encoder.set_property("bframes", between);
    // The result depends on the number of threads, so it must not depend on the machine.
    encoder.set_property("threads", 4_u32);
    Ok(encoder)
}

fn vpx(name: &str, distance: u32) -> Result<gst::Element, MediaError> {
    let encoder = make(name)?;
    encoder.set_property("deadline", 1_i64);
    encoder.set_property("cpu-used", 8_i32);
    encoder.set_property("threads", 4_i32);
    encoder.set_property_from_str("end-usage", "cq");
    encoder.set_property("cq-level", 24_i32);
    encoder.set_property("target-bitrate", 4_000_000_i32);
    encoder.set_property("keyframe-max-dist", distance as i32);
    Ok(encoder)
}

/// Makes the element that names the chroma format, which MP4 needs and the parser of GStreamer 1.22
/// leaves out.
fn vp9_caps() -> Result<gst::Element, MediaError> {
    let element = make("capssetter")?;
    let caps = gst::Caps::builder("video/x-vp9")
        .field("chroma-format", "4:2:0")
        .field("bit-depth-luma", 8_u32)
        .field("bit-depth-chroma", 8_u32)
        .build();
    element.set_property("caps", caps);
    Ok(element)
}

/// Makes converters, encoder and parser of the sound.
pub(super) fn audio_chain(codec: AudioCodec) -> Result<Vec<gst::Element>, MediaError> {
    let encoder = match codec {
        AudioCodec::Aac => first_of(&["avenc_aac", "voaacenc"])?,
        AudioCodec::Opus => make("opusenc")?,
        AudioCodec::Mp3 => make("lamemp3enc")?,
        AudioCodec::Vorbis => make("vorbisenc")?,
        AudioCodec::None => return Ok(Vec::new()),
    };
    match codec {
        AudioCodec::Mp3 => encoder.set_property_from_str("target", "bitrate"),
        _ => encoder.set_property("bitrate", 96_000_i32),
    }
    let mut chain = vec![make("audioconvert")?, make("audioresample")?, encoder];
    match codec {
        AudioCodec::Aac => chain.push(make("aacparse")?),
        AudioCodec::Mp3 => chain.push(make("mpegaudioparse")?),
        AudioCodec::Opus => chain.push(make("opusparse")?),
        AudioCodec::Vorbis | AudioCodec::None => {}
    }
    Ok(chain)
}

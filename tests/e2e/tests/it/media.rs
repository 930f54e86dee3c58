//! Recordings as `ffprobe` and `ffmpeg` see them.

use std::{
    path::Path,
    process::{Command, Output},
};

use image::RgbImage;
use serde_json::Value;

/// A rectangle of a picture in pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Area {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Area {
    pub(crate) const fn new(x: u32, y: u32, width: u32, height: u32) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    fn crop(self) -> String {
        let Self {
            x,
            y,
            width,
            height,
        } = self;
        format!("crop={width}:{height}:{x}:{y}")
    }
}

/// Returns what `ffprobe` says about format and streams.
pub(crate) fn probed(path: &Path) -> Value {
    let mut probe = Command::new("ffprobe");
    probe.args([
        "-v",
        "error",
        "-of",
        "json",
        "-show_format",
        "-show_streams",
        "-show_chapters",
    ]);
    serde_json::from_slice(&finished(probe.arg(path)).stdout).unwrap()
}

/// Runs `ffmpeg` with these arguments, which write a file.
pub(crate) fn ffmpeg(arguments: &[&str]) {
    let mut command = Command::new("ffmpeg");
    finished(
        command
            .args(["-v", "error", "-nostdin", "-y"])
            .args(arguments),
    );
}

/// Returns the first picture at or behind a time.
pub(crate) fn still(path: &Path, seconds: f64) -> RgbImage {
    let mut command = Command::new("ffmpeg");
    command
        .args(["-v", "error", "-nostdin", "-ss", &seconds.to_string(), "-i"])
        .arg(path);
    command.args(["-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"]);
    image::load_from_memory(&finished(&mut command).stdout)
        .unwrap()
        .into_rgb8()
}

/// Returns all pictures of a recording, each once, made smaller.
pub(crate) fn pictures(path: &Path, [width, height]: [u32; 2]) -> Vec<RgbImage> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-i"]).arg(path);
    command.args(["-map", "0:v", "-fps_mode", "passthrough", "-f", "rawvideo"]);
    command.args(["-vf", &format!("scale={width}:{height}:flags=neighbor")]);
    command.args(["-pix_fmt", "rgb24", "-"]);
    finished(&mut command)
        .stdout
        .chunks_exact((width * height * 3) as usize)
        .map(|bytes| RgbImage::from_raw(width, height, bytes.to_vec()).unwrap())
        .collect()
}

/// Returns when each picture of a recording is shown, in seconds.
pub(crate) fn picture_times(path: &Path) -> Vec<f64> {
    let mut probe = Command::new("ffprobe");
    probe.args(["-v", "error", "-select_streams", "v", "-of", "csv=p=0"]);
    probe.args(["-show_entries", "frame=pts_time"]).arg(path);
    let printed = String::from_utf8(finished(&mut probe).stdout).unwrap();
    printed
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.trim_end_matches(',').parse().unwrap())
        .collect()
}

/// Returns the sound of a recording in one channel.
pub(crate) fn samples(path: &Path, rate: u32) -> Vec<f32> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-i"]).arg(path);
    command.args(["-map", "0:a", "-ac", "1", "-ar", &rate.to_string()]);
    command.args(["-f", "f32le", "-"]);
    finished(&mut command)
        .stdout
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
        .collect()
}

/// Returns how alike an area of the source and an area of the result are at a time, as `ffmpeg`
/// measures it: 1 is the same.
pub(crate) fn similarity(
    (source, source_area): (&Path, Area),
    (result, result_area): (&Path, Area),
    seconds: f64,
) -> f64 {
    let Area { width, height, .. } = result_area;
    let graph = format!(
        "[0:v]{},scale={width}:{height},setpts=PTS-STARTPTS[source];\
         [1:v]{},setpts=PTS-STARTPTS[result];[source][result]ssim",
        source_area.crop(),
        result_area.crop()
    );
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "info", "-nostdin"]);
    for path in [source, result] {
        command.args(["-ss", &seconds.to_string(), "-i"]).arg(path);
    }
    command.args([
        "-filter_complex",
        &graph,
        "-frames:v",
        "1",
        "-f",
        "null",
        "-",
    ]);
    let said = String::from_utf8_lossy(&finished(&mut command).stderr).into_owned();
    let (_, all) = said
        .rsplit_once("All:")
        .unwrap_or_else(|| panic!("no measure in: {said}"));
    all.split_whitespace().next().unwrap().parse().unwrap()
}

/// Returns the types of the boxes at the top of an MP4 file, in order.
pub(crate) fn top_boxes(file: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(head) = file.get(at..at + 8) {
        let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        found.push(String::from_utf8_lossy(&head[4..]).into_owned());
        let size = match size {
            1 => u64::from_be_bytes(file[at + 8..at + 16].try_into().unwrap()) as usize,
            0 => file.len(),
            size => size,
        };
        at += size.max(8);
    }
    found
}

#[track_caller]
fn finished(command: &mut Command) -> Output {
    let output = command.output().expect("ffmpeg is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    output
}

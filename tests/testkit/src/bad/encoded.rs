//! What no cutting gives, encoded by `ffmpeg`.

use std::{fs, path::Path, process::Command};

/// Options that make H.264 encoding quick; how it looks does not matter.
const QUICK_H264: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";

pub(super) fn frame_rate_1000(path: &Path) {
    encode(
        "testsrc2=size=1280x720:rate=1000:duration=0.5",
        QUICK_H264,
        path,
    );
}

/// H.264 has no pictures with odd edges and shared colours; VP9 has.
pub(super) fn size_1x1(path: &Path) {
    encode(
        "color=c=gray:size=16x16:rate=5:duration=1",
        "-vf scale=1:1 -c:v libvpx-vp9",
        path,
    );
}

pub(super) fn size_8192x8192(path: &Path) {
    encode(
        "color=c=gray:size=8192x8192:rate=1:duration=1",
        QUICK_H264,
        path,
    );
}

/// Two streams of different size as one: such is what recorders of transport streams write.
pub(super) fn size_changes(path: &Path) {
    let folder = tempfile::tempdir().expect("a folder for temporary files can be made");
    let mut joined = Vec::new();
    for size in ["1280x720", "640x360"] {
        let part = folder.path().join(format!("{size}.h264"));
        let source = format!("testsrc2=size={size}:rate=25:duration=2");
        encode(&source, &format!("{QUICK_H264} -f h264"), &part);
        joined.extend(fs::read(&part).expect("the encoder has written a file"));
    }
    let stream = folder.path().join("joined.h264");
    fs::write(&stream, joined).expect("a temporary file can be written");
    ffmpeg("-f h264 -framerate 25", &stream, "-c copy -f mpegts", path);
}

fn encode(source: &str, options: &str, path: &Path) {
    ffmpeg("-f lavfi", Path::new(source), options, path);
}

/// Runs `ffmpeg`. Options are split at spaces.
fn ffmpeg(input_options: &str, input: &Path, options: &str, output: &Path) {
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-y"])
        .args(input_options.split(' '))
        .arg("-i")
        .arg(input)
        .args(options.split(' '))
        .arg(output)
        .output()
        .expect("ffmpeg is installed: scripts/install test");
    let messages = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success(),
        "ffmpeg could not write {}: {messages}",
        output.display()
    );
}

//! The peer: ffmpeg fills the same pixels and encodes with the usual settings.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use scrim_policy::{Geometry, PixelRect, Plan, Policy, Roster};

use crate::{
    Outcome,
    measure::{Cost, run},
};

/// The pixels that the policy keeps of a picture, as one rectangle.
pub(crate) fn kept(policy: &str, width: u32, height: u32) -> Outcome<PixelRect> {
    let policy = Policy::parse("bench.toml", policy)?;
    let plan = Plan::compile(
        &policy,
        &Geometry::square(width, height),
        &Roster::default(),
    )?;
    match plan.scenes.first().map(|scene| scene.kept.as_slice()) {
        Some([only]) => Ok(*only),
        _ => Err("the benchmark wants a policy that keeps one rectangle".into()),
    }
}

/// Fills everything outside the kept rectangle and encodes.
pub(crate) fn ffmpeg(input: &Path, kept: &PixelRect, output: &Path) -> Outcome<Cost> {
    let PixelRect { x, y, .. } = kept;
    let (right, bottom) = (kept.right(), kept.bottom());
    let fill = "0x20232a:fill";
    let boxes = format!(
        "drawbox=0:0:{x}:ih:{fill},drawbox={right}:0:iw:ih:{fill},\
         drawbox=0:0:iw:{y}:{fill},drawbox=0:{bottom}:iw:ih:{fill}"
    );
    run(Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-i"])
        .arg(input)
        .args([
            "-vf", &boxes, "-c:v", "libx264", "-preset", "veryfast", "-c:a", "copy",
        ])
        .arg(output))
}

/// Structural similarity of the kept area to the source, by ffmpeg at the source's frame rate.
pub(crate) fn similarity(file: &Path, source: &Path, kept: &PixelRect, rate: u32) -> Outcome<f64> {
    let PixelRect {
        x,
        y,
        width,
        height,
    } = kept;
    let crop = format!("fps={rate},crop={width}:{height}:{x}:{y}");
    let graph = format!("[0]{crop}[a];[1]{crop}[b];[a][b]ssim");
    let output = Command::new("ffmpeg")
        .arg("-i")
        .arg(file)
        .arg("-i")
        .arg(source)
        .args(["-filter_complex", &graph, "-f", "null", "-"])
        .stdin(Stdio::null())
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let figure = text
        .rsplit("All:")
        .next()
        .and_then(|rest| rest.split_whitespace().next());
    Ok(figure.ok_or("ffmpeg printed no similarity")?.parse()?)
}

/// Bytes of the video track.
pub(crate) fn video_bytes(file: &Path) -> Outcome<u64> {
    let output = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-select_streams",
            "v:0",
            "-show_entries",
            "packet=size",
        ])
        .args(["-of", "csv=p=0"])
        .arg(file)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text
        .lines()
        .filter_map(|line| line.trim_matches(',').parse::<u64>().ok())
        .sum())
}

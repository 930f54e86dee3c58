//! Peak memory, and that it does not grow with the recording.

use std::{path::Path, process::Command};

use scrim_samples::RenderOptions;
use scrim_testkit::sample_with;

use crate::{Outcome, measure::run as run_program, recording::process};

/// Memory that is promised at 1080p, in MB.
const PROMISED: f64 = 700.0;

/// Processes one minute at 1080p, and the same minute again and again.
pub(crate) fn run(scrim: &Path, minutes: u32) -> Outcome<()> {
    let options = RenderOptions {
        size: Some((1920, 1080)),
        stem: Some("webinar-slides-1080p".to_owned()),
        ..RenderOptions::default()
    };
    let minute = sample_with("webinar-slides", &options).media;
    let folder = tempfile::tempdir()?;
    let long = folder.path().join("long.mp4");
    let repeats = minutes.saturating_sub(1).to_string();
    run_program(
        Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-stream_loop", &repeats, "-i"])
            .arg(&minute)
            .args(["-c", "copy"])
            .arg(&long),
    )?;
    let short = process(scrim, folder.path(), "minute", &minute)?;
    let hours = process(scrim, folder.path(), "long", &long)?;
    println!(
        "peak memory at 1080p: {:.0} MB for 1 minute, {:.0} MB for {minutes} minutes",
        short.memory, hours.memory
    );
    println!(
        "promised {PROMISED:.0} MB; {minutes} minutes took {:.0} s",
        hours.wall
    );
    Ok(())
}

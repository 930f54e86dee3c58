//! The whole job without transcription.

use std::{path::Path, process::Command};

use scrim_policy::PixelRect;
use scrim_testkit::sample;

use crate::{
    Outcome,
    measure::{Cost, median, run as run_program},
    peer,
};

/// Keeps the stage and fills the rest; no output size, so that nothing is scaled.
pub(crate) const POLICY: &str = r#"
schema = 1
name = "bench"

[[region]]
name = "stage"
kind = "stage"
rect = [0.16, 0.1, 0.6, 0.9]
action = "keep"
"#;

/// Sample, width, height, frames per second, and the ratio that is wanted at least.
const SAMPLES: [(&str, u32, u32, u32, f64); 3] = [
    ("webinar-slides", 1280, 720, 25, 3.0),
    ("webinar-mixed", 1280, 720, 25, 1.5),
    ("webinar-motion", 1920, 1080, 30, 1.0),
];

/// Measures every sample, both programs in turn.
pub(crate) fn run(scrim: &Path, runs: usize) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    println!("whole process without transcription, against ffmpeg drawbox + libx264 veryfast");
    println!(
        "sample          ratio wall  ratio cpu  wanted  ssim ours/peer    video bytes ours/peer"
    );
    for (name, width, height, rate, wanted) in SAMPLES {
        let input = sample(name);
        let kept = peer::kept(POLICY, width, height)?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        let our_file = folder.path().join(format!("{name}-ours/recording.mp4"));
        let their_file = folder.path().join(format!("{name}-peer.mp4"));
        for _ in 0..runs.max(1) {
            ours.push(process(scrim, folder.path(), name, &input)?);
            theirs.push(peer::ffmpeg(&input, &kept, &their_file)?);
        }
        let ratio = |figure: fn(&Cost) -> f64| {
            median(theirs.iter().map(figure).collect()) / median(ours.iter().map(figure).collect())
        };
        let quality = quality(&our_file, &their_file, &input, &kept, rate)?;
        println!(
            "{name:<15} {:>9.2}x {:>9.2}x {wanted:>6.1}x  {quality}",
            ratio(|cost| cost.wall),
            ratio(|cost| cost.cpu),
        );
        let seconds = |costs: &[Cost]| median(costs.iter().map(|cost| cost.wall).collect());
        println!(
            "                ours {:.2} s, peer {:.2} s, peak memory {:.0} MB",
            seconds(&ours),
            seconds(&theirs),
            ours.iter().map(|cost| cost.memory).fold(0.0, f64::max),
        );
    }
    Ok(())
}

/// Runs the job in a new home, so that nothing is reused.
pub(crate) fn process(scrim: &Path, folder: &Path, name: &str, input: &Path) -> Outcome<Cost> {
    let policy = folder.join("bench.toml");
    std::fs::write(&policy, POLICY)?;
    let home = tempfile::tempdir_in(folder)?;
    run_program(
        Command::new(scrim)
            .env("SCRIM_HOME", home.path())
            .arg("process")
            .arg(input)
            .arg("--policy")
            .arg(policy)
            .args(["--no-transcript", "--json", "--out"])
            .arg(folder.join(format!("{name}-ours"))),
    )
}

fn quality(
    ours: &Path,
    theirs: &Path,
    source: &Path,
    kept: &PixelRect,
    rate: u32,
) -> Outcome<String> {
    let similarity = [
        peer::similarity(ours, source, kept, rate)?,
        peer::similarity(theirs, source, kept, rate)?,
    ];
    let bytes = [peer::video_bytes(ours)?, peer::video_bytes(theirs)?];
    let is_equal = similarity[0] >= similarity[1] && bytes[0] <= bytes[1];
    let note = if is_equal {
        ""
    } else {
        "  NOT at equal quality and size"
    };
    Ok(format!(
        "{:.5}/{:.5}  {:>9}/{:<9}{note}",
        similarity[0], similarity[1], bytes[0], bytes[1]
    ))
}

//! Running a program and what the system says about it.

use std::{
    process::{Command, Stdio},
    time::Instant,
};

use wait4::Wait4;

use crate::Outcome;

/// What one run cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// Seconds from start to end.
    pub(crate) wall: f64,
    /// Seconds of processor time, user and system, of the process and its children.
    pub(crate) cpu: f64,
    /// Peak resident memory in MB.
    pub(crate) memory: f64,
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Outcome<Cost> {
    let began = Instant::now();
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| format!("could not start {name}: {error}"))?;
    let ended = child.wait4()?;
    if !ended.status.success() {
        return Err(format!("{name} failed with {}", ended.status).into());
    }
    Ok(Cost {
        wall: began.elapsed().as_secs_f64(),
        cpu: (ended.rusage.utime + ended.rusage.stime).as_secs_f64(),
        memory: ended.rusage.maxrss as f64 / 1e6,
    })
}

/// The middle of several figures.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

//! Ratios against a peer that does the same work in the same run on the same machine.
//!
//! Absolute figures depend on the machine; quote the ratios. A figure counts only when the output
//! is as good: similarity of the kept area not lower, video not larger.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod audit;
mod export;
mod http;
mod measure;
mod memory;
mod peer;
mod published;
mod recording;
mod s3;
mod sealing;
mod server;
mod service;
mod sfu;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

/// What can go wrong: a program is missing or fails. Text for people, this is a tool for developers.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Measure Scrim against its peers.
#[derive(Debug, Parser)]
#[command(name = "scrim-bench", version)]
struct Arguments {
    /// The program to measure; a release build
    #[arg(long, default_value = "target/release/scrim")]
    scrim: PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Whole `process` without transcription against ffmpeg drawbox and libx264 veryfast
    Process {
        /// Counted runs of each, in turn
        #[arg(long, default_value_t = 3)]
        runs: usize,
    },
    /// Sealing 1 GiB in memory on one core
    Seal,
    /// Exporting and importing a recording of 2 GiB
    Export,
    /// Entries of the audit log against plain inserts of equal durability
    Audit,
    /// A sealed upload to a real S3 server against `s5cmd` and `age | s5cmd pipe`, and ranges of it
    S3 {
        /// Length of the object in MB
        #[arg(long, default_value_t = 2000)]
        megabytes: u64,
        /// Counted uploads of each, in turn
        #[arg(long, default_value_t = 3)]
        runs: usize,
    },
    /// Upload one file; what `s3` measures
    #[command(hide = true)]
    S3Put {
        /// Address of the server
        endpoint: String,
        /// What is sealed
        file: PathBuf,
    },
    /// Requests to the service against nginx with the same files in the clear, and attendees at once
    Service {
        /// Attendees that play at the same time
        #[arg(long, default_value_t = 200)]
        attendees: usize,
        /// Seconds of each load
        #[arg(long, default_value_t = 20)]
        seconds: u64,
    },
    /// A meeting with viewers against Janus with the same stream: processor time for each packet, delay
    Sfu {
        /// How many watch, one meeting after the other
        #[arg(long, value_delimiter = ',', default_values_t = [10_usize, 50, 100, 200])]
        viewers: Vec<usize>,
        /// Seconds of each
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// Measure Scrim a second time, while it records
        #[arg(long)]
        recording: bool,
    },
    /// Peak memory at 1080p for one minute and for hours
    Memory {
        /// Length of the long recording in minutes
        #[arg(long, default_value_t = 120)]
        minutes: u32,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        None => recording::run(&arguments.scrim, 3).and_then(|()| sealing::run()),
        Some(Command::Process { runs }) => recording::run(&arguments.scrim, runs),
        Some(Command::Seal) => sealing::run(),
        Some(Command::Export) => export::run(&arguments.scrim),
        Some(Command::Audit) => audit::run(),
        Some(Command::S3 { megabytes, runs }) => s3::run(megabytes * 1_000_000, runs),
        Some(Command::S3Put { endpoint, file }) => s3::put(&endpoint, &file),
        Some(Command::Service { attendees, seconds }) => {
            service::run(&arguments.scrim, attendees, seconds)
        }
        Some(Command::Sfu {
            viewers,
            seconds,
            recording,
        }) => sfu::run(
            &arguments.scrim,
            &sfu::Wishes {
                viewers,
                seconds,
                recording,
            },
        ),
        Some(Command::Memory { minutes }) => memory::run(&arguments.scrim, minutes),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

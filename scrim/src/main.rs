//! `scrim`: publish webinar recordings without exposing who attended.
//!
//! This crate is the rim: it reads options, files and the environment, prints, and turns errors
//! into exit codes. What is decided, cleared, proved and kept is the business of the crates below.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod cli;
mod commands;
mod config;
mod exit;
mod failure;
mod home;
mod limits;
mod meter;
mod metrics;
mod notify;
mod oidc;
mod page;
mod privacy;
mod remote;
mod scan;
mod serve;
mod telemetry;
mod tls;
mod transfer;

use std::{
    alloc::System,
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

use clap::Parser;
use tracing_subscriber::{Layer, layer::SubscriberExt, util::SubscriberInitExt};
use zeroizing_alloc::ZeroAlloc;

use self::{cli::Arguments, failure::Failure, home::Home, telemetry::Traces};

/// How the allocator of glibc has to behave: few arenas, and pictures given back when they are
/// freed. By default each thread of each segment that was rendered leaves pieces in an arena of its
/// own: 818 MB against 552 MB after eight minutes at 1080p.
const ALLOCATOR: [(&str, &str); 2] = [
    ("MALLOC_ARENA_MAX", "2"),
    ("MALLOC_MMAP_THRESHOLD_", "1000000"),
];

/// Memory is overwritten when it is given back. Keys pass through buffers of HTTP, TLS and base64
/// that nobody else overwrites.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    settle_allocator();
    privacy::keep_memory_private();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let json = arguments.json;
    let traces = match traces_of(&arguments) {
        Ok(traces) => traces,
        Err(failure) => {
            failure.print(json);
            return failure.code().into();
        }
    };
    init_log(&arguments, traces.as_ref());
    match commands::run(arguments) {
        Ok(code) => code.into(),
        Err(failure) => {
            failure.print(json);
            failure.code().into()
        }
    }
}

/// Starts the program anew, in the same process, with the allocator set. It reads its settings only
/// at the start. Whoever has set them keeps theirs, and where it cannot be done, more memory is used.
fn settle_allocator() {
    if ALLOCATOR
        .iter()
        .any(|(name, _)| std::env::var_os(name).is_some())
    {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let _ = Command::new(program)
            .args(std::env::args_os().skip(1))
            .envs(ALLOCATOR)
            .exec();
    }
}

/// Prints help or what is wrong with the command line.
fn usage(error: &clap::Error) -> ExitCode {
    // When nothing can be printed, the exit code still says it.
    let _ = error.print();
    if error.use_stderr() {
        exit::Exit::Usage.into()
    } else {
        exit::Exit::Done.into()
    }
}

/// Gets ready to send traces, which the service does where its configuration says so.
fn traces_of(arguments: &Arguments) -> Result<Option<Traces>, Failure> {
    if !matches!(arguments.command, cli::Command::Serve(_)) {
        return Ok(None);
    }
    let config = Home::find(arguments.home.clone())?.config()?;
    let traces = Traces::start(&config.telemetry);
    traces.map_err(|error| Failure::new(error.kind(), error))
}

/// Logs go to standard error, as JSON where all else is. Commands log warnings only and the service a
/// line for each request, unless `SCRIM_LOG` asks for something else.
fn init_log(arguments: &Arguments, traces: Option<&Traces>) {
    let usual = match arguments.command {
        cli::Command::Serve(_) => "info",
        _ => "warn",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("SCRIM_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match arguments.json {
        true => lines.json().boxed(),
        false => lines.boxed(),
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(filter))
        .with(traces.map(Traces::layer))
        .init();
}

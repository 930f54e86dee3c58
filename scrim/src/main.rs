//! `scrim`: publish webinar recordings without exposing who attended.
//!
//! This crate is the rim: it reads options, files and the environment, prints, and turns errors
//! into exit codes. What is decided, cleared, proved and kept is the business of the crates below.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod cli;
mod commands;
mod exit;
mod failure;
mod home;
mod meter;
mod page;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = match cli::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    init_log();
    let json = arguments.json;
    match commands::run(arguments) {
        Ok(code) => code.into(),
        Err(failure) => {
            failure.print(json);
            failure.code().into()
        }
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

/// Logs go to standard error, warnings only unless `SCRIM_LOG` asks for more.
fn init_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("SCRIM_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

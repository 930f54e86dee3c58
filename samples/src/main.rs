//! The command `scrim-samples`: renders scenarios on demand.

use std::{
    error::Error,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::{Args, Parser, Subcommand};
use scrim_policy::Moment;
use scrim_samples::{
    AudioCodec, BUILTIN_NAMES, Container, RenderError, RenderOptions, Scenario, ScenarioError,
    VideoCodec, render_with_progress,
};

/// Renders invented webinars with exact ground truth
#[derive(Parser)]
#[command(name = "scrim-samples", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Render a scenario, unless its files are there already
    Render(Box<RenderArguments>),
    /// List the scenarios that come with the program
    List,
}

#[derive(Args)]
struct RenderArguments {
    /// A scenario file, the name of a scenario that comes with the program, or `all` of these
    scenario: String,
    /// Folder for the files
    #[arg(long, value_name = "DIR", default_value = "target/samples")]
    out: PathBuf,
    /// Name of the files, without extension
    #[arg(long)]
    stem: Option<String>,
    /// Container
    #[arg(long, value_enum, default_value_t)]
    container: Container,
    /// Codec of the picture
    #[arg(long, value_enum)]
    video: Option<VideoCodec>,
    /// Codec of the sound
    #[arg(long, value_enum)]
    audio: Option<AudioCodec>,
    /// Keep every pixel exactly (H.264 only)
    #[arg(long)]
    lossless: bool,
    /// Leave out frames that do not change
    #[arg(long)]
    vfr: bool,
    /// Store the picture turned, with the degrees that turn it back
    #[arg(long, value_name = "DEGREES", default_value_t = 0)]
    rotate: u32,
    /// Declare pixels that are not square, for example 4:3
    #[arg(long, value_name = "W:H", value_parser = aspect)]
    pixel_aspect: Option<(u32, u32)>,
    /// Text to plant in titles, comments, cover art, chapters and subtitles
    #[arg(long, value_name = "TEXT")]
    canary: Option<String>,
    /// Another length, for example 12s or 1m30s
    #[arg(long, value_name = "TIME")]
    duration: Option<Moment>,
    /// Another size of the picture, for example 1920x1080
    #[arg(long, value_name = "WxH", value_parser = size)]
    size: Option<(u32, u32)>,
    /// Other people in list, chat and toasts, chosen by this number
    #[arg(long, value_name = "SEED")]
    other_people: Option<u64>,
    /// Render again even if nothing changed
    #[arg(long)]
    force: bool,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::List => list(),
        Command::Render(arguments) => render_all(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {}", chain(error.as_ref())));
            ExitCode::FAILURE
        }
    }
}

fn list() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    for name in BUILTIN_NAMES {
        let scenario = Scenario::builtin(name)?;
        let (width, height) = scenario.size;
        let (rate, seconds) = (scenario.rate, scenario.duration.seconds());
        writeln!(
            out,
            "{name:18} {width}x{height} at {rate}, {seconds} s: {}",
            scenario.title
        )?;
    }
    Ok(())
}

fn render_all(arguments: &RenderArguments) -> Result<(), Box<dyn Error>> {
    let scenarios = match arguments.scenario.as_str() {
        "all" => BUILTIN_NAMES
            .iter()
            .map(|name| Scenario::builtin(name))
            .collect(),
        name => scenario(name).map(|scenario| vec![scenario]),
    };
    for scenario in scenarios? {
        let scenario = match arguments.other_people {
            Some(seed) => scenario.with_other_people(seed),
            None => scenario,
        };
        render_one(arguments, &scenario)?;
    }
    Ok(())
}

fn scenario(name: &str) -> Result<Scenario, ScenarioError> {
    let path = Path::new(name);
    if path
        .extension()
        .is_some_and(|extension| extension == "toml")
    {
        return Scenario::load(path);
    }
    Scenario::builtin(name)
}

fn render_one(arguments: &RenderArguments, scenario: &Scenario) -> Result<(), RenderError> {
    let options = RenderOptions {
        container: arguments.container,
        video: arguments.video,
        audio: arguments.audio,
        lossless: arguments.lossless,
        variable_rate: arguments.vfr,
        rotation: arguments.rotate,
        pixel_aspect: arguments.pixel_aspect,
        canary: arguments.canary.clone(),
        duration: arguments.duration,
        size: arguments.size,
        stem: arguments.stem.clone(),
        force: arguments.force,
    };
    let start = Instant::now();
    let mut told = 0;
    let mut progress = |done: u32, all: u32| {
        let tenths = done * 10 / all.max(1);
        if tenths > told {
            told = tenths;
            say(&format!(
                "{}: {} % of {all} frames",
                scenario.name,
                tenths * 10
            ));
        }
    };
    let rendered = render_with_progress(scenario, &options, &arguments.out, &mut progress)?;
    let how = match rendered.was_there {
        true => "is there already".to_owned(),
        false => format!("rendered in {:.1} s", start.elapsed().as_secs_f64()),
    };
    say(&format!(
        "{}: {how}: {}",
        scenario.name,
        rendered.media.display()
    ));
    Ok(())
}

/// Writes a line to standard error. Nobody can be told when that fails.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Returns an error with everything that caused it.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

fn size(text: &str) -> Result<(u32, u32), String> {
    pair(text, 'x').ok_or_else(|| format!("`{text}` is no size; write for example 1920x1080"))
}

fn aspect(text: &str) -> Result<(u32, u32), String> {
    pair(text, ':').ok_or_else(|| format!("`{text}` is no ratio; write for example 4:3"))
}

fn pair(text: &str, between: char) -> Option<(u32, u32)> {
    let (first, second) = text.split_once(between)?;
    Some((first.parse().ok()?, second.parse().ok()?))
}

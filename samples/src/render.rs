//! A scenario becomes a media file, its truth and its roster.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use gstreamer::ClockTime;
use scrim_policy::{Kind, Moment};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    draw::{FontError, Planes},
    film::Film,
    media::{
        AudioCodec, Container, MediaError, MediaFormat, Recorder, VideoCodec, declare_rotation,
    },
    scenario::Scenario,
    speech::{SpeechError, soundtrack},
    truth::{KnownPerson, Media, Picture, TRUTH_SCHEMA, Truth},
};

/// Grows whenever the same scenario is drawn or spoken differently.
const REVISION: u32 = 1;

/// Seconds after which an unchanged frame is repeated in a file with variable frame rate.
const LONGEST_FRAME: u32 = 2;

/// How a scenario is written. The default is what a usual recorder does: H.264 and AAC in MP4.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RenderOptions {
    /// Container.
    pub container: Container,
    /// Codec of the picture; without it, the usual one of the container.
    pub video: Option<VideoCodec>,
    /// Codec of the sound; without it, the usual one of the container.
    pub audio: Option<AudioCodec>,
    /// Whether decoding has to give back exactly the pixels that were drawn. Needs H.264.
    pub lossless: bool,
    /// Whether unchanged frames are left out.
    pub variable_rate: bool,
    /// Clockwise degrees by which a player has to turn the stored picture: 0, 90, 180 or 270. The
    /// picture is stored turned the other way. Needs MP4 or MOV.
    pub rotation: u32,
    /// Width to height of a pixel. The picture is drawn as if pixels were square, then declared to
    /// be different, so that players show it stretched.
    pub pixel_aspect: Option<(u32, u32)>,
    /// Text to plant in tags, chapters and subtitles, with a cover picture beside them. Plain ASCII
    /// without spaces is best: Matroska tags written by GStreamer 1.22 escape everything else.
    pub canary: Option<String>,
    /// Another length. What happens later is left out; a longer recording stays as it ended.
    pub duration: Option<Moment>,
    /// Another size of the picture.
    pub size: Option<(u32, u32)>,
    /// Name of the files instead of that of the scenario.
    #[serde(skip)]
    pub stem: Option<String>,
    /// Whether to render again what is there already.
    #[serde(skip)]
    pub force: bool,
}

/// The files of a rendered scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The recording.
    pub media: PathBuf,
    /// What it shows and says, see [`Truth`].
    pub truth: PathBuf,
    /// Everybody, as CSV with the header `name,email,role`.
    pub roster: PathBuf,
    /// Whether the files were there already, made from the same scenario.
    pub was_there: bool,
}

/// Why a scenario cannot be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// Text cannot be drawn.
    #[error(transparent)]
    Font(#[from] FontError),
    /// Something cannot be spoken.
    #[error(transparent)]
    Speech(#[from] SpeechError),
    /// The media file cannot be written.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// An option makes no sense.
    #[error("option {option}: {problem}")]
    Option {
        /// The option.
        option: &'static str,
        /// What is wrong and what would be right.
        problem: String,
    },
    /// A file cannot be written.
    #[error("writing {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl RenderError {
    /// What a caller can do about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Font(error) => error.kind(),
            Self::Speech(error) => error.kind(),
            Self::Media(error) => error.kind(),
            Self::Option { .. } => Kind::Invalid,
            Self::Write { .. } => Kind::Unavailable,
        }
    }
}

/// Renders a scenario into `folder`, unless it is there already.
pub fn render(
    scenario: &Scenario,
    options: &RenderOptions,
    folder: &Path,
) -> Result<Rendered, RenderError> {
    render_with_progress(scenario, options, folder, &mut |_, _| {})
}

/// Renders a scenario and calls `progress` with the frames done and the frames there are.
pub fn render_with_progress(
    scenario: &Scenario,
    options: &RenderOptions,
    folder: &Path,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<Rendered, RenderError> {
    let scenario = options.applied_to(scenario)?;
    let made_from = options.fingerprint(&scenario);
    let stem = options.stem.as_deref().unwrap_or(&scenario.name);
    let file = format!("{stem}.{}", options.container.name());
    let rendered = Rendered {
        media: folder.join(&file),
        truth: folder.join(format!("{stem}.truth.json")),
        roster: folder.join(format!("{stem}.roster.csv")),
        was_there: true,
    };
    if !options.force && is_there(&rendered, &made_from, &file) {
        return Ok(rendered);
    }
    create(folder)?;
    // The truth is written last: where there is one, the files beside it are complete.
    remove(&rendered.truth)?;

    let sound = soundtrack(&scenario, options.duration.is_some())?;
    let mut film = Film::new(&scenario)?;
    let (panels, texts) = film.panels_and_texts();
    let partial = folder.join(format!("{file}.partial"));
    let written = write_media(
        &mut film,
        &sound.samples,
        options,
        &scenario,
        &partial,
        progress,
    );
    if let Err(error) = written {
        // The first error counts, whether or not the rest can be cleared away.
        let _ = fs::remove_file(&partial);
        return Err(error);
    }
    let moved = fs::rename(&partial, &rendered.media);
    moved.map_err(|source| RenderError::Write {
        path: rendered.media.clone(),
        source,
    })?;
    write(&rendered.roster, &roster(&scenario))?;
    let truth = Truth {
        schema: TRUTH_SCHEMA,
        scenario: scenario.name.clone(),
        made_from,
        picture: options.picture(&scenario),
        media: options.media(file),
        duration: scenario.duration.seconds(),
        people: people(&scenario),
        panels,
        texts,
        speech: sound.lines,
    };
    let json = serde_json::to_string(&truth).expect("truth has only strings as keys");
    write(&rendered.truth, &json)?;
    Ok(Rendered {
        was_there: false,
        ..rendered
    })
}

fn write_media(
    film: &mut Film,
    samples: &[i16],
    options: &RenderOptions,
    scenario: &Scenario,
    path: &Path,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<(), RenderError> {
    let format = options.media_format(scenario);
    let recorder = Recorder::start(path, &format)?;
    recorder.add_sound(samples)?;
    if format.video != VideoCodec::None {
        write_frames(film, &recorder, options, scenario, progress)?;
    }
    recorder.finish()?;
    if options.rotation == 0 || format.video == VideoCodec::None {
        return Ok(());
    }
    declare_rotation(path, options.rotation, format.size).map_err(|source| RenderError::Write {
        path: path.to_owned(),
        source,
    })
}

fn write_frames(
    film: &mut Film,
    recorder: &Recorder,
    options: &RenderOptions,
    scenario: &Scenario,
    progress: &mut dyn FnMut(u32, u32),
) -> Result<(), RenderError> {
    let count = scenario.frame_count();
    let time = |frame: u32| ClockTime::from_nseconds(scenario.moment_of(frame).0);
    let add = |planes: &Planes, first: u32, end: u32| {
        let (start, length) = (time(first), time(end) - time(first));
        match options.rotation / 90 {
            0 => recorder.add_frame(planes, start, length),
            quarters => recorder.add_frame(&planes.turned_left(quarters), start, length),
        }
    };
    // A frame is added when the next different one is known, since only then its end is known.
    let mut held: Option<(Planes, u32)> = None;
    for number in 0..count {
        let planes = film.frame(number);
        progress(number, count);
        if !options.variable_rate {
            add(planes, number, number + 1)?;
            continue;
        }
        if let Some((same, first)) = &held {
            // The last frame stands for itself, since muxers take its length from the nominal rate.
            let may_last = number - first < LONGEST_FRAME * scenario.rate && number + 1 < count;
            if same == planes && may_last {
                continue;
            }
            add(same, *first, number)?;
        }
        held = Some((planes.clone(), number));
    }
    if let Some((last, first)) = &held {
        add(last, *first, count)?;
    }
    progress(count, count);
    Ok(())
}

impl RenderOptions {
    /// Returns the scenario with the length and size that are asked for.
    fn applied_to(&self, scenario: &Scenario) -> Result<Scenario, RenderError> {
        let mut scenario = scenario.clone();
        if let Some(duration) = self.duration {
            if !(0.2..=36_000.0).contains(&duration.seconds()) {
                let problem = "a recording lasts 0.2 seconds to ten hours".to_owned();
                return Err(RenderError::Option {
                    option: "duration",
                    problem,
                });
            }
            scenario.duration = duration;
        }
        if let Some((width, height)) = self.size {
            crate::scenario::checked_size([width, height]).map_err(|problem| {
                RenderError::Option {
                    option: "size",
                    problem,
                }
            })?;
            scenario.size = (width, height);
        }
        if self.video() == VideoCodec::None && self.audio() == AudioCodec::None {
            let problem = "a recording has a picture or sound; leave one of them".to_owned();
            return Err(RenderError::Option {
                option: "audio",
                problem,
            });
        }
        if !matches!(self.rotation, 0 | 90 | 180 | 270) {
            let problem = "write 0, 90, 180 or 270".to_owned();
            return Err(RenderError::Option {
                option: "rotation",
                problem,
            });
        }
        if self.pixel_aspect.is_some_and(|(width, height)| {
            !(1..=100).contains(&width) || !(1..=100).contains(&height)
        }) {
            let problem = "both numbers are 1 to 100".to_owned();
            return Err(RenderError::Option {
                option: "pixel aspect",
                problem,
            });
        }
        Ok(scenario)
    }

    /// Returns the SHA-256 of everything that the files depend on, in hexadecimal.
    pub fn fingerprint(&self, scenario: &Scenario) -> String {
        let inputs = (env!("CARGO_PKG_VERSION"), REVISION, scenario, self);
        let json = serde_json::to_vec(&inputs).expect("scenarios have only strings as keys");
        Sha256::digest(json)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    fn video(&self) -> VideoCodec {
        self.video.unwrap_or(self.container.usual_video())
    }

    fn audio(&self) -> AudioCodec {
        self.audio.unwrap_or(self.container.usual_audio())
    }

    fn media_format(&self, scenario: &Scenario) -> MediaFormat {
        let (width, height) = scenario.size;
        let lies = self.rotation % 180 == 90;
        MediaFormat {
            container: self.container,
            video: self.video(),
            audio: self.audio(),
            lossless: self.lossless,
            size: if lies {
                (height, width)
            } else {
                (width, height)
            },
            rate: scenario.rate,
            variable: self.variable_rate,
            rotation: self.rotation,
            pixel_aspect: self.pixel_aspect.unwrap_or((1, 1)),
            canary: self.canary.clone(),
            duration: ClockTime::from_nseconds(scenario.duration.0),
        }
    }

    fn picture(&self, scenario: &Scenario) -> Picture {
        Picture {
            width: scenario.size.0,
            height: scenario.size.1,
            rate: scenario.rate,
            variable: self.variable_rate,
            rotation: self.rotation,
            pixel_aspect: self.pixel_aspect.unwrap_or((1, 1)),
        }
    }

    fn media(&self, file: String) -> Media {
        Media {
            file,
            container: self.container.name().to_owned(),
            video: self.video().name().to_owned(),
            audio: self.audio().name().to_owned(),
            lossless: self.lossless,
            canary: self.canary.clone(),
        }
    }
}

/// Whether complete files are there that were made from the same.
fn is_there(rendered: &Rendered, made_from: &str, file: &str) -> bool {
    let Ok(json) = fs::read_to_string(&rendered.truth) else {
        return false;
    };
    let same = Truth::parse(&json)
        .is_ok_and(|truth| truth.made_from == made_from && truth.media.file == file);
    same && rendered.media.is_file() && rendered.roster.is_file()
}

fn people(scenario: &Scenario) -> Vec<KnownPerson> {
    let known = scenario.people.iter().map(|person| KnownPerson {
        name: person.name.clone(),
        email: person.email.clone(),
        role: person.role,
        from: person.from.seconds(),
        to: person.to.min(scenario.duration).seconds(),
    });
    known.collect()
}

fn roster(scenario: &Scenario) -> String {
    let mut rows = String::from("name,email,role\n");
    for person in &scenario.people {
        let role = person.role.to_string();
        let cells = [&person.name, &person.email, &role].map(|cell| quoted(cell));
        rows.push_str(&cells.join(","));
        rows.push('\n');
    }
    rows
}

/// Quotes a cell where RFC 4180 asks for it.
fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}

fn create(folder: &Path) -> Result<(), RenderError> {
    fs::create_dir_all(folder).map_err(|source| RenderError::Write {
        path: folder.to_owned(),
        source,
    })
}

fn remove(path: &Path) -> Result<(), RenderError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(RenderError::Write {
            path: path.to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}

/// Writes a file that is either there as a whole or not at all.
fn write(path: &Path, text: &str) -> Result<(), RenderError> {
    let partial = path.with_extension("partial");
    let written = fs::write(&partial, text).and_then(|()| fs::rename(&partial, path));
    written.map_err(|source| RenderError::Write {
        path: path.to_owned(),
        source,
    })
}

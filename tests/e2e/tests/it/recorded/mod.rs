//! Meetings that are recorded, in real browsers: see `tests/peers/browser/recorded.mjs`. Everybody has a
//! camera of one colour and a microphone of one tone, so that who is in the recording shows in every
//! picture and every sample.

mod taken_back;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use scrim_testkit::{Home, Service, peer, program, workspace};
use serde_json::Value;

use crate::{
    answer::{Answer, listed},
    counted::{self, Shown, numbers},
    media::{picture_times, pictures, samples, still},
    state::unsealed,
};

/// The speech model of jobs. Nobody speaks here.
const MODEL: &str = "tiny.en";

/// The longest that a recording may take after the meeting, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(240);

/// Samples a second of what is measured.
const RATE: u32 = 16_000;

/// A faint tone is louder than what is so many hertz beside it, by so many decibels at least. What is louder
/// than the last of these counts whatever it is: a tone of some milliseconds is as wide as a click.
const BESIDE: f64 = 40.0;
const STANDS_OUT: f64 = 6.0;
const PLAIN: f64 = -50.0;

/// Samples of a piece whose tones are measured, 0.2 s.
const PIECE: usize = RATE as usize / 5;

/// A meeting and what was made of it.
struct Recorded {
    home: Home,
    /// What was exported: the outputs, and who took part.
    out: PathBuf,
}

impl Recorded {
    /// Lets people meet, as a script says. The pictures stay below the target folder.
    fn meet(script: &str) -> Self {
        let home = prepared();
        let service = Service::start_as(&home, serve(&home), 0);
        let shots = shots(script);
        Answer::of(&mut people(script, &service, &shots))
            .expect(0)
            .expect_printed("the meeting ends");
        let recording = made(&home, &service);
        Self::published(home, service, &recording, &shots)
    }

    /// Lets people meet until the script kills the service, which is started again, does what is left to do
    /// and stops. Returns what the script says at its end as well.
    fn meet_until_killed(script: &str) -> (Self, Value) {
        let home = prepared();
        let mut service = Service::start_as(&home, serve(&home), 0);
        let shots = shots(script);
        let mut command = people(script, &service, &shots);
        command.args(["--service", &service.pid().to_string()]);
        let said = Answer::of(&mut command).expect(0).last_line();
        service.kill();
        let port = service.port();
        service = Service::start_as(&home, serve(&home), port);
        let recording = made(&home, &service);
        let recorded = Self::published(home, service, &recording, &shots);
        (recorded, said)
    }

    /// Stops the service, and publishes and exports what was made.
    fn published(home: Home, mut service: Service, recording: &str, shots: &Path) -> Self {
        service.ask_to_stop();
        let written = [service.stopped(), service.log()].concat();
        let log = String::from_utf8(written).unwrap();
        assert_eq!(unsealed(&home), Vec::<String>::new());
        for name in ["Holt", "Krol", "Lund", "Kowalska", "hanna@", "Beekeeping"] {
            assert!(!log.contains(name), "{name} is in the log");
        }
        Answer::of(home.scrim().args(["publish", recording])).expect(0);
        let out = exported(&home, recording, "out");
        // To be looked at by people.
        for (name, seconds) in [("early", 4.0), ("late", 11.0)] {
            let picture = still(&out.join("recording.mp4"), seconds);
            picture.save(shots.join(format!("{name}.png"))).unwrap();
        }
        Self { home, out }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.out.join(name)
    }
}

/// Returns a home in which jobs have their speech model.
fn prepared() -> Home {
    let home = Home::new();
    fs::create_dir_all(home.state()).unwrap();
    let config = format!("[serve]\nmodel = \"{MODEL}\"\n");
    fs::write(home.state().join("config.toml"), config).unwrap();
    home
}

/// Returns the command for its service.
fn serve(home: &Home) -> Command {
    let mut serve = home.scrim();
    serve.env("SCRIM_MODELS", program::models(&[MODEL, "silero-vad"]));
    serve.env("SCRIM_LOG", "trace");
    serve
}

/// Returns an empty place for the pictures of a script.
fn shots(script: &str) -> PathBuf {
    let shots = workspace::target("screenshots").join(script.trim_end_matches(".mjs"));
    if shots.exists() {
        fs::remove_dir_all(&shots).unwrap();
    }
    shots
}

/// Returns the command for people who meet.
fn people(script: &str, service: &Service, shots: &Path) -> Command {
    let setup = service.setup_url().unwrap();
    let mut command = peer::script("browser", script);
    command
        .args(["--url", service.url(), "--setup", setup])
        .arg("--out")
        .arg(shots);
    command
}

/// Waits until the recording of the only session is ready.
fn made(home: &Home, service: &Service) -> String {
    let begun = Instant::now();
    loop {
        let rows = listed(home);
        let state = |row: &Value| row["state"].as_str().unwrap_or_default().to_owned();
        let ready = rows.iter().find(|row| state(row) == "ready");
        if let Some(ready) = ready {
            return ready["recording"].as_str().unwrap().to_owned();
        }
        let is_bad = |row: &Value| ["held", "failed"].contains(&state(row).as_str());
        let log = || String::from_utf8_lossy(&service.log()).into_owned();
        if let Some(bad) = rows.iter().find(|row| is_bad(row)) {
            let id = bad["recording"].as_str().unwrap();
            let report = Answer::of(home.scrim().args(["get", id, "report.json", "-o", "-"]));
            panic!("{bad}\n{}\n{}", report.printed(), log());
        }
        assert!(begun.elapsed() < PATIENCE, "{rows:?}\n{}", log());
    }
}

/// Exports what was published of a recording, and who took part, and returns where.
fn exported(home: &Home, recording: &str, name: &str) -> PathBuf {
    let folder = home.path().join(name);
    let mut export = home.scrim();
    export
        .args(["export", recording, "--format", "folder"])
        .args(["--with", "attendance", "--out"])
        .arg(&folder);
    Answer::of(&mut export).expect(0);
    folder.join(recording)
}

/// How much of a picture has a colour, from 0 to 1.
fn share(picture: &image::RgbImage, is: impl Fn([u8; 3]) -> bool) -> f64 {
    let count = picture.pixels().filter(|pixel| is(pixel.0)).count();
    count as f64 / f64::from(picture.width() * picture.height())
}

fn is_green([r, g, b]: [u8; 3]) -> bool {
    g > 90 && r < 60 && b < 60
}

fn is_blue([r, g, b]: [u8; 3]) -> bool {
    b > 120 && r < 70 && g < 70
}

fn is_red([r, g, b]: [u8; 3]) -> bool {
    r > 150 && g < 80 && b < 80
}

fn is_magenta([r, g, b]: [u8; 3]) -> bool {
    r > 130 && b > 130 && g < 100
}

/// How loud a tone is in a piece of sound, in decibels below full scale (G. Goertzel, 1958), behind a Hann
/// window.
fn loudness(samples: &[f32], tone: f64) -> f64 {
    let count = samples.len() as f64;
    let step = 2.0 * std::f64::consts::PI * tone / f64::from(RATE);
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (index, sample) in samples.iter().enumerate() {
        let turn = 2.0 * std::f64::consts::PI * index as f64 / count;
        let value = f64::from(*sample) * (1.0 - turn.cos());
        real += value * (step * index as f64).cos();
        imaginary += value * (step * index as f64).sin();
    }
    20.0 * (2.0 * real.hypot(imaginary) / count).max(1e-9).log10()
}

/// How loud a tone is in the loudest piece of a sound where it is to be heard at all. A click, which others'
/// sound has where a piece of it was lost, is no tone: it is as loud beside it.
fn loudest(sound: &[f32], tone: f64) -> f64 {
    let pieces = sound.chunks_exact(PIECE);
    let heard = pieces.filter_map(|piece| {
        let beside = [tone - BESIDE, tone + BESIDE].map(|tone| loudness(piece, tone));
        let own = loudness(piece, tone);
        let is_tone = own > PLAIN || own > beside[0].max(beside[1]) + STANDS_OUT;
        is_tone.then_some(own)
    });
    heard.fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn whoever_refused_or_withdrew_is_in_no_picture_no_sample_and_no_text() {
    let recorded = Recorded::meet("recorded.mjs");
    let movie = recorded.file("recording.mp4");

    let all = pictures(&movie, [320, 180]);
    assert!(all.len() > 100, "{} pictures", all.len());
    let count = |is: fn([u8; 3]) -> bool, least: f64| {
        let there = all.iter().filter(|picture| share(picture, is) > least);
        there.count()
    };
    // Two pixels of 57,600 in no picture: coding makes no colour from nothing.
    assert_eq!(count(is_red, 2e-5), 0, "who refused is seen");
    assert_eq!(count(is_magenta, 2e-5), 0, "who withdrew is seen");
    for (who, is) in [("host", is_green as fn([u8; 3]) -> bool), ("Ada", is_blue)] {
        let seen = count(is, 0.01);
        assert!(
            seen * 10 > all.len() * 8,
            "the {who} is seen in {seen} of {}",
            all.len()
        );
    }

    let sound = samples(&movie, RATE);
    let seconds = sound.len() as f64 / f64::from(RATE);
    assert!(seconds > 18.0, "{seconds} s");
    let loudest = |tone: f64| loudest(&sound, tone);
    let (host, ada, bo, anna) = (
        loudest(440.0),
        loudest(700.0),
        loudest(1130.0),
        loudest(1790.0),
    );
    assert!(host > -30.0 && ada > -30.0, "who agreed is heard");
    assert!(bo < host - 40.0, "who refused is heard: {bo} dB");
    assert!(anna < host - 40.0, "who withdrew is heard: {anna} dB");

    for entry in fs::read_dir(&recorded.out).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let is_about_people = path.extension().is_some_and(|extension| extension == "csv");
        for name in ["Lund", "Kowalska", "B.L.", "A.K. 2"] {
            assert!(!contains(&bytes, name), "{name} is in {}", path.display());
        }
        for name in ["Krol", "Holt"] {
            let is_there = contains(&bytes, name);
            assert!(
                !is_there || is_about_people,
                "{name} is in {}",
                path.display()
            );
        }
    }
    // Those who were recorded are known by name to those who may ask for it.
    let people = fs::read_to_string(recorded.file("attendance.csv")).unwrap();
    assert!(
        people.contains("Hanna Holt") && people.contains("Ada Krol"),
        "{people}"
    );
}

/// When each flash and each beep of a recording begins, in seconds.
fn flashes_and_beeps(movie: &Path) -> (Vec<f64>, Vec<f64>) {
    let is_white =
        |picture: &image::RgbImage| share(picture, |[r, g, b]| r.min(g).min(b) > 150) > 0.2;
    let lit: Vec<bool> = pictures(movie, [160, 90]).iter().map(is_white).collect();
    let times = picture_times(movie);
    assert_eq!(lit.len(), times.len());
    let flashes = (1..lit.len()).filter(|at| lit[*at] && !lit[at - 1]);
    let flashes = flashes.map(|at| times[at]).collect();

    let sound = samples(movie, RATE);
    let quiet = RATE as usize / 4;
    let mut beeps = Vec::new();
    let mut silent_for = quiet;
    for (at, sample) in sound.iter().enumerate() {
        if sample.abs() > 0.05 {
            if silent_for >= quiet {
                beeps.push(at as f64 / f64::from(RATE));
            }
            silent_for = 0;
        } else {
            silent_for += 1;
        }
    }
    (flashes, beeps)
}

/// The flash and the beep begin in the same moment, up to a picture of the camera. The recording has 25
/// pictures a second, so that a flash is seen up to 40 ms late, 20 ms on average.
#[test]
fn picture_and_sound_of_a_page_are_in_step() {
    let recorded = Recorded::meet("flashing.mjs");
    let (flashes, beeps) = flashes_and_beeps(&recorded.file("recording.mp4"));
    assert!(
        flashes.len() > 8 && beeps.len() > 8,
        "{flashes:?} {beeps:?}"
    );
    let nearest = |flash: &f64| {
        let late = beeps.iter().map(|beep| flash - beep);
        late.min_by(|one, other| one.abs().total_cmp(&other.abs()))
            .unwrap()
            * 1000.0
    };
    let mut late: Vec<f64> = flashes.iter().map(nearest).collect();
    late.sort_by(f64::total_cmp);
    let median = late[late.len() / 2];
    assert!(median.abs() < 45.0, "{late:?}");
}

/// The longest time for which no new number came, in seconds.
fn standstill(numbers: &[(f64, u32)]) -> f64 {
    let gaps = numbers.windows(2).map(|pair| pair[1].0 - pair[0].0);
    gaps.fold(0.0, f64::max)
}

/// 5 % of the packets with media are lost on all lines, see `losing.mjs`. What does not come again in time
/// leaves a picture that stands still until a whole one has come, and never one that is half right.
#[test]
fn a_recording_over_lines_that_lose_packets_shows_no_damaged_picture() {
    let recorded = Recorded::meet("losing.mjs");
    let movie = recorded.file("recording.mp4");
    let shown = counted::shown(&movie);
    let damaged: Vec<f64> = shown
        .iter()
        .filter(|(_, what)| *what == Shown::Damaged)
        .map(|(at, _)| *at)
        .collect();
    assert!(damaged.is_empty(), "damaged at {damaged:?} s");

    let all = numbers(&shown);
    let (Some(&(from, _)), Some(&(to, last))) = (all.first(), all.last()) else {
        panic!("no number is shown");
    };
    assert!(from < 3.0 && to - from > 10.0, "from {from} s to {to} s");
    assert!(
        all.windows(2).all(|pair| pair[0].1 < pair[1].1),
        "a picture came twice, or too late"
    );
    assert!(standstill(&all) < 2.0, "{} s", standstill(&all));
    let share = all.len() as f64 / ((to - from) * counted::RATE);
    assert!(share > 0.5, "{share} of all numbers up to {last}");
    // Nothing is lost at the end.
    let end: Vec<_> = all.into_iter().filter(|(at, _)| *at > to - 2.0).collect();
    assert!(standstill(&end) < 0.5, "{end:?}");
    let is_nothing = |(at, what): &(f64, Shown)| *at > to - 2.0 && *what == Shown::Nothing;
    assert!(!shown.iter().any(is_nothing), "the picture is gone");

    let sound = samples(&movie, RATE);
    let (host, ada) = (loudest(&sound, 440.0), loudest(&sound, 1130.0));
    assert!(host > -30.0, "who agreed is not heard: {host} dB");
    assert!(ada < host - 40.0, "who refused is heard: {ada} dB");
}

/// How much of a recording may be lost when the service is killed, in seconds.
const MOST_LOST: f64 = 2.0;

/// What is still on its way from a camera to the service, in seconds.
const ON_ITS_WAY: f64 = 0.3;

#[test]
fn a_service_that_is_killed_loses_two_seconds_of_a_recording_at_most() {
    let (recorded, said) = Recorded::meet_until_killed("crashing.mjs");
    let seconds = said["seconds"].as_f64().unwrap();
    let number = said["number"].as_f64().unwrap();
    let movie = recorded.file("recording.mp4");

    let sound = samples(&movie, RATE);
    let length = sound.len() as f64 / f64::from(RATE);
    assert!(
        length > seconds - MOST_LOST && length < seconds + 5.0,
        "{length} s of {seconds} s"
    );
    // It is heard up to the end. The last piece may be cut.
    let tail = sound.rchunks_exact(PIECE).skip(1).take(5);
    for (index, piece) in tail.enumerate() {
        let host = loudness(piece, 440.0);
        assert!(host > -30.0, "{host} dB in piece {index} from the end");
    }
    let (host, ada) = (loudest(&sound, 440.0), loudest(&sound, 1130.0));
    assert!(ada < host - 40.0, "who refused is heard: {ada} dB");

    let shown = counted::shown(&movie);
    let damaged = shown.iter().filter(|(_, what)| *what == Shown::Damaged);
    assert_eq!(damaged.count(), 0, "of {} pictures", shown.len());
    let (_, last) = *numbers(&shown).last().unwrap();
    let lost = (number - f64::from(last)) / counted::RATE;
    assert!(lost < MOST_LOST + ON_ITS_WAY, "{lost} s of pictures");
    let ends_with = shown.last().map(|(_, what)| *what);
    assert_eq!(ends_with, Some(Shown::Number(last)));
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

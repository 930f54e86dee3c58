//! Recordings that a test makes with ffmpeg, and what ffmpeg sees and hears in a file.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// Size of most pictures that tests make.
pub(crate) const WIDTH: usize = 320;
pub(crate) const HEIGHT: usize = 180;

/// Samples per second of [`sound`].
pub(crate) const RATE: usize = 48_000;

/// A file in a folder of its own.
#[derive(Debug)]
pub(crate) struct Media {
    _folder: TempDir,
    path: PathBuf,
}

impl Media {
    /// Runs ffmpeg with arguments that blanks separate, and keeps the file that it writes.
    pub(crate) fn made(name: &str, arguments: &str) -> Self {
        let media = Self::of_bytes(name, &[]);
        let path = media.path.to_str().unwrap().to_owned();
        let arguments = arguments.split_whitespace().chain(["-y", &path]);
        ffmpeg(&arguments.collect::<Vec<_>>());
        media
    }

    pub(crate) fn of_bytes(name: &str, bytes: &[u8]) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        Self {
            _folder: folder,
            path,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(&self.path).unwrap()
    }
}

/// A moving picture at 25 frames per second, no two frames alike.
pub(crate) fn moving(seconds: u32) -> String {
    format!("-f lavfi -i testsrc2=size={WIDTH}x{HEIGHT}:rate=25:duration={seconds}")
}

/// A tone.
pub(crate) fn tone(seconds: u32) -> String {
    format!("-f lavfi -i sine=frequency=440:sample_rate={RATE}:duration={seconds}")
}

fn ffmpeg(arguments: &[&str]) -> Vec<u8> {
    run(
        "ffmpeg",
        &[&["-nostdin", "-v", "error", "-threads", "1"], arguments].concat(),
    )
}

fn run(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{program} {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// What ffprobe says about a file and its tracks.
pub(crate) fn probe(path: &Path) -> serde_json::Value {
    let arguments = [
        "-v",
        "error",
        "-of",
        "json",
        "-show_format",
        "-show_streams",
        "-show_chapters",
        path.to_str().unwrap(),
    ];
    serde_json::from_slice(&run("ffprobe", &arguments)).unwrap()
}

/// Duration in seconds as ffprobe sees it.
pub(crate) fn duration(path: &Path) -> f64 {
    probe(path)["format"]["duration"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// A decoded picture.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    /// When it is shown, in seconds.
    pub(crate) at: f64,
    pub(crate) width: usize,
    /// Samples as they were coded, without any conversion.
    pub(crate) luma: Vec<u8>,
}

/// An area of a picture: left, top, width and height.
pub(crate) type Area = [usize; 4];

impl Picture {
    fn samples(&self, [left, top, width, height]: Area) -> impl Iterator<Item = u8> {
        (top..top + height).flat_map(move |y| {
            let start = y * self.width + left;
            self.luma[start..start + width].iter().copied()
        })
    }

    /// Mean difference of the luma in an area.
    pub(crate) fn difference(&self, other: &Self, area: Area) -> f64 {
        let pairs = self.samples(area).zip(other.samples(area));
        let sum: u64 = pairs
            .map(|(left, right)| u64::from(left.abs_diff(right)))
            .sum();
        sum as f64 / (area[2] * area[3]) as f64
    }

    /// Lowest and highest luma in an area.
    pub(crate) fn range(&self, area: Area) -> (u8, u8) {
        let least = self.samples(area).min().unwrap();
        (least, self.samples(area).max().unwrap())
    }

    pub(crate) fn mean(&self, area: Area) -> f64 {
        let sum: u64 = self.samples(area).map(u64::from).sum();
        sum as f64 / (area[2] * area[3]) as f64
    }
}

/// Decodes all pictures, turned as the file says, and puts them through a filter that leaves them
/// `width` wide and `height` high.
pub(crate) fn filtered_pictures(
    path: &Path,
    filter: &str,
    (width, height): (usize, usize),
) -> Vec<Picture> {
    let times = picture_times(path);
    let filters = format!("{filter},extractplanes=y");
    let arguments = [
        "-i",
        path.to_str().unwrap(),
        "-map",
        "0:v:0",
        "-vf",
        filters.trim_start_matches(','),
        "-vsync",
        "passthrough",
        "-f",
        "rawvideo",
        "-",
    ];
    let bytes = ffmpeg(&arguments);
    let frames: Vec<&[u8]> = bytes.chunks(width * height).collect();
    assert_eq!(frames.len(), times.len(), "ffmpeg and ffprobe agree");
    times
        .into_iter()
        .zip(frames)
        .map(|(at, luma)| Picture {
            at,
            width,
            luma: luma.to_vec(),
        })
        .collect()
}

/// Decodes all pictures of the usual size.
pub(crate) fn pictures(path: &Path) -> Vec<Picture> {
    filtered_pictures(path, "", (WIDTH, HEIGHT))
}

/// Decodes all pictures, with their colours: Y, U and V of each, one after another.
pub(crate) fn raw_pictures(path: &Path) -> Vec<u8> {
    let input = ["-i", path.to_str().unwrap(), "-map", "0:v:0"];
    let output = [
        "-vsync",
        "passthrough",
        "-pix_fmt",
        "yuv420p",
        "-f",
        "rawvideo",
        "-",
    ];
    ffmpeg(&[&input[..], &output].concat())
}

/// When pictures are shown, in seconds.
pub(crate) fn picture_times(path: &Path) -> Vec<f64> {
    let text = of_pictures(path, "pts_time");
    text.lines().map(|line| line.parse().unwrap()).collect()
}

/// When pictures are shown that refer to no other, in seconds, and whether decoding can begin with them.
pub(crate) fn intra_pictures(path: &Path) -> Vec<(f64, bool)> {
    let text = of_pictures(path, "key_frame,pts_time,pict_type");
    let fields = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    fields
        .filter(|fields| fields[2] == "I")
        .map(|fields| (fields[1].parse().unwrap(), fields[0] == "1"))
        .collect()
}

/// What ffprobe says about each picture, a line each.
fn of_pictures(path: &Path, fields: &str) -> String {
    let fields = format!("frame={fields}");
    let arguments = ["-v", "error", "-select_streams", "v:0", "-of", "csv=p=0"];
    let rest = ["-show_entries", &fields, path.to_str().unwrap()];
    let text = run("ffprobe", &[&arguments[..], &rest].concat());
    let text = String::from_utf8(text).unwrap();
    let lines = text.lines().map(|line| line.trim_end_matches(','));
    let lines = lines.filter(|line| !line.is_empty());
    lines.map(|line| format!("{line}\n")).collect()
}

/// What decoded pictures carry beside their pixels.
pub(crate) fn side_data(path: &Path) -> String {
    let arguments = ["-v", "error", "-select_streams", "v:0", "-show_entries"];
    let rest = ["frame_side_data=side_data_type", path.to_str().unwrap()];
    String::from_utf8(run("ffprobe", &[&arguments[..], &rest].concat())).unwrap()
}

/// Decodes the sound from the start of the file's clock on, both channels mixed.
pub(crate) fn sound(path: &Path) -> Vec<f32> {
    decoded_sound(&[], path)
}

/// Decodes the sound as it is stored, with what decoders need first.
pub(crate) fn stored_sound(path: &Path) -> Vec<f32> {
    decoded_sound(&["-ignore_editlist", "1"], path)
}

fn decoded_sound(options: &[&str], path: &Path) -> Vec<f32> {
    let input = ["-i", path.to_str().unwrap(), "-map", "0:a:0"];
    let output = ["-af", "aresample=async=1:first_pts=0", "-ac", "1"];
    let rest = ["-ar", "48000", "-f", "f32le", "-"];
    ffmpeg(&[options, &input, &output, &rest].concat())
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
        .collect()
}

/// Where the energy of the sound lies within a span, in seconds.
pub(crate) fn centre_of_sound(sound: &[f32], from: f64, to: f64) -> f64 {
    let first = (from.max(0.0) * RATE as f64) as usize;
    let last = ((to * RATE as f64) as usize).min(sound.len());
    let (mut energy, mut moment) = (0.0, 0.0);
    for (index, sample) in sound.iter().enumerate().take(last).skip(first) {
        let power = f64::from(*sample).powi(2);
        energy += power;
        moment += power * index as f64 / RATE as f64;
    }
    assert!(energy > 1.0, "there is a beep between {from} s and {to} s");
    moment / energy
}

/// By how many samples `late` has to be moved to the front to match `early` best.
pub(crate) fn lag(early: &[f32], late: &[f32], most: i64) -> i64 {
    const FROM: usize = 24_000;
    const SAMPLES: usize = 2_400;
    let reference = &early[FROM..FROM + SAMPLES];
    let match_at = |lag: i64| {
        let start = (FROM as i64 + lag) as usize;
        let moved = &late[start..start + SAMPLES];
        let products = reference.iter().zip(moved);
        products
            .map(|(left, right)| f64::from(left * right))
            .sum::<f64>()
    };
    (-most..=most)
        .max_by(|left, right| match_at(*left).total_cmp(&match_at(*right)))
        .unwrap()
}

/// Whether bytes are found in other bytes.
pub(crate) fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

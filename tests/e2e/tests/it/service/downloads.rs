//! Long recordings, of which everybody wants a part.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use scrim_testkit::{Home, peer};
use serde_json::{Value, json};

use super::{Service, published::publish};
use crate::{answer::shown, media::ffmpeg};

/// How much of it is asked for at once.
const PART: usize = 1 << 20;

/// How much memory all of it together may take. The recording is twice as long.
const MOST_MEMORY: u64 = 64 << 20;

/// Writes 256 seconds of noise, which no encoder makes small: 128 MB.
fn long_video(folder: &Path) -> PathBuf {
    let (clip, long) = (folder.join("clip.mp4"), folder.join("long.mp4"));
    let text = |path: &Path| path.display().to_string();
    ffmpeg(&[
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=640x360:r=25:d=8,noise=alls=60:allf=t",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-b:v",
        "4M",
        "-maxrate",
        "4M",
        "-bufsize",
        "1M",
        "-g",
        "25",
        &text(&clip),
    ]);
    ffmpeg(&[
        "-stream_loop",
        "31",
        "-i",
        &text(&clip),
        "-c",
        "copy",
        "-movflags",
        "+faststart",
        &text(&long),
    ]);
    long
}

/// Jumps to shortly before the end of the video of a page in Chromium, and returns what that took.
fn jump(url: &str) -> Value {
    let mut script = peer::script("browser", "seek.mjs");
    let output = script.arg(url).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Turns over one bit in the middle of the sealed recording.
fn damage_in_the_middle(service: &Service, recording: &str) {
    let row = shown(&service.home, recording);
    let mut artefacts = row["artefacts"].as_array().unwrap().iter();
    let sealed = artefacts.find(|one| one["kind"] == "recording").unwrap();
    let objects = service.home.state().join("objects");
    let object = OpenOptions::new()
        .read(true)
        .write(true)
        .open(objects.join(sealed["object"].as_str().unwrap()))
        .unwrap();
    let middle = object.metadata().unwrap().len() / 2;
    let mut byte = [0];
    object.read_exact_at(&mut byte, middle).unwrap();
    object.write_all_at(&[byte[0] ^ 1], middle).unwrap();
}

#[test]
fn parts_of_a_long_recording_need_neither_the_rest_nor_much_memory() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let video = long_video(folder.path());
    let recording = publish(&home, &mut File::open(&video).unwrap());
    let service = Service::with(home, "Ola", "ola@example.org", "warn");
    let whole = fs::read(&video).unwrap();
    let length = whole.len();
    assert!(length as u64 > MOST_MEMORY, "only {length} bytes");
    let (link, _) = service.link(&recording, &json!({}));
    let cookie = service.opened(&link);
    let file = format!("{link}/recording.mp4");
    let assert_part = |from: usize, until: usize| {
        let range = format!("bytes={from}-{}", until - 1);
        let fields = [("cookie", cookie.as_str()), ("range", range.as_str())];
        let reply = service.get(&file, &fields).expect(206);
        let told = format!("bytes {from}-{}/{length}", until - 1);
        assert_eq!(reply.field("content-range"), told);
        assert!(reply.rest() == whole[from..until], "{range} differs");
    };
    let all_of_it = || {
        service
            .get(&file, &[("cookie", cookie.as_str())])
            .expect(200)
    };

    assert_part(0, 1);
    let before = service.memory("VmHWM");
    for from in (0..length - PART).step_by(length / 40) {
        assert_part(from, from + PART);
    }
    assert_part(length - 1, length);
    assert!(all_of_it().rest() == whole, "the recording differs");
    let seen = jump(&format!(
        "http://127.0.0.1:{}{link}",
        service.running.port()
    ));
    let grown = service.memory("VmHWM") - before;
    assert!(grown < MOST_MEMORY, "{grown} bytes");

    let (seconds, place) = (seen["seconds"].as_f64(), seen["place"].as_f64());
    assert!(place.unwrap() > seconds.unwrap() - 3.0, "{seen}");
    assert!(seconds.unwrap() > 255.0, "{seen}");
    let received = seen["received"].as_u64().unwrap();
    assert!(received > 0 && received < length as u64 / 4, "{seen}");
    assert_eq!(seen["found"], json!([]));

    // What lies before a part is not even looked at.
    damage_in_the_middle(&service, &recording);
    assert_part(length - PART, length);
    let (got, _) = all_of_it().until_it_breaks();
    assert!(got.len() < length && got == whole[..got.len()]);
}

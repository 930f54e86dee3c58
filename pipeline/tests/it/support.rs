//! What the tests of this crate share: a sample, a policy, and rendering in memory.

use std::{
    collections::{BTreeMap, HashSet},
    fs::File,
    io::Cursor,
    path::{Path, PathBuf},
    sync::mpsc::sync_channel,
};

use scrim_ingest::Archive;
use scrim_pipeline::{
    assemble::{Assembled, PartReader, PartWriter, Parts, assemble},
    render::{AudioEncoder, Event, Part, PartFacts, RenderError, RenderSpec, VideoEncoder, render},
};
use scrim_policy::{Plan, Policy, Roster};

/// The committed sample: 1280x720, list to the left, chat to the right.
pub(crate) fn short_sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples/media/webinar-short.mp4")
}

pub(crate) fn policy(regions: &str) -> Policy {
    let text = format!("schema = 1\nname = \"test\"\n{regions}");
    Policy::parse("test.toml", &text).unwrap()
}

pub(crate) const STAGE_ONLY: &str = r#"
[[region]]
name = "stage"
kind = "stage"
rect = [0.16, 0.0, 0.6, 1.0]
action = "keep"
"#;

/// Parts of a recording in memory.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    pub(crate) parts: BTreeMap<Part, (PartFacts, Vec<u8>)>,
    pub(crate) plan: Option<Plan>,
    pub(crate) priming: u64,
}

impl Rendered {
    pub(crate) fn assemble(&self) -> (Assembled, Vec<u8>) {
        let mut out = Vec::new();
        let reader =
            |part: &Part| PartReader::open(*part, Cursor::new(self.parts[part].1.clone())).unwrap();
        let parts = Parts {
            segments: self
                .parts
                .keys()
                .filter(|part| **part != Part::Audio)
                .map(reader)
                .collect(),
            size: self.plan.as_ref().map_or([0, 0], |plan| plan.output),
            audio: self
                .parts
                .keys()
                .find(|part| **part == Part::Audio)
                .map(reader),
            audio_priming: self.priming,
        };
        (assemble(parts, &mut out).unwrap(), out)
    }
}

pub(crate) fn spec(archive: &Archive, policy: &Policy) -> RenderSpec {
    let probe = archive.probe();
    let video = probe.video.as_ref();
    RenderSpec {
        plan: video
            .map(|video| Plan::compile(policy, &video.geometry, &Roster::default()).unwrap()),
        orientation: video.map(|video| video.orientation).unwrap_or_default(),
        frame_rate: video.and_then(|video| video.frame_rate).unwrap_or((30, 1)),
        audio: probe.audio.is_some(),
        video_encoder: VideoEncoder::installed().unwrap(),
        audio_encoder: AudioEncoder::installed().unwrap(),
        skip: HashSet::new(),
        workers: 2,
        digest: true,
        stills: Vec::new(),
    }
}

pub(crate) fn try_render_file(path: &Path, policy: &Policy) -> Result<Rendered, RenderError> {
    let mut archive = Archive::open(File::open(path).unwrap())?;
    let spec = spec(&archive, policy);
    let (sender, events) = sync_channel(64);
    let collector = std::thread::spawn(move || {
        let mut open: BTreeMap<Part, PartWriter<Vec<u8>>> = BTreeMap::new();
        let mut done = BTreeMap::new();
        for event in events {
            match event {
                Event::Units { part, units, data } => {
                    let writer = open
                        .entry(part)
                        .or_insert_with(|| PartWriter::new(Vec::new()));
                    writer.append(units, &data).unwrap();
                }
                Event::Done { part, facts } => {
                    let writer = open.remove(&part).unwrap();
                    done.insert(part, (facts.clone(), writer.finish(facts).unwrap()));
                }
                Event::Progress { .. } => {}
            }
        }
        done
    });
    let outcome = render(&mut archive, &spec, &sender);
    drop(sender);
    let parts = collector.join().unwrap();
    outcome?;
    Ok(Rendered {
        parts,
        priming: spec.audio_encoder.priming_samples(),
        plan: spec.plan,
    })
}

pub(crate) fn render_file(path: &Path, policy: &Policy) -> Rendered {
    try_render_file(path, policy).unwrap()
}

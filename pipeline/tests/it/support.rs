//! What the tests of this crate share: samples, policies, and rendering in memory.

use std::{
    collections::{BTreeMap, HashSet},
    fs::File,
    io::Cursor,
    path::{Path, PathBuf},
    sync::mpsc::sync_channel,
};

use scrim_ingest::Archive;
use scrim_pipeline::{
    assemble::{AssembleError, Assembled, PartIndex, PartReader, PartWriter, Parts, assemble},
    inspect::{Check, Expected, Verdict, hidden_areas, structure},
    render::{
        AudioEncoder, Event, Part, PartFacts, RenderError, RenderSpec, SEGMENT_NS, VideoEncoder,
        render,
    },
};
use scrim_policy::{Moment, Plan, Policy, Roster};

use crate::media::Media;

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

/// Nothing is hidden.
pub(crate) const EVERYTHING: &str = r#"
[[region]]
name = "stage"
kind = "stage"
rect = [0.0, 0.0, 1.0, 1.0]
action = "keep"
"#;

/// One second, so that short recordings have several segments.
pub(crate) const SHORT_SEGMENTS: u64 = 1_000_000_000;

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
        let parts = Parts {
            segments: self.segments(),
            size: self.plan.as_ref().map_or([0, 0], |plan| plan.output),
            audio: self
                .parts
                .contains_key(&Part::Audio)
                .then(|| self.reader(Part::Audio)),
            audio_priming: self.priming,
        };
        let open = |index: usize| {
            let part = Part::Segment(u32::try_from(index).unwrap());
            Ok::<_, AssembleError>(self.bytes(part))
        };
        (assemble(parts, open, &mut out).unwrap(), out)
    }

    pub(crate) fn segments(&self) -> Vec<PartIndex> {
        let parts = self.parts.keys().filter(|part| **part != Part::Audio);
        parts.map(|part| self.reader(*part).into_index()).collect()
    }

    fn reader(&self, part: Part) -> PartReader<Cursor<&[u8]>> {
        PartReader::open(part, self.bytes(part)).unwrap()
    }

    fn bytes(&self, part: Part) -> Cursor<&[u8]> {
        Cursor::new(&self.parts[&part].1)
    }

    /// Facts of all segments in order.
    pub(crate) fn facts(&self) -> Vec<PartFacts> {
        let segments = self.segments();
        segments
            .iter()
            .map(|segment| segment.facts.clone())
            .collect()
    }

    pub(crate) fn frames(&self) -> u64 {
        self.facts().iter().map(|facts| facts.frames).sum()
    }

    pub(crate) fn repeats(&self) -> u64 {
        self.facts().iter().map(|facts| facts.repeats).sum()
    }

    /// When the key frames are shown.
    pub(crate) fn key_times(&self) -> Vec<Moment> {
        let segments = self.segments();
        let units = segments.iter().flat_map(|segment| &segment.units);
        units
            .filter(|unit| unit.is_key)
            .map(|unit| unit.at)
            .collect()
    }

    /// Writes the finished recording to a file, for others to read.
    pub(crate) fn file(&self) -> Media {
        Media::of_bytes("recording.mp4", &self.assemble().1)
    }

    /// Inspects bytes as if they were the finished recording.
    pub(crate) fn inspect(&self, bytes: &[u8]) -> Vec<Check> {
        let assembled = self.assemble().0;
        let expected = Expected {
            pictures: assembled.pictures,
            audio_frames: assembled.audio_frames,
            duration: assembled.duration,
        };
        let (mut file, length) = (Cursor::new(bytes), bytes.len() as u64);
        let mut checks = structure(&mut file, length, &expected).unwrap();
        if let Some(plan) = &self.plan {
            checks.push(self.hidden_areas(bytes, plan));
        }
        checks
    }

    /// Compares the hidden areas of bytes with a plan.
    pub(crate) fn hidden_areas(&self, bytes: &[u8], plan: &Plan) -> Check {
        let facts = self.facts();
        let hidden: Vec<_> = facts
            .iter()
            .flat_map(|facts| facts.wholly_hidden.clone())
            .collect();
        let (mut file, length) = (Cursor::new(bytes), bytes.len() as u64);
        let keys = self.key_times();
        hidden_areas(&mut file, length, plan, &facts[0], &keys, &hidden).unwrap()
    }
}

/// Names of the checks that failed.
pub(crate) fn failed(checks: &[Check]) -> Vec<&str> {
    let failed = checks
        .iter()
        .filter(|check| check.verdict != Verdict::Passed);
    failed.map(|check| check.name.as_str()).collect()
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
        segment: SEGMENT_NS,
        workers: 2,
        digest: true,
        stills: Vec::new(),
    }
}

/// Renders a file after `change` changed what is asked for.
pub(crate) fn try_render(
    path: &Path,
    policy: &Policy,
    change: impl FnOnce(&mut RenderSpec),
) -> Result<Rendered, RenderError> {
    let mut archive = Archive::open(File::open(path).unwrap())?;
    let mut spec = spec(&archive, policy);
    change(&mut spec);
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

pub(crate) fn render_with(
    path: &Path,
    regions: &str,
    change: impl FnOnce(&mut RenderSpec),
) -> Rendered {
    try_render(path, &policy(regions), change).unwrap()
}

pub(crate) fn render_file(path: &Path, regions: &str) -> Rendered {
    render_with(path, regions, |_| {})
}

//! What a person has to know to decide about a recording.

use scrim_policy::{
    Geometry, Moment, NamesShown, Plan, Policy, RecordingId, RegionAction, RegionKind,
};
use scrim_storage::proof::GateVerdict;
use serde::{Deserialize, Serialize};

use crate::{inspect::Check, render::StillPair};

/// One region of the policy as it was applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HiddenRegion {
    /// Name in the policy.
    pub name: String,
    /// What it holds.
    pub kind: RegionKind,
    /// What was done to it.
    pub action: RegionAction,
    /// Rectangle as fractions of the picture: x, y, width, height.
    pub rect: [f64; 4],
    /// When it began, in seconds.
    pub from_s: f64,
    /// When it ended, in seconds; `None` is the end of the recording.
    pub to_s: Option<f64>,
}

/// What became of the words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptFacts {
    /// Languages that were recognised, most spoken first.
    pub languages: Vec<String>,
    /// Milliseconds of speech that were found.
    pub speech_ms: u64,
    /// Words in the transcript.
    pub words: usize,
    /// Names that became pseudonyms or were removed.
    pub names: usize,
    /// E-mail addresses that were removed.
    pub emails: usize,
    /// Phone numbers that were removed.
    pub phones: usize,
}

/// What was done, what was checked, and what was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The recording.
    pub recording: RecordingId,
    /// When the report was made, RFC 3339 in UTC.
    pub created_at: String,
    /// Name of the policy.
    pub policy: String,
    /// How people are called. Reports of earlier versions do not say it, and hidden is all that is
    /// safe to believe.
    #[serde(default = "hidden")]
    pub names: NamesShown,
    /// Duration in seconds.
    pub duration_s: f64,
    /// The source picture, where there is one.
    pub source: Option<Geometry>,
    /// Width and height of the published picture.
    pub output: Option<[u32; 2]>,
    /// Share of the source picture that is shown while most of it is, in percent.
    pub shown_percent: f64,
    /// What the policy says about each region.
    pub regions: Vec<HiddenRegion>,
    /// Source pictures that were cleared.
    pub pictures: u64,
    /// Source pictures that repeat the one before and were left out.
    pub repeats: u64,
    /// Further tracks of the source that were left out.
    pub tracks_left_out: usize,
    /// Spans that were hidden completely because the picture had another shape, in seconds. Somebody
    /// should look at them.
    pub wholly_hidden_s: Vec<[f64; 2]>,
    /// What became of the words; `None` where no transcript was made.
    pub transcript: Option<TranscriptFacts>,
    /// What was checked in the finished files.
    pub checks: Vec<Check>,
    /// What was decided.
    pub verdict: GateVerdict,
    /// Why.
    pub reasons: Vec<String>,
    /// Pictures before and after, for people.
    #[serde(skip)]
    pub stills: Vec<StillPair>,
}

const fn hidden() -> NamesShown {
    NamesShown::Hidden
}

impl Report {
    /// Returns the report as a file.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self)
            .expect("a report holds only texts, numbers and lists of them");
        text.push(b'\n');
        text
    }
}

impl TranscriptFacts {
    /// Speech that was found, for people.
    pub fn speech_s(&self) -> String {
        format!("{:.1} s", self.speech_ms as f64 / 1000.0)
    }
}

impl HiddenRegion {
    /// What the region holds, for people.
    pub fn kind_word(&self) -> &'static str {
        match self.kind {
            RegionKind::Stage => "stage",
            RegionKind::Slides => "slides",
            RegionKind::Camera => "camera",
            RegionKind::ParticipantList => "participant list",
            RegionKind::Chat => "chat",
            RegionKind::Notes => "notes",
            RegionKind::Poll => "poll",
            RegionKind::Toast => "toast",
            RegionKind::Other => "other",
        }
    }

    /// What was done to the region, for people.
    pub fn action_word(&self) -> &'static str {
        match self.action {
            RegionAction::Keep => "kept",
            RegionAction::Hide => "cut out",
            RegionAction::Fill => "filled",
            RegionAction::Blur => "frosted",
            RegionAction::Initials => "initials",
        }
    }

    /// Describes all regions of a policy.
    pub(super) fn all(policy: &Policy) -> Vec<Self> {
        policy
            .regions
            .iter()
            .map(|region| Self {
                name: region.name.clone(),
                kind: region.kind,
                action: region.action,
                rect: region.rect.into(),
                from_s: region.from.seconds(),
                to_s: (region.to != Moment::END).then(|| region.to.seconds()),
            })
            .collect()
    }
}

/// Share of the picture that is kept in the scene that keeps most, in percent.
pub(super) fn shown_percent(plan: &Plan) -> f64 {
    let area = f64::from(plan.source.width) * f64::from(plan.source.height);
    let kept = plan
        .scenes
        .iter()
        .map(|scene| scene.kept.iter().map(|rect| rect.area()).sum::<u64>());
    kept.max().unwrap_or(0) as f64 * 100.0 / area
}

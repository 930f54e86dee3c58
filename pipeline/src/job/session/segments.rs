//! Which segments there have to be, and which of them are there.

use std::collections::BTreeMap;

use scrim_policy::{Moment, SessionPlan};
use scrim_storage::{KeyedDigest, StagePart};

use super::super::{
    Context, JobError, now,
    rendering::{AUDIO_STAGE, SEGMENT_STAGE},
};
use crate::render::{Part, SEGMENT_NS};

/// The segments of a session.
pub(super) struct Segments {
    /// The keys of those that are there.
    there: BTreeMap<u32, KeyedDigest>,
}

impl Segments {
    /// Finds out which are there.
    pub(super) fn find(context: &Context<'_>) -> Result<Self, JobError> {
        let results = context
            .vault
            .finished_parts(context.recording(), SEGMENT_STAGE)?;
        let there = results.into_iter().filter(|one| one.artefact.is_some());
        Ok(Self {
            there: there.map(|one| (one.part, one.key)).collect(),
        })
    }

    /// Deletes every segment that the plan does not name as it is, and returns those that are missing of
    /// the first `complete`.
    pub(super) fn missing(
        &mut self,
        context: &Context<'_>,
        plan: &SessionPlan,
        complete: u32,
    ) -> Result<Vec<u32>, JobError> {
        let wanted =
            |index: u32| (index < complete).then(|| part(context, Part::Segment(index), plan).key);
        let stale: Vec<u32> = self
            .there
            .iter()
            .filter(|(index, key)| wanted(**index) != Some(**key))
            .map(|(index, _)| *index)
            .collect();
        for index in stale {
            context
                .vault
                .forget_part(context.claim, SEGMENT_STAGE, index, now())?;
            self.there.remove(&index);
        }
        let missing = (0..complete).filter(|index| !self.there.contains_key(index));
        Ok(missing.collect())
    }

    /// Returns up to where every segment is there, in nanoseconds of the recording.
    pub(super) fn rendered_to(&self) -> u64 {
        let first_missing = (0..).find(|index| !self.there.contains_key(index));
        u64::from(first_missing.unwrap_or(0)) * SEGMENT_NS
    }

    /// Notes that a segment was rendered.
    pub(super) fn rendered(&mut self, index: u32, key: KeyedDigest) {
        self.there.insert(index, key);
    }
}

/// Returns under which key a part is kept: it covers everything that the part shows or lets be heard,
/// beside the tracks themselves, which do not change.
pub(super) fn part(context: &Context<'_>, part: Part, plan: &SessionPlan) -> StagePart<'static> {
    let (stage, index, from, to) = match part {
        Part::Segment(index) => {
            let from = Moment(u64::from(index) * SEGMENT_NS);
            (SEGMENT_STAGE, index, from, from.later(SEGMENT_NS))
        }
        Part::Audio => (AUDIO_STAGE, 0, Moment::START, Moment::END),
    };
    let mut shown = plan.between(from, to);
    match part {
        Part::Segment(_) => shown.voices.clear(),
        Part::Audio => shown.scenes.clear(),
    }
    let shown = postcard::to_stdvec(&shown).expect("a plan holds numbers, ids and texts");
    let inputs: [&[u8]; 4] = [
        context.job.key.as_bytes(),
        stage.as_bytes(),
        &index.to_le_bytes(),
        &shown,
    ];
    let key = context
        .vault
        .keyring()
        .keyed_digest("scrim/session-part/v1", &inputs);
    StagePart {
        stage,
        part: index,
        key,
    }
}

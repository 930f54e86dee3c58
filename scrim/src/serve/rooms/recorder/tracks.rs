//! The log of one track while it is written.

use scrim_ingest::log::{
    Body, Chunk, LogError, Record, RtpPacket, SenderReport, TrackHeader, TrackLog,
};
use scrim_policy::{ArtefactId, Moment};
use scrim_sfu::tap::TrackFacts;

use super::inbox::Times;

/// One track that is recorded, or was and may be again.
pub(super) struct RecordedTrack {
    pub(super) facts: TrackFacts,
    /// The layer that holds it.
    pub(super) layer: ArtefactId,
    log: TrackLog,
    /// Whose packets are taken; none while it is not recorded.
    tap: Option<u64>,
}

impl RecordedTrack {
    /// Begins the log of a track.
    pub(super) fn new(facts: TrackFacts, layer: ArtefactId, tap: u64) -> Result<Self, LogError> {
        let header = TrackHeader {
            id: *facts.track.as_uuid().as_bytes(),
            source: facts.source,
            codec: facts.codec,
            clock_rate: facts.codec.clock_rate(),
            payload_type: facts.payload_type,
        };
        Ok(Self {
            facts,
            layer,
            log: TrackLog::new(header)?,
            tap: Some(tap),
        })
    }

    /// Whether the log can go on with what is known of the track now.
    pub(super) fn goes_on_as(&self, facts: &TrackFacts) -> bool {
        self.facts == *facts
    }

    /// Takes packets of this tap from now on.
    pub(super) fn resume(&mut self, tap: u64, now: Moment) -> Option<Chunk> {
        if self.tap.replace(tap).is_some() {
            return None;
        }
        self.mark(now, Body::Resume)
    }

    /// Takes no packets for now.
    pub(super) fn pause(&mut self, now: Moment) -> Option<Chunk> {
        self.tap.take()?;
        self.mark(now, Body::Pause)
    }

    /// Takes a packet of a tap. `complete_to` is what was promised: nothing before it may come any more,
    /// so what is late is taken for the first thing after it. Rendering goes by RTP timestamps.
    pub(super) fn packet(
        &mut self,
        tap: u64,
        times: Times,
        complete_to: Moment,
        rtp: &[u8],
    ) -> Option<Chunk> {
        if self.tap != Some(tap) {
            return None;
        }
        let packet = match RtpPacket::new(rtp) {
            Ok(packet) => packet,
            Err(error) => {
                tracing::debug!(%error, "a packet is not recorded");
                return None;
            }
        };
        let arrival = times.arrival.max(complete_to.0);
        let pts = times.pts.clamp(complete_to.0, arrival);
        let body = Body::Rtp(packet);
        self.push(Record { pts, arrival, body })
    }

    /// Takes what the sender says about time.
    pub(super) fn report(
        &mut self,
        tap: u64,
        arrival: u64,
        complete_to: Moment,
        report: SenderReport,
    ) -> Option<Chunk> {
        if self.tap != Some(tap) {
            return None;
        }
        let arrival = arrival.max(complete_to.0);
        self.push(Record {
            pts: arrival,
            arrival,
            body: Body::SenderReport(report),
        })
    }

    /// Returns what was gathered, if there is anything.
    pub(super) fn flush(&mut self) -> Option<Chunk> {
        self.log.flush()
    }

    /// Ends the log.
    pub(super) fn finish(self, now: Moment) -> (ArtefactId, Chunk) {
        (self.layer, self.log.finish(now.0))
    }

    fn mark(&mut self, now: Moment, body: Body<'_>) -> Option<Chunk> {
        self.push(Record {
            pts: now.0,
            arrival: now.0,
            body,
        })
    }

    fn push(&mut self, record: Record<'_>) -> Option<Chunk> {
        match self.log.push(record) {
            Ok(full) => full,
            Err(error) => {
                tracing::debug!(%error, "a record of a track is left out");
                None
            }
        }
    }
}

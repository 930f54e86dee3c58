//! What may follow what in the log of a track.

use super::{Body, LogError, Record, TrackHeader};

/// How far the pts of a record may lie before the greatest one so far, and how far after its own
/// arrival, in nanoseconds: 5 s.
///
/// Packets leave the jitterbuffer in order, but their times may step when its first sender report
/// comes: by `max-ts-offset` of rtpjitterbuffer, 3 s, and the jitter. A time further ahead would
/// make every record after it one of the past.
pub const PTS_TOLERANCE: u64 = 5_000_000_000;

/// Where a log stands. The writer and the reader keep the same rules by it, so that nothing is
/// written that cannot be read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Succession {
    /// Greatest pts so far, in nanoseconds.
    latest: u64,
    is_paused: bool,
}

impl Succession {
    pub(super) const fn latest(&self) -> u64 {
        self.latest
    }

    /// Takes a record in, or says why it cannot stand here and changes nothing.
    pub(super) fn admit(
        &mut self,
        track: &TrackHeader,
        record: &Record<'_>,
    ) -> Result<(), LogError> {
        let Record { pts, arrival, .. } = *record;
        if pts > arrival.saturating_add(PTS_TOLERANCE) {
            return Err(LogError::Ahead { pts, arrival });
        }
        self.check_pts(pts)?;
        match record.body {
            Body::Rtp(_) if self.is_paused => return Err(LogError::Paused),
            Body::Rtp(packet) => track.owns(packet)?,
            Body::Pause => self.is_paused = true,
            Body::Resume => self.is_paused = false,
            Body::SenderReport(_) | Body::Gap { .. } | Body::KeyframeAsked => {}
        }
        self.latest = self.latest.max(pts);
        Ok(())
    }

    /// Takes the end of the log in.
    pub(super) fn admit_end(&mut self, pts: u64) -> Result<(), LogError> {
        self.check_pts(pts)?;
        self.latest = self.latest.max(pts);
        Ok(())
    }

    const fn check_pts(&self, pts: u64) -> Result<(), LogError> {
        let latest = self.latest;
        if pts < latest.saturating_sub(PTS_TOLERANCE) {
            return Err(LogError::Backwards { pts, latest });
        }
        Ok(())
    }
}

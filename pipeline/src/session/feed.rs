//! From the log of a track to packets that know when they belong.
//!
//! Time goes on in epochs of a second, counted by the clock of the room. A packet of an epoch gets
//! its time when the epoch after it was read as well, so that a clock that jumped is told from a
//! network that stood still. Which records belong to an epoch does not depend on when they are read;
//! so a session that runs gives the same as the same session a week later.

use std::{mem, sync::Arc};

use scrim_ingest::{
    SessionSource,
    log::{PTS_TOLERANCE, RtpPacket, TrackHeader, timing::TrackFit},
};
use scrim_policy::TrackId;

use super::{
    clock::{Clock, EPOCH, LipSync},
    log::{Entry, Log, What},
};
use crate::render::RenderError;

/// No packet belongs longer before its pts, in nanoseconds: 2 s. What a network held up for longer
/// comes as late as that makes it.
const LOOKAHEAD: u64 = 2_000_000_000;

/// How far a session must have come beyond a moment, in nanoseconds, before all that belongs up to
/// there can be told: the lookahead, the epoch that begins within it, the next one, and the rest of
/// that one.
pub(super) const BEHIND: u64 = LOOKAHEAD + 3 * EPOCH;

/// Something that came, and when it belongs: nanoseconds of the room, also before zero.
#[derive(Debug)]
pub(super) struct Timed {
    pub(super) at: i64,
    pub(super) what: Came,
}

#[derive(Debug)]
pub(super) enum Came {
    Packet(Packet),
    /// Packets are missing here.
    Lost,
    /// From here on nothing was recorded.
    Paused,
}

/// A packet, and its RTP time in ticks, which runs on where the timestamp overflows.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    pub(super) rtp: i64,
    pub(super) bytes: Vec<u8>,
}

impl Packet {
    pub(super) fn sequence(&self) -> u16 {
        RtpPacket::new(&self.bytes).map_or(0, RtpPacket::sequence)
    }

    pub(super) fn is_marked(&self) -> bool {
        RtpPacket::new(&self.bytes).is_ok_and(RtpPacket::is_marked)
    }

    /// Returns what follows the header, without padding (RFC 3550, section 5.1).
    pub(super) fn payload(&self) -> &[u8] {
        let Some(&first) = self.bytes.first() else {
            return &[];
        };
        let contributors = usize::from(first & 0x0f);
        let start = RtpPacket::LEAST_BYTES + 4 * contributors;
        let payload = self.bytes.get(start..).unwrap_or(&[]);
        let padding = match payload.last() {
            Some(&padding) if first & 0x20 != 0 => usize::from(padding),
            _ => 0,
        };
        let end = payload.len().saturating_sub(padding);
        &payload[..end]
    }
}

/// Finds, for an epoch, the fit of the sound that pictures have to come with.
pub(super) type Lead<'a> = dyn FnMut(u64) -> Result<Option<Arc<TrackFit>>, RenderError> + 'a;

/// One track, epoch by epoch.
pub(super) struct Feed {
    log: Log,
    clock: Option<Clock>,
    lip_sync: LipSync,
    /// The next epoch whose packets get their times.
    epoch: u64,
    /// What came in it.
    current: Vec<Noted>,
}

/// An entry, and for a packet its RTP time.
struct Noted {
    entry: Entry,
    rtp: i64,
}

impl Feed {
    pub(super) const fn new(track: TrackId) -> Self {
        Self {
            log: Log::new(track),
            clock: None,
            lip_sync: LipSync::new(),
            epoch: 0,
            current: Vec::new(),
        }
    }

    /// Returns what the track is, once a record was read.
    pub(super) const fn header(&self) -> Option<&TrackHeader> {
        self.log.header()
    }

    /// Whether the track was destroyed while it was read.
    pub(super) const fn is_gone(&self) -> bool {
        self.log.is_gone()
    }

    /// Returns the next epoch.
    pub(super) const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Returns the fit by which the packets of the last epoch got their times.
    pub(super) fn fit(&self) -> Option<&Arc<TrackFit>> {
        self.clock.as_ref()?.fit()
    }

    /// Returns a moment of the room before which everything has been handed out, in nanoseconds.
    pub(super) const fn complete_to(&self) -> i64 {
        (self.epoch * EPOCH) as i64 - LOOKAHEAD as i64
    }

    /// Makes sure that there is something to read before the epoch `until`. Where there is not, all
    /// epochs before it are over.
    pub(super) fn begin(
        &mut self,
        session: &dyn SessionSource,
        until: u64,
    ) -> Result<(), RenderError> {
        if self.epoch < until && !self.log.open(session)? {
            self.current.clear();
            self.epoch = until;
        }
        Ok(())
    }

    /// Looks whether the track is still there. If not, nothing more of it is handed out.
    pub(super) fn look(&mut self, session: &dyn SessionSource) -> Result<(), RenderError> {
        self.log.look(session)?;
        if self.log.is_gone() {
            self.current.clear();
        }
        Ok(())
    }

    /// Hands out one epoch, in the order of the log.
    ///
    /// The session has to be complete [`BEHIND`] the moment up to which epochs are asked for.
    pub(super) fn step(
        &mut self,
        session: &dyn SessionSource,
        lead: Option<&mut Lead<'_>>,
        mut take: impl FnMut(Timed),
    ) -> Result<(), RenderError> {
        if self.clock.is_none() {
            // Nothing was read ahead yet.
            let entries = self.log.read(session, (self.epoch + 1) * EPOCH)?;
            self.current = self.note(entries);
        }
        let entries = self.log.read(session, (self.epoch + 2) * EPOCH)?;
        let ahead = self.note(entries);
        let mut current = mem::replace(&mut self.current, ahead);
        if self.log.is_gone() {
            self.current.clear();
            current.clear();
        }
        let first = first_rtp(&current).or_else(|| first_rtp(&self.current));
        if let (Some(clock), Some(first)) = (&mut self.clock, first) {
            clock.refit(self.epoch, first);
            if let (Some(lead), Some(fit)) = (lead, clock.fit())
                && let Some(sound) = lead(self.epoch)?
            {
                self.lip_sync.look(fit, &sound, first);
            }
        }
        for noted in current {
            if !matches!(noted.entry.what, What::Report(_)) {
                take(self.timed(noted));
            }
        }
        self.epoch += 1;
        Ok(())
    }

    /// Hands out everything that belongs before a moment of the room, and some of what follows.
    pub(super) fn advance(
        &mut self,
        session: &dyn SessionSource,
        to: i64,
        mut take: impl FnMut(Timed),
    ) -> Result<(), RenderError> {
        self.begin(session, epochs_before(to))?;
        while self.complete_to() < to {
            self.step(session, None, &mut take)?;
        }
        Ok(())
    }

    fn note(&mut self, entries: Vec<Entry>) -> Vec<Noted> {
        let Some(header) = self.log.header() else {
            return Vec::new();
        };
        let clock = self
            .clock
            .get_or_insert_with(|| Clock::new(header.clock_rate));
        let mut note = |entry: Entry| {
            let rtp = match &entry.what {
                What::Packet(bytes) => {
                    let timestamp = RtpPacket::new(bytes).map_or(0, RtpPacket::timestamp);
                    clock.packet(timestamp, entry.arrival)
                }
                What::Report(report) => {
                    clock.report(*report, entry.arrival);
                    0
                }
                What::Lost | What::Paused => 0,
            };
            Noted { entry, rtp }
        };
        entries.into_iter().map(&mut note).collect()
    }

    /// Gives an entry its time.
    fn timed(&self, Noted { entry, rtp }: Noted) -> Timed {
        let pts = i64::try_from(entry.pts).unwrap_or(i64::MAX);
        let what = match entry.what {
            What::Packet(bytes) => Came::Packet(Packet { rtp, bytes }),
            What::Paused => Came::Paused,
            What::Lost | What::Report(_) => Came::Lost,
        };
        let fitted = match &what {
            Came::Packet(_) => self.clock.as_ref().and_then(|clock| clock.room(rtp)),
            Came::Lost | Came::Paused => None,
        };
        let at = fitted
            .map(|room| room.saturating_add(self.lip_sync.shift()))
            .filter(|at| at.abs_diff(pts) <= PTS_TOLERANCE)
            .unwrap_or(pts)
            .max(pts.saturating_sub(LOOKAHEAD as i64));
        Timed { at, what }
    }
}

/// Returns how many epochs have to be handed out so that nothing is missing before a moment.
pub(super) fn epochs_before(to: i64) -> u64 {
    u64::try_from(to.saturating_add(LOOKAHEAD as i64)).map_or(0, |to| to.div_ceil(EPOCH))
}

fn first_rtp(entries: &[Noted]) -> Option<i64> {
    entries
        .iter()
        .find(|noted| matches!(noted.entry.what, What::Packet(_)))
        .map(|noted| noted.rtp)
}

//! Going to another place of a recording, for those who want one picture.

use std::{sync::mpsc::TryRecvError, thread, time::Duration};

use gstreamer as gst;
use gstreamer::prelude::*;
use scrim_policy::Moment;

use super::{Archive, Timing, Track, timing as timing_from_start};

/// How long the channel is left alone while nothing comes.
const PAUSE: Duration = Duration::from_millis(1);

/// Pictures that go with the packet of sound that a jump leads to: 43 ms of AAC at 60 a second.
const MOST_LEFT_OUT: u32 = 3;

impl Archive {
    /// Goes to the last place at or before a moment where decoding can start, as the index of the
    /// file tells, and says whether it could. Packets that follow come from there, those of sound
    /// perhaps from a little before or after.
    ///
    /// # Hidden contract
    /// A file without an index is searched by guessing, so the caller looks whether the first picture
    /// comes early enough. Where it does not, or this returns `false`, the file is opened anew and
    /// read from its start.
    pub fn seek(&mut self, at: Moment) -> bool {
        let Some(pad) = self.picture_pad.clone() else {
            return false;
        };
        let Some(shift) = self.shift.or_else(|| self.shift_of_start()) else {
            return false;
        };
        let wanted = i64::try_from(at.0).unwrap_or(i64::MAX);
        let wanted = wanted.saturating_add(self.origin).saturating_sub(shift);
        let event = gst::event::Seek::new(
            1.0,
            gst::SeekFlags::FLUSH | gst::SeekFlags::KEY_UNIT | gst::SeekFlags::SNAP_BEFORE,
            gst::SeekType::Set,
            gst::ClockTime::from_nseconds(u64::try_from(wanted).unwrap_or(0)),
            gst::SeekType::None,
            gst::ClockTime::NONE,
        );
        // What waits is from the old place.
        self.waiting.clear();
        self.is_over = false;
        let has_sought = thread::scope(|scope| {
            // The demuxer comes to rest first, which it cannot while it waits for room in the channel.
            let seeking = scope.spawn(move || pad.push_event(event));
            while !seeking.is_finished() {
                let note = self.notes.as_ref().map(|notes| notes.try_recv());
                match note {
                    Some(Ok(note)) => self.keep_if_new(note),
                    Some(Err(TryRecvError::Empty)) => thread::park_timeout(PAUSE),
                    Some(Err(TryRecvError::Disconnected)) | None => break,
                }
            }
            seeking.join().unwrap_or(false)
        });
        if has_sought {
            self.seeks += 1;
            self.shift = Some(shift);
            self.sound_end = None;
            self.awaits_entry = true;
            self.left_out = 0;
        }
        has_sought
    }

    /// Says whether the last jump led to somewhere between two places where decoding can start, by more
    /// than a packet of sound is long. Then the file was not searched by an index.
    pub fn has_landed_between(&self) -> bool {
        self.left_out > MOST_LEFT_OUT
    }

    /// Says whether it was ever gone to another place.
    pub fn has_sought(&self) -> bool {
        self.seeks > 0
    }

    /// While the pipeline is on its way, what comes is from the old place or from the new one.
    fn keep_if_new(&mut self, note: super::demux::Note) {
        use super::demux::Note;
        match note {
            Note::Packet(track, sample, seeks) if seeks > self.seeks => {
                self.waiting.push_back((track, sample));
            }
            Note::End(seeks) if seeks > self.seeks => self.is_over = true,
            Note::Packet(..) | Note::End(_) | Note::Failed(_) => {}
        }
    }

    /// How the clock of a reader from the start and that of the file differ.
    fn shift_of_start(&self) -> Option<i64> {
        let (_, first) = self
            .waiting
            .iter()
            .find(|(track, _)| *track == Track::Video)?;
        let by_file = timing(first, 0)?.start;
        timing_from_start(first)?.start.checked_sub(by_file)
    }
}

/// When a packet is shown, by the clock of the file and a shift. After going to another place,
/// running time begins there; the clock of the file does not.
pub(super) fn timing(sample: &gst::Sample, shift: i64) -> Option<Timing> {
    let buffer = sample.buffer()?;
    let time = buffer.pts().or_else(|| buffer.dts())?;
    let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
    let start = match segment.to_stream_time_full(time)? {
        gst::Signed::Positive(time) => i64::try_from(time.nseconds()).ok()?,
        gst::Signed::Negative(time) => -i64::try_from(time.nseconds()).ok()?,
    };
    Some(Timing {
        start: start.saturating_add(shift),
        duration: buffer.duration().map(gst::ClockTime::nseconds),
    })
}

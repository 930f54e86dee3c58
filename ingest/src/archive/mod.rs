//! A recording, taken apart into packets.

mod demux;
mod packet;
mod seek;

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, sync_channel},
    },
    time::Duration,
};

use gstreamer as gst;
use gstreamer::prelude::*;
use scrim_policy::Moment;

use crate::{
    access::Access,
    bytes::SourceBytes,
    codec::VideoCodec,
    elements::bytes::BytesSource,
    error::SourceError,
    probe::{AudioTrack, Probe, VideoTrack},
};
use demux::{Findings, Found, Note};
pub use packet::{Packet, Timing, Track};

/// Packets that wait between the demuxer and the reader. A few are enough to keep both busy.
const CHANNEL_PACKETS: usize = 64;

/// Packets that are read at most to find a picture and sound, and their bytes. Nothing says that no
/// further track will come: the demuxer of FLV announces one only with its first packet. These are
/// six minutes of AAC, more than it takes to start a camera.
const LOOK_PACKETS: usize = 16_384;
const LOOK_BYTES: usize = 32 << 20;

/// How long the demuxer may stay silent. Reading from a slow network drive takes seconds.
const SILENCE: Duration = Duration::from_secs(30);

/// How often a silent demuxer is looked at.
const LOOK_AFTER: Duration = Duration::from_millis(500);

/// How many looks in a row must find the demuxer at its end before it is given up. More than one:
/// a process that was stopped and continued measures a long silence at once.
const LOOKS_AT_REST: u32 = 4;

/// A recording in a file or in other [`SourceBytes`].
#[derive(Debug)]
pub struct Archive {
    pipeline: gst::Pipeline,
    source: BytesSource,
    /// `None` once the archive is being dropped, so that blocked callbacks give up.
    notes: Option<Receiver<Note>>,
    waiting: VecDeque<(Track, gst::Sample)>,
    /// Where pictures come out.
    picture_pad: Option<gst::Pad>,
    /// How often reading was sent to another place.
    seeks: u64,
    /// What is added to times by the clock of the file to come to those that a reader from the start
    /// sees; known once reading was sent to another place.
    shift: Option<i64>,
    probe: Probe,
    access: Option<Access>,
    /// Subtracted from all times: where the earliest track begins.
    origin: i64,
    end: i64,
    /// End of the last packet of sound, for packets without a time of their own.
    sound_end: Option<i64>,
    /// The end by the clock of the file itself, which need not begin at zero.
    file_end: u64,
    /// End of the tracks that are left out; they count when the header's duration is checked.
    left_out_end: Arc<AtomicU64>,
    tolerance: u64,
    is_over: bool,
    /// Whether pictures are left out until one comes that decoding can start at, and how many were.
    awaits_entry: bool,
    left_out: u32,
}

impl Archive {
    /// Opens a recording and finds out what it holds.
    ///
    /// # Errors
    /// It is no recording, uses a codec that is not on the list, is damaged or cannot be read.
    pub fn open(mut bytes: impl SourceBytes + 'static) -> Result<Self, SourceError> {
        gst::init().map_err(|source| SourceError::Start { source })?;
        let tolerance = duration_tolerance(&mut bytes)?;
        let source = BytesSource::new(Box::new(bytes)).map_err(reading)?;
        let (sender, notes) = sync_channel(CHANNEL_PACKETS);
        let findings = Arc::new(Mutex::new(Findings::default()));
        let left_out_end = Arc::new(AtomicU64::new(0));
        let seeks = Arc::default();
        let pipeline = demux::build(&source, &sender, &findings, &left_out_end, &seeks)?;
        let mut archive = Self {
            pipeline,
            source,
            notes: Some(notes),
            waiting: VecDeque::new(),
            picture_pad: None,
            seeks: 0,
            shift: None,
            probe: Probe {
                video: None,
                audio: None,
                duration: None,
                left_out: 0,
            },
            access: None,
            origin: 0,
            end: 0,
            sound_end: None,
            file_end: 0,
            left_out_end,
            tolerance,
            is_over: false,
            awaits_entry: false,
            left_out: 0,
        };
        // A failure to start is also posted on the bus, with its reason.
        let _ = archive.pipeline.set_state(gst::State::Playing);
        archive.look_around(&findings)?;
        Ok(archive)
    }

    /// What the recording holds.
    pub const fn probe(&self) -> &Probe {
        &self.probe
    }

    /// How far the recording was read.
    pub const fn position(&self) -> Moment {
        Moment(if self.end > 0 { self.end as u64 } else { 0 })
    }

    /// Returns the next packet, in file order; `None` at the end.
    ///
    /// # Errors
    /// The file is damaged, or ends before the time that its header promises.
    #[expect(
        clippy::should_implement_trait,
        reason = "the end and an error are told apart with `?`, which an iterator makes clumsy"
    )]
    pub fn next(&mut self) -> Result<Option<Packet>, SourceError> {
        loop {
            let (track, sample) = match self.waiting.pop_front() {
                Some(first) => first,
                None if self.is_over => {
                    self.check_complete()?;
                    return Ok(None);
                }
                None => match self.note()? {
                    Note::Packet(track, sample, _) => (track, sample),
                    Note::Failed(error) => return Err(self.damage(&error)),
                    Note::End(_) => {
                        self.is_over = true;
                        continue;
                    }
                },
            };
            let Some(packet) = self.packet(track, &sample)? else {
                continue;
            };
            if packet.track == Track::Video {
                // Where sound lies apart from pictures, a demuxer begins with what goes with the sound.
                if self.awaits_entry && !packet.is_entry {
                    self.left_out += 1;
                    continue;
                }
                self.awaits_entry = false;
            }
            return Ok(Some(packet));
        }
    }

    fn note(&self) -> Result<Note, SourceError> {
        let (mut looks, mut at_rest) = (0, 0);
        while looks < SILENCE.as_millis() / LOOK_AFTER.as_millis() {
            let Some(notes) = &self.notes else {
                break;
            };
            match notes.recv_timeout(LOOK_AFTER) {
                // What still waits from another place is no silence, however much of it there is.
                Ok(Note::Packet(.., seeks) | Note::End(seeks)) if seeks < self.seeks => continue,
                Ok(note) => return Ok(note),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => looks += 1,
            }
            at_rest = if demux::is_at_rest(&self.pipeline) {
                at_rest + 1
            } else {
                0
            };
            if at_rest == LOOKS_AT_REST {
                return Err(self.unless_unread(SourceError::Damaged {
                    at: self.position(),
                    reason: "it ends where more was expected".to_owned(),
                }));
            }
        }
        Err(self.unless_unread(SourceError::Stalled {
            at: self.position(),
            seconds: SILENCE.as_secs(),
        }))
    }

    /// A demuxer that cannot read says many things, none of them why.
    fn unless_unread(&self, error: SourceError) -> SourceError {
        match self.source.take_failure() {
            Some(source) => reading(source),
            None => error,
        }
    }

    /// Reads until the first packet of a picture and of sound is there: tags such as the orientation
    /// come just before it, and it tells where the timeline begins. A recording that has only one of
    /// them, or in which one begins late, is not read to its end for that.
    fn look_around(&mut self, findings: &Mutex<Findings>) -> Result<(), SourceError> {
        let (mut has_picture, mut has_sound) = (false, false);
        let mut bytes = 0;
        while !self.is_over && self.waiting.len() < LOOK_PACKETS && bytes < LOOK_BYTES {
            if has_picture && has_sound {
                break;
            }
            match self.note()? {
                Note::Packet(track, sample, _) => {
                    has_picture |= track == Track::Video;
                    has_sound |= track == Track::Audio;
                    bytes += sample.buffer().map_or(0, gst::BufferRef::size);
                    self.waiting.push_back((track, sample));
                }
                Note::Failed(error) => return Err(self.damage(&error)),
                Note::End(_) => self.is_over = true,
            }
        }
        {
            let findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
            self.probe = self.describe(&findings)?;
            self.picture_pad = findings.video.as_ref().and_then(|found| found.pad.clone());
        }
        let starts = [Track::Video, Track::Audio]
            .into_iter()
            .filter_map(|wanted| {
                let (_, sample) = self.waiting.iter().find(|(track, _)| *track == wanted)?;
                timing(sample).map(|timing| timing.start)
            });
        // Packets before zero are there for the decoder only; the timeline does not begin earlier.
        self.origin = starts.min().unwrap_or(0).max(0);
        Ok(())
    }

    /// The caps of the first packet of a track. They say more than those that announced it: some
    /// demuxers leave the size of the picture to the parsers, which read it from the data.
    fn caps(&self, wanted: Track) -> Option<gst::Caps> {
        let (_, sample) = self.waiting.iter().find(|(track, _)| *track == wanted)?;
        sample.caps_owned()
    }

    fn describe(&self, findings: &Findings) -> Result<Probe, SourceError> {
        let caps = |found: &Option<Found>| found.as_ref().map(|found| found.caps.clone());
        let picture = findings.video.as_ref();
        let orientation = picture
            .and_then(|found| found.orientation)
            .unwrap_or_default();
        let video = self.caps(Track::Video).or_else(|| caps(&findings.video));
        let audio = self.caps(Track::Audio).or_else(|| caps(&findings.audio));
        let video = video.as_ref().and_then(|caps| caps.structure(0));
        let audio = audio.as_ref().and_then(|caps| caps.structure(0));
        if self.waiting.is_empty() {
            // A header that announces tracks of which nothing comes is one whose media are gone.
            return Err(match (&findings.video, &findings.audio) {
                (None, None) => SourceError::NoTracks,
                (video, _) => SourceError::Header {
                    track: if video.is_some() { "video" } else { "audio" },
                    what: "it is announced, but none of its packets is there",
                },
            });
        }
        if picture.is_some_and(|found| found.is_mirrored) {
            return Err(SourceError::Header {
                track: "video",
                what: "it is to be shown mirrored, which Scrim does not do",
            });
        }
        let video = video
            .map(|caps| VideoTrack::from_caps(caps, orientation))
            .transpose()?;
        let audio = audio.map(AudioTrack::from_caps).transpose()?;
        Ok(Probe {
            video,
            audio,
            duration: duration(&self.pipeline),
            left_out: findings.left_out,
        })
    }

    fn packet(
        &mut self,
        track: Track,
        sample: &gst::Sample,
    ) -> Result<Option<Packet>, SourceError> {
        let (Some(caps), Some(data)) = (sample.caps_owned(), sample.buffer_owned()) else {
            return Ok(None);
        };
        let timed = match self.shift {
            None => timing(sample),
            Some(shift) => seek::timing(sample, shift),
        };
        let timing = match (timed, track) {
            (Some(timing), _) => Timing {
                start: timing.start.saturating_sub(self.origin),
                ..timing
            },
            // In MPEG-TS only some packets of sound carry a time; the others follow on. What comes
            // before the first time cannot be placed.
            (None, Track::Audio) => match self.sound_end {
                Some(start) => Timing {
                    start,
                    duration: sample
                        .buffer()
                        .and_then(|buffer| buffer.duration())
                        .map(gst::ClockTime::nseconds),
                },
                None => return Ok(None),
            },
            (None, Track::Video) => {
                return Err(SourceError::Header {
                    track: "video",
                    what: "its packets carry no times",
                });
            }
        };
        let duration = timing.duration.unwrap_or(0).min(i64::MAX as u64 / 4) as i64;
        let end = timing.start.saturating_add(duration);
        self.end = self.end.max(end);
        if track == Track::Audio {
            self.sound_end = Some(end);
        }
        let is_known = match track {
            Track::Video => self.probe.video.is_some(),
            Track::Audio => self.probe.audio.is_some(),
        };
        if !is_known {
            let at = Moment(u64::try_from(timing.start).unwrap_or(0));
            let track = match track {
                Track::Video => "picture",
                Track::Audio => "sound",
            };
            return Err(SourceError::Late { track, at });
        }
        let file_time = file_time(sample).unwrap_or(0);
        self.file_end = self.file_end.max(file_time.saturating_add(duration as u64));
        let is_entry = match track {
            Track::Audio => true,
            Track::Video => self.is_entry(&caps, &data)?,
        };
        Ok(Some(Packet {
            track,
            timing,
            is_entry,
            caps,
            data,
        }))
    }

    fn is_entry(&mut self, caps: &gst::Caps, data: &gst::Buffer) -> Result<bool, SourceError> {
        let access = match self.access {
            Some(access) => access,
            None => {
                let structure = caps.structure(0);
                let found = structure.and_then(|structure| {
                    Some(Access::new(VideoCodec::from_caps(structure)?, structure))
                });
                let header = SourceError::Header {
                    track: "video",
                    what: "it has no media type",
                };
                *self.access.insert(found.ok_or(header)?)
            }
        };
        let unreadable = |_| SourceError::Header {
            track: "video",
            what: "a packet has no bytes",
        };
        let bytes = data.map_readable().map_err(unreadable)?;
        Ok(access.is_entry(&bytes, data.flags()))
    }

    fn check_complete(&self) -> Result<(), SourceError> {
        // Where no header says it, the duration is an estimate that gets better while it is read.
        let Some(promised) = duration(&self.pipeline).or(self.probe.duration) else {
            return Ok(());
        };
        // Some containers count the duration from zero, others from where their first track begins.
        let read = self.position().later(self.origin as u64).0;
        let others = self.left_out_end.load(Ordering::Relaxed);
        let end = Moment(read.max(self.file_end).max(others));
        let slack = self.tolerance.max(promised.0 / 100);
        if end.later(slack) < promised {
            return Err(SourceError::Truncated { promised, end });
        }
        Ok(())
    }

    fn damage(&self, error: &gst::glib::Error) -> SourceError {
        use gst::StreamError;
        self.unless_unread(match error.kind::<StreamError>() {
            Some(
                StreamError::TypeNotFound | StreamError::WrongType | StreamError::CodecNotFound,
            ) => SourceError::NotMedia,
            _ => SourceError::Damaged {
                at: self.position(),
                reason: error.message().to_owned(),
            },
        })
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        // First release callbacks that wait for room in the channel, then stop their threads.
        self.notes = None;
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

fn reading(source: std::io::Error) -> SourceError {
    SourceError::Read { source }
}

/// How far the last packet may end before the promised duration, in nanoseconds, beyond one
/// percent of it. ISO files know the duration of every sample; others round, or do not count the
/// last one.
fn duration_tolerance(bytes: &mut impl SourceBytes) -> Result<u64, SourceError> {
    let mut head = [0; 12];
    let mut filled = 0;
    while filled < head.len() {
        let place = filled as u64;
        match bytes.read_at(place, &mut head[filled..]).map_err(reading)? {
            0 if filled == 0 => return Err(SourceError::Empty),
            0 => break,
            count => filled += count,
        }
    }
    let is_iso = matches!(
        &head[4..8],
        b"ftyp" | b"moov" | b"mdat" | b"free" | b"wide" | b"skip"
    );
    Ok(if is_iso { 250_000_000 } else { 2_000_000_000 })
}

/// The duration that the demuxer knows or estimates.
fn duration(pipeline: &gst::Pipeline) -> Option<Moment> {
    let duration = pipeline.query_duration::<gst::ClockTime>();
    duration.map(|time| Moment(time.nseconds()))
}

/// When a packet starts by the clock of the file.
fn file_time(sample: &gst::Sample) -> Option<u64> {
    let buffer = sample.buffer()?;
    let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
    let time = segment.to_stream_time(buffer.pts().or_else(|| buffer.dts())?)?;
    Some(time.nseconds())
}

fn timing(sample: &gst::Sample) -> Option<Timing> {
    let buffer = sample.buffer()?;
    let time = buffer.pts().or_else(|| buffer.dts())?;
    let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
    let start = match segment.to_running_time_full(time)? {
        gst::Signed::Positive(time) => i64::try_from(time.nseconds()).ok()?,
        gst::Signed::Negative(time) => -i64::try_from(time.nseconds()).ok()?,
    };
    Some(Timing {
        start,
        duration: buffer.duration().map(gst::ClockTime::nseconds),
    })
}

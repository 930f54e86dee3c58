//! The boxes that describe the tracks.

use mp4_atom::{
    Atom, Audio, Avc1, Avcc, Co64, Codec, Colr, Ctts, CttsEntry, Dinf, Dref, DrefEntry, Edts, Elst,
    ElstEntry, Encode, Esds, FixedPoint, FourCC, Ftyp, Hdlr, Matrix, Mdhd, Mdia, Minf, Moov, Mp4a,
    Mvhd, Smhd, Stbl, Stco, Stsc, StscEntry, Stsd, Stss, Stsz, StszSamples, Stts, SttsEntry, Tkhd,
    Trak, Url, Visual, Vmhd,
    esds::{DecoderConfig, DecoderSpecific, EsDescriptor, SLConfig},
};

use super::{
    AssembleError, Parts,
    interleave::Chunk,
    schedule::{Schedule, VIDEO_TICKS, ticks},
};
use crate::render::{AUDIO_RATE, PartFacts, Unit};

/// Ticks per second of the movie and its edit lists.
const MOVIE_TICKS: u64 = AUDIO_RATE as u64;

const VIDEO_TRACK: u32 = 1;
const AUDIO_TRACK: u32 = 2;

/// Samples per channel of an AAC frame.
const AAC_FRAME: u32 = 1024;

/// No turning, no scaling (ISO/IEC 14496-12, 8.2.2).
const UPRIGHT: Matrix = Matrix {
    a: 0x1_0000,
    b: 0,
    u: 0,
    c: 0,
    d: 0x1_0000,
    v: 0,
    x: 0,
    y: 0,
    w: 0x4000_0000,
};

/// The video of all segments, one after another.
#[derive(Debug)]
pub(super) struct VideoTrack {
    pub(super) units: Vec<Unit>,
    schedule: Schedule,
    size: [u16; 2],
    facts: PartFacts,
    /// End of the last picture in nanoseconds.
    end: u64,
}

/// The audio.
#[derive(Debug)]
pub(super) struct AudioTrack {
    pub(super) units: Vec<Unit>,
    facts: PartFacts,
    priming: u64,
}

impl VideoTrack {
    pub(super) fn new<R>(parts: &Parts<R>) -> Result<Option<Self>, AssembleError> {
        let Some(first) = parts.segments.first() else {
            return Ok(None);
        };
        let units: Vec<Unit> = parts
            .segments
            .iter()
            .flat_map(|part| part.units.iter().copied())
            .collect();
        let end = parts
            .segments
            .iter()
            .map(|part| part.facts.to.0)
            .max()
            .unwrap_or(0);
        let shown: Vec<u64> = units
            .iter()
            .map(|unit| ticks(unit.at.0, VIDEO_TICKS))
            .collect();
        let schedule =
            Schedule::new(&shown, ticks(end, VIDEO_TICKS)).ok_or(AssembleError::TooLarge {
                what: "the time between two pictures",
            })?;
        let edge = |edge: u32| {
            u16::try_from(edge).map_err(|_| AssembleError::TooLarge {
                what: "the picture",
            })
        };
        let size = [edge(parts.size[0])?, edge(parts.size[1])?];
        Ok(Some(Self {
            units,
            schedule,
            size,
            facts: first.facts.clone(),
            end,
        }))
    }

    fn sample_entry(&self) -> Result<Codec, AssembleError> {
        let avcc = Avcc::decode_body(&mut self.facts.codec_data.as_slice())
            .map_err(|_| AssembleError::Configuration { track: "video" })?;
        // ISO/IEC 23091-2: 1 is BT.709, 6 is BT.601.
        let code = if self.facts.is_bt601 { 6 } else { 1 };
        let colours = Colr::Nclx {
            colour_primaries: code,
            transfer_characteristics: code,
            matrix_coefficients: code,
            full_range_flag: self.facts.is_full_range,
        };
        let visual = Visual {
            data_reference_index: 1,
            width: self.size[0],
            height: self.size[1],
            horizresolution: FixedPoint::from(72),
            vertresolution: FixedPoint::from(72),
            frame_count: 1,
            depth: 24,
            ..Visual::default()
        };
        Ok(Codec::Avc1(Avc1 {
            visual,
            avcc,
            colr: Some(colours),
            ..Avc1::default()
        }))
    }

    fn trak(&self, places: &Places<'_>) -> Result<Trak, AssembleError> {
        let keys = self.units.iter().zip(1..).filter(|(unit, _)| unit.is_key);
        let stbl = Stbl {
            stsd: Stsd {
                codecs: vec![self.sample_entry()?],
            },
            stts: Stts {
                entries: delta_runs(&self.schedule.deltas),
            },
            ctts: self
                .schedule
                .offsets
                .iter()
                .any(|&offset| offset > 0)
                .then(|| Ctts {
                    entries: runs(&self.schedule.offsets)
                        .map(|(sample_count, offset)| CttsEntry {
                            sample_count,
                            sample_offset: i64::from(offset),
                        })
                        .collect(),
                }),
            stss: Some(Stss {
                entries: keys.map(|(_, number)| number).collect(),
            }),
            ..sample_tables(&self.units, places, true)
        };
        let minf = Minf {
            vmhd: Some(Vmhd::default()),
            dinf: dinf(),
            stbl,
            ..Minf::default()
        };
        let first_shown = rescaled(self.schedule.first_shown, VIDEO_TICKS);
        let shown = ticks(self.end, MOVIE_TICKS).saturating_sub(first_shown);
        let duration = self
            .schedule
            .deltas
            .iter()
            .map(|&delta| u64::from(delta))
            .sum();
        Ok(Trak {
            tkhd: Tkhd {
                track_id: VIDEO_TRACK,
                duration: first_shown + shown,
                enabled: true,
                in_movie: true,
                matrix: UPRIGHT,
                width: FixedPoint::from(self.size[0]),
                height: FixedPoint::from(self.size[1]),
                ..Tkhd::default()
            },
            edts: edits(first_shown, shown, self.schedule.lead),
            mdia: mdia(b"vide", VIDEO_TICKS, duration, minf),
            ..Trak::default()
        })
    }
}

impl AudioTrack {
    pub(super) fn new<R>(parts: &Parts<R>) -> Result<Option<Self>, AssembleError> {
        let Some(part) = &parts.audio else {
            return Ok(None);
        };
        let index = part.index();
        if index.units.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            units: index.units.clone(),
            facts: index.facts.clone(),
            priming: parts.audio_priming,
        }))
    }

    fn sample_entry(&self) -> Codec {
        let bytes: u64 = self.units.iter().map(|unit| u64::from(unit.length)).sum();
        let seconds =
            (self.units.len() as u64 * u64::from(AAC_FRAME)).div_ceil(u64::from(AUDIO_RATE));
        let average = u32::try_from(bytes * 8 / seconds.max(1)).unwrap_or(u32::MAX);
        let largest = self
            .units
            .iter()
            .map(|unit| unit.length)
            .max()
            .unwrap_or(0)
            .to_be_bytes();
        let dec_config = DecoderConfig {
            // ISO/IEC 14496-1, 7.2.6.6: MPEG-4 audio, an audio stream.
            object_type_indication: 0x40,
            stream_type: 5,
            up_stream: 0,
            buffer_size_db: [largest[1], largest[2], largest[3]].into(),
            max_bitrate: average,
            avg_bitrate: average,
            dec_specific: Some(DecoderSpecific {
                raw: self.facts.codec_data.clone(),
                ..DecoderSpecific::default()
            }),
        };
        let es_desc = EsDescriptor {
            es_id: AUDIO_TRACK as u16,
            dec_config,
            sl_config: SLConfig::default(),
            ..EsDescriptor::default()
        };
        let audio = Audio {
            data_reference_index: 1,
            channel_count: self.facts.channels as u16,
            sample_size: 16,
            sample_rate: FixedPoint::from(AUDIO_RATE as u16),
        };
        Codec::Mp4a(Mp4a {
            audio,
            esds: Esds { es_desc },
            btrt: None,
            taic: None,
        })
    }

    fn trak(&self, places: &Places<'_>) -> Trak {
        let count = self.units.len() as u32;
        let stbl = Stbl {
            stsd: Stsd {
                codecs: vec![self.sample_entry()],
            },
            stts: Stts {
                entries: vec![SttsEntry {
                    sample_count: count,
                    sample_delta: AAC_FRAME,
                }],
            },
            ..sample_tables(&self.units, places, false)
        };
        let minf = Minf {
            smhd: Some(Smhd::default()),
            dinf: dinf(),
            stbl,
            ..Minf::default()
        };
        let all = u64::from(count) * u64::from(AAC_FRAME);
        let heard = self.facts.frames.min(all.saturating_sub(self.priming));
        Trak {
            tkhd: Tkhd {
                track_id: AUDIO_TRACK,
                duration: heard,
                enabled: true,
                in_movie: true,
                alternate_group: 1,
                volume: FixedPoint::from(1),
                matrix: UPRIGHT,
                ..Tkhd::default()
            },
            edts: edits(0, heard, self.priming),
            mdia: mdia(b"soun", u64::from(AUDIO_RATE), all, minf),
            ..Trak::default()
        }
    }
}

/// Duration of the longer track in nanoseconds.
pub(super) fn duration(video: Option<&VideoTrack>, audio: Option<&AudioTrack>) -> u64 {
    let audio_end = audio.map_or(0, |track| track.facts.to.0);
    video.map_or(0, |track| track.end).max(audio_end)
}

/// Returns everything that comes before the bytes of the first unit.
pub(super) fn header(
    video: Option<&VideoTrack>,
    audio: Option<&AudioTrack>,
    chunks: &[Chunk],
) -> Result<Vec<u8>, AssembleError> {
    let bytes: u64 = chunks.iter().map(|chunk| chunk.bytes).sum();
    // The size of the index does not depend on the offsets in it, only on how wide they are.
    let is_large = bytes > u64::from(u32::MAX) - (64 << 20);
    let mdat_header: u64 = if is_large { 16 } else { 8 };
    let build = |first: u64| {
        let offsets = chunks.iter().scan(first, |at, chunk| {
            let offset = *at;
            *at += chunk.bytes;
            Some(offset)
        });
        boxes(
            video,
            audio,
            &Places {
                chunks,
                offsets: offsets.collect(),
                is_large,
            },
        )
    };
    let length = build(0)?.len() as u64;
    let mut header = build(length + mdat_header)?;
    if is_large {
        header.extend_from_slice(&1_u32.to_be_bytes());
        header.extend_from_slice(b"mdat");
        header.extend_from_slice(&(bytes + mdat_header).to_be_bytes());
    } else {
        header.extend_from_slice(&((bytes + mdat_header) as u32).to_be_bytes());
        header.extend_from_slice(b"mdat");
    }
    Ok(header)
}

/// Where the chunks lie in the file.
struct Places<'a> {
    chunks: &'a [Chunk],
    offsets: Vec<u64>,
    /// Whether offsets need 64 bits.
    is_large: bool,
}

fn boxes(
    video: Option<&VideoTrack>,
    audio: Option<&AudioTrack>,
    places: &Places<'_>,
) -> Result<Vec<u8>, AssembleError> {
    let ftyp = Ftyp {
        major_brand: FourCC::new(b"isom"),
        minor_version: 0x200,
        compatible_brands: [b"isom", b"iso2", b"avc1", b"mp41"]
            .map(FourCC::new)
            .to_vec(),
    };
    let mut tracks = Vec::new();
    if let Some(track) = video {
        tracks.push(track.trak(places)?);
    }
    tracks.extend(audio.map(|track| track.trak(places)));
    let duration = tracks
        .iter()
        .map(|track| track.tkhd.duration)
        .max()
        .unwrap_or(0);
    let moov = Moov {
        mvhd: Mvhd {
            creation_time: 0,
            modification_time: 0,
            timescale: MOVIE_TICKS as u32,
            duration,
            rate: FixedPoint::from(1),
            volume: FixedPoint::from(1),
            matrix: UPRIGHT,
            next_track_id: AUDIO_TRACK + 1,
        },
        trak: tracks,
        ..Moov::default()
    };
    let too_large = |_| AssembleError::TooLarge { what: "the index" };
    let mut bytes = Vec::new();
    ftyp.encode(&mut bytes).map_err(too_large)?;
    moov.encode(&mut bytes).map_err(too_large)?;
    Ok(bytes)
}

/// Sizes and places of the units of one track.
fn sample_tables(units: &[Unit], places: &Places<'_>, is_video: bool) -> Stbl {
    let all = places.chunks.iter().zip(&places.offsets);
    let (counts, offsets): (Vec<u32>, Vec<u64>) = all
        .filter(|(chunk, _)| chunk.is_video == is_video)
        .map(|(chunk, offset)| (chunk.units as u32, *offset))
        .unzip();
    let mut first_chunk = 1;
    let stsc = runs(&counts)
        .map(|(chunk_count, samples_per_chunk)| {
            let entry = StscEntry {
                first_chunk,
                samples_per_chunk,
                sample_description_index: 1,
            };
            first_chunk += chunk_count;
            entry
        })
        .collect();
    let sizes = units.iter().map(|unit| unit.length).collect();
    let tables = Stbl {
        stsc: Stsc { entries: stsc },
        stsz: Stsz {
            samples: StszSamples::Different { sizes },
        },
        ..Stbl::default()
    };
    if places.is_large {
        Stbl {
            co64: Some(Co64 { entries: offsets }),
            ..tables
        }
    } else {
        let entries = offsets.into_iter().map(|offset| offset as u32).collect();
        Stbl {
            stco: Some(Stco { entries }),
            ..tables
        }
    }
}

/// An edit list: nothing until the track begins, then its media without what decoders need first.
fn edits(begins: u64, lasts: u64, media_time: u64) -> Option<Edts> {
    let rate = FixedPoint::from(1);
    let nothing = ElstEntry {
        segment_duration: begins,
        media_time: None,
        media_rate: rate,
    };
    let media = ElstEntry {
        segment_duration: lasts,
        media_time: Some(media_time),
        media_rate: rate,
    };
    let entries = if begins > 0 {
        vec![nothing, media]
    } else {
        vec![media]
    };
    Some(Edts {
        elst: Some(Elst { entries }),
    })
}

fn mdia(handler: &[u8; 4], timescale: u64, duration: u64, minf: Minf) -> Mdia {
    Mdia {
        mdhd: Mdhd {
            timescale: timescale as u32,
            duration,
            language: "und".to_owned(),
            ..Mdhd::default()
        },
        hdlr: Hdlr {
            handler: FourCC::new(handler),
            name: String::new(),
        },
        minf,
    }
}

/// The media lies in the same file.
fn dinf() -> Dinf {
    Dinf {
        dref: Dref {
            entries: vec![DrefEntry::Url(Url {
                location: String::new(),
            })],
        },
    }
}

fn rescaled(at: u64, from: u64) -> u64 {
    (u128::from(at) * u128::from(MOVIE_TICKS) / u128::from(from)) as u64
}

fn delta_runs(deltas: &[u32]) -> Vec<SttsEntry> {
    runs(deltas)
        .map(|(sample_count, sample_delta)| SttsEntry {
            sample_count,
            sample_delta,
        })
        .collect()
}

/// Counts equal neighbours.
fn runs(values: &[u32]) -> impl Iterator<Item = (u32, u32)> {
    values
        .chunk_by(|left, right| left == right)
        .map(|run| (run.len() as u32, run[0]))
}

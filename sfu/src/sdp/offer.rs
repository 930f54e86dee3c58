//! Offers of peers that publish, and of players that watch.

use crate::codec::Named;
use std::collections::BTreeSet;

use super::{
    Codec, Direction, Limits, Media, SdpError, Section, Sending, Setup, Transport,
    formats::{check_meanings, read_formats, supported},
    lines::{RawDescription, read_description},
    section::{Head, Written, audio_level, heads, written_direction},
    sources::{check_unique, read_sources},
    transport::read_transport,
    write::write,
};

/// The offer of a peer, as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// How the peer is reached.
    pub transport: Transport,
    /// At least one, in the order of the peer.
    pub sections: Vec<Section>,
}

impl Offer {
    /// Returns the offer with one format in each section, as [`Section::choose`] finds it.
    ///
    /// # Errors
    ///
    /// [`SdpError::NoCodec`] if a section has none of the codecs.
    pub fn with_chosen(mut self, prefer: &[Codec]) -> Result<Self, SdpError> {
        for section in &mut self.sections {
            let Some(format) = section.choose(prefer).cloned() else {
                return Err(no_codec(section));
            };
            section.keep(format);
        }
        Ok(self)
    }

    /// Writes the offer for `set-remote-description`, with lines that end in CRLF.
    pub fn to_sdp(&self) -> String {
        write(&self.transport, &self.sections)
    }
}

fn no_codec(section: &Section) -> SdpError {
    let mut offered: Vec<&str> = Vec::new();
    for format in &section.formats {
        let name = format.codec().name();
        if !offered.contains(&name) {
            offered.push(name);
        }
    }
    SdpError::NoCodec {
        mid: section.mid.clone(),
        offered: offered.join(", "),
        supported: supported(section.media),
    }
}

/// Reads the offer of a peer that publishes, from a browser or by WHIP. Sections send; all but the
/// first may be inactive.
///
/// # Errors
///
/// [`SdpError`] says which rule the text breaks. What is merely not supported is dropped, unless
/// nothing is left of a section.
pub fn read_offer(text: &str, limits: &Limits) -> Result<Offer, SdpError> {
    read(text, Direction::SendOnly, limits)
}

/// Reads the offer of a player, by WHEP. Sections receive, or could as well; all but the first may be
/// inactive.
///
/// # Errors
///
/// As [`read_offer`].
pub fn read_play_offer(text: &str, limits: &Limits) -> Result<Offer, SdpError> {
    read(text, Direction::RecvOnly, limits)
}

fn read(text: &str, wanted: Direction, limits: &Limits) -> Result<Offer, SdpError> {
    let raw = read_description(text)?;
    let heads = heads(&raw, limits)?;
    let setups = [Setup::ActPass, Setup::Active, Setup::Passive];
    let transport = read_transport(&raw, &heads, &setups, limits)?;
    let directions = |(at, head)| offered(&raw, head, wanted, at == 0);
    let directions: Vec<Direction> = heads
        .iter()
        .enumerate()
        .map(directions)
        .collect::<Result<_, _>>()?;
    let sections = read_sections(&heads, &directions)?;
    Ok(Offer {
        transport,
        sections,
    })
}

fn offered(
    raw: &RawDescription<'_>,
    head: &Head<'_>,
    wanted: Direction,
    is_first: bool,
) -> Result<Direction, SdpError> {
    match (written_direction(&raw.session, head.attributes)?, wanted) {
        // Scrim answers that it only receives.
        (Written::SendOnly | Written::SendRecv, Direction::SendOnly) => Ok(wanted),
        // A player may offer both ways and sends nothing: Scrim answers that it only sends.
        (Written::RecvOnly | Written::SendRecv, Direction::RecvOnly) => Ok(wanted),
        (Written::Inactive, _) if !is_first => Ok(Direction::Inactive),
        _ => Err(SdpError::Direction {
            mid: head.mid.clone(),
            expected: wanted.name(),
        }),
    }
}

/// Reads the sections whose directions are known.
pub(super) fn read_sections(
    heads: &[Head<'_>],
    directions: &[Direction],
) -> Result<Vec<Section>, SdpError> {
    let mut used = BTreeSet::new();
    let mut meanings = Vec::new();
    let mut sections = Vec::new();
    for (head, direction) in heads.iter().zip(directions) {
        let mut sending = match direction {
            Direction::SendOnly => Some(read_sources(head)?),
            Direction::RecvOnly | Direction::Inactive => None,
        };
        // Retransmissions without a known SSRC would come from nowhere.
        let with_rtx = sending.is_none_or(|sending| sending.rtx.is_some());
        let mut formats = read_formats(head, with_rtx)?;
        if formats.usable.iter().all(|format| format.rtx.is_none()) {
            sending = sending.map(|sending| Sending {
                rtx: None,
                ..sending
            });
        }
        if let Some(sending) = sending {
            check_unique(&mut used, head, sending)?;
        }
        sections.push(Section {
            mid: head.mid.clone(),
            media: head.media,
            direction: *direction,
            formats: std::mem::take(&mut formats.usable),
            sending,
            reduced_rtcp: head.attributes.has("rtcp-rsize"),
            audio_level: match head.media {
                Media::Audio => audio_level(head.attributes),
                Media::Video => None,
            },
        });
        meanings.push(formats);
    }
    check_meanings(meanings.iter())?;
    Ok(sections)
}

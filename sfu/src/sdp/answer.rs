//! Answers of viewers to what our webrtcbin offers.

use super::{
    Direction, Format, Limits, Media, Mid, SdpError, Section, Setup, Transport,
    formats::read_formats,
    lines::read_description,
    offer::read_sections,
    section::{Head, Written, heads, written_direction},
    transport::read_transport,
    write::write,
};

/// The answer of a viewer, as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// How the viewer is reached.
    pub transport: Transport,
    /// As many as were offered, in the same order.
    pub sections: Vec<Section>,
}

impl Answer {
    /// Writes the answer for `set-remote-description`, with lines that end in CRLF.
    pub fn to_sdp(&self) -> String {
        write(&self.transport, &self.sections)
    }
}

/// What an answer has to fit: a section of our offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionShape {
    /// Its name.
    pub mid: Mid,
    /// What it carries.
    pub media: Media,
    /// What it may be encoded in.
    pub formats: Vec<Format>,
}

/// Reads the shapes of the sections that our own webrtcbin offers. One per slot is expected: a
/// section whose caps were not there yet is silently missing.
///
/// # Errors
///
/// [`SdpError`] if the text is not what webrtcbin writes in a bundle with Scrim's codecs.
pub fn shapes(text: &str) -> Result<Vec<SectionShape>, SdpError> {
    let raw = read_description(text)?;
    let heads = heads(&raw, &Limits::default())?;
    let shape = |head: &Head<'_>| {
        Ok(SectionShape {
            mid: head.mid.clone(),
            media: head.media,
            formats: read_formats(head, true)?.usable,
        })
    };
    heads.iter().map(shape).collect()
}

/// Reads the answer of a viewer to an offer of these sections. Each receives or is inactive.
///
/// # Errors
///
/// [`SdpError`] says which rule the text breaks, or where it is no answer to the offer.
pub fn read_answer(text: &str, ours: &[SectionShape], limits: &Limits) -> Result<Answer, SdpError> {
    let raw = read_description(text)?;
    if raw.sections.len() != ours.len() {
        return Err(SdpError::SectionCount {
            found: raw.sections.len(),
            expected: ours.len(),
        });
    }
    let heads = heads(&raw, limits)?;
    for ((head, shape), section) in heads.iter().zip(ours).zip(0..) {
        if head.mid != shape.mid || head.media != shape.media {
            return Err(SdpError::SectionDiffers { section });
        }
    }
    let setups = [Setup::Active, Setup::Passive];
    let transport = read_transport(&raw, &heads, &setups, limits)?;
    let direction = |head: &Head<'_>| match written_direction(&raw.session, head.attributes)? {
        Written::RecvOnly => Ok(Direction::RecvOnly),
        Written::Inactive => Ok(Direction::Inactive),
        Written::SendRecv | Written::SendOnly => Err(SdpError::Direction {
            mid: head.mid.clone(),
            expected: "recvonly or inactive",
        }),
    };
    let directions: Vec<Direction> = heads.iter().map(direction).collect::<Result<_, _>>()?;
    let sections = read_sections(&heads, &directions)?;
    for ((head, section), shape) in heads.iter().zip(&sections).zip(ours) {
        check_offered(head, section, shape)?;
    }
    Ok(Answer {
        transport,
        sections,
    })
}

/// Refuses payload types that were not offered, also those of codecs that are dropped.
fn check_offered(head: &Head<'_>, section: &Section, shape: &SectionShape) -> Result<(), SdpError> {
    let not_offered = |payload| SdpError::NotOffered {
        mid: head.mid.clone(),
        payload,
    };
    let is_known = |payload: u8| {
        let mut formats = shape.formats.iter();
        formats.any(|format| format.payload == payload || format.rtx == Some(payload))
    };
    if let Some(payload) = head.payloads.iter().find(|payload| !is_known(**payload)) {
        return Err(not_offered(*payload));
    }
    for format in &section.formats {
        let is_same = |offered: &&Format| {
            offered.payload == format.payload && offered.codec() == format.codec()
        };
        let offered = shape.formats.iter().find(is_same);
        let offered = offered.ok_or_else(|| not_offered(format.payload))?;
        if let Some(rtx) = format.rtx.filter(|rtx| offered.rtx != Some(*rtx)) {
            return Err(not_offered(rtx));
        }
    }
    Ok(())
}

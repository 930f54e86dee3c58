//! Reads what a section sends: `ssrc` and `ssrc-group`.

use std::collections::{BTreeMap, BTreeSet};

use super::{SdpError, Sending, lines::number, section::Head};

/// Reads the one source of a section that sends, with its retransmissions.
///
/// webrtcbin knows the section of a packet only by `a=ssrc:… cname:…`, so both are asked for. The
/// cname itself is dropped.
pub(super) fn read_sources(head: &Head<'_>) -> Result<Sending, SdpError> {
    let declared = declared(head)?;
    let groups = groups(head)?;
    let secondary: BTreeSet<u32> = groups.repairs().collect();
    let mut primaries = declared
        .iter()
        .filter(|(ssrc, _)| !secondary.contains(ssrc));
    let Some((ssrc, has_cname)) = primaries.next() else {
        return Err(nothing(head));
    };
    if primaries.next().is_some() {
        return Err(simulcast(head));
    }
    if !has_cname {
        return Err(nothing(head));
    }
    let rtx = match groups.rtx {
        Some((of, _)) if of != *ssrc => return Err(malformed(head)),
        rtx => rtx.map(|(_, rtx)| rtx),
    };
    Ok(Sending { ssrc: *ssrc, rtx })
}

/// Refuses an SSRC that two sections use.
pub(super) fn check_unique(
    used: &mut BTreeSet<u32>,
    head: &Head<'_>,
    sending: Sending,
) -> Result<(), SdpError> {
    for ssrc in [Some(sending.ssrc), sending.rtx].into_iter().flatten() {
        if !used.insert(ssrc) {
            return Err(SdpError::SourceRepeated {
                mid: head.mid.clone(),
            });
        }
    }
    Ok(())
}

/// All SSRCs that have a line, and whether one of their lines is a cname.
fn declared(head: &Head<'_>) -> Result<BTreeMap<u32, bool>, SdpError> {
    let mut declared = BTreeMap::new();
    for value in head.attributes.all("ssrc") {
        let (ssrc, attribute) = value.split_once(' ').ok_or_else(|| malformed(head))?;
        let ssrc = source(head, ssrc)?;
        let is_cname = attribute
            .strip_prefix("cname:")
            .is_some_and(|cname| !cname.is_empty());
        *declared.entry(ssrc).or_default() |= is_cname;
    }
    Ok(declared)
}

/// What the groups of a section say.
#[derive(Default)]
struct Groups {
    /// A source and its retransmissions.
    rtx: Option<(u32, u32)>,
    /// Sources of forward error correction, which is dropped.
    correction: Vec<u32>,
}

impl Groups {
    fn repairs(&self) -> impl Iterator<Item = u32> {
        let rtx = self.rtx.map(|(_, rtx)| rtx);
        rtx.into_iter().chain(self.correction.iter().copied())
    }
}

fn groups(head: &Head<'_>) -> Result<Groups, SdpError> {
    let mut groups = Groups::default();
    for value in head.attributes.all("ssrc-group") {
        let mut words = value.split(' ');
        let semantics = words.next().unwrap_or_default();
        let sources: Vec<u32> = words
            .map(|word| source(head, word))
            .collect::<Result<_, _>>()?;
        match (semantics, sources.as_slice()) {
            ("SIM", _) => return Err(simulcast(head)),
            ("FID", [_, _]) if groups.rtx.is_some() => return Err(simulcast(head)),
            ("FID", [media, rtx]) if media != rtx => groups.rtx = Some((*media, *rtx)),
            ("FID", _) => return Err(malformed(head)),
            ("FEC" | "FEC-FR", [_, correction @ ..]) => groups.correction.extend(correction),
            // What they say is unknown. Their sources count as sources.
            _ => {}
        }
    }
    Ok(groups)
}

fn source(head: &Head<'_>, word: &str) -> Result<u32, SdpError> {
    let ssrc = number(word).filter(|ssrc: &u32| *ssrc != 0);
    ssrc.ok_or_else(|| malformed(head))
}

/// Layers that are told apart by `rid` have no SSRC.
fn nothing(head: &Head<'_>) -> SdpError {
    match head.attributes.has("rid") || head.attributes.has("simulcast") {
        true => simulcast(head),
        false => SdpError::NoSource {
            mid: head.mid.clone(),
        },
    }
}

fn simulcast(head: &Head<'_>) -> SdpError {
    SdpError::Simulcast {
        mid: head.mid.clone(),
    }
}

fn malformed(head: &Head<'_>) -> SdpError {
    SdpError::Source {
        mid: head.mid.clone(),
    }
}

//! Candidates that follow an offer by WHIP or WHEP (RFC 8840, RFC 9725).

use super::{
    Candidate, Credentials, Limits, MOST_SECTIONS, Mid, SdpError, lines::read_part, section::media,
    transport::read_candidates,
};

/// A part of SDP with candidates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Those of the session that the candidates belong to. Others are a restart of ICE, which
    /// webrtcbin cannot do.
    pub credentials: Credentials,
    /// Usable candidates and their sections; may be empty.
    pub candidates: Vec<(Mid, Candidate)>,
}

/// Reads a part of SDP with candidates. Whether its sections exist is not known here.
///
/// # Errors
///
/// [`SdpError`] says which rule the text breaks.
pub fn read_fragment(text: &str, limits: &Limits) -> Result<Fragment, SdpError> {
    let raw = read_part(text)?;
    let limit = limits.sections.min(MOST_SECTIONS);
    if raw.sections.len() > limit {
        return Err(SdpError::TooManySections { limit });
    }
    let mut places = vec![&raw.session];
    places.extend(raw.sections.iter().map(|section| &section.attributes));
    let mut credentials = None;
    for place in places {
        let (ufrag, password) = (place.single("ice-ufrag")?, place.single("ice-pwd")?);
        if ufrag.is_none() && password.is_none() {
            continue;
        }
        let own = Credentials::new(ufrag, password)?;
        if *credentials.get_or_insert_with(|| own.clone()) != own {
            return Err(SdpError::Credentials);
        }
    }
    let mut candidates = Vec::new();
    let of_sections = read_candidates(&raw.sections, limits)?;
    for ((section, usable), number) in raw.sections.iter().zip(of_sections).zip(0..) {
        // Only the kind says anything here: port and profile of these lines are made up.
        media(
            section.media_line.split(' ').next().unwrap_or_default(),
            number,
        )?;
        let mid = section.attributes.single("mid")?.and_then(Mid::new);
        let mid = mid.ok_or(SdpError::NoMid { section: number })?;
        candidates.extend(usable.into_iter().map(|candidate| (mid.clone(), candidate)));
    }
    Ok(Fragment {
        credentials: credentials.ok_or(SdpError::Credentials)?,
        candidates,
    })
}

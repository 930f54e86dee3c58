//! Writes SDP from what was understood. Every word is ours, or a number, a mid or ICE credentials
//! that were checked.

use super::{Format, Section, Transport, section::AUDIO_LEVEL};
use crate::codec::Named;

/// Writes a description for `set-remote-description`.
///
/// The transport stands in every section, which webrtcbin asks for, and candidates in the first,
/// which carries the bundle. No port is 0: that would reject a section.
pub(super) fn write(transport: &Transport, sections: &[Section]) -> String {
    let mids: Vec<&str> = sections
        .iter()
        .map(|section| section.mid.as_str())
        .collect();
    let mut lines = vec![
        "v=0".to_owned(),
        "o=- 1 1 IN IP4 0.0.0.0".to_owned(),
        "s=-".to_owned(),
        "t=0 0".to_owned(),
        format!("a=group:BUNDLE {}", mids.join(" ")),
    ];
    for (section, number) in sections.iter().zip(0..) {
        write_section(&mut lines, transport, section, number);
        if number == 0 {
            let candidates = transport.candidates.iter();
            lines.extend(candidates.map(|candidate| format!("a={candidate}")));
        }
    }
    lines.push(String::new());
    lines.join("\r\n")
}

fn write_section(lines: &mut Vec<String>, transport: &Transport, section: &Section, number: usize) {
    let payloads: Vec<String> = section
        .formats
        .iter()
        .flat_map(|format| [Some(format.payload), format.rtx])
        .flatten()
        .map(|payload| payload.to_string())
        .collect();
    lines.extend([
        format!(
            "m={} 9 UDP/TLS/RTP/SAVPF {}",
            section.media.name(),
            payloads.join(" ")
        ),
        "c=IN IP4 0.0.0.0".to_owned(),
        format!("a=mid:{}", section.mid),
        "a=rtcp-mux".to_owned(),
        format!("a=ice-ufrag:{}", transport.credentials.ufrag()),
        format!("a=ice-pwd:{}", transport.credentials.password()),
        format!("a=fingerprint:sha-256 {}", transport.fingerprint),
        format!("a=setup:{}", transport.setup.name()),
        format!("a={}", section.direction.name()),
    ]);
    if section.reduced_rtcp {
        lines.push("a=rtcp-rsize".to_owned());
    }
    lines.extend(
        section
            .audio_level
            .map(|id| format!("a=extmap:{id} {AUDIO_LEVEL}")),
    );
    for format in &section.formats {
        write_format(lines, format);
    }
    write_sources(lines, section, number);
}

/// Writes what a payload type of a section means.
pub(super) fn write_format(lines: &mut Vec<String>, format: &Format) {
    let payload = format.payload;
    let codec = format.codec();
    lines.push(format!("a=rtpmap:{payload} {}", codec.encoding()));
    let parameters = format.parameters.to_string();
    if !parameters.is_empty() {
        lines.push(format!("a=fmtp:{payload} {parameters}"));
    }
    let feedback = [
        (format.feedback.nack, "nack"),
        (format.feedback.pli, "nack pli"),
        (format.feedback.fir, "ccm fir"),
    ];
    let wanted = feedback.into_iter().filter(|(is_wanted, _)| *is_wanted);
    lines.extend(wanted.map(|(_, kind)| format!("a=rtcp-fb:{payload} {kind}")));
    if let Some(rtx) = format.rtx {
        lines.push(format!("a=rtpmap:{rtx} rtx/90000"));
        lines.push(format!("a=fmtp:{rtx} apt={payload}"));
    }
}

/// The cname is the number of the section: that of the peer may name a person.
fn write_sources(lines: &mut Vec<String>, section: &Section, number: usize) {
    let Some(sending) = section.sending else {
        return;
    };
    let ssrc = sending.ssrc;
    if let Some(rtx) = sending.rtx {
        lines.push(format!("a=ssrc-group:FID {ssrc} {rtx}"));
    }
    for ssrc in [Some(ssrc), sending.rtx].into_iter().flatten() {
        lines.push(format!("a=ssrc:{ssrc} cname:s{number}"));
    }
}

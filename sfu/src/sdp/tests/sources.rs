//! What a section sends.

use super::{super::*, *};

/// The text of OBS with these lines about the source of its video.
fn video(lines: &str) -> String {
    let bare = without(OBS, "a=ssrc:2001");
    format!("{bare}{lines}\n")
}

fn sending(lines: &str) -> Result<Option<Sending>, SdpError> {
    let read = read_offer(&video(lines), &Limits::default())?;
    Ok(read.sections[1].sending)
}

#[test]
fn a_section_that_sends_has_a_source_with_a_cname() {
    let nothing = Err(SdpError::NoSource { mid: mid("1") });
    assert_eq!(
        sending("a=ssrc:9 cname:x"),
        Ok(Some(Sending { ssrc: 9, rtx: None }))
    );
    assert_eq!(sending("a=x"), nothing);
    assert_eq!(sending("a=ssrc:9 msid:a b"), nothing);
    assert_eq!(sending("a=ssrc:9 cname:"), nothing);
    assert_eq!(sending("a=ssrc-group:FID 9 10"), nothing);
}

#[test]
fn malformed_sources_are_refused() {
    for bad in [
        "a=ssrc:9",
        "a=ssrc:0 cname:x",
        "a=ssrc:-9 cname:x",
        "a=ssrc:+9 cname:x",
        "a=ssrc:4294967296 cname:x",
        "a=ssrc: cname:x",
        "a=ssrc:9 cname:x\na=ssrc-group:FID 9",
        "a=ssrc:9 cname:x\na=ssrc-group:FID 9 9",
        "a=ssrc:9 cname:x\na=ssrc-group:FID 9 10 11",
        "a=ssrc:9 cname:x\na=ssrc-group:FID 9 0",
        "a=ssrc:9 cname:x\na=ssrc-group:FID 10 11",
        "a=ssrc:9 cname:x\na=ssrc-group:FID 9 x",
    ] {
        assert_eq!(
            sending(bad),
            Err(SdpError::Source { mid: mid("1") }),
            "{bad}"
        );
    }
}

#[test]
fn several_layers_or_sources_are_refused() {
    for bad in [
        "a=ssrc:9 cname:x\na=ssrc:10 cname:x",
        "a=ssrc:9 cname:x\na=ssrc:10 msid:a b",
        "a=ssrc:9 cname:x\na=ssrc:10 cname:x\na=ssrc-group:SIM 9 10",
        "a=ssrc:9 cname:x\na=ssrc-group:SIM 9 10",
        "a=ssrc:9 cname:x\na=ssrc-group:FID 9 10\na=ssrc-group:FID 9 11",
        "a=rid:a send\na=simulcast:send a",
    ] {
        assert_eq!(
            sending(bad),
            Err(SdpError::Simulcast { mid: mid("1") }),
            "{bad}"
        );
    }
    // With a source of its own, the lines about layers are merely dropped.
    let one = "a=ssrc:9 cname:x\na=rid:a send\na=simulcast:send a";
    assert!(sending(one).is_ok());
    assert!(!offer(&video(one)).to_sdp().contains("rid"));
}

#[test]
fn retransmissions_without_a_payload_type_and_error_correction_are_dropped() {
    let lines = "a=ssrc:9 cname:x\na=ssrc:10 cname:x\na=ssrc-group:FID 9 10\n\
                 a=ssrc:11 cname:x\na=ssrc-group:FEC-FR 9 11";
    assert_eq!(sending(lines), Ok(Some(Sending { ssrc: 9, rtx: None })));
}

#[test]
fn retransmissions_without_an_ssrc_are_dropped() {
    let text = without(CHROMIUM, "a=ssrc-group");
    let video = &offer(&without(&text, "a=ssrc:2002")).sections[1];
    assert_eq!(
        video.sending,
        Some(Sending {
            ssrc: 2001,
            rtx: None
        })
    );
    assert!(video.formats.iter().all(|format| format.rtx.is_none()));
}

#[test]
fn sources_are_unique() {
    let again = changed(OBS, "ssrc:2001", "ssrc:1001");
    assert_eq!(refused(&again), SdpError::SourceRepeated { mid: mid("1") });
    let rtx = changed(CHROMIUM, "2002", "1001");
    assert_eq!(refused(&rtx), SdpError::SourceRepeated { mid: mid("1") });
}

#[test]
fn sources_of_a_section_that_does_not_send_do_not_matter() {
    let paused = changed_last(OBS, "a=sendonly", "a=inactive");
    let without_source = without(&paused, "a=ssrc:2001");
    assert_eq!(offer(&paused), offer(&without_source));
}

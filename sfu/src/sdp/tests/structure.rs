//! Lines, sections, mids and the bundle.

use super::{super::*, *};

#[test]
fn line_ends_are_cr_lf_or_lf() {
    let crlf = CHROMIUM.replace('\n', "\r\n");
    assert_eq!(offer(&crlf), offer(CHROMIUM));
    assert_eq!(offer(&(crlf + "\r\n")), offer(CHROMIUM));
    assert_eq!(offer(CHROMIUM.trim_end()), offer(CHROMIUM));
}

#[test]
fn long_texts_and_long_lines_are_refused() {
    let filled = |length: usize| format!("v=0\n{}", "a=x\n".repeat(length / 4));
    assert_eq!(
        refused(&filled(LONGEST_TEXT)),
        SdpError::TooLong {
            limit: LONGEST_TEXT
        }
    );
    assert_eq!(refused(&filled(LONGEST_TEXT - 8)), SdpError::NoSections);
    let line = |length: usize| changed(OBS, "s=-", &format!("s={}", "x".repeat(length - 2)));
    offer(&line(LONGEST_LINE));
    assert_eq!(
        refused(&line(LONGEST_LINE + 1)),
        SdpError::LineTooLong {
            line: 3,
            limit: LONGEST_LINE
        }
    );
}

#[test]
fn only_the_name_of_a_session_may_be_in_another_script() {
    offer(&changed(OBS, "s=-", "s=Raum für Änne"));
    for bad in ["s=a\tb", "s=a\u{0}b", "s=a\u{85}b"] {
        let text = changed(OBS, "s=-", bad);
        assert_eq!(refused(&text), SdpError::Character { line: 3 }, "{bad:?}");
    }
    for bad in ["i=Änne", "a=x:\u{7f}", "a=mid:\t0", "a=a\rb"] {
        let text = changed(OBS, "t=0 0", bad);
        assert_eq!(refused(&text), SdpError::Character { line: 4 }, "{bad:?}");
    }
}

#[test]
fn lines_are_a_known_letter_and_a_value() {
    for bad in ["", "a", "A=x", "y=1", "=x", "a:x", " a=x"] {
        let text = changed(OBS, "t=0 0", bad);
        assert_eq!(refused(&text), SdpError::Line { line: 4 }, "{bad:?}");
    }
}

#[test]
fn the_version_stands_first_and_once() {
    assert_eq!(refused(""), SdpError::Line { line: 1 });
    for text in [
        "v=1\n",
        "s=-\nv=0\n",
        &changed(OBS, "v=0", "v=00"),
        &changed(OBS, "s=-", "v=0"),
    ] {
        assert_eq!(refused(text), SdpError::Version, "{text:?}");
    }
}

#[test]
fn the_number_of_sections_is_limited() {
    assert_eq!(refused("v=0\n"), SdpError::NoSections);
    let limits = Limits {
        sections: 1,
        ..Limits::default()
    };
    assert_eq!(
        read_offer(OBS, &limits).unwrap_err(),
        SdpError::TooManySections { limit: 1 }
    );
    let wide = Limits {
        sections: 1000,
        ..Limits::default()
    };
    let many = format!("v=0\n{}", "m=audio 9 UDP/TLS/RTP/SAVPF 111\n".repeat(33));
    assert_eq!(
        read_offer(&many, &wide).unwrap_err(),
        SdpError::TooManySections {
            limit: MOST_SECTIONS
        }
    );
}

#[test]
fn sections_carry_audio_or_video() {
    let section = 1;
    for (media, error) in [
        (
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
            SdpError::DataChannel { section },
        ),
        ("m=text 9 UDP/TLS/RTP/SAVPF 96", SdpError::Kind { section }),
        ("m=Video 9 UDP/TLS/RTP/SAVPF 96", SdpError::Kind { section }),
        ("m=", SdpError::Kind { section }),
    ] {
        let text = changed(OBS, "m=video 9 UDP/TLS/RTP/SAVPF 96", media);
        assert_eq!(refused(&text), error, "{media}");
    }
}

#[test]
fn only_the_profile_of_browsers_is_taken() {
    for profile in [
        "RTP/AVP",
        "RTP/SAVPF",
        "TCP/DTLS/RTP/SAVPF",
        "UDP/TLS/RTP/SAVP",
        "udp/tls/rtp/savpf",
        "",
    ] {
        let text = changed_last(OBS, "UDP/TLS/RTP/SAVPF", profile);
        assert_eq!(
            refused(&text),
            SdpError::Profile { section: 1 },
            "{profile}"
        );
    }
}

#[test]
fn malformed_heads_are_refused() {
    for head in [
        "m=video",
        "m=video x UDP/TLS/RTP/SAVPF 96",
        "m=video +9 UDP/TLS/RTP/SAVPF 96",
        "m=video 9/2 UDP/TLS/RTP/SAVPF 96",
        "m=video 65536 UDP/TLS/RTP/SAVPF 96",
        "m=video 9 UDP/TLS/RTP/SAVPF",
        "m=video 9 UDP/TLS/RTP/SAVPF 128",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 ",
        "m=video 9 UDP/TLS/RTP/SAVPF 96  97",
        "m=video 9 UDP/TLS/RTP/SAVPF *",
    ] {
        let text = changed(OBS, "m=video 9 UDP/TLS/RTP/SAVPF 96", head);
        assert_eq!(refused(&text), SdpError::MediaLine { section: 1 }, "{head}");
    }
}

#[test]
fn the_number_of_payload_types_is_limited_and_each_is_there_once() {
    let head = |payloads: &[usize]| {
        let payloads: Vec<String> = payloads.iter().map(usize::to_string).collect();
        let head = format!("SAVPF {}", payloads.join(" "));
        changed_last(OBS, "SAVPF 96", &head)
    };
    let all: Vec<usize> = (50..50 + MOST_PAYLOADS).collect();
    offer(&head(&all));
    let more: Vec<usize> = (50..=50 + MOST_PAYLOADS).collect();
    assert_eq!(
        refused(&head(&more)),
        SdpError::TooManyPayloads {
            section: 1,
            limit: MOST_PAYLOADS
        }
    );
    let (mid, payload) = (mid("1"), 96);
    assert_eq!(
        refused(&head(&[96, 97, 96])),
        SdpError::PayloadRepeated { mid, payload }
    );
}

#[test]
fn mids_are_short_plain_and_unique() {
    let section = 1;
    for bad in ["", "a b", "ä", "{1}", "x.y", "12345678901234567"] {
        let text = changed(OBS, "a=mid:1", &format!("a=mid:{bad}"));
        let error = refused(&text);
        assert!(
            error == SdpError::NoMid { section } || bad == "ä",
            "{bad}: {error}"
        );
        assert_eq!(Mid::new(bad), None);
    }
    assert_eq!(
        refused(&without(OBS, "a=mid:1")),
        SdpError::NoMid { section }
    );
    assert_eq!(
        refused(&changed(OBS, "a=mid:1", "a=mid:0")),
        SdpError::MidRepeated { mid: mid("0") }
    );
    assert_eq!(
        refused(&changed(OBS, "a=mid:1", "a=mid:1\na=mid:1")),
        SdpError::Repeated { attribute: "mid" }
    );
    let named = changed(OBS, "a=mid:1", "a=mid:Video_1-x");
    offer(&changed(&named, "BUNDLE 0 1", "BUNDLE 0 Video_1-x"));
}

#[test]
fn there_is_one_bundle_of_all_sections() {
    for bundle in [
        "BUNDLE 0",
        "BUNDLE 1 0",
        "BUNDLE 0 1 2",
        "BUNDLE 0 0 1",
        "BUNDLE 0  1",
        "BUNDLE",
        "bundle 0 1",
        "LS 0 1",
        "BUNDLE 0 1\na=group:BUNDLE 0 1",
    ] {
        let text = changed(OBS, "BUNDLE 0 1", bundle);
        assert_eq!(refused(&text), SdpError::Bundle, "{bundle}");
    }
}

#[test]
fn a_rejected_section_is_refused_unless_it_is_only_in_the_bundle() {
    let rejected = changed(OBS, "m=video 9", "m=video 0");
    assert_eq!(refused(&rejected), SdpError::Rejected { mid: mid("1") });
    offer(&changed(&rejected, "a=mid:1", "a=mid:1\na=bundle-only"));
    let first = changed(OBS, "m=audio 9", "m=audio 0");
    let first = changed(&first, "a=mid:0", "a=mid:0\na=bundle-only");
    assert_eq!(refused(&first), SdpError::Rejected { mid: mid("0") });
}

#[test]
fn whoever_publishes_sends() {
    let expected = "sendonly";
    let both = changed(OBS, "a=sendonly", "a=sendrecv");
    assert_eq!(offer(&both), offer(OBS));
    // Without a word it is both ways.
    assert_eq!(offer(&without(OBS, "a=sendonly")), offer(OBS));
    let paused = changed_last(OBS, "a=sendonly", "a=inactive");
    let video = &offer(&paused).sections[1];
    assert_eq!(
        (video.direction, video.sending),
        (Direction::Inactive, None)
    );
    let first = changed(OBS, "a=sendonly", "a=inactive");
    assert_eq!(
        refused(&first),
        SdpError::Direction {
            mid: mid("0"),
            expected
        }
    );
    let receives = changed_last(OBS, "a=sendonly", "a=recvonly");
    assert_eq!(
        refused(&receives),
        SdpError::Direction {
            mid: mid("1"),
            expected
        }
    );
    let unclear = changed(OBS, "a=sendonly", "a=sendonly\na=inactive");
    assert!(matches!(refused(&unclear), SdpError::Repeated { .. }));
}

#[test]
fn the_direction_of_the_session_holds_where_a_section_has_none() {
    let text = changed(&without(OBS, "a=sendonly"), "t=0 0", "t=0 0\na=recvonly");
    assert!(matches!(refused(&text), SdpError::Direction { .. }));
    let played = read_play_offer(&text, &Limits::default()).unwrap();
    assert_eq!(played.sections[1].direction, Direction::RecvOnly);
}

#[test]
fn errors_repeat_nothing_that_a_peer_wrote_but_names_of_codecs_and_mids() {
    let text = changed(OBS, "a=rtpmap:96 H264", "a=rtpmap:96 Anna_Canary");
    let shown = refused(&text).to_string();
    assert!(
        shown.contains("section 1") && shown.contains("it has none"),
        "{shown}"
    );
    let text = changed(OBS, "a=rtpmap:96 H264", "a=rtpmap:96 X-Codec-9");
    assert!(refused(&text).to_string().contains("it has x-codec-9"));
}

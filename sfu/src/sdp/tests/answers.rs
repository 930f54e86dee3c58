//! Answers that do not fit what was offered.

use super::{super::*, *};

#[test]
fn the_shapes_of_an_offer_are_its_sections() {
    let shapes = shapes(WEBRTCBIN).unwrap();
    let described: Vec<String> = shapes
        .iter()
        .map(|shape| {
            let format = &shape.formats[0];
            let media = shape.media.name();
            format!("{} {media} {} {:?}", shape.mid, format.payload, format.rtx)
        })
        .collect();
    assert_eq!(
        described,
        [
            "audio0 audio 111 None",
            "video1 video 96 Some(97)",
            "video2 video 102 Some(98)"
        ]
    );
}

#[test]
fn an_answer_has_the_sections_of_the_offer() {
    let (two, _) = CHROMIUM_ANSWER.rsplit_once("m=video").unwrap();
    let two = changed(two, "BUNDLE audio0 video1 video2", "BUNDLE audio0 video1");
    assert_eq!(
        answer(&two),
        Err(SdpError::SectionCount {
            found: 2,
            expected: 3
        })
    );
    let renamed = changed(CHROMIUM_ANSWER, "video2", "video3");
    assert_eq!(
        answer(&renamed),
        Err(SdpError::SectionDiffers { section: 2 })
    );
    let other = changed(
        CHROMIUM_ANSWER,
        "m=video 9 UDP/TLS/RTP/SAVPF 102",
        "m=audio 9 UDP/TLS/RTP/SAVPF 102",
    );
    assert_eq!(answer(&other), Err(SdpError::SectionDiffers { section: 2 }));
}

#[test]
fn a_rejected_section_is_named() {
    let text = changed(
        CHROMIUM_ANSWER,
        "m=video 9 UDP/TLS/RTP/SAVPF 102",
        "m=video 0 UDP/TLS/RTP/SAVPF 102",
    );
    let text = changed(&text, "BUNDLE audio0 video1 video2", "BUNDLE audio0 video1");
    assert_eq!(
        answer(&text),
        Err(SdpError::Rejected { mid: mid("video2") })
    );
}

#[test]
fn a_viewer_only_receives() {
    for bad in ["sendrecv", "sendonly", "x"] {
        let text = changed_last(CHROMIUM_ANSWER, "a=recvonly", &format!("a={bad}"));
        assert_eq!(
            answer(&text),
            Err(SdpError::Direction {
                mid: mid("video2"),
                expected: "recvonly or inactive"
            }),
            "{bad}"
        );
    }
    let none = changed(CHROMIUM_ANSWER, "a=recvonly", "a=inactive");
    let none = answer(&none).unwrap();
    assert!(
        none.sections
            .iter()
            .all(|section| section.direction == Direction::Inactive)
    );
}

#[test]
fn an_answer_says_who_begins() {
    let open = changed(CHROMIUM_ANSWER, "setup:active", "setup:actpass");
    assert_eq!(answer(&open), Err(SdpError::Setup));
}

#[test]
fn an_answer_uses_what_was_offered() {
    let mid = mid("video1");
    let not_offered = |payload| {
        let mid = mid.clone();
        Err(SdpError::NotOffered { mid, payload })
    };
    // Another payload type, even if its codec is dropped.
    let more = changed(CHROMIUM_ANSWER, "SAVPF 96 97", "SAVPF 96 97 98");
    assert_eq!(answer(&more), not_offered(98));
    // Another codec.
    let codec = changed(
        CHROMIUM_ANSWER,
        "a=rtpmap:96 VP8/90000",
        "a=rtpmap:96 H264/90000\na=fmtp:96 packetization-mode=1",
    );
    assert_eq!(answer(&codec), not_offered(96));
    // Payload types of media and retransmissions exchanged.
    let swapped = changed(CHROMIUM_ANSWER, "a=rtpmap:96 VP8", "a=rtpmap:97 VP8");
    let swapped = changed(&swapped, "a=rtpmap:97 rtx", "a=rtpmap:96 rtx");
    let swapped = changed(&swapped, "a=fmtp:97 apt=96", "a=fmtp:96 apt=97");
    assert_eq!(answer(&swapped), not_offered(97));
    // Less is possible.
    let less = changed(CHROMIUM_ANSWER, "SAVPF 96 97", "SAVPF 96");
    assert_eq!(answer(&less).unwrap().sections[1].formats[0].rtx, None);
    let nothing = changed(CHROMIUM_ANSWER, "SAVPF 96 97", "SAVPF 97");
    assert!(matches!(answer(&nothing), Err(SdpError::NoCodec { .. })));
}

#[test]
fn retransmissions_are_on_the_payload_type_that_was_offered_for_them() {
    let mut ours = shapes(WEBRTCBIN).unwrap();
    // As if 97 were the media of another codec of ours.
    ours[1].formats[0].rtx = None;
    let other = Format {
        payload: 97,
        ..ours[2].formats[0].clone()
    };
    ours[1].formats.push(other);
    assert_eq!(
        read_answer(CHROMIUM_ANSWER, &ours, &Limits::default()),
        Err(SdpError::NotOffered {
            mid: mid("video1"),
            payload: 97
        })
    );
}

#[test]
fn what_is_written_of_an_answer_has_the_transport_everywhere() {
    let written = answer(FIREFOX_ANSWER).unwrap().to_sdp();
    for line in [
        "a=ice-ufrag:64a256c1\r\n",
        "a=fingerprint:sha-256 5B:3A",
        "a=setup:active\r\n",
        "a=rtcp-mux\r\n",
    ] {
        assert_eq!(written.matches(line).count(), 3, "{line}");
    }
    assert!(!written.contains("ssrc") && !written.contains("max-fs"));
}

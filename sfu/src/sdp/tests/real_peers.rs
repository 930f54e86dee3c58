//! What becomes of the texts of real peers.

use std::net::{IpAddr, Ipv4Addr};

use super::{super::*, *};

fn payloads(section: &Section) -> Vec<(u8, Codec, Option<u8>)> {
    let formats = section.formats.iter();
    formats
        .map(|format| (format.payload, format.codec(), format.rtx))
        .collect()
}

#[test]
fn the_full_offer_of_chromium_is_reduced_to_what_is_forwarded() {
    let offer = offer(CHROMIUM);
    let [audio, video] = offer.sections.as_slice() else {
        panic!("{offer:?}");
    };
    assert_eq!(audio.mid, mid("0"));
    assert_eq!((audio.media, video.media), (Media::Audio, Media::Video));
    assert_eq!(payloads(audio), [(111, Codec::Opus, None)]);
    assert_eq!(audio.audio_level, Some(1));
    assert_eq!(
        payloads(video),
        [
            (96, Codec::Vp8, Some(97)),
            (102, Codec::H264, Some(103)),
            (108, Codec::H264, Some(109)),
        ]
    );
    assert_eq!(
        video.sending,
        Some(Sending {
            ssrc: 2001,
            rtx: Some(2002)
        })
    );
    assert_eq!(audio.direction, Direction::SendOnly);
    assert_eq!(offer.transport.setup, Setup::ActPass);
}

#[test]
fn candidates_of_the_transport_that_ends_with_the_bundle_are_dropped() {
    // The second section has ports of its own.
    assert!(CHROMIUM.contains("m=video 59011") && CHROMIUM.contains(" 59011 typ host"));
    let candidates = offer(CHROMIUM).transport.candidates;
    let ports: Vec<u16> = candidates.iter().map(Candidate::port).collect();
    assert_eq!(ports, [44205, 41979]);
    assert_eq!(candidates[0].address(), Ipv4Addr::new(192, 0, 2, 7));
    assert_eq!(candidates[0].kind(), CandidateKind::Host);
}

#[test]
fn what_is_written_of_chromium_is_known_to_the_letter() {
    let written = offer(CHROMIUM)
        .with_chosen(&[Codec::H264, Codec::Opus])
        .unwrap()
        .to_sdp();
    let transport = "a=rtcp-mux\n\
        a=ice-ufrag:4ZcD\na=ice-pwd:vAq7xWc0RtY+3mKp/9LzEu4B\n\
        a=fingerprint:sha-256 5B:3A:9F:21:C4:07:7E:D2:18:6B:F0:4D:93:A5:2C:E8:71:0F:B6:3D:54:9A:C7:12:8E:60:F3:2B:A9:D4:45:1E\n\
        a=setup:actpass\na=sendonly\na=rtcp-rsize\n";
    let expected = format!(
        "v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0\na=group:BUNDLE 0 1\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\nc=IN IP4 0.0.0.0\na=mid:0\n{transport}\
        a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\n\
        a=rtpmap:111 opus/48000/2\na=fmtp:111 minptime=10;useinbandfec=1\n\
        a=ssrc:1001 cname:s0\n\
        a=candidate:3111956037 1 UDP 2122194687 192.0.2.7 44205 typ host\n\
        a=candidate:3188638453 1 UDP 2122265343 2001:db8::7 41979 typ host\n\
        m=video 9 UDP/TLS/RTP/SAVPF 108 109\nc=IN IP4 0.0.0.0\na=mid:1\n{transport}\
        a=rtpmap:108 H264/90000\n\
        a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\n\
        a=rtcp-fb:108 nack\na=rtcp-fb:108 nack pli\na=rtcp-fb:108 ccm fir\n\
        a=rtpmap:109 rtx/90000\na=fmtp:109 apt=108\n\
        a=ssrc-group:FID 2001 2002\na=ssrc:2001 cname:s1\na=ssrc:2002 cname:s1\n"
    );
    assert_eq!(written, expected.replace('\n', "\r\n"));
}

#[test]
fn preferred_codecs_of_chromium_are_read() {
    let vp8 = offer(CHROMIUM_VP8);
    assert_eq!(payloads(&vp8.sections[1]), [(96, Codec::Vp8, Some(97))]);
    let h264 = offer(CHROMIUM_H264);
    assert_eq!(payloads(&h264.sections[1]), [(108, Codec::H264, Some(109))]);
}

#[test]
fn a_section_of_firefox_takes_its_transport_from_the_first_one() {
    let offer = offer(FIREFOX);
    assert_eq!(payloads(&offer.sections[0]), [(109, Codec::Opus, None)]);
    let video = &offer.sections[1];
    assert_eq!(
        payloads(video),
        [(120, Codec::Vp8, Some(124)), (126, Codec::H264, Some(127))]
    );
    // Names instead of addresses, and TCP, are dropped; the related address is not kept.
    let [candidate] = offer.transport.candidates.as_slice() else {
        panic!("{offer:?}");
    };
    assert_eq!(
        candidate.to_string(),
        "candidate:1 1 UDP 1686052863 198.51.100.7 54609 typ srflx"
    );
    let ufrags = offer.to_sdp().matches("a=ice-ufrag:64a256c1\r\n").count();
    assert_eq!(ufrags, 2);
}

#[test]
fn obs_publishes_stereo_without_candidates() {
    let offer = offer(OBS);
    assert!(offer.transport.candidates.is_empty());
    let Parameters::Opus(opus) = &offer.sections[0].formats[0].parameters else {
        panic!("{offer:?}");
    };
    assert!(opus.stereo && opus.sends_stereo && opus.error_correction);
    assert_eq!(opus.shortest_packet_ms, Some(10));
    assert_eq!(payloads(&offer.sections[1]), [(96, Codec::H264, None)]);
    assert_eq!(
        offer.sections[1].sending,
        Some(Sending {
            ssrc: 2001,
            rtx: None
        })
    );
}

#[test]
fn aiortc_lists_three_fingerprints_and_one_of_them_is_kept() {
    let offer = offer(AIORTC);
    assert_eq!(offer.transport.fingerprint.0[..2], [0x5b, 0x3a]);
    assert_eq!(payloads(&offer.sections[0]), [(96, Codec::Opus, None)]);
    // It knows no FIR, and would not answer one.
    let feedback = offer.sections[1].formats[0].feedback;
    assert!(feedback.nack && feedback.pli && !feedback.fir);
    assert!(!offer.to_sdp().contains("sha-512"));
}

#[test]
fn reduced_rtcp_is_only_for_sections_that_take_it() {
    for (text, expected) in [
        (CHROMIUM, [true, true]),
        (FIREFOX, [false, true]),
        (OBS, [false, false]),
    ] {
        let offer = offer(text);
        let sections = offer.sections.iter();
        let reduced: Vec<bool> = sections.map(|section| section.reduced_rtcp).collect();
        assert_eq!(reduced, expected);
        let lines = offer.to_sdp().matches("a=rtcp-rsize\r\n").count();
        assert_eq!(
            lines,
            reduced.into_iter().filter(|is_reduced| *is_reduced).count()
        );
    }
}

#[test]
fn layers_without_ssrcs_are_refused() {
    assert_eq!(
        refused(CHROMIUM_SIMULCAST),
        SdpError::Simulcast { mid: mid("1") }
    );
}

#[test]
fn a_player_receives_and_sends_nothing() {
    let offer = read_play_offer(CHROMIUM_PLAYER, &Limits::default()).unwrap();
    for section in &offer.sections {
        assert_eq!(section.direction, Direction::RecvOnly);
        assert_eq!(section.sending, None);
    }
    assert_eq!(offer.sections[1].formats[0].rtx, Some(97));
    assert!(!offer.to_sdp().contains("ssrc:"));
    assert_eq!(
        refused(CHROMIUM_PLAYER),
        SdpError::Direction {
            mid: mid("0"),
            expected: "sendonly"
        }
    );
}

#[test]
fn viewers_answer_what_webrtcbin_offers() {
    for text in [CHROMIUM_ANSWER, FIREFOX_ANSWER, AIORTC_ANSWER] {
        let answer = answer(text).unwrap();
        let mids: Vec<&str> = answer
            .sections
            .iter()
            .map(|section| section.mid.as_str())
            .collect();
        assert_eq!(mids, ["audio0", "video1", "video2"]);
        assert_eq!(payloads(&answer.sections[1]), [(96, Codec::Vp8, Some(97))]);
        assert_eq!(
            payloads(&answer.sections[2]),
            [(102, Codec::H264, Some(98))]
        );
        assert!(
            answer
                .sections
                .iter()
                .all(|section| section.sending.is_none())
        );
    }
    assert_eq!(
        answer(AIORTC_ANSWER).unwrap().transport.setup,
        Setup::Passive
    );
    let firefox = answer(FIREFOX_ANSWER).unwrap();
    assert_eq!(firefox.sections[2].direction, Direction::Inactive);
}

#[test]
fn addresses_and_credentials_do_not_show_themselves() {
    let offer = offer(CHROMIUM);
    let shown = format!("{offer:?}");
    for hidden in ["192.0.2.7", "2001:db8", "4ZcD", "vAq7xWc0"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
    assert!(offer.to_sdp().contains("vAq7xWc0"));
    assert_eq!(
        offer.transport.candidates[1].address(),
        "2001:db8::7".parse::<IpAddr>().unwrap()
    );
}

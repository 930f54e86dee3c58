//! Codecs, payload types and their parameters.

use super::{super::*, *};

/// An offer of one video section with these lines instead of those of its codec.
fn video(payloads: &str, lines: &str) -> String {
    let (audio, video) = OBS.split_once("a=rtpmap:96").unwrap();
    assert!(!video.contains("m="));
    let head = changed(audio, "SAVPF 96", &format!("SAVPF {payloads}"));
    format!("{head}{lines}\n")
}

fn format(lines: &str) -> Format {
    offer(&video("96", lines)).sections[1].formats[0].clone()
}

#[test]
fn a_section_without_a_usable_codec_is_refused_by_name() {
    let text = video(
        "98 100 45 97",
        "a=rtpmap:98 VP9/90000\na=rtpmap:100 VP9/90000\na=rtpmap:45 AV1/90000\n\
         a=rtpmap:97 rtx/90000\na=fmtp:97 apt=98",
    );
    assert_eq!(
        refused(&text).to_string(),
        "section 1 has no usable codec: it has vp9, av1, \
         supported is VP8 and H264 (baseline, packetization-mode=1)"
    );
    let text = changed(OBS, "a=rtpmap:111 opus/48000/2", "a=rtpmap:111 G722/8000");
    assert_eq!(
        refused(&text).to_string(),
        "section 0 has no usable codec: it has g722, supported is opus"
    );
}

#[test]
fn codecs_are_known_by_name_clock_and_channels() {
    for bad in [
        "VP8/8000",
        "VP8/90000/2",
        "opus/48000/2",
        "VP80/90000",
        "rtx/90000",
    ] {
        let text = video("96", &format!("a=rtpmap:96 {bad}"));
        assert!(matches!(refused(&text), SdpError::NoCodec { .. }), "{bad}");
    }
    for good in ["VP8/90000", "vp8/90000", "VP8/90000/1"] {
        assert_eq!(format(&format!("a=rtpmap:96 {good}")).codec(), Codec::Vp8);
    }
    let mono = changed(OBS, "opus/48000/2", "opus/48000");
    assert!(matches!(refused(&mono), SdpError::NoCodec { .. }));
}

#[test]
fn malformed_rtpmaps_are_refused() {
    for bad in [
        "a=rtpmap:96",
        "a=rtpmap:96 VP8",
        "a=rtpmap:x VP8/90000",
        "a=rtpmap:96 VP8/",
        "a=rtpmap:96 VP8/-1",
        "a=rtpmap:96 VP8/90000/1/1",
        "a=rtpmap:96 VP8/99999999999",
        "a=rtpmap:300 VP8/90000",
    ] {
        let text = video("96", &format!("a=rtpmap:96 VP8/90000\n{bad}"));
        assert_eq!(refused(&text), SdpError::Rtpmap { mid: mid("1") }, "{bad}");
    }
}

#[test]
fn payload_types_are_dynamic() {
    for payload in [35, 63, 96, 127] {
        offer(&video(
            &payload.to_string(),
            &format!("a=rtpmap:{payload} VP8/90000"),
        ));
    }
    for payload in [0, 34, 64, 72, 95] {
        let text = video(
            &payload.to_string(),
            &format!("a=rtpmap:{payload} VP8/90000"),
        );
        let mid = mid("1");
        assert_eq!(refused(&text), SdpError::PayloadNumber { mid, payload });
    }
    let rtx = video(
        "96 72",
        "a=rtpmap:96 VP8/90000\na=rtpmap:72 rtx/90000\na=fmtp:72 apt=96\na=ssrc:2002 cname:x\na=ssrc-group:FID 2001 2002",
    );
    let (mid, payload) = (mid("1"), 72);
    assert_eq!(refused(&rtx), SdpError::PayloadNumber { mid, payload });
}

#[test]
fn a_payload_type_has_one_meaning() {
    let (mid, payload) = (mid("1"), 96);
    for lines in [
        "a=rtpmap:96 VP8/90000\na=rtpmap:96 H264/90000",
        "a=rtpmap:96 VP8/90000\na=fmtp:96 a=1\na=fmtp:96 a=1",
    ] {
        let mid = mid.clone();
        assert_eq!(
            refused(&video("96", lines)),
            SdpError::PayloadRepeated { mid, payload }
        );
    }
    // 111 is Opus in the first section. That the other codec is dropped makes no difference.
    let text = video("96 111", "a=rtpmap:96 VP8/90000\na=rtpmap:111 VP9/90000");
    assert_eq!(refused(&text), SdpError::PayloadConflict { payload: 111 });
}

#[test]
fn retransmissions_of_two_sections_are_of_the_same_payload_type() {
    let section = |name: &str, ssrc: u32, apt: u8| {
        format!(
            "m=video 9 UDP/TLS/RTP/SAVPF 96 98 97\na=mid:{name}\na=sendonly\n\
             a=rtpmap:96 VP8/90000\na=rtpmap:98 H264/90000\na=fmtp:98 packetization-mode=1\n\
             a=rtpmap:97 rtx/90000\na=fmtp:97 apt={apt}\n\
             a=ssrc:{ssrc} cname:x\na=ssrc-group:FID {ssrc} {}\n",
            ssrc + 1
        )
    };
    let text = |apt| {
        let head = changed(OBS, "BUNDLE 0 1", "BUNDLE 0 1 2 3");
        format!(
            "{head}{}{}",
            section("2", 3001, 96),
            section("3", 4001, apt)
        )
    };
    // 96 is H264 in the second section.
    let same = |apt| changed(&text(apt), "a=rtpmap:96 H264", "a=rtpmap:96 VP8");
    offer(&same(96));
    assert_eq!(
        refused(&same(98)),
        SdpError::PayloadConflict { payload: 97 }
    );
    assert_eq!(
        refused(&text(96)),
        SdpError::PayloadConflict { payload: 96 }
    );
}

#[test]
fn h264_is_baseline_in_packetization_mode_1() {
    let h264 = |parameters: &str| format!("a=rtpmap:96 H264/90000\na=fmtp:96 {parameters}");
    for (id, is_constrained) in [
        ("42e01f", true),
        ("42C01E", true),
        ("42c015", true),
        ("42001f", false),
    ] {
        let format = format(&h264(&format!(
            "profile-level-id={id}; packetization-mode=1"
        )));
        let Parameters::H264(h264) = format.parameters else {
            panic!("{format:?}");
        };
        let id_read = h264.profile_level_id.unwrap();
        assert_eq!(id_read.to_string(), id.to_lowercase());
        assert_eq!(id_read.is_constrained_baseline(), is_constrained);
        assert!(!h264.level_asymmetry);
    }
    assert_eq!(ProfileLevelId::new("42e01f").unwrap().level(), 31);
    let unstated = format(&h264("packetization-mode=1"));
    assert_eq!(unstated.parameters.to_string(), "packetization-mode=1");
    for bad in [
        "",
        "profile-level-id=42e01f",
        "profile-level-id=42e01f;packetization-mode=0",
        "profile-level-id=42e01f;packetization-mode=2",
        "profile-level-id=4d001f;packetization-mode=1",
        "profile-level-id=640c1f;packetization-mode=1",
        "profile-level-id=42e0;packetization-mode=1",
        "profile-level-id=+2e01f;packetization-mode=1",
    ] {
        let text = video("96", &h264(bad));
        assert!(matches!(refused(&text), SdpError::NoCodec { .. }), "{bad}");
    }
}

#[test]
fn parameters_that_are_not_known_are_not_written() {
    let text = changed(
        OBS,
        "maxaveragebitrate=96000",
        "cbr=1;x-anna=canary;maxaveragebitrate=96000;usedtx=1",
    );
    assert_eq!(offer(&text), offer(OBS));
    assert!(
        offer(&text)
            .to_sdp()
            .contains("a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1\r\n")
    );
    for odd in ["2", "121", "x", "-5", ""] {
        let text = changed(OBS, "minptime=10", &format!("minptime={odd}"));
        let Parameters::Opus(opus) = &offer(&text).sections[0].formats[0].parameters else {
            panic!("{odd}");
        };
        assert_eq!(opus.shortest_packet_ms, None);
    }
}

#[test]
fn only_feedback_for_nack_and_keyframes_is_kept_and_only_for_video() {
    let feedback = |lines: &str| {
        let lines = format!("a=rtpmap:96 VP8/90000\n{lines}");
        let Feedback { nack, pli, fir } = format(&lines).feedback;
        (nack, pli, fir)
    };
    assert_eq!(feedback("a=rtcp-fb:96 nack"), (true, false, false));
    assert_eq!(feedback("a=rtcp-fb:* nack pli"), (false, true, false));
    assert_eq!(feedback("a=rtcp-fb:96 ccm fir"), (false, false, true));
    for odd in [
        "97 nack",
        "96 transport-cc",
        "96 nack rpsi",
        "96",
        "x nack",
        "96 ccm tmmbr",
    ] {
        let line = format!("a=rtcp-fb:{odd}");
        assert_eq!(feedback(&line), (false, false, false), "{odd}");
    }
    let text = changed(OBS, "a=rtpmap:111", "a=rtcp-fb:111 nack\na=rtpmap:111");
    assert_eq!(offer(&text), offer(OBS));
}

#[test]
fn retransmissions_belong_to_a_format_that_is_kept() {
    let rtx = |apt: &str| {
        let lines = format!(
            "a=rtpmap:96 VP8/90000\na=rtpmap:97 rtx/90000\na=fmtp:97 {apt}\n\
             a=ssrc-group:FID 2001 2002"
        );
        let video = offer(&video("96 97", &lines)).sections.remove(1);
        (video.formats[0].rtx, video.sending.unwrap().rtx)
    };
    assert_eq!(rtx("apt=96"), (Some(97), Some(2002)));
    assert_eq!(rtx("APT=96;rtx-time=3000"), (Some(97), Some(2002)));
    for odd in ["apt=98", "apt=97", "apt=", "apt=x", "rtx-time=3000"] {
        assert_eq!(rtx(odd), (None, None), "{odd}");
    }
}

#[test]
fn of_two_payload_types_for_retransmissions_the_first_is_kept() {
    let lines = "a=rtpmap:96 VP8/90000\na=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\n\
                 a=rtpmap:98 rtx/90000\na=fmtp:98 apt=96\na=ssrc-group:FID 2001 2002";
    let offer = offer(&video("96 97 98", lines));
    assert_eq!(offer.sections[1].formats[0].rtx, Some(97));
}

#[test]
fn sound_is_not_retransmitted() {
    let audio = changed(CHROMIUM_PLAYER, "SAVPF 111", "SAVPF 111 112");
    for clock in ["48000", "90000"] {
        let rtx = format!("a=rtpmap:112 rtx/{clock}\na=fmtp:112 apt=111\na=rtpmap:111 ");
        let text = changed(&audio, "a=rtpmap:111 ", &rtx);
        let played = read_play_offer(&text, &Limits::default()).unwrap();
        assert_eq!(played.sections[0].formats[0].rtx, None);
    }
}

#[test]
fn one_header_extension_is_kept() {
    let with = |extension: &str| {
        let line = format!("a=mid:0\na=extmap:{extension}");
        offer(&changed(OBS, "a=mid:0", &line)).sections[0].audio_level
    };
    const URI: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    assert_eq!(with(&format!("1 {URI}")), Some(1));
    assert_eq!(with(&format!("14/sendonly {URI} vad=on")), Some(14));
    for odd in [
        format!("0 {URI}"),
        format!("15 {URI}"),
        format!("x {URI}"),
        format!("1 {URI}x"),
        "1 urn:ietf:params:rtp-hdrext:sdes:mid".to_owned(),
        "1".to_owned(),
    ] {
        assert_eq!(with(&odd), None, "{odd}");
    }
    let video = changed(OBS, "a=mid:1", &format!("a=mid:1\na=extmap:1 {URI}"));
    assert_eq!(offer(&video).sections[1].audio_level, None);
}

#[test]
fn the_caller_prefers_a_codec_and_of_h264_the_constrained_baseline_is_best() {
    let offer = offer(CHROMIUM);
    let video = &offer.sections[1];
    let chosen = |prefer: &[Codec]| video.choose(prefer).map(|format| format.payload);
    assert_eq!(chosen(&[Codec::Vp8, Codec::H264]), Some(96));
    assert_eq!(chosen(&[Codec::H264, Codec::Vp8]), Some(108));
    assert_eq!(chosen(&[Codec::Opus]), None);
    assert_eq!(chosen(&[]), None);
}

#[test]
fn one_format_is_left_after_choosing() {
    let chosen = offer(CHROMIUM)
        .with_chosen(&[Codec::Opus, Codec::Vp8])
        .unwrap();
    assert_eq!(
        chosen,
        offer(CHROMIUM)
            .with_chosen(&[Codec::Vp8, Codec::Opus])
            .unwrap()
    );
    assert!(
        chosen
            .sections
            .iter()
            .all(|section| section.formats.len() == 1)
    );
    assert!(
        chosen
            .to_sdp()
            .contains("m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n")
    );
    assert_eq!(
        offer(CHROMIUM).with_chosen(&[Codec::Opus]).unwrap_err(),
        SdpError::NoCodec {
            mid: mid("1"),
            offered: "VP8, H264".to_owned(),
            supported: "VP8 and H264 (baseline, packetization-mode=1)",
        }
    );
}

#[test]
fn retransmissions_go_with_the_format_that_had_them() {
    let text = without(CHROMIUM, "a=fmtp:97 apt=96");
    let chosen = offer(&text)
        .with_chosen(&[Codec::Opus, Codec::Vp8])
        .unwrap();
    let video = &chosen.sections[1];
    assert_eq!(video.formats[0].rtx, None);
    assert_eq!(video.sending.unwrap().rtx, None);
    assert!(!chosen.to_sdp().contains("2002"));
}

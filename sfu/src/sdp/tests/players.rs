//! Offers of players, and the answers to them.

use super::{super::*, *};

/// webrtcbin 1.22 that sends sound and VP8 to [`CHROMIUM_PLAYER`].
const PLAY_ANSWER: &str = include_str!("texts/webrtcbin_play_answer.sdp");

fn played(text: &str) -> Vec<Played> {
    let offer = read_play_offer(text, &Limits::default()).unwrap();
    offer.played().unwrap()
}

/// Payload type, codec and payload type of retransmissions of all formats.
fn types(played: &Played) -> Vec<(u8, Codec, Option<u8>)> {
    let formats = played.formats.iter();
    let types = formats.map(|format| (format.payload, format.codec(), format.rtx));
    types.collect()
}

#[test]
fn a_player_is_sent_one_format_of_each_codec_that_it_takes() {
    let played = played(CHROMIUM_PLAYER);
    let media: Vec<Media> = played.iter().map(|one| one.media).collect();
    assert_eq!(media, [Media::Audio, Media::Video]);
    assert_eq!(types(&played[0]), [(111, Codec::Opus, None)]);
    assert_eq!(
        types(&played[1]),
        [(96, Codec::Vp8, Some(97)), (108, Codec::H264, Some(109))]
    );
}

#[test]
fn sound_comes_first_whatever_the_player_asks_for_first() {
    let mut offer = read_play_offer(CHROMIUM_PLAYER, &Limits::default()).unwrap();
    offer.sections.reverse();
    let media: Vec<Media> = offer
        .played()
        .unwrap()
        .iter()
        .map(|one| one.media)
        .collect();
    assert_eq!(media, [Media::Audio, Media::Video]);
    offer.sections.truncate(1);
    assert_eq!(offer.played().unwrap()[0].media, Media::Video);
}

#[test]
fn a_player_that_offers_both_ways_receives() {
    let both = changed(CHROMIUM_PLAYER, "a=recvonly", "a=sendrecv");
    assert_eq!(played(&both), played(CHROMIUM_PLAYER));
    let sends = changed(CHROMIUM_PLAYER, "a=recvonly", "a=sendonly");
    assert!(read_play_offer(&sends, &Limits::default()).is_err());
}

#[test]
fn what_a_player_does_not_want_is_not_sent() {
    let paused = changed_last(CHROMIUM_PLAYER, "a=recvonly", "a=inactive");
    let played = played(&paused);
    assert_eq!(played.len(), 1);
    assert_eq!(played[0].media, Media::Audio);
}

#[test]
fn a_player_gets_one_picture() {
    let mut offer = read_play_offer(CHROMIUM_PLAYER, &Limits::default()).unwrap();
    let video = offer.sections[1].clone();
    offer.sections.push(video);
    assert_eq!(
        offer.played().unwrap_err(),
        SdpError::SeveralTracks { kind: "video" }
    );
}

#[test]
fn lost_packets_are_asked_for_only_where_they_can_be_sent_again() {
    let without = without(CHROMIUM_PLAYER, "a=fmtp:97 apt=96");
    let video = &played(&without)[1];
    let nack = |codec| {
        let mut formats = video.formats.iter();
        formats.any(|format| format.codec() == codec && format.feedback.nack)
    };
    assert!(!nack(Codec::Vp8) && nack(Codec::H264));
}

#[test]
fn the_answer_has_all_codecs_and_names_the_stream() {
    let rework = Rework {
        end_of_candidates: true,
        ..Rework::default()
    };
    let text = rework_play_answer(PLAY_ANSWER, &rework, &played(CHROMIUM_PLAYER));
    let (sound, pictures) = text.split_once("m=video").unwrap();
    assert!(sound.contains("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"));
    assert!(sound.contains("a=msid:programme webrtctransceiver0\r\n"));
    assert!(sound.contains("a=end-of-candidates\r\n") && !sound.contains("fe80"));
    assert!(pictures.starts_with(" 9 UDP/TLS/RTP/SAVPF 96 97 108 109\r\n"));
    for line in [
        "a=msid:programme webrtctransceiver1",
        "a=rtpmap:96 VP8/90000",
        "a=fmtp:97 apt=96",
        "a=rtpmap:108 H264/90000",
        "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
        "a=rtcp-fb:108 nack",
        "a=rtcp-fb:108 nack pli",
        "a=rtpmap:109 rtx/90000",
        "a=fmtp:109 apt=108",
    ] {
        let count = pictures.lines().filter(|one| *one == line).count();
        assert_eq!(count, 1, "{line}: {pictures}");
    }
    // What a player reads is what was meant.
    let shapes = shapes(&text).unwrap();
    assert_eq!(shapes[1].formats.len(), 2);
}

#[test]
fn a_section_that_is_not_sent_to_stays_as_webrtcbin_has_answered_it() {
    let (sound, pictures) = PLAY_ANSWER.split_once("m=video").unwrap();
    let lines = pictures.lines().filter(|line| !line.starts_with("a=ssrc"));
    let pictures = lines.collect::<Vec<_>>().join("\n");
    let pictures = pictures.replace("a=sendonly", "a=inactive");
    let text = format!("{sound}m=video{pictures}\n");
    let text = rework_play_answer(&text, &Rework::default(), &played(CHROMIUM_PLAYER));
    let (_, after) = text.split_once("m=video").unwrap();
    assert_eq!(after, pictures.replace('\n', "\r\n") + "\r\n");
}

//! OWASP ASVS 5.0, 17.2.3 to 17.2.5 and 17.2.7: packets that are forged, damaged or far too many, from
//! strangers and from whoever is in the room. Others go on seeing, hearing and being recorded.

use std::{
    fs,
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use gstreamer::prelude::*;
use scrim_policy::ConsentPurpose;
use scrim_sfu::{room::Pass, signal::ClientMessage};

use crate::{
    peer::{ANNOUNCED, FORGED, Peer, Sends},
    recorder::Counting,
    room::{Page, TestRoom, blocking, settings, until},
    stun,
    wire::{Inlet, Stranger, flood, is_media, rtp},
};

/// Sections of the slots for sound and for the first picture.
const VOICE: u32 = 0;
const VP8: u32 = 2;

/// How many packets are a flood, and how fast they come where the machine is fast enough.
const FLOOD: u32 = 40_000;
const A_SECOND: u32 = 20_000;

/// How long others may have to wait for a second of sound meanwhile, on a machine that is busy.
const SOON: Duration = Duration::from_secs(30);

/// How much more memory a flood may take, on both sides together: they share this process.
const MOST_MEMORY: u64 = 96 << 20;

/// Whether a datagram is of RTP and not of RTCP, of RFC 5761.
fn is_rtp(datagram: &[u8]) -> bool {
    is_media(datagram) && !matches!(datagram.get(1), None | Some(192..=223))
}

/// The memory of this process, in bytes.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() << 10
}

#[track_caller]
fn assert_is_bounded(before: u64) {
    let more = memory().saturating_sub(before);
    assert!(more < MOST_MEMORY, "{} MiB more", more >> 20);
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}

/// A publisher whose sound and pictures somebody sees.
struct Pair {
    host: Page,
    publisher: Peer,
    viewer: Peer,
    _ada: Page,
    /// What the publisher was answered, and what the viewer was offered.
    answer: String,
    offer: String,
}

impl Pair {
    async fn meet(room: &TestRoom) -> Self {
        let mut host = room.join("Hanna Holt", Pass::Host).await;
        let mut ada = room.join("Ada Krol", Pass::Registered).await;
        let offer = ada.offered().await;
        let offered = offer.clone();
        let (viewer, sdp) = blocking(move || {
            let viewer = Peer::viewer();
            let answer = viewer.answer(&offered);
            (viewer, answer)
        })
        .await;
        ada.say(ClientMessage::Answer { sdp }).await;
        let (publisher, sdp) = blocking(|| {
            let publisher = Peer::publisher(&Sends::VoiceAndVp8);
            let offer = publisher.offer();
            (publisher, offer)
        })
        .await;
        let answer = host.offer(sdp).await;
        let taken = answer.clone();
        let publisher = blocking(move || {
            publisher.take(gstreamer_webrtc::WebRTCSDPType::Answer, &taken);
            publisher
        })
        .await;
        until("sound and pictures come", || {
            viewer.packets(VOICE) > 10 && viewer.packets(VP8) > 10
        })
        .await;
        Self {
            host,
            publisher,
            viewer,
            _ada: ada,
            answer,
            offer,
        }
    }

    /// Waits for a second of sound. Pictures may be less meanwhile, where a line is full.
    async fn is_heard(&self) {
        let sound = self.viewer.packets(VOICE);
        let began = Instant::now();
        until("sound goes on", || self.viewer.packets(VOICE) >= sound + 50).await;
        assert!(began.elapsed() < SOON, "it took {:?}", began.elapsed());
        self.assert_is_clean();
    }

    /// Waits for sound and for pictures.
    async fn goes_on(&self) {
        let pictures = self.viewer.packets(VP8);
        self.is_heard().await;
        until("pictures go on", || {
            self.viewer.packets(VP8) >= pictures + 10
        })
        .await;
        self.assert_is_clean();
    }

    #[track_caller]
    fn assert_is_clean(&self) {
        assert_eq!(self.viewer.holes(), 0);
        assert_eq!(self.viewer.forged(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_3_forged_and_repeated_packets_get_nowhere() {
    let room = TestRoom::unrecorded();
    let pair = Pair::meet(&room).await;
    let (sender, recorded) = mpsc::channel();
    pair.publisher.send_along(move |datagram| {
        if !is_rtp(datagram) {
            return Vec::new();
        }
        let _ = sender.send(datagram.to_vec());
        // The next packet, with other words and no signature that fits; and the same again.
        let mut forged = datagram[..12].to_vec();
        let sequence = u16::from_be_bytes([datagram[2], datagram[3]]).wrapping_add(1);
        forged[2..4].copy_from_slice(&sequence.to_be_bytes());
        forged.extend(FORGED);
        forged.extend(&datagram[datagram.len() - 10..]);
        vec![forged, datagram.to_vec(), datagram.to_vec()]
    });
    pair.goes_on().await;
    // What was recorded on the way is no use to somebody else.
    let recorded: Vec<_> = recorded.try_iter().collect();
    assert!(recorded.len() > 50);
    let stranger = Stranger::before(&pair.answer, recorded);
    pair.goes_on().await;
    assert!(stranger.sent() > 100);
    assert!(!stranger.answers().iter().any(|answer| is_media(answer)));
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_4_damaged_packets_stop_nobody() {
    let room = TestRoom::unrecorded();
    let pair = Pair::meet(&room).await;
    let count = AtomicU64::new(0);
    pair.publisher.send_along(move |datagram| {
        let number = usize::try_from(count.fetch_add(1, Ordering::Relaxed)).unwrap();
        let mut flipped = datagram.to_vec();
        let at = number % flipped.len();
        flipped[at] ^= 1 << (number % 8);
        let cut = datagram[..number % datagram.len()].to_vec();
        let mut longer = datagram.to_vec();
        longer.resize(datagram.len() + number % 200, 0xff);
        // Of RTP and RTCP, with everything set that makes headers longer.
        let mut hollow = vec![0xbf, (number % 256) as u8];
        hollow.resize(number % 40, 0xff);
        let any: Vec<u8> = (0..number % 60)
            .map(|at| (number * 7 + at * 13) as u8)
            .collect();
        let all = [flipped, cut, longer, hollow, any];
        all.into_iter().filter(|one| !one.is_empty()).collect()
    });
    for _ in 0..3 {
        pair.goes_on().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_5_a_flood_of_strangers_stops_nobody() {
    let room = TestRoom::unrecorded();
    let pair = Pair::meet(&room).await;
    let mut datagrams = vec![stun::guess()];
    for kind in [0x00, 0x13, 0x16, 0x40, 0x80, 0x81, 0xbf, 0xff] {
        for second in [0x60, 0x6f, 0xc8, 0xc9, 0xce] {
            datagrams.push([vec![kind, second], vec![0x5a; 400]].concat());
        }
    }
    let before = memory();
    let strangers = [&pair.answer, &pair.offer].map(|sdp| {
        let datagrams = datagrams.clone();
        Stranger::before(sdp, datagrams)
    });
    for _ in 0..3 {
        pair.is_heard().await;
    }
    pair.goes_on().await;
    for stranger in strangers {
        assert!(stranger.sent() > 10_000, "it was no flood");
        assert!(!stranger.answers().iter().any(|answer| is_media(answer)));
    }
    assert_is_bounded(before);
}

/// Somebody who is connected and sends only what a test makes.
async fn hand_made(page: &mut Page) -> Peer {
    let (peer, offer) = blocking(|| {
        let peer = Peer::silent();
        let offer = peer.offer();
        (peer, offer)
    })
    .await;
    let peer = page.publish_as(peer, offer).await;
    until("it is connected", || peer.is_connected()).await;
    // What comes past the others needs what comes with a first one.
    blocking(move || {
        peer.send(rtp(ANNOUNCED.0, ANNOUNCED.1, 0, b"first"));
        peer
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_5_asvs_17_2_7_a_flood_of_somebody_in_the_room_stops_nobody_and_no_recording() {
    let counting = Counting::default();
    let counted = counting.0.clone();
    let room = TestRoom::open(settings(), Some(Box::new(counting)));
    let pair = Pair::meet(&room).await;
    let mut cy = room.join("Cy Moor", Pass::Registered).await;
    let flooder = hand_made(&mut cy).await;
    for page in [&pair.host, &cy] {
        page.agree(ConsentPurpose::Voice, true).await;
    }
    pair.host.say(ClientMessage::Record { on: true }).await;
    let recorded = |page: &Page| counted.voice_of(page.id);
    until("sound is recorded", || recorded(&pair.host) > 10).await;

    let before = memory();
    let flooding = tokio::task::spawn_blocking(move || {
        let inlet = flooder.inlet(Inlet::Rtp);
        let payload = [0x5a; 40];
        let took = flood(&inlet, FLOOD, A_SECOND, |number| {
            rtp(ANNOUNCED.0, ANNOUNCED.1, number + 1, &payload)
        });
        (flooder, took)
    });
    let mut rounds = 0;
    while !flooding.is_finished() || rounds == 0 {
        let sound = recorded(&pair.host);
        pair.is_heard().await;
        let now = recorded(&pair.host);
        assert!(now >= sound + 25, "{sound} and then {now} were recorded");
        rounds += 1;
    }
    let (_flooder, took) = flooding.await.unwrap();
    pair.goes_on().await;
    // No more of it is taken than of anybody else.
    let most = 3000 * (took.as_secs() + 2);
    let (taken, seen) = (recorded(&cy), pair.viewer.packets(VOICE + 1));
    assert!((1..=most).contains(&taken), "{taken} were recorded");
    assert!((1..=most).contains(&seen), "{seen} were forwarded");
    assert_is_bounded(before);
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_5_streams_that_nobody_announced_cost_next_to_nothing() {
    let room = TestRoom::unrecorded();
    let pair = Pair::meet(&room).await;
    let mut cy = room.join("Cy Moor", Pass::Registered).await;
    let peer = hand_made(&mut cy).await;
    let (before, had) = (memory(), threads());
    let _peer = blocking(move || {
        let inlet = peer.inlet(Inlet::Rtp);
        flood(&inlet, 4000, 2000, |number| {
            rtp(1_000 + number / 4, ANNOUNCED.1, number % 4, FORGED)
        });
        peer
    })
    .await;
    pair.goes_on().await;
    let have = threads();
    assert!(have < had + 64, "{had} threads have become {have}");
    assert_is_bounded(before);
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_that_nobody_announced_are_not_taken_for_sound() {
    let counting = Counting::default();
    let counted = counting.0.clone();
    let room = TestRoom::open(settings(), Some(Box::new(counting)));
    let pair = Pair::meet(&room).await;
    pair.host.agree(ConsentPurpose::Voice, true).await;
    pair.host.say(ClientMessage::Record { on: true }).await;
    let recorded = || counted.voice.load(Ordering::Relaxed);
    until("sound is recorded", || recorded() > 10).await;
    let inlet = pair.publisher.inlet(Inlet::Rtp);
    blocking(move || {
        flood(&inlet, 100, 100, |number| {
            // The payload types of the pictures, and of the sound.
            let payload_type = if number % 2 == 0 { 96 } else { 111 };
            rtp(1_000 + number % 2, payload_type, number / 2, FORGED)
        })
    })
    .await;
    let before = recorded();
    pair.goes_on().await;
    assert!(recorded() > before);
    assert_eq!(counted.forged.load(Ordering::Relaxed), 0);
    assert_eq!(counted.opened.load(Ordering::Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn asvs_17_2_5_a_flood_of_requests_for_keyframes_is_spread() {
    let room = TestRoom::unrecorded();
    let pair = Pair::meet(&room).await;
    let requests = pair.publisher.keyframe_requests();
    let inlet = pair.viewer.inlet(Inlet::Rtcp);
    until("it sends RTCP", || inlet.has_current_caps()).await;
    let ssrc = pair.viewer.ssrc(VP8);
    let (before, began) = (memory(), Instant::now());
    let flooding = tokio::task::spawn_blocking(move || {
        // A loss of the picture (PLI, RFC 4585), and reports that make no sense.
        let mut pli = vec![0x81, 206, 0, 2];
        pli.extend(7_u32.to_be_bytes());
        pli.extend(ssrc.to_be_bytes());
        let hollow = [vec![0x9f, 201, 0, 200], vec![0xff; 60]].concat();
        flood(&inlet, FLOOD, A_SECOND, |number| {
            if number % 8 == 7 {
                hollow.clone()
            } else {
                pli.clone()
            }
        })
    });
    while !flooding.is_finished() {
        pair.is_heard().await;
    }
    flooding.await.unwrap();
    pair.goes_on().await;
    let asked = requests.load(Ordering::Relaxed);
    // One every half a second, for as long as that was.
    let most = 2 * began.elapsed().as_secs() + 4;
    assert!((1..=most).contains(&asked), "asked {asked} times");
    assert_is_bounded(before);
}

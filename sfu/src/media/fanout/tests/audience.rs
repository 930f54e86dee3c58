//! What comes out of slots, on pads of GStreamer.

use std::sync::{Arc, Mutex};

use gstreamer as gst;
use gstreamer::prelude::*;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::{
    super::{
        Fanout, Incoming, RoomClock, ViewerNumber,
        audience::{Audience, Order, Outlet},
        share::Share,
    },
    *,
};
use crate::codec::Codec;
use crate::media::events::MediaEvent;
use crate::rtp::{Packet, Rewriter};

const ADA: ViewerNumber = 11;
const BO: ViewerNumber = 12;

/// The first sequence number of every slot.
const FIRST: u16 = 65_534;

/// The other end of slots: what was pushed, and what was pushed together.
#[derive(Default)]
struct End {
    pushed: Arc<Mutex<Vec<Vec<gst::Buffer>>>>,
    /// Pads do not hold each other.
    pads: Mutex<Vec<gst::Pad>>,
}

impl End {
    /// Makes a slot that ends here.
    fn outlet(&self) -> Outlet {
        gst::init().unwrap();
        let (one, many) = (self.pushed.clone(), self.pushed.clone());
        let sink = gst::Pad::builder(gst::PadDirection::Sink)
            .chain_function(move |_, _, buffer| {
                one.lock().unwrap().push(vec![buffer]);
                Ok(gst::FlowSuccess::Ok)
            })
            .chain_list_function(move |_, _, list| {
                many.lock().unwrap().push(list.iter_owned().collect());
                Ok(gst::FlowSuccess::Ok)
            })
            .event_function(|_, _, _| true)
            .build();
        let pad = gst::Pad::builder(gst::PadDirection::Src).build();
        sink.set_active(true).unwrap();
        pad.set_active(true).unwrap();
        pad.link_full(&sink, gst::PadLinkCheck::empty()).unwrap();
        let segment = gst::FormattedSegment::<gst::ClockTime>::new();
        assert!(pad.push_event(gst::event::StreamStart::new("slot")));
        assert!(pad.push_event(gst::event::Segment::new(&segment)));
        self.pads.lock().unwrap().push(sink);
        let rewriter = Rewriter::new(7, 96, FIRST, 0);
        Outlet { pad, rewriter }
    }

    /// Returns how many packets came each time.
    fn pushes(&self) -> Vec<usize> {
        self.pushed.lock().unwrap().iter().map(Vec::len).collect()
    }

    fn buffers(&self) -> Vec<gst::Buffer> {
        self.pushed.lock().unwrap().concat()
    }

    /// Returns the payloads, whose numbers have no hole.
    fn payloads(&self) -> Vec<Vec<u8>> {
        let mut expected = FIRST;
        let mut payloads = Vec::new();
        for buffer in self.buffers() {
            let bytes = buffer.map_readable().unwrap();
            let packet = Packet::read(&bytes).unwrap();
            assert_eq!(packet.sequence(), expected);
            assert_eq!((packet.ssrc(), packet.payload_type()), (7, 96));
            expected = expected.wrapping_add(1);
            payloads.push(packet.payload().to_vec());
        }
        payloads
    }
}

fn incoming(
    track: TrackNumber,
    codec: Codec,
    sequence: u16,
    timestamp: u32,
    payload: &[u8],
) -> Incoming {
    gst::init().unwrap();
    let mut buffer = gst::Buffer::from_mut_slice(rtp(sequence, timestamp, payload));
    let writable = buffer.get_mut().unwrap();
    writable.set_pts(gst::ClockTime::from_mseconds(timestamp.into()));
    Incoming {
        track,
        codec,
        timestamp,
        came: ms(0),
        buffer,
    }
}

fn camera(sequence: u16, timestamp: u32, payload: &[u8]) -> Incoming {
    incoming(CAMERA, Codec::Vp8, sequence, timestamp, payload)
}

fn voice(sequence: u16, payload: &[u8]) -> Incoming {
    incoming(VOICE, Codec::Opus, sequence, sequence.into(), payload)
}

/// Viewers with a slot each, which show the same track, and what they say about keyframes.
fn watching(
    track: TrackNumber,
    viewers: &[(ViewerNumber, &End)],
) -> (Audience, UnboundedReceiver<MediaEvent>) {
    let (events, receiver) = unbounded_channel();
    let mut audience = Audience::new(events);
    for (viewer, end) in viewers {
        let (viewer, outlets) = (*viewer, vec![end.outlet()]);
        audience.follow(Order::Expect { viewer, slots: 1 });
        audience.follow(Order::Attach { viewer, outlets });
        audience.follow(Order::Fill {
            viewer,
            slot: 0,
            track: Some(track),
        });
        audience.follow(Order::Activate(viewer));
    }
    (audience, receiver)
}

/// Returns how often a keyframe was wanted since the last time.
fn wishes(events: &mut UnboundedReceiver<MediaEvent>) -> usize {
    let mut count = 0;
    while let Ok(event) = events.try_recv() {
        assert!(matches!(event, MediaEvent::KeyframeWanted(CAMERA)));
        count += 1;
    }
    count
}

#[test]
fn a_keyframe_is_asked_for_once_somebody_can_get_it() {
    let end = End::default();
    let (events, mut wanted) = unbounded_channel();
    let mut audience = Audience::new(events);
    let viewer = ADA;
    audience.follow(Order::Expect { viewer, slots: 1 });
    let outlets = vec![end.outlet()];
    audience.follow(Order::Attach { viewer, outlets });
    let track = Some(CAMERA);
    let slot = 0;
    audience.follow(Order::Fill {
        viewer,
        slot,
        track,
    });
    assert_eq!(wishes(&mut wanted), 0);
    audience.follow(Order::Activate(viewer));
    assert_eq!(wishes(&mut wanted), 1);
}

#[test]
fn viewers_beyond_the_share_hear_and_see_nothing_new() {
    let (ada, bo) = (End::default(), End::default());
    let (mut audience, mut events) = watching(CAMERA, &[(ADA, &ada), (BO, &bo)]);
    let mut half = Share::default();
    assert!(half.shrink(ms(0)) && half.shrink(ms(0)));
    audience.forward(&[camera(10, 0, KEYFRAME)], Share::default());
    audience.forward(&[camera(11, 1, PICTURE)], half);
    assert_eq!((ada.pushes(), bo.pushes()), (vec![1, 1], vec![1]));
    wishes(&mut events);
    // What is missing is not shown later: a keyframe comes first.
    audience.forward(&[camera(12, 2, PICTURE)], Share::default());
    assert_eq!((ada.pushes(), bo.pushes()), (vec![1, 1, 1], vec![1]));
    assert_eq!(wishes(&mut events), 1);
    audience.forward(&[camera(13, 3, KEYFRAME)], Share::default());
    assert_eq!(bo.payloads().len(), 2);

    let (ada, bo) = (End::default(), End::default());
    let (mut audience, _) = watching(VOICE, &[(ADA, &ada), (BO, &bo)]);
    audience.forward(&[voice(1, b"words")], half);
    assert_eq!((ada.pushes(), bo.pushes()), (vec![1], vec![1]));
}

#[test]
fn packets_of_one_picture_that_wait_are_pushed_together() {
    let end = End::default();
    let (mut audience, _events) = watching(CAMERA, &[(ADA, &end)]);
    audience.forward(
        &[
            camera(10, 0, KEYFRAME),
            camera(11, 0, REST),
            camera(12, 0, REST),
        ],
        Share::default(),
    );
    audience.forward(&[camera(13, 1, PICTURE)], Share::default());
    assert_eq!(end.pushes(), [3, 1]);
    assert_eq!(end.payloads(), [KEYFRAME, REST, REST, PICTURE]);
    let times: Vec<_> = end.buffers().iter().map(|one| one.pts()).collect();
    assert_eq!(times[0], Some(gst::ClockTime::ZERO));
    assert_eq!(times[3], Some(gst::ClockTime::from_mseconds(1)));
}

#[test]
fn slots_share_the_payload_of_a_picture_and_nothing_of_its_head() {
    let (ada, bo) = (End::default(), End::default());
    let (mut audience, _events) = watching(CAMERA, &[(ADA, &ada), (BO, &bo)]);
    audience.forward(&[camera(10, 0, KEYFRAME)], Share::default());
    let (ada, bo) = (ada.buffers().swap_remove(0), bo.buffers().swap_remove(0));
    assert_eq!((ada.n_memory(), bo.n_memory()), (2, 2));
    let place = |buffer: &gst::Buffer, at: usize| {
        let memory = buffer.peek_memory(at).map_readable().unwrap();
        memory.as_ptr() as usize
    };
    assert_ne!(place(&ada, 0), place(&bo, 0));
    assert_eq!(place(&ada, 1), place(&bo, 1));
}

#[test]
fn sound_is_in_one_piece() {
    let end = End::default();
    let (mut audience, _events) = watching(VOICE, &[(ADA, &end)]);
    audience.forward(&[voice(1, b"words")], Share::default());
    assert_eq!(end.buffers()[0].n_memory(), 1);
    assert_eq!(end.payloads(), [b"words"]);
}

#[test]
fn nothing_comes_before_a_viewer_is_known_to_be_who_it_says() {
    let end = End::default();
    let (events, _receiver) = unbounded_channel();
    let mut audience = Audience::new(events);
    let (viewer, outlets) = (ADA, vec![end.outlet()]);
    audience.follow(Order::Expect { viewer, slots: 1 });
    audience.follow(Order::Attach { viewer, outlets });
    audience.follow(Order::Fill {
        viewer,
        slot: 0,
        track: Some(CAMERA),
    });
    audience.forward(&[camera(10, 0, KEYFRAME)], Share::default());
    assert!(end.pushes().is_empty());
    audience.follow(Order::Activate(viewer));
    audience.forward(&[camera(11, 1, KEYFRAME)], Share::default());
    assert_eq!(end.pushes(), [1]);
}

#[test]
fn a_keyframe_is_wanted_once_for_all_slots_of_a_worker() {
    let (ada, bo) = (End::default(), End::default());
    let (mut audience, mut events) = watching(CAMERA, &[(ADA, &ada), (BO, &bo)]);
    wishes(&mut events);
    audience.forward(&[camera(10, 0, PICTURE)], Share::default());
    assert_eq!(wishes(&mut events), 1);
    audience.forward(&[camera(11, 0, REST)], Share::default());
    assert_eq!(wishes(&mut events), 0);
}

#[test]
fn whoever_is_gone_is_shown_nothing() {
    let (ada, bo) = (End::default(), End::default());
    let (mut audience, _events) = watching(CAMERA, &[(ADA, &ada), (BO, &bo)]);
    audience.follow(Order::Detach(ADA));
    assert!(audience.sees(CAMERA));
    audience.forward(&[camera(10, 0, KEYFRAME)], Share::default());
    assert_eq!((ada.pushes().len(), bo.pushes().len()), (0, 1));
    audience.follow(Order::Detach(BO));
    assert!(!audience.sees(CAMERA));
}

#[test]
fn every_packet_of_a_calm_room_reaches_its_viewers_in_its_order() {
    let clock = RoomClock::start().unwrap();
    let (events, _receiver) = unbounded_channel();
    let fanout = Fanout::start(&events, &clock);
    let sender = fanout.sender();
    let ends = [(ADA, End::default()), (BO, End::default())];
    for (viewer, end) in &ends {
        sender.expect(*viewer, 2);
        sender.attach(*viewer, vec![end.outlet()]);
        sender.fill(*viewer, 0, Some(CAMERA));
        sender.activate(*viewer);
    }
    // However busy the machine is, they are not late.
    let in_time = |packet: Incoming| Incoming {
        came: ms(3_600_000),
        ..packet
    };
    let mut expected = Vec::new();
    for index in 0..100u16 {
        let payload = [0x10, 0x50, index.to_be_bytes()[1]];
        sender.packet(&in_time(camera(index, index.into(), &payload)));
        sender.packet(&in_time(voice(index, b"nobody hears it")));
        expected.push(payload.to_vec());
    }
    // The workers end what was given to them before.
    drop(fanout);
    for (_, end) in &ends {
        assert_eq!(end.payloads(), expected);
    }
}

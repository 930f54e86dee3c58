//! What waits is bounded, and nothing that is not a packet is left out.

use std::time::Duration;

use scrim_policy::{Moment, TimelineEvent};
use scrim_sfu::tap::PacketSink;

use super::super::inbox::{Event, Inbox, MOST_BYTES, TrackSink};

#[test]
fn packets_that_find_no_room_are_left_out_and_told() {
    let inbox = Inbox::default();
    let outbox = inbox.outbox().unwrap();
    let mut sink = TrackSink::new(inbox.clone(), super::track(1), 1);
    let packet = vec![0; 1 << 16];
    let most = MOST_BYTES >> 16;
    for _ in 0..most + 10 {
        sink.packet(0, 0, &packet);
    }
    inbox.put(Event::Noted(Moment::START, TimelineEvent::RecordingStopped));
    assert!(outbox.has_overflowed());
    assert!(!outbox.has_overflowed(), "it is told once");
    let mut packets = 0;
    let mut notes = 0;
    while let Ok(Some(event)) = outbox.next(Duration::ZERO) {
        match event {
            Event::Packet(..) => packets += 1,
            Event::Noted(..) => notes += 1,
            _ => panic!("something else"),
        }
    }
    assert!(packets > most - 10 && packets <= most);
    assert_eq!(notes, 1);
    // What was taken out makes room.
    sink.packet(0, 0, &packet);
    assert!(!outbox.has_overflowed());
}

//! What media make of what happens to them.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use scrim_policy::ParticipantId;
use uuid::Uuid;

use super::{Happened, Media, MediaOutput, MediaSettings, RoomClock, events::MediaEvent, rehearse};
use crate::{
    room::{MediaInput, MediaOrder, Slots},
    signal::{Leg, ServerMessage},
};

const SLOTS: Slots = Slots {
    audio: 1,
    vp8: 1,
    h264: 0,
};

/// Media with somebody who is shown something, whose connection has just failed.
fn failed(refused: Option<&'static str>) -> (ParticipantId, Vec<MediaOutput>, Media) {
    let clock = RoomClock::start().unwrap();
    let (mut media, _events) = Media::start(Arc::default(), clock);
    let participant = ParticipantId::from_uuid(Uuid::from_u128(7));
    let slots = SLOTS;
    media.order(MediaOrder::OpenViewer { participant, slots });
    let connection = media.number(participant, Leg::Subscribe).unwrap();
    let outputs = media.event(Happened(MediaEvent::Failed {
        connection,
        refused,
    }));
    (participant, outputs, media)
}

#[tokio::test]
async fn the_room_is_told_of_a_connection_that_this_machine_could_not_make() {
    let (participant, outputs, media) = failed(None);
    let leg = Leg::Subscribe;
    let failed = MediaOutput::Input(MediaInput::Failed { participant, leg });
    assert_eq!(outputs, [failed]);
    assert_eq!(media.number(participant, leg), None);
}

#[tokio::test]
async fn a_page_is_told_that_its_description_was_refused() {
    let (participant, outputs, media) = failed(Some("bad_answer"));
    let message = ServerMessage::Problem { code: "bad_answer" }.into();
    let told = MediaOutput::Tell {
        participant,
        message,
    };
    assert_eq!(outputs, [told]);
    assert_eq!(media.number(participant, Leg::Subscribe), None);
}

#[tokio::test]
async fn a_first_connection_can_be_made_for_nobody() {
    rehearse(Arc::new(MediaSettings::default())).await.unwrap();
    assert!(super::wait_for_ends(std::time::Duration::from_secs(20)));
}

//! Nothing stays of whoever has gone.

use std::fs;

use scrim_sfu::room::Pass;

use crate::{
    peer::Sends,
    room::{TestRoom, until},
};

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn descriptors_and_threads_return_to_where_they_were() {
    let room = TestRoom::unrecorded();
    // The first time loads plugins, which stay.
    for round in 0..4 {
        let before = (descriptors(), threads());
        let mut host = room.join("Hanna Holt", Pass::Host).await;
        let publisher = host.publish(Sends::VoiceAndVp8).await;
        let mut viewers = Vec::new();
        for _ in 0..5 {
            let mut page = room.join("Ada Krol", Pass::Registered).await;
            let viewer = page.watch().await;
            viewers.push((page, viewer));
        }
        until("pictures come", || {
            viewers.iter().all(|(_, viewer)| viewer.packets(2) > 5)
        })
        .await;
        for (page, viewer) in viewers {
            page.say(scrim_sfu::signal::ClientMessage::Leave {}).await;
            drop((page, viewer));
        }
        host.say(scrim_sfu::signal::ClientMessage::Leave {}).await;
        drop(publisher);
        if round > 0 {
            until("everything is given back", || {
                descriptors() <= before.0 && threads() <= before.1 + 2
            })
            .await;
        }
    }
}

//! Nothing stays of whoever has gone.

use std::{fs, sync::Arc};

use scrim_sfu::{room::Pass, signal::ClientMessage};
use tokio::sync::Semaphore;

use crate::{
    peer::{Peer, Sends},
    room::{Page, TestRoom, blocking, until},
};

/// How often people come, and how many.
const STORMS: usize = 6;
const PEOPLE: usize = 50;

/// How many come at the very same time.
const AT_ONCE: usize = 8;

/// Threads that may wait for more to do: those of the pool of `GLib`.
const IDLE_THREADS: usize = 2;

/// How much memory may still be taken over the second half of the storms, both sides together.
const MOST_MORE: usize = 12 << 20;

/// What this process has, on both sides: the peers are in it as well.
#[derive(Clone, Copy, Debug)]
struct Held {
    descriptors: usize,
    threads: usize,
    memory: usize,
}

impl Held {
    fn now() -> Self {
        let count = |folder: &str| fs::read_dir(folder).unwrap().count();
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
        Self {
            descriptors: count("/proc/self/fd"),
            threads: count("/proc/self/task"),
            memory: kilobytes.parse::<usize>().unwrap() << 10,
        }
    }
}

/// So many people see somebody, and all go.
async fn storm(room: &Arc<TestRoom>, people: usize) {
    let mut host = room.join("Hanna Holt", Pass::Host).await;
    let publisher = host.publish(Sends::VoiceAndVp8).await;
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let joining = (0..people).map(|_| {
        let (room, places) = (room.clone(), places.clone());
        tokio::spawn(async move {
            let _place = places.acquire().await.unwrap();
            let mut page = room.join("Ada Krol", Pass::Registered).await;
            let viewer = page.watch().await;
            until("a picture comes", || viewer.packets(2) > 0).await;
            (page, viewer)
        })
    });
    let joining: Vec<_> = joining.collect();
    let mut viewers = Vec::new();
    for one in joining {
        viewers.push(one.await.unwrap());
    }
    until("pictures go on", || {
        viewers.iter().all(|(_, viewer)| viewer.packets(2) > 5)
    })
    .await;
    for (page, _) in &viewers {
        page.say(ClientMessage::Leave {}).await;
    }
    host.say(ClientMessage::Leave {}).await;
    let gone: (Vec<(Page, Peer)>, Peer) = (viewers, publisher);
    blocking(move || drop(gone)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn descriptors_threads_and_memory_return_after_six_storms_of_fifty() {
    let room = Arc::new(TestRoom::unrecorded());
    // The first time loads plugins, which stay.
    storm(&room, 2).await;
    let mut first = Held::now();
    until("the first ones are gone", || {
        let now = Held::now();
        let is_settled = now.descriptors == first.descriptors;
        first = now;
        is_settled
    })
    .await;
    let mut least = first.descriptors;
    let mut memory = Vec::new();
    for _ in 0..STORMS {
        storm(&room, PEOPLE).await;
        until("descriptors are given back", || {
            Held::now().descriptors <= least
        })
        .await;
        let now = Held::now();
        least = least.min(now.descriptors);
        memory.push(now.memory);
    }
    until("threads are given back", || {
        Held::now().threads <= first.threads + IDLE_THREADS
    })
    .await;
    let more = memory[STORMS - 1].saturating_sub(memory[STORMS / 2 - 1]);
    assert!(more < MOST_MORE, "{more} bytes more, of {memory:?}");
}

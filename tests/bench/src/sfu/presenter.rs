//! Who is watched: sends the same stream to any server, as a browser would or as plain RTP.

use std::{
    net::{SocketAddr, UdpSocket},
    os::fd::AsFd,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use nix::{
    errno::Errno,
    poll::{PollFd, PollFlags, PollTimeout, poll},
};

use super::{
    audience::deliver,
    connection::Connection,
    media::{
        AUDIO_PAYLOAD, FRAMES_PER_SECOND, Head, PACKETS_PER_FRAME, Stream, VOICES_PER_SECOND,
        is_rtcp, wants_keyframe,
    },
};
use crate::Outcome;

/// How often what a connection has to do is looked for.
const TICK: Duration = Duration::from_millis(10);

/// How long a server may take to be reached.
const CONNECT_WITHIN: Duration = Duration::from_secs(20);

/// Longer than any packet.
const MOST_BYTES: usize = 2048;

/// Where the stream goes.
pub(super) enum Way {
    /// Encrypted, over one connection.
    Encrypted(Box<Connection>),
    /// As it is: sound to the first address, pictures to the second.
    Plain(SocketAddr, SocketAddr),
}

/// Who is watched. Stops when it is dropped.
pub(super) struct Presenter {
    shared: Arc<Shared>,
    ready: Receiver<Result<(), String>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    is_over: AtomicBool,
    /// Packets that were sent.
    packets: AtomicU64,
    failure: Mutex<Option<String>>,
}

impl Presenter {
    /// Begins to send, and waits until the server is reached.
    pub(super) fn start(socket: UdpSocket, way: Way) -> Outcome<Self> {
        socket.set_nonblocking(true)?;
        let stream = Stream::new(matches!(way, Way::Encrypted(_)));
        if let Way::Encrypted(connection) = &way {
            socket.connect(connection.remote())?;
        }
        let shared = Arc::new(Shared::default());
        let (tell, ready) = channel();
        let stage = Stage {
            socket,
            way,
            stream,
            shared: shared.clone(),
            is_keyframe_wanted: true,
        };
        let thread = thread::Builder::new().name("presenter".to_owned());
        let thread = thread.spawn(move || stage.run(&tell))?;
        let presenter = Self {
            shared,
            ready,
            thread: Some(thread),
        };
        match presenter.ready.recv_timeout(CONNECT_WITHIN) {
            Ok(Ok(())) => Ok(presenter),
            Ok(Err(failure)) => Err(failure.into()),
            Err(_) => Err("the presenter was not connected".into()),
        }
    }

    /// Returns how many packets were sent so far, or why no more are.
    pub(super) fn packets(&self) -> Outcome<u64> {
        let failure = self.shared.failure.lock();
        let failure = failure.ok().and_then(|failure| failure.clone());
        match failure {
            Some(failure) => Err(failure.into()),
            None => Ok(self.shared.packets.load(Ordering::Relaxed)),
        }
    }
}

impl Drop for Presenter {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the thread knows.
struct Stage {
    socket: UdpSocket,
    way: Way,
    stream: Stream,
    shared: Arc<Shared>,
    is_keyframe_wanted: bool,
}

impl Stage {
    fn run(mut self, tell: &Sender<Result<(), String>>) {
        if let Err(error) = self.present(tell) {
            let text = format!("the presenter has stopped: {error}");
            let _ = tell.send(Err(text.clone()));
            if let Ok(mut failure) = self.shared.failure.lock() {
                *failure = Some(text);
            }
        }
    }

    fn present(&mut self, tell: &Sender<Result<(), String>>) -> Outcome<()> {
        while !self.is_connected() {
            if self.is_over() {
                return Ok(());
            }
            self.wait(Instant::now() + TICK)?;
        }
        let _ = tell.send(Ok(()));
        let begun = Instant::now();
        let due = |count: u32, per_second: u32| {
            begun
                + Duration::from_secs(1) * (count / per_second)
                + Duration::from_secs(1) * (count % per_second) / per_second
        };
        let (mut voices, mut frames) = (0, 0);
        while !self.is_over() {
            let (voice, frame) = (
                due(voices, VOICES_PER_SECOND),
                due(frames, FRAMES_PER_SECOND),
            );
            self.wait(voice.min(frame))?;
            let now = Instant::now();
            if voice <= now {
                voices += 1;
                let packet = self.stream.voice();
                self.send(&packet)?;
            }
            if frame <= now {
                frames += 1;
                let is_key = std::mem::take(&mut self.is_keyframe_wanted);
                for number in 0..PACKETS_PER_FRAME {
                    let packet = self.stream.picture(number, is_key);
                    self.send(&packet)?;
                }
            }
        }
        Ok(())
    }

    fn is_over(&self) -> bool {
        self.shared.is_over.load(Ordering::Relaxed)
    }

    fn is_connected(&mut self) -> bool {
        match &mut self.way {
            Way::Encrypted(connection) => connection.srtp().is_some(),
            Way::Plain(..) => true,
        }
    }

    /// Takes what comes until it is time for something else.
    fn wait(&mut self, until: Instant) -> Outcome<()> {
        loop {
            self.tick()?;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            // Milliseconds are what it takes: one too many is better than many turns without a pause.
            let millis = left.min(TICK).as_millis() as u16 + 1;
            let mut polled = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
            match poll(&mut polled, PollTimeout::from(millis)) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
            let mut bytes = [0; MOST_BYTES];
            while let Ok(length) = self.socket.recv(&mut bytes) {
                self.receive(&bytes[..length])?;
            }
        }
    }

    fn tick(&mut self) -> Outcome<()> {
        if let Way::Encrypted(connection) = &mut self.way {
            connection.tick(Instant::now())?;
            for datagram in connection.outgoing() {
                deliver(&self.socket, &datagram)?;
            }
        }
        Ok(())
    }

    fn receive(&mut self, datagram: &[u8]) -> Outcome<()> {
        let Way::Encrypted(connection) = &mut self.way else {
            return Ok(());
        };
        if is_rtcp(datagram) {
            if let Some(srtp) = connection.srtp() {
                let plain = srtp.inbound.decrypt_rtcp(datagram)?;
                self.is_keyframe_wanted |= wants_keyframe(&plain);
            }
        } else if Head::read(datagram).is_none() {
            connection.receive(Instant::now(), datagram)?;
        }
        Ok(())
    }

    fn send(&mut self, packet: &[u8]) -> Outcome<()> {
        match &mut self.way {
            Way::Encrypted(connection) => {
                let srtp = connection.srtp().ok_or("there are no keys")?;
                deliver(&self.socket, &srtp.outbound.encrypt_rtp(packet)?)?;
            }
            Way::Plain(sound, pictures) => {
                let is_sound = Head::read(packet).is_some_and(|head| head.payload == AUDIO_PAYLOAD);
                self.socket
                    .send_to(packet, if is_sound { *sound } else { *pictures })?;
            }
        }
        self.shared.packets.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

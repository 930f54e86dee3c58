//! Those who watch: many connections on one thread, as light as can be, since the server that is
//! measured shares the machine.
//!
//! Every packet is counted by its head, which is not encrypted. Of each viewer's packets one of so many
//! is decrypted as well: what cannot be is an error, and what can be says when it was sent. The kernel
//! says when it arrived, so that a thread that comes late adds nothing.

use std::{
    io::{ErrorKind, IoSliceMut},
    net::UdpSocket,
    os::fd::AsRawFd,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use nix::{
    cmsg_space,
    errno::Errno,
    sys::{
        epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout},
        socket::{
            ControlMessageOwned, MsgFlags, recvmsg, setsockopt,
            sockopt::{RcvBuf, ReceiveTimestampns},
        },
        time::TimeSpec,
    },
};

use super::{
    connection::Connection,
    media::{
        AUDIO_PAYLOAD, Head, Report, VIDEO_PAYLOAD, is_rtcp, receiver_report, sent_at, since_epoch,
    },
};
use crate::Outcome;

/// How often what is due is looked for.
const TICK: Duration = Duration::from_millis(20);

/// How often a viewer reports what it got, as browsers do for video.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// Bytes that a socket holds back while this thread is busy.
const SOCKET_BYTES: usize = 1 << 20;

/// Longer than any packet.
const MOST_BYTES: usize = 2048;

/// How long all may take to be connected and to see a picture.
const ARRIVE_WITHIN: Duration = Duration::from_secs(120);

/// Everybody who watches. They leave when it is dropped.
pub(super) struct Audience {
    commands: Option<Sender<Command>>,
    arrived: Receiver<Result<Duration, String>>,
    thread: Option<JoinHandle<()>>,
}

enum Command {
    Seat(Box<Viewer>),
    Begin,
    End(Sender<Heard>),
}

/// What all of them got between two moments.
#[derive(Default)]
pub(super) struct Heard {
    /// Packets of sound and pictures, each counted once.
    pub(super) packets: u64,
    /// Those of the viewer who got the fewest.
    pub(super) fewest: u64,
    /// Packets that were decrypted to look at them.
    pub(super) looked_at: u64,
    /// Nanoseconds from the presenter to the viewer, of those, in order.
    pub(super) delays: Vec<u64>,
    /// Why a viewer stopped.
    pub(super) failure: Option<String>,
}

impl Audience {
    /// Opens an empty house.
    pub(super) fn open() -> Outcome<Self> {
        let epoll = Epoll::new(EpollCreateFlags::empty())?;
        let (commands, orders) = channel();
        let (tell, arrived) = channel();
        let house = House {
            epoll,
            viewers: Vec::new(),
            tell,
            failure: None,
        };
        let thread = thread::Builder::new().name("audience".to_owned());
        let thread = thread.spawn(move || house.run(&orders))?;
        Ok(Self {
            commands: Some(commands),
            arrived,
            thread: Some(thread),
        })
    }

    /// Takes somebody in who came at a moment. One of `every` packets is decrypted.
    pub(super) fn seat(
        &self,
        socket: UdpSocket,
        connection: Connection,
        came: Instant,
        every: u64,
    ) -> Outcome<()> {
        socket.connect(connection.remote())?;
        socket.set_nonblocking(true)?;
        setsockopt(&socket, ReceiveTimestampns, &true)?;
        // Half of it is granted where the system allows less.
        setsockopt(&socket, RcvBuf, &SOCKET_BYTES)?;
        self.order(Command::Seat(Box::new(Viewer {
            socket,
            connection,
            streams: Vec::new(),
            came,
            has_arrived: false,
            every,
            next_report: Instant::now(),
            heard: Heard::default(),
        })))
    }

    /// Waits until so many hear and see something, and returns how long that took for each since they came,
    /// in order. Where a machine cannot serve that many, some are missing.
    pub(super) fn arrive(&self, viewers: usize) -> Outcome<Vec<Duration>> {
        let until = Instant::now() + ARRIVE_WITHIN;
        let mut all = Vec::with_capacity(viewers);
        for _ in 0..viewers {
            let left = until.saturating_duration_since(Instant::now());
            match self.arrived.recv_timeout(left) {
                Ok(Ok(took)) => all.push(took),
                Ok(Err(failure)) => return Err(failure.into()),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return Err("the audience is gone".into()),
            }
        }
        all.sort_unstable();
        Ok(all)
    }

    /// Counts from now on.
    pub(super) fn begin(&self) -> Outcome<()> {
        self.order(Command::Begin)
    }

    /// Returns what was counted.
    pub(super) fn end(&self) -> Outcome<Heard> {
        let (answer, heard) = channel();
        self.order(Command::End(answer))?;
        Ok(heard.recv()?)
    }

    fn order(&self, command: Command) -> Outcome<()> {
        let commands = self.commands.as_ref().ok_or("the audience is gone")?;
        commands
            .send(command)
            .map_err(|_| "the audience is gone".into())
    }
}

impl Drop for Audience {
    fn drop(&mut self) {
        self.commands.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the thread knows.
struct House {
    epoll: Epoll,
    viewers: Vec<Viewer>,
    tell: Sender<Result<Duration, String>>,
    failure: Option<String>,
}

/// Where packets are read to, one after the other.
struct Inbox {
    bytes: Vec<u8>,
    /// What the kernel says about a packet.
    control: Vec<u8>,
}

/// One who watches.
struct Viewer {
    socket: UdpSocket,
    connection: Connection,
    streams: Vec<Stream>,
    came: Instant,
    /// Whether sound and pictures came.
    has_arrived: bool,
    every: u64,
    next_report: Instant,
    heard: Heard,
}

/// One stream of packets.
struct Stream {
    head: Head,
    /// All packets so far.
    packets: u64,
    /// The first sequence number and the highest, with how often it began anew above it.
    first: u32,
    highest: u32,
    /// What was said in the last report: packets, and the highest sequence number.
    reported: (u64, u32),
}

impl House {
    fn run(mut self, orders: &Receiver<Command>) {
        let mut ready = [EpollEvent::empty(); 256];
        let mut inbox = Inbox {
            bytes: vec![0; MOST_BYTES],
            control: cmsg_space!(TimeSpec),
        };
        let mut ticked = Instant::now();
        let timeout = EpollTimeout::try_from(TICK).unwrap_or(EpollTimeout::ZERO);
        loop {
            loop {
                match orders.recv_timeout(Duration::ZERO) {
                    Ok(command) => self.obey(command),
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
            let count = match self.epoll.wait(&mut ready, timeout) {
                Ok(count) => count,
                Err(Errno::EINTR) => 0,
                Err(error) => return self.fail(error.into()),
            };
            let now = Instant::now();
            for event in &ready[..count] {
                let viewer = self.viewers.get_mut(event.data() as usize);
                let received = viewer.map(|viewer| -> Outcome<_> {
                    let has_come = viewer.receive(now, &mut inbox)?;
                    Ok(has_come.then(|| viewer.came.elapsed()))
                });
                match received {
                    Some(Ok(Some(took))) => {
                        let _ = self.tell.send(Ok(took));
                    }
                    Some(Ok(None)) | None => {}
                    Some(Err(error)) => self.fail(error),
                }
            }
            if now.duration_since(ticked) >= TICK {
                ticked = now;
                let ticks = self.viewers.iter_mut().map(|viewer| viewer.tick(now));
                if let Some(Err(error)) = ticks.into_iter().find(Result::is_err) {
                    self.fail(error);
                }
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Seat(viewer) => {
                let number = self.viewers.len() as u64;
                let event = EpollEvent::new(EpollFlags::EPOLLIN, number);
                if let Err(error) = self.epoll.add(&viewer.socket, event) {
                    self.fail(error.into());
                }
                self.viewers.push(*viewer);
            }
            Command::Begin => {
                for viewer in &mut self.viewers {
                    viewer.heard = Heard::default();
                }
            }
            Command::End(answer) => {
                let mut all = Heard {
                    fewest: u64::MAX,
                    failure: self.failure.take(),
                    ..Heard::default()
                };
                for viewer in &mut self.viewers {
                    let heard = std::mem::take(&mut viewer.heard);
                    all.packets += heard.packets;
                    all.fewest = all.fewest.min(heard.packets);
                    all.looked_at += heard.looked_at;
                    all.delays.extend(heard.delays);
                }
                all.delays.sort_unstable();
                let _ = answer.send(all);
            }
        }
    }

    /// Keeps the first failure.
    fn fail(&mut self, error: Box<dyn std::error::Error>) {
        let text = format!("a viewer has stopped: {error}");
        let _ = self.tell.send(Err(text.clone()));
        self.failure.get_or_insert(text);
    }
}

impl Viewer {
    /// Takes what is there, and says whether sound and pictures came for the first time.
    fn receive(&mut self, now: Instant, inbox: &mut Inbox) -> Outcome<bool> {
        let had_arrived = self.has_arrived;
        loop {
            let mut slices = [IoSliceMut::new(&mut inbox.bytes)];
            let (socket, control) = (self.socket.as_raw_fd(), Some(&mut *inbox.control));
            let received = recvmsg::<()>(socket, &mut slices, control, MsgFlags::empty());
            let (length, arrived) = match received {
                Ok(message) => {
                    let stamps = message.cmsgs()?.find_map(|message| match message {
                        ControlMessageOwned::ScmTimestampns(at) => Some(at),
                        _ => None,
                    });
                    let nanoseconds =
                        |at: TimeSpec| at.tv_sec() as u64 * 1_000_000_000 + at.tv_nsec() as u64;
                    (message.bytes, stamps.map_or_else(since_epoch, nanoseconds))
                }
                Err(Errno::EAGAIN) => break,
                Err(Errno::EINTR) => continue,
                Err(error) => return Err(error.into()),
            };
            let datagram = &inbox.bytes[..length];
            if let Some(head) = Head::read(datagram) {
                self.packet(head, datagram, arrived)?;
            } else if !is_rtcp(datagram) {
                self.connection.receive(now, datagram)?;
                self.send()?;
            }
        }
        Ok(self.has_arrived && !had_arrived)
    }

    fn packet(&mut self, head: Head, datagram: &[u8], arrived: u64) -> Outcome<()> {
        // What is sent again has another type, and is nothing that was delivered.
        if ![AUDIO_PAYLOAD, VIDEO_PAYLOAD].contains(&head.payload) {
            return Ok(());
        }
        self.heard.packets += 1;
        let known = self
            .streams
            .iter()
            .position(|one| one.head.ssrc == head.ssrc);
        let at = known.unwrap_or(self.streams.len());
        if known.is_none() {
            self.streams.push(Stream::new(head));
            let mut types = self.streams.iter().map(|one| one.head.payload);
            self.has_arrived = types.any(|one| one != self.streams[0].head.payload);
        }
        let stream = &mut self.streams[at];
        stream.follow(head.sequence);
        // The first one always: later ones tell how often the numbers have begun anew.
        if stream.packets % self.every != 1 % self.every {
            return Ok(());
        }
        let srtp = self.connection.srtp().ok_or("a packet came without keys")?;
        let plain = srtp.inbound.decrypt_rtp(datagram)?;
        let sent = sent_at(&plain).ok_or("a packet is none of the presenter's")?;
        self.heard.looked_at += 1;
        self.heard.delays.push(arrived.saturating_sub(sent));
        Ok(())
    }

    fn tick(&mut self, now: Instant) -> Outcome<()> {
        self.connection.tick(now)?;
        self.send()?;
        if now < self.next_report || self.streams.is_empty() {
            return Ok(());
        }
        self.next_report = now + REPORT_EVERY;
        let reports: Vec<_> = self.streams.iter_mut().map(Stream::report).collect();
        if let Some(srtp) = self.connection.srtp() {
            let report = srtp.outbound.encrypt_rtcp(&receiver_report(1, &reports))?;
            deliver(&self.socket, &report)?;
        }
        Ok(())
    }

    fn send(&mut self) -> Outcome<()> {
        for datagram in self.connection.outgoing() {
            deliver(&self.socket, &datagram)?;
        }
        Ok(())
    }
}

/// Sends a datagram. One that the other side cannot take yet is lost, as on any line.
pub(super) fn deliver(socket: &UdpSocket, datagram: &[u8]) -> Outcome<()> {
    match socket.send(datagram) {
        Ok(_) => Ok(()),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::WouldBlock | ErrorKind::ConnectionRefused
            ) =>
        {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

impl Stream {
    fn new(head: Head) -> Self {
        let first = u32::from(head.sequence);
        Self {
            head,
            packets: 0,
            first,
            highest: first,
            reported: (0, first.wrapping_sub(1)),
        }
    }

    fn follow(&mut self, sequence: u16) {
        self.packets += 1;
        let ahead = sequence.wrapping_sub(self.highest as u16);
        // Half of all numbers are ahead, the others came late.
        if ahead < 0x8000 {
            self.highest += u32::from(ahead);
        }
    }

    fn report(&mut self) -> Report {
        let expected = u64::from(self.highest - self.first) + 1;
        let (packets, highest) = self.reported;
        let expected_since = u64::from(self.highest.wrapping_sub(highest));
        let lost_since = expected_since.saturating_sub(self.packets - packets);
        self.reported = (self.packets, self.highest);
        Report {
            ssrc: self.head.ssrc,
            fraction: (lost_since * 256)
                .checked_div(expected_since)
                .map_or(0, |share| share.min(255) as u8),
            lost: expected.saturating_sub(self.packets) as u32,
            highest: self.highest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(numbers: &[u16]) -> Stream {
        let mut stream = Stream::new(Head {
            payload: VIDEO_PAYLOAD,
            sequence: numbers[0],
            ssrc: 7,
        });
        for number in numbers {
            stream.follow(*number);
        }
        stream
    }

    #[test]
    fn what_is_lost_is_reported_once_and_counted_for_ever() {
        let mut stream = stream(&[65_534, 65_535, 0, 2]);
        let report = stream.report();
        assert_eq!((report.fraction, report.lost), (51, 1));
        assert_eq!(report.highest, 65_536 + 2);
        stream.follow(3);
        let report = stream.report();
        assert_eq!((report.fraction, report.lost), (0, 1));
    }

    #[test]
    fn what_comes_late_is_not_lost() {
        let report = stream(&[10, 12, 11]).report();
        assert_eq!((report.fraction, report.lost, report.highest), (0, 0, 12));
    }
}

//! A meeting of one presenter and many viewers: the whole service against Janus, which gives the same
//! packets to as many viewers by its streaming plugin.
//!
//! ```text
//! presenter ─ SRTP ─► scrim serve ─┐
//! presenter ─ RTP ──► janus ───────┴─ SRTP ─► viewers, the same code for both
//! ```
//!
//! Scrim decrypts what comes in as well, looks for keyframes, and makes a stream of its own for each
//! slot; Janus changes a header.

mod audience;
mod connection;
mod janus;
mod media;
mod page;
mod presenter;
mod scrim;
mod sdp;
mod stun;

use std::{
    fs,
    net::{Ipv4Addr, UdpSocket},
    path::Path,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use nix::{
    ifaddrs::getifaddrs,
    net::if_::InterfaceFlags,
    sys::{
        resource::{Resource, UsageWho, getrlimit, getrusage, setrlimit},
        time::TimeValLike,
    },
};
use serde_json::Value;

use self::{
    audience::Audience,
    connection::{Connection, Identity, Role},
    janus::Janus,
    media::PACKETS_PER_SECOND,
    page::{Page, Pages},
    presenter::Presenter,
    scrim::Scrim,
    sdp::Remote,
};
use crate::{
    Outcome,
    server::{LIMITS, Server, account},
};

/// What the first seconds cost, such as connecting, is not counted.
const SETTLE: Duration = Duration::from_secs(3);

/// The share of packets that may be missing or on their way.
const TOLERANCE: f64 = 0.005;

/// What is measured.
pub(crate) struct Wishes {
    /// How many watch, one meeting after the other.
    pub(crate) viewers: Vec<usize>,
    /// Seconds of each.
    pub(crate) seconds: u64,
    /// Whether Scrim records as well.
    pub(crate) recording: bool,
}

/// Somebody who has come in and was offered something.
struct Watching {
    page: Page,
    offer: String,
    /// What the page says from time to time.
    ping: Value,
    /// Makes the message that answers.
    answer: Box<dyn FnOnce(String) -> Value>,
}

/// What was measured.
struct Figures {
    name: &'static str,
    viewers: usize,
    per_second: f64,
    /// Share of the packets that were sent, times viewers; of all of them, and of the worst one.
    delivered: f64,
    worst: f64,
    /// Microseconds of processor time for each packet that was delivered.
    per_packet: f64,
    cores: f64,
    /// Cores that this program took for presenter and viewers.
    load: f64,
    /// Milliseconds from presenter to viewer.
    median: f64,
    p99: f64,
    /// Milliseconds from coming to the first picture and sound: of the one in the middle, and of the slowest.
    joined: (f64, f64),
    threads: f64,
    memory: f64,
}

/// Measures all of it.
pub(crate) fn run(program: &Path, wishes: &Wishes) -> Outcome<()> {
    // Each viewer takes some ten descriptors of a server, and two here. Servers inherit the limit.
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
    // Below the target folder, which lies on a real disk; temporary folders may lie in memory.
    fs::create_dir_all("target")?;
    let folder = tempfile::tempdir_in("target")?;
    let place = folder.path().canonicalize()?;
    let (home, configuration) = (place.join("home"), place.join("janus"));
    fs::create_dir(&configuration)?;
    let token = account(program, &home)?;
    let media = address()?;
    let live = format!("{LIMITS}[live]\naddresses = [\"{media}\"]\n");
    fs::write(home.join("config.toml"), live)?;
    let run = Run {
        identity: Arc::new(Identity::new()?),
        media,
        seconds: wishes.seconds,
    };
    println!(
        "one presenter, 720p VP8 at 1.5 Mbit/s and Opus, {PACKETS_PER_SECOND} packets per second; \
         {} s each",
        wishes.seconds
    );
    println!(
        "{:>7}  {:<15} {:>11} {:>10} {:>9} {:>11} {:>6} {:>7} {:>11} {:>11} {:>8} {:>8} {:>8} {:>8}",
        "viewers",
        "server",
        "packets/s",
        "delivered",
        "worst",
        "CPU/packet",
        "cores",
        "(load)",
        "median",
        "p99",
        "joined",
        "slowest",
        "threads",
        "memory"
    );
    for viewers in wishes.viewers.iter().copied() {
        let (ours, recorded) = run.scrim(program, (&home, &token), viewers, wishes.recording)?;
        ours.print();
        match &recorded {
            Some(recorded) => recorded.print(),
            None if wishes.recording => {
                println!("{viewers:>7}  Scrim, recorded  it says that it cannot record")
            }
            None => {}
        }
        let theirs = run.janus(&configuration, viewers)?;
        theirs.print();
        ours.print_ratio("ratio", &theirs);
        if let Some(recorded) = recorded {
            recorded.print_ratio("ratio, recorded", &theirs);
            recorded.print_ratio("recorded or not", &ours);
        }
    }
    Ok(())
}

/// Finds an address of this machine. Janus does not use the loopback device; between two addresses of one
/// machine packets take it all the same.
fn address() -> Outcome<Ipv4Addr> {
    let found = getifaddrs()?.find_map(|one| {
        let is_usable = one.flags.contains(InterfaceFlags::IFF_UP)
            && !one.flags.contains(InterfaceFlags::IFF_LOOPBACK);
        let address = one.address?.as_sockaddr_in()?.ip();
        is_usable.then_some(address)
    });
    found
        .ok_or_else(|| "this machine has no address but 127.0.0.1, which Janus does not use".into())
}

struct Run {
    identity: Arc<Identity>,
    /// Where all media are.
    media: Ipv4Addr,
    seconds: u64,
}

impl Run {
    /// Measures Scrim, and again while it records where that is wanted and can be.
    fn scrim(
        &self,
        program: &Path,
        home: (&Path, &str),
        viewers: usize,
        recording: bool,
    ) -> Outcome<(Figures, Option<Figures>)> {
        let pages = Pages::open()?;
        let scrim = Scrim::start(
            program,
            home,
            self.media,
            (&self.identity, &pages),
            recording,
        )?;
        let address = scrim.server.address;
        let filled = self.fill(&pages, viewers, |number| {
            scrim::watch(address, &scrim.live, number)
        })?;
        let measure = |name: &'static str| -> Outcome<Figures> {
            let (server, presenter) = (&scrim.server, &scrim.presenter);
            let figures = self.measure(name, server, presenter, &filled)?;
            pages.are_there()?;
            Ok(figures)
        };
        let plain = measure("Scrim")?;
        let recorded = match recording && scrim::record(&scrim.host)? {
            true => Some(measure("Scrim, recorded")?),
            false => None,
        };
        Ok((plain, recorded))
    }

    fn janus(&self, configuration: &Path, viewers: usize) -> Outcome<Figures> {
        let pages = Pages::open()?;
        let janus = Janus::start(configuration, self.media)?;
        let address = janus.server.address;
        let filled = self.fill(&pages, viewers, |_| janus::watch(address))?;
        let (server, presenter) = (&janus.server, &janus.presenter);
        let figures = self.measure("Janus", server, presenter, &filled)?;
        pages.are_there()?;
        Ok(figures)
    }

    /// Lets so many come in, and waits until all of them see something.
    fn fill(
        &self,
        pages: &Pages,
        viewers: usize,
        watch: impl Fn(usize) -> Outcome<Watching>,
    ) -> Outcome<Filled> {
        let audience = Audience::open()?;
        for number in 1..=viewers {
            let came = Instant::now();
            let Watching {
                mut page,
                offer,
                ping,
                answer,
            } = watch(number)?;
            let socket = UdpSocket::bind((self.media, 0))?;
            let (local, ours) = (socket.local_addr()?, self.identity.credentials()?);
            let text = sdp::answer(&offer, &self.identity, &ours, local);
            let remote = Remote::read(&offer)?;
            let role = Role::Answers;
            let connection = Connection::new(&self.identity, role, ours, remote, local);
            audience.seat(socket, connection, came, one_of(viewers))?;
            page.say(&answer(text))?;
            pages.keep(page, ping)?;
        }
        let joined = audience.arrive(viewers)?;
        if joined.len() < viewers {
            let there = joined.len();
            eprintln!(
                "bench: only {there} of {viewers} viewers see something: too many for this machine"
            );
        }
        Ok(Filled {
            audience,
            viewers,
            joined,
        })
    }

    fn measure(
        &self,
        name: &'static str,
        server: &Server,
        presenter: &Presenter,
        filled: &Filled,
    ) -> Outcome<Figures> {
        let (audience, viewers, joined) = (&filled.audience, filled.viewers, &filled.joined);
        // Nobody sends: it is a clock.
        let (_kept, clock) = mpsc::channel::<()>();
        let _ = clock.recv_timeout(SETTLE);
        eprintln!(
            "bench: measuring {name} with {viewers} viewers, process {}",
            server.id()
        );
        audience.begin()?;
        let (began, load) = (Instant::now(), own_cpu()?);
        let (cpu, sent) = (server.cpu()?, presenter.packets()?);
        let _ = clock.recv_timeout(Duration::from_secs(self.seconds));
        let (cpu, sent) = (server.cpu()? - cpu, presenter.packets()? - sent);
        let load = own_cpu()? - load;
        let seconds = began.elapsed().as_secs_f64();
        let heard = audience.end()?;
        if let Some(failure) = heard.failure {
            return Err(failure.into());
        }
        let delay = |share: f64| {
            let last = heard.delays.len().saturating_sub(1);
            let place = (share * last as f64).round() as usize;
            let nanoseconds = heard.delays.get(place).copied();
            nanoseconds.map_or(f64::NAN, |nanoseconds| nanoseconds as f64 / 1e6)
        };
        let packets = heard.packets as f64;
        Ok(Figures {
            name,
            viewers,
            per_second: packets / seconds,
            delivered: packets / (sent as f64 * viewers as f64),
            worst: heard.fewest as f64 / sent as f64,
            per_packet: cpu * 1e6 / packets,
            cores: cpu / seconds,
            load: load / seconds,
            median: delay(0.5),
            p99: delay(0.99),
            joined: (
                milliseconds(joined.get(joined.len() / 2)),
                milliseconds(joined.last()),
            ),
            threads: server.threads()?,
            memory: server.memory("VmRSS")?,
        })
    }
}

/// A meeting with its viewers.
struct Filled {
    audience: Audience,
    viewers: usize,
    /// How long it took until each of them saw something, in order. Some are missing where a machine cannot
    /// serve that many.
    joined: Vec<Duration>,
}

fn milliseconds(span: Option<&Duration>) -> f64 {
    span.map_or(f64::NAN, |span| span.as_secs_f64() * 1000.0)
}

/// Returns the seconds of processor time that this program took so far.
fn own_cpu() -> Outcome<f64> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let micros = (usage.user_time() + usage.system_time()).num_microseconds();
    Ok(micros as f64 / 1e6)
}

/// One of how many packets each viewer decrypts: as many at any number of viewers. It shares no factor
/// with the packets of a frame, so that all places in a frame are looked at.
fn one_of(viewers: usize) -> u64 {
    let mut every = (viewers as u64 / 10).max(1);
    while every.is_multiple_of(2) || every.is_multiple_of(3) {
        every += 1;
    }
    every
}

impl Figures {
    fn print(&self) {
        let Self {
            name,
            viewers,
            per_second,
            delivered,
            worst,
            per_packet,
            cores,
            load,
            median,
            p99,
            joined: (joined, slowest),
            threads,
            memory,
        } = self;
        let remark = match (delivered - 1.0).abs() > TOLERANCE {
            true => "  not all was delivered: compare no figure of this line",
            false => "",
        };
        println!(
            "{viewers:>7}  {name:<15} {per_second:>11.0} {:>9.1}% {:>8.1}% {per_packet:>8.1} µs \
             {cores:>6.2} {load:>7.2} {median:>8.2} ms {p99:>8.2} ms {joined:>5.0} ms {slowest:>5.0} ms \
             {threads:>8.0} {memory:>5.0} MB\
             {remark}",
            delivered * 100.0,
            worst * 100.0
        );
    }

    fn print_ratio(&self, name: &str, other: &Self) {
        println!(
            "{:>7}  {name:<15} {:>11} {:>10} {:>9} {:>10.2}x {:>14} {:>10.2}x {:>10.2}x",
            self.viewers,
            "",
            "",
            "",
            self.per_packet / other.per_packet,
            "",
            self.median / other.median,
            self.p99 / other.p99
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_that_are_looked_at_come_from_all_places_of_a_frame() {
        let looked_at = [1, 10, 50, 100, 200].map(one_of);
        assert_eq!(looked_at, [1, 1, 5, 11, 23]);
    }
}

//! People who watch at the same time, and people who have stopped to.

use std::{
    net::SocketAddr,
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use crate::{Outcome, http::Connection, measure::median, server::Server};

/// A second of a recording of 1.5 Mbit/s, which is asked for once a second.
const SECOND: Duration = Duration::from_secs(1);
const SECOND_BYTES: u64 = 187_500;

/// A file behind a link.
pub(super) struct Watched<'a> {
    pub(super) path: &'a str,
    /// The line with the cookie.
    pub(super) cookie: &'a str,
    pub(super) bytes: u64,
}

/// Lets so many watch for so long, and prints what that took. Whoever is not served, or waits for
/// the next second longer than the last one lasts, is an error.
pub(super) fn play(
    server: &Server,
    file: &Watched<'_>,
    attendees: usize,
    seconds: u64,
) -> Outcome<()> {
    let (cpu, began) = (server.cpu()?, Instant::now());
    let mut memory = vec![server.memory("VmRSS")?];
    let slowest = AtomicU64::new(0);
    let (stop, stopped) = mpsc::channel::<()>();
    let failures = thread::scope(|scope| -> Outcome<Vec<String>> {
        let watching: Vec<_> = (0..attendees)
            .map(|number| {
                let slowest = &slowest;
                scope.spawn(move || {
                    let begins = began + SECOND * number as u32 / attendees as u32;
                    let place = number as u64 * 7_919 * SECOND_BYTES;
                    watch(server.address, file, (begins, seconds), place, slowest)
                })
            })
            .collect();
        for half in 1..=2 {
            let due = began + SECOND * (half * seconds as u32) / 2;
            let left = due.saturating_duration_since(Instant::now());
            let _ = stopped.recv_timeout(left);
            memory.push(server.memory("VmRSS")?);
        }
        let ended = watching.into_iter().filter_map(|one| match one.join() {
            Ok(Ok(())) => None,
            Ok(Err(failure)) => Some(failure),
            Err(_) => Some("an attendee panicked".to_owned()),
        });
        Ok(ended.collect())
    })?;
    drop(stop);
    let used = (server.cpu()? - cpu) / began.elapsed().as_secs_f64();
    println!("{attendees} attendees at 1.5 Mbit/s for {seconds} s, a range for each second");
    println!(
        "not served in time         {} of {attendees}",
        failures.len()
    );
    println!(
        "slowest second             {:.0} ms",
        slowest.load(Ordering::Relaxed) as f64 / 1e3
    );
    println!("processor                  {used:.2} cores");
    println!(
        "memory                     {:.0} MB at the start, {:.0} MB in the middle, {:.0} MB at the end",
        memory[0], memory[1], memory[2]
    );
    match failures.first() {
        None => Ok(()),
        Some(failure) => Err(failure.clone().into()),
    }
}

fn watch(
    address: SocketAddr,
    file: &Watched<'_>,
    (begins, seconds): (Instant, u64),
    place: u64,
    slowest: &AtomicU64,
) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("an attendee was not served: {error}");
    // Nobody sends: it is a clock.
    let (_kept, clock) = mpsc::channel::<()>();
    let mut connection = Connection::open(address).map_err(failed)?;
    for second in 0..seconds {
        let due = begins + SECOND * second as u32;
        let _ = clock.recv_timeout(due.saturating_duration_since(Instant::now()));
        let first = (place + second * SECOND_BYTES) % (file.bytes - SECOND_BYTES);
        let last = first + SECOND_BYTES - 1;
        let lines = format!("{}\r\nrange: bytes={first}-{last}\r\n", file.cookie);
        let head = connection.get(file.path, &lines).map_err(failed)?;
        let took = due.elapsed();
        slowest.fetch_max(took.as_micros() as u64, Ordering::Relaxed);
        if head.status != 206 || head.bytes != SECOND_BYTES {
            return Err(format!("an attendee was answered with {}", head.status));
        }
        if took > SECOND {
            return Err(format!(
                "an attendee waited for {:.1} s",
                took.as_secs_f64()
            ));
        }
    }
    Ok(())
}

/// Lets so many ask for all of the file and take nothing of it, and prints how long others wait.
pub(super) fn pause(
    server: &Server,
    file: &Watched<'_>,
    attendees: usize,
    list: (&str, &str),
) -> Outcome<()> {
    let mut paused = Vec::new();
    for _ in 0..attendees {
        let mut connection = Connection::open(server.address)?;
        let head = connection.ask(file.path, &format!("{}\r\n", file.cookie))?;
        if head.status != 200 {
            return Err(format!("an attendee was answered with {}", head.status).into());
        }
        paused.push(connection);
    }
    let mut millis = Vec::new();
    let mut other = Connection::open(server.address)?;
    for _ in 0..50 {
        let began = Instant::now();
        let head = other.get(list.0, &format!("{}\r\n", list.1))?;
        if head.status != 200 {
            return Err(format!("the list was answered with {}", head.status).into());
        }
        millis.push(began.elapsed().as_secs_f64() * 1e3);
    }
    println!(
        "{attendees} attendees that take nothing   recordings in {:.1} ms, {:.0} MB of memory",
        median(millis),
        server.memory("VmRSS")?
    );
    Ok(())
}

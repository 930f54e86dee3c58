//! The service under load: its list, and files behind a link against nginx with the same bytes in
//! the clear, over the same loopback. Then people who watch at the same time.
//!
//! Scrim asks the catalog whether the link is good, writes into the audit log that the file was
//! opened, and decrypts whole segments of 1 MiB; nginx does nothing of this.

mod attendees;
mod nginx;
mod wrk;

use std::{
    fs::{self, File},
    io::Write,
    net::SocketAddr,
    path::Path,
    time::SystemTime,
};

use scrim_policy::{RecordingId, TenantId};
use scrim_storage::{Job, Sha256Digest, Timestamp, Vault, service::NewLink};

use self::{
    attendees::Watched,
    wrk::{Figures, Load},
};
use crate::{
    Outcome,
    http::Connection,
    published::{piece, publish},
    server::{LIMITS, Server, account},
};

/// Length of the recording.
const BYTES: usize = 2 << 30;

/// Recordings that the list has, of which a page shows 50.
const RECORDINGS: usize = 200;

/// More than there are threads that may block, and fewer than files that this program may open.
const PAUSED: usize = 900;

/// Measures all of it.
pub(crate) fn run(scrim: &Path, attendees: usize, seconds: u64) -> Outcome<()> {
    // Below the target folder, which lies on a real disk; temporary folders may lie in memory.
    fs::create_dir_all("target")?;
    let folder = tempfile::tempdir_in("target")?;
    let place = folder.path().canonicalize()?;
    let (home, files) = (place.join("home"), place.join("files"));
    fs::create_dir(&files)?;
    let captions = captions();
    let recording = publish(&home, BYTES, &captions)?;
    fs::write(files.join("transcript.vtt"), &captions)?;
    let mut copy = File::create(files.join("recording.mp4"))?;
    let piece = piece();
    for _ in 0..BYTES / piece.len() {
        copy.write_all(&piece)?;
    }
    let token = account(scrim, &home)?;
    let link = fill(&home, recording)?;
    fs::write(home.join("config.toml"), LIMITS)?;

    let ours = Server::scrim(scrim, &home)?;
    let theirs = nginx::start(&place, &files)?;
    let cookie = format!("cookie: {}", pass(ours.address, &link)?);
    let bearer = format!("authorization: Bearer {token}");
    println!(
        "the service on this machine, its limits on requests raised by [limits] in config.toml"
    );
    let load = |header: &str, ranges_of: Option<usize>, url: &str| {
        let load = Load {
            seconds,
            header,
            ranges_of,
            folder: &place,
        };
        load.run(url)
    };
    let of = |server: &Server, path: &str| format!("http://{}{path}", server.address);
    let list = load(&bearer, None, &of(&ours, "/api/v1/recordings"))?;
    print("50 of 200 recordings by the API", list);

    for (name, file, ranges_of) in [
        ("transcript of 100 kB by a link", "transcript.vtt", None),
        ("ranges of 64 KiB to 1 MiB", "recording.mp4", Some(BYTES)),
    ] {
        let ours = load(&cookie, ranges_of, &of(&ours, &format!("{link}/{file}")))?;
        let theirs = load(&cookie, ranges_of, &of(&theirs, &format!("/{file}")))?;
        print(name, ours);
        print("  nginx", theirs);
        println!(
            "  ratio                           {:.2}x requests",
            ours.per_second / theirs.per_second
        );
    }

    let path = format!("{link}/recording.mp4");
    let file = Watched {
        path: &path,
        cookie: &cookie,
        bytes: BYTES as u64,
    };
    attendees::play(&ours, &file, attendees, seconds)?;
    let list = ("/api/v1/recordings", bearer.as_str());
    attendees::pause(&ours, &file, PAUSED, list)?;
    println!(
        "peak memory                {:.0} MB, with a recording of 2 GiB",
        ours.memory("VmHWM")?
    );
    Ok(())
}

fn print(name: &str, figures: Figures) {
    println!(
        "{name:<33} {:>9.0} requests per second, p99 {:>7.2} ms",
        figures.per_second, figures.p99_ms
    );
}

/// As much as is said in two hours.
fn captions() -> String {
    let mut text = "WEBVTT\n".to_owned();
    for cue in 0..1_200 {
        let (hour, minute, second) = (cue / 600, cue / 10 % 60, cue % 10 * 6);
        text += &format!(
            "\n{hour:02}:{minute:02}:{second:02}.000 --> {hour:02}:{minute:02}:{:02}.000\n\
             <v Speaker 1>What is said here is as long as it is.\n",
            second + 5
        );
    }
    text
}

/// Adds recordings to list, and returns the path of a link to the one that is published.
fn fill(home: &Path, recording: RecordingId) -> Outcome<String> {
    let (tenant, now) = (TenantId::SINGLE, Timestamp::from(SystemTime::now()));
    let vault = Vault::open(home, Vault::default_unlock(home))?;
    let digest = Sha256Digest::of(b"listed");
    for number in 1..RECORDINGS {
        let job = Job {
            tenant,
            key: vault
                .keyring()
                .keyed_digest("job", &[&number.to_be_bytes()]),
            source_sha256: digest,
            policy_sha256: digest,
            policy_name: "bench".to_owned(),
            original: None,
        };
        vault.begin_or_resume(&job, now)?;
    }
    let page = vault.recordings(tenant, None, 500)?;
    for row in &page.recordings {
        vault.set_title(tenant, row.id, "A webinar with a title")?;
    }
    let accounts = vault.accounts(tenant)?;
    let link = NewLink {
        recording,
        label: "bench",
        audience: "",
        allows: "play mp4 vtt",
        password: None,
        expires_at: now.plus_days(1),
        most_uses: None,
        created_by: accounts.first().ok_or("no account")?.id,
    };
    let (_, secret) = vault.make_link(tenant, &link, now)?;
    Ok(format!("/d/{}", secret.expose()))
}

/// Opens a link as a browser does and returns its cookie.
fn pass(address: SocketAddr, link: &str) -> Outcome<String> {
    let head = Connection::open(address)?.get(link, "")?;
    head.cookie
        .ok_or_else(|| format!("the link was answered with {}", head.status).into())
}

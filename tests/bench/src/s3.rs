//! A sealed upload to a real S3 server on this machine, against `s5cmd` and `age | s5cmd pipe`, and
//! ranges read from the sealed object.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    process::Command,
    time::{Instant, SystemTime},
};

use scrim_policy::{ArtefactId, RecordingId, TenantId};
use scrim_storage::{
    ArtefactKind, DataKey, ObjectKey, ObjectStore, S3Store, Timestamp,
    objects::s3::{Credentials, S3Location},
    seal::{Opener, PlaintextHash, SealContext, SealedInfo, Sealer},
};
use scrim_testkit::{SeaweedFs, peer};
use uuid::Uuid;

use crate::{
    Outcome,
    measure::{Cost, median, run as run_program},
};

/// Length of a range of the plaintext.
const RANGE: usize = 1 << 20;

/// Length of a segment of a sealed object. A range lies in two of them.
const SEGMENT: usize = 1 << 20;

/// How many ranges are read.
const RANGES: usize = 200;

/// What is wanted: of the speed of `s5cmd`, of that of `age | s5cmd pipe`, MB of memory, and
/// milliseconds of a range.
const WANTED: (f64, f64, f64, f64) = (0.9, 2.0, 128.0, 10.0);

/// Measures uploads, each in turn, and ranges.
pub(crate) fn run(bytes: u64, runs: usize) -> Outcome<()> {
    let server = SeaweedFs::with_volumes_of(1024);
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("plaintext");
    io::copy(
        &mut File::open("/dev/urandom")?.take(bytes),
        &mut File::create(&file)?,
    )?;
    let recipient = age_recipient(folder.path())?;

    let (mut ours, mut plain, mut age) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..runs.max(1) {
        ours.push(run_program(
            Command::new(std::env::current_exe()?)
                .arg("s3-put")
                .arg(server.endpoint())
                .arg(&file),
        )?);
        plain.push(run_program(
            s5cmd(&server)?.args(["cp"]).arg(&file).arg(target("plain")),
        )?);
        age.push(run_program(&mut age_pipe(&server, &recipient, &file)?)?);
    }
    let seconds = |costs: &[Cost]| median(costs.iter().map(|cost| cost.wall).collect());
    let cpu = |costs: &[Cost]| median(costs.iter().map(|cost| cost.cpu).collect());
    let memory = ours.iter().map(|cost| cost.memory).fold(0.0, f64::max);
    println!(
        "upload of {:.1} GB to SeaweedFS on this machine",
        bytes as f64 / 1e9
    );
    for (name, costs) in [
        ("scrim, sealed and proven", &ours),
        ("s5cmd cp, in the clear", &plain),
        ("age | s5cmd pipe", &age),
    ] {
        println!(
            "{name:<26} {:>6.2} s wall, {:>6.2} s cpu",
            seconds(costs),
            cpu(costs)
        );
    }
    println!(
        "speed against s5cmd        {:.2}x, wanted {:.1}x",
        seconds(&plain) / seconds(&ours),
        WANTED.0
    );
    println!(
        "speed against age | s5cmd  {:.2}x, wanted {:.1}x",
        seconds(&age) / seconds(&ours),
        WANTED.1
    );
    println!(
        "peak memory                {memory:.0} MB, wanted under {:.0} MB",
        WANTED.2
    );
    ranges(&server, &file)
}

/// Seals a file into the bucket of a server. A process of its own, so that its memory is its own.
pub(crate) fn put(endpoint: &str, file: &Path) -> Outcome<()> {
    let store = store(endpoint)?;
    seal(&store, file, &DataKey::random()?).map(drop)
}

fn ranges(server: &SeaweedFs, file: &Path) -> Outcome<()> {
    let store = store(&server.endpoint())?;
    let data_key = DataKey::random()?;
    let (key, info) = seal(&store, file, &data_key)?;
    let open = || -> Outcome<Opener<_>> {
        let object = store.get(&key)?;
        Ok(Opener::new(
            object,
            &data_key,
            &context(&key),
            info.clone(),
        )?)
    };
    let places = info.plaintext_bytes - RANGE as u64;
    // Far apart and never in order.
    let mut place = 0;
    let mut next = || {
        place = (place + 0x9e37_79b9_7f4a_7c15 % places) % places;
        place
    };
    let mut range = vec![0; RANGE];
    let mut millis = [Vec::new(), Vec::new()];
    let mut opened = open()?;
    for _ in 0..RANGES {
        let began = Instant::now();
        opened.seek(SeekFrom::Start(next()))?;
        opened.read_exact(&mut range)?;
        millis[0].push(began.elapsed().as_secs_f64() * 1e3);
        let began = Instant::now();
        let mut fresh = open()?;
        fresh.seek(SeekFrom::Start(next()))?;
        fresh.read_exact(&mut range)?;
        millis[1].push(began.elapsed().as_secs_f64() * 1e3);
    }
    let [opened, fresh] = millis.map(median);
    let plain = plain_ranges(server, (0..RANGES).map(|_| next()))?;
    println!(
        "range of 1 MiB             {opened:.2} ms of an opened object, {fresh:.2} ms with opening it, wanted under {:.0} ms",
        WANTED.3
    );
    println!(
        "curl, the same in the clear {plain:.2} ms; ratio {:.2}x",
        opened / plain
    );
    Ok(())
}

/// Reads as much of the object that `s5cmd` has written as a range of a sealed one takes, over one
/// connection, and returns the median in milliseconds: what the store takes for it.
fn plain_ranges(server: &SeaweedFs, places: impl Iterator<Item = u64>) -> Outcome<f64> {
    let url = format!("{}/{}/plain", server.endpoint(), SeaweedFs::BUCKET);
    let signed = format!("aws:amz:{}:s3", SeaweedFs::REGION);
    let user = format!(
        "{}:{}",
        SeaweedFs::ACCESS_KEY_ID,
        SeaweedFs::SECRET_ACCESS_KEY
    );
    let mut command = Command::new("curl");
    for place in places {
        let first = place / SEGMENT as u64 * SEGMENT as u64;
        let range = format!("{first}-{}", first + 2 * SEGMENT as u64 - 1);
        command.args(["--next", "--silent", "--fail", "--output", "/dev/null"]);
        command.args(["--aws-sigv4", &signed, "--user", &user]);
        command.args(["--write-out", "%{time_total}\n", "--range", &range, &url]);
    }
    let read = command.output()?;
    if !read.status.success() {
        return Err("curl could not read ranges".into());
    }
    let seconds: Vec<f64> = String::from_utf8(read.stdout)?
        .lines()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    Ok(median(seconds) * 1e3)
}

fn store(endpoint: &str) -> Outcome<S3Store> {
    let credentials = Credentials::new(
        SeaweedFs::ACCESS_KEY_ID.to_owned(),
        SeaweedFs::SECRET_ACCESS_KEY.to_owned(),
    )?;
    let mut location = S3Location::new(
        endpoint.parse()?,
        SeaweedFs::REGION,
        SeaweedFs::BUCKET.parse()?,
        credentials,
    );
    location.country = Some("DE".to_owned());
    Ok(S3Store::connect(location, Timestamp::from(SystemTime::now()))?.0)
}

fn context(key: &ObjectKey) -> SealContext {
    SealContext::new(
        key.tenant,
        key.recording,
        key.artefact,
        ArtefactKind::Recording,
    )
}

fn seal(store: &S3Store, file: &Path, data_key: &DataKey) -> Outcome<(ObjectKey, SealedInfo)> {
    let nanos = SystemTime::UNIX_EPOCH.elapsed()?.as_nanos();
    let key = ObjectKey {
        tenant: TenantId::SINGLE,
        recording: RecordingId::from_uuid(Uuid::from_u128(1)),
        artefact: ArtefactId::from_uuid(Uuid::from_u128(nanos)),
    };
    let hash = PlaintextHash::Sha256;
    let mut sealer = Sealer::new(store.put(&key)?, data_key, &context(&key), hash)?;
    let mut file = File::open(file)?;
    let mut piece = vec![0; 1 << 20];
    loop {
        let count = file.read(&mut piece)?;
        if count == 0 {
            break;
        }
        sealer.write_all(&piece[..count])?;
    }
    let (info, object) = sealer.finish()?;
    object.commit()?;
    Ok((key, info))
}

fn target(name: &str) -> String {
    format!("s3://{}/{name}", SeaweedFs::BUCKET)
}

fn s5cmd(server: &SeaweedFs) -> Outcome<Command> {
    let mut command = Command::new(peer::programs("s5cmd").join("s5cmd"));
    command
        .args(["--endpoint-url", &server.endpoint()])
        .env("AWS_ACCESS_KEY_ID", SeaweedFs::ACCESS_KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", SeaweedFs::SECRET_ACCESS_KEY)
        .env("AWS_REGION", SeaweedFs::REGION);
    Ok(command)
}

fn age_pipe(server: &SeaweedFs, recipient: &str, file: &Path) -> Outcome<Command> {
    let program = peer::programs("s5cmd").join("s5cmd");
    let mut command = Command::new("bash");
    command
        .args(["-o", "pipefail", "-c"])
        .arg("age -r \"$1\" \"$2\" | \"$3\" --endpoint-url \"$4\" pipe \"$5\"")
        .args(["age", recipient])
        .arg(file)
        .arg(program)
        .arg(server.endpoint())
        .arg(target("age"))
        .env("AWS_ACCESS_KEY_ID", SeaweedFs::ACCESS_KEY_ID)
        .env("AWS_SECRET_ACCESS_KEY", SeaweedFs::SECRET_ACCESS_KEY)
        .env("AWS_REGION", SeaweedFs::REGION);
    Ok(command)
}

fn age_recipient(folder: &Path) -> Outcome<String> {
    let identity = folder.join("identity");
    run_program(Command::new("age-keygen").arg("-o").arg(&identity))?;
    let read = Command::new("age-keygen")
        .arg("-y")
        .arg(&identity)
        .output()?;
    Ok(String::from_utf8(read.stdout)?.trim().to_owned())
}

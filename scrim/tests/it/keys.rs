//! `scrim keys`, with the keyring and with a real OpenBao.

use std::{
    fs,
    io::{Read, Write},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use scrim_policy::{RecordingId, TenantId};
use scrim_storage::{
    ArtefactKind, Begun, Job, KeyedDigest, Keyring, Kms, Sha256Digest, Timestamp, Unlock, Vault,
    keyring::KeyContext,
};
use scrim_testkit::OpenBao;
use serde_json::Value;
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

/// More than a pipe takes.
const RECORDING_BYTES: usize = 3_000_000;

/// A home with one published recording.
struct Home {
    folder: TempDir,
    recording: RecordingId,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let vault = Vault::open(&state, Vault::default_unlock(&state)).unwrap();
        let job = Job {
            tenant: TenantId::SINGLE,
            key: KeyedDigest::from_bytes([7; 32]),
            source_sha256: Sha256Digest::of(b"source"),
            policy_sha256: Sha256Digest::of(b"policy"),
            policy_name: "stage only".to_owned(),
            original: None,
        };
        let Begun::New(claim) = vault.begin_or_resume(&job, NOW).unwrap() else {
            panic!("the home is not new");
        };
        vault.start_rendering(&claim, 1_000_000_000, NOW).unwrap();
        let outputs = [
            (ArtefactKind::Recording, vec![b'x'; RECORDING_BYTES]),
            (ArtefactKind::TranscriptTxt, b"A.K.: good morning".to_vec()),
            (ArtefactKind::Proof, b"{}".to_vec()),
        ]
        .map(|(kind, contents)| {
            let mut writer = vault.create_artefact(&claim, kind, NOW).unwrap();
            writer.write_all(&contents).unwrap();
            writer.finish().unwrap().id
        });
        vault.publish(&claim, &outputs, NOW).unwrap();
        vault.close();
        Self {
            folder,
            recording: claim.recording(),
        }
    }

    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_scrim"));
        command
            .args(words)
            .env("SCRIM_HOME", self.state())
            .env_remove("SCRIM_PASSPHRASE")
            .env_remove("SCRIM_TRANSIT_TOKEN")
            .current_dir(self.folder.path());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Runs a command with `--json` and returns its last line.
    #[track_caller]
    fn json(&self, words: &[&str]) -> Value {
        let output = self.run(&[&["--json"], words].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{words:?}: {text}");
        serde_json::from_str(text.lines().last().unwrap()).unwrap()
    }

    #[track_caller]
    fn transcript(&self) -> Vec<u8> {
        let output = self.run(&["get", &self.recording.to_string(), "transcript.txt"]);
        assert!(output.status.success());
        output.stdout
    }

    /// The data keys of all artefacts, while the keyring wraps them.
    fn data_keys(&self) -> Vec<Vec<u8>> {
        let state = self.state();
        let vault = Vault::open(&state, Vault::default_unlock(&state)).unwrap();
        let unlock = Unlock::KeyFile(state.join("keyring.key"));
        let keyring = Keyring::open(&state.join("keyring.json"), &unlock).unwrap();
        let rows = vault.artefacts(self.recording).unwrap();
        let keys = rows.iter().map(|row| {
            let context = KeyContext::new(TenantId::SINGLE, row.recording, row.id, row.subject);
            let key = keyring.unwrap_key(&context, &row.wrapped_key).unwrap();
            key.expose().to_vec()
        });
        keys.collect()
    }

    fn configure(&self, text: &str) {
        fs::write(self.state().join("config.toml"), text).unwrap();
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

/// Fails if one of these secrets is in a text, as bytes, as hexadecimal digits, as base64 or as a
/// list of numbers.
#[track_caller]
fn assert_without(text: &[u8], secrets: &[Vec<u8>]) {
    for secret in secrets {
        let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let list = format!("{secret:?}");
        let base64 = STANDARD.encode(secret);
        for form in [
            secret.as_slice(),
            hex.as_bytes(),
            base64.trim_end_matches('=').as_bytes(),
            list.trim_matches(['[', ']']).as_bytes(),
        ] {
            assert!(!contains(text, form), "{}", String::from_utf8_lossy(text));
        }
    }
}

#[test]
fn keys_are_rotated_wrapped_again_and_destroyed() {
    let home = Home::new();
    let status = home.json(&["keys", "status"]);
    assert_eq!(
        (&status["kms"], &status["newest"]),
        (&"local".into(), &1.into())
    );
    assert_eq!(status["artefacts"][0]["artefacts"], 3);
    assert_eq!(home.json(&["keys", "rotate"])["newest"], 2);
    assert_eq!(home.json(&["keys", "rewrap"])["replaced"], 3);

    let refused = home.run(&["keys", "shred"]);
    assert_eq!(refused.status.code(), Some(3));
    assert_eq!(home.json(&["keys", "shred", "--dry-run"])["oldest"], 3);
    assert_eq!(home.json(&["keys", "status"])["oldest"], 1);
    let shredded = home.json(&["keys", "shred", "--yes"]);
    assert_eq!(
        (&shredded["oldest"], &shredded["survivors"]),
        (&3.into(), &3.into())
    );
    let status = home.json(&["keys", "status"]);
    assert_eq!(
        (&status["oldest"], &status["newest"]),
        (&3.into(), &3.into())
    );
    assert!(status["epoch"]["finished_at"].is_string());
    assert_eq!(home.json(&["keys", "adopt"])["current"], 3);
    assert_eq!(home.transcript(), b"A.K.: good morning");

    let nobody = home.run(&[
        "keys",
        "rotate",
        "--tenant",
        "ten_0000000000000000000000000000000f",
    ]);
    assert_eq!(nobody.status.code(), Some(4));
}

#[test]
fn keys_move_to_a_server_and_back_and_no_log_shows_them() {
    let home = Home::new();
    let mut secrets = home.data_keys();
    assert_eq!(secrets.len(), 3);
    let bao = OpenBao::new();
    let token_file = home.folder.path().join("token");
    fs::write(&token_file, bao.root_token()).unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&token_file, private).unwrap();
    secrets.push(bao.root_token().as_bytes().to_vec());
    let key_file = fs::read(home.state().join("keyring.key")).unwrap();
    secrets.push(STANDARD.decode(key_file.trim_ascii()).unwrap());

    let away = home.run(&["keys", "migrate", "--to", "transit"]);
    assert_eq!(away.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&away.stderr).contains("under [keys]"));

    home.configure(&format!(
        "[keys]\nkms = \"transit\"\naddress = \"{}\"\ntoken_file = \"{}\"\nca_file = \"{}\"\n",
        bao.address(),
        token_file.display(),
        bao.ca_file().display(),
    ));
    assert_eq!(
        home.json(&["keys", "migrate", "--to", "transit", "--dry-run"])["replaced"],
        3
    );
    for words in [
        &["keys", "migrate", "--to", "transit"][..],
        &["get", &home.recording.to_string(), "transcript.txt"],
        &["keys", "rotate"],
        &["keys", "rewrap"],
        &["keys", "shred", "--yes"],
        &["keys", "status"],
        &["keys", "migrate", "--to", "local"],
    ] {
        let output = home
            .command(words)
            .env("SCRIM_LOG", "trace")
            .output()
            .unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
        assert_without(&output.stdout, &secrets);
        assert_without(&output.stderr, &secrets);
    }
    home.configure("");
    assert_eq!(home.transcript(), b"A.K.: good morning");
}

#[test]
fn a_key_server_that_is_set_up_wrongly_is_explained() {
    let home = Home::new();
    for (text, expected) in [
        ("[keys]\nkms = \"transit\"\n", "there is no address"),
        ("[keys]\nmount = \"transit\"\n", "without its address"),
        (
            "[keys]\naddress = \"http://bao.example\"\ntoken_file = \"t\"\n",
            "only asked over https",
        ),
        (
            "[keys]\naddress = \"https://bao.example\"\n",
            "SCRIM_TRANSIT_TOKEN is not set",
        ),
        (
            "[keys]\naddress = \"https://bao.example\"\ntoken_file = \"a\"\ntoken_env = \"B\"\n",
            "both token_file and token_env",
        ),
        ("[keys]\nkms = \"cloud\"\n", "unknown variant `cloud`"),
    ] {
        home.configure(text);
        let refused = home.run(&["keys", "status"]);
        assert_eq!(refused.status.code(), Some(3), "{text}");
        let told = String::from_utf8_lossy(&refused.stderr);
        assert!(told.contains(expected), "{told}");
    }
}

/// Starts a command that has decrypted something and waits for somebody to read it.
fn waiting(home: &Home) -> std::process::Child {
    let id = home.recording.to_string();
    let mut command = Command::new("sh");
    let mut child = command
        .args([
            "-c",
            "ulimit -c unlimited; exec \"$0\" get \"$1\" recording.mp4",
        ])
        .arg(env!("CARGO_BIN_EXE_scrim"))
        .arg(id)
        .env("SCRIM_HOME", home.state())
        .env_remove("SCRIM_PASSPHRASE")
        .current_dir(home.folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0];
    let out = child.stdout.as_mut().unwrap();
    out.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"x");
    child
}

/// Returns the writable memory of a process, or nothing where we are not allowed to look.
fn memory_of(process: u32) -> Option<Vec<u8>> {
    use std::os::unix::fs::FileExt;
    let folder = Path::new("/proc").join(process.to_string());
    let maps = fs::read_to_string(folder.join("maps")).ok()?;
    let memory = fs::File::open(folder.join("mem")).ok()?;
    let mut all = Vec::new();
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (start, end) = line.split(' ').next()?.split_once('-')?;
        let start = u64::from_str_radix(start, 16).ok()?;
        let mut area = vec![0; (u64::from_str_radix(end, 16).ok()? - start) as usize];
        if memory.read_exact_at(&mut area, start).is_ok() {
            all.extend_from_slice(&area);
        }
    }
    Some(all)
}

#[test]
fn a_running_program_holds_no_data_key_that_it_needs_no_more() {
    let home = Home::new();
    let secrets = home.data_keys();
    let mut child = waiting(&home);
    // A process that is not dumpable may only be looked at by the administrator.
    if let Some(memory) = memory_of(child.id()) {
        assert!(
            contains(&memory, &[b'x'; 1000]),
            "the memory is not that of the program"
        );
        for secret in &secrets {
            assert!(!contains(&memory, secret), "a data key is left in memory");
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_program_that_crashes_leaves_no_core() {
    let home = Home::new();
    let mut child = waiting(&home);
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let sizes: Vec<_> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(sizes, ["0", "0"], "{core}");
    let killed = Command::new("kill")
        .args(["-ABRT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(6));
    assert!(!status.core_dumped());
}

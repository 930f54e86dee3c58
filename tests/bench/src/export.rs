//! Exporting and importing a recording of 2 GiB: memory that does not grow with it, and time against
//! `scrim get`, which only opens it.

use std::{fs, path::Path, process::Command};

use crate::{
    Outcome,
    measure::{Cost, run as run_program},
    published::publish,
};

const BYTES: usize = 2 << 30;

/// Memory that is promised, in MB.
const PROMISED: f64 = 128.0;

/// Measures all of it.
pub(crate) fn run(scrim: &Path) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let place = |name: &str| folder.path().join(name);
    let id = publish(&place("old"), BYTES, "")?.to_string();
    let password = place("password");
    fs::write(&password, "sixteen characters or more")?;
    let command = |home: &str, arguments: &[&str]| {
        let mut command = Command::new(scrim);
        command.env("SCRIM_HOME", place(home)).args(arguments);
        command
    };
    println!("one recording of 2 GiB, written to a disk");
    let get = run_program(command("old", &["get", &id, "recording", "-o"]).arg(place("got")))?;
    report("scrim get", get, get);
    fs::remove_file(place("got"))?;
    let export = |more: &[&str]| -> Outcome<Cost> {
        let mut command = command("old", &["export"]);
        let cost = run_program(command.args(more).arg("--out").arg(place("zip")))?;
        Ok(cost)
    };
    report("scrim export, plain ZIP", export(&[&id])?, get);
    let password = password.display().to_string();
    let encrypted = export(&[&id, "--password-file", &password])?;
    report("scrim export, AES-256 ZIP", encrypted, get);
    report(
        "scrim export --tenant",
        export(&["--tenant", "--password-file", &password])?,
        get,
    );
    let mut import = command("new", &["import", "--password-file", &password]);
    report("scrim import", run_program(import.arg(place("zip")))?, get);
    println!("memory promised                {PROMISED:.0} MB");
    Ok(())
}

fn report(name: &str, cost: Cost, get: Cost) {
    println!(
        "{name:<30} {:6.1} s  {:5.2}x of get  {:5.0} MB",
        cost.wall,
        cost.wall / get.wall,
        cost.memory
    );
}

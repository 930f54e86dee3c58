//! `scrim policy`.

use std::path::{Path, PathBuf};

use scrim_pipeline::preview::{plan_for, preview};
use scrim_policy::{LiveLayout, Moment};
use serde_json::json;

use super::{Session, get::write_whole, open_input, read_policy, read_roster};
use crate::{cli::PolicyCommand, exit::Exit, failure::Failure};

pub(super) fn run(session: &Session, command: PolicyCommand) -> Result<Exit, Failure> {
    match command {
        PolicyCommand::Check { file } => check(session, &file),
        PolicyCommand::Preview {
            file,
            input,
            at,
            roster,
            out,
        } => draw(session, &file, &input, at, roster, &out),
        PolicyCommand::Plan { file, input } => {
            let (policy, _) = read_policy(&file)?;
            let plan = plan_for(open_input(&input)?, &policy)?;
            println!("{}", serde_json::to_value(plan).unwrap_or_default());
            Ok(Exit::Done)
        }
        PolicyCommand::Schema => {
            println!("{:#}", scrim_policy::json_schema().as_value());
            Ok(Exit::Done)
        }
    }
}

fn check(session: &Session, file: &Path) -> Result<Exit, Failure> {
    let (policy, _) = read_policy(file)?;
    let kept = policy.kept().count();
    let hidden = policy.regions.len() - kept;
    let live = policy.live.as_ref().map(LiveLayout::as_str);
    if session.json {
        let line = json!({
            "message_type": "summary", "name": policy.name, "kept": kept, "hidden": hidden,
            "live": live,
        });
        println!("{line}");
        return Ok(Exit::Done);
    }
    let regions = (!policy.regions.is_empty())
        .then(|| format!("keeps {kept} and hides {hidden} regions, and everything else"));
    let live = live.map(|word| format!("lays live sessions out as `{word}`"));
    let said: Vec<String> = regions.into_iter().chain(live).collect();
    println!(
        "{}: `{}` {}",
        file.display(),
        policy.name,
        said.join(", and ")
    );
    Ok(Exit::Done)
}

fn draw(
    session: &Session,
    file: &Path,
    input: &Path,
    at: Moment,
    roster: Option<PathBuf>,
    out: &Path,
) -> Result<Exit, Failure> {
    let (policy, _) = read_policy(file)?;
    let (roster, _) = read_roster(roster.as_deref())?;
    let shown = preview(open_input(input)?, &policy, &roster, at)?;
    let png = shown.before.beside(&shown.after).png()?;
    write_whole(out, |file| {
        file.write_all(&png)
            .map_err(|error| Failure::file("write", out, error))
    })?;
    if session.json {
        println!(
            "{}",
            json!({"message_type": "summary", "at_s": shown.at.seconds()})
        );
    } else {
        println!(
            "{}: the picture at {}; left the source with its regions, right the result",
            out.display(),
            shown.at
        );
    }
    Ok(Exit::Done)
}

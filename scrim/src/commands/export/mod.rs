//! `scrim export`.

mod said;

use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use scrim_policy::{Kind, TenantId};
use scrim_storage::{
    RecordingState, Vault,
    export::{
        About, ExportError, ExportPassword, ExportSink, FolderSink, Selection, Transferred, ZipSink,
    },
};

use self::said::Said;
use super::{Session, now};
use crate::{
    cli::{ExportArgs, ExportFormat, ExportPart},
    exit::Exit,
    failure::Failure,
    transfer::TransferMeter,
};

/// What files say about who wrote them.
const TOOL: &str = concat!("scrim ", env!("CARGO_PKG_VERSION"));

pub(super) fn run(session: &Session, args: &ExportArgs) -> Result<Exit, Failure> {
    let password = args
        .password_file
        .as_deref()
        .map(read_password)
        .transpose()?;
    check_options(session, args)?;
    let vault = session.home()?.vault()?;
    if args.tenant {
        tenant(session, args, &vault, password)?;
    } else {
        recordings(session, args, &vault, password)?;
    }
    Ok(Exit::Done)
}

/// Reads a password file, for exports and imports.
pub(super) fn read_password(path: &Path) -> Result<ExportPassword, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::file("read the password file", path, error))?;
    ExportPassword::new(text)
        .map_err(|error| Failure::from(error).hint("make one with: openssl rand -base64 24 > FILE"))
}

/// What cannot be said in the types of the command line.
fn check_options(session: &Session, args: &ExportArgs) -> Result<(), Failure> {
    let wrong = |words: &str, hint: &str| Err(Failure::words(Kind::Invalid, words).hint(hint));
    let is_folder = args.format == ExportFormat::Folder;
    if is_folder && args.tenant {
        return wrong(
            "an archive of everything is always an encrypted ZIP file",
            "leave --format out",
        );
    }
    if is_folder && args.password_file.is_some() {
        return wrong(
            "a folder cannot be encrypted",
            "use --format zip, or leave the password file out",
        );
    }
    if !is_stream(args) {
        return Ok(());
    }
    if is_folder {
        return wrong(
            "a folder cannot be written to standard output",
            "use --format zip, or name a folder",
        );
    }
    if session.json {
        return wrong(
            "the ZIP file and JSON lines cannot both go to standard output",
            "name a file, or leave --json out",
        );
    }
    Ok(())
}

fn is_stream(args: &ExportArgs) -> bool {
    args.out.as_deref() == Some(Path::new("-"))
}

fn recordings(
    session: &Session,
    args: &ExportArgs,
    vault: &Vault,
    password: Option<ExportPassword>,
) -> Result<(), Failure> {
    let with_attendance = args.with.contains(&ExportPart::Attendance);
    let plan = vault
        .plan_export(&Selection {
            recordings: args.ids.clone(),
            include_held: args.include_held,
            with_attendance,
            with_report_page: args.with.contains(&ExportPart::Report),
        })
        .map_err(explained)?;
    let mut said = Said::new(session.json, is_stream(args));
    if plan.has_personal_data() {
        said.note("attendance.csv and .xlsx hold names and e-mail addresses: personal data");
    }
    if with_attendance {
        for recording in plan.without_attendance() {
            said.note(&format!(
                "who took part in {recording} is not known: it was made without a roster"
            ));
        }
    }
    if password.is_none() {
        said.note("the export is not encrypted: whoever has it can read it");
    }
    let files = plan.files();
    if args.dry_run {
        for file in &files {
            said.file(&file.path, file.bytes);
        }
        said.would_write(files.len(), plan.bytes());
        return Ok(());
    }
    let is_encrypted = password.is_some();
    let write = |sink: &mut dyn ExportSink, about: About<'_>, progress: Progress<'_>| {
        plan.write(vault, sink, about, progress)
    };
    let (manifest, sha256) = write_whole(session, args, password, write)?;
    let bytes = manifest
        .recordings
        .iter()
        .flat_map(|recording| &recording.files)
        .map(|file| file.bytes)
        .sum();
    said.written(
        args.out.as_deref(),
        files.len(),
        bytes,
        is_encrypted,
        sha256,
    );
    Ok(())
}

/// Who is told how far it is.
type Progress<'a> = &'a dyn Fn(Transferred);

/// Writes to where the command says, and finishes the file only when all of it is there.
fn write_whole<M>(
    session: &Session,
    args: &ExportArgs,
    password: Option<ExportPassword>,
    write: impl FnOnce(&mut dyn ExportSink, About<'_>, Progress<'_>) -> Result<M, ExportError>,
) -> Result<M, Failure> {
    let mut sink = open_sink(args, password)?;
    let about = About {
        tool: TOOL,
        now: now(),
    };
    let meter = TransferMeter::new(session.json, "export");
    let written = write(sink.as_mut(), about, &|progress| meter.show(progress));
    meter.clear();
    let written = written.map_err(explained)?;
    sink.finish().map_err(explained)?;
    Ok(written)
}

fn tenant(
    session: &Session,
    args: &ExportArgs,
    vault: &Vault,
    password: Option<ExportPassword>,
) -> Result<(), Failure> {
    let plan = vault.plan_archive(TenantId::SINGLE).map_err(explained)?;
    let mut said = Said::new(session.json, is_stream(args));
    for left in plan.left_out() {
        said.note(&format!(
            "{} is {} and stays behind: only what is finished is exported",
            left.recording, left.state
        ));
    }
    said.note(
        "released holds, the audit log and the memory of what was erased stay behind: what was erased \
         here is not refused there",
    );
    let files = plan.files();
    if args.dry_run {
        for (path, bytes) in &files {
            said.file(path, Some(*bytes));
        }
        said.would_write(files.len() + 1, plan.bytes());
        return Ok(());
    }
    if password.is_none() {
        // The command line asks for one; this holds whoever changes the command line.
        return Err(Failure::words(
            Kind::Refused,
            "everything of a tenant is not exported without a password",
        ));
    }
    said.note("the archive holds everything in the clear behind its password: keep both apart");
    let write = |sink: &mut dyn ExportSink, about: About<'_>, progress: Progress<'_>| {
        plan.write(vault, sink, about, progress)
    };
    let (_, sha256) = write_whole(session, args, password, write)?;
    let count = files.len() + 1;
    said.written(args.out.as_deref(), count, plan.bytes(), true, sha256);
    Ok(())
}

fn open_sink(
    args: &ExportArgs,
    password: Option<ExportPassword>,
) -> Result<Box<dyn ExportSink>, Failure> {
    let Some(out) = &args.out else {
        return Err(
            Failure::words(Kind::Invalid, "there is no place to write to").hint("add --out PATH"),
        );
    };
    if is_stream(args) {
        return Ok(Box::new(ZipSink::stream(Box::new(io::stdout()), password)));
    }
    if args.format == ExportFormat::Folder {
        return Ok(Box::new(FolderSink::create(out).map_err(explained)?));
    }
    if out.is_dir() {
        let error = ErrorKind::IsADirectory.into();
        let name: PathBuf = out.join("export.zip");
        let hint = format!("name a file in it, such as {}", name.display());
        return Err(Failure::file("write", out, error).hint(hint));
    }
    Ok(Box::new(ZipSink::file(out, password).map_err(explained)?))
}

/// Says what to do.
fn explained(error: ExportError) -> Failure {
    let hint = match &error {
        ExportError::NoRecording { .. } => "`scrim ls` lists all recordings",
        ExportError::NotPublished {
            state: RecordingState::Held | RecordingState::Ready,
            ..
        } => "read its report; add --include-held to export it all the same",
        ExportError::NotPublished { .. } => "only published recordings are exported",
        ExportError::Exists { .. } => "name a folder that is not there yet",
        ExportError::Write { .. } | ExportError::Place { .. } => {
            "see that there is space and that the folder can be written to"
        }
        _ => return error.into(),
    };
    Failure::from(error).hint(hint)
}

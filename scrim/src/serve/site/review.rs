//! The page of one recording.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use scrim_policy::{LinkId, Moment, Permission as May, Purpose, RecordingId, RetentionClass, Tag};
use scrim_storage::{
    ArtefactKind, RecordingRow, RecordingState as Stored, Vault,
    service::{Link, LinkState as LinkStands},
};
use serde::Deserialize;

use super::{
    super::{
        api::{self, Decision},
        app::{App, now},
        cues,
        identity::Caller,
        problem::Problem,
        view::{
            CheckLine, CheckVerdict, EditCue, LinkLine, LinkState, Media, Place, RegionLine,
            ReviewPage, Still, TranscriptPart,
        },
    },
    form::Form,
    frame::{self, Reader},
    recordings,
};
use crate::page;

/// The largest report and transcript that a page shows.
const MOST_BYTES: u64 = 32 << 20;

/// The parts of a report that the page shows.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Report {
    checks: Vec<Check>,
    reasons: Vec<String>,
    regions: Vec<Region>,
    wholly_hidden_s: Vec<[f64; 2]>,
    output: Option<[u32; 2]>,
    transcript: Option<Transcript>,
}

#[derive(Deserialize)]
struct Check {
    name: String,
    verdict: String,
    #[serde(default)]
    found: String,
    #[serde(default)]
    how: String,
}

#[derive(Deserialize)]
struct Region {
    name: String,
    kind: String,
    action: String,
    from_s: f64,
    to_s: Option<f64>,
}

#[derive(Deserialize)]
struct Transcript {
    languages: Vec<String>,
}

/// What is shown once.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fresh {
    link: Option<String>,
}

/// Everything that the page needs of the vault.
struct Found {
    row: RecordingRow,
    title: Option<String>,
    tags: Vec<String>,
    expires_us: i64,
    report: Report,
    stills: Vec<Moment>,
    cues: Vec<cues::Cue>,
    has_recording: bool,
    links: Vec<Link>,
}

fn find(vault: &Vault, caller: &Caller, id: RecordingId) -> Result<Found, Problem> {
    let row = api::owned(vault, caller, id)?;
    if row.state == Stored::Original {
        return Err(Problem::not_found("recording"));
    }
    let tenant = caller.tenant();
    let tags = vault.tags(id)?;
    let days = vault
        .retention_rules(tenant)?
        .period(RetentionClass::Published, &tags)
        .count();
    let is_there = api::is_there(row.state);
    let read = |kind: ArtefactKind| -> Result<Option<Vec<u8>>, Problem> {
        match vault.output(id, kind) {
            Ok(artefact) if is_there => Ok(Some(vault.read_all(
                &artefact,
                MOST_BYTES,
                Purpose::Get,
                now(),
            )?)),
            _ => Ok(None),
        }
    };
    let report = read(ArtefactKind::ReportJson)?;
    let report = report
        .and_then(|json| serde_json::from_slice(&json).ok())
        .unwrap_or_default();
    let stills = match vault.output(id, ArtefactKind::ReportHtml) {
        Ok(page) if is_there && caller.may(May::RecordingsView) => {
            let page = vault.read_all(&page, api::MOST_PAGE_BYTES, Purpose::Get, now())?;
            page::times_of_stills(&page)
        }
        _ => Vec::new(),
    };
    let sees_words = caller.may(May::TranscriptsView);
    let vtt = if sees_words {
        read(ArtefactKind::TranscriptVtt)?
    } else {
        None
    };
    let links = match caller.may(May::LinksManage) {
        true => vault.links(tenant, id, now())?,
        false => Vec::new(),
    };
    Ok(Found {
        title: vault.title(tenant, id)?,
        expires_us: row.created_at.plus_days(days).as_micros(),
        tags: tags.iter().map(ToString::to_string).collect(),
        cues: vtt
            .map(|vtt| cues::read(&String::from_utf8_lossy(&vtt)))
            .unwrap_or_default(),
        has_recording: is_there && vault.output(id, ArtefactKind::Recording).is_ok(),
        report,
        stills,
        links,
        row,
    })
}

pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    api::Asked(fresh): api::Asked<Fresh>,
) -> Result<Response, Problem> {
    let caller = reader.signed_in()?;
    let recording = recordings::id(&id)?;
    let asking = caller.clone();
    let found = app
        .act(&caller, move |vault| {
            let row = api::owned(vault, &asking, recording)?;
            match row.state {
                Stored::Original => Ok(None),
                _ => find(vault, &asking, recording).map(Some),
            }
        })
        .await?;
    let Some(found) = found else {
        return Ok(Redirect::to(&format!("/recordings/{id}/regions")).into_response());
    };
    let page = page(&app, &reader, found, fresh.link);
    Ok(reader.draw(&page))
}

/// Saves a transcript without scripts: every cue comes, changed or not.
pub(crate) async fn transcript(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let recording = recordings::id(&id)?;
    let asking = caller.clone();
    app.act(&caller, move |vault| {
        api::owned(vault, &asking, recording)?;
        let (revision, texts) = (form.number("revision")?, form.all("cue"));
        let changes = api::transcript_changes(vault, recording, revision, texts)?;
        api::change_transcript(vault, &asking, recording, changes)
    })
    .await?;
    Ok(frame::done(&format!("/recordings/{id}"), "flash-saved"))
}

fn page(app: &App, reader: &Reader, found: Found, fresh: Option<String>) -> ReviewPage {
    let Found { row, report, .. } = &found;
    let id = row.id.to_string();
    let files = format!("/api/v1/recordings/{id}/files");
    let language = report
        .transcript
        .as_ref()
        .and_then(|transcript| transcript.languages.first().cloned())
        .unwrap_or_default();
    let media = found.has_recording.then(|| Media {
        video: format!("{files}/recording.mp4"),
        captions: (!found.cues.is_empty()).then(|| format!("{files}/transcript.vtt")),
        captions_language: language.clone(),
        has_picture: report.output.is_some(),
    });
    let cue = |(index, cue): (usize, &cues::Cue)| EditCue {
        index,
        start: cue.start,
        speaker: cue.speaker.clone(),
        text: cue.text.clone(),
    };
    let transcript = (!found.cues.is_empty()).then(|| TranscriptPart {
        revision: row.revision,
        language,
        cues: found.cues.iter().enumerate().map(cue).collect(),
    });
    let fresh_link = found
        .links
        .iter()
        .find(|link| Some(link.id.to_string()) == fresh);
    ReviewPage {
        frame: reader.frame(Some(Place::Recordings)),
        original: row.original.map(|original| original.to_string()),
        title: found.title.clone().unwrap_or_default(),
        state: recordings::state_of(row, None),
        seconds: row
            .duration_ns
            .map_or(0.0, |duration| duration as f64 / 1e9),
        policy: row.policy_name.clone().unwrap_or_default(),
        created_us: row.created_at.as_micros(),
        expires_us: Some(found.expires_us),
        tags: found.tags.clone(),
        media,
        checks: report.checks.iter().map(check).collect(),
        reasons: report.reasons.clone(),
        regions: report
            .regions
            .iter()
            .map(|region| RegionLine {
                name: region.name.clone(),
                kind: region.kind.clone(),
                action: region.action.clone(),
                from: region.from_s,
                to: region.to_s,
            })
            .collect(),
        wholly_hidden: report
            .wholly_hidden_s
            .iter()
            .map(|[from, to]| (*from, *to))
            .collect(),
        stills: found
            .stills
            .iter()
            .enumerate()
            .map(|(number, at)| {
                let place = format!("/api/v1/recordings/{id}/stills/{number}");
                Still {
                    at: at.seconds(),
                    before: reader
                        .may(May::OriginalsView)
                        .then(|| format!("{place}/before")),
                    after: format!("{place}/after"),
                }
            })
            .collect(),
        transcript,
        fresh_link: fresh_link.map(|link| address(app, link)),
        links: found.links.iter().map(|link| line(app, link)).collect(),
        may_publish: reader.may(May::RecordingsPublish),
        may_override: reader.may(May::RecordingsOverride),
        may_edit: reader.may(May::RecordingsEdit),
        may_edit_transcript: reader.may(May::TranscriptsEdit),
        may_link: reader.may(May::LinksManage),
        may_process: reader.may(May::JobsManage),
        id,
    }
}

fn check(check: &Check) -> CheckLine {
    CheckLine {
        name: check.name.clone(),
        verdict: match check.verdict.as_str() {
            "passed" => CheckVerdict::Passed,
            "not_checked" => CheckVerdict::NotChecked,
            _ => CheckVerdict::Failed,
        },
        found: check.found.clone(),
        how: check.how.clone(),
    }
}

fn address(app: &App, link: &Link) -> String {
    format!("{}/d/{}", app.settings.url(), link.secret.expose())
}

fn line(app: &App, link: &Link) -> LinkLine {
    LinkLine {
        id: link.id.to_string(),
        label: link.label.clone(),
        href: Some(address(app, link)),
        created_us: link.created_at.as_micros(),
        valid_until_us: link.expires_at.as_micros(),
        uses: link.uses,
        most_uses: link.most_uses,
        allowed: link
            .allows
            .split_whitespace()
            .filter(|word| *word != "play")
            .map(str::to_owned)
            .collect(),
        has_password: link.has_password,
        audience: link.audience.clone(),
        state: match link.state {
            LinkStands::Good => LinkState::Valid,
            LinkStands::Expired => LinkState::Expired,
            LinkStands::Revoked => LinkState::Revoked,
            LinkStands::UsedUp => LinkState::UsedUp,
        },
    }
}

pub(crate) async fn title(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let recording = recordings::id(&id)?;
    let title = api::text("title", form.text("title"), 200)?;
    let asking = caller.clone();
    app.act(&caller, move |vault| {
        let row = api::owned(vault, &asking, recording)?;
        Ok(vault.set_title(row.tenant, recording, &title)?)
    })
    .await?;
    Ok(frame::done(
        &format!("/recordings/{recording}#details"),
        "flash-saved",
    ))
}

pub(crate) async fn tags(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let recording = recordings::id(&id)?;
    let parse = |word: &str| {
        word.parse()
            .map_err(|_| Problem::invalid("tags", "this is no tag"))
    };
    let wanted: Vec<Tag> = form
        .text("tags")
        .split_whitespace()
        .map(parse)
        .collect::<Result<_, _>>()?;
    let asking = caller.clone();
    app.act(&caller, move |vault| {
        api::owned(vault, &asking, recording)?;
        let there = vault.tags(recording)?;
        let gone: Vec<Tag> = there
            .into_iter()
            .filter(|tag| !wanted.contains(tag))
            .collect();
        Ok(vault.change_tags(recording, &wanted, &gone)?)
    })
    .await?;
    Ok(frame::done(
        &format!("/recordings/{recording}#details"),
        "flash-saved",
    ))
}

pub(crate) async fn make_link(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let recording = recordings::id(&id)?;
    let mut allows = form.all("allow");
    // Whoever has a link may look at the recording.
    allows.push("play".to_owned());
    let wanted = api::LinkToMake {
        label: form.text("label").to_owned(),
        audience: form.text("audience").to_owned(),
        allows,
        days: form.number("days")?,
        password: form.given("password").map(str::to_owned),
        most_uses: match form.given("uses") {
            None => None,
            Some(_) => Some(form.number("uses")?),
        },
    };
    let link = api::new_link(&app, &caller, recording, wanted).await?;
    // The id alone: the secret is no part of an address that browsers remember.
    let to = format!("/recordings/{recording}?link={}#links", link.id);
    Ok(frame::done(&to, "flash-link-made"))
}

pub(crate) async fn revoke_link(
    State(app): State<App>,
    caller: Caller,
    Path((id, link)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let recording = recordings::id(&id)?;
    let link: LinkId = api::parsed_id(&link, "link")?;
    let tenant = caller.tenant();
    let revoked = app
        .act(&caller, move |vault| {
            Ok(vault.revoke_link(tenant, link, now())?)
        })
        .await?;
    if !revoked {
        return Err(Problem::new(StatusCode::NOT_FOUND, "there is no such link"));
    }
    Ok(frame::done(
        &format!("/recordings/{recording}#links"),
        "flash-link-revoked",
    ))
}

pub(crate) async fn publish(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    decided(
        &app,
        &caller,
        &id,
        Decision::Publish,
        None,
        "flash-published",
    )
    .await
}

pub(crate) async fn override_gate(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    if form.text("sure") != "yes" {
        return Err(Problem::invalid("sure", "say that you are sure"));
    }
    let reason = form.given("reason");
    decided(
        &app,
        &caller,
        &id,
        Decision::Override,
        reason,
        "flash-published",
    )
    .await
}

pub(crate) async fn withdraw(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let reason = form.given("reason");
    decided(
        &app,
        &caller,
        &id,
        Decision::Withdraw,
        reason,
        "flash-withdrawn",
    )
    .await
}

async fn decided(
    app: &App,
    caller: &Caller,
    id: &str,
    decision: Decision,
    reason: Option<&str>,
    said: &'static str,
) -> Result<Response, Problem> {
    let recording = recordings::id(id)?;
    api::decide(app, caller, recording, decision, reason).await?;
    Ok(frame::done(&format!("/recordings/{recording}"), said))
}

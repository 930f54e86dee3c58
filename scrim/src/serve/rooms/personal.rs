//! The page behind a personal link: what somebody has said in a room, the receipt of it, and taking
//! it back.
//!
//! > **Looking at it changes nothing.** Programs follow links in mail before people do.

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use scrim_policy::{ConsentPurpose, ConsentState as Said, RecordingId, RetentionClass, TenantId};
use scrim_sfu::room::Input;
use scrim_storage::{
    RecordingState, Vault,
    catalog::RecordingRow,
    service::{Bearer, Consent, LinkSecret, Meeting, Room},
};

use super::super::{
    app::{App, now},
    messages::{self, Happened, Receivers},
    problem::Problem,
    site::{Form, Reader, done},
    view::{
        ConsentState, PersonalAnswer, PersonalClosedPage, PersonalNotice, PersonalPage,
        PersonalRecording,
    },
};

/// What there is behind a personal link.
struct Behind {
    consent: Consent,
    is_kept: bool,
    recordings: Vec<PersonalRecording>,
}

/// Why there is nothing.
#[derive(Clone, Copy)]
enum Closed {
    /// It can be no personal link.
    Unknown,
    /// It may have been one.
    Gone,
}

impl Closed {
    const fn status(self) -> StatusCode {
        match self {
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
        }
    }

    fn draw(self, reader: &Reader) -> Response {
        let page = PersonalClosedPage {
            frame: reader.frame(None),
            is_gone: matches!(self, Self::Gone),
        };
        reader.draw_as(self.status(), &page)
    }
}

/// Returns the path of the page of a personal link.
pub(super) fn path(secret: &str) -> String {
    format!("/consent/{secret}")
}

pub(crate) async fn show(
    State(app): State<App>,
    reader: Reader,
    Path(secret): Path<String>,
) -> Result<Response, Problem> {
    match behind(&app, &secret).await? {
        Ok(behind) => Ok(reader.draw(&page(&app, &reader, &secret, behind, false))),
        Err(closed) => Ok(closed.draw(&reader)),
    }
}

pub(crate) async fn receipt(
    State(app): State<App>,
    Path(secret): Path<String>,
) -> Result<Response, Problem> {
    let found = app.ask(move |vault| find(vault, &secret)).await?;
    let consent = found.map_err(|closed| {
        let detail = match closed {
            Closed::Unknown => "there is no such link",
            Closed::Gone => "nothing is left of this meeting",
        };
        Problem::new(closed.status(), detail)
    })?;
    let json = app.vault.receipt(&consent).to_json();
    let mut response = json.into_response();
    let fields = response.headers_mut();
    let kind = HeaderValue::from_static("application/json");
    fields.insert(header::CONTENT_TYPE, kind);
    let name = format!("attachment; filename=\"receipt-{}.json\"", consent.id);
    if let Ok(name) = HeaderValue::from_str(&name) {
        fields.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

pub(crate) async fn take_back(
    State(app): State<App>,
    reader: Reader,
    Path(secret): Path<String>,
    form: Form,
) -> Result<Response, Problem> {
    let behind = match behind(&app, &secret).await? {
        Ok(behind) => behind,
        Err(closed) => return Ok(closed.draw(&reader)),
    };
    let words = form.all("purpose");
    let is_all = form.given("all").is_some();
    let all = ConsentPurpose::ALL.into_iter();
    let is_meant = |one: &ConsentPurpose| is_all || words.iter().any(|word| word == one.as_str());
    let mut purposes: Vec<ConsentPurpose> = all.filter(is_meant).collect();
    if purposes.is_empty() {
        let page = page(&app, &reader, &secret, behind, true);
        return Ok(reader.draw_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let consent = behind.consent;
    purposes.retain(|purpose| consent.said.is_allowed(*purpose));
    if !purposes.is_empty() {
        refuse(&app, &consent, &purposes).await?;
    }
    Ok(done(&path(&secret), "receipt-flash"))
}

/// Lets a no hold: in the room while it runs, and for what was recorded of it after that.
async fn refuse(app: &App, consent: &Consent, purposes: &[ConsentPurpose]) -> Result<(), Problem> {
    let mut has_heard = false;
    if let Some(live) = app.rooms.running(consent.room) {
        keep(app, consent, purposes, Meeting::GoesOn).await?;
        let input = Input::Refused {
            participants: consent.said.participants.clone(),
            purposes: purposes.to_vec(),
        };
        has_heard = live.tell(input).await;
    }
    if !has_heard {
        keep(app, consent, purposes, Meeting::IsOver).await?;
    }
    Ok(())
}

async fn keep(
    app: &App,
    consent: &Consent,
    purposes: &[ConsentPurpose],
    meeting: Meeting,
) -> Result<(), Problem> {
    let (telling, consent, purposes) = (app.clone(), consent.clone(), purposes.to_vec());
    app.ask(move |vault| {
        let withdrawn = vault.take_back(&consent, &purposes, meeting, now())?;
        let room = vault.room(consent.tenant, consent.room)?;
        tell(&telling, consent.tenant, room.as_ref(), &withdrawn);
        Ok(())
    })
    .await?;
    app.refusals.notify_one();
    Ok(())
}

/// Tells whoever held a meeting that recordings of it were withdrawn; whoever publishes, where the
/// room is gone.
pub(super) fn tell(app: &App, tenant: TenantId, room: Option<&Room>, withdrawn: &[RecordingId]) {
    if withdrawn.is_empty() {
        return;
    }
    let happened = Happened {
        event: "recording.withdrawn",
        alert: None,
        data: serde_json::json!({ "recordings": withdrawn, "reason": "refused" }),
        page: "/recordings?state=withdrawn".to_owned(),
        to: room.map_or(Receivers::Publishers, |room| {
            Receivers::Account(room.made_by)
        }),
    };
    messages::tell(app, tenant, &happened);
}

/// Finds what a personal link leads to, as long as something is left of the meeting.
fn find(vault: &Vault, secret: &str) -> Result<Result<Consent, Closed>, Problem> {
    let Some(secret) = LinkSecret::parse(Bearer::Personal, secret) else {
        return Ok(Err(Closed::Unknown));
    };
    match vault.consent(&secret)? {
        Some(consent) if !vault.is_over_and_gone(&consent)? => Ok(Ok(consent)),
        _ => Ok(Err(Closed::Gone)),
    }
}

async fn behind(app: &App, secret: &str) -> Result<Result<Behind, Closed>, Problem> {
    let secret = secret.to_owned();
    app.ask(move |vault| {
        let consent = match find(vault, &secret)? {
            Ok(consent) => consent,
            Err(closed) => return Ok(Err(closed)),
        };
        let recorded = vault.recorded(consent.tenant, consent.room)?;
        let made = recorded.recordings.iter();
        let recordings = made
            .map(|row| standing(vault, row))
            .collect::<Result<_, _>>()?;
        Ok(Ok(Behind {
            is_kept: !recorded.sessions.is_empty(),
            recordings,
            consent,
        }))
    })
    .await
}

fn standing(vault: &Vault, row: &RecordingRow) -> Result<PersonalRecording, Problem> {
    Ok(match row.state {
        RecordingState::Published => {
            let rules = vault.retention_rules(row.tenant)?;
            let period = rules.period(RetentionClass::Published, &vault.tags(row.id)?);
            let until = row.created_at.plus_days(period.count());
            PersonalRecording::Published {
                until_us: until.as_micros(),
            }
        }
        RecordingState::Withdrawn => PersonalRecording::Withdrawn,
        _ => PersonalRecording::BeingMade,
    })
}

fn page(
    app: &App,
    reader: &Reader,
    secret: &str,
    behind: Behind,
    has_chosen_nothing: bool,
) -> PersonalPage {
    let Behind {
        consent,
        is_kept,
        recordings,
    } = behind;
    let receipt = consent.receipt_id();
    let said = consent.said;
    let answer = |purpose: ConsentPurpose| PersonalAnswer {
        purpose: purpose.as_str(),
        state: match said.state_of(purpose) {
            Said::Unknown => ConsentState::Unknown,
            Said::Given => ConsentState::Given,
            Said::Refused | Said::Objected => ConsentState::Refused,
            Said::Withdrawn => ConsentState::Withdrawn,
        },
        since_us: said.answer_to(purpose).map(|answer| answer.at_us),
        is_allowed: said.is_allowed(purpose),
    };
    let shown = said.notices.last();
    PersonalPage {
        frame: reader.frame(None),
        path: path(secret),
        answers: ConsentPurpose::ALL.map(answer).into(),
        controller: shown.map_or_else(String::new, |shown| shown.controller.clone()),
        contact: shown.map_or_else(String::new, |shown| shown.contact.clone()),
        is_going_on: app.rooms.running(consent.room).is_some(),
        is_kept,
        recordings,
        notices: said.notices.iter().rev().map(told).collect(),
        title: said.title,
        receipt,
        has_chosen_nothing,
    }
}

fn told(notice: &scrim_storage::service::NoticeShown) -> PersonalNotice {
    PersonalNotice {
        language: notice.language.clone(),
        shown_us: notice.shown_us,
        lines: notice.text.lines().map(str::to_owned).collect(),
    }
}

//! What is answered in a room, on its way into the records of those who answer.
//!
//! ```text
//! page ──► LiveRoom ──► answers ──► keep ──► vault: record, digest of the personal link
//!             ▲                      │
//!             └────── the link ◄─────┘           meeting over ──► mail to whoever was invited
//! ```
//!
//! > **Whoever is told a personal link finds there what they have said.** The link is told once the
//! > answer is kept, not before.

use std::time::Duration;

use scrim_policy::{ConsentRule, InvitationId, Pii, RoomId, TenantId};
use scrim_sfu::{
    live::LiveRoom,
    room::{Answered, Input},
};
use scrim_storage::{
    Timestamp, VaultError,
    service::{Channel, Heard, NoticeShown, Respondent, Room, RoomProtection},
};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{
    super::{
        app::{App, now},
        messages::{Sent, Words},
        texts::{Language, Texts},
    },
    door, notice, personal,
};
use crate::failure::Failure;

/// The longest pause before something is tried again.
const PAUSE_MOST: Duration = Duration::from_secs(60);

/// Keeps what is answered in a room until it ends, and tells people their links.
pub(super) async fn keep(
    app: App,
    room: Room,
    live: LiveRoom,
    mut answers: UnboundedReceiver<Answered>,
) {
    while let Some(answered) = answers.recv().await {
        let participant = answered.participant;
        let Some(secret) = kept(&app, &room, answered).await else {
            continue;
        };
        let link = Pii::new(personal::path(&secret));
        live.tell(Input::Kept { participant, link }).await;
    }
    let closing = app.clone();
    let closed = tokio::task::spawn_blocking(move || close(&closing, &room)).await;
    match closed {
        Ok(Ok(())) => app.messages.notify_one(),
        Ok(Err(failure)) => {
            tracing::error!(error = %failure.whole_message(), "what was answered could not be settled");
        }
        Err(error) => tracing::error!(panicked = error.is_panic(), "settling has a bug"),
    }
    app.refusals.notify_one();
}

/// Keeps one answer, however often that has to be tried. Returns the personal link of whoever has
/// answered; none where nothing of them is kept.
async fn kept(app: &App, room: &Room, answered: Answered) -> Option<String> {
    let time = now();
    let mut pause = Duration::from_secs(1);
    loop {
        let (vault, room, answered) = (app.vault.clone(), room.clone(), answered.clone());
        let id = room.id;
        let trying = tokio::task::spawn_blocking(move || {
            if let Some(new) = to_keep(&room, &answered, time) {
                vault.hear(&new.heard(&room), time)?;
            }
            let respondent = respondent(&answered);
            let is_kept = vault.consent_of(room.id, respondent)?.is_some();
            let link = vault.personal_link(room.id, respondent);
            Ok::<_, VaultError>(is_kept.then(|| link.expose().to_owned()))
        });
        match trying.await {
            Ok(Ok(link)) => return link,
            Ok(Err(error)) => {
                tracing::error!(room = %id, kind = ?error.kind(), %error, "an answer could not be kept");
            }
            Err(error) => {
                tracing::error!(room = %id, panicked = error.is_panic(), "keeping has a bug");
                return None;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = (pause * 2).min(PAUSE_MOST),
            () = app.stop.told() => return None,
        }
    }
}

/// What is to be kept of an answer.
struct ToKeep {
    notice: Option<NoticeShown>,
    answered: Answered,
}

impl ToKeep {
    fn heard<'a>(&'a self, room: &'a Room) -> Heard<'a> {
        Heard {
            room: (room.tenant, room.id),
            title: &room.words.title,
            respondent: respondent(&self.answered),
            participant: self.answered.participant,
            notice: self.notice.as_ref(),
            answer: self.answered.answer,
        }
    }
}

/// Says what is to be kept of an answer. Where nothing is recorded without a yes, whoever was only
/// told has not said anything.
fn to_keep(room: &Room, answered: &Answered, time: Timestamp) -> Option<ToKeep> {
    let RoomProtection::Recorded { rule, .. } = &room.rules.protection else {
        return None;
    };
    let is_answer = answered.answer.is_some() || *rule == ConsentRule::Inform;
    let language = answered.language.and_then(Language::from_tag);
    // Encoders are shown nothing. They send for somebody who was.
    let is_meant = is_answer || language.is_none();
    is_meant.then(|| ToKeep {
        notice: language.and_then(|language| notice::shown(room, language, time)),
        answered: answered.clone(),
    })
}

fn respondent(answered: &Answered) -> Respondent {
    match answered.identity {
        Some(identity) => Respondent::Known(identity.0),
        None => Respondent::Guest(answered.participant),
    }
}

/// Refuses what the room may not have heard any more, and writes to whoever was invited.
fn close(app: &App, room: &Room) -> Result<(), Failure> {
    let (vault, id) = (&app.vault, room.id);
    let withdrawn = vault.settle(room.tenant, id, now())?;
    personal::tell(app, room.tenant, Some(room), &withdrawn);
    let recorded = vault.recorded(room.tenant, id)?;
    let is_recorded = !recorded.sessions.is_empty() || !recorded.recordings.is_empty();
    if !is_recorded || !app.messenger.has_mail() {
        return Ok(());
    }
    for invitation in vault.room_invitations(room.tenant, id)? {
        let respondent = invited(invitation.id);
        if invitation.email.is_some() && vault.consent_of(id, respondent)?.is_some() {
            let target = invitation.id.to_string();
            let words = Words::Personal { room: id };
            vault.add_message(room.tenant, (Channel::Mail, &target), &words, now())?;
        }
    }
    Ok(())
}

/// Who somebody is who was invited.
fn invited(invitation: InvitationId) -> Respondent {
    Respondent::Known(door::identity(&invitation.to_string()).0)
}

/// Writes to somebody who was invited where they find what they have said. The outbox does not hold
/// the link: it is made here.
pub(in crate::serve) fn deliver(
    app: &App,
    tenant: TenantId,
    invitation: &str,
    room: RoomId,
) -> Result<Sent, Failure> {
    const GONE: Sent = Sent::Never("removed");
    let vault = &app.vault;
    let invitations = vault.room_invitations(tenant, room)?;
    let is_meant = |id: InvitationId| id.to_string() == invitation;
    let Some(found) = invitations.iter().find(|one| is_meant(one.id)) else {
        return Ok(GONE);
    };
    let respondent = invited(found.id);
    let (Some(email), Some(consent)) = (&found.email, vault.consent_of(room, respondent)?) else {
        return Ok(GONE);
    };
    if vault.is_over_and_gone(&consent)? {
        return Ok(GONE);
    }
    let shown = consent.said.notices.last();
    let language = shown.and_then(|shown| Language::from_tag(&shown.language));
    let texts = Texts::of(language.unwrap_or_default());
    let secret = vault.personal_link(room, respondent);
    let page = format!("{}{}", app.settings.url(), personal::path(secret.expose()));
    let text = format!(
        "{}\n\n{page}\n\n{}\n\n{}\n",
        texts.say("receipt-mail"),
        texts.say("receipt-mail-keep"),
        texts.say("receipt-mail-why"),
    );
    let letter = (texts.say("receipt-mail-subject"), text);
    Ok(app.messenger.mail(email, (&letter.0, &letter.1)))
}

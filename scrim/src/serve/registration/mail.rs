//! What whoever has registered is told by mail. It names neither the person nor the meeting: mail is
//! not a place for names and titles. The page behind the link shows them.

use scrim_policy::{RegistrationId, TenantId};
use scrim_storage::service::{Registration, RegistrationMail, RegistrationState, Room};

use super::super::{
    api,
    app::App,
    messages::Sent,
    texts::{Language, Texts},
};
use crate::failure::Failure;

/// Sends a mail to somebody who has registered, if it still makes sense.
pub(in crate::serve) fn deliver(
    app: &App,
    tenant: TenantId,
    target: &str,
    mail: RegistrationMail,
) -> Result<Sent, Failure> {
    let Ok(id) = target.parse::<RegistrationId>() else {
        return Ok(Sent::Never("removed"));
    };
    let Some(registration) = app.vault.registration(tenant, id)? else {
        return Ok(Sent::Never("removed"));
    };
    let Some(room) = app.vault.room(tenant, registration.room)? else {
        return Ok(Sent::Never("removed"));
    };
    let Some((subject, text)) = letter(app, &registration, &room, mail)? else {
        return Ok(Sent::Never("outdated"));
    };
    Ok(app
        .messenger
        .mail(&registration.who.email, (&subject, &text)))
}

/// Notes that a mail will not be tried again, whether it has arrived or not.
pub(in crate::serve) fn ended(
    app: &App,
    target: &str,
    mail: RegistrationMail,
) -> Result<(), Failure> {
    if let (RegistrationMail::Refused, Ok(id)) = (mail, target.parse()) {
        app.vault.forget_refused(id)?;
    }
    Ok(())
}

/// Returns subject and text; nothing where the registration went on meanwhile.
fn letter(
    app: &App,
    registration: &Registration,
    room: &Room,
    mail: RegistrationMail,
) -> Result<Option<(String, String)>, Failure> {
    let language = Language::from_tag(&registration.who.language);
    let texts = Texts::of(language.unwrap_or_default());
    let begins = room.opens_at.map(|at| {
        let time = texts.day_and_time(at.as_micros());
        texts.say_with("room-begins", &[("time", time.into())])
    });
    let said = |subject: &str, parts: Vec<Option<String>>| {
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        Some((texts.say(subject), format!("{}\n", parts.join("\n\n"))))
    };
    let secret = registration.secret.as_ref();
    Ok(match (mail, registration.state, secret) {
        (RegistrationMail::Confirm, RegistrationState::Unconfirmed, Some(secret)) => {
            let url = format!("{}/confirm/{}", app.settings.url(), secret.expose());
            said(
                "register-mail-confirm-subject",
                vec![
                    Some(texts.say("register-mail-confirm")),
                    Some(url),
                    begins,
                    Some(texts.say("register-mail-confirm-why")),
                ],
            )
        }
        (RegistrationMail::WayIn, RegistrationState::Invited, Some(secret)) => {
            let found = app.vault.room_invitation(secret)?;
            if found.is_none_or(|(invitation, _)| invitation.is_withdrawn()) {
                return Ok(None);
            }
            said(
                "register-mail-way-in-subject",
                vec![
                    Some(texts.say("register-mail-way-in")),
                    Some(api::way_in(app, room, secret)),
                    begins,
                    Some(texts.say("register-mail-way-in-why")),
                ],
            )
        }
        (RegistrationMail::Refused, RegistrationState::Refused, _) => said(
            "register-mail-refused-subject",
            vec![Some(texts.say("register-mail-refused")), begins],
        ),
        _ => None,
    })
}

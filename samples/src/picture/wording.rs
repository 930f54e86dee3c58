//! The words of the interface.

use crate::scenario::Language;

/// What the interface says in one language.
pub(super) struct Wording {
    pub(super) participants: &'static str,
    pub(super) presenters: &'static str,
    pub(super) attendees: &'static str,
    pub(super) search: &'static str,
    pub(super) invite: &'static str,
    pub(super) chat: &'static str,
    pub(super) everyone: &'static str,
    pub(super) write: &'static str,
    pub(super) leave: &'static str,
}

impl Wording {
    /// Returns the words of a language.
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::De => &GERMAN,
            Language::En => &ENGLISH,
            Language::Fr => &FRENCH,
            Language::It => &ITALIAN,
            Language::Pl => &POLISH,
        }
    }
}

const ENGLISH: Wording = Wording {
    participants: "Participants",
    presenters: "On stage",
    attendees: "Audience",
    search: "Search",
    invite: "Invite",
    chat: "Chat",
    everyone: "Everyone can read this",
    write: "Write a message…",
    leave: "Leave",
};
const GERMAN: Wording = Wording {
    participants: "Teilnehmende",
    presenters: "Auf der Bühne",
    attendees: "Publikum",
    search: "Suchen",
    invite: "Einladen",
    chat: "Chat",
    everyone: "Für alle sichtbar",
    write: "Nachricht schreiben…",
    leave: "Verlassen",
};
const FRENCH: Wording = Wording {
    participants: "Participants",
    presenters: "Sur scène",
    attendees: "Public",
    search: "Rechercher",
    invite: "Inviter",
    chat: "Discussion",
    everyone: "Visible par tous",
    write: "Écrire un message…",
    leave: "Quitter",
};
const ITALIAN: Wording = Wording {
    participants: "Partecipanti",
    presenters: "Sul palco",
    attendees: "Pubblico",
    search: "Cerca",
    invite: "Invita",
    chat: "Chat",
    everyone: "Visibile a tutti",
    write: "Scrivi un messaggio…",
    leave: "Esci",
};
const POLISH: Wording = Wording {
    participants: "Uczestnicy",
    presenters: "Na scenie",
    attendees: "Publiczność",
    search: "Szukaj",
    invite: "Zaproś",
    chat: "Czat",
    everyone: "Widoczne dla wszystkich",
    write: "Napisz wiadomość…",
    leave: "Wyjdź",
};

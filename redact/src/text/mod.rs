//! Names, e-mail addresses and phone numbers taken out of transcripts.
//!
//! [`TextRedactor`] reads a transcript as words with times, as a recogniser heard them, and returns
//! a [`ClearedTranscript`]. Everything that is written to a file takes a [`ClearedTranscript`],
//! and only this module can make one.
//!
//! Names of the roster are found whole and in parts, in any case, without their diacritics,
//! inflected the Polish, German or English way, misspelt by a letter or two, split or run
//! together, and across the border of two segments. They become the person's initials. E-mail
//! addresses and phone numbers, written or spoken, become `[removed]`.
//!
//! It deliberately knows no names but those of the roster, and no speech: where a name was not
//! recognised as text at all, there is nothing here to find.
//!
//! > **When in doubt, hide.** A word that equals part of a roster name is hidden even where it is
//! > an ordinary word of the language. Only forms that merely *resemble* a name are spared when
//! > they are among the most frequent words.
//!
//! ```
//! use scrim_policy::{NamesShown, Roster};
//! use scrim_redact::text::{Segment, TextRedactor, Word};
//!
//! let roster = Roster::parse_csv("name\nAnna Kowalska\n").expect("the roster is valid");
//! let heard = Segment {
//!     speaker: None,
//!     language: "pl".into(),
//!     words: vec![Word::new("Annie", 0, 400), Word::new("Kowalskiej,", 400, 1000)],
//! };
//! let cleared = TextRedactor::new(&roster, NamesShown::Initials).clear(&[heard]);
//! assert_eq!(cleared.text(), "A.K.,");
//! assert_eq!(cleared.removed().names, 1);
//! ```

mod cleared;
mod conversation;
mod email;
mod fold;
mod frequent;
mod inflect;
mod names;
mod person_forms;
mod phone;
mod redactor;
mod token;
mod word;

pub use cleared::{
    ClearedSegment, ClearedSpan, ClearedTranscript, ClearedWord, Removed, SpanKind,
    WrittenTranscript,
};
pub use redactor::{TextRedactor, label};
pub use word::{Segment, Word};

/// What stands where something was taken out without a pseudonym.
pub const REMOVED: &str = "[removed]";

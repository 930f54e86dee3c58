//! Lines and attributes, before anything is understood.

use super::{LONGEST_LINE, LONGEST_TEXT, SdpError};

/// A text taken apart into its sections. Lines that are not attributes are gone: none of them says
/// anything that is needed.
pub(super) struct RawDescription<'a> {
    /// Attributes before the first section.
    pub(super) session: Attributes<'a>,
    pub(super) sections: Vec<RawSection<'a>>,
}

/// A section as it was sent.
pub(super) struct RawSection<'a> {
    /// What follows `m=`.
    pub(super) media_line: &'a str,
    pub(super) attributes: Attributes<'a>,
}

/// Attributes as names and values; a flag has an empty value.
#[derive(Default)]
pub(super) struct Attributes<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Attributes<'a> {
    /// The values of all attributes of this name.
    pub(super) fn all<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'a str> + 'b {
        let named = self.0.iter().filter(move |(other, _)| *other == name);
        named.map(|(_, value)| *value)
    }

    /// Whether there is an attribute of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// The value of an attribute that may be there once.
    pub(super) fn single(&self, name: &'static str) -> Result<Option<&'a str>, SdpError> {
        let mut values = self.all(name);
        let value = values.next();
        match values.next() {
            Some(_) => Err(SdpError::Repeated { attribute: name }),
            None => Ok(value),
        }
    }
}

/// Takes a whole description apart, which begins with `v=0`.
pub(super) fn read_description(text: &str) -> Result<RawDescription<'_>, SdpError> {
    let mut lines = lines(text)?;
    match lines.next().transpose()? {
        Some(('v', "0")) => collect(lines),
        _ => Err(SdpError::Version),
    }
}

/// Takes a part of a description apart, as RFC 8840 sends it.
pub(super) fn read_part(text: &str) -> Result<RawDescription<'_>, SdpError> {
    collect(lines(text)?)
}

fn collect<'a>(
    lines: impl Iterator<Item = Result<(char, &'a str), SdpError>>,
) -> Result<RawDescription<'a>, SdpError> {
    let mut raw = RawDescription {
        session: Attributes::default(),
        sections: Vec::new(),
    };
    for line in lines {
        match line? {
            ('v', _) => return Err(SdpError::Version),
            ('m', media_line) => raw.sections.push(RawSection {
                media_line,
                attributes: Attributes::default(),
            }),
            ('a', attribute) => {
                let attributes = match raw.sections.last_mut() {
                    Some(section) => &mut section.attributes,
                    None => &mut raw.session,
                };
                let named = attribute.split_once(':').unwrap_or((attribute, ""));
                attributes.0.push(named);
            }
            _ => {}
        }
    }
    Ok(raw)
}

/// Letters that RFC 8866 knows.
const KINDS: &str = "vosiuepcbtrzkam";

/// The lines as letter and value.
fn lines(text: &str) -> Result<impl Iterator<Item = Result<(char, &str), SdpError>>, SdpError> {
    if text.len() > LONGEST_TEXT {
        return Err(SdpError::TooLong {
            limit: LONGEST_TEXT,
        });
    }
    // Some clients end with an empty line. None is allowed between others.
    let text = text.trim_end_matches(['\r', '\n']);
    let numbered = text.split('\n').zip(1..);
    Ok(numbered.map(|(raw, number)| line(raw.strip_suffix('\r').unwrap_or(raw), number)))
}

fn line(raw: &str, number: usize) -> Result<(char, &str), SdpError> {
    if raw.len() > LONGEST_LINE {
        return Err(SdpError::LineTooLong {
            line: number,
            limit: LONGEST_LINE,
        });
    }
    // The name of a session may be in any script. It is dropped.
    let is_plain = match raw.starts_with("s=") {
        true => !raw.chars().any(char::is_control),
        false => is_printable(raw),
    };
    if !is_plain {
        return Err(SdpError::Character { line: number });
    }
    let mut letters = raw.chars();
    match (letters.next(), letters.next()) {
        (Some(kind), Some('=')) if KINDS.contains(kind) => Ok((kind, letters.as_str())),
        _ => Err(SdpError::Line { line: number }),
    }
}

/// Whether there are only printable characters of ASCII, blanks included.
pub(super) fn is_printable(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Reads digits and nothing else: no sign, no blank.
pub(super) fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

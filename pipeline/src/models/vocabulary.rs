//! Tokens from the byte-encoder text of GPT-2 back to bytes.

use super::error::ConvertError;

/// The tokens that whisper.cpp reads from a file. It makes up those beyond, and text for them
/// would leak into transcripts.
pub(super) const TOKENS: usize = 50_257;

/// Reads the tokens from the lines of `vocabulary.txt`.
///
/// Line `i` is token `i`. Only the line feed separates lines, and the multilingual file has an
/// empty line that is a token.
pub(super) fn tokens(text: &[u8], n_vocab: usize) -> Result<Vec<Vec<u8>>, ConvertError> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    if lines.len() != n_vocab || lines.len() < TOKENS {
        return Err(ConvertError::Vocabulary { line: lines.len() });
    }
    let token = |(index, line): (usize, &&[u8])| {
        decode(line).ok_or(ConvertError::Vocabulary { line: index + 1 })
    };
    lines.iter().take(TOKENS).enumerate().map(token).collect()
}

fn decode(line: &[u8]) -> Option<Vec<u8>> {
    std::str::from_utf8(line)
        .ok()?
        .chars()
        .map(byte_of)
        .collect()
}

/// GPT-2 writes printable bytes as themselves and the 68 others as U+0100 and up, in order.
fn byte_of(character: char) -> Option<u8> {
    let code = u32::from(character);
    let byte = match code {
        33..=126 | 161..=172 | 174..=255 => code,
        256..=288 => code - 256,
        289..=322 => code - 289 + 127,
        323 => 173,
        _ => return None,
    };
    u8::try_from(byte).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_exactly_one_character() {
        let mut bytes: Vec<u8> = (0..400)
            .filter_map(char::from_u32)
            .filter_map(byte_of)
            .collect();
        assert_eq!(bytes.len(), 256);
        bytes.sort_unstable();
        bytes.dedup();
        assert_eq!(bytes.len(), 256);
        assert_eq!(decode("Ġt".as_bytes()), Some(b" t".to_vec()));
        assert_eq!(decode("日".as_bytes()), None);
        assert_eq!(decode(&[0xff]), None);
    }

    #[test]
    fn a_vocabulary_of_another_length_is_refused() {
        assert!(tokens(b"a\nb\n", 2).is_err());
        let text = "!\n".repeat(TOKENS + 1);
        assert!(tokens(text.as_bytes(), TOKENS + 1).is_ok_and(|tokens| tokens.len() == TOKENS));
        assert!(tokens(text.as_bytes(), TOKENS).is_err());
    }
}

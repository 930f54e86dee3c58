//! Just enough understanding of Rust source text to hold rules about it.

/// What a character of a source file belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Code,
    Comment,
    Literal,
}

/// Returns the text with comments and the contents of literals blanked out. Lines stay lines.
pub(super) fn code_of(text: &str) -> String {
    parts(text)
        .into_iter()
        .map(|(character, part)| match part {
            Part::Code => character,
            _ if character == '\n' => '\n',
            _ => ' ',
        })
        .collect()
}

/// Returns the code, with everything below `#[cfg(test)]` blanked out as well.
pub(super) fn shipped_code_of(text: &str) -> String {
    let mut code: Vec<char> = code_of(text).chars().collect();
    let marker: Vec<char> = "#[cfg(test)]".chars().collect();
    let mut at = 0;
    while at + marker.len() <= code.len() {
        if code[at..at + marker.len()] != marker[..] {
            at += 1;
            continue;
        }
        let end = end_of_item(&code, at + marker.len());
        for character in &mut code[at..end] {
            if *character != '\n' {
                *character = ' ';
            }
        }
        at = end;
    }
    code.into_iter().collect()
}

/// Returns the places of `needle` as line numbers from 1.
pub(super) fn lines_with(code: &str, needle: &str) -> Vec<usize> {
    let holds = |(line, number): (&str, usize)| line.contains(needle).then_some(number);
    code.lines().zip(1..).filter_map(holds).collect()
}

/// The place after the item that begins here: its closing brace, or a semicolon before any brace.
fn end_of_item(code: &[char], start: usize) -> usize {
    let mut depth = 0_usize;
    for (index, character) in code.iter().enumerate().skip(start) {
        match character {
            ';' if depth == 0 => return index + 1,
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

fn parts(text: &str) -> Vec<(char, Part)> {
    let characters: Vec<char> = text.chars().collect();
    let mut parts = Vec::with_capacity(characters.len());
    let mut at = 0;
    while at < characters.len() {
        let (length, part) = token(&characters[at..], at.checked_sub(1).map(|i| characters[i]));
        parts.extend(
            characters[at..at + length]
                .iter()
                .map(|character| (*character, part)),
        );
        at += length;
    }
    parts
}

/// Length and meaning of what begins here.
fn token(rest: &[char], before: Option<char>) -> (usize, Part) {
    let starts = |text: &str| {
        text.chars()
            .enumerate()
            .all(|(i, c)| rest.get(i) == Some(&c))
    };
    let is_in_word =
        before.is_some_and(|character| character.is_alphanumeric() || character == '_');
    if starts("//") {
        let end = rest.iter().position(|character| *character == '\n');
        return (end.unwrap_or(rest.len()), Part::Comment);
    }
    if starts("/*") {
        return (block_comment(rest), Part::Comment);
    }
    if !is_in_word
        && (starts("r\"") || starts("r#") || starts("br\"") || starts("br#"))
        && let Some(length) = raw_string(rest)
    {
        return (length, Part::Literal);
    }
    if starts("\"") {
        return (quoted(rest, '"'), Part::Literal);
    }
    // A lifetime has no closing quote behind one character.
    if starts("'") && (rest.get(1) == Some(&'\\') || rest.get(2) == Some(&'\'')) {
        return (quoted(rest, '\''), Part::Literal);
    }
    (1, Part::Code)
}

fn block_comment(rest: &[char]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at + 1 < rest.len() {
        match (rest[at], rest[at + 1]) {
            ('/', '*') => {
                depth += 1;
                at += 2;
            }
            ('*', '/') => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of a raw string, or nothing where this is a raw name such as `r#do`.
fn raw_string(rest: &[char]) -> Option<usize> {
    let hashes_at = rest.iter().position(|character| *character == 'r')? + 1;
    let hashes = rest[hashes_at..]
        .iter()
        .take_while(|character| **character == '#')
        .count();
    let open = hashes_at + hashes;
    if rest.get(open) != Some(&'"') {
        return None;
    }
    let closes = |at: &usize| {
        rest[*at] == '"'
            && rest[at + 1..]
                .iter()
                .take(hashes)
                .filter(|character| **character == '#')
                .count()
                == hashes
    };
    Some(
        (open + 1..rest.len())
            .find(closes)
            .map_or(rest.len(), |at| at + 1 + hashes),
    )
}

fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            character if character == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

#[test]
fn comments_and_literals_are_no_code() {
    let text = "let a = \"x.unwrap()\"; // y.unwrap()\n/* /* z */ .unwrap() */ b('\"', '\\'', r#\"\"unwrap(\"#);";
    let code = code_of(text);
    assert!(!code.contains("unwrap"), "{code}");
    assert!(code.contains("let a =") && code.contains("b("), "{code}");
    assert_eq!(code.lines().count(), 2);
    let lifetimes = "fn f<'a>(x: &'a str, r#do: u8) { x.unwrap() }";
    assert_eq!(code_of(lifetimes), lifetimes);
}

#[test]
fn test_modules_are_not_shipped() {
    let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() { c.unwrap() }\n}\nfn d() {}\n#[cfg(test)]\nmod far;\nfn e() {}";
    let code = shipped_code_of(text);
    assert!(!code.contains("unwrap") && !code.contains("far"), "{code}");
    assert!(
        code.contains("fn a") && code.contains("fn d") && code.contains("fn e"),
        "{code}"
    );
}

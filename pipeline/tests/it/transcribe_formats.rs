//! The files of a transcript, read again by strict readers.

use proptest::prelude::*;
use scrim_pipeline::transcribe::{write_json, write_srt, write_text, write_vtt};
use scrim_policy::{NamesShown, Roster};
use scrim_redact::text::{ClearedTranscript, Segment, TextRedactor, Word};

/// A subtitle as a reader sees it.
#[derive(Debug, PartialEq)]
struct Cue {
    start_ms: u64,
    end_ms: u64,
    text: String,
}

fn cleared(words: &[(&str, u64, u64)]) -> ClearedTranscript {
    let words = words
        .iter()
        .map(|(text, start, end)| Word::new(*text, *start, *end))
        .collect();
    let segment = Segment {
        speaker: None,
        language: "en".into(),
        words,
    };
    TextRedactor::new(&Roster::default(), NamesShown::Initials).clear(&[segment])
}

fn vtt(transcript: &ClearedTranscript) -> String {
    let mut out = Vec::new();
    write_vtt(transcript, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn srt(transcript: &ClearedTranscript) -> String {
    let mut out = Vec::new();
    write_srt(transcript, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn text(transcript: &ClearedTranscript) -> String {
    let mut out = Vec::new();
    write_text(transcript, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn read_clock(clock: &str, point: char) -> u64 {
    let (seconds, millis) = clock.split_once(point).unwrap();
    let parts: Vec<&str> = seconds.split(':').collect();
    assert!(parts.len() == 3 && parts.iter().all(|part| part.len() >= 2) && millis.len() == 3);
    let number = |text: &str| text.parse::<u64>().unwrap();
    assert!(number(parts[1]) < 60 && number(parts[2]) < 60);
    ((number(parts[0]) * 60 + number(parts[1])) * 60 + number(parts[2])) * 1000 + number(millis)
}

fn read_cue<'a>(mut lines: impl Iterator<Item = &'a str>, point: char) -> Cue {
    let times = lines.next().unwrap();
    let (start, end) = times.split_once(" --> ").unwrap();
    let lines: Vec<&str> = lines.collect();
    assert!((1..=2).contains(&lines.len()), "{lines:?}");
    assert!(
        lines
            .iter()
            .all(|line| !line.trim().is_empty() && !line.contains("-->"))
    );
    for line in &lines {
        assert!(
            line.chars().count() <= 42 || !line.contains(' ') || line.contains('&'),
            "{line}"
        );
    }
    Cue {
        start_ms: read_clock(start, point),
        end_ms: read_clock(end, point),
        text: lines.join(" "),
    }
}

fn read_vtt(file: &str) -> Vec<Cue> {
    let mut blocks = file.trim_end_matches('\n').split("\n\n");
    assert_eq!(blocks.next(), Some("WEBVTT"));
    let cues = blocks.map(|block| {
        let mut cue = read_cue(block.split('\n'), '.');
        assert!(!cue.text.contains(['<', '>']));
        cue.text = cue
            .text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        cue
    });
    cues.collect()
}

fn read_srt(file: &str) -> Vec<Cue> {
    if file.is_empty() {
        return Vec::new();
    }
    let cues = file
        .trim_end_matches('\n')
        .split("\n\n")
        .enumerate()
        .map(|(index, block)| {
            let mut lines = block.split('\n');
            assert_eq!(lines.next(), Some((index + 1).to_string().as_str()));
            let mut cue = read_cue(lines, ',');
            assert!(!cue.text.contains(['<', '>']));
            cue.text = cue.text.replace('‹', "<").replace('›', ">");
            cue
        });
    cues.collect()
}

#[test]
fn cues_end_at_sentences_pauses_and_limits() {
    let transcript = cleared(&[
        ("Good", 1000, 1200),
        ("morning", 1200, 1500),
        ("everybody", 1500, 1900),
        ("here.", 1900, 2400),
        ("Anna", 2500, 2900),
        ("said", 2900, 3000),
        ("yes", 5000, 5200),
    ]);
    assert_eq!(
        vtt(&transcript),
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.400\nGood morning everybody here.\n\n\
         00:00:02.500 --> 00:00:03.500\nAnna said\n\n00:00:05.000 --> 00:00:06.000\nyes\n"
    );
    assert!(srt(&transcript).starts_with("1\n00:00:01,000 --> 00:00:02,400\nGood morning"));
}

#[test]
fn long_cues_break_into_two_lines_of_much_the_same_length() {
    let words: Vec<(&str, u64, u64)> = (0..9)
        .map(|index| ("subtitles", index * 100, index * 100 + 90))
        .collect();
    let cues = vtt(&cleared(&words));
    let lines: Vec<&str> = cues.lines().skip(3).take(2).collect();
    assert_eq!(lines, ["subtitles subtitles subtitles subtitles"; 2]);
}

#[test]
fn markup_and_arrows_in_speech_are_escaped() {
    let transcript = cleared(&[("<b>&amp;", 0, 500), ("-->", 500, 900), ("a\nb", 900, 1000)]);
    assert!(vtt(&transcript).contains("&lt;b&gt;&amp;amp; --&gt; a b"));
    assert!(srt(&transcript).contains("‹b›&amp; --› a b"));
    assert!(text(&transcript).contains("<b>&amp; --> a b"));
}

#[test]
fn an_empty_transcript_is_an_empty_file_of_its_kind() {
    let transcript = cleared(&[]);
    assert_eq!(
        (vtt(&transcript).as_str(), srt(&transcript).as_str()),
        ("WEBVTT\n", "")
    );
    assert_eq!(text(&transcript), "");
}

#[test]
fn text_has_paragraphs_at_pauses_and_sparse_times() {
    let transcript = cleared(&[
        ("One.", 3_723_000, 3_723_400),
        ("Two.", 3_726_000, 3_726_400),
        ("Three", 3_726_500, 3_727_000),
        ("four.", 3_790_000, 3_791_000),
    ]);
    assert_eq!(
        text(&transcript),
        "[1:02:03] One.\n\nTwo. Three\n\n[1:03:10] four.\n"
    );
}

#[test]
fn a_pseudonym_does_not_end_a_sentence() {
    let roster = Roster::parse_csv("name\nAnna Kowalska\n").unwrap();
    let words = ["this", "is", "what", "Anna", "Kowalska", "wrote"];
    let words = words
        .iter()
        .zip(0..)
        .map(|(text, at)| Word::new(*text, at * 300, at * 300 + 300));
    let segment = Segment {
        speaker: None,
        language: "en".into(),
        words: words.collect(),
    };
    let cleared = TextRedactor::new(&roster, NamesShown::Initials).clear(&[segment]);
    assert!(vtt(&cleared).contains("this is what A.K. wrote"));
}

#[test]
fn json_holds_words_with_times_and_language() {
    let mut out = Vec::new();
    write_json(
        &cleared(&[("mail", 0, 300), ("a@b.org", 300, 900)]),
        &mut out,
    )
    .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["segments"][0]["language"], "en");
    assert_eq!(json["segments"][0]["words"][1]["text"], "[removed]");
    assert_eq!(json["segments"][0]["words"][1]["start_ms"], 300);
    assert_eq!(json["removed"]["emails"], 1);
    assert_eq!(json["spans"][0]["kind"], "email");
}

/// Whether a word is the time before a paragraph: `[3:10]` or `[1:03:10]`.
fn is_time(word: &str) -> bool {
    let inside = word
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inside.is_some_and(|time| {
        let is_number = |part: &str| part.parse::<u32>().is_ok();
        time.contains(':') && time.split(':').all(is_number)
    })
}

prop_compose! {
    fn transcript()(words in prop::collection::vec(
        ("[<>&a-zA-Zż.?!-]{1,12}|[a-z]{40,60}|-->|&amp;|\\PC{1,6}", 0..4000_u64, 0..3000_u64), 0..60,
    )) -> ClearedTranscript {
        let mut at = 0;
        let words = words.into_iter().map(|(text, pause, length)| {
            let start = at + pause * pause / 4000;
            at = start + length;
            Word::new(text, start, at)
        });
        let segment = Segment { speaker: None, language: "pl".into(), words: words.collect() };
        TextRedactor::new(&Roster::default(), NamesShown::Initials).clear(&[segment])
    }
}

proptest! {
    #[test]
    fn subtitles_read_back_hold_every_word_once_and_never_overlap(transcript in transcript()) {
        // SubRip has one pair of these for both, see `write_srt`.
        let plain = |text: &str| text.replace('‹', "<").replace('›', ">");
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let spoken = one_line(&transcript.text().replace(char::is_control, " "));
        for cues in [read_vtt(&vtt(&transcript)), read_srt(&srt(&transcript))] {
            let texts: Vec<&str> = cues.iter().map(|cue| cue.text.as_str()).collect();
            let written = one_line(&texts.join(" "));
            prop_assert_eq!(plain(&written), plain(&spoken));
            let mut before = 0;
            for cue in &cues {
                prop_assert!(before <= cue.start_ms && cue.start_ms < cue.end_ms);
                prop_assert!(cue.end_ms - cue.start_ms <= 6000);
                before = cue.end_ms;
            }
        }
    }

    #[test]
    fn text_holds_every_word_once(transcript in transcript()) {
        let written = text(&transcript);
        let words: Vec<&str> = written
            .split_whitespace()
            .filter(|word| !is_time(word))
            .collect();
        let spoken = transcript.text().replace(char::is_control, " ");
        prop_assert_eq!(words, spoken.split_whitespace().collect::<Vec<_>>());
    }
}

#[test]
fn every_format_says_who_speaks_and_never_mixes_two_people() {
    let segment = |speaker: &str, words: &[(&str, u64, u64)]| Segment {
        speaker: Some(speaker.into()),
        language: "en".into(),
        words: words
            .iter()
            .map(|(text, start, end)| Word::new(*text, *start, *end))
            .collect(),
    };
    let voices = [
        vec![segment(
            "A.K.",
            &[("Ready", 0, 300), ("to", 300, 500), ("go?", 500, 900)],
        )],
        vec![segment("M.Z.", &[("Yes.", 1_000, 1_300)])],
    ];
    let roster = Roster::parse_csv("name\nAnna Kowalska\nMarek Zając\n").unwrap();
    let transcript = TextRedactor::new(&roster, NamesShown::Initials).clear_voices(&voices);

    let vtt = vtt(&transcript);
    assert!(vtt.contains("\n<v A.K.>Ready to go?\n"), "{vtt}");
    assert!(vtt.contains("\n<v M.Z.>Yes.\n"), "{vtt}");
    assert!(srt(&transcript).contains("\nM.Z.: Yes.\n"));
    let text = text(&transcript);
    assert_eq!(text, "[0:00:00] A.K.: Ready to go?\n\nM.Z.: Yes.\n");
    let mut json = Vec::new();
    write_json(&transcript, &mut json).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["segments"][1]["speaker"], "M.Z.");
}

//! Cues of a transcript, read from the WebVTT that Scrim wrote.

/// What is said from one moment to another.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cue {
    /// When it begins, in seconds.
    pub(crate) start: f64,
    /// When it ends.
    pub(crate) end: f64,
    /// Who speaks, as the recording calls them.
    pub(crate) speaker: Option<String>,
    /// What is said.
    pub(crate) text: String,
}

/// Reads cues. What is none is left out.
pub(crate) fn read(vtt: &str) -> Vec<Cue> {
    let blocks = vtt.replace("\r\n", "\n");
    blocks.split("\n\n").filter_map(cue).collect()
}

fn cue(block: &str) -> Option<Cue> {
    let mut lines = block.lines().skip_while(|line| !line.contains("-->"));
    let (start, end) = lines.next()?.split_once("-->")?;
    let end = end.split_whitespace().next()?;
    let text = lines.collect::<Vec<_>>().join(" ");
    let (speaker, text) = match text
        .strip_prefix("<v ")
        .and_then(|rest| rest.split_once('>'))
    {
        Some((speaker, text)) => (
            Some(unescaped(speaker)),
            text.trim_end_matches("</v>").to_owned(),
        ),
        None => (None, text),
    };
    Some(Cue {
        start: seconds(start)?,
        end: seconds(end)?,
        speaker,
        text: unescaped(text.trim()),
    })
}

/// Reads `01:02:03.456` or `02:03.456`.
fn seconds(text: &str) -> Option<f64> {
    let mut seconds = 0.0;
    for part in text.trim().split(':') {
        let part: f64 = part.parse().ok()?;
        seconds = seconds * 60.0 + part;
    }
    Some(seconds)
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_are_read_with_times_and_speakers() {
        let vtt = "WEBVTT\n\n1\n00:00:01.500 --> 00:00:03.000\nGood morning,\n[removed] &amp; all.\n\n\
            NOTE x\n\n01:00.000 --> 01:02.250 align:start\n<v A.K.>a &lt; b</v>\n";
        let cues = read(vtt);
        assert_eq!(cues.len(), 2);
        assert_eq!(cues[0].text, "Good morning, [removed] & all.");
        assert_eq!((cues[0].start, cues[0].end), (1.5, 3.0));
        assert_eq!(cues[1].speaker.as_deref(), Some("A.K."));
        assert_eq!((cues[1].start, cues[1].text.as_str()), (60.0, "a < b"));
        assert_eq!(read(""), []);
    }
}

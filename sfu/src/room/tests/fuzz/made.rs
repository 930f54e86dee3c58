//! Scripts in which most of what happens makes sense.

use scrim_policy::ConsentPurpose;

use crate::tests::fuzz::Random;

/// How many are spoken of; there may be fewer, and then the same ones again.
const PEOPLE: usize = 8;
const SOURCES: [&str; 4] = ["microphone", "camera", "screen", "screen_sound"];

pub(super) fn script(random: &mut Random) -> String {
    let mut script = "room".to_owned();
    for word in [
        "inform",
        "waiting",
        "strict",
        "shown",
        "stage",
        "locks",
        "sealed",
        "unrecorded",
    ] {
        // Few rooms cannot be recorded.
        let is_rare = ["sealed", "unrecorded", "locks"].contains(&word);
        if random.one_in(if is_rare { 12 } else { 3 }) {
            script += " ";
            script += word;
        }
    }
    script += "\nknock host\nknock guest\nknock presenter told yes\n";
    for _ in 0..20 + random.below(100) {
        script += &step(random);
    }
    script
}

/// A no by the personal link, to everything or to one purpose.
fn refused(random: &mut Random, who: usize) -> String {
    let all = ConsentPurpose::ALL;
    match random.below(all.len() + 1) {
        at if at < all.len() => format!("refused {who} {}\n", all[at].as_str()),
        _ => format!("refused {who}\n"),
    }
}

fn step(random: &mut Random) -> String {
    let who = random.below(PEOPLE);
    match random.below(24) {
        0 | 1 => knock(random),
        2 => going(random, who),
        3..=5 => format!("beat {}\n", 50 + random.below(3000)),
        6..=9 => publish(random, who),
        10..=12 => answer(random, who),
        13 => refused(random, who),
        14 => {
            let on = !random.one_in(4);
            said(0, &format!(r#""record","on":{on}"#))
        }
        15 | 16 => of_hosts(random, who),
        17 => breakouts(random, who),
        18 => of_media(random, who),
        19 | 20 => said(who, r#""chat","text":"Hello""#),
        21 => said(
            0,
            &format!(r#""admit","participant":"@{who}","admitted":true"#),
        ),
        22 => of_pages(random, who),
        _ => match random.below(30) {
            0 => "end\n".to_owned(),
            1 => "broken\n".to_owned(),
            2 => format!("pass {}\n", random.below(100_000)),
            _ => "beat 2000\n".to_owned(),
        },
    }
}

/// A message whose type and fields are these.
fn said(who: usize, fields: &str) -> String {
    format!("said {who} {{\"type\":{fields}}}\n")
}

fn knock(random: &mut Random) -> String {
    let pass = *random.pick(&["guest", "guest", "guest", "presenter", "registered", "host"]);
    let mut line = format!("knock {pass}");
    if random.one_in(5) {
        line += " encoder";
    }
    if random.one_in(2) {
        line += &format!(" id{}", random.below(3));
    }
    line += *random.pick(&["", "", " told", " told yes", " told no", " told some"]);
    line + "\n"
}

fn going(random: &mut Random, who: usize) -> String {
    let has_media = *random.pick(&["", " media"]);
    match random.below(5) {
        0 => said(who, r#""leave""#),
        1 => format!("lost {who}\n"),
        2 => format!("pass {}\n", random.below(7000)),
        _ => format!("lost {who}\nbeat 1000\nback {who}{has_media}\n"),
    }
}

/// Somebody sends something, or something else than before.
fn publish(random: &mut Random, who: usize) -> String {
    let source = *random.pick(&SOURCES);
    let other = *random.pick(&SOURCES);
    let sources = match source == other || random.one_in(3) {
        true => format!(r#""0":"{source}""#),
        false => format!(r#""0":"{source}","1":"{other}""#),
    };
    let codec = *random.pick(&["vp8", "vp8", "h264"]);
    let mut lines = said(
        who,
        &format!(r#""publish","sdp":"v=0","sources":{{{sources}}}"#),
    );
    lines += &format!("opened {who} {source} {codec}\n");
    if random.one_in(2) {
        lines += &format!("opened {who} {other} {codec}\n");
    }
    lines
}

/// Somebody says something to the notice.
fn answer(random: &mut Random, who: usize) -> String {
    let purpose = random.pick(&ConsentPurpose::ALL).as_str();
    let is_given = !random.one_in(4);
    let notice = if random.one_in(8) {
        "notice-0"
    } else {
        "notice-1"
    };
    let mut lines = String::new();
    if !random.one_in(4) {
        lines += &said(who, &format!(r#""noticed","notice":"{notice}""#));
    }
    let consent = |purpose: &str| {
        let fields =
            format!(r#""consent","purpose":"{purpose}","given":{is_given},"notice":"{notice}""#);
        said(who, &fields)
    };
    match random.one_in(4) {
        true => {
            lines
                + &ConsentPurpose::ALL
                    .map(|purpose| consent(purpose.as_str()))
                    .concat()
        }
        false => lines + &consent(purpose),
    }
}

fn of_hosts(random: &mut Random, who: usize) -> String {
    let seat = *random.pick(&["host", "presenter", "presenter", "attendee", "attendee"]);
    let source = *random.pick(&SOURCES);
    let is_on = random.one_in(2);
    let fields = match random.below(8) {
        0..=3 => format!(r#""seat","participant":"@{who}","seat":"{seat}""#),
        4 => format!(r#""silence","participant":"@{who}","source":"{source}""#),
        5 => format!(r#""lock","locked":{is_on}"#),
        6 => format!(r#""show_people","shown":{is_on}"#),
        _ => format!(r#""remove","participant":"@{who}""#),
    };
    said(0, &fields)
}

fn breakouts(random: &mut Random, who: usize) -> String {
    let (recorded, other) = (random.one_in(2), random.below(PEOPLE));
    let fields = match random.below(5) {
        0 => r#""close_breakouts""#.to_owned(),
        1 | 2 => format!(
            r#""open_breakouts","breakouts":[{{"name":"Hives","recorded":{recorded},"people":["@{who}","@{other}"]}},{{"name":"Honey"}}]"#
        ),
        3 => format!(r#""move","participant":"@{who}""#),
        _ => format!(
            r#""move","participant":"@{who}","breakout":{}"#,
            random.below(3)
        ),
    };
    said(0, &fields)
}

fn of_media(random: &mut Random, who: usize) -> String {
    let (track, other) = (random.below(12), random.below(12));
    match random.below(8) {
        0 => format!("closed {track}\n"),
        1..=3 => format!("speaking {track} {other}\n"),
        4 => "speaking\n".to_owned(),
        5 => format!("capacity {who} {}\n", random.below(4)),
        6 => format!("failed {who} {}\n", random.pick(&["publish", "subscribe"])),
        _ => format!("silent {who}\n"),
    }
}

fn of_pages(random: &mut Random, who: usize) -> String {
    let source = *random.pick(&SOURCES);
    let is_on = random.one_in(2);
    let other = random.below(PEOPLE);
    let fields = match random.below(7) {
        0 | 1 => format!(r#""mute","source":"{source}","muted":{is_on}"#),
        2 => format!(r#""unpublish","source":"{source}""#),
        3 => format!(r#""watch","people":["@{other}"]"#),
        4 => format!(r#""take","video":{is_on}"#),
        5 => format!(r#""hand","raised":{is_on}"#),
        _ => r#""take_over""#.to_owned(),
    };
    said(who, &fields)
}

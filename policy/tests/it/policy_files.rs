use scrim_policy::{LiveLayout, Moment, NamesShown, Policy, PolicyError, RegionAction, TileShows};

const VALID: &str = r##"schema = 1
name = "webinar"

[output]
size = [1280, 720]
background = "#102030"

[names]
show = "initials"

[[region]]
name = "stage"
kind = "stage"
rect = [0.16, 0.0, 0.84, 1.0]
action = "keep"

[[region]]
name = "people"
kind = "participant_list"
rect = [0.0, 0.0, 0.16, 1.0]
action = "fill"
from = "10s"
to = 90
"##;

fn refused(from: &str, to: &str) -> PolicyError {
    assert!(VALID.contains(from), "the fixture has no `{from}`");
    Policy::parse("webinar.toml", &VALID.replacen(from, to, 1)).unwrap_err()
}

/// The only finding of a broken policy, as `line: message (remedy)`.
fn finding(from: &str, to: &str) -> String {
    let error = refused(from, to);
    assert_eq!(error.diagnostics.len(), 1, "{error}");
    let only = &error.diagnostics[0];
    format!(
        "{}: {} ({})",
        only.line,
        only.message.lines().next().unwrap(),
        only.remedy
    )
}

#[test]
fn a_valid_policy_is_read_as_written() {
    let policy = Policy::parse("webinar.toml", VALID).unwrap();
    assert_eq!(policy.name, "webinar");
    assert_eq!(policy.output_size, Some([1280, 720]));
    assert_eq!(policy.background.blue, 0x30);
    assert_eq!(policy.names, NamesShown::Initials);
    assert_eq!(policy.regions[1].action, RegionAction::Fill);
    assert_eq!(policy.regions[1].from, Moment::from_seconds(10.0));
    assert_eq!(policy.regions[1].to, Moment::from_seconds(90.0));
    assert_eq!(policy.regions[0].to, Moment::END);
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_known_one() {
    let text = finding("action = \"keep\"", "acton = \"keep\"");
    assert!(text.starts_with("15: unknown field `acton`"), "{text}");
    assert!(text.ends_with("(did you mean `action`?)"), "{text}");
}

#[test]
fn an_unknown_action_is_refused_with_the_known_ones() {
    let text = finding("action = \"fill\"", "action = \"obliterate\"");
    assert!(
        text.starts_with("21: unknown variant `obliterate`"),
        "{text}"
    );
    assert!(text.contains("keep, hide, fill, blur, initials"), "{text}");
}

#[test]
fn a_missing_key_is_named() {
    let text = finding("kind = \"stage\"\n", "");
    assert!(text.contains("(add the key `kind`)"), "{text}");
}

#[test]
fn keep_and_hidden_must_not_overlap() {
    let text = finding(
        "rect = [0.0, 0.0, 0.16, 1.0]",
        "rect = [0.0, 0.0, 0.17, 1.0]",
    );
    assert!(
        text.starts_with("14: region `stage` is kept but overlaps `people`"),
        "{text}"
    );
}

#[test]
fn overlap_is_allowed_when_the_times_do_not_meet() {
    let text = VALID
        .replacen(
            "rect = [0.0, 0.0, 0.16, 1.0]",
            "rect = [0.0, 0.0, 0.5, 1.0]",
            1,
        )
        .replacen("action = \"keep\"", "action = \"keep\"\nto = \"10s\"", 1);
    assert!(Policy::parse("webinar.toml", &text).is_ok());
}

#[test]
fn rectangles_outside_the_picture_are_refused() {
    for rect in [
        "[0.5, 0.0, 0.6, 1.0]",
        "[-0.1, 0.0, 0.3, 1.0]",
        "[0.2, 0.2, 0.0, 0.5]",
        "[nan, 0.0, 0.5, 0.5]",
    ] {
        let text = finding("[0.16, 0.0, 0.84, 1.0]", rect);
        assert!(
            text.starts_with("14: the rectangle of region `stage`"),
            "{rect}: {text}"
        );
    }
}

#[test]
fn a_policy_that_keeps_nothing_is_refused() {
    let text = finding("action = \"keep\"", "action = \"fill\"");
    assert!(text.contains("nothing is kept"), "{text}");
}

#[test]
fn names_times_sizes_and_colours_are_checked() {
    for (from, to, wanted) in [
        (
            "name = \"people\"",
            "name = \"stage\"",
            "the name `stage` is used twice",
        ),
        (
            "name = \"people\"",
            "name = \" \"",
            "the region has no name",
        ),
        (
            "name = \"webinar\"",
            "name = \"\"",
            "the policy has no name",
        ),
        ("schema = 1", "schema = 2", "schema version 2 is not known"),
        (
            "from = \"10s\"",
            "from = \"95s\"",
            "region `people` ends before it begins",
        ),
        ("from = \"10s\"", "from = \"soon\"", "not a time"),
        ("to = 90", "to = -1", "not a time"),
        (
            "size = [1280, 720]",
            "size = [1281, 720]",
            "cannot be encoded",
        ),
        (
            "size = [1280, 720]",
            "size = [1280, 100000]",
            "cannot be encoded",
        ),
        ("#102030", "#10203", "not a colour"),
    ] {
        let text = finding(from, to);
        assert!(text.contains(wanted), "{to}: {text}");
    }
}

#[test]
fn all_findings_come_at_once_and_in_file_order() {
    let text = VALID
        .replacen("[1280, 720]", "[3, 720]", 1)
        .replacen("\"#102030\"", "\"red\"", 1);
    let error = Policy::parse("webinar.toml", &text).unwrap_err();
    let lines: Vec<usize> = error
        .diagnostics
        .iter()
        .map(|finding| finding.line)
        .collect();
    assert_eq!(lines, [5, 6]);
    assert!(
        error.to_string().starts_with("webinar.toml:5:8: "),
        "{error}"
    );
}

const LIVE: &str = r#"schema = 1
name = "meeting"

[live]
layout = "custom"

[[live.tile]]
name = "slides"
shows = "screen"
rect = [0.0, 0.0, 0.8, 1.0]

[[live.tile]]
name = "speaker"
shows = "speaker"
rect = [0.8, 0.0, 0.2, 0.5]
"#;

/// The findings of a policy for sessions, as `line: message (remedy)`.
fn live_findings(from: &str, to: &str) -> String {
    assert!(LIVE.contains(from), "the fixture has no `{from}`");
    let error = Policy::parse("live.toml", &LIVE.replacen(from, to, 1)).unwrap_err();
    error.to_string().replace("live.toml:", "")
}

#[test]
fn a_policy_for_sessions_needs_no_region() {
    let policy = Policy::parse("live.toml", LIVE).unwrap();
    let Some(LiveLayout::Custom(tiles)) = &policy.live else {
        panic!("{policy:?}")
    };
    assert_eq!(tiles.len(), 2);
    assert_eq!(
        (tiles[0].name.as_str(), tiles[0].shows),
        ("slides", TileShows::Screen)
    );
    for (word, layout) in [
        ("speaker", LiveLayout::Speaker),
        ("presentation", LiveLayout::Presentation),
        ("grid", LiveLayout::Grid),
        ("audio", LiveLayout::Audio),
    ] {
        let text = format!("schema = 1\nname = \"meeting\"\n[live]\nlayout = \"{word}\"\n");
        assert_eq!(
            Policy::parse("live.toml", &text).unwrap().live,
            Some(layout)
        );
    }
    let plain = Policy::parse("live.toml", "schema = 1\nname = \"meeting\"\n[live]\n").unwrap();
    assert_eq!(plain.live, Some(LiveLayout::Presentation));
    assert_eq!(Policy::parse("webinar.toml", VALID).unwrap().live, None);
    let none = Policy::parse("none.toml", "schema = 1\nname = \"nothing\"\n").unwrap_err();
    assert!(none.to_string().contains("nothing is kept"), "{none}");
}

#[test]
fn layouts_of_sessions_are_checked() {
    for (from, to, wanted) in [
        ("layout =", "layot =", "5:1: unknown field `layot`"),
        ("layout =", "layot =", "did you mean `layout`?"),
        ("\"custom\"", "\"mosaic\"", "unknown variant `mosaic`"),
        (
            "\"custom\"",
            "\"grid\"",
            "8:8: tiles are drawn by the layout `custom` only",
        ),
        (
            "shows = \"screen\"",
            "show = \"screen\"",
            "9:1: unknown field `show`",
        ),
        (
            "\"speaker\"\nshows",
            "\"slides\"\nshows",
            "the name `slides` is used twice",
        ),
        ("\"slides\"", "\" \"", "the tile has no name"),
        (
            "0.8, 1.0]",
            "1.8, 1.0]",
            "the rectangle of tile `slides` is not inside the picture",
        ),
        (
            "0.8, 1.0]",
            "0.9, 1.0]",
            "15:8: tile `speaker` overlaps `slides`",
        ),
        (
            "0.2, 0.5]",
            "0.01, 0.5]",
            "tile `speaker` is too small to show anything",
        ),
        ("\"screen\"", "\"speaker\"", "two tiles show the `speaker`"),
    ] {
        let text = live_findings(from, to);
        assert!(text.contains(wanted), "{to}: {text}");
    }
    let head = LIVE.split("[[live.tile]]").next().unwrap();
    let error = Policy::parse("live.toml", head).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the layout `custom` has no tile"),
        "{error}"
    );
    let tile = |index: usize| {
        let x = index as f64 * 0.05;
        format!(
            "[[live.tile]]\nname = \"{index}\"\nshows = \"others\"\nrect = [{x:.2}, 0.0, 0.05, 1.0]\n"
        )
    };
    let tiles = |count: usize| {
        Policy::parse(
            "live.toml",
            &(head.to_owned() + &(0..count).map(tile).collect::<String>()),
        )
    };
    assert!(tiles(16).is_ok());
    let error = tiles(17).unwrap_err();
    assert!(error.to_string().contains("more than 16 tiles"), "{error}");
}

#[test]
fn regions_beside_a_layout_still_have_to_keep_something() {
    let text = VALID.replacen("action = \"keep\"", "action = \"fill\"", 1) + "\n[live]\n";
    let error = Policy::parse("webinar.toml", &text).unwrap_err();
    assert!(error.to_string().contains("nothing is kept"), "{error}");
}

#[test]
fn text_that_is_not_toml_is_refused_at_its_place() {
    let error = Policy::parse("notes.txt", "schema = 1\nDear colleagues,\n").unwrap_err();
    assert_eq!(error.diagnostics[0].line, 2);
}

#[test]
fn the_schema_names_every_key_of_the_example() {
    let schema = serde_json::to_string(&scrim_policy::json_schema()).unwrap();
    for key in [
        "schema",
        "name",
        "source",
        "output",
        "names",
        "region",
        "size",
        "background",
        "show",
        "kind",
        "rect",
        "action",
        "from",
        "to",
        "participant_list",
        "live",
        "layout",
        "tile",
        "shows",
        "presentation",
        "others",
    ] {
        assert!(schema.contains(&format!("\"{key}\"")), "{key}");
    }
    assert!(schema.contains("\"additionalProperties\":false"));
}

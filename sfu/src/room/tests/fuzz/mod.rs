//! Rooms in which everybody does as they like. What pages say is read as it comes over their
//! connections; after each step the rules of rooms are held against what the room wants to be done.
//!
//! An input is a script, one step a line. Numbers name those who knocked, in their order, and tracks;
//! `"@2"` in a message is the id of the third one.
//!
//! ```text
//! room inform waiting shown     at the beginning: in what it differs
//! knock registered id1 told no  who wants in, and what they said to the notice
//! back 2 media                  and `lost 2`, `beat 500` with everybody alive, `pass 500` without
//! said 2 {"type":"leave"}
//! opened 2 camera h264          and `closed 0`, `speaking 0 3`, `capacity 2 1`, `silent 2`
//! failed 2 subscribe            and `broken`: the recording; `end`: the meeting
//! ```

mod made;
mod rules;
mod world;

use self::world::World;
use crate::tests::fuzz::{Fuzz, Grammar, Random};

/// Steps of a script; more are not taken.
const MOST_STEPS: usize = 250;

const GRAMMAR: Grammar = Grammar {
    separators: &[b"\n", b"\n", b"\n", b" \n", b",:{}\"\n"],
    words: &[
        "knock host",
        "knock guest",
        "knock registered id1",
        "knock presenter encoder id1",
        "back 1 media",
        "back 1",
        "lost 1",
        "pass 6000",
        "pass 10000",
        "pass 61000",
        "beat 2000",
        "said 0 {\"type\":\"record\",\"on\":true}",
        "said 0 {\"type\":\"close_breakouts\"}",
        "said 1 {\"type\":\"leave\"}",
        "said 1 {\"type\":\"take_over\"}",
        "failed 1 publish",
        "failed 1 subscribe",
        "microphone",
        "camera",
        "screen",
        "voice",
        "chat",
        "true",
        "false",
        "notice-0",
        "attendee",
        "host",
        "@0",
        "@1",
        "0",
        "1",
        "255",
    ],
};

/// A meeting with something of everything.
const MEETING: &str = r#"room
knock host
knock guest
knock presenter id1 told yes
knock presenter encoder id1
said 1 {"type":"publish","sdp":"v=0","sources":{"0":"camera","1":"microphone"}}
opened 1 camera vp8
opened 1 microphone opus
said 3 {"type":"publish","sdp":"v=0","sources":{"0":"screen"}}
opened 3 screen h264
said 0 {"type":"record","on":true}
said 1 {"type":"noticed","notice":"notice-1"}
said 1 {"type":"consent","purpose":"camera","given":true,"notice":"notice-1"}
said 1 {"type":"consent","purpose":"chat","given":true,"notice":"notice-1"}
said 1 {"type":"chat","text":"Hello"}
beat 200
said 0 {"type":"open_breakouts","breakouts":[{"name":"Hives","recorded":true,"people":["@1","@2"]}]}
speaking 1 0
said 1 {"type":"consent","purpose":"camera","given":false,"notice":"notice-1"}
said 0 {"type":"move","participant":"@1","breakout":null}
said 0 {"type":"seat","participant":"@1","seat":"presenter"}
beat 200
said 0 {"type":"seat","participant":"@1","seat":"attendee"}
said 1 {"type":"publish","sdp":"v=0","sources":{"0":"microphone"}}
lost 1
beat 3000
back 1 media
lost 2
back 2
said 0 {"type":"close_breakouts"}
lost 0
beat 200
said 2 {"type":"take_over"}
said 2 {"type":"remove","participant":"@1"}
broken
said 2 {"type":"end"}
"#;

/// A room with a waiting room that knows who comes.
const WAITING_ROOM: &str = r#"room inform waiting strict shown
knock registered id1 told no
knock registered id2 told yes
knock guest
knock host
said 3 {"type":"admit","participant":"@1","admitted":true}
said 3 {"type":"admit","participant":"@2","admitted":false}
said 3 {"type":"record","on":true}
said 1 {"type":"publish","sdp":"v=0","sources":{"0":"camera"}}
opened 1 camera vp8
knock registered id2
pass 3000
said 4 {"type":"ping"}
pass 4000
knock registered id2 told no
"#;

#[test]
fn whatever_happens_in_a_room_its_rules_hold() {
    let seeds = [MEETING, WAITING_ROOM].map(|script| script.as_bytes().to_vec());
    let make = |random: &mut Random| {
        let script = match random.one_in(4) {
            true => random.pick(&seeds).clone(),
            false => made::script(random).into_bytes(),
        };
        match random.one_in(2) {
            true => GRAMMAR.changed(random, &script, &seeds),
            false => script,
        }
    };
    Fuzz::as_asked().run(&seeds, make, |input| {
        let script = String::from_utf8_lossy(input);
        let mut world = World::open(script.lines().next().unwrap_or_default());
        for step in script.lines().skip(1).take(MOST_STEPS) {
            world.take(step);
        }
        world.had_somebody()
    });
}

/// Guards the test above against rooms in which nothing happens.
#[test]
fn the_scripts_have_something_of_everything() {
    let mut random = Random::new(1);
    let (mut taps, mut slots, mut chats, mut ends) = (0, 0, 0, 0);
    for _ in 0..150 {
        let script = made::script(&mut random);
        let mut world = World::open(script.lines().next().unwrap_or_default());
        script.lines().skip(1).for_each(|step| world.take(step));
        taps += world.seen.taps;
        slots += world.seen.slots;
        chats += world.seen.chats;
        ends += world.seen.ends;
    }
    let counts = [taps, slots, chats, ends];
    assert!(counts.iter().all(|count| *count >= 3), "{counts:?}");
}

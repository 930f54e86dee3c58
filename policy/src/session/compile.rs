//! From a policy and a timeline to a plan.

use super::{
    SessionPlan, SessionScene, Shows, Tile,
    meeting::{Meeting, Participant, Touched},
    scenes::{Scenes, Span},
    stage::{Content, Spot, Stage},
    takes::Takes,
    voices::Voices,
};
use crate::{LiveLayout, Moment, NamesShown, Policy, TimelineEntry, TimelineEvent, initials};

impl SessionPlan {
    /// Width and height of the picture where the policy names none.
    pub const OUTPUT: [u32; 2] = [1280, 720];

    /// Compiles a policy for what happened in a place of a room, up to a moment: in the main room, or in
    /// a breakout, from 0.
    ///
    /// Entries from `until` on change nothing, but for what is refused in them. So a plan that is compiled
    /// again later is the same up to two seconds before `until`, unless somebody refused something
    /// meanwhile.
    pub fn compile(
        policy: &Policy,
        timeline: &[TimelineEntry],
        until: Moment,
        place: Option<u8>,
    ) -> Self {
        let layout = policy.live.clone().unwrap_or_default();
        let size = policy.output_size.unwrap_or(Self::OUTPUT);
        let has_picture = layout != LiveLayout::Audio;
        let mut walk = Walk {
            meeting: Meeting::new(timeline),
            place,
            takes: Takes::default(),
            voices: Voices::default(),
            stage: Stage::new(layout, size),
            scenes: Scenes::default(),
        };
        let mut now = Moment::START;
        for (number, entry) in timeline.iter().enumerate() {
            // The clock of a room never goes back.
            now = now.max(entry.at);
            if now >= until {
                break;
            }
            walk.pass(now);
            walk.take_in(number, &entry.event, now);
        }
        walk.pass(until);
        walk.end_take(until);
        let people = walk.meeting.people();
        let scenes = walk.scenes.ended().into_iter();
        let scenes = scenes.filter(|_| has_picture);
        Self {
            output: has_picture.then_some(size),
            scenes: scenes
                .map(|span| scene(span, people, policy.names))
                .collect(),
            takes: walk.takes.ended(),
            voices: walk.voices.ended(),
        }
    }
}

/// A walk through a timeline, from its start to a moment.
struct Walk {
    meeting: Meeting,
    place: Option<u8>,
    takes: Takes,
    voices: Voices,
    stage: Stage,
    scenes: Scenes,
}

impl Walk {
    /// Does what is due by itself until a moment.
    fn pass(&mut self, until: Moment) {
        while let Some(due) = self.stage.due().filter(|due| *due <= until) {
            self.arrange(due);
        }
    }

    fn take_in(&mut self, number: usize, event: &TimelineEvent, now: Moment) {
        let was_taken = self.meeting.is_taken(self.place);
        let touched = self.meeting.take_in(number, event);
        if let TimelineEvent::Speaks { participant } = event {
            let who = participant.and_then(|one| self.meeting.number_of(one));
            self.stage.speaks(who, now);
        } else if touched == Touched::Nobody {
            return;
        }
        match (was_taken, self.meeting.is_taken(self.place)) {
            (false, true) => self.takes.begin(now),
            (true, false) => self.end_take(now),
            _ => {}
        }
        self.listen(touched, now);
        self.arrange(now);
    }

    fn end_take(&mut self, now: Moment) {
        let Some(recorded) = self.takes.recorded_at(now) else {
            return;
        };
        self.voices.hush(recorded);
        self.scenes.end_take(recorded);
        self.takes.end(now);
    }

    fn listen(&mut self, touched: Touched, now: Moment) {
        let Some(recorded) = self.takes.recorded_at(now) else {
            return;
        };
        let people = self.meeting.people();
        let people: &[Participant] = match touched {
            Touched::Nobody => &[],
            Touched::Somebody(who) => &people[who..=who],
            Touched::Everybody => people,
        };
        for one in people {
            let tracks: Vec<_> = one.voices().filter(|_| one.is_in(self.place)).collect();
            self.voices.hear(one.id, &tracks, recorded);
        }
    }

    /// What is on the canvas is followed while nothing is recorded as well, so that a take begins with
    /// whoever speaks then.
    fn arrange(&mut self, now: Moment) {
        let spots = self.stage.arrange(&self.meeting, self.place, now);
        if let Some(recorded) = self.takes.recorded_at(now) {
            self.scenes.show(spots, recorded);
        }
    }
}

fn scene(span: Span, people: &[Participant], names: NamesShown) -> SessionScene {
    let tiles = span.spots.iter();
    SessionScene {
        from: span.from,
        to: span.to,
        tiles: tiles
            .map(|spot| tile(spot, &people[spot.who], names))
            .collect(),
    }
}

/// Writes what people may be called: on a screen, who shares it. A plate has no label that says the same
/// again.
fn tile(spot: &Spot, person: &Participant, names: NamesShown) -> Tile {
    let initials = || person.initials.clone();
    let name = || initials::reading_order(person.name.reveal());
    let (shows, label) = match spot.content {
        Content::Screen(track) | Content::Camera(track) => {
            let label = match names {
                NamesShown::Initials => Some(initials()),
                NamesShown::Full => Some(name()),
                NamesShown::Hidden => None,
            };
            (Shows::Track(track), label)
        }
        Content::Plate => {
            let plate = Shows::Plate {
                text: match names {
                    NamesShown::Hidden => String::new(),
                    NamesShown::Initials | NamesShown::Full => initials(),
                },
                // There are fewer colours than numbers.
                colour: spot.who as u16,
            };
            (plate, (names == NamesShown::Full).then(name))
        }
    };
    Tile {
        rect: spot.rect,
        shows,
        label,
    }
}

//! What is on the canvas at a moment, and where.

use std::{cmp::Reverse, collections::BTreeSet};

use super::{
    layout::{self, Beside, STRIP},
    meeting::Meeting,
    speaker::Floor,
};
use crate::{LiveLayout, Moment, PixelRect, Role, TileShows, TrackId, TrackSource};

/// Most tiles of a grid.
const MOST_TILES: usize = 16;

/// What is in a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Screen(TrackId),
    Camera(TrackId),
    Plate,
}

/// A tile before anything is written on it. `who` is a position in the order of joining.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) rect: PixelRect,
    pub(super) who: usize,
    pub(super) content: Content,
}

/// Somebody who can be seen, by a camera or by a plate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) who: usize,
    content: Content,
}

/// A screen that can be seen.
#[derive(Clone, Copy, Debug)]
struct Shared {
    who: usize,
    track: TrackId,
    /// How late it was opened.
    number: u64,
}

/// Decides what is where. What it did before counts: people keep their places.
#[derive(Debug)]
pub(super) struct Stage {
    layout: LiveLayout,
    canvas: [u32; 2],
    /// A large tile and a strip, where both fit.
    beside: Option<Beside>,
    /// The tiles of a layout that the policy draws itself.
    tiles: Vec<(TileShows, PixelRect)>,
    floor: Floor,
    places: Places,
}

impl Seen {
    /// Whether there is a picture of them.
    pub(super) const fn has_camera(&self) -> bool {
        matches!(self.content, Content::Camera(_))
    }

    const fn at(&self, rect: PixelRect) -> Spot {
        Spot {
            rect,
            who: self.who,
            content: self.content,
        }
    }
}

impl Shared {
    const fn at(&self, rect: PixelRect) -> Spot {
        Spot {
            rect,
            who: self.who,
            content: Content::Screen(self.track),
        }
    }
}

impl Stage {
    pub(super) fn new(layout: LiveLayout, canvas: [u32; 2]) -> Self {
        let [width, height] = canvas;
        let (tiles, places) = match &layout {
            LiveLayout::Custom(tiles) => {
                let tiles = tiles
                    .iter()
                    .map(|tile| (tile.shows, tile.rect.inner_even_pixels(width, height)));
                let tiles: Vec<_> = tiles.collect();
                let others = tiles.iter().filter(|tile| tile.0 == TileShows::Others);
                let others = others.count();
                (tiles, others)
            }
            _ => (Vec::new(), STRIP as usize),
        };
        Self {
            layout,
            canvas,
            beside: layout::beside(canvas),
            tiles,
            floor: Floor::default(),
            places: Places::new(places),
        }
    }

    /// Somebody takes the floor, or nobody has it.
    pub(super) fn speaks(&mut self, who: Option<usize>, now: Moment) {
        self.floor.speaks(who, now);
    }

    /// Returns when something changes by itself.
    pub(super) const fn due(&self) -> Option<Moment> {
        self.floor.due()
    }

    /// Returns what is on the canvas now, of those who are in a place.
    pub(super) fn arrange(
        &mut self,
        meeting: &Meeting,
        place: Option<u8>,
        now: Moment,
    ) -> Vec<Spot> {
        let seen = seen(meeting, place);
        let screens = screens(meeting, place);
        self.floor.settle(now, &seen);
        let shown = self.floor.shown();
        let shown = seen.iter().find(|one| Some(one.who) == shown);
        match &self.layout {
            LiveLayout::Audio => Vec::new(),
            LiveLayout::Speaker => {
                let large = shown.map(|one| one.at(layout::whole(self.canvas)));
                large.into_iter().collect()
            }
            LiveLayout::Presentation => self.present(&seen, screens.first(), shown),
            LiveLayout::Grid => self.grid(&seen, &screens),
            LiveLayout::Custom(_) => self.custom(meeting, &seen, &screens, shown),
        }
    }

    /// A screen or whoever speaks, and those beside who spoke last or have a camera.
    fn present(
        &mut self,
        seen: &[Seen],
        screen: Option<&Shared>,
        shown: Option<&Seen>,
    ) -> Vec<Spot> {
        let large_one = shown.filter(|_| screen.is_none()).map(|one| one.who);
        let others = seen.iter().filter(|one| Some(one.who) != large_one);
        let wanted = self.latest(others.copied());
        self.places.fill(&wanted);
        let is_alone = wanted.is_empty();
        let beside = self.beside.as_ref().filter(|_| !is_alone);
        let large = beside.map_or(layout::whole(self.canvas), |beside| beside.large);
        let large = match screen {
            Some(screen) => Some(screen.at(large)),
            None => shown.map(|one| one.at(large)),
        };
        let strip = beside.map_or(&[][..], |beside| &beside.strip[..]);
        let strip = self.places.filled(seen, strip.iter().copied());
        large.into_iter().chain(strip).collect()
    }

    /// Everybody in the order of joining. Where there is no room for all, those who spoke last.
    fn grid(&self, seen: &[Seen], screens: &[Shared]) -> Vec<Spot> {
        let mut screens: Vec<&Shared> = screens.iter().take(MOST_TILES).collect();
        screens.sort_by_key(|screen| screen.number);
        let mut people = seen.to_vec();
        let room = MOST_TILES - screens.len();
        if people.len() > room {
            people.sort_by_key(|one| self.floor.order_of(one));
            people.truncate(room);
            people.sort_by_key(|one| one.who);
        }
        let rects = layout::grid(self.canvas, screens.len() + people.len());
        let mut rects = rects.into_iter();
        let screens = screens.into_iter().zip(rects.by_ref());
        let mut spots: Vec<Spot> = screens.map(|(screen, rect)| screen.at(rect)).collect();
        spots.extend(people.iter().zip(rects).map(|(one, rect)| one.at(rect)));
        spots
    }

    /// The tiles of the policy. Nobody is in two of them; the first one in the file has the choice.
    fn custom(
        &mut self,
        meeting: &Meeting,
        seen: &[Seen],
        screens: &[Shared],
        shown: Option<&Seen>,
    ) -> Vec<Spot> {
        let mut newest = screens.iter();
        let mut taken = BTreeSet::new();
        let mut spots = Vec::new();
        for (shows, rect) in &self.tiles {
            let is_free = |one: &&Seen| !taken.contains(&one.who);
            let person = match shows {
                TileShows::Screen => {
                    spots.extend(newest.next().map(|screen| screen.at(*rect)));
                    continue;
                }
                TileShows::Others => continue,
                TileShows::Speaker => shown.filter(is_free).or_else(|| {
                    let free = seen.iter().filter(is_free);
                    let spoke = free.filter(|one| self.floor.turn_of(one.who) > 0);
                    spoke.min_by_key(|one| self.floor.order_of(one))
                }),
                TileShows::Presenter => self
                    .presenter(meeting, seen, screens.first())
                    .filter(is_free),
            };
            taken.extend(person.map(|one| one.who));
            spots.extend(person.map(|one| one.at(*rect)));
        }
        let others = seen.iter().filter(|one| !taken.contains(&one.who));
        let wanted = self.latest(others.copied());
        self.places.fill(&wanted);
        let tiles = self.tiles.iter();
        let rects = tiles.filter_map(|(shows, rect)| {
            let is_for_others = *shows == TileShows::Others;
            is_for_others.then_some(*rect)
        });
        spots.extend(self.places.filled(seen, rects));
        spots
    }

    /// Whoever shares the newest screen; without one, the organiser or presenter who spoke last.
    fn presenter<'a>(
        &self,
        meeting: &Meeting,
        seen: &'a [Seen],
        screen: Option<&Shared>,
    ) -> Option<&'a Seen> {
        if let Some(screen) = screen {
            return seen.iter().find(|one| one.who == screen.who);
        }
        let is_on_stage = |one: &&Seen| {
            let role = meeting.people()[one.who].role;
            matches!(role, Role::Organiser | Role::Presenter)
        };
        let on_stage = seen.iter().filter(is_on_stage);
        on_stage.min_by_key(|one| self.floor.order_of(one))
    }

    /// As many as there are places: those who spoke last, then those with a camera. A plate of
    /// somebody who never said anything would only take room.
    fn latest(&self, people: impl Iterator<Item = Seen>) -> Vec<usize> {
        let mut people: Vec<Seen> = people
            .filter(|one| one.has_camera() || self.floor.turn_of(one.who) > 0)
            .collect();
        people.sort_by_key(|one| self.floor.order_of(one));
        people.truncate(self.places.count());
        people.into_iter().map(|one| one.who).collect()
    }
}

/// Returns everybody in a place who can be seen, in the order of joining.
fn seen(meeting: &Meeting, place: Option<u8>) -> Vec<Seen> {
    let people = meeting.people().iter().enumerate();
    let here = people.filter(|(_, one)| one.is_in(place));
    let seen = here.filter_map(|(who, one)| {
        let camera = one.picture(TrackSource::Camera);
        let camera = camera.map(|(_, track)| Content::Camera(track));
        let plate = || one.may_have_plate().then_some(Content::Plate);
        let content = camera.or_else(plate)?;
        Some(Seen { who, content })
    });
    seen.collect()
}

/// Returns the screens in a place that can be seen, the newest first.
fn screens(meeting: &Meeting, place: Option<u8>) -> Vec<Shared> {
    let people = meeting.people().iter().enumerate();
    let here = people.filter(|(_, one)| one.is_in(place));
    let mut screens: Vec<Shared> = here
        .filter_map(|(who, one)| {
            let (number, track) = one.picture(TrackSource::Screen)?;
            Some(Shared { who, track, number })
        })
        .collect();
    screens.sort_by_key(|screen| Reverse(screen.number));
    screens
}

/// Places that people keep while they are shown.
#[derive(Debug)]
struct Places {
    who: Vec<Option<usize>>,
    /// Who was there last: whoever comes back at once gets the same place.
    last: Vec<Option<usize>>,
}

impl Places {
    fn new(count: usize) -> Self {
        Self {
            who: vec![None; count],
            last: vec![None; count],
        }
    }

    const fn count(&self) -> usize {
        self.who.len()
    }

    /// Gives places to exactly these people, of whom there are not more than places.
    fn fill(&mut self, wanted: &[usize]) {
        for (who, last) in self.who.iter_mut().zip(&mut self.last) {
            if let Some(leaves) = who.take_if(|who| !wanted.contains(who)) {
                *last = Some(leaves);
            }
        }
        for one in wanted {
            if self.who.contains(&Some(*one)) {
                continue;
            }
            let free = (0..self.who.len()).filter(|place| self.who[*place].is_none());
            let place = free.min_by_key(|place| self.last[*place] != Some(*one));
            if let Some(place) = place {
                self.who[place] = Some(*one);
            }
        }
    }

    /// Returns who is where.
    fn filled<'a>(
        &'a self,
        seen: &'a [Seen],
        rects: impl Iterator<Item = PixelRect> + 'a,
    ) -> impl Iterator<Item = Spot> + 'a {
        self.who.iter().zip(rects).filter_map(|(who, rect)| {
            let one = seen.iter().find(|one| Some(one.who) == *who)?;
            Some(one.at(rect))
        })
    }
}

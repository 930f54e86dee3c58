//! Which track is in which slot of a page or a player.

use scrim_policy::TrackId;

use crate::codec::Codec;

/// The codecs that a slot is good for. Two slots share all of them, or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Codecs {
    opus: bool,
    vp8: bool,
    h264: bool,
}

/// The slots of one page, numbered as their sections are offered, or of one player, sound first. They
/// are agreed once; a track that is shown stays in its slot as long as it is shown, so that no picture
/// jumps.
#[derive(Debug)]
pub(super) struct SlotPool {
    slots: Vec<(Codecs, Option<TrackId>)>,
}

impl Codecs {
    fn of(codecs: impl IntoIterator<Item = Codec>) -> Self {
        let mut all = Self::default();
        for codec in codecs {
            match codec {
                Codec::Opus => all.opus = true,
                Codec::Vp8 => all.vp8 = true,
                Codec::H264 => all.h264 = true,
            }
        }
        all
    }

    const fn has(self, codec: Codec) -> bool {
        match codec {
            Codec::Opus => self.opus,
            Codec::Vp8 => self.vp8,
            Codec::H264 => self.h264,
        }
    }
}

impl SlotPool {
    /// The slots of a page, each for one codec.
    pub(super) fn new(codecs: Vec<Codec>) -> Self {
        let slots = codecs.into_iter().map(|codec| Codecs::of([codec]));
        Self {
            slots: slots.map(|codecs| (codecs, None)).collect(),
        }
    }

    /// The slots of a player: one for sound and one for pictures, as far as it takes them.
    pub(super) fn of_player(takes: &[Codec]) -> Self {
        let sort = |is_video| {
            let codecs = takes.iter().copied();
            Codecs::of(codecs.filter(|codec| codec.is_video() == is_video))
        };
        let slots = [sort(false), sort(true)].into_iter();
        let slots = slots.filter(|codecs| *codecs != Codecs::default());
        Self {
            slots: slots.map(|codecs| (codecs, None)).collect(),
        }
    }

    /// Whether something in a codec can be shown.
    pub(super) fn takes(&self, codec: Codec) -> bool {
        self.slots.iter().any(|(codecs, _)| codecs.has(codec))
    }

    /// Returns each slot that has a track.
    pub(super) fn filled(&self) -> impl Iterator<Item = (usize, TrackId)> + '_ {
        let slots = self.slots.iter().enumerate();
        slots.filter_map(|(index, (_, track))| track.map(|track| (index, track)))
    }

    /// Shows these tracks, the first ones where there are too many for the slots of a codec, and
    /// returns what changed: the slot, and what is in it now.
    pub(super) fn fit(&mut self, wanted: &[(TrackId, Codec)]) -> Vec<(usize, Option<TrackId>)> {
        let before: Vec<_> = self.slots.iter().map(|(_, track)| *track).collect();
        let mut sorts: Vec<Codecs> = Vec::new();
        for (codecs, _) in &self.slots {
            if !sorts.contains(codecs) {
                sorts.push(*codecs);
            }
        }
        for codecs in sorts {
            let count = self.slots.iter().filter(|slot| slot.0 == codecs).count();
            let wanted = wanted.iter().filter(|track| codecs.has(track.1));
            let wanted: Vec<_> = wanted.map(|track| track.0).take(count).collect();
            for (of, track) in &mut self.slots {
                if *of == codecs && track.is_some_and(|track| !wanted.contains(&track)) {
                    *track = None;
                }
            }
            for track in wanted {
                self.put(codecs, track, &before);
            }
        }
        let changed = self.slots.iter().enumerate();
        let changed = changed.filter(|(index, slot)| before[*index] != slot.1);
        changed.map(|(index, slot)| (index, slot.1)).collect()
    }

    fn put(&mut self, codecs: Codecs, track: TrackId, before: &[Option<TrackId>]) {
        if self.slots.iter().any(|slot| slot.1 == Some(track)) {
            return;
        }
        let slots = self.slots.iter().enumerate();
        let empty = slots.filter(|(_, slot)| **slot == (codecs, None));
        // One that was empty before spares a picture of somebody else in between.
        let at = empty.min_by_key(|(index, _)| before[*index].is_some());
        if let Some((at, _)) = at {
            self.slots[at].1 = Some(track);
        }
    }
}

#[cfg(test)]
mod tests {
    use scrim_policy::TrackId;

    use super::*;

    fn track(number: u8) -> TrackId {
        TrackId::from_uuid(uuid::Uuid::from_u128(number.into()))
    }

    fn vp8(numbers: &[u8]) -> Vec<(TrackId, Codec)> {
        let tracks = numbers.iter().map(|number| (track(*number), Codec::Vp8));
        tracks.collect()
    }

    #[test]
    fn what_is_shown_stays_where_it_is() {
        let mut pool = SlotPool::new(vec![Codec::Vp8; 3]);
        assert_eq!(
            pool.fit(&vp8(&[1, 2])),
            [(0, Some(track(1))), (1, Some(track(2)))]
        );
        assert_eq!(pool.fit(&vp8(&[2, 3])).len(), 2);
        let filled: Vec<_> = pool.filled().collect();
        assert_eq!(filled, [(1, track(2)), (2, track(3))]);
        assert_eq!(pool.fit(&vp8(&[3, 2])), []);
    }

    #[test]
    fn the_first_of_too_many_are_shown() {
        let mut pool = SlotPool::new(vec![Codec::Vp8; 2]);
        pool.fit(&vp8(&[1, 2, 3]));
        assert!(pool.filled().all(|(_, shown)| shown != track(3)));
        assert_eq!(pool.fit(&vp8(&[3, 1])), [(1, Some(track(3)))]);
        assert_eq!(SlotPool::new(vec![]).fit(&vp8(&[1])), []);
    }

    #[test]
    fn each_codec_has_its_own_slots() {
        let mut pool = SlotPool::new(vec![Codec::Opus, Codec::Vp8, Codec::H264]);
        let wanted = [(track(1), Codec::H264), (track(2), Codec::H264)];
        assert_eq!(pool.fit(&wanted), [(2, Some(track(1)))]);
        assert_eq!(pool.fit(&vp8(&[3])), [(1, Some(track(3))), (2, None)]);
    }

    #[test]
    fn a_player_has_one_slot_for_each_medium_whatever_the_codec() {
        let mut pool = SlotPool::of_player(&[Codec::H264, Codec::Opus, Codec::Vp8]);
        let wanted = [(track(1), Codec::Opus), (track(2), Codec::H264)];
        assert_eq!(
            pool.fit(&wanted),
            [(0, Some(track(1))), (1, Some(track(2)))]
        );
        let wanted = [(track(1), Codec::Opus), (track(3), Codec::Vp8)];
        assert_eq!(pool.fit(&wanted), [(1, Some(track(3)))]);
        let mut deaf = SlotPool::of_player(&[Codec::H264]);
        assert!(deaf.takes(Codec::H264) && !deaf.takes(Codec::Vp8));
        let wanted = [(track(1), Codec::Opus), (track(2), Codec::H264)];
        assert_eq!(deaf.fit(&wanted), [(0, Some(track(2)))]);
    }
}

//! Which track is in which slot of a page.

use scrim_policy::TrackId;

use crate::codec::Codec;

/// The slots of one page, numbered as their sections are offered. They are offered once, each for one
/// codec; a track that is shown stays in its slot as long as it is shown, so that no picture jumps.
#[derive(Debug)]
pub(super) struct SlotPool {
    slots: Vec<(Codec, Option<TrackId>)>,
}

impl SlotPool {
    pub(super) fn new(codecs: Vec<Codec>) -> Self {
        Self {
            slots: codecs.into_iter().map(|codec| (codec, None)).collect(),
        }
    }

    /// Returns each slot that has a track.
    pub(super) fn filled(&self) -> impl Iterator<Item = (usize, TrackId)> + '_ {
        let slots = self.slots.iter().enumerate();
        slots.filter_map(|(index, (_, track))| track.map(|track| (index, track)))
    }

    /// Shows these tracks, the first ones where there are too many for a codec, and returns what
    /// changed: the slot, and what is in it now.
    pub(super) fn fit(&mut self, wanted: &[(TrackId, Codec)]) -> Vec<(usize, Option<TrackId>)> {
        let before: Vec<_> = self.slots.iter().map(|(_, track)| *track).collect();
        for codec in [Codec::Opus, Codec::Vp8, Codec::H264] {
            let count = self.slots.iter().filter(|slot| slot.0 == codec).count();
            let wanted = wanted.iter().filter(|track| track.1 == codec);
            let wanted: Vec<_> = wanted.map(|track| track.0).take(count).collect();
            for (of, track) in &mut self.slots {
                if *of == codec && track.is_some_and(|track| !wanted.contains(&track)) {
                    *track = None;
                }
            }
            for track in wanted {
                self.put(codec, track, &before);
            }
        }
        let changed = self.slots.iter().enumerate();
        let changed = changed.filter(|(index, slot)| before[*index] != slot.1);
        changed.map(|(index, slot)| (index, slot.1)).collect()
    }

    fn put(&mut self, codec: Codec, track: TrackId, before: &[Option<TrackId>]) {
        if self.slots.iter().any(|slot| slot.1 == Some(track)) {
            return;
        }
        let slots = self.slots.iter().enumerate();
        let empty = slots.filter(|(_, slot)| **slot == (codec, None));
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
}

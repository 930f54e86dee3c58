//! Two readers of the same bytes that take turns.

use std::io;

use crate::bytes::SourceBytes;

/// One for the picture, one for the sound.
const MOST: usize = 2;

/// A place that lies less than this behind where a reader is belongs to what it reads. It is the
/// length of a sealed segment.
const NEAR: u64 = 1 << 20;

struct Reader {
    bytes: Box<dyn SourceBytes>,
    position: u64,
    last_used: u64,
}

/// The readers.
pub(super) struct Readers {
    readers: Vec<Reader>,
    turns: u64,
}

impl Readers {
    pub(super) fn new(bytes: Box<dyn SourceBytes>) -> Self {
        let first = Reader {
            bytes,
            position: 0,
            last_used: 0,
        };
        Self {
            readers: vec![first],
            turns: 0,
        }
    }

    /// Reads from a place until `out` is full or nothing is left, and returns how much it was.
    pub(super) fn read(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let index = self.choose(offset)?;
        self.turns += 1;
        let reader = &mut self.readers[index];
        reader.last_used = self.turns;
        let mut filled = 0;
        while filled < out.len() {
            let place = offset + filled as u64;
            match reader.bytes.read_at(place, &mut out[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        reader.position = offset + filled as u64;
        Ok(filled)
    }

    /// The reader that is nearest before the place, or else one that was not used for longest.
    fn choose(&mut self, offset: u64) -> io::Result<usize> {
        let near = self
            .readers
            .iter()
            .enumerate()
            .filter_map(|(index, reader)| {
                let distance = offset.checked_sub(reader.position)?;
                (distance < NEAR).then_some((distance, index))
            });
        if let Some((_, index)) = near.min() {
            return Ok(index);
        }
        if self.readers.len() < MOST {
            let bytes = self.readers[0].bytes.again()?;
            self.readers.push(Reader {
                bytes,
                position: 0,
                last_used: 0,
            });
            return Ok(self.readers.len() - 1);
        }
        let longest = self.readers.iter().enumerate();
        let longest = longest.min_by_key(|(_, reader)| reader.last_used);
        Ok(longest.map_or(0, |(index, _)| index))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;
    use crate::bytes::Revision;

    const LENGTH: u64 = 64 << 20;

    /// Counts how often a reader goes anywhere but on.
    struct Jumpy {
        next: u64,
        jumps: Arc<AtomicUsize>,
    }

    impl SourceBytes for Jumpy {
        fn read_at(&mut self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
            if offset != self.next {
                self.jumps.fetch_add(1, Ordering::Relaxed);
            }
            // Never all at once.
            let left = LENGTH.saturating_sub(offset).min(700);
            let count = out.len().min(usize::try_from(left).unwrap());
            out[..count].fill(offset as u8);
            self.next = offset + count as u64;
            Ok(count)
        }

        fn length(&self) -> io::Result<u64> {
            Ok(LENGTH)
        }

        fn again(&self) -> io::Result<Box<dyn SourceBytes>> {
            Ok(Box::new(Self {
                next: 0,
                jumps: Arc::clone(&self.jumps),
            }))
        }

        fn revision(&self) -> io::Result<Revision> {
            unreachable!("nobody asks")
        }
    }

    #[test]
    fn picture_and_sound_that_lie_apart_are_read_without_jumps() {
        let jumps = Arc::new(AtomicUsize::new(0));
        let mut readers = Readers::new(Box::new(Jumpy {
            next: 0,
            jumps: Arc::clone(&jumps),
        }));
        let mut out = [0; 1000];
        for turn in 0..500 {
            assert_eq!(readers.read(turn * 1000, &mut out).unwrap(), 1000);
            let sound = 40_000_000 + turn * 1000;
            assert_eq!(readers.read(sound, &mut out).unwrap(), 1000);
        }
        assert_eq!(jumps.load(Ordering::Relaxed), 1, "to the first sound");
    }

    #[test]
    fn the_end_is_where_nothing_is_left() {
        let jumps = Arc::new(AtomicUsize::new(0));
        let mut readers = Readers::new(Box::new(Jumpy { next: 0, jumps }));
        let mut out = [0; 1000];
        assert_eq!(readers.read(LENGTH - 300, &mut out).unwrap(), 300);
        assert_eq!(readers.read(LENGTH, &mut out).unwrap(), 0);
    }
}

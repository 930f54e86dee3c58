//! Changes of an input: of its pieces, and of its bytes.

use super::Random;

/// No input becomes longer. Everything that is read ends far below.
const MOST_BYTES: usize = 160 << 10;

/// What the inputs of a target are made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grammar {
    /// The ways to take an input apart: for each, the bytes that end a piece. One that stands here
    /// twice is gone twice as often.
    pub(crate) separators: &'static [&'static [u8]],
    /// Words that mean something, or nearly.
    pub(crate) words: &'static [&'static str],
}

impl Grammar {
    /// Changes an input in a few places. Pieces of `others` may get into it.
    pub(crate) fn changed(&self, random: &mut Random, input: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
        let mut input = input.to_vec();
        for _ in 0..=random.below(3) * random.below(3) {
            input = match random.one_in(5) {
                true => with_other_bytes(random, input),
                false => self.with_other_pieces(random, &input, others),
            };
            input.truncate(MOST_BYTES);
        }
        input
    }

    fn with_other_pieces(&self, random: &mut Random, input: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
        let separators = *random.pick(self.separators);
        let mut pieces = pieces(input, separators);
        let at = random.below(pieces.len());
        let other = random.below(pieces.len());
        match random.below(10) {
            0 | 1 => {
                let end = pieces.len().min(at + 1 + random.below(4));
                pieces.drain(at..end);
            }
            2 => pieces.insert(at, pieces[other].clone()),
            3 => pieces.swap(at, other),
            4 => {
                let moved = pieces.remove(at);
                pieces.insert(other.min(pieces.len()), moved);
            }
            5 => {
                let stranger = random.pick(others);
                let from = self::pieces(stranger, separators);
                let begin = random.below(from.len());
                let end = from.len().min(begin + 1 + random.below(8));
                pieces.splice(at..at, from[begin..end].iter().cloned());
            }
            6 => {
                let most = MOST_BYTES / pieces[at].len().max(1);
                let count = *random.pick(&[2, 5, 40, 200, 5000]);
                pieces[at] = pieces[at].repeat(count.min(most).max(1));
            }
            7 => {
                let number = random.number();
                pieces[at] = with_body(&pieces[at], separators, number.as_bytes());
            }
            8 => {
                let word = *random.pick(self.words);
                pieces[at] = with_body(&pieces[at], separators, word.as_bytes());
            }
            _ => {
                let word = *random.pick(self.words);
                let like = pieces[other].clone();
                pieces.insert(at, with_body(&like, separators, word.as_bytes()));
            }
        }
        pieces.concat()
    }
}

/// The pieces of an input, each with what ends it. There is at least one.
fn pieces(input: &[u8], separators: &[u8]) -> Vec<Vec<u8>> {
    let pieces = input.split_inclusive(|byte| separators.contains(byte));
    let mut pieces: Vec<Vec<u8>> = pieces.map(<[u8]>::to_vec).collect();
    if pieces.is_empty() {
        pieces.push(Vec::new());
    }
    pieces
}

/// Another piece that ends like this one.
fn with_body(piece: &[u8], separators: &[u8], body: &[u8]) -> Vec<u8> {
    let end = piece.last().filter(|last| separators.contains(last));
    body.iter().chain(end).copied().collect()
}

/// Changes bytes, whatever they mean.
pub(crate) fn with_other_bytes(random: &mut Random, mut bytes: Vec<u8>) -> Vec<u8> {
    let at = random.below(bytes.len());
    let end = bytes.len().min(at + 1 + random.below(16));
    match random.below(6) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = *random.pick(&[0, 1, 0x7f, 0x80, 0xbe, 0xff]);
            }
        }
        2 => bytes.insert(at, random.bits() as u8),
        3 => {
            bytes.drain(at..end);
        }
        4 => bytes.truncate(at),
        _ => {
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
    }
    bytes
}

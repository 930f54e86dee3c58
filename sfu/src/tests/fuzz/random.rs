//! Randomness that can be had again.

/// SplitMix64 (Steele, Lea and Flood, 2014). Seeds that follow each other give numbers that have
/// nothing to do with each other.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns 64 bits.
    pub(crate) const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let bits = self.0;
        let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Returns a number below `count`, or 0 where there is none.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.bits() % count.max(1) as u64) as usize
    }

    /// Whether that happens which happens one time of `count`.
    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// Returns one of several, of which there is at least one.
    pub(crate) fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// Returns a number in digits: mostly one at which something ends.
    pub(crate) fn number(&mut self) -> String {
        const EDGES: [&str; 20] = [
            "0",
            "1",
            "-1",
            "2",
            "9",
            "16",
            "64",
            "95",
            "127",
            "128",
            "255",
            "256",
            "65535",
            "65536",
            "2147483647",
            "2147483648",
            "4294967295",
            "4294967296",
            "18446744073709551615",
            "340282366920938463463374607431768211456",
        ];
        if self.one_in(4) {
            let width = self.below(64);
            return (self.bits() >> width).to_string();
        }
        (*self.pick(&EDGES)).to_owned()
    }
}

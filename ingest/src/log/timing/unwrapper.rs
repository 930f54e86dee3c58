//! Counters that overflow, made to run on.

/// Follows a counter of RTP beyond its overflow.
///
/// Each value is taken for the one nearest to the value before: a timestamp may move by less than
/// 2^31 ticks (6.6 hours of video, 12.4 of Opus), a sequence number by less than 2^15.
#[derive(Clone, Copy, Debug)]
pub struct Unwrapper {
    /// Bits of the counter.
    bits: u32,
    last: Option<i64>,
}

impl Unwrapper {
    /// Follows RTP timestamps, of 32 bits.
    pub const fn timestamps() -> Self {
        Self {
            bits: 32,
            last: None,
        }
    }

    /// Follows sequence numbers, of 16 bits.
    pub const fn sequences() -> Self {
        Self {
            bits: 16,
            last: None,
        }
    }

    /// Returns the place of the next value. The first value is its own place.
    pub fn follow(&mut self, value: u32) -> i64 {
        let place = self.place(value);
        self.last = Some(place);
        place
    }

    /// Returns the place of a value without following it. For values from elsewhere, such as the
    /// timestamp of a sender report: a wrong one must not mislead what comes after it.
    pub const fn place(&self, value: u32) -> i64 {
        let Some(last) = self.last else {
            return value as i64;
        };
        let unused = u32::BITS - self.bits;
        // The sign of the difference is that of its highest bit in use.
        let difference = (value.wrapping_sub(last as u32) << unused).cast_signed() >> unused;
        last.saturating_add(difference as i64)
    }
}

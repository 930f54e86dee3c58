//! Reading and writing the numbers of the format.

use super::LogError;

/// Bytes that are read from the front.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    /// Starts at this offset, or at the end where there is no such offset.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            at: at.min(bytes.len()),
        }
    }

    /// Where it is, in bytes from the front.
    pub(super) const fn at(&self) -> usize {
        self.at
    }

    /// How many bytes are left.
    pub(super) const fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Takes that many bytes.
    pub(super) fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], LogError> {
        let rest = &self.bytes[self.at..];
        let taken = rest.get(..count).ok_or(LogError::Short { what })?;
        self.at += count;
        Ok(taken)
    }

    /// Takes a fixed number of bytes.
    pub(super) fn array<const N: usize>(
        &mut self,
        what: &'static str,
    ) -> Result<[u8; N], LogError> {
        let taken = self.take(N, what)?;
        taken.try_into().map_err(|_| LogError::Short { what })
    }

    pub(super) fn u8(&mut self, what: &'static str) -> Result<u8, LogError> {
        self.array(what).map(|[byte]| byte)
    }

    pub(super) fn u32(&mut self, what: &'static str) -> Result<u32, LogError> {
        self.array(what).map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self, what: &'static str) -> Result<u64, LogError> {
        self.array(what).map(u64::from_be_bytes)
    }

    /// Takes a varint. There is one way to write each number, so that no two chunks mean the same.
    pub(super) fn varint(&mut self, what: &'static str) -> Result<u64, LogError> {
        let mut value = 0_u64;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.u8(what)?;
            let bits = u64::from(byte & 0x7f);
            let is_last = byte & 0x80 == 0;
            let is_too_long = is_last && bits == 0 && shift > 0;
            if is_too_long || bits > u64::MAX >> shift {
                return Err(LogError::Varint);
            }
            value |= bits << shift;
            if is_last {
                return Ok(value);
            }
        }
        Err(LogError::Varint)
    }

    /// Takes the number that follows `previous` by a signed varint.
    pub(super) fn next_after(
        &mut self,
        previous: u64,
        what: &'static str,
    ) -> Result<u64, LogError> {
        let coded = self.varint(what)?;
        let difference = (coded >> 1).cast_signed() ^ -(coded & 1).cast_signed();
        Ok(previous.wrapping_add_signed(difference))
    }
}

/// Writes a varint.
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        // The lowest seven bits and the mark that more follow.
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Writes how far `next` lies from `previous`, as a signed varint.
pub(super) fn put_difference(out: &mut Vec<u8>, previous: u64, next: u64) {
    let difference = next.wrapping_sub(previous).cast_signed();
    put_varint(
        out,
        ((difference << 1) ^ (difference >> 63)).cast_unsigned(),
    );
}

//! Header extensions of a packet (RFC 8285).

/// Profile of elements with a header of one byte (RFC 8285, 4.2).
const ONE_BYTE: u16 = 0xbede;
/// Profile of elements with a header of two bytes, without its four bits for the application
/// (RFC 8285, 4.3).
const TWO_BYTES: u16 = 0x1000;

/// The header extension of a packet, as it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extensions<'a> {
    profile: u16,
    elements: &'a [u8],
}

impl<'a> Extensions<'a> {
    /// Splits the extension from what follows it. `None` where it is longer than the packet
    /// (RFC 3550, 5.3.1).
    pub(super) fn split(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let ([p0, p1, w0, w1], rest) = bytes.split_first_chunk::<4>()?;
        let words = usize::from(u16::from_be_bytes([*w0, *w1]));
        let (elements, rest) = rest.split_at_checked(words * 4)?;
        let profile = u16::from_be_bytes([*p0, *p1]);
        Some((Self { profile, elements }, rest))
    }

    /// Returns the first element with this id. Elements behind one that is cut off are not looked
    /// at.
    pub(super) fn get(self, id: u8) -> Option<&'a [u8]> {
        let next = match self.profile {
            ONE_BYTE => one_byte,
            profile if profile & 0xfff0 == TWO_BYTES => two_bytes,
            _ => return None,
        };
        let mut rest = self.elements;
        loop {
            // Padding between elements is one byte without a length.
            if let Some((0, after)) = rest.split_first() {
                rest = after;
                continue;
            }
            let (element, data, after) = next(rest)?;
            if element == id {
                return Some(data);
            }
            rest = after;
        }
    }
}

/// An element: its id, its data and what follows it.
type Element<'a> = (u8, &'a [u8], &'a [u8]);

fn one_byte(bytes: &[u8]) -> Option<Element<'_>> {
    let (head, rest) = bytes.split_first()?;
    let (id, length) = (head >> 4, usize::from(head & 0x0f) + 1);
    // Id 0 with a length, and id 15, end the extension (RFC 8285, 4.2).
    if id == 0 || id == 15 {
        return None;
    }
    let (data, after) = rest.split_at_checked(length)?;
    Some((id, data, after))
}

fn two_bytes(bytes: &[u8]) -> Option<Element<'_>> {
    let ([id, length], rest) = bytes.split_first_chunk::<2>()?;
    let (data, after) = rest.split_at_checked(usize::from(*length))?;
    Some((*id, data, after))
}

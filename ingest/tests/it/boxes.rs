//! Changes bytes inside the boxes of an ISO file (ISO/IEC 14496-12).

/// Where the content of each box of a kind begins, behind size and kind.
fn contents(bytes: &[u8], kind: &[u8; 4]) -> Vec<usize> {
    let found: Vec<usize> = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, window)| window == kind)
        .map(|(at, _)| at + 4)
        .collect();
    assert!(
        !found.is_empty(),
        "the file has no box {}",
        String::from_utf8_lossy(kind)
    );
    found
}

fn write(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
}

/// Gives boxes of a kind another one, so that readers skip them.
pub(crate) fn rename(bytes: &mut [u8], from: &[u8; 4], to: &[u8; 4]) {
    for at in contents(bytes, from) {
        bytes[at - 4..at].copy_from_slice(to);
    }
}

/// Changes the durations of version 0 boxes: `mvhd`, `tkhd`, `mdhd` or `elst`.
pub(crate) fn set_durations(bytes: &mut [u8], kind: &[u8; 4], change: impl Fn(u32) -> u32) {
    let offset = match kind {
        b"mvhd" | b"mdhd" => 16,
        b"tkhd" => 20,
        b"elst" => 8,
        _ => panic!("no duration is known in {}", String::from_utf8_lossy(kind)),
    };
    for at in contents(bytes, kind) {
        assert_eq!(bytes[at], 0, "the box is of version 0");
        let field = at + offset;
        let old = u32::from_be_bytes(bytes[field..field + 4].try_into().unwrap());
        write(bytes, field, change(old));
    }
}

/// Writes the upper left numbers a, b, c, d of the display matrix of all tracks.
pub(crate) fn set_matrix(bytes: &mut [u8], [a, b, c, d]: [i32; 4]) {
    for at in contents(bytes, b"tkhd") {
        for (index, number) in [(0, a), (1, b), (3, c), (4, d)] {
            write(bytes, at + 40 + 4 * index, (number << 16) as u32);
        }
    }
}

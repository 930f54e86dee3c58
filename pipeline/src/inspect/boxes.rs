//! The boxes of an ISO file (ISO/IEC 14496-12, 4.2), each asked whether it belongs where it is.

use std::io::{Read, Seek, SeekFrom};

use super::InspectError;

/// Name of a box.
pub(super) type Name = [u8; 4];

/// Most boxes that are looked at in one box. A track has eight at most.
const MOST_BOXES: usize = 64;

/// A box that holds others.
struct Container {
    name: Name,
    /// Bytes before the first box inside.
    fields: u64,
    /// What may be inside.
    children: &'static [Name],
}

/// Everything that the index of a recording may consist of, and nothing else: no user data, no
/// metadata, no free space, no boxes of one's own.
const INDEX: &[Container] = &[
    Container {
        name: *b"moov",
        fields: 0,
        children: &[*b"mvhd", *b"trak"],
    },
    Container {
        name: *b"trak",
        fields: 0,
        children: &[*b"tkhd", *b"edts", *b"mdia"],
    },
    Container {
        name: *b"edts",
        fields: 0,
        children: &[*b"elst"],
    },
    Container {
        name: *b"mdia",
        fields: 0,
        children: &[*b"mdhd", *b"hdlr", *b"minf"],
    },
    Container {
        name: *b"minf",
        fields: 0,
        children: &[*b"vmhd", *b"smhd", *b"dinf", *b"stbl"],
    },
    Container {
        name: *b"dinf",
        fields: 0,
        children: &[*b"dref"],
    },
    Container {
        name: *b"dref",
        fields: 8,
        children: &[*b"url "],
    },
    Container {
        name: *b"stbl",
        fields: 0,
        children: &[
            *b"stsd", *b"stts", *b"ctts", *b"stss", *b"stsc", *b"stsz", *b"stco", *b"co64",
        ],
    },
    Container {
        name: *b"stsd",
        fields: 8,
        children: &[*b"avc1", *b"mp4a"],
    },
    Container {
        name: *b"avc1",
        fields: 78,
        children: &[*b"avcC", *b"colr"],
    },
    Container {
        name: *b"mp4a",
        fields: 28,
        children: &[*b"esds"],
    },
];

/// Fields that could hold words and have to be zero: box, first byte, number of bytes; `None` goes
/// up to the end of the box.
const WORDLESS: &[(Name, u64, Option<u64>)] = &[
    // Name of the handler.
    (*b"hdlr", 20, None),
    // Name of the compressor.
    (*b"avc1", 42, Some(32)),
    // Location of the media.
    (*b"url ", 4, None),
];

/// A box in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) name: Name,
    /// Where its content begins, behind size and name.
    pub(super) content: u64,
    /// Where it ends.
    pub(super) end: u64,
}

/// Returns the boxes between two places of a file; `None` when they do not fill that space.
pub(super) fn between<R: Read + Seek>(
    file: &mut R,
    from: u64,
    to: u64,
) -> Result<Option<Vec<Place>>, InspectError> {
    let mut places = Vec::new();
    let mut at = from;
    while at < to {
        if to - at < 8 || places.len() == MOST_BOXES {
            return Ok(None);
        }
        let head: [u8; 8] = read(file, at)?;
        let mut size = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        let mut content = at + 8;
        if size == 1 && to - at >= 16 {
            size = u64::from_be_bytes(read(file, content)?);
            content += 8;
        }
        let end = at.saturating_add(size);
        if end < content || end > to {
            return Ok(None);
        }
        places.push(Place {
            name: [head[4], head[5], head[6], head[7]],
            content,
            end,
        });
        at = end;
    }
    Ok(Some(places))
}

/// Finds a box of the index, at any depth, that does not belong there or holds words. Returns a
/// sentence about it.
pub(super) fn stranger<R: Read + Seek>(
    file: &mut R,
    place: &Place,
) -> Result<Option<String>, InspectError> {
    let name = String::from_utf8_lossy(&place.name);
    for (_, first, count) in WORDLESS
        .iter()
        .filter(|(wordless, ..)| *wordless == place.name)
    {
        let from = place.content.saturating_add(*first);
        let to = count
            .map_or(place.end, |count| from.saturating_add(count))
            .min(place.end);
        if !is_zero(file, from, to)? {
            return Ok(Some(format!(
                "a field of `{name}` that could hold words is not empty"
            )));
        }
    }
    let Some(container) = INDEX.iter().find(|container| container.name == place.name) else {
        return Ok(None);
    };
    let Some(inside) = between(file, place.content + container.fields, place.end)? else {
        return Ok(Some(format!("`{name}` is not made of whole boxes")));
    };
    for child in inside {
        if !container.children.contains(&child.name) {
            return Ok(Some(format!("a box in `{name}` does not belong there")));
        }
        if let Some(found) = stranger(file, &child)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn read<R: Read + Seek, const N: usize>(file: &mut R, at: u64) -> Result<[u8; N], InspectError> {
    let failed = |source| InspectError::Read { source };
    let mut bytes = [0; N];
    file.seek(SeekFrom::Start(at)).map_err(failed)?;
    file.read_exact(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn is_zero<R: Read + Seek>(file: &mut R, from: u64, to: u64) -> Result<bool, InspectError> {
    let failed = |source| InspectError::Read { source };
    file.seek(SeekFrom::Start(from)).map_err(failed)?;
    let mut bytes = Vec::new();
    file.by_ref()
        .take(to.saturating_sub(from))
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes.iter().all(|byte| *byte == 0))
}

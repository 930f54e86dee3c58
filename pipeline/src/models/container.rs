//! The CTranslate2 container, version 6: an index of its variables and their bytes.
//!
//! All integers little endian, nothing aligned, nothing padded; `str` is a u16 length that counts
//! a closing NUL:
//!
//! ```text
//! u32 version = 6, str spec = "WhisperSpec", u32 revision = 3, u32 variables
//! per variable: str name, u8 rank, u32 dims[rank], u8 type, u32 bytes, data
//! u32 aliases, per alias: str alias, str target
//! end of file
//! ```

use std::{
    collections::BTreeMap,
    io::{self, Read, Seek, SeekFrom, Write},
};

use super::error::ConvertError;

const VERSION: u32 = 6;
const SPEC: &str = "WhisperSpec";
const REVISION: u32 = 3;
/// Names and counts beyond these are no Whisper model; the largest has some 1,100 variables.
const LONGEST_NAME: usize = 256;
const MOST_VARIABLES: u32 = 10_000;
const HIGHEST_RANK: u8 = 3;

/// Bytes of float16 read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// The types that occur in Whisper models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Float32,
    Int8,
    Int16,
    Int32,
    Float16,
    BrainFloat16,
}

impl Type {
    const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Float32,
            1 => Self::Int8,
            2 => Self::Int16,
            3 => Self::Int32,
            4 => Self::Float16,
            5 => Self::BrainFloat16,
            _ => return None,
        })
    }

    const fn bytes(self) -> u64 {
        match self {
            Self::Int8 => 1,
            Self::Int16 | Self::Float16 | Self::BrainFloat16 => 2,
            Self::Float32 | Self::Int32 => 4,
        }
    }
}

/// Where a variable lies and what it is.
struct Variable {
    shape: Vec<u32>,
    kind: Type,
    offset: u64,
}

/// How float16 values are written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    /// As they are.
    Half,
    /// Widened to float32, exactly.
    Single,
}

/// A CTranslate2 file whose structure was checked to the last byte.
pub(super) struct Container<R> {
    reader: R,
    variables: BTreeMap<String, Variable>,
}

impl<R: Read + Seek> Container<R> {
    /// Reads the index.
    pub(super) fn open(mut reader: R) -> Result<Self, ConvertError> {
        let length = reader.seek(SeekFrom::End(0)).map_err(read_error)?;
        reader.rewind().map_err(read_error)?;
        let mut index = Index {
            reader: &mut reader,
            place: 0,
            length,
        };
        index.header()?;
        let count = index.u32("the number of variables")?;
        if count > MOST_VARIABLES {
            return Err(ConvertError::Malformed {
                place: "the number of variables".into(),
            });
        }
        let mut variables = BTreeMap::new();
        for _ in 0..count {
            let (name, variable) = index.variable()?;
            if name.ends_with("weight_scale") {
                return Err(ConvertError::Quantised { variable: name });
            }
            if variables.insert(name.clone(), variable).is_some() {
                return Err(ConvertError::Malformed {
                    place: format!("`{name}`, which repeats"),
                });
            }
        }
        index.aliases()?;
        if index.place < length {
            return Err(ConvertError::TrailingBytes {
                bytes: length - index.place,
            });
        }
        Ok(Self { reader, variables })
    }

    /// Returns the number of variables.
    pub(super) fn len(&self) -> usize {
        self.variables.len()
    }

    /// Returns the names of all variables.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// Returns the shape of a float16 variable, outermost dimension first.
    pub(super) fn shape(&self, name: &str) -> Result<&[u32], ConvertError> {
        let variable = self.variable(name)?;
        if variable.kind != Type::Float16 {
            return Err(ConvertError::WrongValue {
                variable: name.to_owned(),
            });
        }
        Ok(&variable.shape)
    }

    /// Reads a scalar of any integer type.
    pub(super) fn scalar(&mut self, name: &str) -> Result<i32, ConvertError> {
        let variable = self.variable(name)?;
        let (kind, offset) = (variable.kind, variable.offset);
        if !variable.shape.is_empty() {
            return Err(ConvertError::WrongShape {
                variable: name.to_owned(),
            });
        }
        self.reader
            .seek(SeekFrom::Start(offset))
            .map_err(read_error)?;
        match kind {
            Type::Int8 => self
                .exact::<1>()
                .map(|bytes| i32::from(i8::from_le_bytes(bytes))),
            Type::Int16 => self
                .exact::<2>()
                .map(|bytes| i32::from(i16::from_le_bytes(bytes))),
            Type::Int32 => self.exact::<4>().map(i32::from_le_bytes),
            _ => Err(ConvertError::WrongValue {
                variable: name.to_owned(),
            }),
        }
    }

    /// Writes `count` values of a float16 variable, starting at value `first`.
    pub(super) fn write_values(
        &mut self,
        name: &str,
        first: u64,
        count: u64,
        precision: Precision,
        out: &mut impl Write,
    ) -> Result<(), ConvertError> {
        self.each_chunk(name, first, count, |halves| {
            let written = match precision {
                Precision::Half => out.write_all(halves),
                Precision::Single => out.write_all(&widened(halves)),
            };
            written.map_err(|source| ConvertError::Write { source })
        })
    }

    /// Checks that `count` values of a float16 variable are zero, starting at value `first`.
    pub(super) fn expect_zeros(
        &mut self,
        name: &str,
        first: u64,
        count: u64,
    ) -> Result<(), ConvertError> {
        self.each_chunk(name, first, count, |halves| {
            // Minus zero is zero as well.
            if halves
                .chunks_exact(2)
                .all(|half| half[0] == 0 && half[1] & 0x7f == 0)
            {
                Ok(())
            } else {
                Err(ConvertError::KeyBias {
                    variable: name.to_owned(),
                })
            }
        })
    }

    fn each_chunk(
        &mut self,
        name: &str,
        first: u64,
        count: u64,
        mut take: impl FnMut(&[u8]) -> Result<(), ConvertError>,
    ) -> Result<(), ConvertError> {
        let offset = self.variable(name)?.offset;
        self.reader
            .seek(SeekFrom::Start(offset + 2 * first))
            .map_err(read_error)?;
        let mut chunk = [0; CHUNK_BYTES];
        let mut left = 2 * count;
        while left > 0 {
            let bytes = usize::try_from(left).map_or(CHUNK_BYTES, |left| left.min(CHUNK_BYTES));
            let halves = &mut chunk[..bytes];
            self.reader.read_exact(halves).map_err(read_error)?;
            if halves.chunks_exact(2).any(|half| half[1] & 0x7c == 0x7c) {
                return Err(ConvertError::NotFinite {
                    variable: name.to_owned(),
                });
            }
            take(halves)?;
            left -= bytes as u64;
        }
        Ok(())
    }

    fn exact<const N: usize>(&mut self) -> Result<[u8; N], ConvertError> {
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes).map_err(read_error)?;
        Ok(bytes)
    }

    fn variable(&self, name: &str) -> Result<&Variable, ConvertError> {
        let missing = || ConvertError::MissingVariable {
            variable: name.to_owned(),
        };
        self.variables.get(name).ok_or_else(missing)
    }
}

fn read_error(source: io::Error) -> ConvertError {
    ConvertError::Read { source }
}

/// The fields of the container, read in order and never past the end.
struct Index<'a, R> {
    reader: &'a mut R,
    place: u64,
    length: u64,
}

impl<R: Read + Seek> Index<'_, R> {
    fn header(&mut self) -> Result<(), ConvertError> {
        let version = self.u32("the version")?;
        if version != VERSION {
            return Err(ConvertError::UnknownFormat {
                found: format!("version {version}"),
            });
        }
        let spec = self.string("the specification")?;
        let revision = self.u32("the revision")?;
        if spec != SPEC || revision != REVISION {
            let found = format!("{spec} revision {revision}");
            return Err(ConvertError::UnknownFormat { found });
        }
        Ok(())
    }

    fn variable(&mut self) -> Result<(String, Variable), ConvertError> {
        let name = self.string("the name of a variable")?;
        let malformed = || ConvertError::Malformed {
            place: format!("`{name}`"),
        };
        let rank = self.byte(&name)?;
        if rank > HIGHEST_RANK {
            return Err(malformed());
        }
        let shape = (0..rank)
            .map(|_| self.u32(&name))
            .collect::<Result<Vec<u32>, _>>()?;
        let kind = Type::from_code(self.byte(&name)?).ok_or_else(malformed)?;
        let bytes = u64::from(self.u32(&name)?);
        let values = shape
            .iter()
            .try_fold(1_u64, |product, &side| product.checked_mul(side.into()));
        if values.and_then(|values| values.checked_mul(kind.bytes())) != Some(bytes) {
            return Err(malformed());
        }
        let offset = self.place;
        self.claim(bytes, &name)?;
        self.reader
            .seek(SeekFrom::Start(self.place))
            .map_err(read_error)?;
        Ok((
            name,
            Variable {
                shape,
                kind,
                offset,
            },
        ))
    }

    /// The only alias ties the output projection to the embedding, which whisper.cpp does itself.
    fn aliases(&mut self) -> Result<(), ConvertError> {
        let count = self.u32("the number of aliases")?;
        if count != 1 {
            return Err(ConvertError::Malformed {
                place: "the number of aliases".into(),
            });
        }
        let alias = self.string("an alias")?;
        let target = self.string("the target of an alias")?;
        if alias != "decoder/projection/weight" || target != "decoder/embeddings/weight" {
            return Err(ConvertError::Malformed {
                place: "the alias of the projection".into(),
            });
        }
        Ok(())
    }

    fn string(&mut self, what: &str) -> Result<String, ConvertError> {
        let malformed = || ConvertError::Malformed {
            place: what.to_owned(),
        };
        let length = usize::from(u16::from_le_bytes(self.exact::<2>(what)?));
        if length == 0 || length > LONGEST_NAME {
            return Err(malformed());
        }
        self.claim(length as u64, what)?;
        let mut bytes = vec![0; length];
        self.reader.read_exact(&mut bytes).map_err(read_error)?;
        let closed = bytes.pop() == Some(0) && bytes.iter().all(u8::is_ascii_graphic);
        if !closed {
            return Err(malformed());
        }
        String::from_utf8(bytes).map_err(|_| malformed())
    }

    fn u32(&mut self, what: &str) -> Result<u32, ConvertError> {
        self.exact::<4>(what).map(u32::from_le_bytes)
    }

    fn byte(&mut self, what: &str) -> Result<u8, ConvertError> {
        self.exact::<1>(what).map(|[byte]| byte)
    }

    fn exact<const N: usize>(&mut self, what: &str) -> Result<[u8; N], ConvertError> {
        self.claim(N as u64, what)?;
        let mut bytes = [0; N];
        self.reader.read_exact(&mut bytes).map_err(read_error)?;
        Ok(bytes)
    }

    /// Moves on by some bytes, which must be there.
    fn claim(&mut self, bytes: u64, what: &str) -> Result<(), ConvertError> {
        let end = self
            .place
            .checked_add(bytes)
            .filter(|end| *end <= self.length);
        self.place = end.ok_or_else(|| ConvertError::Truncated {
            place: what.to_owned(),
        })?;
        Ok(())
    }
}

fn widened(halves: &[u8]) -> Vec<u8> {
    halves
        .chunks_exact(2)
        .flat_map(|half| single_from_half(u16::from_le_bytes([half[0], half[1]])).to_le_bytes())
        .collect()
}

/// Widens a finite float16. Every one of them is a float32, subnormals included.
fn single_from_half(half: u16) -> f32 {
    let sign = if half & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from(half >> 10 & 0x1f);
    let mantissa = f32::from(half & 0x3ff);
    if exponent == 0 {
        sign * mantissa * 2.0_f32.powi(-24)
    } else {
        sign * (1.0 + mantissa / 1024.0) * 2.0_f32.powi(exponent - 15)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_widen_exactly() {
        for (half, single) in [
            (0x0000, 0.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x0400, 6.103_515_6e-5),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65504.0),
        ] {
            assert_eq!(
                single_from_half(half).to_bits(),
                f32::to_bits(single),
                "{half:#06x}"
            );
        }
        assert!(single_from_half(0x8000).is_sign_negative());
    }
}

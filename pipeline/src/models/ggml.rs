//! The file that whisper.cpp reads.
//!
//! ```text
//! u32 magic, i32 x 11 sizes, i32 bands, i32 bins, f32 filters, i32 tokens,
//! per token: i32 length, bytes
//! per tensor: i32 rank, i32 name length, i32 type, i32 dims innermost first, name, data
//! ```

use std::io::{self, Write};

use super::{container::Precision, mel};

const MAGIC: u32 = 0x6767_6d6c;
/// The big tensors are float16.
const HALF_PRECISION_FILE: u32 = 1;

/// The sizes of a Whisper model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) vocabulary: u32,
    pub(super) audio_context: u32,
    pub(super) text_context: u32,
    pub(super) width: u32,
    pub(super) audio_heads: u32,
    pub(super) audio_layers: u32,
    pub(super) text_heads: u32,
    pub(super) text_layers: u32,
    pub(super) mel_bands: u32,
}

/// Writes everything before the first tensor.
pub(super) fn write_preamble(
    out: &mut impl Write,
    sizes: &Sizes,
    tokens: &[Vec<u8>],
) -> io::Result<()> {
    let header = [
        MAGIC,
        sizes.vocabulary,
        sizes.audio_context,
        sizes.width,
        sizes.audio_heads,
        sizes.audio_layers,
        sizes.text_context,
        sizes.width,
        sizes.text_heads,
        sizes.text_layers,
        sizes.mel_bands,
        HALF_PRECISION_FILE,
        mel::BANDS as u32,
        mel::BINS as u32,
    ];
    write_u32s(out, &header)?;
    for weight in mel::filters() {
        out.write_all(&weight.to_le_bytes())?;
    }
    write_u32s(out, &[tokens.len() as u32])?;
    for token in tokens {
        write_u32s(out, &[token.len() as u32])?;
        out.write_all(token)?;
    }
    Ok(())
}

/// Writes what stands before the values of a tensor.
pub(super) fn write_tensor_header(
    out: &mut impl Write,
    name: &str,
    shape: &[u32],
    precision: Precision,
) -> io::Result<()> {
    let kind = match precision {
        Precision::Single => 0,
        Precision::Half => 1,
    };
    write_u32s(out, &[shape.len() as u32, name.len() as u32, kind])?;
    for side in shape.iter().rev() {
        write_u32s(out, &[*side])?;
    }
    out.write_all(name.as_bytes())
}

fn write_u32s(out: &mut impl Write, values: &[u32]) -> io::Result<()> {
    values
        .iter()
        .try_for_each(|value| out.write_all(&value.to_le_bytes()))
}

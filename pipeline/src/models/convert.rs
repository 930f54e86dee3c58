//! CTranslate2 weights written as the file that whisper.cpp reads.
//!
//! Nothing is transposed and no matrix is changed: variables are renamed, the fused query, key and
//! value are taken apart, key biases (Whisper has none) are dropped, vectors are widened to
//! float32. The order of the tensors is that of the published files, so that the result can be
//! checked against their hashes.

use std::io::{Read, Seek, Write};

use super::{
    container::{Container, Precision},
    error::ConvertError,
    ggml::{self, Sizes},
    mel, vocabulary,
};

/// No Whisper model has more layers.
const MOST_LAYERS: u32 = 64;

/// Scalars that describe the network. whisper.cpp has these values built in.
const FIXED_SCALARS: [(&str, i32); 5] = [
    ("decoder/activation", 3),
    ("decoder/pre_norm", 1),
    ("decoder/scale_embeddings", 0),
    ("decoder/alibi", 0),
    ("decoder/start_from_zero_embedding", 0),
];

/// What a conversion wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Converted {
    /// Tensors written.
    pub tensors: usize,
    /// Variables read.
    pub variables: usize,
}

/// Converts the `model.bin` and `vocabulary.txt` of a CTranslate2 folder.
///
/// The structure is checked to the last byte before anything is written, the values while they
/// are copied. Only a result whose writing returned without error is a model.
///
/// # Errors
/// Another version, a quantised model, a missing or unexpected variable, a key bias, a value that
/// is not finite, a truncated or extended file.
pub fn convert(
    weights: impl Read + Seek,
    vocabulary: &[u8],
    out: &mut impl Write,
) -> Result<Converted, ConvertError> {
    let mut container = Container::open(weights)?;
    let sizes = sizes(&mut container)?;
    let tokens = vocabulary::tokens(vocabulary, sizes.vocabulary as usize)?;
    ggml::write_preamble(out, &sizes, &tokens).map_err(|source| ConvertError::Write { source })?;

    let tensors = tensors(&sizes);
    for tensor in &tensors {
        tensor.copy(&mut container, out)?;
    }
    for (bias, first) in key_biases(&sizes) {
        container.expect_zeros(&bias, first, sizes.width.into())?;
    }
    out.flush()
        .map_err(|source| ConvertError::Write { source })?;
    Ok(Converted {
        tensors: tensors.len(),
        variables: container.len(),
    })
}

fn sizes(container: &mut Container<impl Read + Seek>) -> Result<Sizes, ConvertError> {
    let side = |name: &str, axis: usize| -> Result<u32, ConvertError> {
        let wrong = || ConvertError::WrongShape {
            variable: name.to_owned(),
        };
        container.shape(name)?.get(axis).copied().ok_or_else(wrong)
    };
    let mut sizes = Sizes {
        vocabulary: side("decoder/embeddings/weight", 0)?,
        width: side("decoder/embeddings/weight", 1)?,
        audio_context: side("encoder/position_encodings/encodings", 0)?,
        text_context: side("decoder/position_encodings/encodings", 0)?,
        mel_bands: side("encoder/conv1/weight", 1)?,
        audio_layers: layers(container, "encoder")?,
        text_layers: layers(container, "decoder")?,
        audio_heads: 0,
        text_heads: 0,
    };
    let wrong_shape = |variable: &str| ConvertError::WrongShape {
        variable: variable.to_owned(),
    };
    if sizes.mel_bands as usize != mel::BANDS {
        return Err(wrong_shape("encoder/conv1/weight"));
    }
    let expected = (20 + 12 * sizes.audio_layers + 20 * sizes.text_layers) as usize;
    if container.len() != expected {
        return Err(ConvertError::VariableCount {
            found: container.len(),
            expected,
        });
    }
    for (place, name) in [
        (&mut sizes.audio_heads, "encoder/num_heads"),
        (&mut sizes.text_heads, "decoder/num_heads"),
    ] {
        let heads = u32::try_from(container.scalar(name)?).unwrap_or(0);
        if heads == 0 || sizes.width == 0 || !sizes.width.is_multiple_of(heads) {
            return Err(ConvertError::WrongValue {
                variable: name.to_owned(),
            });
        }
        *place = heads;
    }
    for (name, expected) in FIXED_SCALARS {
        if container.scalar(name)? != expected {
            return Err(ConvertError::WrongValue {
                variable: name.to_owned(),
            });
        }
    }
    Ok(sizes)
}

/// Counts the layers of one side. `encoder/layer_norm` is not one of them.
fn layers(container: &Container<impl Read + Seek>, side: &str) -> Result<u32, ConvertError> {
    let prefix = format!("{side}/layer_");
    let numbers = container.names().filter_map(|name| {
        name.strip_prefix(&prefix)?
            .split('/')
            .next()?
            .parse::<u32>()
            .ok()
    });
    let count = numbers.max().map_or(0, |last| last.saturating_add(1));
    if (1..=MOST_LAYERS).contains(&count) {
        Ok(count)
    } else {
        Err(ConvertError::MissingVariable {
            variable: format!("{prefix}0"),
        })
    }
}

/// A tensor of the result and where its values come from.
struct Tensor {
    name: String,
    /// Shape in the result, outermost first.
    shape: Vec<u32>,
    precision: Precision,
    variable: String,
    /// Shape that the variable must have.
    source_shape: Vec<u32>,
    /// First row of the variable, counted in rows of the tensor.
    first_row: u32,
}

impl Tensor {
    fn copy(
        &self,
        container: &mut Container<impl Read + Seek>,
        out: &mut impl Write,
    ) -> Result<(), ConvertError> {
        if container.shape(&self.variable)? != self.source_shape {
            return Err(ConvertError::WrongShape {
                variable: self.variable.clone(),
            });
        }
        ggml::write_tensor_header(out, &self.name, &self.shape, self.precision)
            .map_err(|source| ConvertError::Write { source })?;
        let count: u64 = self.shape.iter().map(|&side| u64::from(side)).product();
        let rows = u64::from(self.shape.first().copied().unwrap_or(1).max(1));
        let first = u64::from(self.first_row) * (count / rows);
        container.write_values(&self.variable, first, count, self.precision, out)
    }
}

/// A list of tensors being drawn up.
struct Plan<'a> {
    sizes: &'a Sizes,
    tensors: Vec<Tensor>,
}

impl Plan<'_> {
    /// A float16 matrix, bit for bit.
    fn matrix(&mut self, name: String, variable: String, shape: &[u32]) {
        self.part(name, variable, shape, 0, 1, Precision::Half);
    }

    /// A float32 vector or table.
    fn widened(&mut self, name: String, variable: String, shape: &[u32]) {
        self.part(name, variable, shape, 0, 1, Precision::Single);
    }

    /// One of `parts` equal parts of a variable, stacked along its rows.
    fn part(
        &mut self,
        name: String,
        variable: String,
        shape: &[u32],
        index: u32,
        parts: u32,
        precision: Precision,
    ) {
        let mut source_shape = shape.to_vec();
        source_shape[0] *= parts;
        let first_row = index * shape[0];
        let shape = shape.to_vec();
        self.tensors.push(Tensor {
            name,
            shape,
            precision,
            variable,
            source_shape,
            first_row,
        });
    }

    fn norm(&mut self, name: &str, variable: &str) {
        let width = [self.sizes.width];
        self.widened(
            format!("{name}.weight"),
            format!("{variable}/gamma"),
            &width,
        );
        self.widened(format!("{name}.bias"), format!("{variable}/beta"), &width);
    }

    fn linear(&mut self, name: &str, variable: &str, shape: [u32; 2]) {
        self.matrix(
            format!("{name}.weight"),
            format!("{variable}/weight"),
            &shape,
        );
        self.widened(
            format!("{name}.bias"),
            format!("{variable}/bias"),
            &shape[..1],
        );
    }

    /// Part `index` of `parts` of a fused projection, with its bias unless it is the key.
    fn fused(&mut self, name: &str, variable: &str, index: u32, parts: u32, has_bias: bool) {
        let width = self.sizes.width;
        let (weight, bias) = (format!("{variable}/weight"), format!("{variable}/bias"));
        self.part(
            format!("{name}.weight"),
            weight,
            &[width, width],
            index,
            parts,
            Precision::Half,
        );
        if has_bias {
            self.part(
                format!("{name}.bias"),
                bias,
                &[width],
                index,
                parts,
                Precision::Single,
            );
        }
    }

    fn block(&mut self, side: &str, layer: u32) {
        let width = self.sizes.width;
        let name = |part: &str| format!("{side}.blocks.{layer}.{part}");
        let variable = |part: &str| format!("{side}/layer_{layer}/{part}");
        self.norm(&name("mlp_ln"), &variable("ffn/layer_norm"));
        self.linear(
            &name("mlp.0"),
            &variable("ffn/linear_0"),
            [4 * width, width],
        );
        self.linear(
            &name("mlp.2"),
            &variable("ffn/linear_1"),
            [width, 4 * width],
        );
        self.norm(&name("attn_ln"), &variable("self_attention/layer_norm"));
        let fused = variable("self_attention/linear_0");
        self.fused(&name("attn.query"), &fused, 0, 3, true);
        self.fused(&name("attn.key"), &fused, 1, 3, false);
        self.fused(&name("attn.value"), &fused, 2, 3, true);
        self.linear(
            &name("attn.out"),
            &variable("self_attention/linear_1"),
            [width, width],
        );
        if side == "decoder" {
            self.norm(&name("cross_attn_ln"), &variable("attention/layer_norm"));
            self.linear(
                &name("cross_attn.query"),
                &variable("attention/linear_0"),
                [width, width],
            );
            let fused = variable("attention/linear_1");
            self.fused(&name("cross_attn.key"), &fused, 0, 2, false);
            self.fused(&name("cross_attn.value"), &fused, 1, 2, true);
            self.linear(
                &name("cross_attn.out"),
                &variable("attention/linear_2"),
                [width, width],
            );
        }
    }

    fn convolution(&mut self, number: u32, inputs: u32) {
        let width = self.sizes.width;
        let (name, variable) = (
            format!("encoder.conv{number}"),
            format!("encoder/conv{number}"),
        );
        let weight = format!("{variable}/weight");
        self.matrix(format!("{name}.weight"), weight, &[width, inputs, 3]);
        // whisper.cpp adds this bias to rows, so it wants a column of float32.
        self.widened(format!("{name}.bias"), format!("{variable}/bias"), &[width]);
        if let Some(bias) = self.tensors.last_mut() {
            bias.shape.push(1);
        }
    }
}

fn tensors(sizes: &Sizes) -> Vec<Tensor> {
    let mut plan = Plan {
        sizes,
        tensors: Vec::new(),
    };
    for (side, context) in [
        ("decoder", sizes.text_context),
        ("encoder", sizes.audio_context),
    ] {
        plan.widened(
            format!("{side}.positional_embedding"),
            format!("{side}/position_encodings/encodings"),
            &[context, sizes.width],
        );
    }
    plan.matrix(
        "decoder.token_embedding.weight".into(),
        "decoder/embeddings/weight".into(),
        &[sizes.vocabulary, sizes.width],
    );
    (0..sizes.text_layers).for_each(|layer| plan.block("decoder", layer));
    plan.norm("decoder.ln", "decoder/layer_norm");
    plan.convolution(1, sizes.mel_bands);
    plan.convolution(2, sizes.width);
    (0..sizes.audio_layers).for_each(|layer| plan.block("encoder", layer));
    plan.norm("encoder.ln_post", "encoder/layer_norm");
    plan.tensors
}

/// The biases that have no place in the result, and where in their variable they begin.
fn key_biases(sizes: &Sizes) -> Vec<(String, u64)> {
    let width = u64::from(sizes.width);
    let own = |side: &'static str, layers: u32| {
        (0..layers).map(move |layer| format!("{side}/layer_{layer}/self_attention/linear_0/bias"))
    };
    let fused_three = own("encoder", sizes.audio_layers).chain(own("decoder", sizes.text_layers));
    let fused_two = (0..sizes.text_layers)
        .map(|layer| format!("decoder/layer_{layer}/attention/linear_1/bias"));
    fused_three
        .map(|bias| (bias, width))
        .chain(fused_two.map(|bias| (bias, 0)))
        .collect()
}

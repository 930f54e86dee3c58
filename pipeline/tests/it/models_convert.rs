//! The converter, against weights that are sound but for one thing.

use std::io::Cursor;

use proptest::prelude::*;
use scrim_pipeline::models::{ConvertError, Converted, convert};

const WIDTH: u32 = 8;
const VOCABULARY: u32 = 51_864;

#[derive(Clone)]
struct Variable {
    name: String,
    shape: Vec<u32>,
    kind: u8,
    data: Vec<u8>,
}

/// A Whisper model of one layer each and eight channels.
struct Weights {
    spec: &'static str,
    revision: u32,
    variables: Vec<Variable>,
    tail: Vec<u8>,
}

impl Weights {
    fn sound() -> Self {
        let mut weights = Self {
            spec: "WhisperSpec",
            revision: 3,
            variables: Vec::new(),
            tail: Vec::new(),
        };
        let w = WIDTH;
        weights.halves("encoder/conv1/weight", &[w, 80, 3]);
        weights.halves("encoder/conv1/bias", &[w]);
        weights.halves("encoder/conv2/weight", &[w, w, 3]);
        weights.halves("encoder/conv2/bias", &[w]);
        weights.halves("encoder/position_encodings/encodings", &[1500, w]);
        weights.halves("decoder/position_encodings/encodings", &[448, w]);
        weights.halves("decoder/embeddings/weight", &[VOCABULARY, w]);
        for side in ["encoder", "decoder"] {
            weights.norm(&format!("{side}/layer_norm"));
            weights.scalar(&format!("{side}/num_heads"), 2, &2_i16.to_le_bytes());
            let layer = format!("{side}/layer_0");
            weights.norm(&format!("{layer}/self_attention/layer_norm"));
            weights.linear(&format!("{layer}/self_attention/linear_0"), 3 * w, w);
            weights.linear(&format!("{layer}/self_attention/linear_1"), w, w);
            weights.norm(&format!("{layer}/ffn/layer_norm"));
            weights.linear(&format!("{layer}/ffn/linear_0"), 4 * w, w);
            weights.linear(&format!("{layer}/ffn/linear_1"), w, 4 * w);
        }
        weights.norm("decoder/layer_0/attention/layer_norm");
        weights.linear("decoder/layer_0/attention/linear_0", w, w);
        weights.linear("decoder/layer_0/attention/linear_1", 2 * w, w);
        weights.linear("decoder/layer_0/attention/linear_2", w, w);
        for (name, value) in [
            ("activation", 3),
            ("pre_norm", 1),
            ("scale_embeddings", 0),
            ("alibi", 0),
            ("start_from_zero_embedding", 0),
        ] {
            weights.scalar(&format!("decoder/{name}"), 1, &[value]);
        }
        weights.scalar("decoder/alignment_layer", 2, &(-1_i16).to_le_bytes());
        weights.scalar("decoder/alignment_heads", 2, &1_i16.to_le_bytes());
        for bias in [
            "encoder/layer_0/self_attention/linear_0",
            "decoder/layer_0/self_attention/linear_0",
        ] {
            weights.change(&format!("{bias}/bias"), |data| data[16..32].fill(0));
        }
        weights.change("decoder/layer_0/attention/linear_1/bias", |data| {
            data[..16].fill(0)
        });
        weights
    }

    fn halves(&mut self, name: &str, shape: &[u32]) {
        let count: u32 = shape.iter().product();
        let data = (0..count).flat_map(|value| (0x3000 + (value % 0x800) as u16).to_le_bytes());
        let data = data.collect();
        self.variables.push(Variable {
            name: name.into(),
            shape: shape.into(),
            kind: 4,
            data,
        });
    }

    fn norm(&mut self, name: &str) {
        self.halves(&format!("{name}/gamma"), &[WIDTH]);
        self.halves(&format!("{name}/beta"), &[WIDTH]);
    }

    fn linear(&mut self, name: &str, rows: u32, columns: u32) {
        self.halves(&format!("{name}/weight"), &[rows, columns]);
        self.halves(&format!("{name}/bias"), &[rows]);
    }

    fn scalar(&mut self, name: &str, kind: u8, data: &[u8]) {
        self.variables.push(Variable {
            name: name.into(),
            shape: vec![],
            kind,
            data: data.into(),
        });
    }

    fn change(&mut self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let variable = self
            .variables
            .iter_mut()
            .find(|variable| variable.name == name)
            .unwrap();
        change(&mut variable.data);
    }

    fn bytes(&self) -> Vec<u8> {
        let mut sorted = self.variables.clone();
        sorted.sort_by(|a, b| a.name.cmp(&b.name));
        let mut bytes = 6_u32.to_le_bytes().to_vec();
        string(&mut bytes, self.spec);
        bytes.extend(self.revision.to_le_bytes());
        bytes.extend((sorted.len() as u32).to_le_bytes());
        for variable in sorted {
            string(&mut bytes, &variable.name);
            bytes.push(variable.shape.len() as u8);
            variable
                .shape
                .iter()
                .for_each(|side| bytes.extend(side.to_le_bytes()));
            bytes.push(variable.kind);
            bytes.extend((variable.data.len() as u32).to_le_bytes());
            bytes.extend(variable.data);
        }
        bytes.extend(1_u32.to_le_bytes());
        string(&mut bytes, "decoder/projection/weight");
        string(&mut bytes, "decoder/embeddings/weight");
        bytes.extend(&self.tail);
        bytes
    }

    fn refusal(&self) -> ConvertError {
        converted(&self.bytes()).unwrap_err()
    }
}

fn string(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u16 + 1).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes.push(0);
}

fn vocabulary() -> Vec<u8> {
    "Ġt\n".repeat(VOCABULARY as usize).into_bytes()
}

fn converted(weights: &[u8]) -> Result<(Converted, Vec<u8>), ConvertError> {
    let mut out = Vec::new();
    convert(Cursor::new(weights), &vocabulary(), &mut out).map(|converted| (converted, out))
}

#[test]
fn a_sound_model_is_converted_with_all_its_tensors() {
    let (converted, file) = converted(&Weights::sound().bytes()).unwrap();
    assert_eq!(
        converted,
        Converted {
            tensors: 11 + 15 + 24,
            variables: 52
        }
    );
    let sizes: Vec<u32> = file[..48]
        .chunks_exact(4)
        .map(|four| u32::from_le_bytes(four.try_into().unwrap()))
        .collect();
    assert_eq!(
        sizes,
        [0x6767_6d6c, VOCABULARY, 1500, 8, 2, 1, 448, 8, 2, 1, 80, 1]
    );
    let token = 64_376 + 4;
    assert_eq!(&file[token..token + 6], b"\x02\0\0\0 t");
    // The bias of a convolution is a column: two dimensions, float32.
    let bias = file
        .windows(18)
        .position(|bytes| bytes == b"encoder.conv1.bias")
        .unwrap();
    assert_eq!(
        file[bias - 20..bias],
        [2, 0, 0, 0, 18, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0]
    );
    assert_eq!(file[bias + 18..bias + 22], 0.125_f32.to_le_bytes());
}

#[test]
fn another_format_is_refused() {
    let mut weights = Weights::sound();
    weights.spec = "TransformerSpec";
    assert!(matches!(
        weights.refusal(),
        ConvertError::UnknownFormat { .. }
    ));
    let mut weights = Weights::sound();
    weights.revision = 4;
    assert!(matches!(
        weights.refusal(),
        ConvertError::UnknownFormat { .. }
    ));
    assert!(matches!(
        converted(b"GGUF\x03\0\0\0").unwrap_err(),
        ConvertError::UnknownFormat { .. }
    ));
}

#[test]
fn quantised_weights_are_refused_by_name() {
    let mut weights = Weights::sound();
    weights.halves("decoder/layer_0/ffn/linear_0/weight_scale", &[32]);
    let error = weights.refusal();
    assert!(
        error
            .to_string()
            .contains("decoder/layer_0/ffn/linear_0/weight_scale"),
        "{error}"
    );
}

#[test]
fn a_key_bias_that_is_not_zero_is_refused_by_name() {
    for (name, first) in [
        ("encoder/layer_0/self_attention/linear_0/bias", 16),
        ("decoder/layer_0/self_attention/linear_0/bias", 31),
        ("decoder/layer_0/attention/linear_1/bias", 0),
    ] {
        let mut weights = Weights::sound();
        weights.change(name, |data| data[first] = 1);
        let error = weights.refusal();
        assert!(
            matches!(&error, ConvertError::KeyBias { variable } if variable == name),
            "{error}"
        );
    }
    let mut weights = Weights::sound();
    weights.change("decoder/layer_0/attention/linear_1/bias", |data| {
        data[1] = 0x80
    });
    assert!(converted(&weights.bytes()).is_ok(), "minus zero is zero");
}

#[test]
fn values_that_are_not_finite_are_refused_by_name() {
    for half in [0x7c00_u16, 0xfc00, 0x7e00] {
        let mut weights = Weights::sound();
        let name = "decoder/embeddings/weight";
        weights.change(name, |data| {
            data[1000..1002].copy_from_slice(&half.to_le_bytes())
        });
        let error = weights.refusal();
        assert!(
            matches!(&error, ConvertError::NotFinite { variable } if variable == name),
            "{error}"
        );
    }
}

#[test]
fn missing_added_and_misshapen_variables_are_refused() {
    let mut weights = Weights::sound();
    weights
        .variables
        .retain(|variable| variable.name != "encoder/conv2/bias");
    assert!(matches!(
        weights.refusal(),
        ConvertError::VariableCount {
            found: 51,
            expected: 52
        }
    ));
    weights.halves("encoder/conv3/bias", &[8]);
    assert!(matches!(
        weights.refusal(),
        ConvertError::MissingVariable { .. }
    ));

    let mut weights = Weights::sound();
    weights
        .variables
        .retain(|variable| variable.name != "encoder/conv2/bias");
    weights.halves("encoder/conv2/bias", &[9]);
    assert!(matches!(weights.refusal(), ConvertError::WrongShape { .. }));

    let mut weights = Weights::sound();
    weights.change("decoder/activation", |data| data[0] = 0);
    assert!(matches!(weights.refusal(), ConvertError::WrongValue { .. }));

    let mut weights = Weights::sound();
    weights.change("encoder/conv2/bias", |data| data.truncate(14));
    assert!(matches!(weights.refusal(), ConvertError::Malformed { .. }));
}

#[test]
fn bytes_after_the_end_are_refused() {
    let mut weights = Weights::sound();
    weights.tail = vec![0];
    assert!(matches!(
        weights.refusal(),
        ConvertError::TrailingBytes { bytes: 1 }
    ));
}

#[test]
fn another_vocabulary_is_refused() {
    let weights = Weights::sound().bytes();
    let mut out = Vec::new();
    for vocabulary in [
        b"!\n".to_vec(),
        vocabulary()[4..].to_vec(),
        vec![0xff; 60_000],
    ] {
        let error = convert(Cursor::new(&weights), &vocabulary, &mut out).unwrap_err();
        assert!(matches!(error, ConvertError::Vocabulary { .. }), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_truncation_is_refused(part in 0.0..1.0_f64) {
        let weights = Weights::sound().bytes();
        let length = (weights.len() as f64 * part) as usize;
        let error = converted(&weights[..length]).unwrap_err();
        prop_assert!(matches!(error, ConvertError::Truncated { .. }), "{error}");
    }

    #[test]
    fn no_bytes_make_the_parser_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0..200_usize) {
        prop_assert!(converted(&bytes).is_err());
        let mut weights = Weights::sound().bytes();
        bytes.truncate(20);
        let at = at.min(weights.len() - bytes.len());
        weights[at..at + bytes.len()].copy_from_slice(&bytes);
        let _ = converted(&weights);
    }
}

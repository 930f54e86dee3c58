//! What rooms have left out of what they forward.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter},
};
use scrim_sfu::media::LeftOut;

use super::register::Register;

const PICTURES: (&str, &str) = (
    "scrim_forwarding_pictures_left_out",
    "Packets of pictures that no viewer on a core got because there was too much to forward",
);

const SOUND: (&str, &str) = (
    "scrim_forwarding_sound_left_out",
    "Packets of sound that no viewer on a core got because there was too much to forward",
);

/// Registers what is counted where rooms forward.
pub(super) fn register(register: &mut Register) {
    for (name, help) in [PICTURES, SOUND] {
        register.describe(name, MetricType::Counter, help, Vec::new());
    }
    register.collector(Forwarding);
}

#[derive(Debug)]
struct Forwarding;

impl Collector for Forwarding {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let LeftOut { pictures, sound } = LeftOut::total();
        for ((name, help), value) in [(PICTURES, pictures), (SOUND, sound)] {
            let counter = ConstCounter::new(value);
            let help = format!("{help}.");
            let encoder = encoder.encode_descriptor(name, &help, None, MetricType::Counter)?;
            counter.encode(encoder)?;
        }
        Ok(())
    }
}

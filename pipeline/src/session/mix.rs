//! How loud a sum of voices may be.

/// What is not louder than this is left as it is: −2 dB.
const KNEE: f32 = 0.8;

/// Bends what is too loud, so that it stays below 1 and nothing is cut off. Voices of several people
/// at once are as loud as each of them alone; only peaks are bent.
pub(super) fn limited(sample: f32) -> f32 {
    let loud = sample.abs();
    if loud <= KNEE {
        return sample;
    }
    let over = (loud - KNEE) / (1.0 - KNEE);
    (KNEE + (1.0 - KNEE) * over / (1.0 + over)).copysign(sample)
}

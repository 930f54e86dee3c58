//! How long the parts of an object are.

const MIB: usize = 1 << 20;

/// Numbers of parts and their length. S3 takes 10,000 parts, so parts grow with the object: 24 GiB
/// are sent in parts of at most 16 MiB, 4 TiB fit. Lengths are whole numbers of sealed segments.
const STEPS: [(usize, usize); 5] = [
    (1000, 8 * MIB),
    (1000, 16 * MIB),
    (5000, 32 * MIB),
    (1000, 256 * MIB),
    (2000, 2048 * MIB),
];

/// How many bytes are on their way at the same time, unless a single part is longer.
pub(super) const IN_FLIGHT_BYTES: usize = 32 * MIB;

/// Returns the length of a part by its index from 0, or nothing where there can be no more parts.
pub(super) fn part_bytes(index: usize) -> Option<usize> {
    let mut before = 0;
    for (count, bytes) in STEPS {
        before += count;
        if index < before {
            return Some(bytes);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_parts_hold_four_tebibytes() {
        let lengths: Vec<u64> = (0..).map_while(part_bytes).map(|b| b as u64).collect();
        assert_eq!(lengths.len(), 10_000);
        assert!(lengths.iter().sum::<u64>() >= 4 << 40);
        assert!(lengths.is_sorted());
        assert!(lengths.iter().all(|bytes| bytes % (1 << 20) == 0));
        // S3 takes parts from 5 MiB to 5 GiB.
        assert!(
            lengths
                .iter()
                .all(|bytes| (5 << 20..=5 << 30).contains(bytes))
        );
    }

    #[test]
    fn an_object_of_100_gib_fits_into_little_memory() {
        let mut sent = 0;
        for index in 0.. {
            if sent > 100_u64 << 30 {
                break;
            }
            let part = part_bytes(index).unwrap_or(usize::MAX);
            assert!(part + IN_FLIGHT_BYTES.max(part) <= 64 * MIB, "part {index}");
            sent += part as u64;
        }
    }
}

//! The hash tree of RFC 6962 (Certificate Transparency), section 2.1, over the leaves of the log.
//!
//! ```text
//! node = SHA-256(0x01 ‖ left ‖ right)            root of 7 entries
//! leaf node = SHA-256(0x00 ‖ leaf)              ┌───────┴───────┐
//!                                            0..4             4..7
//!                                           ┌──┴──┐         ┌───┴───┐
//!                                         0..2   2..4     4..6      6..7
//! ```
//!
//! The prefixes keep a node from being shown as a leaf. A tree of any size splits at the largest
//! power of two below it, so that the trees of earlier sizes are parts of the later ones: this is
//! what makes it possible to prove that nothing was changed in between.

use sha2::{Digest, Sha256};

use crate::digest::Sha256Digest;

/// Hashes what the log commits to into the lowest level of the tree.
pub(super) fn leaf_node(leaf: &Sha256Digest) -> Sha256Digest {
    let hash = Sha256::new().chain_update([0]);
    Sha256Digest::finished(hash.chain_update(leaf.as_bytes()))
}

fn inner_node(left: &Sha256Digest, right: &Sha256Digest) -> Sha256Digest {
    let hash = Sha256::new().chain_update([1]);
    let hash = hash.chain_update(left.as_bytes());
    Sha256Digest::finished(hash.chain_update(right.as_bytes()))
}

/// The roots of the complete trees that a log of some size is made of, largest first: as many as the
/// size has ones in binary. They are all it takes to add entries and to tell the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    nodes: Vec<Sha256Digest>,
}

impl Frontier {
    /// Puts a frontier together again, or nothing where the number of nodes does not fit the size.
    pub(crate) fn from_parts(size: u64, nodes: Vec<Sha256Digest>) -> Option<Self> {
        let is_whole = u64::from(size.count_ones()) == nodes.len() as u64;
        is_whole.then_some(Self { size, nodes })
    }

    /// Returns the number of entries.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Returns the roots of the complete trees, largest first.
    pub(crate) fn nodes(&self) -> &[Sha256Digest] {
        &self.nodes
    }

    /// Adds an entry.
    pub fn push(&mut self, leaf: &Sha256Digest) {
        let mut node = leaf_node(leaf);
        // Each one at the end of the size is a complete tree that the new entry completes further.
        for _ in 0..self.size.trailing_ones() {
            let left = self.nodes.pop().expect("there is a node for each one");
            node = inner_node(&left, &node);
        }
        self.nodes.push(node);
        self.size += 1;
    }

    /// Returns the root of the tree; that of no entries is the hash of nothing.
    pub fn root(&self) -> Sha256Digest {
        let mut nodes = self.nodes.iter().rev();
        let Some(last) = nodes.next() else {
            return Sha256Digest::of(b"");
        };
        nodes.fold(*last, |right, left| inner_node(left, &right))
    }
}

/// Returns the root over these nodes of the lowest level.
fn root_of(nodes: &[Sha256Digest]) -> Sha256Digest {
    match nodes {
        [] => Sha256Digest::of(b""),
        [one] => *one,
        _ => {
            let (left, right) = nodes.split_at(split(nodes.len()));
            inner_node(&root_of(left), &root_of(right))
        }
    }
}

/// The largest power of two below `count`, which is at least 2.
const fn split(count: usize) -> usize {
    1 << (usize::BITS - 1 - (count - 1).leading_zeros())
}

/// Returns what proves that entry `index` is in the tree over `nodes`, RFC 6962, section 2.1.1.
pub(super) fn inclusion_proof(nodes: &[Sha256Digest], index: usize) -> Vec<Sha256Digest> {
    if nodes.len() < 2 {
        return Vec::new();
    }
    let (left, right) = nodes.split_at(split(nodes.len()));
    let (mut proof, sibling) = if index < left.len() {
        (inclusion_proof(left, index), right)
    } else {
        (inclusion_proof(right, index - left.len()), left)
    };
    proof.push(root_of(sibling));
    proof
}

/// Returns what proves that the first `before` of `nodes` are the beginning of all of them, RFC
/// 6962, section 2.1.2.
pub(super) fn consistency_proof(nodes: &[Sha256Digest], before: usize) -> Vec<Sha256Digest> {
    fn sub_proof(nodes: &[Sha256Digest], before: usize, is_known: bool) -> Vec<Sha256Digest> {
        if before == nodes.len() {
            // The verifier knows the root of what it had before.
            return if is_known {
                Vec::new()
            } else {
                vec![root_of(nodes)]
            };
        }
        let (left, right) = nodes.split_at(split(nodes.len()));
        let (mut proof, sibling) = if before <= left.len() {
            (sub_proof(left, before, is_known), right)
        } else {
            (sub_proof(right, before - left.len(), false), left)
        };
        proof.push(root_of(sibling));
        proof
    }
    if before == 0 || before >= nodes.len() {
        return Vec::new();
    }
    sub_proof(nodes, before, true)
}

/// Says whether a proof shows that entry `index` of the tree with this size and root has `node` on
/// the lowest level, RFC 9162, section 2.1.3.2.
pub(super) fn proves_inclusion(
    node: &Sha256Digest,
    index: u64,
    size: u64,
    root: &Sha256Digest,
    proof: &[Sha256Digest],
) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last) = (index, size - 1);
    let mut node = *node;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            node = inner_node(sibling, &node);
            // A node without a right sibling moves up unchanged.
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            node = inner_node(&node, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && node == *root
}

/// Says whether a proof shows that the tree `before` is the beginning of the tree `after`, each a
/// size and a root, RFC 9162, section 2.1.4.2.
pub(super) fn proves_consistency(
    before: (u64, &Sha256Digest),
    after: (u64, &Sha256Digest),
    proof: &[Sha256Digest],
) -> bool {
    let ((size, root), (later_size, later_root)) = (before, after);
    // Every tree begins with nothing, which proves nothing.
    if size == 0 || size > later_size {
        return false;
    }
    if size == later_size {
        return proof.is_empty() && root == later_root;
    }
    // A complete tree is itself the first node of the proof.
    let (first, rest) = if size.is_power_of_two() {
        (root, proof)
    } else {
        match proof.split_first() {
            Some((first, rest)) => (first, rest),
            None => return false,
        }
    };
    let (mut place, mut last) = (size - 1, later_size - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let (mut earlier, mut later) = (*first, *first);
    for node in rest {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            earlier = inner_node(node, &earlier);
            later = inner_node(node, &later);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            later = inner_node(&later, node);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && earlier == *root && later == *later_root
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn leaves(count: usize) -> Vec<Sha256Digest> {
        (0..count)
            .map(|index| Sha256Digest::of(&index.to_be_bytes()))
            .collect()
    }

    fn nodes(leaves: &[Sha256Digest]) -> Vec<Sha256Digest> {
        leaves.iter().map(leaf_node).collect()
    }

    /// The root of nothing is in RFC 6962 as the hash of an empty string.
    #[test]
    fn the_empty_tree_has_the_root_of_the_standard() {
        assert_eq!(
            Frontier::default().root().to_string(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn a_frontier_has_the_root_of_the_whole_tree() {
        let leaves = leaves(70);
        let nodes = nodes(&leaves);
        let mut frontier = Frontier::default();
        for (index, leaf) in leaves.iter().enumerate() {
            frontier.push(leaf);
            assert_eq!(frontier.root(), root_of(&nodes[..=index]));
            let again = Frontier::from_parts(frontier.size(), frontier.nodes().to_vec());
            assert_eq!(again.unwrap(), frontier);
        }
        assert!(Frontier::from_parts(3, vec![leaves[0]]).is_none());
    }

    #[test]
    fn every_entry_is_proved_to_be_in_every_tree() {
        let leaves = leaves(20);
        for size in 1..=leaves.len() {
            let nodes = nodes(&leaves[..size]);
            let root = root_of(&nodes);
            for index in 0..size {
                let proof = inclusion_proof(&nodes, index);
                let proves = |node, index, root: &_, proof: &[_]| {
                    proves_inclusion(node, index as u64, size as u64, root, proof)
                };
                let (node, other) = (&nodes[index], Sha256Digest::of(b"other"));
                assert!(proves(node, index, &root, &proof));
                assert!(!proves(&other, index, &root, &proof));
                assert!(!proves(node, index, &other, &proof));
                assert!(!proves(node, size, &root, &proof));
                if let Some((_, shorter)) = proof.split_last() {
                    assert!(!proves(node, index, &root, shorter));
                }
                let longer: Vec<_> = proof.iter().copied().chain([other]).collect();
                assert!(!proves(node, index, &root, &longer));
            }
        }
    }

    #[test]
    fn every_tree_is_proved_to_begin_every_later_one() {
        let leaves = leaves(20);
        let nodes = nodes(&leaves);
        let other = Sha256Digest::of(b"other");
        for later in 1..=leaves.len() {
            let later_root = root_of(&nodes[..later]);
            for size in 1..=later {
                let root = root_of(&nodes[..size]);
                let proof = consistency_proof(&nodes[..later], size);
                let (before, after) = ((size as u64, &root), (later as u64, &later_root));
                assert!(proves_consistency(before, after, &proof));
                assert!(!proves_consistency((before.0, &other), after, &proof));
                assert!(!proves_consistency(before, (after.0, &other), &proof));
                let longer: Vec<_> = proof.iter().copied().chain([other]).collect();
                assert!(!proves_consistency(before, after, &longer));
                if let Some((_, shorter)) = proof.split_last() {
                    assert!(!proves_consistency(before, after, shorter));
                }
            }
        }
    }

    /// Probes that another implementation holds itself to, see tests/vectors/README.md.
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Probe {
        file: String,
        want_err: bool,
        proof: Option<Vec<String>>,
        leaf_idx: Option<u64>,
        tree_size: Option<u64>,
        leaf_hash: Option<String>,
        root: Option<String>,
        size1: Option<u64>,
        size2: Option<u64>,
        root1: Option<String>,
        root2: Option<String>,
    }

    /// A hash in base64. What has another length stands for some other hash.
    /// Nothing where it has another length than a hash, which no proof of ours can hold.
    fn hash(text: &str) -> Option<Sha256Digest> {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let bytes = STANDARD.decode(text).unwrap();
        let bytes = <[u8; 32]>::try_from(bytes.as_slice()).ok()?;
        Some(Sha256Digest::from_bytes(bytes))
    }

    /// A hash for texts of any length: equal ones stay equal, which some probes are about.
    fn stand_in(text: &str) -> Sha256Digest {
        hash(text).unwrap_or_else(|| Sha256Digest::of(text.as_bytes()))
    }

    fn probes(lines: &str) -> Vec<Probe> {
        let probes: Vec<Probe> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(probes.len(), 98);
        probes
    }

    #[test]
    fn proofs_of_inclusion_are_judged_as_others_judge_them() {
        for probe in probes(include_str!(
            "../../../tests/vectors/merkle/inclusion.jsonl"
        )) {
            let proof = probe.proof.iter().flatten().map(|text| hash(text));
            let hashes = (
                hash(&probe.leaf_hash.unwrap()),
                hash(&probe.root.unwrap()),
                proof.collect::<Option<Vec<_>>>(),
            );
            let holds = match &hashes {
                (Some(leaf), Some(root), Some(proof)) => proves_inclusion(
                    leaf,
                    probe.leaf_idx.unwrap(),
                    probe.tree_size.unwrap(),
                    root,
                    proof,
                ),
                _ => false,
            };
            assert_eq!(holds, !probe.want_err, "{}", probe.file);
        }
    }

    #[test]
    fn proofs_of_consistency_are_judged_as_others_judge_them() {
        for probe in probes(include_str!(
            "../../../tests/vectors/merkle/consistency.jsonl"
        )) {
            let proof: Vec<_> = probe
                .proof
                .iter()
                .flatten()
                .map(|text| stand_in(text))
                .collect();
            let holds = proves_consistency(
                (probe.size1.unwrap(), &stand_in(&probe.root1.unwrap())),
                (probe.size2.unwrap(), &stand_in(&probe.root2.unwrap())),
                &proof,
            );
            assert_eq!(holds, !probe.want_err, "{}", probe.file);
        }
    }
}

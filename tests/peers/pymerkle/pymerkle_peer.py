"""Checks checkpoints and proofs of the audit log of Scrim with pymerkle.

Reads one JSON object from standard input and writes a JSON list of objections to standard output,
empty where there are none:

    leaves       [HEX, ...]: what the log commits to, in order
    checkpoints  [{"size": NUMBER, "root": HEX}, ...]
    inclusion    [{"seq": NUMBER, "size": NUMBER, "proof": [HEX, ...]}, ...]
    consistency  [{"before": NUMBER, "after": NUMBER, "proof": [HEX, ...]}, ...]
"""

import json
import sys

from pymerkle import InmemoryTree, InvalidProof, verify_consistency, verify_inclusion


def tree_of(leaves):
    tree = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append_entry(leaf)
    return tree


def rfc_consistency(leaves, before, is_known=True):
    """SUBPROOF of RFC 6962, section 2.1.2, with the roots of pymerkle.

    pymerkle proves the same with another choice of nodes, so its own proofs cannot be compared.
    """
    if before == len(leaves):
        return [] if is_known else [tree_of(leaves).get_root()]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = leaves[:split], leaves[split:]
    if before <= split:
        return rfc_consistency(left, before, is_known) + [tree_of(right).get_root()]
    return rfc_consistency(right, before - split, False) + [tree_of(left).get_root()]


def objections(job):
    leaves = [bytes.fromhex(leaf) for leaf in job["leaves"]]
    tree = tree_of(leaves)
    roots = {}
    for checkpoint in job["checkpoints"]:
        size, root = checkpoint["size"], bytes.fromhex(checkpoint["root"])
        roots[size] = root
        if tree.get_root(size) != root:
            yield f"checkpoint of {size}: another root"
    for case in job["inclusion"]:
        seq, size = case["seq"], case["size"]
        path = [bytes.fromhex(node) for node in case["proof"]]
        # Its structure follows from place and size; the hashes are ours.
        proof = tree.prove_inclusion(seq + 1, size)
        proof.path = proof.path[:1] + path
        try:
            verify_inclusion(proof.path[0], roots[size], proof, index=seq + 1, size=size)
        except InvalidProof as error:
            yield f"inclusion of {seq} in {size}: {error}"
    for case in job["consistency"]:
        before, after = case["before"], case["after"]
        proof = tree.prove_consistency(before, after)
        try:
            verify_consistency(roots[before], roots[after], proof, before, after)
        except InvalidProof as error:
            yield f"consistency of {before} and {after}: {error}"
        path = [bytes.fromhex(node) for node in case["proof"]]
        if rfc_consistency(leaves[:after], before) != path:
            yield f"consistency of {before} and {after}: another proof"


json.dump(list(objections(json.load(sys.stdin))), sys.stdout)

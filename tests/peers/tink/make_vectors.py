"""Makes the vectors in tests/vectors/sealed with stock Tink: valid objects, and one defect per file.

    $(tests/peers/venv.sh tink) -B tests/peers/tink/make_vectors.py

Salts are random, so running it again changes every file. Each object is offered to Tink as well: it
must open the valid ones and refuse the others.
"""

import json
import pathlib

import tink
from tink_peer import open_sealed, seal

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "vectors" / "sealed"
KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
CONTEXT = b"scrim vectors"
SEGMENT = 64
HEADER = 40
TAG = 16
FIRST = SEGMENT - HEADER - TAG
REST = SEGMENT - TAG
THREE = FIRST + REST + 20


def text(count):
    return bytes((7 * index + 3) % 251 for index in range(count))


def flipped(sealed, index):
    changed = bytearray(sealed)
    changed[index] ^= 1
    return bytes(changed)


def refused_by_tink(key, context, sealed):
    try:
        open_sealed(key, SEGMENT, context, sealed)
    except (tink.TinkError, OSError):
        return True
    return False


def write(name, what, plaintext, ciphertext, bad_segment=None, key=KEY, context=CONTEXT):
    """`bad_segment` is the first segment that must not open, or nothing for a valid object."""
    if bad_segment is None:
        assert open_sealed(key, SEGMENT, context, ciphertext) == plaintext, name
    else:
        assert refused_by_tink(key, context, ciphertext), name
    vector = {
        "what": what,
        "bad_segment": bad_segment,
        "segment_bytes": SEGMENT,
        "key": key.hex(),
        "associated_data": context.decode(),
        "plaintext": plaintext.hex(),
        "ciphertext": ciphertext.hex(),
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(vector, indent=2) + "\n")


def valid():
    for name, count in [
        ("empty", 0),
        ("one_byte", 1),
        ("first_segment_less_one", FIRST - 1),
        ("first_segment_full", FIRST),
        ("first_segment_and_one", FIRST + 1),
        ("two_segments_full", FIRST + REST),
        ("three_segments", THREE),
    ]:
        plaintext = text(count)
        what = f"sealed by Tink, {count} bytes of plaintext"
        write(f"valid_{name}", what, plaintext, seal(KEY, SEGMENT, CONTEXT, plaintext))


def defects():
    plaintext = text(THREE)
    good = seal(KEY, SEGMENT, CONTEXT, plaintext)
    other = seal(KEY, SEGMENT, CONTEXT, plaintext)
    first, second, third = good[:SEGMENT], good[SEGMENT : 2 * SEGMENT], good[2 * SEGMENT :]
    for name, what, bad, ciphertext in [
        ("header_length", "first byte of the header changed", 0, flipped(good, 0)),
        ("salt", "one bit of the salt flipped", 0, flipped(good, 1)),
        ("nonce_prefix", "one bit of the nonce prefix flipped", 0, flipped(good, 33)),
        ("first_text", "one bit in segment 0 flipped", 0, flipped(good, HEADER)),
        ("first_tag", "one bit in the tag of segment 0 flipped", 0, flipped(good, SEGMENT - 1)),
        ("second_text", "one bit in segment 1 flipped", 1, flipped(good, SEGMENT)),
        ("last_text", "one bit in the last segment flipped", 2, flipped(good, 2 * SEGMENT)),
        ("last_tag", "one bit in the last tag flipped", 2, flipped(good, len(good) - 1)),
        ("nothing", "no byte at all", 0, b""),
        ("header_only", "nothing but the header", 0, good[:HEADER]),
        ("cut_in_first", "cut off inside segment 0", 0, good[: SEGMENT - 4]),
        ("cut_in_last", "last byte missing", 2, good[:-1]),
        ("without_last", "last segment missing", 1, first + second),
        ("first_only", "all but segment 0 missing", 0, first),
        ("trailing_byte", "one byte more at the end", 2, good + b"\x00"),
        ("trailing_segment", "last segment twice", 2, good + third),
        ("swapped", "segments 1 and 2 swapped", 1, first + third + second),
        ("repeated", "segment 1 twice", 2, first + second + second + third),
        ("dropped", "segment 1 missing", 1, first + third),
        ("grafted", "segment 1 of another object", 1, first + other[SEGMENT : 2 * SEGMENT] + third),
    ]:
        write(f"bad_{name}", what, plaintext, ciphertext, bad)
    write("bad_key", "another key", plaintext, good, 0, key=OTHER_KEY)
    write("bad_context", "other associated data", plaintext, good, 0, context=b"another place")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    valid()
    defects()

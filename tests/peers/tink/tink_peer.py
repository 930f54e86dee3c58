"""Seals and opens files with stock Tink, for comparison with the sealed format of Scrim.

Reads a JSON list of jobs from standard input and writes a JSON list of outcomes to standard output,
one per job and in the same order:

    job      {"do": "seal" or "open", "key": HEX, "associated_data": TEXT, "segment_bytes": NUMBER,
              "input": PATH, "output": PATH}
    outcome  {"ok": true} or {"ok": false, "error": TEXT}
"""

import base64
import io
import json
import sys

import tink
from tink import json_proto_keyset_format, secret_key_access, streaming_aead

streaming_aead.register()


def varint(number):
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def primitive(key, segment_bytes):
    """Puts a raw 32-byte key into a Tink keyset.

    AesGcmHkdfStreamingKey: params = 2 {segment size = 1, derived key size = 2, SHA256 = 3}, key = 3.
    """
    if len(key) != 32:
        raise ValueError("the key must have 32 bytes")
    params = b"\x08" + varint(segment_bytes) + b"\x10\x20\x18\x03"
    value = b"\x12" + varint(len(params)) + params + b"\x1a\x20" + key
    keyset = {
        "primaryKeyId": 1,
        "key": [
            {
                "keyData": {
                    "typeUrl": "type.googleapis.com/google.crypto.tink.AesGcmHkdfStreamingKey",
                    "value": base64.b64encode(value).decode(),
                    "keyMaterialType": "SYMMETRIC",
                },
                "status": "ENABLED",
                "keyId": 1,
                "outputPrefixType": "RAW",
            }
        ],
    }
    handle = json_proto_keyset_format.parse(json.dumps(keyset), secret_key_access.TOKEN)
    return handle.primitive(streaming_aead.StreamingAead)


class Kept(io.BytesIO):
    """A buffer whose contents outlive the stream that closes it."""

    def close(self):
        self.contents = self.getvalue()
        super().close()


def seal(key, segment_bytes, associated_data, plaintext):
    kept = Kept()
    with primitive(key, segment_bytes).new_encrypting_stream(kept, associated_data) as stream:
        stream.write(plaintext)
    return kept.contents


def open_sealed(key, segment_bytes, associated_data, ciphertext):
    source = io.BytesIO(ciphertext)
    with primitive(key, segment_bytes).new_decrypting_stream(source, associated_data) as stream:
        return stream.read()


def run(job):
    work = {"seal": seal, "open": open_sealed}[job["do"]]
    with open(job["input"], "rb") as file:
        contents = file.read()
    key = bytes.fromhex(job["key"])
    result = work(key, job["segment_bytes"], job["associated_data"].encode(), contents)
    with open(job["output"], "wb") as file:
        file.write(result)


def outcome(job):
    try:
        run(job)
    except (tink.TinkError, OSError, ValueError) as error:
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}
    return {"ok": True}


if __name__ == "__main__":
    json.dump([outcome(job) for job in json.load(sys.stdin)], sys.stdout)

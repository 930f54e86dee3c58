"""Reads a ZIP file of Scrim with other people's programs and prints what is in it as JSON.

    archive_peer.py FILE            with zipfile of Python
    archive_peer.py FILE PASSWORD   with pyzipper

Tables inside are read with csv of Python and with openpyxl. The answer is

    {"entries": [{"name", "bytes", "sha256", "is_stored", "mode", "aes": [version, strength] or null}],
     "tables": {NAME: [[[type, value], ...], ...]}}

or {"error": TEXT} where the file cannot be read.
"""

import csv
import hashlib
import io
import json
import struct
import sys
import zipfile

import openpyxl
import pyzipper

PIECE = 1 << 20


def aes(info):
    """Version and strength of the WinZip extra field 0x9901 in the central directory."""
    extra = info.extra
    while len(extra) >= 4:
        identifier, length = struct.unpack("<HH", extra[:4])
        if identifier == 0x9901:
            version, _, strength, _ = struct.unpack("<HHBH", extra[4 : 4 + length])
            return [version, strength]
        extra = extra[4 + length :]
    return None


def table(name, contents):
    if name.endswith(".csv"):
        rows = csv.reader(io.StringIO(contents.decode("utf-8"), newline=""))
        return [[["s", cell] for cell in row] for row in rows]
    sheet = openpyxl.load_workbook(io.BytesIO(contents)).active
    return [[[cell.data_type, cell.value] for cell in row] for row in sheet.iter_rows()]


def read(path, password):
    kind = zipfile.ZipFile if password is None else pyzipper.AESZipFile
    entries, tables = [], {}
    with kind(path) as archive:
        if password is not None:
            archive.setpassword(password.encode())
        for info in archive.infolist():
            digest, total, kept = hashlib.sha256(), 0, bytearray()
            with archive.open(info) as file:
                while piece := file.read(PIECE):
                    digest.update(piece)
                    total += len(piece)
                    if info.filename.endswith((".csv", ".xlsx")):
                        kept += piece
            entries.append(
                {
                    "name": info.filename,
                    "bytes": total,
                    "sha256": digest.hexdigest(),
                    "is_stored": info.file_size == total,
                    "mode": info.external_attr >> 16 & 0o777,
                    "aes": aes(info),
                }
            )
            if kept:
                tables[info.filename] = table(info.filename, bytes(kept))
    return {"entries": entries, "tables": tables}


def main():
    password = sys.argv[2] if len(sys.argv) > 2 else None
    try:
        answer = read(sys.argv[1], password)
    except (OSError, RuntimeError, zipfile.BadZipFile, pyzipper.BadZipFile) as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)


main()

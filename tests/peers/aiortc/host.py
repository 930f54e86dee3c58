"""A host in a room, by its WebSocket: lets in whoever waits, or sends them away.

    host.py URL TOKEN [--refuse]

URL is the page of the room and TOKEN one of an account. Prints one line of JSON for each thing that happened.
Ends when its standard input ends.
"""

import argparse
import asyncio
import base64
import json
import os
import sys
import urllib.parse

import session

TEXT, PING, PONG = 1, 9, 10


def frame(kind, data):
    """A whole frame of a client, which is masked (RFC 6455, 5.2)."""
    mask = os.urandom(4)
    length = len(data)
    size = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 126]) + length.to_bytes(2, "big")
    return bytes([0x80 | kind]) + size + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))


async def heard(reader):
    """The kind and the data of the next frame. The server sends none in pieces."""
    kind, size = await reader.readexactly(2)
    if size == 126:
        size = int.from_bytes(await reader.readexactly(2), "big")
    elif size == 127:
        size = int.from_bytes(await reader.readexactly(8), "big")
    return kind & 0x0F, await reader.readexactly(size)


class Host:
    """A host, from the knock to the end."""

    def __init__(self, reader, writer, admits):
        self.reader, self.writer, self.admits = reader, writer, admits
        self.seen = {}

    def say(self, kind, **fields):
        self.writer.write(frame(TEXT, json.dumps({"type": kind, **fields}).encode()))

    async def ping(self):
        while True:
            self.say("ping")
            await asyncio.sleep(2)

    async def listen(self):
        while True:
            kind, data = await heard(self.reader)
            if kind == PING:
                self.writer.write(frame(PONG, data))
            if kind != TEXT:
                continue
            message = json.loads(data)
            match message["type"]:
                case "welcome":
                    session.say(seat=message["seat"])
                case "hosting":
                    for one in message["waiting"]:
                        self.say("admit", participant=one["id"], admitted=self.admits)
                        session.say(waited=one["label"])
                case "people":
                    for one in message["people"]:
                        self.seen[one["id"]] = [one["label"], one["seat"]]
                    session.say(seen=sorted(self.seen.values()))


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--refuse", action="store_true")
    options = parser.parse_args()

    url = urllib.parse.urlparse(options.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    key = base64.b64encode(os.urandom(16)).decode()
    head = [
        f"GET {url.path}/live HTTP/1.1", f"Host: {url.netloc}", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", f"Authorization: Bearer {options.token}",
    ]
    writer.write(("\r\n".join(head) + "\r\n\r\n").encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 101 "), answer
    host = Host(reader, writer, not options.refuse)
    host.say("knock", name="Hanna Holt")
    tasks = [asyncio.create_task(host.ping()), asyncio.create_task(host.listen())]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for task in tasks:
        task.cancel()
    writer.close()


asyncio.run(main())

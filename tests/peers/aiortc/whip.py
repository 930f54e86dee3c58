"""An encoder that sends into a room by WHIP: aiortc, shaped like OBS.

    whip.py URL TOKEN [--candidates]

Its offer has no candidates, as the one of OBS, unless --candidates is given. Prints one line of JSON for
each thing that happened. Ends the session when its standard input ends.
"""

import argparse
import asyncio
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack


def say(**words):
    print(json.dumps(words), flush=True)


def ask(method, url, token, body=None, kind=None, **fields):
    """Sends a request and returns status, fields and text of the answer."""
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    if token:
        headers["authorization"] = f"Bearer {token}"
    if kind:
        headers["content-type"] = kind
    data = body.encode() if body is not None else None
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


async def sent(connection):
    """Waits until sound and pictures were sent, and returns how many packets of each."""
    while True:
        reports = (await connection.getStats()).values()
        packets = {one.kind: one.packetsSent for one in reports if one.type == "outbound-rtp"}
        if len(packets) == 2 and min(packets.values()) > 10:
            return packets
        await asyncio.sleep(0.05)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--candidates", action="store_true")
    options = parser.parse_args()

    connection = RTCPeerConnection()
    connected = asyncio.Event()

    @connection.on("connectionstatechange")
    def changed():
        say(state=connection.connectionState)
        if connection.connectionState == "connected":
            connected.set()

    connection.addTransceiver(AudioStreamTrack(), direction="sendonly")
    connection.addTransceiver(VideoStreamTrack(), direction="sendonly")
    await connection.setLocalDescription(await connection.createOffer())
    offer = connection.localDescription.sdp
    if not options.candidates:
        lines = offer.splitlines()
        kept = [line for line in lines if not line.startswith(("a=candidate", "a=end-of-candidates"))]
        offer = "\r\n".join(kept) + "\r\n"

    # What has to be refused, before anything is taken.
    say(without_token=ask("POST", options.url, None, offer, "application/sdp")[0])
    say(of_another_type=ask("POST", options.url, options.token, offer, "text/plain")[0])
    say(no_offer=ask("POST", options.url, options.token, "v=0", "application/sdp")[0])

    began = time.monotonic()
    status, fields, answer = ask("POST", options.url, options.token, offer, "application/sdp")
    fields = {name.lower(): value for name, value in fields.items()}
    say(posted=status, kind=fields.get("content-type"), tag=fields.get("etag"),
        has_candidates="a=candidate" in answer, seconds=time.monotonic() - began)
    if status != 201:
        say(refused=answer)
        return
    session = urllib.parse.urljoin(options.url, fields["location"])
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await asyncio.wait_for(connected.wait(), 20)
    say(connected=time.monotonic() - began)

    ufrag = next(line for line in offer.splitlines() if line.startswith("a=ice-ufrag"))
    password = next(line for line in offer.splitlines() if line.startswith("a=ice-pwd"))
    candidate = "a=candidate:1 1 udp 2130706431 127.0.0.1 40001 typ host"
    fragment = "\r\n".join([ufrag, password, "m=audio 9 UDP/TLS/RTP/SAVPF 0", "a=mid:0", candidate, ""])
    trickle = "application/trickle-ice-sdpfrag"
    say(without_tag=ask("PATCH", session, options.token, fragment, trickle)[0])
    say(stale=ask("PATCH", session, options.token, fragment, trickle, if_match='"0"')[0])
    say(trickled=ask("PATCH", session, options.token, fragment, trickle, if_match='"1"')[0])
    restart = fragment.replace(ufrag, "a=ice-ufrag:other")
    say(restarted=ask("PATCH", session, options.token, restart, trickle, if_match="*")[0])
    say(other_token=ask("DELETE", session, "sci_other")[0])

    # Until whoever started it has seen enough, and something was sent.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    say(packets=await asyncio.wait_for(sent(connection), 20))
    say(deleted=ask("DELETE", session, options.token)[0])
    say(again=ask("DELETE", session, options.token)[0])
    await connection.close()


asyncio.run(main())

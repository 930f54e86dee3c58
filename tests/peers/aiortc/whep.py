"""A player that shows the programme of a room by WHEP: aiortc.

    whep.py URL TOKEN [--candidates] [--relay]

Its offer has no candidates unless --candidates is given. With --relay it reaches the server only through the
TURN servers that it is told. Prints one line of JSON for each thing that happened, plays until some frames of
sound and pictures were decoded, and ends the session.
"""

import argparse
import asyncio
import time

from aiortc import RTCPeerConnection, RTCSessionDescription

import session

# Sound has fifty in a second, and the pictures of aiortc thirty.
FRAMES = 20


async def played(track):
    """Decodes some frames of a track, and returns how many."""
    for _ in range(FRAMES):
        await track.recv()
    return FRAMES


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--candidates", action="store_true")
    parser.add_argument("--relay", action="store_true")
    options = parser.parse_args()

    status, fields, body = session.ask("GET", options.url, None)
    session.say(found=status, endpoint=fields["content-type"], body=body)
    relayed = session.relayed(options.url, options.token) if options.relay else session.DIRECT
    connection = RTCPeerConnection(relayed)
    connected = asyncio.Event()
    tracks = {}

    @connection.on("connectionstatechange")
    def changed():
        session.say(state=connection.connectionState)
        if connection.connectionState == "connected":
            connected.set()

    @connection.on("track")
    def added(track):
        tracks[track.kind] = track

    connection.addTransceiver("audio", direction="recvonly")
    connection.addTransceiver("video", direction="recvonly")
    await connection.setLocalDescription(await connection.createOffer())
    offer = connection.localDescription.sdp
    session.say(candidates=session.candidates(offer))
    if not (options.candidates or options.relay):
        offer = session.without_candidates(offer)

    session.refusals(options.url, options.token, offer)
    session.say(sends=session.ask("POST", options.url, options.token,
                                  offer.replace("a=recvonly", "a=sendonly"), session.OFFER)[0])
    began = time.monotonic()
    posted = session.post(options.url, options.token, offer)
    if posted is None:
        return
    answer, place = posted
    session.say(streams=sorted({line.split(" ")[0] for line in answer.splitlines() if line.startswith("a=msid:")}))
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await asyncio.wait_for(connected.wait(), 20)
    session.say(connected=time.monotonic() - began)
    frames = await asyncio.wait_for(asyncio.gather(played(tracks["audio"]), played(tracks["video"])), 60)
    session.say(frames=dict(zip(("audio", "video"), frames)))
    session.say(looked=session.ask("GET", place, options.token)[0])
    session.trickle(place, options.token, offer)
    session.end(place, options.token)
    session.say(looked_later=session.ask("GET", place, options.token)[0])
    await connection.close()


asyncio.run(main())

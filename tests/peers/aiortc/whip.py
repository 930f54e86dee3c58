"""An encoder that sends into a room by WHIP: aiortc, shaped like OBS.

    whip.py URL TOKEN [--candidates] [--relay]

Its offer has no candidates, as the one of OBS, unless --candidates is given. With --relay it reaches the
server only through the TURN servers that it is told. Prints one line of JSON for each thing that happened.
Ends the session when its standard input ends.
"""

import argparse
import asyncio
import sys
import time

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

import session


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
    parser.add_argument("--relay", action="store_true")
    options = parser.parse_args()

    relayed = session.relayed(options.url, options.token) if options.relay else session.DIRECT
    connection = RTCPeerConnection(relayed)
    connected = asyncio.Event()

    @connection.on("connectionstatechange")
    def changed():
        session.say(state=connection.connectionState)
        if connection.connectionState == "connected":
            connected.set()

    connection.addTransceiver(AudioStreamTrack(), direction="sendonly")
    connection.addTransceiver(VideoStreamTrack(), direction="sendonly")
    await connection.setLocalDescription(await connection.createOffer())
    offer = connection.localDescription.sdp
    session.say(candidates=session.candidates(offer))
    if not (options.candidates or options.relay):
        offer = session.without_candidates(offer)

    session.refusals(options.url, options.token, offer)
    began = time.monotonic()
    posted = session.post(options.url, options.token, offer)
    if posted is None:
        return
    answer, place = posted
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await asyncio.wait_for(connected.wait(), 20)
    session.say(connected=time.monotonic() - began)
    session.trickle(place, options.token, offer)

    # Until whoever started it has seen enough, and something was sent.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    session.say(packets=await asyncio.wait_for(sent(connection), 20))
    session.end(place, options.token)
    await connection.close()


asyncio.run(main())

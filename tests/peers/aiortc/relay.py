"""Somebody who was invited to a room and asks its TURN server for more than that.

    relay.py URL TOKEN --secret SECRET --allowed HOST PORT --denied HOST...

Prints one line of JSON for each thing that it tried: the code of the error, or nothing where it was allowed.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import time

from aioice import stun, turn

import session


class Taken(asyncio.DatagramProtocol):
    """What comes to a socket, or back through the relay."""

    def __init__(self):
        self.got = asyncio.Queue()

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.got.put_nowait((data, address))

    def error_received(self, error):
        pass

    def connection_lost(self, error):
        pass


def credentials(secret, until):
    """What the TURN server accepts until then: the "TURN REST API"."""
    username = str(int(until))
    signed = hmac.new(secret.encode(), username.encode(), hashlib.sha1)
    return username, base64.b64encode(signed.digest()).decode()


async def tried(attempt):
    """The code of the error that comes of something."""
    try:
        await attempt
    except stun.TransactionFailed as failure:
        return failure.response.error_code
    return None


async def allocated(server, username, password):
    return await turn.create_turn_endpoint(Taken, server, username, password)


def asks(client, method, address, channel=None):
    """Asks for a way to an address."""
    request = stun.Message(message_method=method, message_class=stun.Class.REQUEST)
    if channel:
        request.attributes["CHANNEL-NUMBER"] = channel
    request.attributes["XOR-PEER-ADDRESS"] = address
    return client.request_with_retry(request)


def thrown(client, server, address, data):
    """Sends to an address without asking."""
    message = stun.Message(message_method=stun.Method.SEND, message_class=stun.Class.INDICATION)
    message.attributes["XOR-PEER-ADDRESS"] = address
    message.attributes["DATA"] = data
    client.send_stun(message, server)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("--secret", required=True)
    parser.add_argument("--allowed", required=True)
    parser.add_argument("--denied", nargs="+", required=True)
    options = parser.parse_args()

    named = session.relayed(options.url, options.token).iceServers[0]
    host, port = named.urls.removeprefix("turn:").split("?")[0].split(":")
    server = (host, int(port))
    now = time.time()
    session.say(good_for=int(named.username) - now)
    session.say(expired=await tried(allocated(server, *credentials(options.secret, now - 1))))
    session.say(forged=await tried(allocated(server, *credentials("another secret", now + 3600))))
    session.say(renamed=await tried(allocated(server, str(int(named.username) + 1), named.credential)))

    transport, relay = await allocated(server, named.username, named.credential)
    # There is no other way to talk to the server about what it should not do.
    client = transport._TurnTransport__inner_protocol
    loop = asyncio.get_running_loop()
    open_socket, opened = await loop.create_datagram_endpoint(Taken, local_addr=(options.allowed, 0))
    shut_socket, shut = await loop.create_datagram_endpoint(Taken, local_addr=(options.denied[0], 0))
    allowed = open_socket.get_extra_info("sockname")
    denied = [shut_socket.get_extra_info("sockname")] + [(host, 80) for host in options.denied[1:]]
    for number, address in enumerate(denied):
        permitted = await tried(asks(client, stun.Method.CREATE_PERMISSION, address))
        bound = await tried(asks(client, stun.Method.CHANNEL_BIND, address, 0x4400 + number))
        session.say(**{address[0]: [permitted, bound]})

    # What is not allowed does not arrive, and what is allowed goes both ways. It was sent later.
    thrown(client, server, denied[0], b"denied")
    transport.sendto(b"allowed", allowed)
    data, relayed = await asyncio.wait_for(opened.got.get(), 20)
    opened.transport.sendto(b"back", relayed)
    back, _ = await asyncio.wait_for(relay.got.get(), 20)
    session.say(arrived=data.decode(), came_back=back.decode(), leaked=shut.got.qsize())
    transport.close()


asyncio.run(main())

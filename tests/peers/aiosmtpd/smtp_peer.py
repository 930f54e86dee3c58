"""A mail server made of aiosmtpd, which says what it got.

    smtp_peer.py starttls|tls|plain FOLDER

FOLDER holds server.pem and server.key. The user is `scrim`, the password `correct horse`; in plain
mode nobody logs in. The first line of the output is the port on 127.0.0.1. After that each mail is one
line of JSON:

    tls      whether it came encrypted
    user     who logged in, or null
    sender   of the envelope
    to       receivers of the envelope
    headers  [[NAME, VALUE], ...], decoded
    text     the body, decoded

`later@` is answered with 451, `nobody@` with 550, both with the address in the text. It ends when its
input does.
"""

import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

HOST = "127.0.0.1"

# It warns of logging in without STARTTLS, also where the connection is encrypted from its first byte.
warnings.simplefilter("ignore")
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


def say(value):
    print(json.dumps(value), flush=True)


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("later@"):
            return f"451 4.7.1 <{address}> is greylisted, come again"
        if address.startswith("nobody@"):
            return f"550 5.1.1 <{address}> is unknown here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        is_encrypted = session.ssl is not None
        say(
            {
                "tls": is_encrypted or server.transport.get_extra_info("sslcontext") is not None,
                "user": session.auth_data,
                "sender": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "headers": [[name, str(value)] for name, value in mail.items()],
                "text": mail.get_content(),
            }
        )
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    is_right = (data.login, data.password) == (b"scrim", b"correct horse")
    return AuthResult(success=is_right, handled=False, auth_data=data.login.decode())


def protocol(mode, context):
    if mode == "plain":
        return SMTP(Mailbox(), hostname="peer.example")
    return SMTP(
        Mailbox(),
        hostname="peer.example",
        enable_SMTPUTF8=True,
        tls_context=context if mode == "starttls" else None,
        require_starttls=mode == "starttls",
        auth_require_tls=mode == "starttls",
        auth_required=True,
        authenticator=authenticate,
    )


async def main(mode, folder):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(f"{folder}/server.pem", f"{folder}/server.key")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: protocol(mode, context), HOST, 0, ssl=context if mode == "tls" else None
    )
    say(server.sockets[0].getsockname()[1])
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main(*sys.argv[1:]))

"""A receiver of webhooks that verifies signatures with the library of Standard Webhooks.

    receiver.py FOLDER SECRET

FOLDER holds server.pem and server.key. The first line of the output is [PORT, PORT_WITHOUT_TLS], both
on 127.0.0.1. After that each request is one line of JSON:

    path      of the request
    headers   {NAME: VALUE}, names in lower case
    body      as it came
    verified  whether the library takes the signature

/status/NUMBER answers so, and with a number from 300 to 399 sends the client on to /elsewhere.
/endless never ends its answer, /silent never begins one. All else answers 204. It ends when its input
does.
"""

import json
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def say(value):
    print(json.dumps(value), flush=True)


class Receiver(BaseHTTPRequestHandler):
    webhook = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        say({"path": self.path, "headers": headers, "body": body, "verified": self.is_signed(body)})
        if self.path == "/silent":
            self.rfile.read(1)
            return
        status = int(self.path.removeprefix("/status/")) if "/status/" in self.path else 204
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        if self.path == "/endless":
            self.end_headers()
            while True:
                self.wfile.write(b"more and more " * 1000)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def is_signed(self, body):
        try:
            self.webhook.verify(body, dict(self.headers.items()))
            return True
        except WebhookVerificationError:
            return False

    def log_message(self, *words):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients that go away are what some tests are about."""


def serve(context):
    server = Server(("127.0.0.1", 0), Receiver)
    if context:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def main(folder, secret):
    Receiver.webhook = Webhook(secret)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(f"{folder}/server.pem", f"{folder}/server.key")
    say([serve(context), serve(None)])
    sys.stdin.read()


main(*sys.argv[1:])

"""A collector of traces that speaks OTLP over HTTP with protobuf.

The first line of the output is its port on 127.0.0.1. After that each span is one line of JSON:

    path        of the request
    name        of the span
    attributes  {KEY: VALUE} of the span
    resource    {KEY: VALUE} of what it comes from

It ends when its input does.
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def say(value):
    print(json.dumps(value), flush=True)


def fields(attributes):
    return {
        field.key: getattr(field.value, field.value.WhichOneof("value")) for field in attributes
    }


class Collector(BaseHTTPRequestHandler):
    def do_POST(self):
        request = ExportTraceServiceRequest()
        request.ParseFromString(self.rfile.read(int(self.headers["content-length"])))
        for part in request.resource_spans:
            for scope in part.scope_spans:
                for span in scope.spans:
                    say(
                        {
                            "path": self.path,
                            "name": span.name,
                            "attributes": fields(span.attributes),
                            "resource": fields(part.resource.attributes),
                        }
                    )
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
say(server.server_address[1])
sys.stdin.read()

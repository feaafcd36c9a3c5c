"""A push service on a port of this machine, for servers that run as processes."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from multidict import CIMultiDict, CIMultiDictProxy

from tests.fakes.internet import SentRequest
from tests.fakes.push_service import PushedApp
from tests.processes.running import PATIENCE_SECONDS


@dataclass
class Sink:
    """Where it is, and what it is sent."""

    address: str = ""
    received: "queue.Queue[SentRequest]" = field(default_factory=queue.Queue)

    def next(self) -> SentRequest:
        """Return the next message, which may come yet."""
        return self.received.get(timeout=PATIENCE_SECONDS)

    def told(self, app: PushedApp, body: str) -> dict[str, Any]:
        """Return the message with these words, opened by `app`; one that is pushed again is passed over."""
        while (said := app.decrypt(self.next()))["body"] != body:
            pass
        return said


@contextmanager
def open_sink() -> Iterator[Sink]:
    """Open a sink until the context ends."""
    opened = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = CIMultiDictProxy(CIMultiDict(self.headers.items()))
            opened.received.put(SentRequest("POST", opened.address, headers, body))
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Be silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    opened.address = f"http://127.0.0.1:{server.server_address[1]}/push"
    try:
        yield opened
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

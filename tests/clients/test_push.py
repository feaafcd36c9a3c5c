"""Mastodon.py subscribes to push, and decrypts what the worker sends over real sockets."""

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from mastodon import Mastodon
from mastodon.return_types import PushNotification

from tests.processes.running import PATIENCE_SECONDS

pytestmark = pytest.mark.xdist_group("clients")


@dataclass
class Sink:
    """A push service on a port of this machine: what it is sent, with the headers."""

    address: str = ""
    received: "queue.Queue[tuple[dict[str, str], bytes]]" = field(default_factory=queue.Queue)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """An open sink."""
    opened = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            opened.received.put(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            """Be silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    opened.address = f"http://127.0.0.1:{server.server_address[1]}/push"
    yield opened
    server.shutdown()
    server.server_close()
    thread.join()


def test_mastodon_py_decrypts_what_it_is_pushed(reader: Mastodon, colleague: Mastodon, sink: Sink) -> None:
    private, public = reader.push_subscription_generate_keys()

    def pushed() -> PushNotification:
        headers, body = sink.received.get(timeout=PATIENCE_SECONDS)
        told: PushNotification = reader.push_subscription_decrypt_push(
            body, private, headers["encryption"], headers["crypto-key"]
        )
        return told

    made = reader.push_subscription_set(sink.address, public, mention_events=True)
    assert reader.push_subscription().id == made.id
    assert made.server_key == reader.instance_v2().configuration.vapid.public_key
    colleague.status_post("@ana The vote is on Thursday")
    told = pushed()
    notification = reader.notifications(types=["mention"], limit=1)[0]
    assert (told.access_token, told.notification_type) == (reader.access_token, "mention")
    assert (str(told.notification_id), told.title) == (str(notification.id), "cleo mentioned you")
    assert told.body == "@ana The vote is on Thursday"
    reader.push_subscription_update(mention_events=False)
    colleague.status_post("@ana Not heard")
    reader.push_subscription_update(mention_events=True)
    colleague.status_post("@ana Heard")
    assert pushed().body == "@ana Heard"
    reader.push_subscription_delete()

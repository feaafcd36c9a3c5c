"""Rows P05, P23, R04, S09 and O21 on the socket of a real server: what comes before a request is one."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import pytest

from tests.processes.running import PATIENCE_SECONDS, Instance, Server

_BODY = b'{"id":"https://x.example/1"}'


@dataclass
class Wire:
    """The server under attack."""

    port: int
    host: bytes
    pid: int

    def request(
        self,
        *lines: bytes,
        first: bytes = b"POST /inbox HTTP/1.1",
        body: bytes = _BODY,
        host: bytes | None = None,
        length: bool = True,
    ) -> bytes:
        """Return the bytes of a request with more lines in its head."""
        named = self.host if host is None else host
        head = [first, b"Host: " + named, b"Content-Type: application/activity+json"]
        if length:
            head.append(b"Content-Length: %d" % len(body))
        return b"\r\n".join([*head, *lines, b"", b""]) + body

    def send(self, data: bytes, *, more: Iterable[bytes] = ()) -> bytes:
        """Return all that the server says until it closes the connection; fails where it does not."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS) as connection:
            said = b""
            try:
                connection.sendall(data)
                for part in more:
                    connection.sendall(part)
            except ConnectionError:
                pass
            try:
                while received := connection.recv(65536):
                    said += received
            except ConnectionError:
                pass
            return said

    def is_well(self) -> bool:
        """Return whether an honest request is answered."""
        said = self.send(
            b"GET /health/live HTTP/1.1\r\nHost: " + self.host + b"\r\nConnection: close\r\n\r\n"
        )
        return said.startswith(b"HTTP/1.1 200")

    def resident_mebibytes(self) -> float:
        """Return how much memory the server uses."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A real server; it must be well after every attack."""
    instance = Instance.new(tmp_path_factory.mktemp("wire") / "wire", "wire")
    server = Server("--config", instance.config, "serve")
    yield Wire(instance.port, instance.host.encode(), server.process.pid)
    server.kill()


@pytest.fixture(autouse=True)
def _still_well(wire: Wire) -> Iterator[None]:
    yield
    assert wire.is_well()


@pytest.mark.parametrize(
    "lines",
    [
        [b"Transfer-Encoding: chunked"],
        [b"Transfer-Encoding : chunked"],
        [b"Content-Length: 5"],
        [b"Content-Length: %d" % len(_BODY)],
        [b"X-Folded: one", b" two"],
        [b"X-Bare: one\nX-Other: two"],
        [b"X-Bare: one\rX-Other: two"],
        [b"X-Nul: one\0two"],
        [b"X Space: one"],
        [b"no colon at all"],
        [b"X-Long: " + b"a" * 100_000],
        [b"X-%d: a" % number for number in range(200)],
    ],
    ids=[
        *("CL+TE", "TE-with-space", "two-lengths", "same-length-twice", "obs-fold", "bare-LF", "bare-CR"),
        *("NUL", "space-in-name", "no-colon", "100-KB-header", "200-headers"),
    ],
)
def test_P23_a_head_that_two_readers_could_read_in_two_ways_is_refused(
    wire: Wire, lines: list[bytes]
) -> None:
    said = wire.send(wire.request(*lines))
    assert said.startswith(b"HTTP/1.1 400 ")
    assert said.count(b"HTTP/1.1 ") == 1


def test_P23_a_smuggled_request_is_not_answered(wire: Wire) -> None:
    hidden = b"0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: " + wire.host + b"\r\n\r\n"
    said = wire.send(wire.request(b"Transfer-Encoding: chunked", body=hidden))
    assert said.startswith(b"HTTP/1.1 400 ")
    assert said.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "coding", [b"xchunked", b"chunked, identity", b"chunked\r\nTransfer-Encoding: chunked"]
)
def test_P23_an_unknown_transfer_coding_is_refused(wire: Wire, coding: bytes) -> None:
    sent = wire.request(b"Transfer-Encoding: " + coding, length=False, body=b"1\r\na\r\n0\r\n\r\n")
    assert wire.send(sent).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("length", [b"-1", b"+5", b"5, 5", b"0x5", b"9" * 40])
def test_P23_a_length_that_is_no_number_is_refused(wire: Wire, length: bytes) -> None:
    sent = wire.request(b"Content-Length: " + length, length=False)
    assert wire.send(sent).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("size", [b"zz", b"-1", b"f" * 18])
def test_P23_an_impossible_chunk_size_is_refused(wire: Wire, size: bytes) -> None:
    sent = wire.request(b"Transfer-Encoding: chunked", length=False, body=size + b"\r\nabc\r\n")
    assert wire.send(sent).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("target", [b"http://other.example/inbox", b"@other.example", b"*", b"inbox"])
def test_O21_a_target_that_is_no_path_is_refused(wire: Wire, target: bytes) -> None:
    assert wire.send(wire.request(first=b"POST " + target + b" HTTP/1.1")).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "host",
    [
        *(b"evil.example", b"wire.localhost", b"x@wire.localhost", b"wire.localhost.", b"127.0.0.1"),
        *(b"wire.localhost, evil.example", b""),
    ],
)
def test_S09_a_host_that_is_not_ours_is_refused_before_any_work(wire: Wire, host: bytes) -> None:
    said = wire.send(wire.request(host=host))
    assert said.split(b" ")[1] in (b"400", b"421")


def test_S09_two_hosts_are_refused(wire: Wire) -> None:
    assert wire.send(wire.request(b"Host: " + wire.host)).split(b" ")[1] in (b"400", b"421")


def test_P05_chunks_without_end_are_cut_and_cost_no_memory(wire: Wire) -> None:
    before = wire.resident_mebibytes()
    endless = repeat(b"10000\r\n" + b"a" * 0x10000 + b"\r\n", 100_000)
    signature = b'Signature: keyId="https://x.example/u#k",headers="(request-target)",signature="AAAA"'
    sent = wire.request(b"Transfer-Encoding: chunked", signature, length=False, body=b"")
    said = wire.send(sent, more=endless)
    assert said[:13] in (b"HTTP/1.1 413 ", b"")  # the answer may be lost when what was unread is thrown away
    assert next(endless, None) is not None, "the server took all 6 GB"
    assert wire.resident_mebibytes() - before < 20


def test_R04_heads_and_bodies_that_drip_are_cut(wire: Wire) -> None:
    """One of each kind at once, each a byte again and again; five hundred are in the benchmarks."""
    signature = b'Signature: keyId="https://x.example/u#k",headers="(request-target)",signature="AAAA"'
    openings = [
        b"",
        b"POST /inbox HTTP/1.1\r\nHost: ",
        wire.request(signature, b"Content-Length: 1000", length=False, body=b"a"),
        wire.request(b"Transfer-Encoding: chunked", signature, length=False, body=b"1;" + b"x" * 100),
    ]
    silent, *dripping = [
        socket.create_connection(("127.0.0.1", wire.port), timeout=PATIENCE_SECONDS) for _ in openings
    ]
    for connection, opening in zip([silent, *dripping], openings, strict=True):
        with contextlib.suppress(ConnectionError):
            connection.sendall(opening)
    for connection in dripping:
        threading.Thread(target=_drip, args=(connection,), daemon=True).start()
    for connection in (silent, *dripping):
        with contextlib.suppress(ConnectionError):
            while connection.recv(65536):
                pass
        connection.close()


def _drip(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        for _ in range(600):
            connection.sendall(b"a")
            time.sleep(0.5)

"""A real server on SQLite: ready, stopped, killed, started again, and commands beside it."""

import contextlib
import json
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.running import PATIENCE_SECONDS, Instance, Server, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance.new(tmp_path / "union-a")


@pytest.fixture
def server(instance: Instance) -> Iterator[Server]:
    started = Server("--config", instance.config, "serve")
    yield started
    started.kill()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """An instance with a server that goes on running: for tests that leave it as it is."""
    instance = Instance.new(tmp_path_factory.mktemp("served") / "union-a")
    server = Server("--config", instance.config, "serve")
    yield instance
    server.kill()


def test_the_server_says_that_it_is_ready_when_it_is(instance: Instance, server: Server) -> None:
    assert server.lines == [f"fediunion ready on http://{instance.host}"]
    status, _ = instance.get("/health/ready", host="anything")
    assert status == 200
    front, page = instance.get("/", accept="text/html")
    assert front == 200
    assert b"union-a" in page
    database = instance.folder / "data" / "fediunion.db"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_L05_SIGTERM_ends_the_server_well(instance: Instance, server: Server) -> None:
    assert server.stop(signal.SIGTERM) == 0
    assert server.lines == [f"fediunion ready on http://{instance.host}"]


def test_SIGINT_ends_the_server_well_too(server: Server) -> None:
    assert server.stop(signal.SIGINT) == 0


def test_a_killed_server_starts_again_as_the_same_instance(instance: Instance, server: Server) -> None:
    before = instance.get_json("/actors/union", accept="application/activity+json")
    server.kill()
    again = Server("--config", instance.config, "serve")
    try:
        assert instance.get_json("/actors/union", accept="application/activity+json") == before
    finally:
        again.kill()


def test_commands_work_beside_the_server_and_take_effect_while_it_runs(served: Instance) -> None:
    path = f"/.well-known/webfinger?resource=acct:ben@{served.host}"
    assert served.get(path)[0] == 404
    served.succeed("member", "create", "ben", "--email", "ben@union.example", "--reach", "public")
    wait_until(lambda: served.get(path)[0] == 200)
    served.succeed("member", "delete", "ben")
    wait_until(lambda: served.get(path)[0] in (404, 410))
    served.succeed("peers", "block", "spam.example")
    peers = json.loads(served.succeed("peers", "list", "--json"))
    assert [(peer["host"], peer["state"]) for peer in peers] == [("spam.example", "blocked")]


def test_C17_migrate_beside_a_running_server_changes_nothing(instance: Instance, server: Server) -> None:
    done = instance.run("migrate")
    assert (done.returncode, done.stderr) == (0, "The schema is up to date.\n")
    assert instance.get("/health/ready")[0] == 200
    assert server.stop() == 0


def test_a_second_server_on_the_same_port_says_so(served: Instance) -> None:
    done = served.run("serve")
    assert done.returncode == 1
    assert "Nothing can listen on 127.0.0.1" in done.stderr


@pytest.mark.parametrize(
    "target",
    [b"http://evil.example/", b"@evil.example", b"*", b"//evil.example/ HTTP/1.0\r\nX:"],
    ids=["another-host", "another-host-without-scheme", "asterisk", "two-slashes"],
)
def test_O21_a_target_that_is_no_path_is_not_answered_as_ours(served: Instance, target: bytes) -> None:
    answer = exchange(served.port, b"GET " + target + b" HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    assert answer.split()[1] in (b"400", b"421")


def test_a_head_without_end_is_given_up(served: Instance) -> None:
    answer = exchange(served.port, b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"y" * 200_000)
    assert answer.split()[1:2] in ([b"400"], [])
    many = b"".join(b"X-%d: y\r\n" % number for number in range(200))
    answer = exchange(served.port, b"GET / HTTP/1.1\r\nHost: x\r\n" + many + b"\r\n")
    assert answer.split()[1] == b"400"


def exchange(port: int, request: bytes) -> bytes:
    """Send bytes, return what comes back until the server closes; it may do so before it has read all."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        answer = b""
        with contextlib.suppress(ConnectionError):
            connection.sendall(request)
        # Where the server closed first there is nothing left to shut down (ENOTCONN), and still its answer.
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65536):
                answer += part
        return answer

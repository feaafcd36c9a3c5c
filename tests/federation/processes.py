"""Real server processes on this machine's loopback address, asked over HTTP as a client would."""

import os
import signal
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias, TypeVar

import httpx

from fediunion.kit.clock import format_instant
from tests.ports import free_port
from tests.processes.running import PATIENCE_SECONDS, Server, fediunion

Json: TypeAlias = dict[str, Any]
T = TypeVar("T")

_SCOPES = "read write follow"


def eventually(look: Callable[[], T | None], *, what: str = "") -> T:
    """Return what `look` gives once that is true; raise AssertionError with its last answer otherwise."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < until, f"not within {PATIENCE_SECONDS} s: {what or look}; seen: {seen!r}"
        time.sleep(0.05)


class Process:
    """A child process that tells in one line when it is ready; what it writes is kept in `said`."""

    def __init__(
        self, command: Sequence[str], ready: str, *, environ: Mapping[str, str] | None = None
    ) -> None:
        self.said: list[str] = []
        self._ready = threading.Event()
        self._child = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=dict(os.environ) | dict(environ or {}),
        )
        self._reader = threading.Thread(target=self._read, args=(ready,))
        self._reader.start()
        if not self._ready.wait(PATIENCE_SECONDS) or self._child.poll() is not None:
            self.stop()
            raise AssertionError(f"{' '.join(command)} did not get ready:\n{''.join(self.said)}")

    def stop(self) -> None:
        """End the process; does nothing where it has ended."""
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)
            try:
                self._child.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        self._reader.join()
        if self._child.stdout is not None:
            self._child.stdout.close()

    def _read(self, ready: str) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            self.said.append(line)
            if ready in line:
                self._ready.set()
        self._ready.set()


class UnionProcess:
    """One union as `fediunion serve` runs it, at `http://LABEL.localhost:PORT`; on SQLite by default.

    `said` is what servers that have ended wrote. The names are asked for at 127.0.0.1: not every resolver
    knows those below localhost. Every one knows `http://localhost:PORT`, which is where a union without a
    label is.
    """

    def __init__(
        self, label: str, directory: Path, *, authorized_fetch: bool = False, database_url: str = ""
    ) -> None:
        self._environ = {"FEDIUNION_DATABASE_URL": database_url} if database_url else {}
        self.port = free_port()
        self.domain = ".".join(filter(None, (label, f"localhost:{self.port}")))
        self.base_url = f"http://{self.domain}"
        self._config = directory / "config.toml"
        self._process: Server | None = None
        self.said: list[str] = []
        self.run("init", "--dev", "--domain", self.domain, "--dir", str(directory))
        if authorized_fetch:
            text = self._config.read_text()
            asked = text.replace("[federation]\n", "[federation]\nauthorized_fetch = true\n", 1)
            assert asked != text
            self._config.write_text(asked)
        if database_url.startswith("postgresql"):
            self.run("migrate")

    def __enter__(self) -> "UnionProcess":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, *, ahead: timedelta = timedelta()) -> None:
        """Serve, until `stop` or `kill`; with a clock that goes `ahead` of ours where that is said."""
        clock = {"FEDIUNION_CLOCK_START": format_instant(datetime.now(UTC) + ahead)} if ahead else {}
        self._process = Server("--config", self._config, "serve", env=self._environ | clock)

    def kill(self) -> None:
        """End the server at once, as a power cut would; what it had committed stays."""
        if self._process is not None:
            self._process.kill()
            self.said += [*self._process.lines, *self._process.output]
            self._process = None

    def stop(self) -> None:
        """Stop serving; what is stored stays."""
        if self._process is not None:
            self._process.stop()
            self.said += [*self._process.lines, *self._process.output]
            self._process = None

    def run(self, *arguments: str) -> str:
        """Return what a command of ours prints."""
        first = [] if arguments[0] == "init" else ["--config", str(self._config)]
        done = fediunion(*first, *arguments, env=self._environ)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def member(self, name: str, *, reach: str = "public") -> "Client":
        """Return a client in the hands of a new member."""
        self.run("member", "create", name, "--email", f"{name}@union.test", "--reach", reach)
        return Client(self, name, self.run("token", "create", name, "--scopes", _SCOPES).strip())

    @contextmanager
    def http(self) -> Iterator[httpx.Client]:
        """Ask this union without a login."""
        with httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Host": self.domain},
            timeout=PATIENCE_SECONDS,
            # There is no TLS here, and reading the authorities of the system takes longer than asking.
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        ) as client:
            yield client

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Return the answer to a GET without login or signature."""
        with self.http() as client:
            return client.get(path, headers=headers)


class Client:
    """A member's app: the calls of the client interface that the stories need. Statuses are named by id."""

    def __init__(self, union: UnionProcess, name: str, token: str) -> None:
        self.union = union
        self.name = name
        self.uri = f"{union.base_url}/actors/{name}"
        self.handle = f"@{name}@{union.domain}"
        self.token = token
        self._headers = {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, **parts: Any) -> Any:
        """Return the JSON answer; fail the test for anything but success."""
        with self.union.http() as http:
            answer = http.request(method, path, headers=self._headers, **parts)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def status_code(self, path: str) -> int:
        """Return only the status of the answer to a GET."""
        with self.union.http() as http:
            return http.get(path, headers=self._headers).status_code

    def account(self, text: str) -> Json:
        """Return the account that a handle or address means, asked for elsewhere where unknown."""
        found = self.call("GET", "/api/v2/search", params={"q": text, "resolve": "true", "type": "accounts"})
        assert len(found["accounts"]) == 1, found
        account: Json = found["accounts"][0]
        return account

    def status(self, uri: str) -> Json:
        """Return the status of an address, asked for elsewhere where unknown."""
        found = self.call("GET", "/api/v2/search", params={"q": uri, "resolve": "true", "type": "statuses"})
        assert len(found["statuses"]) == 1, found
        status: Json = found["statuses"][0]
        return status

    def follow(self, text: str) -> Json:
        """Ask to follow somebody; return the relationship."""
        relationship: Json = self.call("POST", f"/api/v1/accounts/{self.account(text)['id']}/follow")
        return relationship

    def relationship(self, account_id: str) -> Json:
        """Return how an account stands to the member."""
        relationship: Json = self.call("GET", "/api/v1/accounts/relationships", params={"id[]": account_id})[
            0
        ]
        return relationship

    def post(self, text: str, **parts: Any) -> Json:
        """Publish a status."""
        status: Json = self.call("POST", "/api/v1/statuses", json={"status": text, **parts})
        return status

    def act(self, status_id: str, verb: str) -> Json:
        """Favourite, reblog and so on."""
        status: Json = self.call("POST", f"/api/v1/statuses/{status_id}/{verb}")
        return status

    def shown(self, status_id: str) -> Json:
        """Return a status as it is now."""
        status: Json = self.call("GET", f"/api/v1/statuses/{status_id}")
        return status

    def home(self) -> list[Json]:
        """Return the home timeline, the newest first."""
        statuses: list[Json] = self.call("GET", "/api/v1/timelines/home", params={"limit": 40})
        return statuses

    def find_at_home(self, uri: str) -> Json | None:
        """Return the status with that uri in the home timeline, also where it is boosted there."""
        for status in self.home():
            shown: Json = status["reblog"] or status
            if shown["uri"] == uri:
                return shown
        return None

"""Real `fediunion` processes: commands that end, and servers on ports of 127.0.0.1."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.ports import free_port
from tests.processes.prepared import prepared

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 300.0


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of our processes: nothing of the caller's configuration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FEDIUNION_")}
    return {**kept, "PYTHONPATH": str(ROOT), **(more or {})}


def fediunion(
    *arguments: str | Path,
    folder: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> "subprocess.CompletedProcess[str]":
    """Run one command to its end."""
    return program("fediunion", *arguments, folder=folder, env=env, stdin=stdin)


def program(
    module: str,
    *arguments: str | Path,
    folder: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> "subprocess.CompletedProcess[str]":
    """Run `python -m module` to its end."""
    return prepared().run(
        [module, *map(str, arguments)],
        folder=folder or ROOT,
        env=environment(env),
        stdin=stdin,
        seconds=PATIENCE_SECONDS,
    )


@dataclass
class Instance:
    """A development instance in a folder, with the port that it is to listen on."""

    folder: Path
    port: int

    @classmethod
    def new(cls, folder: Path, name: str = "union-a", database_url: str = "") -> "Instance":
        """Return a new one, as `init --dev` makes it."""
        port = free_port()
        domain = f"{name}.localhost:{port}"
        done = fediunion("init", "--dev", "--domain", domain, "--title", name, "--dir", folder)
        assert done.returncode == 0, done.stderr
        instance = cls(folder, port)
        if database_url:
            text = instance.config.read_text()
            assert '# url = "sqlite:///data/fediunion.db"' in text
            instance.config.write_text(
                text.replace('# url = "sqlite:///data/fediunion.db"', f'url = "{database_url}"')
            )
        return instance

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "config.toml"

    @property
    def host(self) -> str:
        """What stands after the @ in handles."""
        return f"{self.folder.name}.localhost:{self.port}"

    def run(self, *arguments: str | Path, **options: Any) -> "subprocess.CompletedProcess[str]":
        """Run one command on this instance."""
        return fediunion("--config", self.config, *arguments, **options)

    def succeed(self, *arguments: str | Path, **options: Any) -> str:
        """Run one command, which must end well; return what it printed."""
        done = self.run(*arguments, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(
        self, path: str, *, token: str = "", accept: str = "application/json", host: str = ""
    ) -> tuple[int, bytes]:
        """Return status and body of a GET on this instance's port."""
        headers = {"Accept": accept, "Host": host or self.host}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def get_json(self, path: str, **options: Any) -> Any:
        """Return the JSON of a GET that must succeed."""
        status, body = self.get(path, **options)
        assert status == 200, (path, status, body)
        return json.loads(body)


class Server:
    """A running `fediunion serve`, or another lasting command; `lines` is what it wrote to standard error."""

    def __init__(
        self, *arguments: str | Path, env: Mapping[str, str] | None = None, ready: str = "ready"
    ) -> None:
        self.lines: list[str] = []
        self.output: list[str] = []
        self._came: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        (out, its_out), (err, its_err) = os.pipe(), os.pipe()
        with Path(os.devnull).open() as nothing:
            self.process = prepared().start(
                ["fediunion", *map(str, arguments)],
                [nothing.fileno(), its_out, its_err],
                folder=Path.cwd(),
                env=environment(env),
            )
        os.close(its_out)
        os.close(its_err)
        self._readers = [
            threading.Thread(target=self._read, args=(os.fdopen(stream), kept), daemon=True)
            for stream, kept in ((err, self.lines), (out, self.output))
        ]
        for reader in self._readers:
            reader.start()
        self._await(ready)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait for the end, return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self._end()

    def kill(self) -> None:
        """Kill it and all its children at once, as a power cut would."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self._end()

    def _end(self) -> int:
        code = self.process.wait(PATIENCE_SECONDS)
        for reader in self._readers:
            reader.join(PATIENCE_SECONDS)
        return code

    def _read(self, stream: Any, kept: list[str]) -> None:
        with stream:
            for line in stream:
                kept.append(line.rstrip("\n"))
                self._came.put(line)
        self._came.put(None)

    def _await(self, ready: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        ended = 0
        while not any(ready in line for line in [*self.lines, *self.output]):
            try:
                ended += self._came.get(timeout=max(deadline - time.monotonic(), 0.01)) is None
            except queue.Empty:
                ended = 2
            if ended == 2:
                self.kill()
                raise AssertionError("it did not become ready: " + "\n".join([*self.lines, *self.output]))


def wait_until(done: Callable[[], bool]) -> None:
    """Return as soon as `done()`; fails where it does not happen at all."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def stop_all(servers: Sequence[Server]) -> None:
    """End servers whatever state they are in."""
    for server in servers:
        server.kill()

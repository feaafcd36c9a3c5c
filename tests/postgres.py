"""A PostgreSQL server of the test session's own, and databases in it."""

import asyncio
import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg

from scripts.test_needs import postgresql_binaries
from tests.memory import folder_in_memory
from tests.ports import free_port

_SETTINGS = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=64MB",
    "max_wal_size=128MB",
]
_ENOUGH_BYTES = 2**30
_PATIENCE_SECONDS = 300


class PostgresServer:
    """A cluster in a folder of its own, on a free port of 127.0.0.1, gone after `stop`.

    PostgreSQL refuses to run as root; then it runs as `postgres` or `nobody`.
    """

    def __init__(self) -> None:
        binaries = postgresql_binaries()
        if binaries is None:
            raise RuntimeError("PostgreSQL is not installed; `make test` installs it where it may")
        place = folder_in_memory(_ENOUGH_BYTES)
        self._folder = Path(tempfile.mkdtemp(prefix="fediunion-postgres-", dir=place))
        self._as_user = _unprivileged_user()
        password = secrets.token_hex(16)
        password_file = self._folder / "password"
        password_file.write_text(password)
        if self._as_user:
            entry = pwd.getpwnam(self._as_user["user"])
            for path in (self._folder, password_file):
                os.chown(path, entry.pw_uid, entry.pw_gid)
        rows = str(self._folder / "rows")
        initdb = [
            str(binaries / "initdb"),
            "-D",
            rows,
            "--username=fediunion",
            "--encoding=UTF8",
            "--locale=C",
        ]
        # The others spend more time on a password than a connection takes, and each test connects anew.
        self._run([*initdb, "--no-sync", "--auth=md5", f"--pwfile={password_file}"])
        port = free_port()
        where = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self._folder}"]
        options = [word for option in [*where, *_SETTINGS] for word in ("-c", option)]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [str(binaries / "postgres"), "-D", rows, *options],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                **self._as_user,
            )
        self.url = f"postgresql://fediunion:{password}@127.0.0.1:{port}"
        self._wait_until_ready()

    def stop(self) -> None:
        """End the server and remove its folder."""
        # Not SIGTERM, which would wait for whoever is still connected.
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self._folder, **self._as_user
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr}")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                in_a_loop(lambda: _execute(f"{self.url}/postgres", "SELECT 1"))
            except (OSError, asyncpg.PostgresError) as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    shown = (self._folder / "log").read_text()
                    self.stop()
                    raise RuntimeError(f"PostgreSQL does not start: {error}\n{shown}") from None
                time.sleep(0.1)
            else:
                return


def create_database(server_url: str, name: str, template: str = "template0") -> str:
    """Make a database like `template`; return its URL."""
    statement = f'CREATE DATABASE "{name}" TEMPLATE "{template}"'
    in_a_loop(lambda: _execute(f"{server_url}/postgres", statement))
    return f"{server_url}/{name}"


def drop_database(server_url: str, name: str) -> None:
    """Remove a database, also while somebody is connected."""
    in_a_loop(lambda: _execute(f"{server_url}/postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url, timeout=_PATIENCE_SECONDS)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def in_a_loop(work: Callable[[], Awaitable[None]]) -> None:
    """Run `work` to its end in another thread, as the caller's may have an event loop already."""

    async def run() -> None:
        await work()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()


class LastingConnection:
    """A connection that is used again, in an event loop of its own; made anew where the server ended it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._thread = ThreadPoolExecutor(1)
        self._loop = asyncio.Runner()
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    def run(self, work: Callable[["asyncpg.Connection[asyncpg.Record]"], Awaitable[None]]) -> None:
        """Run `work(connection)` to its end in another thread; again where the connection was lost."""

        async def run() -> None:
            if self._connection is not None:
                with contextlib.suppress(
                    asyncpg.AdminShutdownError,
                    asyncpg.PostgresConnectionError,
                    asyncpg.InterfaceError,
                    OSError,
                ):
                    await work(self._connection)
                    return
            self._connection = await asyncpg.connect(self._url, timeout=_PATIENCE_SECONDS)
            await work(self._connection)

        self._thread.submit(self._loop.run, run()).result()

    def close(self) -> None:
        """Disconnect, without waiting for the server."""
        if self._connection is not None:
            self._connection.terminate()
        self._thread.submit(self._loop.close).result()
        self._thread.shutdown()


def _unprivileged_user() -> dict[str, Any]:
    """Return what subprocess takes to leave root: nothing where we are not root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = next(name for name in ("postgres", "nobody") if name in known)
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}

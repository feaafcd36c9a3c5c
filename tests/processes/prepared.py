"""A process that has imported all of ours, and forks into one `python -m MODULE` after another.

What runs is a process of its own as ever: it has its arguments, folder, environment, streams,
session and exit code. What it does not do is import all of it again, for a second or two, hundreds of times.
"""

import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy.orm import configure_mappers

import fediunion
import fediunion.jobs.crash
from fediunion.cli.main import run
from fediunion.kit.urls import registrable_domain

ROOT = Path(__file__).parents[2]


class Command:
    """A running command: what `subprocess.Popen` tells of a process."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._answers = line.makefile()
        self.pid = int(self._answers.readline())
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, below zero for a signal; None while it runs."""
        if self._code is None and select.select([self._line], [], [], 0)[0]:
            self._read_code()
        return self._code

    def wait(self, seconds: float) -> int:
        """Return the exit code when there is one; raise TimeoutError after so many seconds."""
        if self._code is None:
            if not select.select([self._line], [], [], seconds)[0]:
                raise TimeoutError(f"{self.pid} has not ended after {seconds} s")
            self._read_code()
        assert self._code is not None
        return self._code

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _read_code(self) -> None:
        self._code = int(self._answers.readline())
        self._answers.close()
        self._line.close()


class Prepared:
    """Starts commands; none outlives this process."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fediunion-prepared-")
        self._door = str(Path(self._folder.name) / "door")
        until, self._alive = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.processes.prepared", self._door, str(until)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            pass_fds=[until],
        )
        os.close(until)
        assert self._process.stdout is not None
        with self._process.stdout as said:
            is_ready = said.readline() == b"ready\n"
        if not is_ready:
            # What it said itself is above; nothing of it is left for the end of the run.
            os.close(self._alive)
            self._process.wait()
            self._folder.cleanup()
            raise AssertionError("what commands are forked from could not be imported")

    def start(
        self, command: Sequence[str], streams: Sequence[int], *, folder: Path, env: Mapping[str, str]
    ) -> Command:
        """Start a command, a module and its arguments; `streams` are its three standard ones."""
        request = {"command": command, "folder": str(folder), "env": dict(env)}
        line = socket.socket(socket.AF_UNIX)
        line.connect(self._door)
        socket.send_fds(line, [b"\n"], streams)
        line.sendall(json.dumps(request).encode() + b"\n")
        return Command(line)

    def run(
        self, command: Sequence[str], *, folder: Path, env: Mapping[str, str], stdin: str, seconds: float
    ) -> "subprocess.CompletedProcess[str]":
        """Run one command to its end."""
        with ExitStack() as stack:
            given, out, err = (stack.enter_context(tempfile.TemporaryFile("w+")) for _ in range(3))
            given.write(stdin)
            given.seek(0)
            running = self.start(
                command, [given.fileno(), out.fileno(), err.fileno()], folder=folder, env=env
            )
            code = running.wait(seconds)
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(command, code, out.read(), err.read())


@cache
def prepared() -> Prepared:
    """Return the one of this test process."""
    return Prepared()


def _prepare() -> None:
    """Import all of ours, and what each command would import and work out again: typer, public suffixes."""
    for module in pkgutil.walk_packages(fediunion.__path__, "fediunion."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    configure_mappers()
    with contextlib.redirect_stdout(io.StringIO()):
        run(["activities"])
    registrable_domain("union.example")
    # What is here stays: those who are forked need not look through it.
    gc.freeze()


def _next_request(door: str, until: int) -> dict[str, Any] | None:
    """Return what this process, a fork of the one that was asked, is to run; None when there is no more.

    The streams have their places already.
    """
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(door)
    listener.listen(64)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    running: dict[int, tuple[int, socket.socket]] = {}
    while True:
        ready = select.select([listener.fileno(), until, *running], [], [])[0]
        if until in ready:
            # Whoever wanted them is gone, however that ended.
            for child, _ in running.values():
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child, signal.SIGKILL)
            return None
        for ended in running.keys() & set(ready):
            _tell_end(*running.pop(ended))
            os.close(ended)
        if listener.fileno() not in ready:
            continue
        line, _ = listener.accept()
        _, streams, _, _ = socket.recv_fds(line, 1, 3)
        with line.makefile() as said:
            request: dict[str, Any] = json.loads(said.readline())
        child = os.fork()
        if child == 0:
            for each in (listener, line, *(other for _, other in running.values())):
                each.close()
            for number in (until, *running):
                os.close(number)
            os.setsid()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            return request
        for stream in streams:
            os.close(stream)
        with contextlib.suppress(BrokenPipeError):
            line.sendall(f"{child}\n".encode())
        running[os.pidfd_open(child)] = (child, line)


def _tell_end(child: int, line: socket.socket) -> None:
    _, status = os.waitpid(child, 0)
    with line, contextlib.suppress(BrokenPipeError):
        line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _become(request: dict[str, Any]) -> None:
    """Take over arguments, folder and environment of a command."""
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["folder"])
    sys.argv = request["command"]
    # It reads its part of the environment when it is imported.
    importlib.reload(fediunion.jobs.crash)


def _run(module: str) -> NoReturn:
    """Run it as `python -m` does, and end.

    What is imported is not taken apart at the end: that takes longer than most commands.
    """
    code = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=False)
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        if isinstance(ended.code, str):
            sys.stderr.write(f"{ended.code}\n")
    except Exception:
        code = 1
        sys.excepthook(*sys.exc_info())
    threading._shutdown()  # type: ignore[attr-defined]  # what the interpreter itself does first
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _prepare()
    asked = _next_request(sys.argv[1], int(sys.argv[2]))
    if asked is not None:
        _become(asked)
        _run(sys.argv[0])

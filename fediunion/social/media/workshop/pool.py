"""The working processes of an instance: started when needed, ended when they take too long or break."""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import structlog

import fediunion
from fediunion.kit.errors import Invalid, Unavailable
from fediunion.kit.sentences import Sentence, said_again

TASK_SECONDS: Final = 120.0
CPU_SECONDS: Final = 60
MEMORY_BYTES: Final = 1 << 30
_MOST_WAITING: Final = 50
_TASKS_OF_ONE: Final = 200
_LONGEST_LINE: Final = 65_536
_BROKEN_STREAM: Final = (asyncio.IncompleteReadError, asyncio.LimitOverrunError)
_OUT_OF_BOUNDS: Final = Sentence("The file cannot be read within the bounds for files.")
_MODULE: Final = "fediunion.social.media.workshop.worker"

_log = structlog.get_logger(__name__)


class Pool:
    """At most `processes` workers, each with one task at a time.

    One that breaks, or is not done within `task_seconds`, is killed; its task is refused, and the next one
    gets a new process. Workers know nothing of the instance: they get a file and a folder, and answer
    what they made. `command` replaces what is started, `memory_bytes` bounds its address space.
    """

    def __init__(
        self,
        processes: int,
        file_bytes: int,
        *,
        command: Sequence[str] = (),
        task_seconds: float = TASK_SECONDS,
        cpu_seconds: int = CPU_SECONDS,
        memory_bytes: int = MEMORY_BYTES,
    ) -> None:
        self._command = list(command) or [sys.executable, "-s", "-m", _MODULE]
        self._bounds = {"memory_bytes": memory_bytes, "file_bytes": file_bytes, "cpu_seconds": cpu_seconds}
        self._task_seconds = task_seconds
        self._places = asyncio.Semaphore(processes)
        self._waiting = 0
        self._idle: list[_Worker] = []
        self.started = 0
        self.killed = 0

    async def make(self, task: Mapping[str, object]) -> dict[str, Any]:
        """Return what a worker made of a file.

        Raises Invalid where the file is not what it should be, or broke its worker; Unavailable where
        too many wait already, or no process can be started.
        """
        if self._waiting >= _MOST_WAITING:
            raise Unavailable("Too many files are being worked on.")
        self._waiting += 1
        try:
            async with self._places:
                return await self._work(task)
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """End all workers."""
        idle, self._idle = self._idle, []
        for worker in idle:
            await worker.end()

    async def _work(self, task: Mapping[str, object]) -> dict[str, Any]:
        worker = await self._take()
        try:
            async with asyncio.timeout(self._task_seconds):
                answer = await worker.ask(task)
        except (TimeoutError, OSError, ValueError, *_BROKEN_STREAM) as error:
            self.killed += 1
            _log.warning("a file broke its worker", error=type(error).__name__, use=task.get("use"))
            await worker.end()
            raise Invalid(_OUT_OF_BOUNDS, field="file") from None
        except BaseException:
            await worker.end()
            raise
        if worker.tasks >= _TASKS_OF_ONE:
            await worker.end()
        else:
            self._idle.append(worker)
        if "unusable" in answer:
            raise Invalid(_said(answer["unusable"]), field="file")
        made: dict[str, Any] = answer["made"]
        return made

    async def _take(self) -> "_Worker":
        while self._idle:
            worker = self._idle.pop()
            if worker.lives:
                return worker
            await worker.end()
        self.started += 1
        try:
            return await _Worker.start(self._command, self._bounds)
        except OSError as error:
            raise Unavailable("No process can be started to work on files.") from error


def _said(told: object) -> Sentence:
    """Return why a file is unusable; a worker that a file took over may say anything."""
    try:
        return said_again(str(told))
    except (ValueError, TypeError, KeyError):
        return _OUT_OF_BOUNDS


class _Worker:
    def __init__(self, process: Process) -> None:
        self._process = process
        self.tasks = 0

    @classmethod
    async def start(cls, command: Sequence[str], bounds: Mapping[str, int]) -> "_Worker":
        # Nothing of our environment: no secret, no proxy, no setting of an interpreter.
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(Path(fediunion.__file__).parents[1]),
            "LANG": "C.UTF-8",
        }
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, limit=_LONGEST_LINE
        )
        worker = cls(process)
        worker._write(bounds)
        return worker

    @property
    def lives(self) -> bool:
        return self._process.returncode is None

    async def ask(self, task: Mapping[str, object]) -> dict[str, Any]:
        self.tasks += 1
        self._write(task)
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(await self._process.stdout.readuntil(b"\n"))
        return answer

    async def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        # A worker that ended by itself is waited for as well: it leaves no zombie.
        await self._process.communicate()

    def _write(self, line: Mapping[str, object]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line).encode() + b"\n")

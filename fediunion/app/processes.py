"""How many processes serve an instance: one, or a few that share a socket under one parent."""

import asyncio
import multiprocessing
import signal
import socket
import time
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Final

import uvloop

from fediunion.app.log import set_up_log
from fediunion.app.serve import ServerRole, listen, prepare_once, serve
from fediunion.config import Settings
from fediunion.kit.errors import FediUnionError

_FAST_END_SECONDS: Final = 5.0
_CHECK_SECONDS: Final = 0.5
_STOPS: Final = (signal.SIGTERM, signal.SIGINT)


def serve_instance(settings: Settings, role: ServerRole, host: str, port: int, count: int) -> None:
    """Serve until SIGTERM, with `count` web processes.

    With one process, or for a worker, everything is in this process. With several, each web process
    accepts from the same socket, and the background work of role "all" has a process of its own. One
    that ends is started again.
    """
    set_up_log()
    listener = None if role is ServerRole.WORKER else listen(host, port)
    if count == 1 or role is ServerRole.WORKER:
        _run(settings, role, listener)
        return
    roles = [ServerRole.WEB] * count + ([ServerRole.WORKER] if role is ServerRole.ALL else [])
    _Family(settings, roles, listener).run()


def _run(settings: Settings, role: ServerRole, listener: socket.socket | None, *, tells: bool = True) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, role, listener, tells=tells))


class _Family:
    """A parent that does nothing but keep its children running. Nothing else has begun before it forks."""

    def __init__(self, settings: Settings, roles: list[ServerRole], listener: socket.socket | None) -> None:
        self._settings = settings
        self._roles = roles
        self._listener = listener
        self._stopping = False
        self._fork = multiprocessing.get_context("fork")

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; raise FediUnionError when the children cannot start."""
        for number in _STOPS:
            signal.signal(number, self._stop)
        refusal = self._prepare()
        if refusal:
            if self._stopping:
                return
            raise FediUnionError(refusal)
        # One of them tells that the instance is ready: they share the socket.
        children = [(role, self._start(role, tells=place == 0)) for place, role in enumerate(self._roles)]
        while not self._stopping:
            time.sleep(_CHECK_SECONDS)
            for place, (role, (child, began)) in enumerate(children):
                if child.is_alive() or self._stopping:
                    continue
                if time.monotonic() - began < _FAST_END_SECONDS:
                    self._stopping = True
                    self._end([child for _, (child, _) in children])
                    raise FediUnionError("A server process ended as soon as it was started")
                children[place] = (role, self._start(role))
        self._end([child for _, (child, _) in children])

    def _prepare(self) -> str:
        """Make the instance ready in a child; return why it cannot be: said once, and nothing is begun."""
        receiver, sender = self._fork.Pipe(duplex=False)
        child = self._fork.Process(target=_prepare_child, args=(self._settings, sender))
        child.start()
        sender.close()
        try:
            with receiver:
                refusal: str = receiver.recv()
        except EOFError:
            refusal = "A server process ended as soon as it was started"
        child.join()
        return refusal

    def _start(self, role: ServerRole, *, tells: bool = False) -> tuple[ForkProcess, float]:
        listener = None if role is ServerRole.WORKER else self._listener
        child = self._fork.Process(target=_run_child, args=(self._settings, role, listener, tells))
        # Until the child has put aside what is ours, a signal would set our flag in its memory, and be lost.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        try:
            child.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return child, time.monotonic()

    def _stop(self, _number: int, _frame: object) -> None:
        self._stopping = True

    def _end(self, children: list[ForkProcess]) -> None:
        for child in children:
            if child.is_alive():
                child.terminate()
        for child in children:
            child.join()


def _prepare_child(settings: Settings, answer: Connection) -> None:
    for number in _STOPS:
        signal.signal(number, signal.SIG_DFL)
    with answer:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(prepare_once(settings))
        except FediUnionError as error:
            answer.send(str(error))
        else:
            answer.send("")


def _run_child(settings: Settings, role: ServerRole, listener: socket.socket | None, tells: bool) -> None:
    for number in _STOPS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
    try:
        _run(settings, role, listener, tells=tells)
    except FediUnionError as error:
        raise SystemExit(f"{str(error).rstrip('.')}.") from None

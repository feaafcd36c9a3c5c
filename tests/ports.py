"""Ports of 127.0.0.1 for servers whose address is known before they listen, or that stop and come back.

They lie below those that the system gives to whoever asks for any (from 32768 on Linux), so that no
connection from this machine takes one in between. Each test process has a block of its own.
"""

import contextlib
import errno
import itertools
import socket
from collections.abc import Iterator
from functools import cache

_FIRST, _LAST, _BLOCK = 12_000, 32_000, 500


def free_port() -> int:
    """Return a port that nobody listens on, and that is given to nobody else for long."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """Return the first of so many ports in a row."""
    found: list[int] = []
    for port in itertools.islice(_ports(), 2 * _BLOCK):
        if found and port != found[-1] + 1:
            found.clear()
        if _is_free(port):
            found.append(port)
        else:
            found.clear()
        if len(found) == count:
            return found[0]
    raise AssertionError(f"there are no {count} free ports in a row")


@cache
def _ports() -> Iterator[int]:
    """Return the ports of this process's block, again and again in turn."""
    first = _own_block()
    return itertools.cycle(range(first, first + _BLOCK))


def _own_block() -> int:
    """Return the first port of a block that no other process has until this one ends.

    Who has bound a name of Linux's abstract sockets has the block; the name goes with the process.
    """
    for first in range(_FIRST, _LAST, _BLOCK):
        with contextlib.ExitStack() as stack:
            claim = stack.enter_context(socket.socket(socket.AF_UNIX))
            try:
                claim.bind(f"\0fediunion-test-ports-{first}")
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    continue
                raise
            stack.pop_all()
            # Open as long as this process lives.
            claim.detach()
            return first
    raise AssertionError("all blocks of ports are taken")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True

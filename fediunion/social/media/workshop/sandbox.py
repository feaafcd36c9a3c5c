"""What a working process gives up before it reads a stranger's first byte: memory, files, the network."""

import ctypes
import errno
import os
import platform
import resource
import struct
import time
from typing import Final

_MOST_OPEN_FILES: Final = 64
_NO_NEW_PRIVILEGES: Final = 38
_SET_SECCOMP: Final = 22
_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_DENY: Final = 0x00050000 | errno.EACCES
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_OFFSET_OF_NUMBER, _OFFSET_OF_MACHINE = 0, 4
_X32: Final = 0x40000000

# Machine: its name in the kernel's audit tables, then socket, socketpair, connect, ptrace, io_uring_setup.
# Source: arch/*/syscalls in the Linux kernel, include/uapi/linux/audit.h.
_MACHINES: Final = {
    "x86_64": (0xC000003E, (41, 53, 42, 101, 425)),
    "aarch64": (0xC00000B7, (198, 199, 203, 117, 425)),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def confine(*, memory_bytes: int, file_bytes: int) -> None:
    """Bound this process and its children for good: address space, size of files, number of open files.

    On Linux on x86-64 and ARM64 they cannot open sockets any more either. Raises OSError where the kernel
    refuses what it should know.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_OPEN_FILES, _MOST_OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    machine = _MACHINES.get(platform.machine())
    if platform.system() == "Linux" and machine is not None:
        _close_network(*machine)


def allow_seconds(seconds: int) -> None:
    """Let the next task use so many seconds of the processor; the kernel ends the process after them."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1 + seconds, hard))


def _close_network(machine: int, calls: tuple[int, ...]) -> None:
    """Have the kernel answer those calls with EACCES. Source: man 2 seccomp."""
    rules = [
        _rule(_LOAD, k=_OFFSET_OF_MACHINE),
        # A program for another machine could make the same calls under other numbers.
        _rule(_EQUAL, 1, 0, machine),
        _rule(_RETURN, k=_DENY),
        _rule(_LOAD, k=_OFFSET_OF_NUMBER),
        _rule(_AT_LEAST, len(calls), 0, _X32),
        *(_rule(_EQUAL, len(calls) - place - 1, 0 if place < len(calls) - 1 else 1, call)
          for place, call in enumerate(calls)),
        _rule(_RETURN, k=_DENY),
        _rule(_RETURN, k=_ALLOW),
    ]  # fmt: skip
    code = ctypes.create_string_buffer(b"".join(rules), 8 * len(rules))
    program = _Program(len(rules), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(
        _SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter of calls")


def _rule(code: int, when_true: int = 0, when_false: int = 0, k: int = 0) -> bytes:
    return struct.pack("HBBI", code, when_true, when_false, k)

"""What a server's processes have used: CPU seconds and memory, read from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """`cpu_seconds` of user and system time; `memory_mib` resident now, `peak_mib` at its highest."""

    cpu_seconds: float
    memory_mib: float
    peak_mib: float

    def since(self, earlier: "Usage") -> float:
        """Return the CPU seconds used after `earlier`."""
        return self.cpu_seconds - earlier.cpu_seconds


def usage_of(pid: int) -> Usage:
    """Return what the process and all its descendants have used."""
    cpu = memory = peak = 0.0
    for each in _family(pid):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            status = Path(f"/proc/{each}/status").read_text()
        except OSError:
            continue
        cpu += (int(fields[11]) + int(fields[12])) / _TICKS
        memory += _kib(status, "VmRSS") / 1024
        peak += _kib(status, "VmHWM") / 1024
    return Usage(cpu, memory, peak)


def _family(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        tasks = Path(f"/proc/{each}/task")
        for task in tasks.iterdir() if tasks.exists() else ():
            found.extend(int(child) for child in (task / "children").read_text().split())
    return found


def _kib(status: str, key: str) -> float:
    for line in status.splitlines():
        if line.startswith(f"{key}:"):
            return float(line.split()[1])
    return 0.0

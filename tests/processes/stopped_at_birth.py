"""Run as a program: starts a web process that is told to stop when it is forked, and prints how it ended.

Usage: python -m tests.processes.stopped_at_birth CONFIG
"""

import os
import signal
import sys
from pathlib import Path

from fediunion.app.processes import _Family
from fediunion.app.serve import ServerRole
from fediunion.config import load_settings

if __name__ == "__main__":
    family = _Family(load_settings(Path(sys.argv[1])), [ServerRole.WEB], None)
    signal.signal(signal.SIGTERM, family._stop)
    os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGTERM))
    child, _ = family._start(ServerRole.WEB)
    child.join()
    sys.stdout.write(f"{child.exitcode}\n")

"""Runs pytest, and the few tests that failed once more by themselves.

It is also the plugin by which that pytest remembers whether one of its workers died.
Source: docs/decisions/0015-a-second-attempt.md.
"""

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts.test_needs import ROOT

MOST_FAILURES = 3
_TESTS_FAILED = 1
_DIED = "second-attempt/died"
# pytest-xdist writes the group of a test behind its name.
_GROUP = re.compile(r"@[^@\]]*$")


@dataclass(frozen=True)
class Outcome:
    """How a run ended: pytest's exit code, and the tests that failed and then passed alone."""

    code: int
    unsteady: tuple[str, ...] = ()


def run_pytest(arguments: list[str], folder: Path = ROOT) -> Outcome:
    """Run pytest in `folder`, then what failed serially in a fresh process if that were at most three tests.

    A crash, an interruption and tests that cannot be collected get no second attempt.
    """
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "pytest", "-q", "-p", __name__, "-o", f"cache_dir={cache}"]
        command += ["--max-worker-restart=0", *arguments]
        code = subprocess.run(command, cwd=folder, check=False).returncode
        kept = Path(cache) / "v"
        remembered = kept / "cache" / "lastfailed"
        failed = _names_in(remembered)
        few = 0 < len(failed) <= MOST_FAILURES and all("::" in each for each in failed)
        if code != _TESTS_FAILED or not few or (kept / _DIED).exists():
            return Outcome(code)
        print(f"== once more, alone: {', '.join(failed)}", flush=True)
        remembered.write_text(json.dumps(dict.fromkeys(failed, True)))
        alone = ["--last-failed", "--last-failed-no-failures=none", "-n", "0"]
        code = subprocess.run([*command, *alone], cwd=folder, check=False).returncode
        # What was not found again is still remembered, and did not pass.
        if code != 0 or _names_in(remembered):
            return Outcome(code or _TESTS_FAILED)
        return Outcome(0, failed)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Remember a worker of pytest-xdist that died; xdist counts its test as one that failed."""
    if error:
        node.config.cache.set(_DIED, str(error))


def _names_in(remembered: Path) -> tuple[str, ...]:
    """Return the tests that pytest remembers as failed; a file that cannot be collected is among them."""
    if not remembered.is_file():
        return ()
    return tuple(_GROUP.sub("", name) for name in json.loads(remembered.read_text()))

"""Runs every test, on SQLite and on PostgreSQL, and says at the end what was left out and why.

Arguments are passed on to pytest. Exit 0: all passed; with CI=true also nothing was left out.
Up to three tests of a run may have passed at the second attempt only: they are named at the end.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from scripts.second_attempt import run_pytest
from scripts.test_needs import (
    Missing,
    ensure_axe,
    ensure_chromium,
    ensure_fedify_peer,
    ensure_node_clients,
    ensure_postgresql,
)

NO_TESTS_COLLECTED = 5


def main(arguments: list[str]) -> int:
    """Return the exit code."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    # Some thousand processes of ours are started: each would compile all of our modules anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    left_out: list[str] = []
    unsteady: list[str] = []
    peers = _have("the peer tests", ensure_fedify_peer, left_out) and _have(
        "the peer tests", ensure_node_clients, left_out
    )
    browser = _have("the browser tests", ensure_chromium, left_out) and _have(
        "the browser tests", ensure_axe, left_out
    )
    without_peers = [] if peers else ["not peer"]
    wanted = " and ".join(without_peers + ([] if browser else ["not browser"]))
    codes = [_pytest("SQLite", ["-m", wanted, *arguments], unsteady)]
    if _have("the PostgreSQL run", ensure_postgresql, left_out):
        wanted = " and ".join([*without_peers, "not browser"])
        codes.append(_pytest("PostgreSQL", ["--database=postgresql", "-m", wanted, *arguments], unsteady))
    if left_out:
        print(f"left out: {'; '.join(left_out)}")
        if os.environ.get("CI") == "true":
            codes.append(1)
    else:
        print("nothing was left out")
    if unsteady:
        print("unsteady (failed once, passed alone):", *unsteady, sep="\n  ")
    return max(codes)


def _have(what: str, ensure: Callable[[], None], left_out: list[str]) -> bool:
    try:
        ensure()
    except Missing as reason:
        left_out.append(f"{what}: {reason}")
        return False
    return True


def _pytest(title: str, arguments: list[str], unsteady: list[str]) -> int:
    """Return the exit code of a run; add to `unsteady` what passed only at the second attempt."""
    print(f"== tests on {title}", flush=True)
    outcome = run_pytest(["-n", "2", *arguments])
    unsteady += [f"{name} on {title}" for name in outcome.unsteady]
    # Arguments may choose tests that use no database: the PostgreSQL run then has none.
    return 0 if outcome.code == NO_TESTS_COLLECTED and title == "PostgreSQL" else outcome.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

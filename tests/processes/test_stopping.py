"""SIGTERM while requests come in: each that was accepted is answered, and the process ends well."""

import threading
from collections import Counter
from pathlib import Path

import pytest

from tests.processes.running import Instance, Server, wait_until

pytestmark = pytest.mark.slow

CALLERS = 8


def test_L05_SIGTERM_under_load_answers_what_was_accepted_and_ends_in_time(tmp_path: Path) -> None:
    instance = Instance.new(tmp_path / "union-a")
    server = Server("--config", instance.config, "serve")
    outcomes: Counter[str] = Counter()
    callers = [threading.Thread(target=_ask_until_refused, args=(instance, outcomes)) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    try:
        wait_until(lambda: outcomes["200"] >= 100)
        assert server.stop() == 0
    finally:
        server.kill()
        for caller in callers:
            caller.join()
    assert set(outcomes) == {"200", "not accepted"}
    again = Server("--config", instance.config, "serve")
    assert instance.get("/health/ready")[0] == 200
    assert again.stop() == 0


def _ask_until_refused(instance: Instance, outcomes: Counter[str]) -> None:
    while True:
        try:
            status, body = instance.get("/actors/union", accept="application/activity+json")
        except OSError as error:
            reason = getattr(error, "reason", error)
            # Refused, or reset where the system had queued it for us; a broken answer is of another type.
            refused = type(reason) in (ConnectionRefusedError, ConnectionResetError)
            outcomes["not accepted" if refused else repr(reason)] += 1
            return
        outcomes[str(status) if body else f"{status} without a body"] += 1

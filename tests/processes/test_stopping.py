"""SIGTERM while requests come in: each that was accepted is answered, and the process ends well."""

import signal
import threading
from collections import Counter
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.processes.running import PATIENCE_SECONDS, Instance, Server, program, wait_until

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


def test_L05_a_process_that_is_told_to_stop_while_it_is_forked_stops(tmp_path: Path) -> None:
    config = Instance.new(tmp_path / "union-a").config
    done = program("tests.processes.stopped_at_birth", config)
    assert (done.stdout, done.stderr) == (f"{-signal.SIGTERM}\n", "")


def _ask_until_refused(instance: Instance, outcomes: Counter[str]) -> None:
    headers = {"Accept": "application/activity+json", "Host": instance.host}
    while True:
        with closing(HTTPConnection("127.0.0.1", instance.port, timeout=PATIENCE_SECONDS)) as connection:
            try:
                connection.request("GET", "/actors/union", headers=headers)
                answer = connection.getresponse()
            except ConnectionError:
                # Nobody listened, or it was closed before the request was read: with no byte of an answer.
                outcomes["not accepted"] += 1
                return
            # An answer that is broken off is raised, and ends the thread.
            body = answer.read()
        outcomes[str(answer.status) if body else f"{answer.status} without a body"] += 1

"""Web and worker as processes of their own, on PostgreSQL."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.running import Instance, Server, stop_all, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def instance(tmp_path: Path, database_url: str) -> Instance:
    if not database_url.startswith("postgresql"):
        pytest.skip("for PostgreSQL only: SQLite has one process")
    return Instance.new(tmp_path / "union-a", database_url=database_url)


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    started: list[Server] = []
    yield started
    stop_all(started)


@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["one process", "several"])
def test_an_empty_database_is_refused_and_migrate_is_named(
    instance: Instance, options: tuple[str, ...]
) -> None:
    done = instance.run("serve", *options)
    assert done.returncode == 1
    assert "fediunion migrate" in done.stderr
    assert done.stderr.count("\n") == 1


def test_web_and_worker_are_two_processes_and_either_may_be_killed(
    instance: Instance, servers: list[Server]
) -> None:
    instance.succeed("migrate")
    web = Server("--config", instance.config, "serve", "--role", "web")
    servers.append(web)
    worker = Server("--config", instance.config, "serve", "--role", "worker")
    servers.append(worker)
    assert web.lines == [f"fediunion ready on http://{instance.host}"]
    instance.succeed("member", "create", "ana", "--email", "ana@union.example", "--reach", "public")
    path = f"/.well-known/webfinger?resource=acct:ana@{instance.host}"
    wait_until(lambda: instance.get(path)[0] == 200)
    worker.kill()
    web.kill()
    again = Server("--config", instance.config, "serve", "--role", "web")
    servers.append(again)
    assert instance.get(path)[0] == 200
    assert again.stop(signal.SIGTERM) == 0


def test_several_web_processes_share_the_port_and_a_dead_one_is_replaced(
    instance: Instance, servers: list[Server]
) -> None:
    instance.succeed("migrate")
    family = Server("--config", instance.config, "serve", "--workers", "2")
    servers.append(family)
    assert [line for line in family.lines if "ready" in line] == [
        f"fediunion ready on http://{instance.host}"
    ]
    # One that ends within five seconds of its start would not be replaced.
    time.sleep(6)
    wait_until(lambda: len(children_of(family.process.pid)) == 3)
    children = children_of(family.process.pid)
    os.kill(children[0], signal.SIGKILL)
    wait_until(lambda: len(now := children_of(family.process.pid)) == 3 and children[0] not in now)
    assert instance.get("/")[0] == 200
    assert family.stop(signal.SIGTERM) == 0


def test_a_token_of_a_suspended_member_ends_while_the_server_runs(
    instance: Instance, servers: list[Server]
) -> None:
    instance.succeed("migrate")
    servers.append(Server("--config", instance.config, "serve"))
    instance.succeed("member", "create", "ana", "--email", "ana@union.example")
    token = instance.succeed("token", "create", "ana", "--scopes", "read").strip()
    path = "/api/v1/accounts/verify_credentials"
    wait_until(lambda: instance.get(path, token=token)[0] == 200)
    instance.succeed("member", "suspend", "ana")
    wait_until(lambda: instance.get(path, token=token)[0] in (401, 403))
    assert json.loads(instance.succeed("member", "show", "ana", "--json"))["state"] == "suspended"


def children_of(pid: int) -> list[int]:
    """Return the process ids of the children of a process."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

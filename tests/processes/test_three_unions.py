"""Three unions as three real processes over loopback: what one publishes, followers on the others read."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes.http import post_form
from tests.processes.running import Instance, Server, stop_all, wait_until

pytestmark = pytest.mark.slow


class Member:
    """A member of one of the unions, with a token."""

    def __init__(self, union: Instance, name: str) -> None:
        self.union = union
        self.handle = f"{name}@{union.host}"
        union.succeed("member", "create", name, "--email", f"{name}@union.example", "--reach", "public")
        scopes = "read write follow"
        self.token = union.succeed("token", "create", name, "--scopes", scopes).strip()

    def get(self, path: str) -> Any:
        """Ask the member's own server."""
        return self.union.get_json(path, token=self.token)

    def post(self, path: str, **form: str) -> Any:
        """Post a form to the member's own server."""
        return post_form(self.union, path, self.token, form)

    def follow(self, handle: str) -> None:
        """Find somebody by handle and follow, until that is accepted."""
        found = self.get(f"/api/v2/search?q=@{handle}&resolve=true&type=accounts")["accounts"]
        assert [account["acct"] for account in found] == [handle]
        account_id = found[0]["id"]
        self.post(f"/api/v1/accounts/{account_id}/follow")
        path = f"/api/v1/accounts/relationships?id[]={account_id}"
        wait_until(lambda: bool(self.get(path)[0]["following"]))

    def home(self) -> list[str]:
        """Return the texts in the home timeline, boosts as boosted."""
        return [
            (status["reblog"] or status)["content"] for status in self.get("/api/v1/timelines/home?limit=40")
        ]


@pytest.fixture
def unions(tmp_path: Path) -> Iterator[list[tuple[Instance, Server]]]:
    made = [Instance.new(tmp_path / name, name) for name in ("union-a", "union-b", "union-c")]
    started = [Server("--config", instance.config, "serve") for instance in made]
    running = list(zip(made, started, strict=True))
    yield running
    stop_all([server for _, server in running])


def test_a_post_is_read_and_boosted_across_three_processes_and_survives_a_kill(
    unions: list[tuple[Instance, Server]],
) -> None:
    (one, _), (two, two_server), (three, _) = unions
    ana, ben, cleo = Member(one, "ana"), Member(two, "ben"), Member(three, "cleo")
    ben.follow(ana.handle)
    cleo.follow(ben.handle)
    ana.post("/api/v1/statuses", status="Night shifts are too long", visibility="public")
    text = "<p>Night shifts are too long</p>"
    wait_until(lambda: text in ben.home())
    boosted = ben.get("/api/v1/timelines/home")[0]["id"]
    ben.post(f"/api/v1/statuses/{boosted}/reblog")
    wait_until(lambda: text in cleo.home())

    two_server.kill()
    ana.post("/api/v1/statuses", status="Said while you were away", visibility="public")
    again = Server("--config", two.config, "serve")
    unions.append((two, again))
    wait_until(lambda: "<p>Said while you were away</p>" in ben.home())
    assert ben.home().count("<p>Said while you were away</p>") == 1
    assert again.stop(signal.SIGTERM) == 0

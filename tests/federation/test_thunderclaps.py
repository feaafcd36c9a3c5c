"""Journey J5 as processes that are killed in the middle: one message, each boost once, inside the window."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from tests.databases import Databases
from tests.federation.processes import Client, UnionProcess, eventually
from tests.union.campaigns.samples import call_file

pytestmark = pytest.mark.slow

CANARY: Final = "blueheron7f3e"
NAMES: Final = ("ana", "bea", "cleo", "dora", CANARY)
WINDOW: Final = timedelta(hours=1)
SUMS_ARE_TOLD: Final = timedelta(minutes=3)
ALL_ARE_DUE: Final = timedelta(minutes=55)
"""So long after the moment every boost is due, and so much is left of the window that servers can start."""

PAST_LEASES: Final = timedelta(minutes=57)


@pytest.fixture
def unions(databases: Databases, tmp_path: Path) -> Iterator[tuple[UnionProcess, UnionProcess]]:
    """The union that leads a call, and one that is affiliated to it."""
    with (
        UnionProcess("ccisua", tmp_path / "ccisua", database_url=databases.empty()) as lead,
        UnionProcess("ictysu", tmp_path / "ictysu", database_url=databases.empty()) as home,
    ):
        home.run("peers", "affiliate", lead.domain)
        _related(lead, home, "offered")
        lead.run("peers", "affiliate", home.domain, "--accept")
        _related(home, lead, "active")
        yield lead, home


def _related(union: UnionProcess, other: UnionProcess, status: str) -> None:
    def look() -> bool:
        shown = json.loads(union.run("peers", "show", other.domain, "--json"))
        return any(each["status"] == status for each in shown["affiliations"])

    eventually(look, what=f"{other.domain} is {status}")


def _publish(lead: UnionProcess, folder: Path, at: datetime) -> None:
    now = datetime.now(UTC)
    call = call_file(
        coSponsors=None,
        asks=[{"type": "sign", "modes": ["counted"], "goal": 5000}, {"type": "boost-pledge"}],
        opensAt=(now - timedelta(days=1)).isoformat(),
        closesAt=(at + timedelta(days=60)).isoformat(),
        thunderclap={
            "message": {"en": "Staff who protect the world need a voice at work."},
            "threshold": 2 * len(NAMES),
            "releaseAt": at.isoformat(),
            "windowSeconds": int(WINDOW.total_seconds()),
        },
    )
    file = folder / "calls.json"
    file.write_text(json.dumps([call]))
    (line,) = lead.run("call", "import", str(file), "--publish").splitlines()
    assert json.loads(line)["status"] == "published", line


def _shown(union: UnionProcess, *options: str) -> dict[str, Any]:
    """Return the one call as the command line of a union shows it; {} while it has none."""
    listed = json.loads(union.run("call", "list", *options, "--json"))
    if not listed:
        return {}
    found: dict[str, Any] = json.loads(union.run("call", "show", listed[0]["id"], "--json"))
    return found


def _accepted(lead: UnionProcess, home: UnionProcess, slug: str) -> None:
    def stands(union: UnionProcess, state: str) -> dict[str, Any] | None:
        rows = json.loads(union.run("call", "sponsor", "list", "--json"))
        return next((each for each in rows if each["state"] == state), None)

    lead.run("call", "sponsor", "offer", slug, home.domain)
    offered = eventually(lambda: stands(home, "offered"), what="an offer")
    home.run("call", "sponsor", "accept", str(offered["number"]))
    eventually(lambda: stands(lead, "accepted"), what="accepted")


def _pledge(client: Client, uri: str) -> None:
    poll = client.status(uri)["poll"]
    client.call("POST", f"/api/v1/polls/{poll['id']}/votes", json={"choices": [1]})


def _boosts(client: Client) -> list[datetime]:
    """Return when a member boosted."""
    account = client.call("GET", "/api/v1/accounts/verify_credentials")
    posts = client.call("GET", f"/api/v1/accounts/{account['id']}/statuses")
    return [datetime.fromisoformat(each["created_at"]) for each in posts if each["reblog"]]


def _all_made(union: UnionProcess, *options: str) -> dict[str, Any]:
    """Return the call as a union shows it once its members have all boosted."""

    def look() -> dict[str, Any] | None:
        found = _shown(union, *options)
        return found if found["boosts_made"] >= len(NAMES) else None

    return eventually(look, what=f"all boosted at {union.domain}")


def test_J5_servers_are_killed_at_the_moment_and_in_the_window_and_each_boosts_once_inside_it(
    unions: tuple[UnionProcess, UnionProcess], tmp_path: Path
) -> None:
    lead, home = unions
    at = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)

    def start(union: UnionProcess, after: timedelta) -> None:
        union.start(ahead=at + after - datetime.now(UTC))

    _publish(lead, tmp_path, at)
    call = eventually(lambda: _shown(lead), what="the call")
    uri = f"{lead.base_url}/actors/campaigns/posts/{call['id']}"
    eventually(lambda: _shown(home, "--elsewhere"), what="the call at the other union")
    _accepted(lead, home, call["id"])
    people = [[union.member(name) for name in NAMES] for union in (lead, home)]
    for client in (*people[0], *people[1]):
        _pledge(client, uri)
    home.kill()
    home.start(ahead=SUMS_ARE_TOLD)
    seen = eventually(
        lambda: (found := _shown(lead))["pledges"] == 2 * len(NAMES) and found, what="all pledges are counted"
    )
    assert CANARY not in json.dumps(seen) + lead.run("call", "list", "--json")

    lead.kill()
    start(lead, timedelta(seconds=1))
    eventually(lambda: _shown(lead)["boost"] == "released", what="it is released")
    lead.kill()
    home.kill()
    start(home, timedelta(seconds=30))
    start(lead, timedelta(seconds=30))
    eventually(lambda: _shown(home, "--elsewhere")["boost"] == "released", what="the other union knows")
    home.kill()
    lead.kill()
    start(home, ALL_ARE_DUE)
    start(lead, ALL_ARE_DUE)
    eventually(lambda: _shown(home, "--elsewhere")["boosts_made"] > 0, what="somebody boosts")
    home.kill()
    lead.kill()
    start(home, PAST_LEASES)
    start(lead, PAST_LEASES)
    for union, options in ((home, ("--elsewhere",)), (lead, ())):
        made = _all_made(union, *options)
        assert made["boosts_failed"] == 0
    for client in (*people[0], *people[1]):
        (moment,) = _boosts(client)
        assert at <= moment <= at + WINDOW

    def reblogs() -> int:
        posts = lead.get("/api/v1/timelines/public?local=true").json()
        return max((each["reblogs_count"] for each in posts if "voice at work" in each["content"]), default=0)

    eventually(lambda: reblogs() >= 2 * len(NAMES), what="all boosts have come to the union that leads")
    assert reblogs() == 2 * len(NAMES)

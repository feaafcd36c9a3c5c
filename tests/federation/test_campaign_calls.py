"""Journey J4 as processes that are killed in the middle: offered, accepted, signed at home, counted once."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases
from tests.federation.processes import Client, UnionProcess, eventually
from tests.union.campaigns.samples import call_file

pytestmark = pytest.mark.slow

CANARY = "blueheron7f3e"
OTHERS = ["bea", "cleo", "dora", "eve", "flora"]
LATER = timedelta(minutes=3)
"""After so long a union has told what it counts."""


@pytest.fixture
def unions(databases: Databases, tmp_path: Path) -> Iterator[tuple[UnionProcess, UnionProcess]]:
    """The union that leads a call, and one that is affiliated to it."""
    with (
        UnionProcess("ccisua", tmp_path / "ccisua", database_url=databases.empty()) as lead,
        UnionProcess("ictysu", tmp_path / "ictysu", database_url=databases.empty()) as other,
    ):
        other.run("peers", "affiliate", lead.domain)
        _related(lead, other, "offered")
        lead.run("peers", "affiliate", other.domain, "--accept")
        _related(other, lead, "active")
        yield lead, other


def _related(union: UnionProcess, other: UnionProcess, status: str) -> None:
    def look() -> bool:
        shown = json.loads(union.run("peers", "show", other.domain, "--json"))
        return any(each["status"] == status for each in shown["affiliations"])

    eventually(look, what=f"{other.domain} is {status}")


def _publish(lead: UnionProcess, folder: Path) -> str:
    """Return the end of the address of a call, just published."""
    now = datetime.now(UTC)
    asks = [{"type": "sign", "modes": ["public", "counted"], "goal": 5000}]
    call = call_file(
        coSponsors=None,
        asks=asks,
        opensAt=(now - timedelta(days=1)).isoformat(),
        closesAt=(now + timedelta(days=60)).isoformat(),
    )
    file = folder / "calls.json"
    file.write_text(json.dumps([call]))
    (line,) = lead.run("call", "import", str(file), "--publish").splitlines()
    assert json.loads(line)["status"] == "published", line
    (listed,) = json.loads(lead.run("call", "list", "--json"))
    slug: str = listed["id"]
    return slug


def _sponsorship(union: UnionProcess, state: str) -> dict[str, Any]:
    """Return the co-sponsorship that a union knows, once it stands so."""

    def look() -> dict[str, Any] | None:
        rows = json.loads(union.run("call", "sponsor", "list", "--json"))
        return next((each for each in rows if each["state"] == state), None)

    return eventually(look, what=f"a co-sponsorship that is {state}")


def _counts(lead: UnionProcess, slug: str) -> dict[str, Any]:
    answer: dict[str, Any] = lead.get(f"/campaigns/{slug}/counts", accept="application/json").json()
    return answer


def _vote(client: Client, uri: str) -> int:
    """Return the status of the answer to a member's vote to sign."""
    poll = client.status(uri)["poll"]
    with client.union.http() as http:
        headers = {"Authorization": f"Bearer {client.token}"}
        path = f"/api/v1/polls/{poll['id']}/votes"
        return http.post(path, headers=headers, json={"choices": [0]}).status_code


def test_J4_a_call_is_carried_and_counted_though_servers_die_in_the_middle(
    unions: tuple[UnionProcess, UnionProcess], tmp_path: Path
) -> None:
    lead, other = unions
    slug = _publish(lead, tmp_path)
    uri = eventually(lambda: _counts(lead, slug).get("fu:call"), what="the call is there")

    other.kill()
    lead.run("call", "sponsor", "offer", slug, other.domain)
    other.start()
    offered = _sponsorship(other, "offered")
    assert (offered["we_are"], offered["call_uri"]) == ("sponsor", uri)

    lead.kill()
    other.run("call", "sponsor", "accept", offered["number"])
    lead.start()
    _sponsorship(lead, "accepted")

    members = [other.member(name, reach="hidden") for name in (*OTHERS, CANARY)]
    for member in members[:-1]:
        assert _vote(member, uri) == 200
    other.kill()
    other.start(ahead=LATER)
    eventually(lambda: _counts(lead, slug)["fu:number"] == 5, what="five of the other union")

    assert _vote(members[-1], uri) == 200
    other.kill()
    other.start(ahead=2 * LATER)
    counted = eventually(
        lambda: (seen := _counts(lead, slug))["fu:number"] == 6 and seen, what="the sixth is counted"
    )
    (stated,) = counted["orderedItems"]
    assert (stated["fu:number"], stated["attributedTo"]) == (6, f"{other.base_url}/actors/union")

    again = Client(other, CANARY, other.run("token", "create", CANARY, "--scopes", "read write").strip())
    assert _vote(again, uri) == 422

    lead.kill()
    lead.start()
    assert _counts(lead, slug)["fu:number"] == 6
    lead.stop()
    other.stop()
    assert not [line for union in unions for line in union.said if CANARY in line]

"""The documents about affiliation shown in docs/federation/examples, made by two unions."""

from typing import Any

import httpx

from fediunion.union.affiliation.documents import CONTEXT
from fediunion.union.affiliation.service import offers
from tests.databases import SqliteDatabases
from tests.fakes import bonds
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.union import TestUnion, running, settle
from tests.federation import acts


async def affiliation_examples(clock: FakeClock, databases: SqliteDatabases) -> dict[str, Any]:
    """Return what a union and its congress send each other, and what the congress lists, by file name."""
    internet = FakeInternet()
    union, congress = [
        await TestUnion.start(internet, domain, databases.with_tables(), clock)
        for domain in ("union.example", "congress.example")
    ]
    async with running(union, congress):
        with acts.listening(internet) as delivered:
            await bonds.affiliate(union, congress)
            pages = [await _get(congress, path) for path in ("/affiliations", "/affiliations?page=true")]
            await bonds.decide(congress, "union.example", offers.suspend_affiliation)
            await settle(union, congress)
    made = {"context-affiliation.json": CONTEXT[-1:], "affiliations.json": pages[0]}
    made["affiliations-page.json"] = pages[1]
    for kind in ("Offer", "Accept", "Update"):
        made[f"affiliation-{kind.lower()}.json"] = acts.first_of(delivered, kind, about="relationship")
    return made


async def _get(union: TestUnion, path: str) -> Any:
    transport = httpx.ASGITransport(app=union.app)
    async with httpx.AsyncClient(transport=transport, base_url=union.world.settings.base_url) as client:
        return (await client.get(path, headers={"Accept": "application/activity+json"})).json()

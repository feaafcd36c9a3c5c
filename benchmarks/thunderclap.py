"""python -m benchmarks.thunderclap --config FILE: a release to thousands on hundreds of servers.

Fills a development instance that has been served once (and is not now) with a call and those who pledged by a
vote, starts its server, and takes what it sends to made-up servers at the moment: the message once for each
server, and to each pledger the message with the link. Seconds after the moment.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

import orjson
from aiohttp import web
from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from benchmarks.fleet import Fleet
from benchmarks.processes import usage_of
from fediunion.activitypub.keys import generate_ed25519, generate_rsa
from fediunion.activitypub.parse import parse_actor
from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, ActorKind, Reach
from fediunion.actors.service import create_local_actor
from fediunion.actors.service.remote import record_remote_actor
from fediunion.app.opening import open_world
from fediunion.config.load import load_settings
from fediunion.db import now_of, settings_of
from fediunion.kit.ids import new_id
from fediunion.union.campaigns.models import Route
from fediunion.union.campaigns.service.drafting import create_draft
from fediunion.union.campaigns.service.publishing import publish_call
from fediunion.union.campaigns.terms.call import CallTerms
from fediunion.union.campaigns.thunderclap.models import Pledge
from fediunion.union.campaigns.thunderclap.service import set_thunderclap
from fediunion.union.campaigns.thunderclap.terms import ClapTerms
from fediunion.world import World

WINDOW_SECONDS: Final = 180
_LEAD_SECONDS: Final = 45
_LONGEST_SECONDS: Final = 900
_AT_ONCE: Final = 1_000


class Arrivals(Fleet):
    """Made-up servers that note when what came, in seconds of the clock."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.messages: list[float] = []
        self.releases: list[float] = []
        self.all_written_to = asyncio.Event()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        if b'"fu:releases"' in body and orjson.loads(body)["type"] == "Create":
            self.releases.append(time.time())
        elif b"/posts/" in body and b'"Mention"' in body:
            self.messages.append(time.time())
            if len(self.messages) >= len(self.strangers):
                self.all_written_to.set()
        return web.Response(status=202)


async def measure(config: Path, pledgers: int, hosts: int, port: int) -> dict[str, object]:
    """Return the figures, with the machine and the moment."""
    fleet = Arrivals(actors=pledgers, hosts=hosts, port=port)
    async with fleet:
        at = await _filled(config, fleet)
        server = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "fediunion", "--config", str(config), "serve"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            await asyncio.sleep(max(at.timestamp() - time.time() - 2, 0))
            before = usage_of(server.pid)
            async with asyncio.timeout(_LONGEST_SECONDS):
                await fleet.all_written_to.wait()
            used = usage_of(server.pid)
        finally:
            server.terminate()
            await server.wait()
        return _figures(fleet, at, before.cpu_seconds, used.cpu_seconds, used.peak_mib)


def _figures(fleet: Arrivals, at: datetime, before: float, after: float, peak: float) -> dict[str, object]:
    moment = at.timestamp()
    return {
        "messages": len(fleet.messages),
        "servers_with_the_message": len(fleet.releases),
        "seconds_to_the_last_server": round(max(fleet.releases, default=0.0) - moment, 1),
        "seconds_to_the_first_link": round(min(fleet.messages, default=0.0) - moment, 1),
        "seconds_to_the_last_link": round(max(fleet.messages, default=0.0) - moment, 1),
        "cpu_seconds_of_the_server": round(after - before, 1),
        "peak_mib": round(peak, 1),
        "machine": f"{os.cpu_count()} × {platform.processor() or platform.machine()}",
        "python": platform.python_version(),
        "at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


async def _filled(config: Path, fleet: Fleet) -> datetime:
    world = open_world(load_settings(config))
    await world.db.start()
    try:
        author = await world.db.write(_campaigns)
        people = [fleet.actor_document(stranger) for stranger in fleet.strangers]
        ids = await _actors(world, people)
        return await world.db.write(_announced, author, ids)
    finally:
        await world.client.close()
        await world.db.close()


def _campaigns(session: Session) -> int:
    keys = NewKeys(generate_rsa(), generate_ed25519(), settings_of(session).secrets.master_key)
    made = create_local_actor(
        session,
        kind=ActorKind.FEED,
        username="campaigns",
        display_name="Campaigns",
        reach=Reach.PUBLIC,
        locked=False,
        keys=keys,
    )
    return made.id


async def _actors(world: World, people: list[dict[str, Any]]) -> list[int]:
    """Store people elsewhere: the first as the server does it, the others alike."""
    found: list[int] = []
    for start in range(0, len(people), _AT_ONCE):
        found += await world.db.write(_store, people[start : start + _AT_ONCE])
    return found


def _store(session: Session, people: list[dict[str, Any]]) -> list[int]:
    first = record_remote_actor(session, parse_actor(people[0]))
    session.flush()
    columns = {column.key: getattr(first, column.key) for column in Actor.__table__.columns}
    rows = []
    for person in people[1:]:
        name, uri = person["preferredUsername"], person["id"]
        host = uri.split("/")[2]
        shared = person["endpoints"]["sharedInbox"]
        of_person = {"id": new_id(), "uri": uri, "url": uri, "username": name, "username_key": name}
        places = {"host": host, "handle_host": host, "inbox_url": person["inbox"], "shared_inbox_url": shared}
        rows.append(columns | of_person | places)
    if rows:
        session.execute(insert(cast("Table", Actor.__table__)), rows)
    return [first.id, *(row["id"] for row in rows)]


def _announced(session: Session, author_id: int, pledger_ids: list[int]) -> datetime:
    now = now_of(session)
    at = (now + timedelta(seconds=_LEAD_SECONDS)).replace(microsecond=0)
    author = session.get_one(Actor, author_id)
    asks = ["sign", "boost-pledge"]
    terms = CallTerms.from_json({"title": "A call", "demand": "Talk to us.", "asks": asks})
    closes = at + timedelta(days=1)
    call = create_draft(session, author, terms, now - timedelta(seconds=1), closes, by="benchmark")
    said = ClapTerms(
        message={"en": "A voice at work. #StaffRightsNow"},
        threshold=len(pledger_ids),
        release_at=at,
        window_seconds=WINDOW_SECONDS,
    )
    clap = set_thunderclap(session, call, said, by="benchmark")
    publish_call(session, call, by="benchmark")
    rows = [
        {"id": new_id(), "thunderclap_id": clap.id, "actor_id": actor_id, "route": Route.VOTE}
        | {"due_at": None, "reminded_at": now, "told_at": None}
        for actor_id in pledger_ids
    ]
    session.execute(insert(cast("Table", Pledge.__table__)), rows)
    return at


def main() -> int:
    """Measure one release."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.thunderclap", description=__doc__)
    parser.add_argument("--config", required=True, type=Path, help="of a fresh development instance")
    parser.add_argument("--pledgers", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, default=500)
    parser.add_argument("--port", type=int, default=random.randrange(20_000, 30_000))
    arguments = parser.parse_args()
    figures = measure(arguments.config, arguments.pledgers, arguments.hosts, arguments.port)
    print(json.dumps(asyncio.run(figures)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

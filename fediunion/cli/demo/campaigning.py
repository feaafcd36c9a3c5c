"""The calls of the demo: one that all three unions carry, with a boost together that one can watch."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.keys import make_keys
from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import find_local_actor
from fediunion.actors.remote import resolve_handle
from fediunion.cli.demo.cast import Cast
from fediunion.cli.demo.halls import BY, moved
from fediunion.kit.clock import format_instant
from fediunion.members.service import create_member
from fediunion.union.campaigns.importing.running import import_calls
from fediunion.union.campaigns.importing.taking import Wishes
from fediunion.union.campaigns.institution import campaign_institution
from fediunion.union.campaigns.models import CampaignCall, Route, SigningMode, SponsorState
from fediunion.union.campaigns.queries import find_call_by_uri
from fediunion.union.campaigns.signing.members import sign
from fediunion.union.campaigns.sponsors.queries import list_offers_to_us, list_sponsors
from fediunion.union.campaigns.sponsors.service import accept_co_sponsorship, offer_co_sponsorship
from fediunion.union.campaigns.thunderclap.models import Thunderclap, ThunderclapState
from fediunion.union.campaigns.thunderclap.pledging import pledge
from fediunion.union.campaigns.thunderclap.queries import find_thunderclap
from fediunion.world import World

LEAD: Final = "ccisua"
_FROM: Final = "https://ccisua.example"
_DATES: Final = ("opensAt", "closesAt")

Until = Callable[[str, Callable[[], Awaitable[bool]]], Awaitable[None]]
"""(what, done) → once it is done."""


@dataclass(frozen=True)
class Watched:
    """The call that all three unions carry: its page, when they boost together, and whether that is over."""

    page: str
    at: datetime
    over: bool


class Campaigning:
    """Puts the calls of the samples, and lets members of the three unions sign one and pledge to boost it."""

    def __init__(self, cast: Cast, worlds: Mapping[str, World], until: Until) -> None:
        self._cast = cast
        self._worlds = worlds
        self._until = until
        self._uri = ""

    async def play(self) -> None:
        """Do it all; return once every union knows of the call and its members have signed."""
        for name, world in self._worlds.items():
            await self._put(name, world)
            await self._admit(name, world)
        self._uri = await self._worlds[LEAD].db.read(_led)
        partners = [name for name in self._worlds if name != LEAD]
        for name in partners:
            await self._until(f"{name} knows the call", partial(self._knows, self._worlds[name]))
            await self._offer(self._worlds[name])
        for name in partners:
            await self._until(f"{name} is asked to carry it", partial(self._accept, self._worlds[name]))
        await self._until("all carry it", self._carried)
        for name, world in self._worlds.items():
            await self._until(f"{name} knows of the boost", partial(self._knows_boost, world))
            await world.db.write(self._join_in, name)

    async def _put(self, name: str, world: World) -> None:
        now = world.clock.now()
        document = {
            "campaignCalls": [self._today(each, now) for each in self._cast.calls[name]],
            "thunderclaps": [self._soon(each, now, world) for each in self._cast.thunderclaps],
        }
        actor_id = await campaign_institution(world, by=BY)
        content = json.dumps(document).encode()
        async for _ in import_calls(world, content, actor_id, Wishes(by=BY, publishes=True)):
            pass

    def _today(self, call: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        told = moved(call, self._cast.as_of, now, _DATES)
        if told.get("outcome"):
            told["outcome"] = moved(told["outcome"], self._cast.as_of, now, ("date",))
        return told

    def _soon(self, clap: Mapping[str, Any], now: datetime, world: World) -> dict[str, Any]:
        """Return a thunderclap as if it were in some minutes, with pledges that so few can reach."""
        script = self._cast.boost
        words = {tag: text.replace(_FROM, world.settings.base_url) for tag, text in clap["message"].items()}
        at = now + timedelta(seconds=script["after_seconds"])
        return {
            **clap,
            "message": words,
            "threshold": script["threshold"],
            "releaseAt": format_instant(at),
            "windowSeconds": script["window_seconds"],
        }

    async def _admit(self, name: str, world: World) -> None:
        """Let more people be members, so that a sum says nothing of any of them; nobody signs in as one."""
        # Making keys is slow, and these sign nothing but their boosts.
        keys = await asyncio.to_thread(make_keys, world.settings)

        def write(session: Session) -> None:
            for username in self._cast.crowd[name]:
                create_member(session, username=username, keys=keys, reach=Reach.PUBLIC)

        await world.db.write(write)

    async def _knows(self, world: World) -> bool:
        return await world.db.read(find_call_by_uri, self._uri) is not None

    async def _knows_boost(self, world: World) -> bool:
        def read(session: Session) -> bool:
            call = find_call_by_uri(session, self._uri)
            return call is not None and find_thunderclap(session, call.id) is not None

        return await world.db.read(read)

    async def _offer(self, partner: World) -> None:
        world = self._worlds[LEAD]
        union = await resolve_handle(world, f"union@{partner.settings.handle_domain}")

        def write(session: Session) -> None:
            call = find_call_by_uri(session, self._uri)
            assert call is not None
            offer_co_sponsorship(session, call, session.get_one(Actor, union.id), by=BY)

        await world.db.write(write)

    async def _accept(self, world: World) -> bool:
        def write(session: Session) -> bool:
            offers = list_offers_to_us(session)
            for row in offers:
                accept_co_sponsorship(session, row, by=BY)
            return bool(offers)

        return await world.db.write(write)

    async def _carried(self) -> bool:
        def read(session: Session) -> int:
            call = find_call_by_uri(session, self._uri)
            return 0 if call is None else len(list_sponsors(session, call, SponsorState.ACCEPTED))

        return await self._worlds[LEAD].db.read(read) == len(self._worlds) - 1

    def _join_in(self, session: Session, name: str) -> None:
        """Let the members of a union sign; all but the first two pledge to boost, too."""
        call = find_call_by_uri(session, self._uri)
        clap = None if call is None else find_thunderclap(session, call.id)
        assert call is not None
        assert clap is not None
        for place, actor in enumerate(_members(session, self._cast.crowd[name])):
            public = call.local and place < 2
            sign(session, call, actor, SigningMode.PUBLIC if public else SigningMode.COUNTED)
            if place >= 2:
                pledge(session, clap, actor, Route.MEMBER)


async def watched(world: World) -> Watched | None:
    """Return what there is to watch, as the committee's server has it; None where nothing was put."""

    def read(session: Session) -> Watched | None:
        found = session.execute(
            select(CampaignCall.url, Thunderclap.release_at, Thunderclap.state)
            .join(Thunderclap, Thunderclap.call_id == CampaignCall.id)
            .where(CampaignCall.local.is_(True))
            .order_by(CampaignCall.id)
        ).first()
        return None if found is None else Watched(found[0], found[1], found[2] != ThunderclapState.COLLECTING)

    return await world.db.read(read)


def _led(session: Session) -> str:
    """Return the id of the call that has a thunderclap."""
    found = select(CampaignCall.uri).join(Thunderclap, Thunderclap.call_id == CampaignCall.id)
    return session.scalars(found).one() or ""


def _members(session: Session, usernames: Sequence[str]) -> list[Actor]:
    found = [find_local_actor(session, username) for username in usernames]
    return [actor for actor in found if actor is not None]

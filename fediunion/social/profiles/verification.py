"""Whether what a profile links to links back: rel="me" on the pages of our members' fields."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import find_actor
from fediunion.db import announce, now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.clock import format_instant
from fediunion.kit.errors import FediUnionError, Unavailable, Unreachable
from fediunion.kit.json import JsonObject
from fediunion.kit.page_links import claimed_by, link_of_field
from fediunion.world import CHANGED, World

VERIFY: Final = "profiles.verify_links"
VERIFY_ALL: Final = "profiles.verify_all_links"
VERIFY_EVERY_SECONDS: Final = 7 * 86_400.0
MAX_PAGE_BYTES: Final = 1_048_576
_PAGES: Final = "text/html, application/xhtml+xml"
_APART: Final = timedelta(seconds=10)


def verify_soon(session: Session, actor: Actor) -> None:
    """Have the pages looked at that an actor's fields link to, where there are any."""
    if _may_be_verified(actor) and _links_of(actor.fields):
        enqueue(session, VERIFY, key=f"{VERIFY}:{actor.id}", actor_id=actor.id)


async def verify_links(world: World, payload: JsonObject) -> None:
    """Job: look which pages link back, and note it. Where a page cannot be had now, what was known stays."""
    actor = await world.db.read(find_actor, payload["actor_id"])
    if actor is None or not _may_be_verified(actor):
        return
    own = _addresses_of(actor, world.settings.base_url)
    found: dict[str, bool] = {}
    for url in _links_of(actor.fields):
        try:
            found[url] = await links_back(world, url, own)
        except (Unreachable, Unavailable):
            continue
        except FediUnionError:
            found[url] = False
    await world.db.write(_note, actor.id, found)


async def links_back(world: World, url: str, addresses: Collection[str]) -> bool:
    """Return whether the page at `url` names one of `addresses` with rel="me".

    The request says nothing of the member (row V32). Raises as Client.fetch.
    """
    response, _ = await world.client.fetch(url, accept=_PAGES, max_bytes=MAX_PAGE_BYTES)
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type not in ("text/html", "application/xhtml+xml"):
        return False
    claimed = await asyncio.to_thread(claimed_by, response.body.decode("utf-8", "replace"))
    return not {_bare(address) for address in claimed}.isdisjoint(map(_bare, addresses))


async def verify_all_links(world: World, _payload: JsonObject) -> None:
    """Job, weekly: look again at every page, some seconds apart."""
    await world.db.write(_enqueue_all)


def _enqueue_all(session: Session) -> None:
    now = now_of(session)
    living = select(Actor.id, Actor.fields).where(
        Actor.local, Actor.deleted_at.is_(None), Actor.suspended_at.is_(None), Actor.reach != Reach.HIDDEN
    )
    linking = [actor_id for actor_id, fields in session.execute(living) if _links_of(fields)]
    for place, actor_id in enumerate(linking):
        enqueue(session, VERIFY, at=now + place * _APART, key=f"{VERIFY}:{actor_id}", actor_id=actor_id)


def _note(session: Session, actor_id: int, found: dict[str, bool]) -> None:
    actor = find_actor(session, actor_id)
    if actor is None:
        return
    now = format_instant(now_of(session))
    fields = []
    for field in actor.fields:
        proven = found.get(link_of_field(field["value"]) or "")
        since = field.get("verified_at")
        fields.append(
            field if proven is None else {**field, "verified_at": (since or now) if proven else None}
        )
    if fields != actor.fields:
        actor.fields = fields
        announce(session, CHANGED, "actors")


def _may_be_verified(actor: Actor) -> bool:
    """Return whether a page can link to the profile: nobody outside knows a hidden member."""
    return (
        actor.local
        and actor.deleted_at is None
        and actor.suspended_at is None
        and actor.reach != Reach.HIDDEN
    )


def _links_of(fields: Collection[dict[str, Any]]) -> list[str]:
    links = [link_of_field(field["value"]) for field in fields]
    return list(dict.fromkeys(link for link in links if link is not None))


def _addresses_of(actor: Actor, base_url: str) -> set[str]:
    return {actor.uri, f"{base_url}/@{actor.username}", *([actor.url] if actor.url else [])}


def _bare(address: str) -> str:
    return address.strip().removesuffix("/")

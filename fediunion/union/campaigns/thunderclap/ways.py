"""Where servers elsewhere let their people boost: asked once for each, before the moment, and remembered."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import quote

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fediunion.activitypub.intents import fill, ways_to
from fediunion.activitypub.webfinger import find_actor_uri
from fediunion.actors.domains import host_blocked
from fediunion.actors.models import Actor
from fediunion.db import insert_ignoring, now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import FediUnionError
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import parse_remote_url
from fediunion.union.campaigns.thunderclap.models import BoostWay, Pledge
from fediunion.world import World

WAY_JOB: Final = "campaigns.boost_way"
ANNOUNCE: Final = "Announce"
GOOD_FOR: Final = timedelta(days=7)
MOST_WAYS: Final = 5_000
"""So many servers are remembered; those that were asked longest ago are forgotten first."""

_LONGEST: Final = 2_048
_AT_ONCE: Final = 200
_SAMPLE: Final = "https://union.example/posts/1"

_log = structlog.get_logger(__name__)


def want_way(session: Session, actor: Actor) -> None:
    """Have the server of somebody elsewhere asked where it lets people boost, unless it was asked lately."""
    if not _known(session, [actor.host]):
        _enqueue(session, actor.host, f"{actor.username}@{actor.handle_host}")


def want_ways(session: Session, thunderclap_id: int, after: str = "") -> str | None:
    """Have the servers of some who pledged asked; return the last of them, None when all are.

    The next ones come after the host `after`.
    """
    hosts = session.execute(
        select(Actor.host, func.min(Actor.id))
        .join(Pledge, Pledge.actor_id == Actor.id)
        .where(Pledge.thunderclap_id == thunderclap_id, Actor.local.is_(False), Actor.host > after)
        .group_by(Actor.host)
        .order_by(Actor.host)
        .limit(_AT_ONCE)
    ).all()
    if not hosts:
        return None
    known = _known(session, [host for host, _ in hosts])
    asked = {actor_id for host, actor_id in hosts if host not in known}
    for actor in session.scalars(select(Actor).where(Actor.id.in_(asked)).order_by(Actor.id)):
        _enqueue(session, actor.host, f"{actor.username}@{actor.handle_host}")
    return str(hosts[-1][0])


async def look_up_way(world: World, payload: JsonObject) -> None:
    """Job: ask a server by WebFinger where its people boost. One that does not say is remembered as such."""
    host, acct = str(payload["host"]), str(payload["acct"])
    template = ""
    if not await host_blocked(world, host):
        try:
            template = await _way(world, acct)
        except FediUnionError as error:
            _log.info("a server does not say where its people boost", host=host, reason=error.reason)
    await world.db.write(remember_way, host, template)


def remember_way(session: Session, host: str, template: str, *, most: int = MOST_WAYS) -> None:
    """Remember a server's answer in the place of an earlier one; of more than `most` the oldest goes."""
    session.execute(delete(BoostWay).where(BoostWay.host == host))
    insert_ignoring(session, BoostWay, [{"host": host, "template": template, "looked_at": now_of(session)}])
    count = session.scalar(select(func.count()).select_from(BoostWay)) or 0
    if count > most:
        oldest = select(BoostWay.host).order_by(BoostWay.looked_at).limit(count - most)
        session.execute(
            delete(BoostWay)
            .where(BoostWay.host.in_(session.scalars(oldest).all()))
            .execution_options(synchronize_session=False)
        )


def ways_for(session: Session, hosts: Iterable[str]) -> dict[str, str]:
    """Return the templates of those servers that said where their people boost, in one question."""
    wanted = sorted(set(hosts))
    found = session.execute(select(BoostWay.host, BoostWay.template).where(BoostWay.host.in_(wanted)))
    return {host: template for host, template in found if template}


def boost_address(host: str, uri: str, template: str = "") -> str:
    """Return where somebody of a server boosts the post `uri`.

    By the server's own `template`; without one at the address that Mastodon and its kin have.
    """
    if template:
        return fill(template, uri)
    return f"https://{host}/authorize_interaction?uri={quote(uri, safe='')}"


async def _way(world: World, acct: str) -> str:
    found = await find_actor_uri(world.client, acct)
    for template in ways_to(ANNOUNCE, found.templates):
        if len(template) > _LONGEST:
            continue
        try:
            world.client.policy.check_url(parse_remote_url(fill(template, _SAMPLE)))
        except FediUnionError:
            continue
        return template
    return ""


def _known(session: Session, hosts: Sequence[str]) -> Collection[str]:
    fresh = (BoostWay.host.in_(hosts), BoostWay.looked_at > now_of(session) - GOOD_FOR)
    return set(session.scalars(select(BoostWay.host).where(*fresh)))


def _enqueue(session: Session, host: str, acct: str) -> None:
    enqueue(session, WAY_JOB, key=f"{WAY_JOB}:{host}", host=host, acct=acct)

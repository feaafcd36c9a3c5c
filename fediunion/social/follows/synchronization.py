"""FEP-8fcf, both ends: telling a server which followers it has here, and mending what we think of ours."""

import re
from datetime import timedelta
from typing import Final

import orjson
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fediunion.activitypub.collections import whole_collection
from fediunion.activitypub.contexts import with_context
from fediunion.activitypub.media_types import ACTIVITY_JSON
from fediunion.activitypub.parse import parse_collection
from fediunion.actors.fetching import viewer_of_request
from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import find_actor_by_uri, find_visible_local_actor
from fediunion.actors.signing import instance_signer
from fediunion.db import now_of
from fediunion.inbox.collector import SYNCHRONISE_JOB
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import BadSignature, NotFound
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import same_origin
from fediunion.outbox.models import OutboxActivity
from fediunion.outbox.publish import Recipients, publish
from fediunion.outbox.synchronization import SYNCHRONIZATION_PATH, followers_digest
from fediunion.social.follows.documents import undo_asked_document
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.follows.queries import find_follow, followers_on_host
from fediunion.social.follows.service import confirm_follow, stop_following
from fediunion.world import World, world_of

_LOOK_AGAIN: Final = timedelta(hours=1)
_MOST_FOLLOWERS: Final = 25_000
_MOST_MISSING: Final = 1_000
_MOST_TAKEN_BACK: Final = 50
_TAKE_BACK_AGAIN: Final = timedelta(days=1)
_PARAMETER: Final = re.compile(r'(\w++)="([^"]*+)"')


async def show_followers_of_host(request: Request) -> Response:
    """GET /actors/{name}/followers_synchronization: the followers on the server of whoever signs."""
    world = world_of(request)
    viewer = await viewer_of_request(world, request)
    if viewer.host is None:
        raise BadSignature("This can be read with a signature only.", reason="signature-needed")
    host = viewer.host

    def load(session: Session) -> JsonObject:
        actor = find_visible_local_actor(session, request.path_params["name"])
        if actor is None or actor.deleted_at is not None:
            raise NotFound("There is no such account.")
        uri = f"{actor.uri}{SYNCHRONIZATION_PATH}"
        return whole_collection(uri, followers_on_host(session, actor.id, host))

    body = orjson.dumps(with_context(await world.db.read(load)))
    return Response(body, 200, {"Content-Type": ACTIVITY_JSON, "Vary": "Signature"})


def read_synchronization(header: str, sender_uri: str) -> tuple[str, str] | None:
    """Return (url, digest) of a Collection-Synchronization header, or None.

    Only collections on the sender's own server count. Source: FEP-8fcf.
    """
    parameters = dict(_PARAMETER.findall(header[:4096]))
    collection, url = parameters.get("collectionId", ""), parameters.get("url", "")
    digest = parameters.get("digest", "")
    trusted = same_origin(collection, sender_uri) and same_origin(url, sender_uri)
    return (url, digest) if trusted and re.fullmatch("[0-9a-f]{64}", digest) else None


async def synchronise(world: World, payload: JsonObject) -> None:
    """Job: compare whom a remote actor counts among its followers here with whom we do.

    The payload is {"sender_uri", "header"} as received. Of whomever it counts wrongly an Undo is sent, where
    we ever asked for that follow: nobody has our members say something by a list of names.
    Whoever it does not count stops following only when a second look an hour later says the same (row L29).
    """
    sender_uri = payload["sender_uri"]
    told = read_synchronization(payload["header"], sender_uri)
    if told is None:
        return
    url, digest = told
    ours = await world.db.read(_our_followers, sender_uri)
    if followers_digest(ours) == digest and "missing" not in payload:
        return
    fetched = await world.client.fetch_json(url, signer=await instance_signer(world))
    collection = parse_collection(fetched.document)
    theirs = {item for item in collection.items[:_MOST_FOLLOWERS] if isinstance(item, str)}
    whole = collection.next is None and collection.first is None and len(collection.items) <= _MOST_FOLLOWERS
    await world.db.write(_mend, payload, theirs, whole=whole)


def _our_followers(session: Session, sender_uri: str) -> set[str]:
    followed = find_actor_by_uri(session, sender_uri)
    if followed is None:
        return set()
    statement = (
        select(Actor.uri)
        .join(Follow, Follow.follower_id == Actor.id)
        .where(
            Follow.followed_id == followed.id,
            Follow.state == FollowState.ACCEPTED,
            Actor.local,
            ~Follow.through_reader,
        )
    )
    return set(session.scalars(statement))


def _mend(session: Session, payload: JsonObject, theirs: set[str], *, whole: bool) -> None:
    """Settle the differences; of a list that goes on elsewhere nothing can be missing."""
    followed = find_actor_by_uri(session, payload["sender_uri"])
    if followed is None or followed.deleted_at is not None:
        return
    ours = _our_followers(session, followed.uri)
    _settle_extra(session, followed, theirs - ours)
    missing = ours - theirs if whole else set()
    confirmed = missing & set(payload.get("missing", ()))
    for uri in sorted(confirmed):
        follower = find_actor_by_uri(session, uri)
        follow = find_follow(session, follower.id, followed.id) if follower is not None else None
        if follow is not None:
            stop_following(session, follow)
    if missing - confirmed and "missing" not in payload:
        again = payload | {"missing": sorted(missing)[:_MOST_MISSING]}
        enqueue(session, SYNCHRONISE_JOB, at=now_of(session) + _LOOK_AGAIN, **again)


def _settle_extra(session: Session, followed: Actor, extra: set[str]) -> None:
    """Settle the followers that only the other side counts; where we wait for its answer, this is one."""
    for follow, uri in _requests(session, followed):
        if uri in extra:
            confirm_follow(session, follow)
    ended = [each for each in _asked_before(session, followed) if each[0].uri in extra]
    for ours, asked in ended[:_MOST_TAKEN_BACK]:
        _take_back(session, ours, followed, asked)


def _requests(session: Session, followed: Actor) -> list[tuple[Follow, str]]:
    """Return the follows that wait for an answer, with the id of who asked."""
    statement = (
        select(Follow, Actor.uri)
        .join(Actor, Actor.id == Follow.follower_id)
        .where(
            Follow.followed_id == followed.id,
            Follow.state == FollowState.REQUESTED,
            Actor.local,
            Actor.reach != Reach.HIDDEN,
            Actor.deleted_at.is_(None),
            ~Follow.through_reader,
        )
        .order_by(Follow.id)
    )
    return [(follow, uri) for follow, uri in session.execute(statement)]


def _asked_before(session: Session, followed: Actor) -> list[tuple[Actor, str]]:
    """Return those of ours who asked to follow and do so no more, with the id of their last Follow.

    Whom an Undo of it was sent for within a day is absent, and so are hidden members: the other server is
    not to learn that there is one.
    """
    undone = aliased(OutboxActivity)
    statement = (
        select(Actor, OutboxActivity.uri)
        .join(OutboxActivity, OutboxActivity.actor_id == Actor.id)
        .where(
            OutboxActivity.object_uri == followed.uri,
            OutboxActivity.activity_type == "Follow",
            Actor.local,
            Actor.reach != Reach.HIDDEN,
            Actor.deleted_at.is_(None),
            ~exists().where(Follow.follower_id == Actor.id, Follow.followed_id == followed.id),
            ~exists().where(
                undone.actor_id == Actor.id,
                undone.object_uri == OutboxActivity.uri,
                undone.activity_type == "Undo",
                undone.created_at > now_of(session) - _TAKE_BACK_AGAIN,
            ),
        )
        .order_by(OutboxActivity.id)
    )
    last = {ours.id: (ours, asked) for ours, asked in session.execute(statement)}
    return list(last.values())


def _take_back(session: Session, ours: Actor, followed: Actor, asked: str) -> None:
    undo = undo_asked_document(asked, ours, followed)
    publish(session, ours, undo, Recipients(actor_ids=(followed.id,)))


ROUTES: Final = (Route(f"/actors/{{name}}{SYNCHRONIZATION_PATH}", show_followers_of_host),)

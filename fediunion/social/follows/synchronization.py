"""FEP-8fcf, both ends: telling a server which followers it has here, and mending what we think of ours."""

import re
from datetime import timedelta
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fediunion.activitypub.collections import whole_collection
from fediunion.activitypub.contexts import with_context
from fediunion.activitypub.media_types import ACTIVITY_JSON
from fediunion.activitypub.parse import parse_collection
from fediunion.activitypub.vocab import JsonObject, activity_document
from fediunion.actors.fetching import viewer_of_request
from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import find_actor_by_uri, find_visible_local_actor
from fediunion.actors.signing import instance_signer
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.errors import BadSignature, NotFound
from fediunion.kit.urls import same_origin
from fediunion.outbox.publish import Recipients, publish
from fediunion.outbox.synchronization import SYNCHRONIZATION_PATH, followers_digest
from fediunion.social.follows.documents import new_activity_uri
from fediunion.social.follows.models import Follow, FollowState
from fediunion.social.follows.queries import find_follow, followers_on_host
from fediunion.social.follows.service import confirm_follow, stop_following
from fediunion.world import World

_LOOK_AGAIN: Final = timedelta(hours=1)
_MOST_FOLLOWERS: Final = 25_000
_MOST_MISSING: Final = 1_000
_PARAMETER: Final = re.compile(r'(\w++)="([^"]*+)"')


async def show_followers_of_host(request: Request) -> Response:
    """GET /actors/{name}/followers_synchronization: the followers on the server of whoever signs."""
    world: World = request.app.state.world
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

    The payload is {"sender_uri", "header"} as received. Whoever it counts wrongly is taken back by an Undo.
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
    for uri in sorted(theirs - ours):
        _take_back(session, uri, followed)
    missing = ours - theirs if whole else set()
    confirmed = missing & set(payload.get("missing", ()))
    for uri in sorted(confirmed):
        follower = find_actor_by_uri(session, uri)
        follow = find_follow(session, follower.id, followed.id) if follower is not None else None
        if follow is not None:
            stop_following(session, follow)
    if missing - confirmed and "missing" not in payload:
        again = payload | {"missing": sorted(missing)[:_MOST_MISSING]}
        enqueue(session, "follows.synchronise", at=now_of(session) + _LOOK_AGAIN, **again)


def _take_back(session: Session, uri: str, followed: Actor) -> None:
    """Undo a follow that only the other side knows of; where we still wait for its answer, this is one.

    Of a hidden member nothing is said: the other server is not to learn that there is one.
    """
    ours = find_actor_by_uri(session, uri)
    if ours is None or not ours.local or ours.reach == Reach.HIDDEN or ours.deleted_at is not None:
        return
    follow = find_follow(session, ours.id, followed.id)
    if follow is not None:
        confirm_follow(session, follow)
        return
    echo = {"type": "Follow", "actor": ours.uri, "object": followed.uri}
    undo = activity_document("Undo", new_activity_uri(ours), ours.uri, echo, to=[followed.uri])
    publish(session, ours, undo, Recipients(actor_ids=(followed.id,)))


ROUTES: Final = (Route(f"/actors/{{name}}{SYNCHRONIZATION_PATH}", show_followers_of_host),)

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
from fediunion.actors.models import Actor
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
from fediunion.social.follows.service import end_follow
from fediunion.world import World

_LOOK_AGAIN: Final = timedelta(hours=1)
_MOST_FOLLOWERS: Final = 25_000
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


def read_synchronization(header: str, sender_uri: str) -> JsonObject | None:
    """Return {"sender_uri", "url", "digest"} of a Collection-Synchronization header, or None.

    Only a collection on the sender's own server counts. Source: FEP-8fcf.
    """
    parameters = dict(_PARAMETER.findall(header[:4096]))
    url, digest = parameters.get("url", ""), parameters.get("digest", "")
    if not same_origin(url, sender_uri) or re.fullmatch("[0-9a-f]{64}", digest) is None:
        return None
    return {"sender_uri": sender_uri, "url": url, "digest": digest}


async def synchronise(world: World, payload: JsonObject) -> None:
    """Job: compare whom a remote actor counts among its followers here with whom we do.

    Whoever it counts wrongly is taken back by an Undo. Whoever it does not count stops following only
    when a second look an hour later says the same (row L29).
    """
    ours = await world.db.read(_our_followers, payload["sender_uri"])
    if followers_digest(ours) == payload["digest"]:
        return
    fetched = await world.client.fetch_json(payload["url"], signer=await instance_signer(world))
    items = parse_collection(fetched.document).items
    theirs = {item for item in items[:_MOST_FOLLOWERS] if isinstance(item, str)}
    await world.db.write(_mend, payload, ours, theirs)


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


def _mend(session: Session, payload: JsonObject, ours: set[str], theirs: set[str]) -> None:
    followed = find_actor_by_uri(session, payload["sender_uri"])
    if followed is None:
        return
    for uri in sorted(theirs - ours):
        stranger = find_actor_by_uri(session, uri)
        if stranger is not None and stranger.local and find_follow(session, stranger.id, followed.id) is None:
            follow = {"type": "Follow", "actor": stranger.uri, "object": followed.uri}
            undo = activity_document(
                "Undo", new_activity_uri(stranger), stranger.uri, follow, to=[followed.uri]
            )
            publish(session, stranger, undo, Recipients(actor_ids=(followed.id,)))
    dropped = sorted(ours - theirs)
    if dropped and payload.get("missing") != dropped:
        again = payload | {"missing": dropped}
        enqueue(session, "follows.synchronise", at=now_of(session) + _LOOK_AGAIN, **again)
        return
    for uri in dropped:
        follower = find_actor_by_uri(session, uri)
        follow_row = find_follow(session, follower.id, followed.id) if follower is not None else None
        if follow_row is not None:
            end_follow(session, follow_row)


ROUTES: Final = (Route(f"/actors/{{name}}{SYNCHRONIZATION_PATH}", show_followers_of_host),)

"""Answering servers that ask for posts: who gets an answer, and answers kept for everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from fediunion.activitypub.audience import Audience
from fediunion.activitypub.contexts import with_context
from fediunion.activitypub.media_types import ACTIVITY_JSON
from fediunion.actors.fetching import asks_for_signatures
from fediunion.actors.models import Actor, ActorKind
from fediunion.actors.queries import get_actor
from fediunion.actors.single_flight import SingleFlight
from fediunion.actors.viewer import ANONYMOUS, Viewer
from fediunion.db import announce
from fediunion.kit.errors import BadSignature, Gone, NotFound
from fediunion.kit.json import JsonObject
from fediunion.members.events import MemberReachChanged, MemberSuspended
from fediunion.social.follows.events import Blocked
from fediunion.social.follows.models import Block
from fediunion.social.posts.documents import is_known_outside, tombstone_document
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_local_post
from fediunion.social.posts.visibility import may_see
from fediunion.world import CHANGED, World

_KEPT_SECONDS: Final = 10.0
_KEPT_POSTS: Final = 2_000
NO_SUCH_POST: Final = "There is no such post."

Make = Callable[[Session, Actor, Post], JsonObject]


@dataclass(frozen=True)
class Answer:
    """A document for a requester; `open` where anybody gets it without signing."""

    document: JsonObject
    open: bool
    gone: bool = False

    def response(self, viewer: Viewer) -> Response:
        """Return the answer. Raises BadSignature where it is for those who sign, and nobody did."""
        if not self.open and viewer == ANONYMOUS:
            raise BadSignature("This can be read with a signature only.", reason="signature-needed")
        return document_response(orjson.dumps(with_context(self.document)), 410 if self.gone else 200)


@dataclass(frozen=True)
class _Kept:
    """The bytes that everybody gets but those whom the author blocks; `open` as in Answer."""

    body: bytes
    open: bool
    blocked_ids: frozenset[int]


async def answer_post(world: World, viewer: Viewer, name: str, slug: str, path: str, make: Make) -> Response:
    """Return what `make` makes of our post, for who asks.

    What everybody may read is made once for all who ask within some seconds, however many (row R05); after
    a change was announced nobody gets what was read before it.
    Raises NotFound alike for what is not there and what the viewer may not know of, and BadSignature.
    """
    cache = world.cache("posts", _KEPT_POSTS, _KEPT_SECONDS)
    kept: _Kept | None = cache.get(path)
    if kept is None or viewer.actor_id in kept.blocked_ids:
        found = await world.db.read(_look, world, viewer, name, slug)
        if found.deleted_at is not None:
            return Answer(tombstone_document(found), open=True, gone=True).response(viewer)
        if not Audience(found.audience).is_public:
            answer = Answer(await world.db.read(_make, found.id, make), open=False)
            return answer.response(viewer)
        kept = await world.part(_flights).run(
            f"{cache.epoch} {path}",
            lambda: cache.renew(path, lambda: world.db.read(_make_kept, world, found.id, make)),
        )
    if not kept.open and viewer == ANONYMOUS:
        raise BadSignature("This can be read with a signature only.", reason="signature-needed")
    return document_response(kept.body)


def _flights(_world: World) -> SingleFlight[_Kept]:
    return SingleFlight()


def _make_kept(session: Session, world: World, post_id: int, make: Make) -> _Kept:
    post = session.get_one(Post, post_id)
    if post.deleted_at is not None:
        # Since it was looked at.
        raise Gone("The post was deleted.")
    author = get_actor(session, post.author_id)
    blocked = session.scalars(select(Block.blocked_id).where(Block.blocker_id == author.id))
    body = orjson.dumps(with_context(make(session, author, post)))
    return _Kept(body, is_open_to_all(world, author, post), frozenset(blocked))


def _make(session: Session, post_id: int, make: Make) -> JsonObject:
    post = session.get_one(Post, post_id)
    return make(session, get_actor(session, post.author_id), post)


def _look(session: Session, world: World, viewer: Viewer, name: str, slug: str) -> Post:
    post, author = visible_post(session, slug, viewer, deleted=True)
    if author.username != name:
        raise NotFound(NO_SUCH_POST)
    return post


def visible_post(session: Session, slug: str, viewer: Viewer, *, deleted: bool = False) -> tuple[Post, Actor]:
    """Return our post and its author; with `deleted` also what was public, and is not there any more.

    Raises NotFound alike for one that is not there and one that the viewer may not know of.
    """
    post = find_local_post(session, slug)
    if post is None or post.boost_of_id is not None:
        raise NotFound(NO_SUCH_POST)
    author = get_actor(session, post.author_id)
    if post.deleted_at is not None:
        if deleted and Audience(post.audience).is_public and is_known_outside(author):
            return post, author
        raise NotFound(NO_SUCH_POST)
    if not may_see(session, post, viewer):
        raise NotFound(NO_SUCH_POST)
    return post, author


def is_open_to_all(world: World, author: Actor, post: Post) -> bool:
    """Return whether anybody gets the post without signing: public ones of institutions, or all, as set."""
    institutional = author.kind != ActorKind.MEMBER
    return Audience(post.audience).is_public and (institutional or not asks_for_signatures(world.settings))


def document_response(body: bytes, status: int = 200) -> Response:
    """Return JSON of ActivityPub that nobody in between keeps."""
    headers = {
        "Content-Type": ACTIVITY_JSON,
        "Vary": "Accept, Signature",
        "Cache-Control": "private, no-store",
    }
    return Response(body, status, headers)


def forget_answers(session: Session, _event: Blocked | MemberSuspended | MemberReachChanged) -> None:
    """Reaction: nobody gets an answer that was kept for everybody before fewer may read it."""
    announce(session, CHANGED, "posts")

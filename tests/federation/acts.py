"""What members of unions do in the stories, beside what a TestUnion can: posts are named by their uri."""

import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import httpx
import orjson
from sqlalchemy.orm import Session

from fediunion.activitypub.keys import PrivateKey
from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Actor, Reach
from fediunion.actors.queries import find_local_actor
from fediunion.actors.remote import refresh_actor
from fediunion.kit.json import JsonObject
from fediunion.members.queries import get_member
from fediunion.members.service import create_member, delete_member
from fediunion.members.tokens import create_token
from fediunion.social.follows import moves, restrictions
from fediunion.social.follows import service as follows
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service import interactions, polls
from fediunion.social.posts.service.publishing import edit_post, withdraw_post
from fediunion.social.posts.visibility import may_see
from tests.fakes.internet import FakeInternet, SentRequest
from tests.fakes.signing import ed25519_key, rsa_key
from tests.fakes.union import TestUnion

_NUMBERS = itertools.count(1000)


async def join(union: TestUnion, name: str, *, reach: Reach = Reach.PUBLIC) -> None:
    """Let somebody be a member with an account, who can be erased."""
    number = next(_NUMBERS)
    keys = NewKeys(
        PrivateKey("rsa", rsa_key(number % 8)),
        PrivateKey("ed25519", ed25519_key(number)),
        union.world.settings.secrets.master_key,
    )
    await union.world.db.write(create_member, username=name, keys=keys, reach=reach)


async def erase(union: TestUnion, name: str) -> None:
    """Let a member leave for good."""

    def erase(session: Session) -> None:
        delete_member(session, get_member(session, name)[0])

    await union.world.db.write(erase)


async def favourite(union: TestUnion, name: str, uri: str) -> None:
    """Let a member like a post."""
    await _with_post(
        union, name, uri, lambda session, actor, post: interactions.favourite(session, actor, post.id)
    )


async def boost(union: TestUnion, name: str, uri: str) -> None:
    """Let a member pass a post on."""
    await _with_post(
        union, name, uri, lambda session, actor, post: interactions.boost(session, actor, post.id)
    )


async def unboost(union: TestUnion, name: str, uri: str) -> None:
    """Let a member take a boost back."""
    await _with_post(
        union, name, uri, lambda session, actor, post: interactions.unboost(session, actor, post.id)
    )


async def vote(union: TestUnion, name: str, uri: str, choices: Sequence[int]) -> None:
    """Let a member vote in a poll."""
    await _with_post(
        union, name, uri, lambda session, actor, post: polls.vote(session, actor, post.id, choices)
    )


async def withdraw(union: TestUnion, name: str, uri: str) -> None:
    """Let a member delete a post."""
    await _with_post(union, name, uri, withdraw_post)


async def edit(union: TestUnion, name: str, uri: str, text: str) -> None:
    """Let a member change the words of a post."""

    def change(session: Session, actor: Actor, post: Post) -> None:
        edit_post(session, actor, post, text=text, content_warning="", sensitive=False, language=None)

    await _with_post(union, name, uri, change)


async def accept(union: TestUnion, name: str, follower: str) -> None:
    """Let a member agree to be followed."""
    await _with_other(union, name, follower, follows.accept_request)


async def refuse(union: TestUnion, name: str, follower: str) -> None:
    """Let a member say no to who asks to follow, or remove a follower."""
    await _with_other(union, name, follower, follows.remove_follower)


async def block(union: TestUnion, name: str, other: str) -> None:
    """Let a member block somebody."""
    await _with_other(union, name, other, restrictions.block)


async def alias(union: TestUnion, name: str, other: str) -> None:
    """Let a member say that an account elsewhere is theirs too."""
    other_uri = (await union.actor(other)).uri

    def add(session: Session) -> None:
        moves.add_alias(session, _ours(session, name), other_uri)

    await union.world.db.write(add)


async def move(union: TestUnion, name: str, to: str) -> None:
    """Let a member move to an account elsewhere."""
    target = await refresh_actor(union.world, (await union.actor(to)).uri)

    def go(session: Session) -> None:
        moves.move_away(session, _ours(session, name), session.get_one(Actor, target.id))

    await union.world.db.write(go)


async def sees(union: TestUnion, name: str, uri: str) -> bool:
    """Return whether a member can open a post at home."""
    viewer = await union.viewer(name)

    def look(session: Session) -> bool:
        post = find_post_by_uri(session, uri)
        return post is not None and may_see(session, post, viewer)

    return await union.world.db.read(look)


async def counts(union: TestUnion, uri: str) -> tuple[int, int, int]:
    """Return how often a post was answered, boosted and liked, as a union knows it."""
    post = await union.find_post(uri)
    assert post is not None, f"{union.domain} does not know {uri}"
    return post.replies_count, post.boosts_count, post.favourites_count


@asynccontextmanager
async def app_of(union: TestUnion, name: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a member's app, which speaks to the union as apps do."""

    def make(session: Session) -> str:
        return create_token(session, get_member(session, name)[0], "read write follow push", "Test App")

    headers = {"Authorization": f"Bearer {await union.world.db.write(make)}"}
    transport = httpx.ASGITransport(app=union.app)
    base_url = union.world.settings.base_url
    async with httpx.AsyncClient(transport=transport, base_url=base_url, headers=headers) as client:
        yield client


@contextmanager
def listening(internet: FakeInternet) -> Iterator[list[SentRequest]]:
    """Collect what is delivered, to whomever, until the end of the block."""
    already = len(internet.requests)
    delivered: list[SentRequest] = []
    yield delivered
    delivered += [request for request in internet.requests[already:] if request.method == "POST"]


def first_of(delivered: Sequence[SentRequest], type: str, *, about: str) -> JsonObject:
    """Return the first activity of a type whose object, or what that is about in turn, has a member."""
    for request in delivered:
        activity: JsonObject = orjson.loads(request.body or b"{}")
        what = activity.get("object")
        what = what.get("object") if isinstance(what, dict) and isinstance(what.get("object"), dict) else what
        if activity.get("type") == type and isinstance(what, dict) and about in what:
            return activity
    raise AssertionError(f"no {type} about a {about} was delivered")


def hosts_told(delivered: Sequence[SentRequest], type: str, object_uri: str) -> list[str]:
    """Return the hosts that an activity about an object was delivered to, one entry for each delivery."""
    told = []
    for request in delivered:
        activity = orjson.loads(request.body or b"{}")
        about = activity.get("object")
        about = about.get("id") if isinstance(about, dict) else about
        if activity.get("type") == type and about == object_uri:
            told.append(request.url.split("/")[2])
    return sorted(told)


async def _with_post(
    union: TestUnion, name: str, uri: str, act: Callable[[Session, Actor, Post], object]
) -> None:
    def work(session: Session) -> None:
        post = find_post_by_uri(session, uri)
        assert post is not None, f"{union.domain} does not know {uri}"
        act(session, _ours(session, name), post)

    await union.world.db.write(work)


async def _with_other(
    union: TestUnion, name: str, other: str, act: Callable[[Session, Actor, Actor], object]
) -> None:
    other_id = (await union.actor(other)).id

    def work(session: Session) -> None:
        act(session, _ours(session, name), session.get_one(Actor, other_id))

    await union.world.db.write(work)


def _ours(session: Session, name: str) -> Actor:
    actor = find_local_actor(session, name)
    assert actor is not None, f"there is no member {name}"
    return actor

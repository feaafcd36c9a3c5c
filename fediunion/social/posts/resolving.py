"""Asking other servers for accounts and posts that a member names, before any unit of work begins."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from fediunion.activitypub.alternates import NotADocument
from fediunion.actors.models import Actor
from fediunion.actors.queries import find_actor_by_handle
from fediunion.actors.remote import resolve_actor, resolve_handle
from fediunion.db import settings_of
from fediunion.kit.errors import FediUnionError
from fediunion.kit.text import Mention, find_mentions
from fediunion.social.posts.fetching import fetch_post
from fediunion.social.posts.models import Post
from fediunion.social.posts.service.reach import ceiling_of
from fediunion.world import World

T = TypeVar("T")

_MOST_HANDLES: Final = 5
_SECONDS: Final = 5.0
_PAGE_OF_MASTODON: Final = re.compile(r"(https?://[^/]+)/@([^/@]+)/(\d+)")


async def resolve_mentions(world: World, author_id: int, text: str) -> None:
    """Store the accounts that a text mentions and nobody here knows yet: five at most, in five seconds.

    An account that cannot be had stays a plain word in the post.
    """
    if "@" not in text:
        return
    unknown = await world.db.read(unknown_handles, author_id, text)
    handles = [mention.handle for mention in unknown[:_MOST_HANDLES]]
    if not handles:
        return
    try:
        async with asyncio.timeout(_SECONDS):
            await asyncio.gather(*(find_remote_account(world, handle) for handle in handles))
    except TimeoutError:
        return  # The post does not wait for a slow server.


async def find_remote_account(world: World, named: str) -> Actor | None:
    """Return the account that a handle or an address names, asked for where unknown; None for nobody."""
    try:
        if named.startswith(("https://", "http://")):
            return await _by_address(named, lambda uri: resolve_actor(world, uri))
        return await resolve_handle(world, named)
    except FediUnionError:
        return None


async def find_remote_post(world: World, uri: str) -> Post | None:
    """Return the post of an address, asked for where it is unknown; None for none."""
    try:
        return await _by_address(uri, lambda each: fetch_post(world, each, for_member=True))
    except FediUnionError:
        return None


async def _by_address(address: str, ask: Callable[[str], Awaitable[T]]) -> T:
    """Ask for what is at an address, or once for what the page there names as its ActivityPub document."""
    try:
        return await ask(address)
    except NotADocument as page:
        elsewhere = page.alternate()
        if elsewhere is None:
            raise
    return await ask(elsewhere)


def find_post_by_address(session: Session, address: str) -> int | None:
    """Return the id of the known post whose id (URI) is `address`, or whose page it is.

    Pages of other servers are known as Mastodon names them only: no index has them all.
    """
    page = f"{settings_of(session).base_url}/@"
    name, slash, slug = address.removeprefix(page).partition("/")
    if address.startswith(page) and name and slash:
        return session.scalar(select(Post.id).where(Post.slug == slug))
    named = [Post.uri == address]
    if there := _PAGE_OF_MASTODON.fullmatch(address):
        origin, username, number = there.groups()
        named.append(and_(Post.uri == f"{origin}/users/{username}/statuses/{number}", Post.url == address))
    return session.scalar(select(Post.id).where(or_(*named)))


def unknown_handles(session: Session, actor_id: int, text: str) -> list[Mention]:
    """Return the mentions of other servers' accounts in `text` that are not stored yet.

    Nobody's, where the author's posts stay on the instance anyway: asking would tell others.
    """
    author = session.get(Actor, actor_id)
    if author is None or not ceiling_of(author).leaves_the_instance:
        return []
    return [
        mention
        for mention in find_mentions(text)
        if mention.host is not None and find_actor_by_handle(session, mention.username, mention.host) is None
    ]

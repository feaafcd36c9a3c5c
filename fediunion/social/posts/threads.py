"""Completing threads from other servers: what a post replies to, and its replies, within limits (F31-F33)."""

import asyncio
from collections import Counter
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.authority import authors_of, is_ours
from fediunion.activitypub.vocab import PostDocument
from fediunion.actors.queries import find_actor_by_uri
from fediunion.kit.errors import FediUnionError, Unreachable
from fediunion.kit.urls import authority_of, owner_domain, same_origin
from fediunion.social.posts.fetching import (
    MAX_ITEMS,
    cause_of,
    entries_of,
    fetch_document,
    found_no_room,
    store_document,
)
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.world import World

MAX_FETCHES: Final = 20
"""So many documents are asked for on the way up, those of authors counted."""
SECONDS_UP: Final = 10.0
MAX_REPLIES: Final = 60
MAX_FOREIGN_REPLIES: Final = 10
"""So many replies are asked for at each registrable domain but the post's own server: a list may name any."""

_FETCHES_FOR_AUTHOR: Final = 2


async def fetch_ancestors(world: World, post: Post) -> Post | None:
    """Fetch what a post replies to, upwards; each hangs itself over the one before.

    Return the post at which the limits ended the way (row F31), None where its beginning was reached.
    Raises as fetch_post where the first of them cannot be had; there it ends where a later one cannot be
    reached now.
    """
    at, left = post, MAX_FETCHES
    try:
        async with asyncio.timeout(SECONDS_UP):
            while at.in_reply_to_uri is not None and at.in_reply_to_id is None:
                parent = await world.db.read(find_post_by_uri, at.in_reply_to_uri)
                if parent is None:
                    if left <= _FETCHES_FOR_AUTHOR:
                        return at
                    left -= 1
                    cause = cause_of(at, at.in_reply_to_uri)
                    document = await fetch_document(world, at.in_reply_to_uri, cause=cause)
                    left -= await _fetches_for_author(world, document)
                    parent = await store_document(world, document)
                if parent.id == at.id:
                    return None
                at = parent
    except TimeoutError:
        return at
    except Unreachable:
        if at is post:
            raise
        return at
    return None


async def _fetches_for_author(world: World, document: PostDocument) -> int:
    authors = authors_of(document)
    known = await world.db.read(find_actor_by_uri, authors[0]) if authors else None
    return 0 if known is not None else _FETCHES_FOR_AUTHOR


async def fetch_replies(world: World, post: Post) -> int:
    """Fetch the replies that the post's own server lists; return how many are new to us.

    Its `context` collection is asked first, then `replies` (FEP-f228). Only ids are read from the pages;
    every reply is asked for at its own server, and kept only where it belongs to the thread (row F33).
    Raises as fetch_post for the post itself, and Unreachable for its collections
    and where too much was asked for to go on now.
    """
    document = await fetch_document(world, post.uri)
    listed: list[str] = []
    for collection in (document.context, document.replies):
        if collection is not None and same_origin(collection, post.uri):
            listed = await _ids_in(world, collection)
            if listed:
                break
    return await _fetch_all(world, post, list(dict.fromkeys([*listed, *document.reply_uris])))


async def _ids_in(world: World, collection: str) -> list[str]:
    found: list[str] = []
    async for item in entries_of(world, collection, MAX_ITEMS):
        uri = item.get("id") if isinstance(item, dict) else item
        if isinstance(uri, str):
            found.append(uri)
    return found


async def _fetch_all(world: World, post: Post, listed: list[str]) -> int:
    thread = {*listed, *await world.db.read(_uris_of_thread, post.thread_id)}
    asked: Counter[str] = Counter()
    new = 0
    for uri in listed:
        if asked.total() == MAX_REPLIES:
            break
        try:
            if not await _is_worth_asking(world, post, uri, asked):
                continue
            document = await fetch_document(world, uri, cause=cause_of(post, uri))
            if document.in_reply_to in thread or (document.context and document.context == post.context_uri):
                await store_document(world, document)
                new += 1
        except FediUnionError as error:
            if found_no_room(error):
                raise
            continue  # One post that cannot be had does not keep the others away.
    return new


async def _is_worth_asking(world: World, post: Post, uri: str, asked: Counter[str]) -> bool:
    if is_ours(uri, world.settings.authority) or await world.db.read(find_post_by_uri, uri) is not None:
        return False
    domain = owner_domain(authority_of(uri))
    if not same_origin(uri, post.uri) and asked[domain] == MAX_FOREIGN_REPLIES:
        return False
    asked[domain] += 1
    return True


def _uris_of_thread(session: Session, thread_id: int) -> list[str]:
    statement = select(Post.uri).where(Post.thread_id == thread_id, Post.deleted_at.is_(None))
    return list(session.scalars(statement.limit(MAX_ITEMS)))

"""Asking other servers for posts: one post, what it replies to, its replies, an author's latest."""

from collections.abc import AsyncIterator
from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.authority import authors_of, check_fetched, is_ours
from fediunion.activitypub.parse import parse_activity, parse_collection, parse_object
from fediunion.activitypub.vocab import Announce, Create, Link, PostDocument
from fediunion.actors.domains import host_blocked
from fediunion.actors.models import Actor
from fediunion.actors.queries import get_actor
from fediunion.actors.remote import resolve_actor
from fediunion.actors.signing import instance_signer
from fediunion.db import now_of
from fediunion.kit.errors import BadDocument, FediUnionError, Refused
from fediunion.kit.urls import authority_of, same_origin
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service.remote import record_remote_edit, record_remote_post
from fediunion.world import World

MAX_ANCESTORS: Final = 20
MAX_PAGES: Final = 5
MAX_ITEMS: Final = 200


async def fetch_post(world: World, uri: str) -> Post:
    """Return the post of `uri`, stored; asked for at its own server where we do not have it.

    Raises Refused for what is no post, is ours and does not exist, or comes from a blocked server; and as
    Client.fetch_object and resolve_actor.
    """
    known = await world.db.read(find_post_by_uri, uri)
    if known is not None:
        return known
    document = await _fetch_document(world, uri)
    return await store_document(world, document)


async def _fetch_document(world: World, uri: str) -> PostDocument:
    if is_ours(uri, world.settings.authority):
        raise Refused("There is no such post.", reason="no-such-object")
    if await host_blocked(world, authority_of(uri)):
        raise Refused("The server of this post is blocked.", reason="blocked")
    signer = await instance_signer(world)
    document = parse_object(await world.client.fetch_object(uri, signer))
    check_fetched(document, uri)
    if not isinstance(document, PostDocument):
        raise Refused("This is no post.", reason="not-a-post")
    return document


async def store_document(world: World, document: PostDocument) -> Post:
    """Return the post of a document that its own server gave, stored as context: nobody is notified."""
    authors = authors_of(document)
    if not authors:
        raise Refused("The post says nothing of its author.", reason="no-author")
    author = await resolve_actor(world, authors[0])
    post = await world.db.write(_store, author.id, document)
    if post is None:
        raise Refused("The post cannot be stored.", reason="not-stored")
    return post


def _store(session: Session, author_id: int, document: PostDocument) -> Post | None:
    author = get_actor(session, author_id)
    post = record_remote_post(session, author, document, wanted=True, live=False)
    if post is not None and post.received_at != now_of(session):
        record_remote_edit(session, author, post, document)
    return post


async def fetch_ancestors(world: World, post: Post) -> None:
    """Fetch what a post replies to, upwards, 20 at most (row F31); each hangs itself under the next."""
    uri = post.in_reply_to_uri
    for _ in range(MAX_ANCESTORS):
        if uri is None:
            return
        parent = await fetch_post(world, uri)
        uri = parent.in_reply_to_uri if parent.in_reply_to_id is None else None


async def fetch_replies(world: World, post: Post) -> int:
    """Fetch the replies that the post's own server lists; return how many are new to us.

    Its `context` collection is asked first, then `replies` (FEP-f228). Only what stands on the post's own
    server is read from the pages; everything else is asked for at its own.
    """
    document = await _fetch_document(world, post.uri)
    for collection in (document.context, document.replies):
        if collection is None or not same_origin(collection, post.uri):
            continue
        found = [uri async for uri in _items_of(world, collection)]
        if found:
            return await _fetch_all(world, found)
    return await _fetch_all(world, list(document.reply_uris))


async def _fetch_all(world: World, uris: list[str]) -> int:
    new = 0
    for uri in dict.fromkeys(uris):
        if await world.db.read(find_post_by_uri, uri) is not None:
            continue
        if is_ours(uri, world.settings.authority):
            continue
        try:
            await fetch_post(world, uri)
        except FediUnionError:
            continue  # One post that cannot be had does not keep the others away.
        new += 1
    return new


async def fetch_latest(world: World, author: Actor, *, at_most: int) -> int:
    """Fetch an author's latest public posts from the outbox; return how many are new to us."""
    if author.outbox_url is None or not same_origin(author.outbox_url, author.uri):
        return 0
    new = 0
    async for item in _entries_of(world, author.outbox_url, at_most):
        try:
            new += await _store_entry(world, author, item)
        except FediUnionError:
            continue  # An outbox holds what we cannot read too.
    return new


async def _store_entry(world: World, author: Actor, item: object) -> int:
    """Store one entry of an outbox: a Create of the author's own post; a bare id is asked for."""
    if isinstance(item, str):
        if await world.db.read(find_post_by_uri, item) is not None or not same_origin(item, author.uri):
            return 0
        await fetch_post(world, item)
        return 1
    activity = parse_activity(item)
    if isinstance(activity, Announce) or not isinstance(activity, Create) or activity.actor != author.uri:
        return 0
    about = activity.object
    if await world.db.read(find_post_by_uri, about.id) is not None:
        return 0
    if isinstance(about, Link):
        await fetch_post(world, about.id)
        return 1
    if not isinstance(about, PostDocument) or not same_origin(about.id, author.uri):
        raise BadDocument("The outbox lists what is no post of its owner.")
    await store_document(world, about)
    return 1


async def _items_of(world: World, url: str) -> AsyncIterator[str]:
    async for item in _entries_of(world, url, MAX_ITEMS):
        uri = item if isinstance(item, str) else item.get("id") if isinstance(item, dict) else None
        if isinstance(uri, str):
            yield uri


async def _entries_of(world: World, url: str, at_most: int) -> AsyncIterator[object]:
    """Yield the entries of a collection: 5 pages and `at_most` entries; no page of another host (row F32)."""
    signer = await instance_signer(world)
    seen: set[str] = set()
    page: str | None = url
    given = 0
    for _ in range(MAX_PAGES + 1):
        if page is None or page in seen or not same_origin(page, url):
            return
        seen.add(page)
        fetched = await world.client.fetch_json(page, signer=signer)
        collection = parse_collection(fetched.document)
        if collection.first_page is not None:
            collection = parse_collection(collection.first_page)
        for item in collection.items:
            if given == at_most:
                return
            given += 1
            yield item
        page = collection.next or (collection.first if page == url else None)

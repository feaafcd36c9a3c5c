"""Asking other servers for posts: one post, and the entries of their collections."""

import random
from collections.abc import AsyncIterator
from typing import Final

from sqlalchemy.orm import Session

from fediunion.activitypub.authority import authors_of, check_fetched, is_ours
from fediunion.activitypub.fetch_budget import NO_ROOM, WINDOW_SECONDS
from fediunion.activitypub.parse import parse_collection, parse_object
from fediunion.activitypub.vocab import PostDocument
from fediunion.actors.domains import host_blocked
from fediunion.actors.queries import get_actor
from fediunion.actors.remote import resolve_actor
from fediunion.actors.signing import instance_signer
from fediunion.db import now_of
from fediunion.inbox.origin import ObjectFetches
from fediunion.jobs.run import RetryLater
from fediunion.kit.errors import FediUnionError, Gone, Refused, Unreachable
from fediunion.kit.json import JsonObject
from fediunion.kit.urls import authority_of, owner_domain, same_origin
from fediunion.social.posts.models import Post
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.social.posts.service.remote import record_remote_edit, record_remote_post
from fediunion.world import World

MAX_PAGES: Final = 5
MAX_ITEMS: Final = 200
_WINDOWS_OF_WAITING: Final = 5


async def fetch_post(world: World, uri: str, *, for_member: bool = False, cause: str = "") -> Post:
    """Return the post of `uri`, stored; asked for at its own server where we do not have it.

    What a member asks for (`for_member`) does not wait for what strangers make us ask; of that, each has a
    share (`cause_of`). Raises Gone for a deleted one, Refused for what is no post, is ours and does not
    exist, or comes from a blocked server; and as `ask` and resolve_actor.
    """
    known = await world.db.read(find_post_by_uri, uri)
    if known is not None:
        if known.deleted_at is not None:
            raise Gone("This post was deleted.")
        return known
    return await store_document(world, await fetch_document(world, uri, for_member=for_member, cause=cause))


def cause_of(naming: Post, uri: str) -> str:
    """Return the registrable domain of the post that has us ask another server, for ObjectFetches.slot.

    It is "" for a post of that server itself, and for one of ours.
    """
    domain = owner_domain(authority_of(naming.uri))
    return "" if naming.local or domain == owner_domain(authority_of(uri)) else domain


async def ask(world: World, url: str, *, for_member: bool = False, cause: str = "") -> JsonObject:
    """Return the document of an address, within what others may make us ask in a minute (row F31).

    Nobody but the server of the address is asked then (row F39): a member may paste one that leads elsewhere.
    Raises as Client.fetch_object, and Unreachable (see `found_no_room`) where its server was asked too often.
    """
    signer = await instance_signer(world)
    if for_member:
        return await world.client.fetch_object(url, signer)
    async with world.part(ObjectFetches).slot(url, cause):
        return await world.client.fetch_object(url, signer, within_origin=True)


def found_no_room(error: FediUnionError) -> bool:
    """Return whether something was not asked for, as too much was in this minute: it is asked for later."""
    return isinstance(error, Unreachable) and error.reason == NO_ROOM


def put_off(error: FediUnionError) -> RetryLater:
    """Return what has a job wait for room, not all of them until one moment: most would find none again."""
    return RetryLater(str(error), WINDOW_SECONDS * random.uniform(1, _WINDOWS_OF_WAITING))


async def fetch_document(
    world: World, uri: str, *, for_member: bool = False, cause: str = ""
) -> PostDocument:
    """Return what the post's own server says of it now. Raises as `fetch_post`."""
    if is_ours(uri, world.settings.authority):
        raise Refused("There is no such post.", reason="no-such-object")
    if await host_blocked(world, authority_of(uri)):
        raise Refused("The server of this post is blocked.", reason="blocked")
    document = parse_object(await ask(world, uri, for_member=for_member, cause=cause), claims=world.claims)
    check_fetched(document, uri)
    if not isinstance(document, PostDocument):
        raise Refused("This is no post.", reason="not-a-post")
    return document


async def store_document(world: World, document: PostDocument, *, older_than: int | None = None) -> Post:
    """Return the post of a document that its own server gave, stored as context: nobody is notified.

    Its author has to be on the same server. `older_than` as in record_remote_post. Raises Refused, and as
    resolve_actor.
    """
    authors = authors_of(document)
    if not authors:
        raise Refused("The post says nothing of its author.", reason="no-author")
    if not all(same_origin(author, document.id) for author in authors):
        raise Refused("The post is attributed to somebody elsewhere.", reason="not-the-owner")
    author = await resolve_actor(world, authors[0], within_origin=True)
    post = await world.db.write(_store, author.id, document, older_than)
    if post is None:
        raise Refused("The post cannot be stored.", reason="not-stored")
    return post


def _store(session: Session, author_id: int, document: PostDocument, older_than: int | None) -> Post | None:
    author = get_actor(session, author_id)
    if author.suspended_at is not None or author.deleted_at is not None:
        return None
    post = record_remote_post(session, author, document, wanted=True, live=False, older_than=older_than)
    if post is not None and post.received_at != now_of(session):
        record_remote_edit(session, author, post, document)
    return post


async def entries_of(world: World, url: str, at_most: int) -> AsyncIterator[object]:
    """Yield the entries of a collection: 5 pages and `at_most` entries; no page of another host (row F32)."""
    signer = await instance_signer(world)
    seen: set[str] = set()
    page: str | None = url
    given = 0
    for _ in range(MAX_PAGES + 1):
        if page is None or page in seen or not same_origin(page, url):
            return
        seen.add(page)
        async with world.part(ObjectFetches).slot(page):
            fetched = await world.client.fetch_json(page, signer=signer, within_origin=True)
        collection = parse_collection(fetched.document)
        if collection.first_page is not None:
            collection = parse_collection(collection.first_page)
        for item in collection.items:
            if given == at_most:
                return
            given += 1
            yield item
        page = collection.next or (collection.first if page == url else None)

"""Reading what somebody published before we knew of it, from the outbox."""

from dataclasses import dataclass

from fediunion.activitypub.audience import audience_of
from fediunion.activitypub.authority import authors_of
from fediunion.activitypub.parse import parse_object
from fediunion.activitypub.vocab import Create, Link, PostDocument
from fediunion.actors.models import Actor
from fediunion.kit.errors import FediUnionError, Refused, Unreachable
from fediunion.kit.urls import same_origin
from fediunion.social.posts.fetching import ask, entries_of, fetch_document, found_no_room, store_document
from fediunion.social.posts.queries import find_post_by_uri
from fediunion.world import World


async def fetch_latest(world: World, author: Actor, *, at_most: int) -> int:
    """Fetch an author's latest public posts from the outbox; return how many are new to us.

    An outbox has the newest first: that is their order also where several tell the same moment. Raises as
    Client.fetch_json where the outbox cannot be had; Unreachable where too much was asked for to go on, and,
    with all others stored, where there was no answer about an entry.
    """
    if author.outbox_url is None or not same_origin(author.outbox_url, author.uri):
        return 0
    new, newer = 0, None
    unanswered: Unreachable | None = None
    async for item in entries_of(world, author.outbox_url, at_most):
        try:
            found = await _store_entry(world, author, item, newer)
        except FediUnionError as error:
            if found_no_room(error):
                raise
            if isinstance(error, Unreachable) and error.may_pass:
                unanswered = error
            continue  # An outbox holds what we cannot read too.
        if found is not None:
            new, newer = new + found.is_new, found.post_id
    if unanswered is not None:
        raise unanswered
    return new


@dataclass(frozen=True)
class _Found:
    """A post that an outbox lists and that we have now."""

    post_id: int
    is_new: bool


async def _store_entry(world: World, author: Actor, item: object, newer: int | None) -> _Found | None:
    """Store one entry of an outbox, a Create of the author's own public post; a bare id is asked for.

    None where it is something else. `newer` is the post that stands above it.
    """
    if isinstance(item, str):
        if not same_origin(item, author.uri):
            return None
        item = await ask(world, item)
    entry = parse_object(item, claims=world.claims)
    if isinstance(entry, Create) and entry.actor == author.uri:
        about = entry.object
    elif isinstance(entry, PostDocument):
        about = entry
    else:
        return None
    known = await world.db.read(find_post_by_uri, about.id)
    if known is not None:
        return _Found(known.id, is_new=False) if known.author_id == author.id else None
    if not same_origin(about.id, author.uri):
        return None
    post = await fetch_document(world, about.id) if isinstance(about, Link) else about
    if not isinstance(post, PostDocument) or authors_of(post)[:1] != (author.uri,):
        raise Refused("The outbox lists what is no post of its owner.", reason="not-its-own")
    if not audience_of(post.to, post.cc, author.followers_url).is_public:
        return None
    stored = await store_document(world, post, older_than=newer)
    return _Found(stored.id, is_new=True)

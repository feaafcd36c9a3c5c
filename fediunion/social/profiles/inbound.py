"""Update and Delete of actors, as received."""

from fediunion.activitypub import vocab
from fediunion.actors.queries import find_actor
from fediunion.actors.service import mark_actor_deleted, record_remote_actor
from fediunion.db.known_uris import KnownUri
from fediunion.inbox.rules import InboxContext
from fediunion.kit.errors import NotAllowed, Refused


def receive_actor_update(ctx: InboxContext, change: vocab.Update, document: vocab.ActorDocument) -> None:
    """An actor changed what it says about itself. Nobody changes somebody else (row A07)."""
    if document.id != ctx.sender.uri:
        raise NotAllowed("changes somebody else's profile", reason="not-its-own")
    record_remote_actor(ctx.session, document)


def receive_actor_delete(ctx: InboxContext, delete: vocab.Delete, known: KnownUri) -> None:
    """An actor says that it is gone for good. What it left is removed by the features above."""
    actor = find_actor(ctx.session, known.row_id or 0)
    if actor is None or actor.id != ctx.sender.id or actor.local:
        raise NotAllowed("deletes somebody else", reason="not-its-own")
    mark_actor_deleted(ctx.session, actor)


def ignore_featured_tag(
    _ctx: InboxContext, _change: vocab.Add | vocab.Remove, thing: vocab.UnknownObject
) -> None:
    """A hashtag is featured elsewhere, or no longer: the collection is read when somebody looks at it."""
    if thing.type != "Hashtag":
        raise Refused(f"is about a {thing.type}, which no collection of ours holds", reason="not-kept")

"""Follow, Accept, Reject and Undo as they go out. The only place here with wire names."""

from fediunion.activitypub.vocab import activity_document
from fediunion.actors.models import Actor
from fediunion.kit.ids import new_slug
from fediunion.kit.json import JsonObject
from fediunion.social.follows.models import Follow


def new_activity_uri(actor: Actor) -> str:
    """Return an id for a new activity of our `actor`, at an address that nobody can guess."""
    return f"{actor.uri}/activities/{new_slug()}"


def follow_document(follow: Follow, follower: Actor, followed: Actor) -> JsonObject:
    """Return the Follow that asks `followed`. It needs `follow.uri`."""
    return activity_document("Follow", str(follow.uri), follower.uri, followed.uri, to=[followed.uri])


def accept_document(follow: Follow, follower: Actor, followed: Actor) -> JsonObject:
    """Return the answer "yes". The Follow is embedded: some match by id, some by actor."""
    return _about("Accept", _follow_of(follow, follower, followed), by=followed, to=follower)


def reject_document(follow: Follow, follower: Actor, followed: Actor) -> JsonObject:
    """Return the answer "no", also for a follower who is removed later."""
    return _about("Reject", _follow_of(follow, follower, followed), by=followed, to=follower)


def undo_follow_document(follow: Follow, follower: Actor, followed: Actor) -> JsonObject:
    """Return the taking back of a Follow."""
    return _about("Undo", _follow_of(follow, follower, followed), by=follower, to=followed)


def undo_asked_document(asked_uri: str, follower: Actor, followed: Actor) -> JsonObject:
    """Return the taking back of a Follow of which nothing is left here but its id."""
    return _about("Undo", _follow(asked_uri, follower, followed), by=follower, to=followed)


def _about(activity_type: str, follow: JsonObject, *, by: Actor, to: Actor) -> JsonObject:
    return activity_document(activity_type, new_activity_uri(by), by.uri, follow, to=[to.uri])


def _follow_of(follow: Follow, follower: Actor, followed: Actor) -> JsonObject:
    return _follow(follow.uri or f"{follower.uri}#follows/{follow.id}", follower, followed)


def _follow(uri: str, follower: Actor, followed: Actor) -> JsonObject:
    return {"id": uri, "type": "Follow", "actor": follower.uri, "object": followed.uri}

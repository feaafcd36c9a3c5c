"""Update and Delete of actors, and featured hashtags, as they go out. The only place with wire names."""

from collections.abc import Sequence

from fediunion.activitypub.collections import whole_collection
from fediunion.activitypub.contexts import with_context
from fediunion.activitypub.vocab import PUBLIC, activity_document
from fediunion.actors.documents import actor_document
from fediunion.actors.models import Actor, ActorKey, Reach
from fediunion.config import Settings
from fediunion.kit.ids import new_slug
from fediunion.kit.json import JsonObject
from fediunion.social.profiles.models import FeaturedTag

_SHOWN = ("icon", "image", "alsoKnownAs", "movedTo")


def update_document(actor: Actor, keys: Sequence[ActorKey], settings: Settings) -> JsonObject:
    """Return the Update that carries the whole actor as it is now; emptied where it is hidden."""
    document = actor_document(actor, keys, settings)
    del document["@context"]
    if actor.reach == Reach.HIDDEN:
        document = {name: value for name, value in document.items() if name not in _SHOWN}
        document |= {"name": actor.username, "summary": "", "attachment": [], "tag": []}
    return activity_document(
        "Update", f"{actor.uri}#updates/{new_slug()}", actor.uri, document, to=_everybody(actor)
    )


def delete_document(actor: Actor) -> JsonObject:
    """Return the Delete of an actor by itself; its object is the bare id, as Mastodon sends it."""
    return activity_document("Delete", f"{actor.uri}#delete", actor.uri, actor.uri, to=[PUBLIC])


def featured_tags_document(actor: Actor, tags: Sequence[FeaturedTag], settings: Settings) -> JsonObject:
    """Return the collection of featured hashtags. Source: Mastodon's `featuredTags`."""
    hashtags: list[str | JsonObject] = [
        {
            "type": "Hashtag",
            "name": f"#{tag.display_name}",
            "href": f"{settings.base_url}/@{actor.username}/tagged/{tag.name}",
        }
        for tag in tags
    ]
    uri = f"{actor.uri}/collections/tags"
    return with_context(whole_collection(uri, hashtags, attributed_to=actor.uri, type="Collection"))


def _everybody(actor: Actor) -> list[str]:
    return [PUBLIC] if actor.reach == Reach.PUBLIC else [f"{actor.uri}/followers"]

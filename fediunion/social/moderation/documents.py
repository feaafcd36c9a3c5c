"""Reports as they go out. The only place here with wire names."""

from collections.abc import Sequence

from fediunion.activitypub.vocab import activity_document
from fediunion.actors.models import Actor
from fediunion.kit.json import JsonObject


def flag_document(
    uri: str, instance: Actor, target: Actor, post_uris: Sequence[str], content: str
) -> JsonObject:
    """Return the Flag that our instance sends; it never says who reported (row V34)."""
    return activity_document(
        "Flag", uri, instance.uri, [target.uri, *post_uris], to=[target.uri], content=content
    )

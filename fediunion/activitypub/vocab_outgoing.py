"""How an outgoing activity is put together, and what several kinds of documents hold alike."""

import mimetypes
from collections.abc import Sequence
from datetime import datetime

from fediunion.activitypub.vocab_activities import Activity
from fediunion.kit.clock import format_instant
from fediunion.kit.json import JsonObject


def activity_document(
    type: str | type[Activity],
    id: str,
    actor: str,
    object: str | JsonObject | Sequence[str | JsonObject],
    to: Sequence[str] = (),
    cc: Sequence[str] = (),
    published: datetime | None = None,
    **extra: object,
) -> JsonObject:
    """Return an outgoing activity without `@context`: `to` and `cc` as arrays, absent where empty.

    `extra` are further members by their wire names; those that are None are left out.
    """
    document: JsonObject = {
        "id": id,
        "type": type if isinstance(type, str) else type.type_name,
        "actor": actor,
    }
    if published is not None:
        document["published"] = format_instant(published)
    if to:
        document["to"] = list(to)
    if cc:
        document["cc"] = list(cc)
    document["object"] = object if isinstance(object, str | dict) else list(object)
    document.update((name, value) for name, value in extra.items() if value is not None)
    return document


def emoji_document(base_url: str, shortcode: str, picture_url: str) -> JsonObject:
    """Return a custom emoji of ours, as a tag of posts and actors; its id can be fetched.

    Source: https://docs.joinmastodon.org/spec/activitypub/#Emoji; GoToSocial knows an emoji by its id.
    """
    icon: JsonObject = {"type": "Image", "url": picture_url}
    media_type = mimetypes.guess_type(picture_url)[0]
    if media_type is not None:
        icon["mediaType"] = media_type
    return {"id": f"{base_url}/emojis/{shortcode}", "type": "Emoji", "name": f":{shortcode}:", "icon": icon}

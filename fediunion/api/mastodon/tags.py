"""Hashtags. Source: https://docs.joinmastodon.org/methods/tags/"""

from typing import Final

from fediunion.api.endpoint import Call, Endpoint, Json, get
from fediunion.api.mastodon.entities.frame import frame_for
from fediunion.api.mastodon.entities.tag import tag_entity
from fediunion.kit.errors import NotFound
from fediunion.kit.text import normalise_hashtag, valid_hashtag


def tag_name(text: str) -> str:
    """Return the name under which a hashtag is stored. Raises NotFound for what can be none."""
    name = normalise_hashtag(text)
    if not valid_hashtag(name):
        raise NotFound("There is no such hashtag.")
    return name


async def show_tag(call: Call) -> Json:
    """Show a hashtag; every one exists."""
    name = tag_name(call.open_parts["name"])
    return tag_entity(name, frame_for(call.world.settings, call.viewer))


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/tags/:name", show_tag, "read", "read:follows", public=True),
)

"""The emoji of this instance. Source: https://docs.joinmastodon.org/methods/custom_emojis/"""

from typing import Final

from fediunion.api.endpoint import Call, Endpoint, Json, get
from fediunion.api.mastodon.entities.custom_emoji import custom_emoji_entity
from fediunion.social.emoji.service import CACHE, list_emojis

_KEPT_SECONDS: Final = 300.0


async def list_(call: Call) -> Json:
    """Show all emoji; anybody may see them, as posts carry them anyway. Kept until one changes."""

    async def read() -> Json:
        base = call.world.settings.base_url
        return [custom_emoji_entity(emoji, base) for emoji in await call.world.db.read(list_emojis)]

    return await call.world.cache(CACHE, 1, _KEPT_SECONDS).load("all", read)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (get("/api/v1/custom_emojis", list_, public=True),)

"""What clients ask for on their way in. Source: https://docs.joinmastodon.org/methods/preferences/"""

from typing import Final

from fediunion.actors.queries import get_actor
from fediunion.api.endpoint import Call, Endpoint, Json, get
from fediunion.api.mastodon.entities.visibility import visibility_of
from fediunion.social.notifications.service import shows_push_text
from fediunion.social.profiles.posting_defaults import posting_defaults
from fediunion.social.unpublished.usual import usual_audience


async def show_preferences(call: Call) -> Json:
    """Show the member's preferences. Source: https://docs.joinmastodon.org/entities/Preferences/"""
    actor = await call.world.db.read(get_actor, call.member.actor_id)
    defaults = await call.world.db.read(posting_defaults, actor.id)
    return {
        "posting:default:visibility": visibility_of(usual_audience(actor, defaults)),
        "posting:default:sensitive": defaults.sensitive,
        "posting:default:language": defaults.language or None,
        "posting:default:quote_policy": defaults.quote_policy,
        "reading:expand:media": "default",
        "reading:expand:spoilers": False,
        "reading:autoplay:gifs": False,
        # Ours: whether pushes carry the words of posts that not everybody may read.
        "fediunion:push_shows_text": await call.world.db.read(shows_push_text, actor.id),
    }


ENDPOINTS: Final[tuple[Endpoint, ...]] = (get("/api/v1/preferences", show_preferences, "read:accounts"),)

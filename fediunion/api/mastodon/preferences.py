"""What clients ask for on their way in. Source: https://docs.joinmastodon.org/methods/preferences/"""

from typing import Final

from fediunion.actors.queries import get_actor
from fediunion.api.endpoint import Call, Endpoint, Json, get
from fediunion.api.mastodon.empty import show_nothing
from fediunion.api.mastodon.entities.visibility import visibility_of
from fediunion.kit.errors import NotFound
from fediunion.social.posts.service.publishing import ceiling_of


async def show_preferences(call: Call) -> Json:
    """Show the member's preferences. Source: https://docs.joinmastodon.org/entities/Preferences/"""
    actor = await call.world.db.read(get_actor, call.member.actor_id)
    return {
        "posting:default:visibility": visibility_of(ceiling_of(actor)),
        "posting:default:sensitive": False,
        "posting:default:language": None,
        "posting:default:quote_policy": "public",
        "reading:expand:media": "default",
        "reading:expand:spoilers": False,
        "reading:autoplay:gifs": False,
    }


async def show_app(call: Call) -> Json:
    """Show the app that the token was given to. Source: https://docs.joinmastodon.org/entities/Application/"""
    caller = call.member
    return {
        "id": str(caller.token_id),
        "name": caller.app_name,
        "website": None,
        "scopes": sorted(caller.scopes),
        "redirect_uris": [],
        "redirect_uri": "",
    }


async def show_no_filter(_call: Call) -> Json:
    """Say that there is no such filter: a member has none."""
    raise NotFound("There is no such filter.")


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/preferences", show_preferences, "read:accounts"),
    get("/api/v1/apps/verify_credentials", show_app, "read", "write", "follow", "push", "profile"),
    get("/api/v1/filters", show_nothing, "read:filters"),
    get("/api/v2/filters", show_nothing, "read:filters"),
    get("/api/v2/filters/:id", show_no_filter, "read:filters"),
    get("/api/v1/endorsements", show_nothing, "read:accounts"),
    get("/api/v1/scheduled_statuses", show_nothing, "read:statuses"),
    get("/api/v1/suggestions", show_nothing, "read"),
    get("/api/v2/suggestions", show_nothing, "read"),
)

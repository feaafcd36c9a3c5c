"""Whom and what to follow: the directory, suggestions, servers, and hashtags to feature.

Source: https://docs.joinmastodon.org/methods/directory/, https://docs.joinmastodon.org/methods/suggestions/
"""

from typing import Final

from sqlalchemy.orm import Session

from fediunion.actors.known import find_account
from fediunion.api.endpoint import NO_CONTENT, Call, Endpoint, Json, delete, get
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.suggestion import suggestion_entity
from fediunion.api.mastodon.tags import tag_entities
from fediunion.social.search.people import search_peers
from fediunion.social.search.service import dismiss_suggestion
from fediunion.social.search.suggestions import Suggestion, list_directory, list_suggestions, list_used_tags

_DEEPEST_OFFSET: Final = 10_000
_TAGS: Final = 10
_LONGEST_HOST: Final = 253


def _offset(call: Call) -> int:
    return min(max(call.params.whole_number("offset", 0), 0), _DEEPEST_OFFSET)


async def show_directory(call: Call) -> Json:
    """Show who wants to be discovered; without a login the institutions of this server only."""
    actors = await call.world.db.read(
        list_directory,
        call.viewer,
        limit=call.page(40, 80).limit,
        offset=_offset(call),
        newest=call.params.word("order", ("active", "new"), "active") == "new",
        only_local=call.params.flag("local"),
    )
    frame = frame_for(call.world.settings, call.viewer)
    return [account_entity(actor, frame) for actor in actors]


async def _suggestions(call: Call) -> list[Suggestion]:
    limit = call.page(40, 80).limit
    viewer = call.member.viewer
    return await call.world.db.read(list_suggestions, viewer, limit=limit, offset=_offset(call))


async def show_suggestions(call: Call) -> Json:
    """Show whom the member may want to follow, and why."""
    frame = frame_for(call.world.settings, call.viewer)
    return [suggestion_entity(each, frame) for each in await _suggestions(call)]


async def show_suggested_accounts(call: Call) -> Json:
    """Show whom the member may want to follow, as the first version of the interface has it."""
    frame = frame_for(call.world.settings, call.viewer)
    return [account_entity(each.account, frame) for each in await _suggestions(call)]


async def dismiss(call: Call) -> Json:
    """Suggest an account no more; one that is not there is not suggested anyway."""
    caller, suggested_id = call.member, call.id_in("account_id")

    def unit(session: Session) -> None:
        if find_account(session, suggested_id, caller.viewer) is not None:
            dismiss_suggestion(session, caller.actor_id, suggested_id)

    await call.world.db.write(unit)
    return NO_CONTENT


async def find_peers(call: Call) -> Json:
    """Show the known servers whose names begin so; to members, as the list of all of them."""
    text = call.params.text("q", most=_LONGEST_HOST)
    return list(await call.world.db.read(search_peers, text, limit=call.page(10, 40).limit))


async def suggest_featured_tags(call: Call) -> Json:
    """Show the hashtags that the member uses most and does not feature."""
    caller = call.member
    frame = frame_for(call.world.settings, caller.viewer)

    def unit(session: Session) -> list[Entity]:
        names = list_used_tags(session, caller.actor_id, limit=_TAGS)
        return tag_entities(session, names, caller.viewer, frame)

    return await call.world.db.read(unit)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/directory", show_directory, "read:accounts", public=True),
    get("/api/v1/suggestions", show_suggested_accounts, "read"),
    get("/api/v2/suggestions", show_suggestions, "read"),
    delete("/api/v1/suggestions/:account_id", dismiss, "read"),
    get("/api/v1/peers/search", find_peers, "read"),
    get("/api/v1/featured_tags/suggestions", suggest_featured_tags, "read:accounts"),
)

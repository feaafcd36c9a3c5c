"""Search. Source: https://docs.joinmastodon.org/methods/search/"""

from typing import Final

from fediunion.api.endpoint import Call, Endpoint, Json, get
from fediunion.api.mastodon.accounts import LONGEST_QUERY, accounts_matching
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.entities.tag import tag_entity
from fediunion.api.mastodon.fragments import fragment, statuses_of
from fediunion.api.mastodon.resolving import find_remote_post
from fediunion.api.queries import find_post_by_address, search_own_posts, search_tags
from fediunion.kit.pages import Page

_KINDS: Final = ("accounts", "statuses", "hashtags")
_DEEPEST_OFFSET: Final = 10_000


async def search(call: Call) -> Json:
    """Search accounts, the member's own posts, and hashtags; an address is resolved when that is asked for.

    Without a login only what is here and public is found, and nothing is asked of others.
    """
    params = call.params
    text = params.text("q", most=LONGEST_QUERY).strip()
    kind = params.word("type", ("", *_KINDS), "") if "type" in params else ""
    limit = call.page(20, 40).limit
    offset = min(max(params.whole_number("offset", 0), 0), _DEEPEST_OFFSET)
    wanted = {kind} if kind else set(_KINDS)
    is_address = text.startswith(("https://", "http://"))
    results: Entity = {name: [] for name in _KINDS}
    if not text:
        return results
    frame = frame_for(call.world.settings, call.viewer)
    if "statuses" in wanted:
        page = Page(limit=limit, max_id=params.id("max_id"), min_id=params.id("min_id"))
        results["statuses"] = await _statuses(call, text, page, offset, is_address=is_address)
    if "accounts" in wanted and not (is_address and results["statuses"]):
        actors = await accounts_matching(
            call, text, limit=limit, offset=offset, following=params.flag("following")
        )
        results["accounts"] = [account_entity(actor, frame) for actor in actors]
    if "hashtags" in wanted and not is_address:
        tags = await call.world.db.read(search_tags, text, limit=limit, offset=offset)
        results["hashtags"] = [tag_entity(name, frame) for name in tags]
    return results


async def _statuses(call: Call, text: str, page: Page, offset: int, *, is_address: bool) -> list[Json]:
    if call.caller is None:
        return []
    if is_address:
        known = await call.world.db.read(find_post_by_address, text)
        if known is None and call.params.flag("resolve"):
            post = await find_remote_post(call.world, text)
            known = None if post is None else post.id
        ids = [] if known is None else [known]
    else:
        ids = list(await call.world.db.read(search_own_posts, text, call.viewer, page, offset))
    return [fragment(status) for status in (await statuses_of(call.world, call.viewer, ids)).values()]


ENDPOINTS: Final[tuple[Endpoint, ...]] = (get("/api/v2/search", search, "read:search", public=True),)

"""Search. Source: https://docs.joinmastodon.org/methods/search/"""

from typing import Final

from fediunion.api.endpoint import Call, Endpoint, Json, get
from fediunion.api.mastodon.accounts import LONGEST_QUERY, accounts_matching
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import Entity, frame_for
from fediunion.api.mastodon.fragments import fragment, statuses_of
from fediunion.api.mastodon.tags import tag_entities
from fediunion.kit.pages import Page
from fediunion.social.posts.resolving import find_post_by_address, find_remote_post
from fediunion.social.search.people import search_tags
from fediunion.social.search.queries import search_posts

_KINDS: Final = ("accounts", "statuses", "hashtags")
_DEEPEST_OFFSET: Final = 10_000


async def search(call: Call) -> Json:
    """Search accounts, posts and hashtags; an address is resolved when that is asked for.

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
        page = call.page(20, 40)
        results["statuses"] = await _statuses(call, text, page, offset, is_address=is_address)
    if "accounts" in wanted and not (is_address and results["statuses"]):
        actors = await accounts_matching(
            call, text, limit=limit, offset=offset, following=params.flag("following")
        )
        results["accounts"] = [account_entity(actor, frame) for actor in actors]
    if "hashtags" in wanted and not is_address:
        tags = await call.world.db.read(search_tags, text, limit=limit, offset=offset)
        results["hashtags"] = await call.world.db.read(tag_entities, tags, call.viewer, frame)
    return results


async def search_first_version(call: Call) -> Json:
    """Search as clients of the first version of the interface expect: hashtags are names."""
    results = await search(call)
    return {**results, "hashtags": [tag["name"] for tag in results["hashtags"]]}


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
        author_id = call.params.id("account_id")
        ids = list(
            await call.world.db.read(
                search_posts, text, call.viewer, page, offset=offset, author_id=author_id
            )
        )
    return [fragment(status) for status in (await statuses_of(call.world, call.viewer, ids)).values()]


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v2/search", search, "read:search", public=True),
    get("/api/v1/search", search_first_version, "read:search"),
)

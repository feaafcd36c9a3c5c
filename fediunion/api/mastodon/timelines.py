"""Timelines. Source: https://docs.joinmastodon.org/methods/timelines/"""

from typing import Final

from fediunion.api.endpoint import Answer, Call, Endpoint, get
from fediunion.api.mastodon.fragments import listed, rendered, statuses_of
from fediunion.api.mastodon.listing import links, statuses_answer
from fediunion.api.mastodon.standing import home_standings
from fediunion.api.mastodon.tags import tag_name
from fediunion.social.timelines.queries import (
    direct_page,
    list_page,
    local_page,
    network_page,
    public_page,
    tag_page,
)

_MOST_TAGS: Final = 8


async def show_home(call: Call) -> Answer:
    """Show what those write whom the member follows."""
    caller, page = call.member, call.page()
    ids, gathered = await call.world.db.read(home_standings, caller.viewer, page)
    statuses = await rendered(call.world, caller.viewer, ids, gathered)
    return Answer(listed(statuses), headers=links(call, page, ids))


async def show_public(call: Call) -> Answer:
    """Show what is public, here or elsewhere; `local` is also what stays on the instance, for members."""
    page, params = call.page(), call.params
    only_media = params.flag("only_media")
    if params.flag("local"):
        ids = await call.world.db.read(local_page, call.viewer, page, only_media=only_media)
    else:
        only_remote = params.flag("remote")
        ids = await call.world.db.read(
            public_page, call.viewer, page, only_remote=only_remote, only_media=only_media
        )
    return await statuses_answer(call, page, ids)


async def show_network(call: Call) -> Answer:
    """Show what the affiliated unions write for each other."""
    page = call.page()
    return await statuses_answer(call, page, await call.world.db.read(network_page, call.viewer, page))


async def show_tag_timeline(call: Call) -> Answer:
    """Show what carries a hashtag, or one of several; `all` and `none` narrow it.

    Of each the first eight count. Source: Mastodon, which leaves out what follows its first four
    """
    page, params = call.page(), call.params
    any_of, all_of, none_of = (
        params.texts(name, most=_MOST_TAGS, longest=100, first_ones=True) for name in ("any", "all", "none")
    )
    local = True if params.flag("local") else False if params.flag("remote") else None
    ids = await call.world.db.read(
        tag_page,
        call.viewer,
        page,
        [tag_name(call.open_parts["hashtag"]), *any_of],
        all_of=all_of,
        none_of=none_of,
        local=local,
        only_media=params.flag("only_media"),
    )
    return await statuses_answer(call, page, ids)


async def show_list_timeline(call: Call) -> Answer:
    """Show what those write who are on a list."""
    page, caller = call.page(), call.member
    ids = await call.world.db.read(list_page, caller.actor_id, call.id_in("list_id"), page)
    statuses = await statuses_of(call.world, caller.viewer, ids)
    return Answer(listed(statuses), headers=links(call, page, ids))


async def show_direct(call: Call) -> Answer:
    """Show direct messages one by one; apps of today ask for conversations."""
    page = call.page()
    return await statuses_answer(call, page, await call.world.db.read(direct_page, call.viewer, page))


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/api/v1/timelines/home", show_home, "read:statuses"),
    get("/api/v1/timelines/public", show_public, "read:statuses", public=True),
    get("/api/v1/timelines/tag/:hashtag", show_tag_timeline, "read:statuses", public=True),
    get("/api/v1/timelines/list/:list_id", show_list_timeline, "read:lists"),
    get("/api/v1/timelines/direct", show_direct, "read:statuses"),
    get("/api/fediunion/v1/timelines/network", show_network, "read:statuses"),
)

"""Pages of accounts and statuses as answers, with the Link header."""

from collections.abc import Mapping, Sequence

from fediunion.actors.models import Actor
from fediunion.api.endpoint import Answer, Call
from fediunion.api.mastodon.entities.account import account_entity
from fediunion.api.mastodon.entities.frame import frame_for
from fediunion.api.mastodon.fragments import listed, statuses_of
from fediunion.api.paging import link_header
from fediunion.kit.pages import Page


def links(call: Call, page: Page, row_ids: Sequence[int]) -> tuple[tuple[bytes, bytes], ...]:
    """Return the Link header of a page of this call."""
    return link_header(call.world.settings.base_url, call.path, call.params, page, row_ids)


def accounts_answer(call: Call, page: Page, rows: Sequence[tuple[int, Actor]]) -> Answer:
    """Return (row id, actor) as a page of accounts; the row ids are cursors, seen in the Link header only."""
    frame = frame_for(call.world.settings, call.viewer)
    accounts = [account_entity(actor, frame) for _, actor in rows]
    return Answer(accounts, headers=links(call, page, [row_id for row_id, _ in rows]))


async def statuses_answer(
    call: Call, page: Page, post_ids: Sequence[int], cursors: Mapping[int, int] | None = None
) -> Answer:
    """Return a page of statuses. `cursors` gives row ids by post id where pages go by something else."""
    statuses = await statuses_of(call.world, call.viewer, post_ids)
    row_ids = post_ids if cursors is None else [cursors[post_id] for post_id in post_ids]
    return Answer(listed(statuses), headers=links(call, page, row_ids))

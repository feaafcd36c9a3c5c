"""Timelines cost the same however much there is: by indexes, in a fixed number of statements."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.actors.viewer import Viewer
from fediunion.db import Database, emit
from fediunion.kit.pages import Page
from fediunion.social.follows.queries import local_follower_ids
from fediunion.social.lists.service import add_accounts, create_list
from fediunion.social.notifications.queries import notifications_page
from fediunion.social.posts.events import PostStored
from fediunion.social.timelines import queries
from tests.social.builders import let_follow, local_actor, post_by
from tests.social.plans import full_scans, plan_of, statements_of

PAGE = Page(limit=40, max_id=2**62)
Read = Callable[[Session, int, int], object]


def reader(actor_id: int) -> Viewer:
    """Return a member of ours who reads."""
    return Viewer(actor_id, None, is_member=True)


READS: dict[str, tuple[Read, int]] = {
    "home": (lambda s, me, _: queries.home_page(s, me, PAGE), 1),
    "list": (lambda s, me, row: queries.list_page(s, me, row, PAGE), 2),
    "local": (lambda s, me, _: queries.local_page(s, reader(me), PAGE), 4),
    "public": (lambda s, me, _: queries.public_page(s, reader(me), PAGE), 2),
    "network": (lambda s, me, _: queries.network_page(s, reader(me), PAGE), 2),
    "tag": (lambda s, me, _: queries.tag_page(s, reader(me), PAGE, ["x"]), 2),
    "account": (lambda s, me, _: queries.account_page(s, me, reader(me), PAGE), 1),
    "conversations": (lambda s, me, _: queries.conversations_page(s, me, PAGE), 1),
    "notifications": (lambda s, me, _: notifications_page(s, me, PAGE), 1),
}


def prepare(session: Session) -> tuple[int, int]:
    """Return a member with a full timeline, and a list of hers."""
    anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
    let_follow(session, ben, anna)
    row = create_list(session, ben, title="All")
    add_accounts(session, ben, row.id, [anna.id])
    for audience in Audience:
        post_by(session, anna, audience, tags=["x"], mentions=[ben])
    return ben.id, row.id


@pytest.mark.parametrize("name", READS)
async def test_a_page_is_read_by_indexes_in_a_fixed_number_of_statements(social: Database, name: str) -> None:
    read, expected = READS[name]

    def work(session: Session) -> None:
        me, row = prepare(session)
        session.flush()
        session.expire_all()
        plan = plan_of(session, lambda s: read(s, me, row))
        assert plan
        assert full_scans(plan) == []
        assert [line for line in plan if "TEMP B-TREE FOR ORDER BY" in line] == []
        session.expire_all()
        _, ran = statements_of(session, lambda s: read(s, me, row))
        assert len(ran) <= expected

    await social.write(work)


@pytest.mark.parametrize("followers", [3, 30])
async def test_a_post_is_placed_in_few_statements_however_many_follow(
    social: Database, followers: int
) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna")
        for number in range(followers):
            let_follow(session, local_actor(session, f"reader{number}"), anna)
        post = post_by(session, anna, Audience.UNLISTED)
        ids = local_follower_ids(session, anna.id)
        _, ran = statements_of(session, lambda s: emit(s, PostStored(post, anna, ids, [], live=False)))
        assert len(ran) <= 4
        assert len([1 for statement, _ in ran if statement.startswith("INSERT INTO home_entry")]) == 1

    await social.write(work)

"""What it costs to store notifications under a key, and to read them in groups."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.actors.viewer import Viewer
from fediunion.db import Database, emit
from fediunion.kit.pages import Page
from fediunion.social.notifications.groups import (
    Selection,
    get_group,
    groups_page,
    members_page,
    unread_groups,
)
from fediunion.social.notifications.service import dismiss_group
from fediunion.social.posts.events import PostFavourited
from tests.social.builders import local_actor, post_by, remote_actor
from tests.social.plans import full_scans, plan_of, pretend_large, statements_of


def _favoured(session: Session, number: int) -> int:
    """Return a member with two posts that so many like."""
    anna = local_actor(session, "anna")
    posts = [post_by(session, anna) for _ in range(2)]
    for place in range(number):
        fan = remote_actor(session, "far.test", f"fan{place}")
        for post in posts:
            emit(session, PostFavourited(post, fan.id))
    session.flush()
    return anna.id


WORK: dict[str, Callable[[Session, int, str], Any]] = {
    "groups": lambda s, me, key: groups_page(s, me, Page()),
    "groups, further": lambda s, me, key: groups_page(s, me, Page(max_id=1 << 60)),
    "groups, back": lambda s, me, key: groups_page(s, me, Page(min_id=1)),
    "groups of a kind": lambda s, me, key: groups_page(
        s, me, Page(), Selection(kinds=frozenset({"favourite"}))
    ),
    "one group": get_group,
    "members": lambda s, me, key: members_page(s, Viewer(me, None, is_member=True), key, Page()),
    "unread": lambda s, me, key: unread_groups(s, me, 1),
    "put away": dismiss_group,
}


@pytest.mark.parametrize("large", [False, True], ids=["new", "large"])
@pytest.mark.parametrize("name", WORK)
async def test_groups_are_read_without_a_whole_table(social: Database, name: str, large: bool) -> None:
    def work(session: Session) -> None:
        me = _favoured(session, 2)
        key = groups_page(session, me, Page())[0].key
        if large:
            pretend_large(session)
        plan = plan_of(session, lambda s: WORK[name](s, me, key))
        assert plan
        assert full_scans(plan) == []
        if session.get_bind().dialect.name == "sqlite":
            # Of several indexes PostgreSQL takes any for a table as small as this one.
            assert any("ix_notification_group" in line for line in plan), plan

    await social.write(work)


@pytest.mark.parametrize("number", [1, 12])
async def test_a_page_of_groups_is_two_statements_however_many_are_in_them(
    social: Database, number: int
) -> None:
    def work(session: Session) -> None:
        me = _favoured(session, number)
        session.expire_all()
        groups, ran = statements_of(session, lambda s: groups_page(s, me, Page()))
        assert [(group.count, len(group.sample_actor_ids)) for group in groups] == [
            (number, min(number, 8)),
            (number, min(number, 8)),
        ]
        assert len(ran) == 2

    await social.write(work)

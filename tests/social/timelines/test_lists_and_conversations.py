"""List timelines, and the list of conversations."""

import pytest
from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.db import Database, emit
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.social.follows import restrictions, service
from fediunion.social.lists.service import add_accounts, change_list, create_list, remove_accounts
from fediunion.social.posts.events import PostRemoved
from fediunion.social.timelines.conversations import mark_read, participants_of
from fediunion.social.timelines.queries import conversations_page, home_page, list_page
from tests.social.builders import let_follow, local_actor, post_by, remote_actor

PAGE = Page()


async def test_a_list_shows_its_accounts_from_their_recent_posts_on(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben, carl = (local_actor(session, name) for name in ("anna", "ben", "carl"))
        let_follow(session, ben, anna)
        let_follow(session, ben, carl)
        before = post_by(session, anna)
        row = create_list(session, ben, title="Night shift")
        add_accounts(session, ben, row.id, [anna.id])
        after = post_by(session, anna)
        post_by(session, carl)
        assert list_page(session, ben.id, row.id, PAGE) == [after.id, before.id]
        with pytest.raises(NotFound):
            list_page(session, carl.id, row.id, PAGE)
        remove_accounts(session, ben, row.id, [anna.id])
        assert list_page(session, ben.id, row.id, PAGE) == []

    await social.write(work)


async def test_an_exclusive_list_takes_its_accounts_out_of_home_and_gives_them_back(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        let_follow(session, ben, anna)
        row = create_list(session, ben, title="Apart", exclusive=True)
        add_accounts(session, ben, row.id, [anna.id])
        post = post_by(session, anna)
        assert home_page(session, ben.id, PAGE) == []
        assert list_page(session, ben.id, row.id, PAGE) == [post.id]
        change_list(session, ben, row.id, exclusive=False)
        session.flush()
        assert home_page(session, ben.id, PAGE) == [post.id]

    await social.write(work)


@pytest.mark.parametrize(
    ("policy", "shown"), [("none", []), ("list", ["listed"]), ("followed", ["followed", "listed"])]
)
async def test_a_list_shows_the_replies_that_its_owner_chose(
    social: Database, policy: str, shown: list[str]
) -> None:
    def work(session: Session) -> None:
        ben, anna = local_actor(session, "ben"), local_actor(session, "anna")
        row = create_list(session, ben, title="Replies", replies_policy=policy)
        others = {name: local_actor(session, name) for name in ("listed", "followed", "stranger")}
        for other in (anna, others["listed"], others["followed"]):
            let_follow(session, ben, other)
        add_accounts(session, ben, row.id, [anna.id, others["listed"].id])
        asked = {name: post_by(session, other) for name, other in others.items()}
        replies = {post_by(session, anna, reply_to=post).id: name for name, post in asked.items()}
        page = list_page(session, ben.id, row.id, PAGE)
        assert sorted(replies[post_id] for post_id in page if post_id in replies) == shown

    await social.write(work)


async def test_who_is_unfollowed_or_blocked_leaves_lists(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben, carl = (local_actor(session, name) for name in ("anna", "ben", "carl"))
        row = create_list(session, ben, title="All")
        for other in (anna, carl):
            let_follow(session, ben, other)
        add_accounts(session, ben, row.id, [anna.id, carl.id])
        post_by(session, anna)
        post_by(session, carl)
        service.unfollow(session, ben, anna)
        restrictions.block(session, ben, carl)
        session.flush()
        assert list_page(session, ben.id, row.id, PAGE) == []

    await social.write(work)


async def test_V13_a_conversation_is_on_the_list_of_its_participants_only(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben, carl = (local_actor(session, name) for name in ("anna", "ben", "carl"))
        first = post_by(session, anna, Audience.DIRECT, mentions=[ben])
        [mine] = conversations_page(session, anna.id, PAGE)
        [his] = conversations_page(session, ben.id, PAGE)
        assert (mine.unread, his.unread) == (False, True)
        assert (mine.participant_ids, his.participant_ids) == ([ben.id], [anna.id])
        assert participants_of(session, [mine, his]).keys() == {anna.id, ben.id}
        assert conversations_page(session, carl.id, PAGE) == []
        mark_read(session, his)
        reply = post_by(session, ben, Audience.DIRECT, reply_to=first, mentions=[anna, carl])
        assert [row.last_post_id for row in conversations_page(session, anna.id, PAGE)] == [reply.id]
        assert len(conversations_page(session, carl.id, PAGE)) == 1
        emit(session, PostRemoved(reply))
        session.flush()
        assert [row.last_post_id for row in conversations_page(session, anna.id, PAGE)] == [first.id]
        assert conversations_page(session, carl.id, PAGE) == []

    await social.write(work)


async def test_A23_a_conversation_with_somebody_blocked_is_not_listed(social: Database) -> None:
    def work(session: Session) -> None:
        anna, far = local_actor(session, "anna"), remote_actor(session, "far.test", "far")
        post_by(session, far, Audience.DIRECT, mentions=[anna])
        assert len(conversations_page(session, anna.id, PAGE)) == 1
        restrictions.block(session, anna, far)
        assert conversations_page(session, anna.id, PAGE) == []

    await social.write(work)

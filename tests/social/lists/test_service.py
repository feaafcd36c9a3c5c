"""Making lists, and who may be on them."""

import pytest
from sqlalchemy.orm import Session

from fediunion.db import Database
from fediunion.kit.errors import Invalid, NotFound
from fediunion.kit.pages import Page
from fediunion.social.follows import service as follows
from fediunion.social.lists import service
from fediunion.social.lists.queries import find_list, list_lists, list_lists_with, list_members
from tests.social.builders import let_follow, local_actor, remote_actor


async def test_a_list_is_made_changed_and_removed_by_its_owner_alone(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        row = service.create_list(session, anna, title=" Night shift ")
        assert (row.title, row.replies_policy, row.exclusive) == ("Night shift", "list", False)
        changed = service.change_list(
            session, anna, row.id, title="Days", replies_policy="none", exclusive=True
        )
        assert (changed.title, changed.replies_policy, changed.exclusive) == ("Days", "none", True)
        assert find_list(session, ben.id, row.id) is None
        for attempt in (service.delete_list, service.change_list):
            with pytest.raises(NotFound):
                attempt(session, ben, row.id)
        service.delete_list(session, anna, row.id)
        assert list_lists(session, anna.id) == []

    await social.write(work)


async def test_only_followed_accounts_can_be_on_a_list(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        asked, stranger = (
            remote_actor(session, "far.test", "asked"),
            remote_actor(session, "far.test", "stranger"),
        )
        let_follow(session, anna, ben)
        follows.request_follow(session, anna, asked)
        row = service.create_list(session, anna, title="All")
        for other in (asked, stranger, anna):
            with pytest.raises(NotFound):
                service.add_accounts(session, anna, row.id, [ben.id, other.id])
        assert list_members(session, anna.id, row.id, Page()) == []
        service.add_accounts(session, anna, row.id, [ben.id])
        service.add_accounts(session, anna, row.id, [ben.id])
        assert list_members(session, anna.id, row.id, Page()) == [ben]
        assert list_lists_with(session, anna.id, ben.id) == [row]
        follows.unfollow(session, anna, ben)
        assert list_members(session, anna.id, row.id, Page()) == []

    await social.write(work)


@pytest.mark.parametrize("title", ["", "   ", "x" * 256])
async def test_a_title_that_is_empty_or_too_long_is_refused(social: Database, title: str) -> None:
    def work(session: Session) -> None:
        with pytest.raises(Invalid):
            service.create_list(session, local_actor(session, "anna"), title=title)

    await social.write(work)


async def test_bad_policies_and_too_many_lists_are_refused(social: Database) -> None:
    def work(session: Session) -> None:
        anna = local_actor(session, "anna")
        with pytest.raises(Invalid):
            service.create_list(session, anna, title="x", replies_policy="all")
        for number in range(service.MAX_LISTS):
            service.create_list(session, anna, title=f"list {number}")
        with pytest.raises(Invalid):
            service.create_list(session, anna, title="one more")

    await social.write(work)

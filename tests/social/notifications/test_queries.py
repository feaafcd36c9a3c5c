"""Reading notifications, and putting them away."""

import pytest
from sqlalchemy.orm import Session

from fediunion.db import Database, emit
from fediunion.kit.errors import NotFound
from fediunion.kit.pages import Page
from fediunion.social.notifications.queries import get_notification, notifications_page, unread_count
from fediunion.social.notifications.service import clear, dismiss, forget
from fediunion.social.posts.events import PostFavourited, PostStored
from tests.social.builders import local_actor, post_by, remote_actor


async def test_notifications_are_filtered_by_kind_and_counted_above_the_last_one_read(
    social: Database,
) -> None:
    def work(session: Session) -> None:
        anna, far = local_actor(session, "anna"), remote_actor(session, "far.test", "far")
        own = post_by(session, anna)
        post_by(session, far, mentions=[anna])
        emit(session, PostFavourited(own, far.id))
        newest, oldest = notifications_page(session, anna.id, Page())
        assert (newest.kind, oldest.kind) == ("favourite", "mention")
        assert notifications_page(session, anna.id, Page(), kinds=["mention"]) == [oldest]
        assert notifications_page(session, anna.id, Page(), excluded=["mention"]) == [newest]
        assert notifications_page(session, anna.id, Page(), from_actor_id=anna.id) == []
        assert notifications_page(session, anna.id, Page(max_id=newest.id)) == [oldest]
        assert unread_count(session, anna.id, None) == 2
        assert unread_count(session, anna.id, oldest.id) == 1
        assert unread_count(session, anna.id, None, most=1) == 1

    await social.write(work)


async def test_a_dismissed_notification_is_away_and_does_not_come_back(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        far = remote_actor(session, "far.test", "far")
        post = post_by(session, far, mentions=[anna])
        [row] = notifications_page(session, anna.id, Page())
        with pytest.raises(NotFound):
            dismiss(session, ben.id, row.id)
        dismiss(session, anna.id, row.id)
        emit(session, PostStored(post, far, [], [anna.id]))
        session.flush()
        assert notifications_page(session, anna.id, Page()) == []
        with pytest.raises(NotFound):
            get_notification(session, anna.id, row.id)

    await social.write(work)


async def test_clearing_puts_away_ones_own_only(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        post_by(session, remote_actor(session, "far.test", "far"), mentions=[anna, ben])
        clear(session, anna.id)
        session.expire_all()
        assert notifications_page(session, anna.id, Page()) == []
        assert len(notifications_page(session, ben.id, Page())) == 1
        with pytest.raises(ValueError, match="everything"):
            forget(session)

    await social.write(work)

"""Those who moderate are told of sign-ups."""

from sqlalchemy.orm import Session

from fediunion.db import Database, emit
from fediunion.kit.pages import Page
from fediunion.members.events import MemberSignedUp
from fediunion.members.models import Role
from fediunion.social.notifications.queries import notifications_page
from tests.social.builders import local_actor, member_of


async def test_moderators_are_told_of_a_sign_up_once(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben, carla = (local_actor(session, name) for name in ("anna", "ben", "carla"))
        member_of(session, anna, Role.MODERATOR)
        member_of(session, ben)
        newcomer = member_of(session, carla)
        for _ in range(2):
            emit(session, MemberSignedUp(newcomer.id, carla.id))
        session.flush()
        told = [
            [(row.kind, row.from_actor_id) for row in notifications_page(session, actor.id, Page())]
            for actor in (anna, ben, carla)
        ]
        assert told == [[("admin.sign_up", carla.id)], [], []]

    await social.write(work)

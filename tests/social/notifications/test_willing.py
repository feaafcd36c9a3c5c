"""What it costs to find out who takes a notification."""

from sqlalchemy.orm import Session

from fediunion.db import Database
from fediunion.social.notifications.models import NotificationKind, Treatment
from fediunion.social.notifications.policy import change_policy
from fediunion.social.notifications.service import notify
from tests.social.builders import local_actor, post_by, remote_actor
from tests.social.plans import statements_of


async def test_members_without_apps_and_policies_cost_two_statements_however_many(social: Database) -> None:
    def work(session: Session) -> None:
        author = remote_actor(session, "far.test", "far")
        named = [local_actor(session, f"member{number}").id for number in range(10)]
        post = post_by(session, author)
        session.flush()
        _, ran = statements_of(session, lambda s: notify(s, NotificationKind.MENTION, named, author, post))
        # The third asks for a rule about the author's server, which is known once in a unit of work.
        assert len(ran) <= 3, [statement for statement, _ in ran]

    await social.write(work)


async def test_policies_of_many_members_are_read_in_one_statement(social: Database) -> None:
    def work(session: Session) -> None:
        author = remote_actor(session, "far.test", "far")
        named = [local_actor(session, f"member{number}").id for number in range(10)]
        for actor_id in named:
            change_policy(session, actor_id, {"for_not_following": Treatment.FILTER})
        post = post_by(session, author)
        session.flush()
        _, ran = statements_of(session, lambda s: notify(s, NotificationKind.MENTION, named, author, post))
        assert len(ran) <= 4, [statement for statement, _ in ran]

    await social.write(work)

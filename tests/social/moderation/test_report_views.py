"""Looking at what was reported: direct messages are seen there alone, and each look is logged (V17)."""

from sqlalchemy.orm import Session

from fediunion.activitypub.audience import Audience
from fediunion.db import Database
from fediunion.kit.pages import Page
from fediunion.members.models import Role
from fediunion.social.moderation.audit import list_audit
from fediunion.social.moderation.report_views import view_report
from fediunion.social.moderation.reports import report
from tests.social.builders import local_actor, post_by
from tests.social.moderation.officers import officer


async def test_V17_each_look_at_a_reported_direct_message_is_logged_without_its_text(
    social: Database,
) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        moderator = officer(session, "mona", Role.MODERATOR)
        message = post_by(session, ben, Audience.DIRECT, text="I know where you live", mentions=[anna])
        public = post_by(session, ben, text="Hello")
        session.flush()
        row = report(session, anna, ben, post_ids=[message.id, public.id])
        for count in (1, 2):
            view = view_report(session, row, by=moderator)
            assert {post.id for post in view.posts} == {message.id, public.id}
            assert view.has_direct
            entries = list_audit(session, Page())
            assert [(entry.by, entry.action, entry.subject) for entry in entries] == [
                ("@mona@union.test", "report.read_direct", str(row.id))
            ] * count
        assert "live" not in str([vars(entry) for entry in entries])

    await social.write(work)


async def test_V17_looking_at_public_posts_is_no_privilege(social: Database) -> None:
    def work(session: Session) -> None:
        anna, ben = local_actor(session, "anna"), local_actor(session, "ben")
        moderator = officer(session, "mona", Role.MODERATOR)
        public = post_by(session, ben, text="Hello")
        session.flush()
        row = report(session, anna, ben, post_ids=[public.id])
        assert not view_report(session, row, by=moderator).has_direct
        assert list_audit(session, Page()) == []

    await social.write(work)
